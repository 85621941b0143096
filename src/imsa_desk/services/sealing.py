"""What signing an assessment does: what it still lacks, the seal, and what follows for the case."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from imsa_desk.domain.assessments import Answer, Assessment, AssessmentHeader
from imsa_desk.domain.canonical import canonical
from imsa_desk.domain.forms import Form, QuestionKind, incomplete, is_answered, theme_levels
from imsa_desk.domain.forms.evaluate import Asked, Evaluation, evaluate
from imsa_desk.domain.review_cycle import CONSENT_REFUSED
from imsa_desk.domain.seals import seal_digest
from imsa_desk.errors import Problem, Refused
from imsa_desk.services.assessment_values import answer_rows, assessment_value, waiting_urgents
from imsa_desk.services.cases import case_row
from imsa_desk.services.collections import id_at
from imsa_desk.services.desk import Desk
from imsa_desk.services.review_cycle import rule
from imsa_desk.services.triggers import answer_in
from imsa_desk.store.journal import tail_of
from imsa_desk.store.records import (
    ActionRow,
    AddendumRow,
    AnswerRow,
    AssessmentRow,
    AssessmentSectionRow,
    CaseRow,
    Record,
    ThemeEntryRow,
)
from imsa_desk.vocab import OPEN_ACTION_STATES, ActionState, AssessmentState, Kind, OwnerKind

SIGNED = "This review is signed and sealed, so it cannot be changed. Start a new one."
ADDED_TO = "Something was added to this review since, so this addition stays. Add a correction."


def refuse_sealed(session: Session, record: Record) -> None:
    """Raise Refused (E_SIGNED) when a record is part of a signed assessment; every change asks this first.

    An addition to one can be taken back until something else was added after it.
    """
    row: Record | None = record
    if isinstance(record, (AnswerRow, AssessmentSectionRow)):
        row = session.get(AssessmentRow, record.assessment_id)
    if isinstance(row, AssessmentRow) and row.state == AssessmentState.SIGNED:
        raise Refused(SIGNED, code="E_SIGNED")
    if isinstance(record, AddendumRow):
        later = select(AddendumRow.id).where(
            AddendumRow.assessment_id == record.assessment_id,
            AddendumRow.id != record.id,
            AddendumRow.deleted_at.is_(None),
            AddendumRow.written_at >= record.written_at,
        )
        if session.scalar(later.limit(1)) is not None:
            raise Refused(ADDED_TO, code="E_SIGNED")


def was_refused(talk: AssessmentRow | AssessmentHeader) -> bool:
    """Say whether the person did not agree to the talk."""
    return talk.consent_to_assess == CONSENT_REFUSED


def problems_of(desk: Desk, session: Session, form: Form, row: AssessmentRow) -> tuple[Problem, ...]:
    """Say what must be put right before signing, in the form's order."""
    value = assessment_value(desk, session, row)
    found = []
    asks_consent = any(one.id == "consent_to_assess" for one in form.header)
    if asks_consent and not row.consent_to_assess:  # a form of the organisation's own may not ask it
        found.append(Problem("consent_to_assess", "Say whether the person agreed to talk this through."))
    found += _unanswered(form, value)
    for urgent in waiting_urgents(session, form, row):
        words = f"{_number(form, urgent.question_id)} Record what was done at once, and who was told."
        found.append(Problem(urgent.question_id, words))
    return tuple(found)


def _unanswered(form: Form, value: Assessment) -> list[Problem]:
    """Find required questions without an answer, answers outside their limit, and started ones.

    Whoever did not agree to the talk is asked nothing more; a section skipped by choice asks nothing.
    """
    found = []
    evaluation = evaluate(form, value.answers, value.line.on)
    problems = {problem.field: problem for problem in evaluation.problems}
    refused = was_refused(value.header)
    for section in form.sections:
        skipped = section.id in value.skipped_sections
        for one in evaluation.asked(section):
            given = value.answers.get(one.key)
            problem = problems.get(one.key)
            lacks = incomplete(form, one.question, given)
            if lacks:
                found.append(Problem(one.key, f"{one.question.number} {lacks}".strip()))
            elif problem is not None and not skipped and (not refused or is_answered(one.question, given)):
                found.append(problem)
    return found


def _number(form: Form, key: str) -> str:
    question = form.question(key.partition("#")[0])
    return (question.number if question is not None else "") or key


def seal(desk: Desk, session: Session, form: Form, row: AssessmentRow) -> None:
    """Sign and seal: from here on no verb changes it. `journal_head` is the last line before the signing.

    What the form reckons is kept as it came out on this day, so that no later program changes it.
    """
    _keep_results(desk, session, form, row)
    value = assessment_value(desk, session, row)
    row.journal_head = tail_of(session.connection(), desk.store.writer)[1]
    row.signed_at, row.signed_by = desk.now(), desk.actor.id
    row.seal_digest = seal_digest(value, row.signed_at, row.signed_by)
    row.state = AssessmentState.SIGNED
    if not was_refused(row):
        case = case_row(session, row.case_id or "")
        row.review_on = rule(session).review_after(row.assessment_type, row.on, case.tier, row.highest)


