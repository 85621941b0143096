"""What signing an assessment does: what it still lacks, the seal, and what follows for the case."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from imsa_desk.domain.assessments import Assessment
from imsa_desk.domain.forms import (
    Form,
    Question,
    QuestionKind,
    incomplete,
    is_answered,
    theme_levels,
    visible,
)
from imsa_desk.domain.seals import seal_digest
from imsa_desk.errors import Problem, Refused
from imsa_desk.services.assessment_values import assessment_value, waiting_urgents
from imsa_desk.services.cases import case_row
from imsa_desk.services.desk import Desk
from imsa_desk.store.journal import tail_of
from imsa_desk.store.records import (
    ActionRow,
    AnswerRow,
    AssessmentRow,
    AssessmentSectionRow,
    Record,
    ThemeEntryRow,
)
from imsa_desk.vocab import ActionState, AssessmentState, Band, Kind, OwnerKind

REVIEW_SOON = timedelta(weeks=4)
REVIEW_LATER = timedelta(weeks=12)
"""The review cycle (domain reference 4.3): four weeks when anything is high, else twelve."""

CONSENT_REFUSED = "no"
SIGNED = "This review is signed and sealed, so it cannot be changed. Start a new one."


def refuse_sealed(session: Session, record: Record) -> None:
    """Raise Refused (E_SIGNED) when a record is part of a signed assessment; every change asks this first."""
    row: Record | None = record
    if isinstance(record, (AnswerRow, AssessmentSectionRow)):
        row = session.get(AssessmentRow, record.assessment_id)
    if isinstance(row, AssessmentRow) and row.state == AssessmentState.SIGNED:
        raise Refused(SIGNED, code="E_SIGNED")


def problems_of(desk: Desk, session: Session, form: Form, row: AssessmentRow) -> tuple[Problem, ...]:
    """Say what must be put right before signing, in the form's order."""
    value = assessment_value(desk, session, row)
    found = []
    if not row.consent_to_assess:
        found.append(Problem("consent_to_assess", "Say whether the person agreed to talk this through."))
    found += _unanswered(form, value)
    for urgent in waiting_urgents(session, form, row):
        words = f"{_number(form, urgent.question_id)} Record what was done at once, and who was told."
        found.append(Problem(urgent.question_id, words))
    return tuple(found)


def _unanswered(form: Form, value: Assessment) -> list[Problem]:
    """Find required questions without an answer and started answers without their end.

    Whoever did not agree to the talk is asked nothing more.
    """
    asked = visible(form, value.answers)
    found = []
    for section in form.sections:
        skipped = section.id in value.skipped_sections
        for question in section.questions:
            if question.id not in asked:
                continue
            given = value.answers.get(question.id)
            lacks = incomplete(form, question, given)
            free = skipped or value.header.consent_to_assess == CONSENT_REFUSED
            if not lacks and question.required and not free and not is_answered(question, given):
                lacks = "Answer this, say why it was not discussed, or skip the section."
            if lacks:
                found.append(Problem(question.id, f"{question.number} {lacks}".strip()))
    return found


def _number(form: Form, question_id: str) -> str:
    question = form.question(question_id)
    return question.number if question is not None else question_id


def seal(desk: Desk, session: Session, row: AssessmentRow) -> None:
    """Sign and seal: from here on no verb changes it. `journal_head` is the last line before the signing."""
    value = assessment_value(desk, session, row)
    row.journal_head = tail_of(session.connection(), desk.store.writer)[1]
    row.signed_at, row.signed_by = desk.now(), desk.actor.id
    row.seal_digest = seal_digest(value, row.signed_at, row.signed_by)
    row.state = AssessmentState.SIGNED
    row.review_on = next_review(row)


def next_review(row: AssessmentRow) -> date:
    """Give the day of the next review, by the highest risk."""
    soon = row.highest in (Band.HIGH, Band.VERY_HIGH)
    return row.on + (REVIEW_SOON if soon else REVIEW_LATER)


def follow(desk: Desk, session: Session, form: Form, row: AssessmentRow) -> None:
    """Carry what was signed into the case: themes as they stand, next steps as actions, risk, next review."""
    value = assessment_value(desk, session, row)
    session.add_all(_theme_entries(desk, form, value, row))
    session.add_all(_actions(form, value, row))
    case = case_row(session, row.case_id or "")
    newer = select(AssessmentRow.id).where(
        AssessmentRow.case_id == row.case_id,
        AssessmentRow.id != row.id,
        AssessmentRow.state == AssessmentState.SIGNED.value,
        AssessmentRow.deleted_at.is_(None),
        AssessmentRow.on > row.on,
    )
    if session.scalar(newer.limit(1)) is None:
        case.review_on = row.review_on
        case.risk = row.highest or case.risk


def _needs(form: Form, value: Assessment, theme: str) -> list[tuple[Question, dict[str, object]]]:
    """Give the need items of a theme that were asked and answered, with their values."""
    asked = visible(form, value.answers)
    return [
        (question, value.answers[question.id].value)
        for section in form.sections
        if section.theme == theme
        for question in section.questions
        if question.kind is QuestionKind.NEED_ITEM and question.id in asked and question.id in value.answers
    ]


def _level(value: dict[str, object]) -> object:
    return value.get("advocate", value.get("survivor"))


def _theme_entries(desk: Desk, form: Form, value: Assessment, row: AssessmentRow) -> list[ThemeEntryRow]:
    rows = []
    for theme, level in theme_levels(form, value.answers).items():
        needs = _needs(form, value, theme)
        highest = [question.text for question, said in needs if _level(said) == level]
        steps = [str(said["next_step"]) for _, said in needs if said.get("next_step")]
        rows.append(
            ThemeEntryRow(
                case_id=row.case_id,
                theme=theme,
                on=row.on,
                author=desk.actor.id,
                need_level=level,
                notes=f"{form.scale('need').label(level)}: {'; '.join(highest)}",
                next_step=steps[0] if steps else "",
                source_kind=Kind.ASSESSMENT.value,
                source_id=row.id,
                sensitivity=row.sensitivity,
            )
        )
    return rows


def _actions(form: Form, value: Assessment, row: AssessmentRow) -> list[ActionRow]:
    """Make one action of each next step that has an owner."""
    return [
        ActionRow(
            case_id=row.case_id,
            text=str(said["next_step"]),
            owner=OwnerKind(str(said["owner"])).value,
            state=ActionState.AGREED.value,
            agreed_on=row.on,
            theme=section.theme,
            source_kind=Kind.ASSESSMENT.value,
            source_id=row.id,
            sensitivity=row.sensitivity,
        )
        for section in form.sections
        if section.theme
        for _, said in _needs(form, value, section.theme)
        if said.get("next_step") and said.get("owner")
    ]
