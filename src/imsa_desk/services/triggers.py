"""What asks for a review, as rows: noted by a person or by another verb, answered when a review is signed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from imsa_desk.domain.ids import AssessmentId, CaseId, TriggerId
from imsa_desk.domain.review_cycle import Trigger
from imsa_desk.services.desk import Desk
from imsa_desk.store.records import ReviewTriggerRow
from imsa_desk.vocab import Sensitivity

MOVE = "move"
TIER_CHANGE = "tier_change"
DECISION = "decision_received"
"""The reasons that the program notes by itself; each stands in the list `review_trigger`."""


def note_in(
    desk: Desk, session: Session, case_id: str, why: str, on: date | None = None, note: str = ""
) -> ReviewTriggerRow:
    """Note within an open act that something asks for a review; one that is open already is not doubled."""
    day = on or desk.today()
    for row in open_rows(session, [case_id]):
        if row.why == why and row.on == day:
            return row
    row = ReviewTriggerRow(case_id=case_id, why=why, on=day, author=desk.actor.id, note=note)
    session.add(row)
    return row


def open_rows(session: Session, case_ids: Iterable[str] | None = None) -> Sequence[ReviewTriggerRow]:
    """Give the rows that still ask for a review, oldest first; of every case where none is named."""
    query = select(ReviewTriggerRow).where(
        ReviewTriggerRow.answered_by == "",
        ReviewTriggerRow.set_aside == "",
        ReviewTriggerRow.deleted_at.is_(None),
    )
    if case_ids is not None:
        query = query.where(ReviewTriggerRow.case_id.in_(list(case_ids)))
    return session.scalars(query.order_by(ReviewTriggerRow.on, ReviewTriggerRow.id)).all()


def answer_in(session: Session, case_id: str, assessment_id: str, on: date) -> None:
    """Let a signed review answer what had happened by its day."""
    for row in open_rows(session, [case_id]):
        if row.on <= on:
            row.answered_by = assessment_id


def trigger_value(row: ReviewTriggerRow) -> Trigger:
    """Turn a row into a value."""
    return Trigger(
        id=TriggerId(row.id),
        case_id=CaseId(row.case_id or ""),
        why=row.why,
        on=row.on,
        note=row.note,
        answered_by=AssessmentId(row.answered_by) if row.answered_by else None,
        set_aside=row.set_aside,
        sensitivity=Sensitivity(row.sensitivity),
    )
