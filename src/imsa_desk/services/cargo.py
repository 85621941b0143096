"""The lines of a bundle: which of this vault's own leave with their content, and their bytes in turns.

Everything is read in pieces, each in a turn of its own at the vault's one connection, up to a journal head
that was fixed before: a verb never waits long for an export, and memory does not grow with what is sent.
Bodies that leave whatever was chosen only restrict or remove: erasures, removals, a raised sensitivity, a
withdrawn consent, and changes of what is safe, of records that the organisation holds.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from imsa_desk.domain.ids import CaseId
from imsa_desk.errors import Broken
from imsa_desk.exchange.bundle import Blob, Line, Link
from imsa_desk.exchange.enrolment import SharePolicy
from imsa_desk.exchange.parts import Piece, line_size
from imsa_desk.services.desk import Desk
from imsa_desk.services.leaving import Scan, Selection
from imsa_desk.services.runs import Runs
from imsa_desk.store.erase import erasing_lines
from imsa_desk.store.journal import TOLD_APART
from imsa_desk.store.records import SafeContactRow
from imsa_desk.store.store import Store
from imsa_desk.store.tables import blob_chunk, journal_body, journal_link
from imsa_desk.vocab import Kind, Sensitivity, ShareScope

ROWS = 4_000
"""Lines looked at in one turn, without their content."""
PIECE = 400
"""Lines read in one turn with their content, if they are not too many bytes."""
PIECE_BYTES = 2 * 1024 * 1024
CHUNKS = 4
"""Chunks of a document read in one turn: 4 MiB."""
RESTRICTING = TOLD_APART | {"private"}
CHANGED = "What was to be sent changed while it was sealed. Nothing was sent. Send it again."


@dataclass(frozen=True, slots=True)
class Known:
    """What the organisation is known to hold: links up to `seq`, and the bodies of `bodies`.

    `cases` were sent, whether or not that was confirmed.
    """

    seq: int
    bodies: Runs
    cases: frozenset[str] = frozenset()


@dataclass(slots=True)
class Cargo:
    """What leaves of one writer's lines up to a fixed head: links after `since`, and bodies `going`."""

    writer: str
    since: int
    high: int
    going: dict[int, int] = field(default_factory=dict)
    """Number of each body that leaves, and its bytes."""
    changes: Counter[tuple[str, Kind]] = field(default_factory=Counter)
    entries: Counter[tuple[str, Kind]] = field(default_factory=Counter)
    first: Counter[tuple[str, Kind]] = field(default_factory=Counter)
    others: int = 0
    numbers: int = 0
    brings: dict[int, list[Scan]] = field(default_factory=dict)
    """The documents that leave, by the number of the line that brings each."""
    seen: set[tuple[str, Kind, str]] = field(default_factory=set)
    """The records counted as entries."""
    there: set[str] = field(default_factory=set)
    """The records, and their cases, of which the organisation holds something."""

    def beside(self, writer: str, since: int, high: int) -> Cargo:
        """Give an empty cargo of a former writer, with links after `since`; both count entries together."""
        return replace(self, writer=writer, since=since, high=high, going={}, brings={}, others=0, numbers=0)

    @property
    def documents(self) -> tuple[Scan, ...]:
        """Give the documents that leave, in the order of their lines."""
        return tuple(scan for seq in sorted(self.brings) for scan in self.brings[seq])

    @property
    def links(self) -> int:
        """Count the lines that leave, with and without content."""
        return self.high - self.since + sum(seq <= self.since for seq in self.going)

    def pieces(self) -> Iterator[Piece]:
        """Give every line that leaves, in order, with its bytes in the bundle and the documents it brings."""
        older = sorted(seq for seq in self.going if seq <= self.since)
        for seq in (*older, *range(self.since + 1, self.high + 1)):
            blobs = tuple((scan.sha256, scan.size) for scan in self.brings.get(seq, ()))
            yield Piece(self.writer, seq, line_size(seq, self.going.get(seq)), blobs)


def load(
    desk: Desk,
    selection: Selection,
    cases: Sequence[CaseId],
    known: Known,
    policy: Mapping[Sensitivity, SharePolicy],
    scopes: Mapping[str, ShareScope],
    cargo: Cargo,
) -> Cargo:
    """Find the lines of a cargo's writer that leave for a selection."""
    there, high = cargo.there, cargo.high
    first: dict[str, int] = {}
    chosen = frozenset(cases)
    waiting: dict[int, tuple[str, str, int]] = {}
    with desk.store.read(last=True) as session:
        safe = _safe_contacts(session, policy, scopes)
        erasing = erasing_lines(session.connection(), cargo.writer)
    for seq, record, case, size in _own_lines(desk.store, cargo.writer, high):
        if record in selection.documents:
            first.setdefault(record, seq)
        if seq in known.bodies:
            there.update((record, case or record))
        elif size is None:
            continue
        elif seq in erasing and (erasing[seq] in there or erasing[seq] in known.cases):
            cargo.going[seq] = size
            cargo.first[(case or record, Kind.CASE)] += 1
        elif record in selection.leaving:
            cargo.going[seq] = size
            _count(cargo, selection, chosen, record, case)
        elif record in there or record in safe:
            waiting[seq] = (record, case or "", size)
    _add_first(desk.store, cargo, waiting, there, safe)
    for record, scan in selection.documents.items():
        if (seq := first.get(record, 0)) in cargo.going:
            cargo.brings.setdefault(seq, []).append(scan)
    return cargo


