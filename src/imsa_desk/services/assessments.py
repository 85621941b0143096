"""Verbs about assessments: start one, fill in its sections, see what it lacks, sign it off, compare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from imsa_desk.domain.assessments import (
    Answer,
    AnswerDraft,
    Assessment,
    AssessmentHeader,
    AssessmentLine,
    Urgent,
    answer_key,
)
from imsa_desk.domain.forms import (
    Form,
    Section,
    is_empty,
    parse_answer,
    progress_of,
)
from imsa_desk.domain.forms.carry import carry_forward
from imsa_desk.domain.ids import AssessmentId, CaseId
from imsa_desk.domain.kept_answers import missing_form_words
from imsa_desk.domain.review_cycle import CONSENT_REFUSED
from imsa_desk.domain.seals import seal_holds
from imsa_desk.errors import Problem, Refused
from imsa_desk.services.assessment_values import (
    answer_fields,
    answer_id,
    answer_rows,
    assessment_row,
    assessment_value,
    author_names,
    count_answers,
    find_form_of,
    form_of_row,
    line_value,
    newest_form,
    readable_form,
    waiting_urgents,
)
from imsa_desk.services.carrying import carry_answers
from imsa_desk.services.cases import case_row
from imsa_desk.services.collections import id_at
from imsa_desk.services.desk import Desk
from imsa_desk.services.sealing import follow, problems_of, refuse_sealed, seal
from imsa_desk.services.typed import Typed
from imsa_desk.store.records import AnswerRow, AssessmentRow, AssessmentSectionRow
from imsa_desk.vocab import AssessmentState, AssessmentType

STANDARD_FORM = "needs-strengths-safety"
MOST_REPEATS = 9_999
"""The highest row of a group that is kept; numbers of removed rows are not used again."""


def start_assessment(
    desk: Desk,
    case_id: CaseId,
    header: AssessmentHeader,
    form_id: str = STANDARD_FORM,
    *,
    begin_from: AssessmentId | None = None,
) -> AssessmentId:
    """Start an assessment as a draft on the newest version of a form; an empty day means today.

    `begin_from` is a signed assessment of the case whose answers are carried over, each marked until it is
    asked again or confirmed (`carrying.confirm_carried`); `carrying.left_behind` names what did not fit.
    """
    with desk.store.begin("start_assessment") as session:
        case_row(session, case_id)
        form = newest_form(desk, session, form_id)
        row = AssessmentRow(
            case_id=case_id,
            form_id=form.id,
            form_version=form.version,
            form_digest=form.digest,
            assessment_type=AssessmentType.INITIAL.value,
            on=desk.today(),
            author=desk.actor.id,
            state=AssessmentState.DRAFT.value,
        )
        _write_header(desk, row, form, header)
        row.total = progress_of(form, {}, on=row.on)[1]
        if begin_from is not None:
            carry_answers(desk, session, row, form, begin_from)
        session.add(row)
        if begin_from is not None:
            session.flush()
            count_answers(session, form, row)
    return AssessmentId(row.id)


def save_header(desk: Desk, assessment_id: AssessmentId, header: AssessmentHeader) -> None:
    """Save what stands above the questions. Raises Refused once it is signed."""
    with desk.store.begin("save_header") as session:
        row = _draft_row(session, assessment_id)
        _write_header(desk, row, form_of_row(desk, session, row), header)


def _write_header(desk: Desk, row: AssessmentRow, form: Form, header: AssessmentHeader) -> None:
    typed = Typed(desk.today())
    for question in form.header:
        chosen = getattr(header, question.id)
        options = [option.value for option in question.options]
        if options and chosen and chosen not in options:
            typed.wrong(question.id, f"{question.text}: choose one of the choices.")
    said = header.assessment_type
    if form.serves and said not in form.serves and all(one.id != "assessment_type" for one in form.header):
        said = form.serves[0]
    kind = typed.word("assessment_type", AssessmentType, said, "Choose why you do this now.")
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

    A group and each row of it are answers of their own (`repeat`); a row that leaves the group keeps its
    answers. Questions not named keep theirs; an empty one is taken back. What differs from an answer
    carried over was asked again. Gives the urgent answers of the whole assessment for which nothing has
    been recorded yet. Raises Refused about each answer that cannot be kept, by its key, and keeps none.
    """
    with desk.store.begin("save_section") as session:
        row = _draft_row(session, assessment_id)
        form = form_of_row(desk, session, row)
        section = form.section(section_id)
        if section is None:
            raise Refused(f"The form has no section {section_id}.")
        if skipped and not section.skippable:
            raise Refused([Problem(section_id, "This section cannot be skipped.")])
        kept = {answer_key(one.question_id, one.repeat or 0): one for one in answer_rows(session, row.id)}
        for answer in _read(desk, form, section, answers):
            _write_answer(desk, session, row, answer, kept.get(answer.key))
        _write_skipped(session, row, section_id, skipped=skipped)
        session.flush()
        count_answers(session, form, row)
        return waiting_urgents(session, form, row)


