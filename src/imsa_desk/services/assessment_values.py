"""Rows of assessments as values, for the verbs that fill in, sign, compare and print them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from imsa_desk.domain.assessments import (
    Answer,
    Assessment,
    AssessmentHeader,
    AssessmentLine,
    Urgent,
    answer_key,
)
from imsa_desk.domain.canonical import canonical, parse_canonical
from imsa_desk.domain.forms import Form, highest_band, progress_of, urgents
from imsa_desk.domain.ids import AssessmentId, CaseId
from imsa_desk.domain.kept_answers import kept_form, missing_form_words
from imsa_desk.errors import Broken, Refused
from imsa_desk.services.collections import id_at
from imsa_desk.services.desk import Desk
from imsa_desk.services.forms import find_form
from imsa_desk.store.records import (
    AdvocateRow,
    AnswerRow,
    AssessmentRow,
    AssessmentSectionRow,
    SafetyResponseRow,
)
from imsa_desk.vocab import AnswerSource, AssessmentState, AssessmentType, Band, NotDiscussed, Sensitivity

NO_ASSESSMENT = "This review is not in this vault."
SEARCHED_PARTS = ("text", "words", "note", "other", "next_step", "judgement_reason", "name", "role")


def assessment_row(session: Session, assessment_id: str) -> AssessmentRow:
    """Give an assessment's row. Raises Refused where it is not here."""
    row = session.get(AssessmentRow, assessment_id)
    if row is None or row.deleted_at is not None:
        raise Refused(NO_ASSESSMENT)
    return row


def find_form_of(desk: Desk, session: Session, row: AssessmentRow) -> Form | None:
    """Find the exact form version an assessment answers; None where it is not here or differs."""
    try:
        return find_form(desk, session, row.form_id, row.form_version, row.form_digest)
    except (Refused, Broken):  # made with a newer program, or a shipped file that was damaged or changed
        return None


def newest_form(desk: Desk, session: Session, form_id: str) -> Form:
    """Give the newest version of a form that is in use. Raises Refused where there is none."""
    form = find_form(desk, session, form_id)
    if form is None:
        raise Refused(f"There is no form {form_id}.")
    return form


def form_of_row(desk: Desk, session: Session, row: AssessmentRow) -> Form:
    """Give the exact form version an assessment answers. Raises Broken where it is not here or differs."""
    form = find_form_of(desk, session, row)
    if form is None:
        raise Broken(missing_form_words(row.form_id, row.form_version), code="E_FORM")
    return form


def readable_form(desk: Desk, session: Session, row: AssessmentRow) -> Form:
    """Give the form version an assessment answers, or one that only names its questions by their ids.

    What was answered can then still be read, compared and printed; filling in and signing are refused.
    """
    form = find_form_of(desk, session, row)
    if form is not None:
        return form
    return kept_form(row.form_id, row.form_version, row.form_digest, answers_of(session, row.id))


def answer_rows(session: Session, assessment_id: str) -> Sequence[AnswerRow]:
    """Give the answers of an assessment, also those taken back."""
    return session.scalars(select(AnswerRow).where(AnswerRow.assessment_id == assessment_id)).all()


def answer_id(session: Session, assessment_id: str, answer: Answer) -> str:
    """Give the id of a new answer: that of its place, so that two laptops answer one question together."""
    return id_at(session, AnswerRow, assessment_id, answer.key)


def answer_value(row: AnswerRow) -> Answer:
    """Turn an answer's row into a value."""
    return Answer(
        question_id=row.question_id,
        value=parse_canonical(row.value.encode()) if row.value else {},
        repeat=row.repeat or 0,
        source=AnswerSource(row.source) if row.source else None,
        asked_on=row.asked_on,
        valid_on=row.valid_on,
        not_discussed=NotDiscussed(row.not_discussed) if row.not_discussed else None,
        author=row.author,
        carried_from=row.carried_from,
    )


def answer_fields(answer: Answer) -> dict[str, object]:
    """Give an answer's columns as they are stored; `value` is canonical JSON."""
    return {
        "value": canonical(answer.value).decode() if answer.value else "",
        "words": "\n".join(str(answer.value[part]) for part in SEARCHED_PARTS if answer.value.get(part)),
        "source": answer.source.value if answer.source else "",
        "valid_on": answer.valid_on,
        "not_discussed": answer.not_discussed.value if answer.not_discussed else "",
    }


def answers_of(session: Session, assessment_id: str) -> dict[str, Answer]:
    """Give the standing answers of an assessment by their keys."""
    rows = (row for row in answer_rows(session, assessment_id) if row.deleted_at is None)
    return {answer_key(row.question_id, row.repeat or 0): answer_value(row) for row in rows}


