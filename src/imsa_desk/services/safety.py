"""Verbs about danger: what was done at once, what stays open until somebody closes it, and the protocol."""

from __future__ import annotations

from sqlalchemy import select

from imsa_desk.domain.forms import urgents
from imsa_desk.domain.ids import AssessmentId, CaseId, ResponseId
from imsa_desk.domain.protocols import load_protocol, read_protocol
from imsa_desk.domain.safety import SafetyResponse, SafetyResponseDraft
from imsa_desk.errors import Refused
from imsa_desk.paths import resources
from imsa_desk.services.assessment_values import answers_of, assessment_row, readable_form
from imsa_desk.services.cases import case_row
from imsa_desk.services.desk import Desk
from imsa_desk.services.reference import rule_text
from imsa_desk.services.typed import Typed
from imsa_desk.store.records import SafetyResponseRow


def record_response(desk: Desk, draft: SafetyResponseDraft) -> ResponseId:
    """Record what was done at once, who was told and when; it stays open until closed.

    An empty day means today, an empty time now. `why` may be left empty for an urgent answer.
    """
    typed = Typed(desk.today())
    done = typed.text("done_now", draft.done_now, needed="Say what was done now.")
    told = typed.line("told_who", draft.told_who, needed="Say who was told, or that nobody was and why.")
    moment = typed.moment(draft.told_on or "today", draft.told_time, "the day they were told", desk.now())
    problems = [problem for problem in typed.problems if problem.field in ("on", "time")]
    for problem in problems:
        typed.problems.remove(problem)
        typed.wrong(f"told_{problem.field}", problem.text)
    if moment is not None and moment > desk.now():
        typed.wrong("told_time", "This time has not come yet. Enter when they were told.")
    why = typed.line("why", draft.why)
    typed.stop_if_wrong()
    with desk.store.begin("record_response") as session:
        case_id = draft.case_id
        if draft.assessment_id:
            row = assessment_row(session, draft.assessment_id)
            case_id = row.case_id or ""
            found = urgents(readable_form(desk, session, row), answers_of(session, row.id), row.on)
            words = next(
                (f"{u.question.rstrip('.')}. {u.why}" for u in found if u.question_id == draft.question_id),
                "",
            )
            why = why or words
        if not why:
            raise Refused("Say what the danger is.")
        case_row(session, case_id)
        response = SafetyResponseRow(
            case_id=case_id,
            raised_at=desk.now(),
            author=desk.actor.id,
            why=why,
            done_now=done,
            told_who=told,
            assessment_id=draft.assessment_id or None,
            question_id=draft.question_id,
            told_at=moment,
        )
        session.add(response)
    return ResponseId(response.id)


def close_response(desk: Desk, response_id: ResponseId, note: str) -> None:
    """Close a safety response, saying how it ended."""
    typed = Typed(desk.today())
    kept = typed.text("closed_note", note, needed="Say how this ended, or why it need not stay open.")
    typed.stop_if_wrong()
    with desk.store.begin("close_response") as session:
        row = session.get(SafetyResponseRow, response_id)
        if row is None or row.deleted_at is not None:
            raise Refused("This safety response is not in this vault.")
        if row.closed_at is not None:
            raise Refused("This safety response is already closed.")
        row.closed_at, row.closed_note = desk.now(), kept


def open_responses(desk: Desk) -> tuple[SafetyResponse, ...]:
    """Give the responses nobody has closed, oldest first."""
    with desk.store.read() as session:
        query = select(SafetyResponseRow).where(
            SafetyResponseRow.closed_at.is_(None), SafetyResponseRow.deleted_at.is_(None)
        )
        return tuple(_value(row) for row in session.scalars(query.order_by(SafetyResponseRow.raised_at)))


def responses_of(desk: Desk, case_id: CaseId) -> tuple[SafetyResponse, ...]:
    """Give the responses of a case, newest first."""
    with desk.store.read() as session:
        query = select(SafetyResponseRow).where(
            SafetyResponseRow.case_id == case_id, SafetyResponseRow.deleted_at.is_(None)
        )
        rows = session.scalars(query.order_by(SafetyResponseRow.raised_at.desc()))
        return tuple(_value(row) for row in rows)


def protocol(desk: Desk, question_id: str = "") -> str:
    """Give the protocol as text: what applies to one question, or the whole."""
    with desk.store.read() as session:
        own = rule_text(session, "protocol")
    if own is not None:
        return read_protocol(own, "of your organisation").text(question_id)
    return load_protocol(resources() / "protocols" / "default.toml").text(question_id)


def _value(row: SafetyResponseRow) -> SafetyResponse:
    return SafetyResponse(
        id=ResponseId(row.id),
        case_id=CaseId(row.case_id or ""),
        assessment_id=AssessmentId(row.assessment_id) if row.assessment_id else None,
        question_id=row.question_id,
        raised_at=row.raised_at,
        why=row.why,
        done_now=row.done_now,
        told_who=row.told_who,
        told_at=row.told_at,
        closed_at=row.closed_at,
        closed_note=row.closed_note,
    )
