"""Verbs about handing cases over: an advocate asks, the organisation answers with an assignment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from imsa_desk.domain.dates import say_full
from imsa_desk.domain.handover import Handover, HandoverDraft, HandoverState
from imsa_desk.domain.ids import CaseId
from imsa_desk.domain.office_cases import BESIDE, Given
from imsa_desk.errors import Problem, Refused
from imsa_desk.services.assignments import givens, own_writers
from imsa_desk.services.cases import case_row
from imsa_desk.services.desk import LOCAL, Desk
from imsa_desk.services.people import person_of
from imsa_desk.services.typed import Typed
from imsa_desk.store.records import CaseRow, HandoverRow
from imsa_desk.vocab import HandoverWhy

ASKED = "This hand-over was answered before, so it cannot be withdrawn. Speak to your organisation."
_ASKED_TWICE = "You have asked to hand {code} over already. Withdraw that first."


def ask_handover(desk: Desk, case_ids: Sequence[CaseId], draft: HandoverDraft) -> tuple[str, ...]:
    """Ask that cases are handed over; it travels with the next bundle. Gives the ids of what was asked.

    Raises Refused with every problem at once, and E_CASE_CLOSED for a case that is not this vault's.
    """
    typed = Typed(desk.today())
    why = typed.word("why", HandoverWhy, draft.why, "Choose why the cases are handed over.")
    last_day = typed.day("last_day", draft.last_day, "your last day", ahead=True)
    until = typed.day("until", draft.until, "until when", ahead=True)
    to_name = typed.line("to_name", draft.to_name)
    note = typed.text("note", draft.note)
    _check_days(typed, why, last_day, until)
    if not case_ids:
        typed.wrong("cases", "Choose at least one case.")
    typed.stop_if_wrong()
    with desk.store.begin("ask_handover") as session:
        problems = [
            Problem("cases", _ASKED_TWICE.format(code=case_row(session, case).code))
            for case in dict.fromkeys(case_ids)
            if _open_of(desk, session, case)
        ]
        if problems:
            raise Refused(problems)
        rows = [
            HandoverRow(
                case_id=case,
                why=(why or HandoverWhy.LEAVING).value,
                asked_at=desk.now(),
                author=desk.actor.id,
                to_name=to_name,
                last_day=last_day if why is not HandoverWhy.ILLNESS else None,
                until=until if why is HandoverWhy.ILLNESS else None,
                note=note,
            )
            for case in dict.fromkeys(case_ids)
        ]
        session.add_all(rows)
        session.flush()
        return tuple(row.id for row in rows)


def _check_days(typed: Typed, why: HandoverWhy | None, last_day: date | None, until: date | None) -> None:
    wrong = {problem.field for problem in typed.problems}
    if why is HandoverWhy.LEAVING and last_day is None and "last_day" not in wrong:
        typed.wrong("last_day", "Enter your last day.")
    if why is HandoverWhy.ILLNESS and until is None and "until" not in wrong:
        typed.wrong("until", "Enter until when somebody should cover; the organisation can lengthen it.")
    if why is HandoverWhy.ILLNESS and until is not None and until < typed.today:
        typed.wrong("until", "Choose a day to come.")
    if why is not HandoverWhy.ILLNESS and last_day is not None and last_day < typed.today:
        typed.wrong("last_day", "Choose today or a day to come.")


def withdraw_handover(desk: Desk, handover_id: str) -> None:
    """Withdraw what was asked while the organisation has not answered. Raises Refused otherwise."""
    with desk.store.begin("withdraw_handover") as session:
        row = session.get(HandoverRow, handover_id)
        if row is None or row.deleted_at is not None or row.withdrawn_on is not None:
            raise Refused("This hand-over was withdrawn before.")
        if _value(desk, session, row).state is HandoverState.ANSWERED:
            raise Refused(ASKED)
        row.withdrawn_on = desk.today()


def handovers(desk: Desk, case_id: CaseId | None = None) -> tuple[Handover, ...]:
    """Give what was asked, of one case or of all, newest first, with the organisation's answer."""
    with desk.store.read() as session:
        query = select(HandoverRow).where(HandoverRow.deleted_at.is_(None))
        if case_id is not None:
            query = query.where(HandoverRow.case_id == case_id)
        rows = session.scalars(query.order_by(HandoverRow.asked_at.desc(), HandoverRow.id)).all()
        return tuple(_value(desk, session, row) for row in rows)


def asked(desk: Desk) -> tuple[Handover, ...]:
    """Give what waits for the organisation's answer."""
    return tuple(each for each in handovers(desk) if each.state is HandoverState.ASKED)


def _open_of(desk: Desk, session: Session, case_id: CaseId) -> bool:
    rows = session.scalars(
        select(HandoverRow).where(
            *(HandoverRow.case_id == case_id, HandoverRow.deleted_at.is_(None)),
            HandoverRow.withdrawn_on.is_(None),
        )
    )
    return any(_value(desk, session, row).state is HandoverState.ASKED for row in rows)


def _value(desk: Desk, session: Session, row: HandoverRow) -> Handover:
    case = CaseId(row.case_id or "")
    found = session.get(CaseRow, case)
    answer = _answer(desk, session, row)
    state = HandoverState.WITHDRAWN if row.withdrawn_on is not None else HandoverState.ASKED
    return Handover(
        id=row.id,
        case_id=case,
        code=found.code if found else "",
        known_as=person_of(session, case).known_as if found else "",
        why=HandoverWhy(row.why),
        asked_at=row.asked_at,
        to_name=row.to_name,
        last_day=row.last_day,
        until=row.until,
        note=row.note,
        state=HandoverState.ANSWERED if answer is not None and row.withdrawn_on is None else state,
        answer=_answered(answer) if answer is not None else "",
    )


def _answer(desk: Desk, session: Session, row: HandoverRow) -> Given | None:
    """Find the assignment that answers what was asked: the first to somebody else from that day on."""
    mine, case = own_writers(session, desk.store.writer), row.case_id or ""
    day = row.asked_at.astimezone(LOCAL).date()
    others = [
        g
        for g in givens(session, case).get(case, ())
        if g.writer not in mine and g.from_on >= day and g.why not in BESIDE
    ]
    return others[0] if others else None


def _answered(given: Given) -> str:
    until = f" until {say_full(given.until)}" if given.until else ""
    return f"With {given.name} since {say_full(given.from_on)}{until}."
