"""What the frame around every page says: how many cases are open, and what the organisation lacks."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from imsa_desk.services.desk import Desk
from imsa_desk.services.holding import not_held_by_case
from imsa_desk.services.joining import OFFICE
from imsa_desk.store import local
from imsa_desk.store.records import CaseRow
from imsa_desk.vocab import ENDED_STATUSES


@dataclass(frozen=True, slots=True)
class Standing:
    """Open cases, and the changes not yet held; None before the vault has joined an organisation."""

    open_cases: int
    not_held: int | None


def standing(desk: Desk) -> Standing:
    """Count both in one short reading."""
    with desk.store.read() as session:
        ended = [status.value for status in ENDED_STATUSES]
        query = select(func.count()).select_from(CaseRow)
        cases = session.scalar(query.where(CaseRow.status.not_in(ended), CaseRow.deleted_at.is_(None)))
        joined = local.get(session, OFFICE) is not None
        return Standing(int(cases or 0), sum(not_held_by_case(desk, session).values()) if joined else None)