def _keep_results(desk: Desk, session: Session, form: Form, row: AssessmentRow) -> None:
    """Store each calculated result as an answer; a row that is there already is used again."""
    value = assessment_value(desk, session, row)
    kept = {(one.question_id, one.repeat or 0): one for one in answer_rows(session, row.id)}
    for key, result in evaluate(form, value.answers, row.on).calculated.items():
        question_id, _, repeat = key.partition("#")
        place = (question_id, int(repeat or 0))
        answer = kept.get(place)
        if answer is None:
            answer = AnswerRow(
                id=id_at(session, AnswerRow, row.id, key),
                case_id=row.case_id,
                assessment_id=row.id,
                question_id=question_id,
                author=desk.actor.id,
                repeat=place[1] or None,
                sensitivity=row.sensitivity,
            )
            session.add(answer)
        answer.value = canonical({"result": result}).decode()
        answer.author, answer.asked_on, answer.deleted_at = desk.actor.id, row.on, None
    session.flush()


def follow(desk: Desk, session: Session, form: Form, row: AssessmentRow) -> None:
    """Carry what was signed into the case: themes as they stand, next steps as actions, risk, next review.

    What had happened by then is answered by it, where it is a review. One that the person did not agree to
    leaves the case as it was, and asks for the same review still; only a step somebody took on is agreed.
    """
    value = assessment_value(desk, session, row)
    evaluation = evaluate(form, value.answers, row.on)
    session.add_all(_actions(session, form, evaluation, value, row))
    if was_refused(row):
        return
    session.add_all(_theme_entries(desk, session, form, evaluation, value, row))
    if row.assessment_type in rule(session).types.answers_triggers:
        answer_in(session, row.case_id or "", row.id, row.on)
    _set_case(session, case_row(session, row.case_id or ""), row)


def _set_case(session: Session, case: CaseRow, row: AssessmentRow) -> None:
    """Let the newest signed assessment say the case's risk and its next review."""
    newer = select(AssessmentRow.id).where(
        AssessmentRow.case_id == row.case_id,
        AssessmentRow.id != row.id,
        AssessmentRow.state == AssessmentState.SIGNED.value,
        AssessmentRow.deleted_at.is_(None),
        AssessmentRow.consent_to_assess != CONSENT_REFUSED,
        AssessmentRow.on > row.on,
    )
    if session.scalar(newer.limit(1)) is None:
        types = rule(session).types
        due = row.review_on
        if row.assessment_type in types.partial and case.review_on is not None and due is not None:
            due = min(due, case.review_on) if case.review_on > row.on else due
        if due is not None or row.assessment_type in types.ends:
            case.review_on = due
        case.risk = row.highest or case.risk


Need = tuple[Asked, Answer]


def _needs(form: Form, evaluation: Evaluation, value: Assessment, theme: str | None = None) -> list[Need]:
    """Give the need items that were asked and answered: those of a theme, or all of them."""
    return [
        (one, value.answers[one.key])
        for section in form.sections
        if theme is None or section.theme == theme
        for one in evaluation.asked(section)
        if one.question.kind is QuestionKind.NEED_ITEM and one.key in value.answers
    ]


def _level(answer: Answer) -> object:
    return answer.value.get("advocate", answer.value.get("survivor"))


def _theme_entries(
    desk: Desk, session: Session, form: Form, evaluation: Evaluation, value: Assessment, row: AssessmentRow
) -> list[ThemeEntryRow]:
    """Make an entry of each theme that was talked about; one that was only carried over has its entry."""
    rows = []
    for theme, level in theme_levels(form, value.answers, row.on).items():
        needs = _needs(form, evaluation, value, theme)
        if all(answer.carried_from for _, answer in needs):
            continue
        highest = [one.question.text for one, answer in needs if _level(answer) == level]
        steps = [str(answer.value["next_step"]) for _, answer in needs if answer.value.get("next_step")]
        rows.append(
            ThemeEntryRow(
                id=id_at(session, ThemeEntryRow, row.id, theme),
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


def _actions(
    session: Session, form: Form, evaluation: Evaluation, value: Assessment, row: AssessmentRow
) -> list[ActionRow]:
    """Make one action of each next step that has an owner, unless the need has led to it already."""
    query = select(ActionRow).where(ActionRow.case_id == row.case_id, ActionRow.deleted_at.is_(None))
    there = session.scalars(query).all()
    made = []
    for one, answer in _needs(form, evaluation, value):
        step, owner = answer.value.get("next_step"), answer.value.get("owner")
        if not step or not owner or any(_does(action, row, one.key, str(step), answer) for action in there):
            continue
        section = form.section_of(one.question.id)
        made.append(
            ActionRow(
                id=id_at(session, ActionRow, row.id, one.key),
                case_id=row.case_id,
                text=str(step),
                owner=OwnerKind(str(owner)).value,
                state=ActionState.AGREED.value,
                agreed_on=row.on,
                theme=section.theme if section is not None else "",
                source_kind=Kind.ASSESSMENT.value,
                source_id=row.id,
                source_part=one.key,
                sensitivity=row.sensitivity,
            )
        )
    return made


def _does(action: ActionRow, row: AssessmentRow, key: str, step: str, answer: Answer) -> bool:
    """Say whether an action does what a need asks: made from it here, or the same step agreed before.

    A step that was done is agreed anew only where it was asked again.
    """
    if action.source_id == row.id and action.source_part == key:
        return True
    if action.source_kind != Kind.ASSESSMENT or action.text != step:
        return False
    if action.source_part not in ("", key):
        return False
    return action.source_id != row.id and (bool(answer.carried_from) or action.state in OPEN_ACTION_STATES)
