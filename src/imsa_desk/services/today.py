"""Today: what matters now, in a few queries across the caseload."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session

from imsa_desk.domain.actions import Action
from imsa_desk.domain.dates import at_local, say_day, say_distance
from imsa_desk.domain.ids import CaseId, MeetingId
from imsa_desk.domain.meetings import MeetingDay
from imsa_desk.domain.people import STALE_AFTER_DAYS
from imsa_desk.domain.timeline import Due, Lack
from imsa_desk.domain.today import Named, TodayPage
from imsa_desk.services.actions import OPEN, promises
from imsa_desk.services.desk import LOCAL, Desk
from imsa_desk.services.drafts import drafts
from imsa_desk.services.retention import retention_due
from imsa_desk.services.review_cycle import due_reviews
from imsa_desk.services.safety import open_responses
from imsa_desk.services.safety_plans import plans_to_review
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
from imsa_desk.vocab import (
    ENDED_STATUSES,
    CaseRoleKind,
    CaseStatus,
    ContactType,
    Kind,
    OwnerKind,
    Sensitivity,
)

AHEAD = timedelta(days=28)
WEEK = timedelta(days=7)
RESTRICTED = "Restricted"
"""What stands in place of the words of L3 and L4 entries: a page that is open all day quotes none."""
MOST = 12
"""Lines one list on Today shows; a page that lists everything is a wall."""
_ENDED = [s.value for s in ENDED_STATUSES]
_COVERED = (Sensitivity.L3, Sensitivity.L4)


def today_page(desk: Desk) -> TodayPage:
    """Give everything the Today page shows, most pressing first."""
    unkept = promises(desk)
    answered = open_responses(desk)
    retained = retention_due(desk)
    asked = due_reviews(desk, desk.today() + AHEAD / 2)
    with desk.store.read() as session:
        names = _names(desk, session)
        meetings = _meetings(desk, session, names)
        resting = _resting(session)
        plans = _plans(desk, session, names, resting)
        due = tuple(sorted((*_due(desk, session, names), *plans), key=partial(_pressing, desk.today())))
        counts = _counts(desk, session)
        reviews = tuple(one for one in asked if one.case_id in names and one.case_id not in resting)
        lacks = _lacks(desk, session, names, {one.case_id for one in reviews})
    return TodayPage(
        sentence=_sentence(counts, sum(r.case_id in names for r in answered)),
        meetings=meetings,
        due=due[:MOST],
        promises=tuple(_covered(a) for a in unkept if a.case_id in names)[:MOST],
        responses=tuple(r for r in answered if r.case_id in names),
        drafts=drafts(desk)[:MOST],
        reviews=reviews[:MOST],
        lacks=lacks[:MOST],
        retained=retained[:MOST],
        names=names,
        cases=len(names),
    )


def _covered(action: Action) -> Action:
    return replace(action, text=RESTRICTED) if action.sensitivity in _COVERED else action


def _open_cases(desk: Desk) -> Select[str]:
    """Choose the open cases that are this vault's to work on: what others have asks nothing here."""
    open_ones = select(CaseRow.id).where(CaseRow.deleted_at.is_(None), CaseRow.status.not_in(_ENDED))
    others = sorted(desk.store.closed_cases)
    return open_ones.where(CaseRow.id.not_in(others)) if others else open_ones


def _names(desk: Desk, session: Session) -> dict[str, Named]:
    query = (
        select(CaseRow.id, CaseRow.code, PersonRow.known_as, PersonRow.known_as_script)
        .join(CaseRoleRow, (CaseRoleRow.case_id == CaseRow.id) & (CaseRoleRow.role == CaseRoleKind.SURVIVOR))
        .join(PersonRow, PersonRow.id == CaseRoleRow.person_id)
        .where(CaseRow.deleted_at.is_(None), CaseRow.status.not_in(_ENDED))
    )
    return {
        case: Named(known, script, code)
        for case, code, known, script in session.execute(query)
        if case not in desk.store.closed_cases
    }


def _meetings(desk: Desk, session: Session, names: dict[str, Named]) -> tuple[MeetingDay, ...]:
    rows = session.scalars(
        select(MeetingRow).where(_met(desk, WEEK)).order_by(MeetingRow.at).limit(MOST)
    ).all()
    return tuple(
        MeetingDay(
            MeetingId(r.id),
            CaseId(r.case_id or ""),
            r.at.astimezone(LOCAL).date(),
            r.at,
            names[r.case_id].known_as,
            names[r.case_id].script,
            "" if r.sensitivity in _COVERED else r.title,
            "" if r.sensitivity in _COVERED else r.place,
            ContactType(r.how),
        )
        for r in rows
        if r.case_id in names
    )


