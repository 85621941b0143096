"""Writes what the organisation may count of each case, in the act of sending and only where it changed.

Each vault writes a record of its own for a case, under an id made of both: two laptops of one advocate never
change each other's, and whoever counts takes the newest of a case. A private case has none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from imsa_desk.domain.statistics import Counted, facts_of
from imsa_desk.services.actions import OPEN
from imsa_desk.services.desk import LOCAL, Desk
from imsa_desk.services.review_cycle import due_reviews
from imsa_desk.services.share_choice import scopes
from imsa_desk.store.records import (
    ActionRow,
    AssessmentRow,
    CaseRow,
    ContactRow,
    MeetingRow,
    StatisticRow,
    ThemeEntryRow,
)
from imsa_desk.vocab import AssessmentState, Sensitivity

SLICE = 20
"""Cases counted in one turn at the vault's connection."""
_OPEN_LEVELS = (Sensitivity.L1.value, Sensitivity.L2.value)


def statistic_id(case_id: str, writer: str) -> str:
    """Give the id of a vault's record of statistics of a case."""
    return hashlib.sha256(f"statistic:{case_id}:{writer}".encode()).hexdigest()[:32]


def changed_facts(desk: Desk) -> dict[str, str]:
    """Give, by case, the facts that are not written down yet; counted in slices of turns."""
    with desk.store.read(last=True) as session:
        query = select(CaseRow.id).where(CaseRow.deleted_at.is_(None), CaseRow.private.is_(False))
        # What somebody else writes now, this vault counts no more.
        closed = desk.store.closed_cases
        cases = [case for case in session.scalars(query.order_by(CaseRow.id)) if case not in closed]
    due: dict[str, date] = {}
    if cases:
        due |= {str(item.case_id): item.on for item in due_reviews(desk, date.max)}
    found: dict[str, str] = {}
    for at in range(0, len(cases), SLICE):
        with desk.store.read(last=True) as session:
            found |= _changed(desk, session, cases[at : at + SLICE], due)
    return found


def write_statistics(desk: Desk, facts: Mapping[str, str]) -> int:
    """Write these facts down, some cases to an act; give how many records were written."""
    waiting = sorted(facts.items())
    for at in range(0, len(waiting), SLICE):
        with desk.store.begin("count_cases", last=True) as session:
            for case, text in waiting[at : at + SLICE]:
                _write(desk, session, case, text)
    return len(waiting)


def _write(desk: Desk, session: Session, case: str, text: str) -> None:
    wanted = statistic_id(case, desk.store.writer)
    row = session.get(StatisticRow, wanted)
    if row is None:
        session.add(
            StatisticRow(
                id=wanted,
                case_id=case,
                as_of=desk.today(),
                facts=text,
                sensitivity=Sensitivity.L1.value,
            )
        )
        return
    row.as_of, row.facts = desk.today(), text


def _changed(desk: Desk, session: Session, cases: Sequence[str], due: Mapping[str, date]) -> dict[str, str]:
    ids = {statistic_id(case, desk.store.writer): case for case in cases}
    query = select(StatisticRow.id, StatisticRow.facts).where(StatisticRow.id.in_(ids))
    known = {ids[record]: text for record, text in session.execute(query)}
    today = desk.today()
    texts = {case: facts_of(one, today).text() for case, one in _counted(desk, session, cases, due).items()}
    return {case: text for case, text in texts.items() if known.get(case) != text}


def _counted(
    desk: Desk, session: Session, cases: Sequence[str], due: Mapping[str, date]
) -> dict[str, Counted]:
    rows = session.scalars(select(CaseRow).where(CaseRow.id.in_(cases))).all()
    scope = scopes(session, cases)
    themes = _themes(session, cases)
    meetings, contacts = _held(session, MeetingRow, cases), _held(session, ContactRow, cases)
    assessed = set(_of(session, AssessmentRow, cases, AssessmentRow.state == AssessmentState.SIGNED))
    actions = dict(
        session.execute(
            select(ActionRow.case_id, func.count())
            .where(ActionRow.case_id.in_(cases), ActionRow.state.in_(OPEN))
            .where(ActionRow.deleted_at.is_(None), ActionRow.private.is_(False))
            .group_by(ActionRow.case_id)
        ).all()
    )
    return {
        row.id: Counted(
            nation=row.nation,
            tier=row.tier,
            status=row.status,
            opened=row.opened_on,
            closed=row.closed_on,
            themes=themes.get(row.id, {}),
            spent=tuple(pair for found in (meetings, contacts) for pair in found.get(row.id, ())),
            meetings=tuple(day for day, _ in meetings.get(row.id, ())),
            contacts=tuple(day for day, _ in contacts.get(row.id, ())),
            review_due=due.get(row.id),
            assessed=row.id in assessed,
            open_actions=actions.get(row.id, 0),
            scope=scope[row.id],
        )
        for row in rows
    }


def _themes(session: Session, cases: Sequence[str]) -> dict[str, dict[str, int | None]]:
    """Give the newest level of each theme; what is restricted or sealed is not told, not even as a number."""
    row = ThemeEntryRow
    query = (
        select(row.case_id, row.theme, row.need_level, row.not_discussed)
        .where(row.case_id.in_(cases), row.deleted_at.is_(None), row.private.is_(False))
        .where(row.sensitivity.in_(_OPEN_LEVELS))
        .order_by(row.on.desc(), row.id)
    )
    found: dict[str, dict[str, int | None]] = {}
    for case, theme, level, skipped in session.execute(query):
        if case is not None and (level is not None or skipped):
            found.setdefault(case, {}).setdefault(theme, level)
    return found


def _held(
    session: Session, cls: type[MeetingRow] | type[ContactRow], cases: Sequence[str]
) -> dict[str, list[tuple[date, int]]]:
    """Give the day and minutes of each entry, in the order of the days."""
    query = (
        select(cls.case_id, cls.at, cls.minutes)
        .where(cls.case_id.in_(cases), cls.deleted_at.is_(None), cls.private.is_(False))
        .order_by(cls.at, cls.id)
    )
    found: dict[str, list[tuple[date, int]]] = {}
    for case, at, minutes in session.execute(query):
        if case is not None:
            found.setdefault(case, []).append((_day(at), minutes or 0))
    return found


def _day(at: datetime) -> date:
    return at.astimezone(LOCAL).date()


def _of(session: Session, cls: type[AssessmentRow], cases: Sequence[str], wanted: object) -> Iterable[str]:
    here = (cls.case_id.in_(cases), cls.deleted_at.is_(None), cls.private.is_(False))
    query = select(cls.case_id).where(*here, wanted)  # type: ignore[arg-type]  # a column's comparison
    return [case for case in session.scalars(query) if case]
