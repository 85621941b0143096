"""Verbs about the review cycle: what is due when and why, and what happened that asks for a review."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import partial

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from imsa_desk import paths
from imsa_desk.domain.ids import AssessmentId, CaseId, TriggerId
from imsa_desk.domain.review_cycle import (
    CONSENT_REFUSED,
    CaseFacts,
    CycleRule,
    ReviewDue,
    SignedReview,
    Trigger,
    due_of,
    load_cycle,
    read_cycle,
)
from imsa_desk.errors import Refused
from imsa_desk.services.cases import case_row
from imsa_desk.services.desk import LOCAL, Desk
from imsa_desk.services.reference import rule_text
from imsa_desk.services.triggers import note_in, open_rows, trigger_value
from imsa_desk.services.typed import Typed
from imsa_desk.store.records import AssessmentRow, CaseRow, MeetingRow, ReviewTriggerRow
from imsa_desk.vocab import ENDED_STATUSES, AssessmentState

NO_TRIGGER = "This reason for a review is not in this vault."
_ENDED = [status.value for status in ENDED_STATUSES]


def rule(session: Session) -> CycleRule:
    """Give the review cycle: what the organisation published where it did, else the program's."""
    own = rule_text(session, "review_cycle")
    return (
        load_cycle(paths.resources() / "rules" / "review_cycle.toml")
        if own is None
        else read_cycle(own, "of your organisation")
    )


def next_due(desk: Desk, case_id: CaseId) -> ReviewDue | None:
    """Give the review that is due next in a case, and why; None where nothing is or the case has ended."""
    with desk.store.read() as session:
        row = case_row(session, case_id)
        if row.status in ENDED_STATUSES:
            return None
        facts = _facts(desk, session, [row])
        return due_of(rule(session), facts[0], desk.today(), partial(desk.lists.label, "review_trigger"))


def due_reviews(desk: Desk, until: date) -> tuple[ReviewDue, ...]:
    """Give what is due by a day in every case that has not ended, the longest due first."""
    label = partial(desk.lists.label, "review_trigger")
    with desk.store.read() as session:
        cycle = rule(session)
        query = select(CaseRow).where(CaseRow.deleted_at.is_(None), CaseRow.status.not_in(_ENDED))
        facts = _facts(desk, session, session.scalars(query).all(), every=True)
    found = (due_of(cycle, one, desk.today(), label) for one in facts)
    return tuple(sorted((due for due in found if due and due.on <= until), key=lambda due: due.on))


def _facts(desk: Desk, session: Session, cases: Sequence[CaseRow], *, every: bool = False) -> list[CaseFacts]:
    """Gather what the cycle needs of cases, in a few queries for all of them; `every` spares naming them."""
    ids = None if every else [row.id for row in cases]
    signed, drafts = _assessments(session, ids)
    met = _first_met(desk, session, ids)
    triggers: dict[str | None, list[Trigger]] = {}
    for row in open_rows(session, ids):
        triggers.setdefault(row.case_id, []).append(trigger_value(row))
    return [
        CaseFacts(
            case_id=CaseId(row.id),
            tier=row.tier,
            opened_on=row.opened_on,
            first_met=met.get(row.id),
            signed=tuple(signed.get(row.id, ())),
            triggers=tuple(triggers.get(row.id, ())),
            draft=drafts.get(row.id),
        )
        for row in cases
    ]


def _assessments(
    session: Session, ids: list[str] | None
) -> tuple[dict[str | None, list[SignedReview]], dict[str | None, AssessmentId]]:
    """Give signed assessments by case, newest first, and the newest draft of each."""
    row = AssessmentRow
    query = (
        select(row.id, row.case_id, row.state, row.assessment_type, row.on, row.highest, row.review_on)
        .add_columns(row.consent_to_assess)
        .where(row.deleted_at.is_(None))
        .order_by(row.on.desc(), row.signed_at.desc(), row.id)
    )
    if ids is not None:
        query = query.where(row.case_id.in_(ids))
    signed: dict[str | None, list[SignedReview]] = {}
    drafts: dict[str | None, AssessmentId] = {}
    for found in session.execute(query):
        if found.state == AssessmentState.SIGNED:
            refused = found.consent_to_assess == CONSENT_REFUSED
            one = SignedReview(found.assessment_type, found.on, found.highest, found.review_on, refused)
            signed.setdefault(found.case_id, []).append(one)
        else:
            drafts.setdefault(found.case_id, AssessmentId(found.id))
    return signed, drafts


def _first_met(desk: Desk, session: Session, ids: list[str] | None) -> dict[str | None, date]:
    """Give the day of the first meeting of each case that has been."""
    row = MeetingRow
    query = select(row.case_id, func.min(row.at)).where(row.deleted_at.is_(None), row.at <= desk.now())
    if ids is not None:
        query = query.where(row.case_id.in_(ids))
    found: dict[str | None, date] = {}
    for case, at in session.execute(query.group_by(row.case_id)):
        if isinstance(at, datetime):
            found[case] = at.astimezone(LOCAL).date()
    return found


def note_trigger(desk: Desk, case_id: CaseId, why: str, on: str = "", note: str = "") -> TriggerId:
    """Note that something happened which asks for a review (list `review_trigger`); an empty day is today."""
    typed = Typed(desk.today())
    if not desk.lists.has("review_trigger", why):
        typed.wrong("why", "Choose what has happened.")
    day = typed.day("on", on or "today", "the day it happened", past=True)
    words = typed.text("note", note)
    typed.stop_if_wrong()
    with desk.store.begin("note_trigger") as session:
        case_row(session, case_id)
        return TriggerId(note_in(desk, session, case_id, why, day, words).id)


def set_trigger_aside(desk: Desk, trigger_id: TriggerId, reason: str) -> None:
    """Say why something that happened needs no review; the reason is kept."""
    typed = Typed(desk.today())
    words = typed.text("reason", reason, needed="Say why this needs no review.")
    typed.stop_if_wrong()
    with desk.store.begin("set_trigger_aside") as session:
        row = session.get(ReviewTriggerRow, trigger_id)
        if row is None or row.deleted_at is not None:
            raise Refused(NO_TRIGGER)
        if row.answered_by or row.set_aside:
            raise Refused("A review has followed already, or it was set aside before.")
        row.set_aside = words


def open_triggers(desk: Desk, case_id: CaseId) -> tuple[Trigger, ...]:
    """Give what still asks for a review in a case, oldest first."""
    with desk.store.read() as session:
        case_row(session, case_id)
        return tuple(trigger_value(row) for row in open_rows(session, [case_id]))


def triggers_of(desk: Desk, case_id: CaseId) -> tuple[Trigger, ...]:
    """Give every reason for a review that was noted in a case, newest first, also those answered."""
    row = ReviewTriggerRow
    query = select(row).where(row.case_id == case_id, row.deleted_at.is_(None))
    with desk.store.read() as session:
        return tuple(trigger_value(one) for one in session.scalars(query.order_by(row.on.desc(), row.id)))
