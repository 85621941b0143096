"""Verbs that turn what an assessment found into something to do, through a table others may join."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from imsa_desk.domain.actions import Action, ActionDraft
from imsa_desk.domain.ids import AssessmentId, RecordId
from imsa_desk.errors import Problem, Refused
from imsa_desk.services.actions import action_values, attach, read_actions
from imsa_desk.services.assessment_values import assessment_row, readable_form
from imsa_desk.services.desk import Desk
from imsa_desk.services.typed import Typed
from imsa_desk.store.records import ActionRow, AssessmentRow, Record
from imsa_desk.vocab import Kind

ALREADY = "This answer has led to this already."


@dataclass(frozen=True, slots=True)
class Part:
    """The answer that something is made from: its assessment, its key, and the theme it belongs to."""

    assessment: AssessmentRow
    key: str
    theme: str


Make = Callable[[Session, Typed, Part, ActionDraft], Record | None]


@dataclass(frozen=True, slots=True)
class Target:
    """Something an answer can become; `make` gives the row, or None with the problems in `Typed`."""

    id: str
    words: str
    make: Make


def _action(session: Session, typed: Typed, part: Part, draft: ActionDraft) -> Record | None:
    rows = read_actions(typed, [draft])
    if not rows:
        if not typed.problems:
            typed.wrong("text", "Say what was agreed.")
        return None
    row = attach(
        rows, part.assessment.case_id or "", Kind.ASSESSMENT, part.assessment.id, part.assessment.sensitivity
    )[0]
    row.source_part, row.theme = part.key, row.theme or part.theme
    if any(_same(one, row) for one in action_rows(session, [part.assessment.id])):
        typed.wrong("text", ALREADY)
    return row


def _same(one: ActionRow, other: ActionRow) -> bool:
    return (one.source_part, one.text, str(one.owner)) == (other.source_part, other.text, str(other.owner))


TARGETS: Mapping[str, Target] = {"action": Target("action", "An action", _action)}
"""What an answer can become, by id; goals, referrals and barriers join here when those records exist."""


def turn_into(
    desk: Desk, assessment_id: AssessmentId, key: str, target_id: str, draft: ActionDraft
) -> RecordId:
    """Make something of an answer of a draft or of a signed assessment, which itself stays as it is.

    What is made remembers the answer it follows from, so that signing makes no second one.
    """
    target = TARGETS.get(target_id)
    if target is None:
        raise Refused([Problem("target", "Choose what to make of it.")])
    typed = Typed(desk.today())
    with desk.store.begin("turn_into") as session:
        row = assessment_row(session, assessment_id)
        form = readable_form(desk, session, row)
        section = form.section_of(key.partition("#")[0])
        if section is None:
            raise Refused([Problem("key", "This review has no such question.")])
        made = target.make(session, typed, Part(row, key, section.theme), draft)
        typed.stop_if_wrong()
        if made is None:
            raise Refused([Problem("text", "Say what was agreed.")])
        session.add(made)
    return RecordId(made.id)


def made_from(desk: Desk, assessment_id: AssessmentId) -> Mapping[str, tuple[Action, ...]]:
    """Give, by the answer's key, the actions that follow from an assessment.

    Open ones from the assessment it was begun from are given too: they still do what its answers ask.
    """
    with desk.store.read() as session:
        row = assessment_row(session, assessment_id)
        rows = [
            one
            for one in action_rows(session, [row.id, row.begun_from] if row.begun_from else [row.id])
            if one.source_part
        ]
        found: dict[str, list[Action]] = {}
        for one, value in zip(rows, action_values(session, desk, rows), strict=True):
            if one.source_id == row.id or value.is_open:
                found.setdefault(one.source_part, []).append(value)
    return {key: tuple(actions) for key, actions in found.items()}


def action_rows(session: Session, sources: Sequence[str]) -> Sequence[ActionRow]:
    """Give the standing actions that follow from assessments, the oldest agreed first."""
    query = select(ActionRow).where(ActionRow.source_id.in_(sources), ActionRow.deleted_at.is_(None))
    return session.scalars(query.order_by(ActionRow.agreed_on, ActionRow.id)).all()