def _read(desk: Desk, form: Form, section: Section, drafts: Sequence[AnswerDraft]) -> list[Answer]:
    """Parse every draft; the problems of all are shown at once."""
    questions = {
        one.id: (one, one is not question)
        for question in section.questions
        for one in (question, *question.members)
    }
    found: list[Answer] = []
    problems: list[Problem] = []
    for draft in drafts:
        question, is_member = questions.get(draft.question_id, (None, False))
        if question is None:
            problems.append(Problem(draft.key, f"{section.title} has no question {draft.question_id}."))
        elif is_member is not (0 < draft.repeat <= MOST_REPEATS):
            problems.append(Problem(draft.key, f"{draft.question_id} has no row {draft.repeat}."))
        else:
            try:
                found.append(parse_answer(form, question, draft, desk.today()))
            except Refused as error:
                problems += [replace(problem, field=draft.key) for problem in error.problems]
    if problems:
        raise Refused(problems)
    return found


def _write_answer(
    desk: Desk, session: Session, row: AssessmentRow, answer: Answer, kept: AnswerRow | None
) -> None:
    """Write one answer where it differs; a row that was taken back is used again.

    Taking one back empties it as well: elsewhere it may be answered anew meanwhile, and the two must meet in
    the same field.
    """
    wanted = answer_fields(answer)
    if is_empty(answer):
        if kept is not None and kept.deleted_at is None:
            kept.deleted_at = desk.now()
            for name, said in wanted.items():
                setattr(kept, name, said)
        return
    if kept is None:
        kept = AnswerRow(
            id=answer_id(session, row.id, answer),
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
    kept.carried_from = ""


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
                id=id_at(session, AssessmentSectionRow, row.id, section_id),
                case_id=row.case_id,
                assessment_id=row.id,
                section_id=section_id,
                skipped=True,
                sensitivity=row.sensitivity,
            )
        )


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
        return tuple(line_value(desk, session, row, names) for row in rows)


def previous(desk: Desk, assessment_id: AssessmentId) -> Assessment | None:
    """Give the signed assessment to read beside this one: what it was begun from, else the last of its form.

    Where this form was not used in the case before, the last of another form stands in. Answers to another
    version or form are given by the keys that this form has for them, where they fit.
    """
    with desk.store.read() as session:
        row = assessment_row(session, assessment_id)
        found = session.get(AssessmentRow, row.begun_from) if row.begun_from else _last_signed(session, row)
        if found is None or found.deleted_at is not None:
            return None
        value = assessment_value(desk, session, found)
        if found.form_digest == row.form_digest:
            return value
        old, new = find_form_of(desk, session, found), find_form_of(desk, session, row)
        if old is None or new is None:
            return value if found.form_id == row.form_id else None
        answers = carry_forward(old, new, value.answers).answers
        return replace(value, answers=answers) if answers or old.id == new.id else None


def _last_signed(session: Session, row: AssessmentRow) -> AssessmentRow | None:
    """Find the last assessment signed in the case before this one, one of the same form first."""
    query = select(AssessmentRow).where(
        AssessmentRow.case_id == row.case_id,
        AssessmentRow.id != row.id,
        AssessmentRow.state == AssessmentState.SIGNED.value,
        AssessmentRow.consent_to_assess != CONSENT_REFUSED,
        AssessmentRow.deleted_at.is_(None),
    )
    if row.signed_at is not None:
        query = query.where(AssessmentRow.signed_at < row.signed_at)
    order = (AssessmentRow.form_id == row.form_id).desc(), AssessmentRow.on.desc()
    return session.scalars(query.order_by(*order, AssessmentRow.signed_at.desc()).limit(1)).first()


def form_of(desk: Desk, value: Assessment | AssessmentLine) -> Form:
    """Give the exact form version an assessment answers."""
    line = value.line if isinstance(value, Assessment) else value
    with desk.store.read() as session:
        return readable_form(desk, session, assessment_row(session, line.id))


def missing(desk: Desk, assessment_id: AssessmentId) -> tuple[Problem, ...]:
    """Say what must be put right before it can be signed, in the form's order."""
    with desk.store.read() as session:
        row = assessment_row(session, assessment_id)
        form = find_form_of(desk, session, row)
        if form is None:
            return (Problem("", missing_form_words(row.form_id, row.form_version)),)
        return problems_of(desk, session, form, row)


def urgent_of(desk: Desk, assessment_id: AssessmentId) -> tuple[Urgent, ...]:
    """Name the urgent answers for which it was not yet recorded what was done."""
    with desk.store.read() as session:
        row = assessment_row(session, assessment_id)
        return waiting_urgents(session, readable_form(desk, session, row), row)


def sign_off(desk: Desk, assessment_id: AssessmentId) -> None:
    """Sign an assessment and seal it; themes, next steps, risk and the next review follow in the case.

    Raises Refused with everything that is missing, and once it is signed.
    """
    with desk.store.begin("sign_off") as session:
        row = _draft_row(session, assessment_id)
        form = form_of_row(desk, session, row)
        problems = problems_of(desk, session, form, row)
        if problems:
            raise Refused(problems, code="E_NOT_COMPLETE")
        seal(desk, session, form, row)
        follow(desk, session, form, row)


def seal_is_whole(desk: Desk, assessment_id: AssessmentId) -> bool:
    """Say whether a signed assessment still says exactly what was signed."""
    with desk.store.read() as session:
        row = assessment_row(session, assessment_id)
        return seal_holds(assessment_value(desk, session, row), row.signed_by)