def _count(
    cargo: Cargo,
    selection: Selection,
    chosen: frozenset[str],
    record: str,
    case: str | None,
) -> None:
    if record in selection.counted:
        cargo.numbers += 1
        return
    kind = selection.kinds.get(record)
    if kind is None or case is None or case not in chosen:
        cargo.others += 1
        return
    cargo.changes[(case, kind)] += 1
    if (case, kind, record) not in cargo.seen:
        cargo.seen.add((case, kind, record))
        cargo.entries[(case, kind)] += 1


def _own_lines(store: Store, writer: str, high: int) -> Iterator[tuple[int, str, str | None, int | None]]:
    """Give number, record, case and bytes of every own line, in slices of turns."""
    table, after = journal_body.c, 0
    # `octet_length` knows the bytes without reading them.
    size = func.octet_length(table.body)
    while after < high:
        query = (
            select(table.seq, table.record, table.case_id, size)
            .where(table.writer == writer, table.seq > after, table.seq <= high)
            .order_by(table.seq)
            .limit(ROWS)
        )
        with store.read(last=True) as session:
            rows = session.execute(query).all()
        yield from rows
        after = rows[-1][0] if rows else high


def _safe_contacts(
    session: Session, policy: Mapping[Sensitivity, SharePolicy], scopes: Mapping[str, ShareScope]
) -> dict[str, str]:
    """Give the entries about safe contact that may leave by their level, and whose each is."""
    row = SafeContactRow
    open_levels = [level.value for level, rule in policy.items() if rule is SharePolicy.ALWAYS]
    query = select(row.id, row.case_id, row.person_id).where(
        row.private.is_(False), row.sensitivity.in_(open_levels)
    )
    return {
        record: person
        for record, case, person in session.execute(query)
        if scopes.get(case or "") is not ShareScope.STATISTICS
    }


def _add_first(
    store: Store,
    cargo: Cargo,
    waiting: Mapping[int, tuple[str, str, int]],
    there: set[str],
    safe: Mapping[str, str],
) -> None:
    """Of lines that were not chosen, add those that only restrict, remove, or say what is safe."""
    table = journal_body.c
    numbers = [
        seq for seq, (record, _, _) in waiting.items() if record in there or safe.get(record, "") in there
    ]
    for part in _parts(numbers):
        query = select(table.seq, table.body).where(table.writer == cargo.writer, table.seq.in_(part))
        with store.read(last=True) as session:
            found = session.execute(query).all()
        for seq, text in found:
            record, case, size = waiting[seq]
            body = json.loads(text) if text is not None else None
            if body is not None and (record in safe or set(body["fields"]) <= RESTRICTING):
                cargo.going[seq] = size
                cargo.first[(case, Kind(body["kind"]))] += 1


def lines_of(store: Store, cargo: Cargo, first: int, last: int) -> Callable[[], Iterator[Line]]:
    """Give what yields the lines numbered `first` to `last` as often as it is called.

    Yielding raises Broken (E_CHANGED) where a content that was to leave is gone since.
    """
    return partial(_lines, store, cargo, first, last)


def _lines(store: Store, cargo: Cargo, first: int, last: int) -> Iterator[Line]:
    piece: list[int] = []
    size = 0
    for seq in (one.seq for one in cargo.pieces() if first <= one.seq <= last):
        here = cargo.going.get(seq, 0)
        if piece and (len(piece) >= PIECE or size + here > PIECE_BYTES):
            yield from _read(store, cargo, piece)
            piece, size = [], 0
        piece.append(seq)
        size += here
    if piece:
        yield from _read(store, cargo, piece)


def _read(store: Store, cargo: Cargo, piece: Sequence[int]) -> list[Line]:
    link, body = journal_link.c, journal_body.c
    links = (
        select(link.seq, link.prev, link.body_hash, link.line_hash)
        .where(link.writer == cargo.writer, link.seq.in_(piece))
        .order_by(link.seq)
    )
    wanted = [seq for seq in piece if seq in cargo.going]
    with store.read(last=True) as session:
        rows = session.execute(links).all()
        bodies: dict[int, str] = {}
        if wanted:
            query = select(body.seq, body.body).where(body.writer == cargo.writer, body.seq.in_(wanted))
            bodies = {seq: text for seq, text in session.execute(query) if text is not None}
    if len(bodies) < len(wanted):
        raise Broken(CHANGED, code="E_CHANGED")
    return [
        Line(Link(cargo.writer, seq, prev, body_hash, line_hash), bodies.get(seq))
        for seq, prev, body_hash, line_hash in rows
    ]


def blobs_of(store: Store, documents: Iterable[Scan]) -> list[Blob]:
    """Give the bytes of documents, each content once, read in turns only while they are sealed."""
    made: dict[str, Blob] = {}
    for scan in documents:
        made.setdefault(
            scan.sha256, Blob(scan.sha256, scan.size, partial(_chunks, store, scan.sha256, scan.size))
        )
    return list(made.values())


def _chunks(store: Store, sha256: str, size: int) -> Iterator[bytes]:
    """Give a document's bytes in pieces. Raises Broken (E_CHANGED) where it is gone since, or in between."""
    table, at, missing = blob_chunk.c, 0, size
    while missing:
        query = (
            select(table.data)
            .where(table.sha256 == sha256, table.n >= at, table.n < at + CHUNKS)
            .order_by(table.n)
        )
        with store.read(last=True) as session:
            found = [bytes(data) for data in session.execute(query).scalars()]
        if not found:
            raise Broken(CHANGED, code="E_CHANGED")
        yield from found
        at += CHUNKS
        missing -= sum(map(len, found))


def _parts(values: Sequence[int]) -> Iterator[Sequence[int]]:
    for at in range(0, len(values), PIECE):
        yield values[at : at + PIECE]
