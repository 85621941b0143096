"""Verbs about answers carried over: begin from an earlier assessment, confirm, see what did not fit."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from sqlalchemy.orm import Session

from imsa_desk.domain.assessments import Answer, answer_key
from imsa_desk.domain.forms import Form, QuestionKind, visible
from imsa_desk.domain.forms.carry import Carried, Left, carry_forward
from imsa_desk.domain.ids import AssessmentId
from imsa_desk.errors import Problem, Refused
from imsa_desk.services.assessment_values import (
    answer_fields,
    answer_id,
    answer_rows,
    answers_of,
    assessment_row,
    count_answers,
    find_form_of,
    form_of_row,
)
from imsa_desk.services.desk import Desk
from imsa_desk.services.sealing import refuse_sealed
from imsa_desk.store.records import AnswerRow, AssessmentRow
from imsa_desk.vocab import AssessmentState

NEVER_CARRIED = frozenset({QuestionKind.CALCULATED, QuestionKind.AGREEMENT, QuestionKind.INSTRUCTION})
"""Kinds that are given or reckoned anew each time."""
FORM_MISSING = "The form of the earlier review is not in this vault, so its answers cannot be carried over."


def carry_answers(desk: Desk, session: Session, row: AssessmentRow, form: Form, earlier_id: str) -> None:
    """Carry the answers of an earlier signed assessment into a new draft, within an open act.

    Each keeps who said it and when it was asked, and is marked until it is asked again or confirmed.
    """
    earlier = assessment_row(session, earlier_id)
    if earlier.case_id != row.case_id or earlier.state != AssessmentState.SIGNED:
        raise Refused([Problem("begin_from", "Choose a signed review of the same person to begin from.")])
    row.begun_from = earlier.id
    row.sensitivity = max(row.sensitivity, earlier.sensitivity)
    for answer in _carried(desk, session, earlier, form).answers.values():
        kept = AnswerRow(
            id=answer_id(session, row.id, answer),
            case_id=row.case_id,
            assessment_id=row.id,
            question_id=answer.question_id,
            author=answer.author,
            repeat=answer.repeat or None,
            asked_on=answer.asked_on,
            carried_from=earlier.id,
            sensitivity=row.sensitivity,
        )
        for name, said in answer_fields(answer).items():
            setattr(kept, name, said)
        session.add(kept)


def left_behind(desk: Desk, assessment_id: AssessmentId) -> tuple[Left, ...]:
    """Name the answers of the assessment it was begun from that did not fit, and why; none were changed."""
    with desk.store.read() as session:
        row = assessment_row(session, assessment_id)
        if not row.begun_from:
            return ()
        earlier = session.get(AssessmentRow, row.begun_from)
        form = find_form_of(desk, session, row)
        if earlier is None or form is None or find_form_of(desk, session, earlier) is None:
            return ()
        return _carried(desk, session, earlier, form).left


def _carried(desk: Desk, session: Session, earlier: AssessmentRow, form: Form) -> Carried:
    """Reckon what of an assessment another form takes over: what was asked and answered then."""
    old = find_form_of(desk, session, earlier)
    if old is None:
        raise Refused([Problem("begin_from", FORM_MISSING)], code="E_FORM")
    answers = answers_of(session, earlier.id)
    asked = visible(old, answers, earlier.on)
    kept = {
        key: replace(answer, carried_from="")
        for key, answer in answers.items()
        if key in asked and answer.not_discussed is None and _may_be_carried(old, answer)
    }
    return carry_forward(old, form, kept)


def _may_be_carried(form: Form, answer: Answer) -> bool:
    question = form.question(answer.question_id)
    return question is not None and question.kind not in NEVER_CARRIED


def confirm_carried(desk: Desk, assessment_id: AssessmentId, keys: Collection[str]) -> None:
    """Note that answers carried over are still so: they were asked again today. Others stay as they are.

    Raises Refused once the assessment is signed.
    """
    with desk.store.begin("confirm_carried") as session:
        row = assessment_row(session, assessment_id)
        refuse_sealed(session, row)
        form = form_of_row(desk, session, row)
        for answer in answer_rows(session, row.id):
            key = answer_key(answer.question_id, answer.repeat or 0)
            if key in keys and answer.carried_from and answer.deleted_at is None:
                answer.carried_from = ""
                answer.asked_on, answer.author = desk.today(), desk.actor.id
        session.flush()
        count_answers(session, form, row)
