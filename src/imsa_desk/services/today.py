"""Today: what matters now, in a few queries across the caseload."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from imsa_desk.domain.dates import at_local, say_day, say_distance
from imsa_desk.domain.ids import CaseId, MeetingId
from imsa_desk.domain.meetings import MeetingDay
from imsa_desk.domain.people import STALE_AFTER_DAYS
from imsa_desk.domain.timeline import Due, Lack
from imsa_desk.domain.today import Named, TodayPage
from imsa_desk.services.actions import OPEN, promises
from imsa_desk.services.desk import LOCAL, Desk
from imsa_desk.services.drafts import drafts
from imsa_desk.services.safety import open_responses
from imsa_desk.store.records import (
    ActionRow,
    AssessmentRow,
    CaseRoleRow,
    CaseRow,
    ConsentRow,
    ContactRow,
    MeetingRow,
    PersonRow,
    SafeContactRow,
)
from imsa_desk.vocab import ENDED_STATUSES, CaseRoleKind, ContactType, Kind, OwnerKind

AHEAD = timedelta(days=28)
MOST = 12
"""Lines one list on Today shows; a page that lists everything is a wall."""
_ENDED = [s.value for s in ENDED_STATUSES]


def today_page(desk: Desk) -> TodayPage:
    """Give everything the Today page shows, most pressing first."""
    unkept = promises(desk)
    answered = open_responses(desk)
    with desk.store.read() as session:
        names = _names(session)
        meetings = _meetings(desk, session, names)
        due = _due(desk, session, names)
        reviews = _reviews(desk, session, names)
        lacks = _lacks(desk, session, names)
    page = TodayPage(
        sentence="",
        meetings=meetings,
        due=due[:MOST],
        promises=tuple(a for a in unkept if a.case_id in names)[:MOST],
        responses=tuple(r for r in answered if r.case_id in names),
        drafts=drafts(desk)[:MOST],
        reviews=reviews[:MOST],
        lacks=lacks[:MOST],
        names=names,
        cases=len(names),
    )
    return replace(page, sentence=_sentence(page, desk.today()))


def _names(session: Session) -> dict[str, Named]:
    query = (
        select(CaseRow.id, CaseRow.code, PersonRow.known_as, PersonRow.known_as_script)
        .join(CaseRoleRow, (CaseRoleRow.case_id == CaseRow.id) & (CaseRoleRow.role == CaseRoleKind.SURVIVOR))
        .join(PersonRow, PersonRow.id == CaseRoleRow.person_id)
        .where(CaseRow.deleted_at.is_(None), CaseRow.status.not_in(_ENDED))
    )
    return {case: Named(known, script, code) for case, code, known, script in session.execute(query)}


def _meetings(desk: Desk, session: Session, names: dict[str, Named]) -> tuple[MeetingDay, ...]:
    start = at_local(desk.today(), time(0))
    rows = session.scalars(
        select(MeetingRow)
        .where(
            MeetingRow.at >= start,
            MeetingRow.at < start + timedelta(days=7),
            MeetingRow.deleted_at.is_(None),
        )
        .order_by(MeetingRow.at)
        .limit(MOST)
    )
    return tuple(
        MeetingDay(
            MeetingId(r.id),
            CaseId(r.case_id or ""),
            r.at.astimezone(LOCAL).date(),
            r.at,
            names[r.case_id].known_as,
            names[r.case_id].script,
            r.title,
            r.place,
            ContactType(r.how),
        )
        for r in rows
        if r.case_id in names
    )


def _due(desk: Desk, session: Session, names: dict[str, Named]) -> tuple[Due, ...]:
    """Give own and the person's actions due within four weeks, and contacts to chase."""
    last = desk.today() + AHEAD
    actions = session.scalars(
        select(ActionRow)
        .where(
            ActionRow.due_on <= last,
            ActionRow.state.in_(OPEN),
            ActionRow.owner != OwnerKind.PROFESSIONAL,
            ActionRow.deleted_at.is_(None),
        )
        .order_by(ActionRow.due_on)
        .limit(100)
    )
    chases = session.scalars(
        select(ContactRow)
        .where(
            ContactRow.next_contact_on <= last,
            ContactRow.next_contact_on >= desk.today() - AHEAD,
            ContactRow.deleted_at.is_(None),
        )
        .order_by(ContactRow.next_contact_on)
        .limit(100)
    )
    found = [
        _due_line(names, a.case_id, a.text, _agreed(a, desk.today()), a.due_on, Kind.ACTION, a.id)
        for a in actions
        if a.case_id in names
    ]
    found += [
        _due_line(
            names, c.case_id, c.purpose or "Contact again", "to chase", c.next_contact_on, Kind.CONTACT, c.id
        )
        for c in chases
        if c.case_id in names
    ]
    return tuple(sorted(found, key=lambda d: d.on))


