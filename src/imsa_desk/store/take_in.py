"""Taking in lines that others wrote: a set union that repetition and order do not change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from imsa_desk.errors import Broken, Refused
from imsa_desk.store import index
from imsa_desk.store.clock import HybridClock
from imsa_desk.store.fields import class_of, from_field
from imsa_desk.store.journal import body_row, link_row, tail_of
from imsa_desk.store.lines import Line, verify
from imsa_desk.store.project import bodies_of, project
from imsa_desk.store.tables import journal_body, journal_link
from imsa_desk.vocab import Operation

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


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What an import changed."""

    links: int
    bodies: int
    records: frozenset[str]


def take_in(session: Session, clock: HybridClock, lines: Sequence[Line]) -> TakenIn:
    """Add lines of other writers, verify their chains, and project what changed.

    Lines of one writer come in order. A line already here is passed over; its body fills a gap if
    it was withheld before. Raises Refused (E_FORK) for another line under a known number, (E_GAP)
    for a missing one, Broken (E_CHAIN, E_RECORD) for lines that do not fit.
    """
    connection = session.connection()
    links, bodies, touched = 0, 0, set()
    for writer in dict.fromkeys(line.link.writer for line in lines):
        of_writer = [line for line in lines if line.link.writer == writer]
        fresh, filled = _sort_out(connection, writer, of_writer)
        links += len(fresh)
        parsed = [(line, _checked(line)) for line in (*fresh, *filled) if line.body is not None]
        if fresh:
            connection.execute(journal_link.insert(), [link_row(line) for line in fresh])
        if parsed:
            connection.execute(journal_body.insert(), [body_row(line, body) for line, body in parsed])
            clock.seen(max(body["hlc"] for _, body in parsed))
        bodies += len(parsed)
        touched |= {str(body["record"]) for _, body in parsed}
    project(connection, sorted(touched))
    _index(session, touched)
    return TakenIn(links, bodies, frozenset(touched))


def _sort_out(connection: Connection, writer: str, lines: Sequence[Line]) -> tuple[list[Line], list[Line]]:
    known = {
        row.seq: row.line_hash
        for row in connection.execute(
            select(journal_link.c.seq, journal_link.c.line_hash).where(journal_link.c.writer == writer)
        )
    }
    present = set(
        connection.execute(select(journal_body.c.seq).where(journal_body.c.writer == writer)).scalars()
    )
    seq, prev = tail_of(connection, writer)
    fresh, filled = [], []
    for line in lines:
        at = line.link.seq
        if at in known:
            if known[at] != line.link.line_hash:
                raise Refused("Two different histories carry the same number.", code="E_FORK")
            verify(line, line.link.prev)
            if line.body is not None and at not in present:
                filled.append(line)
            continue
        if at != seq + 1:
            raise Refused("An earlier part of this record has not arrived yet.", code="E_GAP")
        verify(line, prev)
        fresh.append(line)
        seq, prev = at, line.link.line_hash
    return fresh, filled


def _checked(line: Line) -> dict[str, Any]:
    """Parse a body and see that each field is one this version knows, with a value that fits."""
    body = line.parsed()
    try:
        if set(body) != _KEYS or set(body["act"]) != {"id", "verb"} or body["op"] not in set(Operation):
            raise Broken("A line does not have the agreed form.", code="E_RECORD")
        cls = class_of(body["kind"])
        for name, value in body["fields"].items():
            if value is not None:
                from_field(cls, name, value)
        texts = (body["record"], body["hlc"], body["act"]["id"], body["salt"])
        if not all(isinstance(t, str) and len(t) <= 64 for t in texts):
            raise Broken("A line does not have the agreed form.", code="E_RECORD")
    except (KeyError, TypeError, AttributeError) as error:
        raise Broken("A line does not have the agreed form.", code="E_RECORD") from error
    return body


def _index(session: Session, ids: Iterable[str]) -> None:
    """Bring the search index to the records just projected."""
    connection = session.connection()
    if connection.dialect.name != "sqlite":
        return
    session.expire_all()
    wanted = sorted(ids)
    index.drop(connection, wanted)
    for cls in {class_of(kind) for kind in _kinds(connection, wanted)}:
        if cls.searched:
            index.put(connection, list(session.scalars(select(cls).where(cls.id.in_(wanted)))), [])


def _kinds(connection: Connection, ids: Sequence[str]) -> set[str]:
    return {body["kind"] for found in bodies_of(connection, ids).values() for _, body in found}
