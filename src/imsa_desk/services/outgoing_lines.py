"""Lines and documents read for a bundle while it is written: in slices, twice the same, never all at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from imsa_desk.domain.lines import Line, Link
from imsa_desk.exchange.bundle import Blob
from imsa_desk.exchange.parts import Part, Piece, line_size
from imsa_desk.services.leaving import Scan
from imsa_desk.services.office_caseload import parts
from imsa_desk.services.office_selection import Wanted
from imsa_desk.services.outgoing_state import Known
from imsa_desk.store.blobs import chunks_of, has_blob
from imsa_desk.store.journal import tail_of
from imsa_desk.store.tables import journal_body, journal_link, waiting_body

_SLICE = 2_000
_LARGEST = 2**31 - 1
_KEPT, _ASIDE = journal_body.c.body.label("kept"), waiting_body.c.body.label("aside")


@dataclass(frozen=True, slots=True)
class Load:
    """What goes: of each writer all links after a number up to another, and which bodies."""

    links: Mapping[str, tuple[int, int]]
    bodies: Mapping[str, frozenset[int]]

    @property
    def count(self) -> tuple[int, int]:
        """Give how many links and how many bodies go."""
        older = sum(seq <= self.links[w][0] for w, seqs in self.bodies.items() for seq in seqs)
        bodies = sum(len(seqs) for seqs in self.bodies.values())
        return sum(up_to - after for after, up_to in self.links.values()) + older, bodies


def load_of(bodies: Mapping[str, Iterable[int]], known: Mapping[str, int]) -> Load:
    """Plan the links that bodies need: after what is `known`, up to the last body of their writer."""
    chosen = {writer: frozenset(seqs) for writer, seqs in bodies.items()}
    chosen = {writer: seqs for writer, seqs in chosen.items() if seqs}
    links = {
        writer: (known.get(writer, 0), max(known.get(writer, 0), *seqs)) for writer, seqs in chosen.items()
    }
    return Load(links, chosen)


def vector_of(session: Session, load: Load, also: str = "") -> dict[str, tuple[int, str]]:
    """Give the end of each writer's links in a load, {writer: (number, hash)}, and `also` one's very end."""
    link, found = journal_link.c, {}
    for writer, (_, up_to) in load.links.items():
        query = select(link.line_hash).where(link.writer == writer, link.seq == up_to)
        found[writer] = (up_to, session.execute(query).scalar_one())
    end = tail_of(session.connection(), also) if also else (0, "")
    return found | ({also: end} if end[0] else {})


def lines_of(session: Session, load: Load, part: Part | None = None) -> Iterator[Line]:
    """Give the lines of a load, or of one part of it, each writer's together and ascending."""
    for writer in sorted(load.links):
        first, last = (1, _LARGEST) if part is None else part.ranges.get(writer, (1, 0))
        for which in _slices(load, writer, first, last):
            bodies = load.bodies[writer]
            for row in session.execute(_query(writer, which).add_columns(_KEPT, _ASIDE)).all():
                body = (row.kept or row.aside) if row.seq in bodies else None
                yield Line(Link(row.writer, row.seq, row.prev, row.body_hash, row.line_hash), body)


def pieces_of(
    session: Session, load: Load, documents: Iterable[tuple[Scan, tuple[str, int]]]
) -> Iterator[Piece]:
    """Say how much each line of a load takes, and which documents it brings."""
    brings: dict[tuple[str, int], list[tuple[str, int]]] = {}
    for scan, line in documents:
        brings.setdefault(line, []).append((scan.sha256, scan.size))
    size = func.octet_length(func.coalesce(_KEPT, _ASIDE)).label("size")
    for writer in sorted(load.links):
        for which in _slices(load, writer, 1, _LARGEST):
            for row in session.execute(_query(writer, which).add_columns(size)).all():
                body = row.size if row.seq in load.bodies[writer] else None
                at = (writer, row.seq)
                yield Piece(writer, row.seq, line_size(row.seq, body), tuple(brings.get(at, ())))


def _slices(load: Load, writer: str, first: int, last: int) -> Iterator[ColumnElement[bool]]:
    """Give which lines of a writer to read at a time: older ones whose body goes now, then all new ones."""
    after, up_to = load.links[writer]
    seq = journal_link.c.seq
    for part in parts(sorted(s for s in load.bodies[writer] if s <= after and first <= s <= last)):
        yield seq.in_(part)
    for start in range(max(after, first - 1), min(up_to, last), _SLICE):
        yield seq.between(start + 1, min(start + _SLICE, up_to, last))


def _query(writer: str, which: ColumnElement[bool]) -> Select[Any]:
    link, kept, waits = journal_link.c, journal_body.c, waiting_body.c
    joined = (link.writer == kept.writer) & (link.seq == kept.seq)
    aside = (link.writer == waits.writer) & (link.seq == waits.seq)
    return (
        select(journal_link)
        .join_from(journal_link, journal_body, joined, isouter=True)
        .join(waiting_body, aside, isouter=True)
        .where(link.writer == writer, which)
        .order_by(link.seq)
    )


def documents_of(
    session: Session, load: Load, wanted: Wanted, sure: Known, me: str = ""
) -> tuple[tuple[Scan, tuple[str, int]], ...]:
    """Give the documents of which no line went before, each with the line that brings it."""
    lines: dict[str, list[tuple[str, int]]] = {}
    for table in (journal_body, waiting_body):
        query = select(table.c.record, table.c.writer, table.c.seq).where(table.c.body.is_not(None))
        for part in parts(sorted(wanted.documents)):
            for record, writer, seq in session.execute(query.where(table.c.record.in_(part))):
                lines.setdefault(record, []).append((writer, seq))
    found = []
    for record, scan in sorted(wanted.documents.items()):
        mine = load.bodies.get(me, ())
        known = any(sure.has(w, s) or (w == me and s not in mine) for w, s in lines.get(record, ()))
        goes = sorted((w, s) for w, s in lines.get(record, ()) if s in load.bodies.get(w, ()))
        if goes and not known and has_blob(session, scan.sha256):
            found.append((scan, goes[0]))
    return tuple(found)


def blobs_of(session: Session, documents: Iterable[Scan]) -> list[Blob]:
    """Give the bytes of documents, each content once, read from the database only while they are sealed."""
    made: dict[str, Blob] = {}
    for scan in documents:
        if scan.sha256 not in made:
            made[scan.sha256] = Blob(scan.sha256, scan.size, partial(chunks_of, session, scan.sha256))
    return list(made.values())