def _agreed(row: ActionRow, today: date) -> str:
    who = "you" if row.owner == OwnerKind.IMSA else "the person"
    return f"for {who}, agreed {say_day(row.agreed_on, today)}" if row.agreed_on else f"for {who}"


def _due_line(
    names: dict[str, Named],
    case_id: str | None,
    what: str,
    why: str,
    on: date | None,
    kind: Kind,
    record_id: str,
) -> Due:
    named = names[case_id or ""]
    return Due(
        CaseId(case_id or ""), named.known_as, named.script, what, why, on or date.max, kind, record_id
    )


def _reviews(desk: Desk, session: Session, names: dict[str, Named]) -> tuple[Due, ...]:
    rows = session.execute(
        select(CaseRow.id, CaseRow.review_on, CaseRow.risk)
        .where(CaseRow.review_on <= desk.today() + AHEAD / 2, CaseRow.deleted_at.is_(None))
        .order_by(CaseRow.review_on)
    )
    return tuple(
        _due_line(
            names, case, "Review", f"risk is {risk.replace('_', ' ')}" if risk else "", on, Kind.CASE, case
        )
        for case, on, risk in rows
        if case in names
    )


def _lacks(desk: Desk, session: Session, names: dict[str, Named]) -> tuple[Lack, ...]:
    """Give what records lack: a safe way to make contact, its confirmation, a consent, an assessment."""
    stale = desk.today() - timedelta(days=STALE_AFTER_DAYS)
    live = SafeContactRow.deleted_at.is_(None)
    confirmed = dict(
        session.execute(
            select(SafeContactRow.case_id, func.max(SafeContactRow.last_confirmed))
            .where(live)
            .group_by(SafeContactRow.case_id)
        ).all()
    )
    consented = set(
        session.scalars(select(ConsentRow.case_id).where(ConsentRow.deleted_at.is_(None)).distinct())
    )
    assessed = set(
        session.scalars(select(AssessmentRow.case_id).where(AssessmentRow.deleted_at.is_(None)).distinct())
    )
    found = []
    for case, named in names.items():
        asked = confirmed.get(case)
        if case not in confirmed:
            found.append(
                _lack(case, named, "No safe contact is recorded", "ask before you call", "safe_contact")
            )
        elif asked is None or asked < stale:
            why = f"asked {say_distance(asked, desk.today())}" if asked else "never confirmed"
            found.append(_lack(case, named, "Safe contact is old", why, "safe_contact"))
        if case not in consented:
            found.append(_lack(case, named, "No consent is recorded", "nothing may be shared", "consent"))
        if case not in assessed:
            found.append(
                _lack(case, named, "No assessment yet", "start when the person is ready", "assessment")
            )
    return tuple(found)


def _lack(case: str, named: Named, what: str, why: str, fix: str) -> Lack:
    return Lack(CaseId(case), named.known_as, what, why, fix)


def _sentence(page: TodayPage, today: date) -> str:
    now = sum(m.on == today for m in page.meetings)
    week = sum(today <= d.on <= today + timedelta(days=7) for d in page.due)
    late = sum(d.on < today for d in page.due)
    parts = [f"{_count(now, 'meeting')} today", f"{_count(week, 'thing').lower()} due within a week"]
    return ", ".join([*parts, f"{late} overdue" if late else "nothing overdue"]) + "."


_WORDS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")


def _count(n: int, noun: str) -> str:
    return f"{_WORDS[n] if n < len(_WORDS) else n} {noun}{'' if n == 1 else 's'}"
