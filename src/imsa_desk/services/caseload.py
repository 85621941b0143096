"""The caseload: one line a case, in a few queries however many cases there are."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from imsa_desk.domain.cases import CaseRow as CaseLine
from imsa_desk.domain.ids import CaseId
from imsa_desk.services.actions import OPEN
from imsa_desk.services.desk import Desk
from imsa_desk.services.holding import not_held_by_case
from imsa_desk.store.records import ActionRow, CaseRoleRow, CaseRow, ContactRow, MeetingRow, PersonRow
from imsa_desk.vocab import ENDED_STATUSES, Band, CaseRoleKind, CaseStatus, Nation, OwnerKind, Tier

PAGE = 2_000
"""Rows one call gives at most; lists ask again for more."""


def caseload(
    desk: Desk, *, include_closed: bool = False, limit: int = PAGE, skip: int = 0
) -> tuple[CaseLine, ...]:
    """Give the caseload: highest risk first, then the soonest due, then by name."""
    with desk.store.read() as session:
        query = (
            select(
                CaseRow.id,
                CaseRow.code,
                PersonRow.known_as,
                PersonRow.known_as_script,
                CaseRow.nation,
                CaseRow.tier,
                CaseRow.status,
                CaseRow.nrm_status,
                CaseRow.nrm_status_on,
                CaseRow.risk,
            )
            .join(
                CaseRoleRow, (CaseRoleRow.case_id == CaseRow.id) & (CaseRoleRow.role == CaseRoleKind.SURVIVOR)
            )
            .join(PersonRow, PersonRow.id == CaseRoleRow.person_id)
            .where(CaseRow.deleted_at.is_(None))
        )
        if not include_closed:
            query = query.where(CaseRow.status.not_in([s.value for s in ENDED_STATUSES]))
        rows = session.execute(
            query.order_by(PersonRow.known_as, CaseRow.code).limit(limit).offset(skip)
        ).all()
        facts = _facts(desk, session)
        return tuple(sorted((_line(row, facts) for row in rows), key=_order))


def _facts(desk: Desk, session: Session) -> dict[str, dict[Any, Any]]:
    # A professional's promise is chased, not done: it is nobody's next day here.
    own_due = case((ActionRow.owner != OwnerKind.PROFESSIONAL, ActionRow.due_on))
    open_actions = (
        select(ActionRow.case_id, func.count(), func.min(own_due))
        .where(ActionRow.state.in_(OPEN), ActionRow.deleted_at.is_(None))
        .group_by(ActionRow.case_id)
    )
    met = _latest(desk, session, MeetingRow)
    spoke = _latest(desk, session, ContactRow)
    counted = session.execute(open_actions).all()
    return {
        "open": {which: n for which, n, _ in counted},
        "due": {which: due for which, _, due in counted},
        "last": {case: max(filter(None, (met.get(case), spoke.get(case)))) for case in met | spoke},
        "not_held": not_held_by_case(desk, session),
    }


def _latest(
    desk: Desk, session: Session, cls: type[MeetingRow] | type[ContactRow]
) -> dict[str | None, datetime]:
    """Give the last time of each case; a meeting still to come is no contact yet."""
    query = select(cls.case_id, func.max(cls.at)).where(cls.deleted_at.is_(None), cls.at <= desk.now())
    return dict(session.execute(query.group_by(cls.case_id)).all())


def _line(row: Any, facts: dict[str, dict[Any, Any]]) -> CaseLine:
    return CaseLine(
        id=CaseId(row.id),
        code=row.code,
        known_as=row.known_as,
        known_as_script=row.known_as_script,
        nation=Nation(row.nation),
        tier=Tier(row.tier),
        status=CaseStatus(row.status),
        nrm_status=row.nrm_status,
        nrm_status_on=row.nrm_status_on,
        risk=Band(row.risk) if row.risk else None,
        last_contact=facts["last"].get(row.id),
        next_due=facts["due"].get(row.id),
        open_actions=facts["open"].get(row.id, 0),
        not_held=facts["not_held"].get(row.id, 0),
    )


def _order(line: CaseLine) -> tuple[bool, int, date, str]:
    rank = -list(Band).index(line.risk) if line.risk else 1
    return (not line.is_open, rank, line.next_due or date.max, line.known_as.casefold())