def _due(desk: Desk, session: Session, names: dict[str, Named]) -> tuple[Due, ...]:
    """Give own and the person's actions due within four weeks, and contacts to chase."""
    actions = session.scalars(
        select(ActionRow).where(_is_due(desk)).order_by(ActionRow.due_on).limit(MOST)
    ).all()
    chases = session.scalars(
        select(ContactRow).where(_is_to_chase(desk)).order_by(ContactRow.next_contact_on).limit(MOST)
    ).all()
    found = [
        _due_line(names, a.case_id, _words(a, a.text), _agreed(a, desk.today()), a.due_on, Kind.ACTION, a.id)
        for a in actions
        if a.case_id in names
    ]
    found += [
        _due_line(
            names,
            c.case_id,
            _words(c, c.purpose) or "Contact again",
            "to chase",
            c.next_contact_on,
            Kind.CONTACT,
            c.id,
        )
        for c in chases
        if c.case_id in names
    ]
    return tuple(found)


def _plans(desk: Desk, session: Session, names: dict[str, Named], resting: set[str]) -> tuple[Due, ...]:
    """Give the safety plans whose day to look at them again has come, where reviews are asked for."""
    return tuple(
        _due_line(
            names,
            one.case_id,
            "Safety plan to be looked at again",
            f"version {one.version}",
            one.on,
            Kind.SAFETY_PLAN,
            one.id,
        )
        for one in plans_to_review(session, desk.today())
        if one.case_id in names and one.case_id not in resting
    )


def _pressing(today: date, due: Due) -> date:
    """Order by the day; a plan to be looked at again is today's, so it comes after what is overdue."""
    return today if due.kind is Kind.SAFETY_PLAN else due.on


def _met(desk: Desk, span: timedelta) -> ColumnElement[bool]:
    """Say which meetings begin today or within a span of whole days; a day may have 23 or 25 hours."""
    return and_(
        MeetingRow.at >= at_local(desk.today(), time(0)),
        MeetingRow.at < at_local(desk.today() + span, time(0)),
        MeetingRow.deleted_at.is_(None),
        MeetingRow.case_id.in_(_open_cases(desk)),
    )


def _is_due(desk: Desk) -> ColumnElement[bool]:
    return and_(
        ActionRow.due_on <= desk.today() + AHEAD,
        ActionRow.state.in_(OPEN),
        ActionRow.owner != OwnerKind.PROFESSIONAL,
        ActionRow.deleted_at.is_(None),
        ActionRow.case_id.in_(_open_cases(desk)),
    )


def _is_to_chase(desk: Desk) -> ColumnElement[bool]:
    return and_(
        ContactRow.next_contact_on <= desk.today() + AHEAD,
        ContactRow.next_contact_on >= desk.today() - AHEAD,
        ContactRow.deleted_at.is_(None),
        ContactRow.case_id.in_(_open_cases(desk)),
    )


def _words(row: ActionRow | ContactRow, text: str) -> str:
    return RESTRICTED if row.sensitivity in _COVERED else text


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


def _resting(session: Session) -> set[str]:
    """Name the cases in which no review is asked for: the person paused, or cannot be reached."""
    states = [CaseStatus.PAUSED_BY_SURVIVOR, CaseStatus.NO_CONTACT]
    return set(session.scalars(select(CaseRow.id).where(CaseRow.status.in_(states))))


def _lacks(desk: Desk, session: Session, names: dict[str, Named], reviewed: set[CaseId]) -> tuple[Lack, ...]:
    """Give what records lack: a safe way to make contact, its confirmation, a consent, an assessment.

    That there is no assessment is not said again of a case in which one is due.
    """
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
        if case not in assessed and case not in reviewed:
            found.append(
                _lack(case, named, "No assessment yet", "start when the person is ready", "assessment")
            )
    return tuple(found)


def _lack(case: str, named: Named, what: str, why: str, fix: str) -> Lack:
    return Lack(CaseId(case), named.known_as, what, why, fix)


@dataclass(frozen=True, slots=True)
class _Counts:
    """How much there is in all: the lists on the page are cut short, the sentence is not."""

    meetings: int
    week: int
    late: int


def _counts(desk: Desk, session: Session) -> _Counts:
    today = desk.today()

    def count(wanted: ColumnElement[bool], *more: Any) -> int:
        return session.scalar(select(func.count()).where(wanted, *more)) or 0

    def due(first: date, last: date) -> int:
        own = count(_is_due(desk), ActionRow.due_on.between(first, last))
        return own + count(_is_to_chase(desk), ContactRow.next_contact_on.between(first, last))

    one = timedelta(days=1)
    return _Counts(count(_met(desk, one)), due(today, today + WEEK), due(date.min, today - one))


def _sentence(counts: _Counts, dangers: int) -> str:
    """Say what matters in plain words; an open safety response comes before everything."""
    parts = [f"{_count(dangers, 'safety response')} still open"] if dangers else []
    parts.append(f"{_count(counts.meetings, 'meeting')} today")
    parts.append(
        f"{_count(counts.week, 'thing')} due within a week" if counts.week else "nothing due within a week"
    )
    parts.append(f"{_word(counts.late)} overdue" if counts.late else "nothing overdue")
    said = ", ".join(parts)
    return f"{said[0].upper()}{said[1:]}."


_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def _word(n: int) -> str:
    return _WORDS[n] if n < len(_WORDS) else f"{n:,}"


def _count(n: int, noun: str) -> str:
    return f"{_word(n)} {noun}{'' if n == 1 else 's'}"
