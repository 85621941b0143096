"""Who may erase what others wrote in a case: the one who might write it by the organisation's assignments.

It follows from records alone, so that it is the same in whatever order they come: the assignments, which no
erasure takes, and who made the case. The line that made it goes with the erasure; so a local value keeps
whose it was.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, select
from sqlalchemy.orm import Session

from imsa_desk.domain.canonical import parse_canonical
from imsa_desk.domain.lines import Link
from imsa_desk.domain.office_cases import LASTING
from imsa_desk.store import local
from imsa_desk.store.records import AssignmentRow
from imsa_desk.store.tables import journal_body, journal_link, local_value
from imsa_desk.vocab import AssignmentWhy, Kind, Operation

ERASED = "erased."
"""Local values by case: {"writer", "line"} of the line that made a case that was erased; "" where unknown."""
_MAKES = (f'%"kind":"{Kind.CASE.value}"%', f'%"op":"{Operation.CREATE.value}"%')
_WRITES = frozenset({*LASTING, AssignmentWhy.COVER, AssignmentWhy.SECOND_LAPTOP})


def may_erase(connection: Connection, case: str, writer: str, at: str) -> bool:
    """Say whether a writer might write a case when it erased it, so that all of it goes.

    What is written after the case went on waits to be decided and is not asked about here. Days count whole,
    a day is allowed for clocks that differ.
    """
    day, row = datetime.fromisoformat(at).date(), AssignmentRow
    query = select(row.writer, row.why, row.read_only, row.from_on, row.until, row.ended_on)
    givens = connection.execute(query.where(row.case_id == case, row.deleted_at.is_(None))).all()
    for one in givens:
        stood = one.from_on <= day + timedelta(days=1) and _not_over(one.ended_on, one.until, day)
        if stood and one.writer == writer and one.why in _WRITES and not one.read_only:
            return True
    taken = (
        one.why in LASTING and one.from_on < day and _not_over(one.ended_on, one.until, day) for one in givens
    )
    return maker(connection, case)[1] == writer and not any(taken)


def _not_over(ended: date | None, until: date | None, day: date) -> bool:
    return (ended is None or day <= ended) and (until is None or day <= until)


def maker(connection: Connection, case: str) -> tuple[str, str]:
    """Give the line that made a case and its writer, also after it was erased; empty where none was here."""
    table, link = journal_body.c, journal_link.c
    joined = (link.writer == table.writer) & (link.seq == table.seq)
    query = (
        select(link.line_hash, link.writer)
        .join_from(journal_link, journal_body, joined)
        .where(table.record == case, table.case_id == case, *(table.body.like(text) for text in _MAKES))
    )
    found = [(line, writer) for line, writer in connection.execute(query)]
    kept = _kept(connection, case)
    # Of two that claim the same case the lower hash counts, as in the projection.
    return min([*found, *([kept] if kept[0] else [])], default=("", ""))


def _kept(connection: Connection, case: str) -> tuple[str, str]:
    value = _notes(connection, local_value.c.name == ERASED + case).get(case, {})
    return value.get("line", ""), value.get("writer", "")


def _notes(connection: Connection, wanted: ColumnElement[bool]) -> dict[str, dict[str, str]]:
    found = connection.execute(select(local_value).where(wanted))
    return {row.name.removeprefix(ERASED): parse_canonical(bytes(row.value)) for row in found}


def note(session: Session, case: str) -> None:
    """Keep whose an erased case was, while the line that made it is here."""
    line, writer = maker(session.connection(), case)
    _keep(session, case, line, writer)


def note_made(session: Session, link: Link, body: dict[str, Any]) -> None:
    """Keep the same from a line that comes only after the erasure."""
    if body["kind"] == Kind.CASE and body["op"] == Operation.CREATE:
        found = [(link.line_hash, link.writer), maker(session.connection(), body["record"])]
        _keep(session, body["record"], *min(each for each in found if each[0]))


def _keep(session: Session, case: str, line: str, writer: str) -> None:
    value = {"line": line, "writer": writer}
    if local.get(session, ERASED + case) != value:
        local.put(session, ERASED + case, value)


def makers_of_erased(connection: Connection) -> dict[str, str]:
    """Give the cases that were erased here, each with the writer who made it, "" where that is unknown."""
    kept = _notes(connection, local_value.c.name.startswith(ERASED, autoescape=True))
    return {case: value["writer"] for case, value in kept.items()}


def erased_here(connection: Connection) -> frozenset[str]:
    """Give the cases that were erased here, whoever did it."""
    name = local_value.c.name
    query = select(name).where(name.startswith(ERASED, autoescape=True))
    return frozenset(each.removeprefix(ERASED) for each in connection.execute(query).scalars())
