"""Taking in lines that others wrote: a set union that repetition and order do not change."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from imsa_desk.domain.lines import Line, verify
from imsa_desk.errors import Broken, Refused
from imsa_desk.store import erase, index
from imsa_desk.store.clock import STAMP, HybridClock
from imsa_desk.store.fields import class_of, from_field, needed_of
from imsa_desk.store.journal import Act, body_row, link_row, tail_of
from imsa_desk.store.project import project
from imsa_desk.store.records.base import record_classes
from imsa_desk.store.tables import journal_body, journal_link
from imsa_desk.vocab import Kind, Operation, Sensitivity

_KEYS = {
    "act",
    "at",
    "base",
    "case",
    "fields",
    "hlc",
    "kind",
    "op",
    "reason",
    "record",
    "salt",
    "sensitivity",
}
_ID = re.compile(r"[0-9a-f]{32}")
_HASH = re.compile(r"[0-9a-f]{64}")
_LARGEST = 2**31 - 1
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What an import changed."""

    links: int
    bodies: int
    records: frozenset[str]


def take_in(session: Session, clock: HybridClock, lines: Sequence[Line]) -> TakenIn:
    """Add lines of other writers, verify their chains, and project what changed.

    A line already here is passed over; its body fills a gap if it was withheld before. Raises Refused
    (E_FORK) for another line under a known number and for new lines in this vault's own name, (E_GAP)
    for a missing one, Broken (E_CHAIN, E_RECORD) for lines that do not fit.
    """
    connection = session.connection()
    links, bodies, touched = 0, 0, set()
    erasing: list[tuple[Line, dict[str, Any]]] = []
    of_writer: dict[str, list[Line]] = {}
    for line in lines:
        of_writer.setdefault(line.link.writer, []).append(line)
    for writer, found in of_writer.items():
        fresh, filled = _sort_out(connection, writer, sorted(found, key=lambda line: line.link.seq))
        _refuse_own(session, writer, fresh)
        links += len(fresh)
        parsed = [(line, _checked(line)) for line in (*fresh, *filled) if line.body is not None]
        if fresh:
            connection.execute(journal_link.insert(), [link_row(line) for line in fresh])
        if parsed:
            connection.execute(journal_body.insert(), [body_row(line, body) for line, body in parsed])
            clock.seen(max(body["hlc"] for _, body in parsed))
        bodies += len(parsed)
        touched |= {str(body["record"]) for _, body in parsed}
        erasing += [(line, body) for line, body in parsed if body["op"] == Operation.ERASE]
    for line, body in erasing:
        touched |= erase.obey(session, line, body)
    project(connection, sorted(touched))
    _index(session, sorted(touched))
    return TakenIn(links, bodies, frozenset(touched))


def _refuse_own(session: Session, writer: str, fresh: Sequence[Line]) -> None:
    """Refuse lines that this vault never wrote but that carry its name."""
    act: Act | None = session.info.get("act")
    if fresh and act is not None and act.writer == writer:
        raise Refused("These changes carry this vault's own name, but it never made them.", code="E_FORK")


def _sort_out(connection: Connection, writer: str, lines: Sequence[Line]) -> tuple[list[Line], list[Line]]:
    """Tell the lines that are new from those whose body was withheld until now."""
    known, present = _here(connection, writer, lines[0].link.seq, lines[-1].link.seq)
    seq, prev = tail_of(connection, writer)
    fresh: dict[int, Line] = {}
    filled: dict[int, Line] = {}
    for line in lines:
        at = line.link.seq
        if at in known:
            if known[at] != line.link.line_hash:
                raise Refused("Two different histories carry the same number.", code="E_FORK")
            verify(line, line.link.prev)
            if line.body is not None and at not in present:
                (fresh if at in fresh else filled)[at] = line
            continue
        if at != seq + 1 or at > _LARGEST:
            raise Refused("An earlier part of this record has not arrived yet.", code="E_GAP")
        verify(line, prev)
        fresh[at] = line
        seq, prev = at, line.link.line_hash
        known[at] = prev
    return list(fresh.values()), list(filled.values())


def _here(connection: Connection, writer: str, first: int, last: int) -> tuple[dict[int, str], set[int]]:
    """Give what is here of a writer between two numbers: hashes of links, numbers of bodies."""
    link, body = journal_link.c, journal_body.c
    links = select(link.seq, link.line_hash).where(link.writer == writer, link.seq.between(first, last))
    bodies = select(body.seq).where(body.writer == writer, body.seq.between(first, last))
    return dict(connection.execute(links).all()), set(connection.execute(bodies).scalars())


def _checked(line: Line) -> dict[str, Any]:
    """Parse a body and see that each field is one this version knows, with a value that fits.

    Raises Broken (E_RECORD, E_CANONICAL): nothing that passes can stop the projection later.
    """
    body = line.parsed()
    try:
        sound = set(body) == _KEYS and set(body["act"]) == {"id", "verb"} and _is_shaped(body)
        if not sound:
            raise Broken("A line does not have the agreed form.", code="E_RECORD")
        cls = class_of(body["kind"])
        from_field(class_of(Kind.ACCESS), "at", body["at"])
        if body["op"] == Operation.ERASE:
            erase.read_spans(body)
            return body
        for name, value in body["fields"].items():
            from_field(cls, name, value)
        lacks = needed_of(cls) - set(body["fields"]) if body["op"] == Operation.CREATE else ()
    except (KeyError, TypeError, AttributeError) as error:
        raise Broken("A line does not have the agreed form.", code="E_RECORD") from error
    if lacks:
        raise Broken("A line leaves a field empty that must be filled.", code="E_RECORD")
    return body


def _is_shaped(body: dict[str, Any]) -> bool:
    ids = (body["record"], body["act"]["id"], body["salt"], *([body["case"]] if body["case"] else []))
    words = (body["act"]["verb"], body["reason"])
    return (
        all(_ID.fullmatch(i) for i in ids)
        and (body["case"] is None or _ID.fullmatch(body["case"]) is not None)
        and (body["kind"] != Kind.CASE or body["case"] == body["record"])
        and all(isinstance(word, str) for word in words)
        and STAMP.fullmatch(body["hlc"]) is not None
        and isinstance(body["fields"], dict)
        and {body["sensitivity"], body["fields"].get("sensitivity", "L2")} <= set(Sensitivity)
        and _names_what_it_replaces(body)
    )


def _names_what_it_replaces(body: dict[str, Any]) -> bool:
    """Say whether a line makes or erases, or changes fields and names for each the lines it replaces."""
    if body["op"] in (Operation.CREATE, Operation.ERASE):
        return isinstance(body["base"], dict) and not body["base"]
    return (
        str(body["op"]) == Operation.UPDATE.value
        and bool(body["fields"])
        and set(body["base"]) == set(body["fields"])
        and all(isinstance(at, list) and all(_HASH.fullmatch(h) for h in at) for at in body["base"].values())
    )


def _index(session: Session, ids: Sequence[str]) -> None:
    """Bring the search index to the records just projected."""
    connection = session.connection()
    if connection.dialect.name != "sqlite":
        return
    session.expire_all()
    for part in _parts(ids):
        index.drop(connection, part)
        for cls in record_classes():
            if cls.searched:
                index.put(connection, session.scalars(select(cls).where(cls.id.in_(part))).all(), [])


def _parts(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for at in range(0, len(ids), _CHUNK):
        yield ids[at : at + _CHUNK]
