"""Verbs about assessments: start one, fill in its sections, see what it lacks, sign it off, compare."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from imsa_desk.domain.assessments import (
    Answer,
    AnswerDraft,
    Assessment,
    AssessmentHeader,
    AssessmentLine,
    Urgent,
)
from imsa_desk.domain.forms import (
    Form,
    Section,
    find_form,
    highest_band,
    is_empty,
    parse_answer,
    progress_of,
)
from imsa_desk.domain.ids import AssessmentId, CaseId
from imsa_desk.domain.seals import seal_holds
from imsa_desk.errors import Problem, Refused
from imsa_desk.services.assessment_values import (
    answer_fields,
    answer_rows,
    answers_of,
    assessment_row,
    assessment_value,
    author_names,
    form_of_row,
    line_value,
    skipped_of,
    waiting_urgents,
)
from imsa_desk.services.cases import case_row
from imsa_desk.services.desk import Desk
from imsa_desk.services.sealing import follow, problems_of, refuse_sealed, seal
from imsa_desk.services.typed import Typed
from imsa_desk.store.records import AnswerRow, AssessmentRow, AssessmentSectionRow
from imsa_desk.vocab import AssessmentState, AssessmentType

STANDARD_FORM = "needs-strengths-safety"


def start_assessment(
    desk: Desk, case_id: CaseId, header: AssessmentHeader, form_id: str = STANDARD_FORM
) -> AssessmentId:
    """Start an assessment as a draft on the newest version of a form; an empty day means today."""
    form = find_form(desk.forms, form_id)
    if form is None:
        raise Refused(f"There is no form {form_id}.")
    row = AssessmentRow(
        case_id=case_id,
        form_id=form.id,
        form_version=form.version,
        form_digest=form.digest,
        assessment_type=AssessmentType.INITIAL.value,
        on=desk.today(),
        author=desk.actor.id,
        state=AssessmentState.DRAFT.value,
        total=progress_of(form, {})[1],
    )
    _write_header(desk, row, form, header)
    with desk.store.begin("start_assessment") as session:
        case_row(session, case_id)
        session.add(row)
    return AssessmentId(row.id)


def save_header(desk: Desk, assessment_id: AssessmentId, header: AssessmentHeader) -> None:
    """Save what stands above the questions. Raises Refused once it is signed."""
    with desk.store.begin("save_header") as session:
        row = _draft_row(session, assessment_id)
        _write_header(desk, row, form_of_row(desk, row), header)


def _write_header(desk: Desk, row: AssessmentRow, form: Form, header: AssessmentHeader) -> None:
    typed = Typed(desk.today())
    for question in form.header:
        chosen = getattr(header, question.id)
        options = [option.value for option in question.options]
        if options and chosen and chosen not in options:
            typed.wrong(question.id, f"{question.text}: choose one of the choices.")
    kind = typed.word(
        "assessment_type", AssessmentType, header.assessment_type, "Choose why you do this now."
    )
    day = typed.day("on", header.on, "the date you talked", past=True) or desk.today()
    place = typed.line("place", header.place)
    interpreter = typed.line("interpreter", header.interpreter)
    present = typed.line("present", header.present)
    wants = typed.text("wants_today", header.wants_today)
    typed.stop_if_wrong()
    row.assessment_type = (kind or AssessmentType.INITIAL).value
    row.on, row.place, row.interpreter, row.present, row.wants_today = day, place, interpreter, present, wants
    row.purpose_explained, row.person_paused = header.purpose_explained, header.person_paused
    row.consent_to_assess, row.review_trigger = header.consent_to_assess, header.review_trigger


def save_section(
    desk: Desk,
    assessment_id: AssessmentId,
    section_id: str,
    answers: Sequence[AnswerDraft],
    *,
    skipped: bool = False,
) -> tuple[Urgent, ...]:
    """Commit the answers of a section, one row each; only what differs is written.

    Questions not named keep their answers; an empty one is taken back. Gives the urgent answers of the
    whole assessment for which nothing has been recorded yet. Raises Refused about each question that
    cannot be kept, and then keeps none.
    """
    with desk.store.begin("save_section") as session:
        row = _draft_row(session, assessment_id)
        form = form_of_row(desk, row)
        section = form.section(section_id)
        if section is None:
            raise Refused(f"The form has no section {section_id}.")
        if skipped and not section.skippable:
            raise Refused([Problem(section_id, "This section cannot be skipped.")])
        kept = {(one.question_id, one.repeat or 0): one for one in answer_rows(session, row.id)}
        for answer in _read(desk, form, section, answers):
            _write_answer(desk, session, row, answer, kept.get((answer.question_id, answer.repeat)))
        _write_skipped(session, row, section_id, skipped=skipped)
        session.flush()
        _count(session, form, row)
        return waiting_urgents(session, form, row)


def _read(desk: Desk, form: Form, section: Section, drafts: Sequence[AnswerDraft]) -> list[Answer]:
    """Parse every draft; the problems of all are shown at once."""
    questions = {question.id: question for question in section.questions}
    found: list[Answer] = []
    problems: list[Problem] = []
    for draft in drafts:
        question = questions.get(draft.question_id)
        if question is None:
            problems.append(
                Problem(draft.question_id, f"{section.title} has no question {draft.question_id}.")
            )
            continue
        try:
            found.append(parse_answer(form, question, draft, desk.today()))
        except Refused as error:
            problems += error.problems
    if problems:
        raise Refused(problems)
    return found


def _write_answer(
    desk: Desk, session: Session, row: AssessmentRow, answer: Answer, kept: AnswerRow | None
) -> None:
    """Write one answer where it differs; a row that was taken back is used again."""
    if is_empty(answer):
        if kept is not None and kept.deleted_at is None:
            kept.deleted_at = desk.now()
        return
    wanted = answer_fields(answer)
    if kept is None:
        kept = AnswerRow(
            case_id=row.case_id,
            assessment_id=row.id,
            question_id=answer.question_id,
            author=desk.actor.id,
            repeat=answer.repeat or None,
            sensitivity=row.sensitivity,
        )
        session.add(kept)
    elif kept.deleted_at is None and all(getattr(kept, name) == said for name, said in wanted.items()):
        return
    for name, said in wanted.items():
        setattr(kept, name, said)
    kept.author, kept.asked_on, kept.deleted_at = desk.actor.id, desk.today(), None


def _write_skipped(session: Session, row: AssessmentRow, section_id: str, *, skipped: bool) -> None:
    query = select(AssessmentSectionRow).where(
        AssessmentSectionRow.assessment_id == row.id, AssessmentSectionRow.section_id == section_id
    )
    kept = session.scalars(query).first()
    if kept is not None:
        kept.skipped = skipped
    elif skipped:
        session.add(
            AssessmentSectionRow(
                case_id=row.case_id,
                assessment_id=row.id,
                section_id=section_id,
                skipped=True,
                sensitivity=row.sensitivity,
            )
        )


def _count(session: Session, form: Form, row: AssessmentRow) -> None:
    """Keep how far it is and its highest risk on the assessment, so that lists need not read answers."""
    answers = answers_of(session, row.id)
    row.answered, row.total = progress_of(form, answers, skipped_of(session, row.id))
    row.highest = highest_band(form, answers) or ""


def _draft_row(session: Session, assessment_id: str) -> AssessmentRow:
    row = assessment_row(session, assessment_id)
    refuse_sealed(session, row)
    return row


def assessment(desk: Desk, assessment_id: AssessmentId) -> Assessment:
    """Give a whole assessment."""
    with desk.store.read() as session:
        return assessment_value(desk, session, assessment_row(session, assessment_id))


def assessments_of(desk: Desk, case_id: CaseId, limit: int = 2_000) -> tuple[AssessmentLine, ...]:
    """Give the assessments of a case, newest first."""
    with desk.store.read() as session:
        query = select(AssessmentRow).where(
            AssessmentRow.case_id == case_id, AssessmentRow.deleted_at.is_(None)
        )
        rows = session.scalars(query.order_by(AssessmentRow.on.desc(), AssessmentRow.id).limit(limit)).all()
        names = author_names(session, rows)
        return tuple(line_value(desk, row, names) for row in rows)


def previous(desk: Desk, assessment_id: AssessmentId) -> Assessment | None:
    """Give the last assessment of the same form that was signed before this one, to compare with."""
    with desk.store.read() as session:
        row = assessment_row(session, assessment_id)
        query = select(AssessmentRow).where(
            AssessmentRow.case_id == row.case_id,
            AssessmentRow.form_id == row.form_id,
            AssessmentRow.id != row.id,
            AssessmentRow.state == AssessmentState.SIGNED.value,
            AssessmentRow.deleted_at.is_(None),
        )
        if row.signed_at is not None:
            query = query.where(AssessmentRow.signed_at < row.signed_at)
        found = session.scalars(
            query.order_by(AssessmentRow.on.desc(), AssessmentRow.signed_at.desc()).limit(1)
        ).first()
        return assessment_value(desk, session, found) if found is not None else None


def form_of(desk: Desk, value: Assessment | AssessmentLine) -> Form:
    """Give the exact form version an assessment answers."""
    line = value.line if isinstance(value, Assessment) else value
    with desk.store.read() as session:
        return form_of_row(desk, assessment_row(session, line.id))


def missing(desk: Desk, assessment_id: AssessmentId) -> tuple[Problem, ...]:
    """Say what must be put right before it can be signed, in the form's order."""
    with desk.store.read() as session:
        row = assessment_row(session, assessment_id)
        return problems_of(desk, session, form_of_row(desk, row), row)


def urgent_of(desk: Desk, assessment_id: AssessmentId) -> tuple[Urgent, ...]:
    """Name the urgent answers for which it was not yet recorded what was done."""
    with desk.store.read() as session:
        row = assessment_row(session, assessment_id)
        return waiting_urgents(session, form_of_row(desk, row), row)


def sign_off(desk: Desk, assessment_id: AssessmentId) -> None:
    """Sign an assessment and seal it; themes, next steps, risk and the next review follow in the case.

    Raises Refused with everything that is missing, and once it is signed.
    """
    with desk.store.begin("sign_off") as session:
        row = _draft_row(session, assessment_id)
        form = form_of_row(desk, row)
        problems = problems_of(desk, session, form, row)
        if problems:
            raise Refused(problems, code="E_NOT_COMPLETE")
        seal(desk, session, row)
        follow(desk, session, form, row)


def seal_is_whole(desk: Desk, assessment_id: AssessmentId) -> bool:
    """Say whether a signed assessment still says exactly what was signed."""
    with desk.store.read() as session:
        row = assessment_row(session, assessment_id)
        return seal_holds(assessment_value(desk, session, row), row.signed_by)
