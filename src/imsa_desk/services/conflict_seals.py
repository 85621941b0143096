"""What a seal says of conflicts inside a signed review: which of their sides is what was signed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice, product
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from imsa_desk.domain.assessments import Assessment
from imsa_desk.domain.lines import REMOVED
from imsa_desk.domain.seals import seal_holds
from imsa_desk.services.assessment_values import answer_value, assessment_value, header_of
from imsa_desk.services.desk import Desk
from imsa_desk.store.fields import columns_of, from_field
from imsa_desk.store.records import AnswerRow, AssessmentRow, AssessmentSectionRow, Record
from imsa_desk.store.torn import Torn, Written, torn
from imsa_desk.vocab import AssessmentState

_MOST = 2_000
"""Combinations of sides that are tried: each is one digest."""

Choice = tuple[Torn, Mapping[str, Written]]
"""A torn record with one side chosen for each of its fields."""


def review_of(session: Session, one: Torn) -> AssessmentRow | None:
    """Give the review that a record is part of."""
    row = session.get(one.cls, one.record)
    if isinstance(row, (AnswerRow, AssessmentSectionRow)):
        return session.get(AssessmentRow, row.assessment_id)
    return row if isinstance(row, AssessmentRow) else None


def is_sealed(review: AssessmentRow | None) -> bool:
    """Say whether a review is signed."""
    return review is not None and review.state == AssessmentState.SIGNED


def sealed_lines(desk: Desk, session: Session, review: AssessmentRow) -> frozenset[str]:
    """Give the lines that are sides of conflicts in a signed review and say what was signed.

    Empty where no combination of sides makes the seal hold.
    """
    ids = [review.id]
    for cls in (AnswerRow, AssessmentSectionRow):
        ids += session.scalars(select(cls.id).where(cls.assessment_id == review.id)).all()
    shown = assessment_value(desk, session, review)
    found: set[str] = set()
    parts = [list(_choices(one)) for one in torn(session.connection(), ids)]
    for combination in islice(product(*parts), _MOST):
        if any(one.record == review.id and _removed(one, sides) for one, sides in combination):
            continue  # a signed review is never removed
        value, signed_by = _as_chosen(session, shown, review, combination)
        if seal_holds(value, signed_by):
            found |= {side.line for _, sides in combination for side in sides.values()}
    return frozenset(found)


def _choices(one: Torn) -> list[Choice]:
    """Give each way in which a record may have been: fields of one act go together."""
    acts = dict.fromkeys(
        one.origin(name, side).body["act"]["id"] for name, sides in one.fields.items() for side in sides
    )
    found: list[Choice] = []
    for act in acts:
        sides = {
            name: next(
                (s for s in at if one.origin(name, s).body["act"]["id"] == act),
                next((s for s in at if one.value(name, s) == one.shown[name]), at[-1]),
            )
            for name, at in one.fields.items()
        }
        if sides not in [known for _, known in found]:
            found.append((one, sides))
    return found


def _removed(one: Torn, sides: Mapping[str, Written]) -> bool:
    """Say whether a choice keeps a record removed."""
    return REMOVED in sides and one.value(REMOVED, sides[REMOVED]) is not None


def _as_chosen(
    session: Session, shown: Assessment, review: AssessmentRow, chosen: Sequence[Choice]
) -> tuple[Assessment, str]:
    """Give the review as it would be with these sides, and who would have signed it."""
    value, signed_by = shown, review.signed_by
    for one, sides in chosen:
        row = _row(session, one, sides)
        if isinstance(row, AnswerRow):
            answer = answer_value(row)
            others = {k: v for k, v in value.answers.items() if k != answer.key}
            given = bool(answer.value) or answer.not_discussed is not None
            stands = given and not _removed(one, sides)
            value = replace(value, answers=others | ({answer.key: answer} if stands else {}))
        elif isinstance(row, AssessmentSectionRow):
            rest = value.skipped_sections - {row.section_id}
            stays = row.skipped and row.deleted_at is None
            value = replace(value, skipped_sections=rest | ({row.section_id} if stays else frozenset()))
        elif isinstance(row, AssessmentRow):
            line = replace(value.line, signed_at=row.signed_at)
            value = replace(value, line=line, header=header_of(row), seal_digest=row.seal_digest)
            signed_by = row.signed_by
    return value, signed_by


def _row(session: Session, one: Torn, sides: Mapping[str, Written]) -> Record:
    """Make a row that belongs to no session, as a record is with these sides."""
    stored = session.get_one(one.cls, one.record)
    values: dict[str, Any] = {name: getattr(stored, name) for name in columns_of(one.cls)}
    for name, side in sides.items():
        values[name] = from_field(one.cls, name, one.value(name, side))
    made = one.cls(**values)
    made.id, made.case_id = one.record, one.case_id
    return made
