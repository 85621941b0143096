"""Two vaults that hold the same case and write in it apart, and lines carried from one to the other."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copytree
from typing import Any

from desk_kit import Clock, open_case, open_desk
from sqlalchemy import select

from imsa_desk.domain.ids import CaseId, new_id
from imsa_desk.domain.lines import FIRST, Line, Link, make_line
from imsa_desk.services.backups import WRITER
from imsa_desk.services.desk import Desk
from imsa_desk.store import local
from imsa_desk.store.project import bodies_of
from imsa_desk.store.records import AdvocateRow, CaseRow, Record
from imsa_desk.store.tables import journal_body, journal_link
from imsa_desk.store.take_in import TakenIn, take_in

OFFICE = "0f" * 16


def lines_of(desk: Desk, writer: str | None = None) -> list[Line]:
    """Every line of a vault, or those of one writer."""
    joined = (journal_link.c.writer == journal_body.c.writer) & (journal_link.c.seq == journal_body.c.seq)
    query = select(journal_link, journal_body.c.body).join_from(
        journal_link, journal_body, joined, isouter=True
    )
    with desk.store.read() as session:
        rows = session.execute(query.order_by(journal_link.c.writer, journal_link.c.seq)).all()
    found = [Line(Link(*row[:5]), row[5]) for row in rows]
    return [line for line in found if writer in (None, line.link.writer)]


def give(desk: Desk, lines: list[Line]) -> TakenIn:
    """Take lines in."""
    with desk.store.begin("take_in") as session:
        return take_in(session, desk.store.clock, lines)


def meet(one: Desk, other: Desk) -> None:
    """Carry everything both ways."""
    give(one, lines_of(other, other.store.writer))
    give(other, lines_of(one, one.store.writer))


@contextmanager
def second_laptop(desk: Desk, folder: Path, fresh: Path, clock: Clock) -> Iterator[Desk]:
    """Open another vault that holds all of the first; it writes in a name of its own."""
    other = open_desk(copytree(fresh, folder), clock)
    writer = new_id()
    with other.store.begin("settle_sent") as session:
        local.put(session, WRITER, writer)
    other.store.writer = writer
    with other.store.begin("join") as session:
        session.add(AdvocateRow(name="Ben Practice"))
    give(other, lines_of(desk, desk.store.writer))
    give(desk, lines_of(other, writer))
    try:
        yield other
    finally:
        other.store.close()


def change(desk: Desk, cls: type[Record], record: str, **values: object) -> None:
    """Change fields of a record as a verb would."""
    with desk.store.begin("change") as session:
        row = session.get(cls, record)
        assert row is not None
        for name, value in values.items():
            setattr(row, name, value)


def torn_tier(one: Desk, other: Desk) -> CaseId:
    """Open a case, and give it another tier in each of two vaults."""
    case_id = open_case(one)
    give(other, lines_of(one, one.store.writer))
    change(one, CaseRow, case_id, tier="t1")
    change(other, CaseRow, case_id, tier="t2")
    meet(one, other)
    return case_id


def proposal(desk: Desk, record: str, fields: dict[str, Any], seq: int = 1, prev: str = FIRST) -> Line:
    """A line of the organisation that proposes values."""
    with desk.store.read() as session:
        body = bodies_of(session.connection(), [record])[record][0][1]
    return make_line(
        OFFICE,
        seq,
        prev,
        body
        | {
            "act": {"id": secrets.token_hex(16), "verb": "propose"},
            "at": "2026-11-21T09:30:00Z",
            "base": {name: [] for name in fields},
            "fields": fields,
            "hlc": "01a1fd70f1c0-0000",
            "op": "update",
            "reason": "The police wrote so.",
            "salt": secrets.token_hex(16),
        },
    )
