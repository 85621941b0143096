"""Forgetting a case that is somebody else's by now: contents go from this vault only; nothing is erased.

Unlike an erasure (`store/erase.py`) it writes no line that others would obey: links and the places of bodies
stay, and the contents may come back with a bundle when the case does. The local value `forgotten.<case>`
tells an emptied place from an erased one.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, delete, or_, select
from sqlalchemy.orm import Session

from imsa_desk.store import erase, local, waiting
from imsa_desk.store.records import AccessRow, AssignmentRow, HandoverRow, LateDecisionRow
from imsa_desk.store.tables import draft, journal_body, local_value

FORGOTTEN = "forgotten."
"""Local values by case: {"on": day, "why": text, "lines": n, "code": the case's code}."""
_STAY = (AccessRow, AssignmentRow, HandoverRow, LateDecisionRow)
"""What stays of a forgotten case: who looked at it, and who has it now. None of it is about the person."""


def forget_bodies(session: Session, case_id: str, note: dict[str, Any]) -> int:
    """Empty the bodies of a case here, within an open act; give how many. Documents and drafts go too."""
    connection = session.connection()
    session.flush()
    kept = or_(*(journal_body.c.record.in_(select(row.id).where(row.case_id == case_id)) for row in _STAY))
    spans = erase.spans_of(connection, case_id, but=kept)
    waiting.drop(connection, case_id)
    gone = erase.drop_bodies(session, case_id, spans)
    connection.execute(delete(draft).where(draft.c.case_id == case_id))
    local.put(session, FORGOTTEN + case_id, note | {"lines": gone})
    return gone


def forget_again(session: Session) -> None:
    """Empty what was forgotten after the backup that was just put back: it does not come back by that way."""
    for case, note in local.under(session, FORGOTTEN).items():
        forget_bodies(session, case, note)
        local.put(session, FORGOTTEN + case, note)


def forgotten(connection: Connection) -> tuple[str, ...]:
    """Give the cases that were forgotten here."""
    query = select(local_value.c.name).where(local_value.c.name.startswith(FORGOTTEN, autoescape=True))
    return tuple(name.removeprefix(FORGOTTEN) for name in connection.execute(query).scalars())


def may_come_back(connection: Connection, writer: str, first: int, last: int) -> set[int]:
    """Give the numbers of a writer's emptied places between two numbers: forgotten, never erased."""
    cases = forgotten(connection)
    if not cases:
        return set()
    table = journal_body.c
    query = select(table.seq).where(
        *(table.writer == writer, table.seq.between(first, last)),
        *(table.case_id.in_(cases), table.body.is_(None)),
    )
    found = set(connection.execute(query).scalars())
    return found - _erased(connection, writer, cases, found) if found else found


def _erased(connection: Connection, writer: str, cases: tuple[str, ...], found: set[int]) -> set[int]:
    spans = (span for each in erase.honoured(connection, cases).values() for span in each)
    return {seq for whose, first, last in spans for seq in found if whose == writer and first <= seq <= last}
