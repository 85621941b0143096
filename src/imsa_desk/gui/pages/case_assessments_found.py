"""What the Assessments tab shows: gathered in one call on the vault's lane."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from imsa_desk.domain.addenda import Added
from imsa_desk.domain.assessments import AssessmentLine
from imsa_desk.domain.cases import CaseHead
from imsa_desk.domain.comparison import Movement
from imsa_desk.domain.dates import say_full
from imsa_desk.domain.ids import AssessmentId, CaseId
from imsa_desk.domain.review_cycle import ReviewDue, Trigger
from imsa_desk.domain.safety_plans import SafetyPlan
from imsa_desk.domain.themes import ThemeTile
from imsa_desk.services.addenda import addenda_counts
from imsa_desk.services.assessments import STANDARD_FORM, assessments_of
from imsa_desk.services.cases import case_head
from imsa_desk.services.comparing import compare
from imsa_desk.services.desk import Desk
from imsa_desk.services.review_cycle import next_due, open_triggers
from imsa_desk.services.safety_plans import plan_of
from imsa_desk.services.themes import tiles
from imsa_desk.vocab import AssessmentState


@dataclass(frozen=True, slots=True)
class Moves:
    """How need moved, and which story that is: between two reviews, or as the themes' own notes have it."""

    values: tuple[Movement, ...] = ()
    before: AssessmentLine | None = None
    now: AssessmentLine | None = None
    noted_since: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What the tab shows."""

    lines: tuple[AssessmentLine, ...] = ()
    head: CaseHead | None = None
    added: Mapping[AssessmentId, Added] = field(default_factory=dict)
    moves: Moves = field(default_factory=Moves)
    triggers: tuple[Trigger, ...] = ()
    due: ReviewDue | None = None
    plan: SafetyPlan | None = None

    @property
    def drafts(self) -> tuple[AssessmentLine, ...]:
        """Give what is in hand."""
        return tuple(line for line in self.lines if line.state is AssessmentState.DRAFT)


def find(desk: Desk, case_id: CaseId) -> Found:
    """Gather the assessments of a case, what is due and why, its plan, and how need moved."""
    lines = assessments_of(desk, case_id)
    signed = [line for line in lines if line.state is AssessmentState.SIGNED]
    return Found(
        lines,
        case_head(desk, case_id),
        addenda_counts(desk, case_id),
        _moves(desk, case_id, signed),
        open_triggers(desk, case_id),
        next_due(desk, case_id),
        plan_of(desk, case_id),
    )


def _moves(desk: Desk, case_id: CaseId, signed: list[AssessmentLine]) -> Moves:
    """Tell the last two signed reviews apart; with fewer, tell what the tiles tell."""
    pair = _last_two(signed)
    themes = tiles(desk, case_id)
    if pair is None:
        return Moves(tuple(_noted(tile) for tile in themes))
    now, before = pair
    since = [tile.now.on for tile in themes if tile.now is not None and tile.now.on > now.on]
    return Moves(
        compare(desk, now.id, before.id).movement, before, now, say_full(max(since)) if since else ""
    )


def _last_two(signed: list[AssessmentLine]) -> tuple[AssessmentLine, AssessmentLine] | None:
    """Give the newest two on the same form, the full review before any other."""
    for form_id in dict.fromkeys((STANDARD_FORM, *(line.form_id for line in signed))):
        same = [line for line in signed if line.form_id == form_id]
        if len(same) > 1:
            return same[0], same[1]
    return None


def _noted(tile: ThemeTile) -> Movement:
    now = tile.now.need_level if tile.now is not None else None
    before = tile.before.need_level if tile.before is not None else None
    return Movement(tile.theme, before, now, None, None)
