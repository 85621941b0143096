"""Verbs about additions to signed assessments: corrections, additions and a supervisor's countersignature."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from imsa_desk.domain.addenda import Added, Addendum, AddendumDraft, addenda_whole, addendum_digest
from imsa_desk.domain.assessments import answer_key
from imsa_desk.domain.ids import AddendumId, AssessmentId, CaseId
from imsa_desk.errors import Refused
from imsa_desk.services.assessment_values import answer_rows, assessment_row, find_form_of
from imsa_desk.services.assessments import seal_is_whole
from imsa_desk.services.desk import Desk
from imsa_desk.services.typed import Typed
from imsa_desk.store.records import AddendumRow, AdvocateRow, AssessmentRow
from imsa_desk.vocab import AddendumKind, AssessmentState, Sensitivity

NOT_SIGNED = "This review is not signed yet, so change it itself."
AGAIN = "{name} countersigned this review already, as {role}. Nothing was added to it since."
_NEEDED = {
    AddendumKind.CORRECTION: "Write what is right instead, and how you know.",
    AddendumKind.ADDITION: "Write what you want to add.",
}


def add_addendum(desk: Desk, assessment_id: AssessmentId, draft: AddendumDraft) -> AddendumId:
    """Add to a signed assessment, which itself stays as it was signed; the addition is sealed at once.

    A countersignature needs the supervisor's name and role, and may have words; the same supervisor gives
    another only once something was added. Raises Refused on a draft.
    """
    typed = Typed(desk.today())
    what = typed.word("what", AddendumKind, draft.what, "Choose what you add.") or AddendumKind.ADDITION
    text = typed.text("text", draft.text, needed=_NEEDED.get(what, ""))
    signs = what is AddendumKind.COUNTERSIGNATURE
    name = typed.line("name", draft.name, needed="Enter the name of who countersigns." if signs else "")
    role = typed.line("role", draft.role, needed="Enter their role." if signs else "")
    with desk.store.begin("add_addendum") as session:
        row = assessment_row(session, assessment_id)
        if row.state != AssessmentState.SIGNED:
            raise Refused(NOT_SIGNED, code="E_NOT_SIGNED")
        if draft.question_id and not _is_asked(desk, session, row, draft.question_id):
            typed.wrong("question_id", "Choose a question of this review.")
        before = _rows(session, assessment_id)
        again = _countersigned(before, name, role) if signs else None
        if again is not None:
            typed.wrong("name", AGAIN.format(name=again.name, role=again.role))
        typed.stop_if_wrong()
        addendum = AddendumRow(
            case_id=row.case_id,
            assessment_id=row.id,
            what=what.value,
            text=text,
            author=desk.actor.id,
            written_at=desk.now(),
            question_id=draft.question_id,
            name=name,
            role=role,
            sensitivity=row.sensitivity,
        )
        last = before[-1].seal_digest if before else ""
        addendum.seal_digest = addendum_digest(_value(addendum, ""), row.seal_digest, last)
        session.add(addendum)
    return AddendumId(addendum.id)


def _countersigned(rows: Sequence[AddendumRow], name: str, role: str) -> AddendumRow | None:
    """Give the countersignature of somebody in a role that stands; what is added later asks for another."""
    wanted = (name.casefold(), role.casefold())
    found = None
    for row in (one for one in rows if one.deleted_at is None):
        if row.what != AddendumKind.COUNTERSIGNATURE:
            found = None
        elif (row.name.casefold(), row.role.casefold()) == wanted:
            found = row
    return found


def _is_asked(desk: Desk, session: Session, row: AssessmentRow, key: str) -> bool:
    """Say whether a key names a question of the form, or an answer that is kept."""
    form = find_form_of(desk, session, row)
    known = {answer_key(one.question_id, one.repeat or 0) for one in answer_rows(session, row.id)}
    return key in known or (form is not None and form.question(key.partition("#")[0]) is not None)


def addenda_of(desk: Desk, assessment_id: AssessmentId) -> tuple[Addendum, ...]:
    """Give what was added to an assessment, oldest first."""
    with desk.store.read() as session:
        assessment_row(session, assessment_id)
        return addenda_in(session, assessment_id)


def addenda_in(session: Session, assessment_id: str) -> tuple[Addendum, ...]:
    """Give what was added to an assessment within an open session, oldest first."""
    rows = [row for row in _rows(session, assessment_id) if row.deleted_at is None]
    names = _names(session, rows)
    return tuple(_value(row, names.get(row.author, row.author)) for row in rows)


def addenda_in_case(desk: Desk, case_id: CaseId) -> tuple[tuple[Addendum, date], ...]:
    """Give what was added to the reviews of a case, newest first, each with the day of its review."""
    query = (
        select(AddendumRow, AssessmentRow.on)
        .join(AssessmentRow, AssessmentRow.id == AddendumRow.assessment_id)
        .where(
            AddendumRow.case_id == case_id,
            AddendumRow.deleted_at.is_(None),
            AssessmentRow.deleted_at.is_(None),
        )
        .order_by(AddendumRow.written_at.desc(), AddendumRow.id)
    )
    with desk.store.read() as session:
        found = session.execute(query).all()
        names = _names(session, [row for row, _ in found])
        return tuple((_value(row, names.get(row.author, row.author)), on) for row, on in found)


def addenda_counts(desk: Desk, case_id: CaseId) -> Mapping[AssessmentId, Added]:
    """Count what was added to each review of a case, in one query; one without additions is not named."""
    row = AddendumRow
    query = (
        select(row.assessment_id, row.what, row.name)
        .where(row.case_id == case_id, row.deleted_at.is_(None))
        .order_by(row.written_at, row.id)
    )
    found: dict[AssessmentId, Added] = {}
    with desk.store.read() as session:
        for assessment_id, what, name in session.execute(query):
            key = AssessmentId(assessment_id)
            before = found.get(key, Added())
            signs = what == AddendumKind.COUNTERSIGNATURE
            found[key] = replace(
                before,
                count=before.count + (not signs),
                countersigned=name if signs else before.countersigned,
            )
    return found


def _names(session: Session, rows: Sequence[AddendumRow]) -> dict[str, str]:
    query = select(AdvocateRow.id, AdvocateRow.name).where(AdvocateRow.id.in_({row.author for row in rows}))
    return dict(session.execute(query).all())


def addenda_hold(desk: Desk, assessment_id: AssessmentId) -> bool:
    """Say whether every addition still says exactly what was sealed; those taken back count as well."""
    with desk.store.read() as session:
        row = assessment_row(session, assessment_id)
        return addenda_whole([_value(one, "") for one in _rows(session, row.id)], row.seal_digest)


def seals_hold(desk: Desk, assessment_id: AssessmentId) -> bool:
    """Say whether a signed assessment and all that was added to it still say exactly what was sealed."""
    return seal_is_whole(desk, assessment_id) and addenda_hold(desk, assessment_id)


def _rows(session: Session, assessment_id: str) -> Sequence[AddendumRow]:
    """Give the rows of an assessment's additions in order, also those taken back."""
    query = select(AddendumRow).where(AddendumRow.assessment_id == assessment_id)
    return session.scalars(query.order_by(AddendumRow.written_at, AddendumRow.id)).all()


def _value(row: AddendumRow, author: str) -> Addendum:
    return Addendum(
        id=AddendumId(row.id),
        assessment_id=AssessmentId(row.assessment_id),
        what=AddendumKind(row.what),
        text=row.text,
        author=author,
        author_id=row.author,
        written_at=row.written_at,
        question_id=row.question_id,
        name=row.name,
        role=row.role,
        seal_digest=row.seal_digest,
        sensitivity=Sensitivity(row.sensitivity),
    )