def skipped_of(session: Session, assessment_id: str) -> frozenset[str]:
    """Name the sections skipped by choice."""
    query = select(AssessmentSectionRow.section_id).where(
        AssessmentSectionRow.assessment_id == assessment_id,
        AssessmentSectionRow.skipped.is_(True),
        AssessmentSectionRow.deleted_at.is_(None),
    )
    return frozenset(session.scalars(query))


def responded_of(session: Session, assessment_id: str) -> frozenset[str]:
    """Name, by key, the answers for which it was recorded what was done at once."""
    query = select(SafetyResponseRow.question_id).where(
        SafetyResponseRow.assessment_id == assessment_id, SafetyResponseRow.deleted_at.is_(None)
    )
    return frozenset(session.scalars(query))


def waiting_urgents(session: Session, form: Form, row: AssessmentRow) -> tuple[Urgent, ...]:
    """Name the urgent answers for which nothing has been recorded yet.

    For one that was only carried over, what was recorded with the assessments before counts; once it is
    asked again, it asks again what was done.
    """
    answers = answers_of(session, row.id)
    done = responded_of(session, row.id)
    found = [one for one in urgents(form, answers, row.on) if one.question_id not in done]
    if any(answers[one.question_id].carried_from for one in found):
        before = _responded_before(session, row)
        found = [
            one for one in found if not (answers[one.question_id].carried_from and one.question_id in before)
        ]
    return tuple(found)


def _responded_before(session: Session, row: AssessmentRow) -> frozenset[str]:
    """Name what was responded to in the assessments that this one was begun from, one after the other."""
    done: set[str] = set()
    met = {row.id}
    at: AssessmentRow | None = row
    while at is not None and at.begun_from and at.begun_from not in met:
        met.add(at.begun_from)
        done |= responded_of(session, at.begun_from)
        at = session.get(AssessmentRow, at.begun_from)
    return frozenset(done)


def count_answers(session: Session, form: Form, row: AssessmentRow) -> None:
    """Keep how far it is and its highest risk on the assessment, so that lists need not read answers."""
    answers = answers_of(session, row.id)
    row.answered, row.total = progress_of(form, answers, skipped_of(session, row.id), row.on)
    row.highest = highest_band(form, answers, row.on) or ""


def header_of(row: AssessmentRow) -> AssessmentHeader:
    """Give what stands above the questions; the day as `2026-11-04`."""
    return AssessmentHeader(
        assessment_type=row.assessment_type,
        on=row.on.isoformat(),
        place=row.place,
        interpreter=row.interpreter,
        present=row.present,
        purpose_explained=row.purpose_explained,
        consent_to_assess=row.consent_to_assess,
        person_paused=row.person_paused,
        wants_today=row.wants_today,
        review_trigger=row.review_trigger,
    )


def author_names(session: Session, rows: Iterable[AssessmentRow]) -> Mapping[str, str]:
    """Give the names of the advocates who wrote assessments, by id."""
    ids = {row.signed_by or row.author for row in rows}
    query = select(AdvocateRow.id, AdvocateRow.name).where(AdvocateRow.id.in_(ids))
    return dict(session.execute(query).all())


def line_value(desk: Desk, session: Session, row: AssessmentRow, names: Mapping[str, str]) -> AssessmentLine:
    """Give an assessment as lists show it; `author` is a name where it is known."""
    form = find_form_of(desk, session, row)
    author = row.signed_by or row.author
    return AssessmentLine(
        id=AssessmentId(row.id),
        case_id=CaseId(row.case_id or ""),
        form_id=row.form_id,
        form_version=row.form_version,
        form_title=form.title if form is not None else row.form_id,
        assessment_type=AssessmentType(row.assessment_type),
        on=row.on,
        state=AssessmentState(row.state),
        signed_at=row.signed_at,
        author=names.get(author, author),
        answered=row.answered or 0,
        total=row.total or 0,
        highest=Band(row.highest) if row.highest else None,
        review_on=row.review_on,
    )


def assessment_value(desk: Desk, session: Session, row: AssessmentRow) -> Assessment:
    """Give a whole assessment."""
    return Assessment(
        line=line_value(desk, session, row, author_names(session, [row])),
        form_digest=row.form_digest,
        header=header_of(row),
        answers=answers_of(session, row.id),
        skipped_sections=skipped_of(session, row.id),
        seal_digest=row.seal_digest,
        journal_head=row.journal_head,
        sensitivity=Sensitivity(row.sensitivity),
        begun_from=row.begun_from,
    )
