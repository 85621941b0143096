"""Opened: an assessment with all that its page shows, gathered on the vault's lane."""

from __future__ import annotations

from dataclasses import dataclass, field

from imsa_desk.domain.assessments import Assessment
from imsa_desk.domain.cases import CaseHead
from imsa_desk.domain.coordination import Involvement
from imsa_desk.domain.drafts import Draft
from imsa_desk.domain.forms import Form
from imsa_desk.domain.forms.words import Speech
from imsa_desk.domain.ids import AssessmentId, CaseId
from imsa_desk.gui.forms.answers_parts import Known
from imsa_desk.gui.pages.assessment_filling import Filling
from imsa_desk.gui.pages.assessment_keeping import EDITOR, Standing, standing
from imsa_desk.gui.pages.assessment_left import Behind, behind
from imsa_desk.gui.pages.assessment_places import Shown
from imsa_desk.gui.pages.assessment_sealed import After
from imsa_desk.gui.pages.assessment_words import live_missing
from imsa_desk.services import assessments, drafts
from imsa_desk.services.addenda import addenda_of, seals_hold
from imsa_desk.services.assignments import closed_words
from imsa_desk.services.cases import case_head
from imsa_desk.services.desk import Desk
from imsa_desk.services.professionals import involvements_of
from imsa_desk.vocab import AssessmentState, Kind


@dataclass(frozen=True, slots=True)
class Opened:
    """An assessment with all that its page shows."""

    head: CaseHead
    form: Form
    standing: Standing
    previous: Assessment | None
    draft: Draft | None
    people: tuple[Known, ...] = ()
    after: After = field(default_factory=After)
    behind: Behind = field(default_factory=Behind)

    def shown(self, filling: Filling, desk: Desk) -> Shown:
        """Give what the places show while it is filled in."""
        return Shown(
            filling,
            self.previous,
            Speech(self.head.known_as, self.head.pronouns),
            live_missing(filling, self.standing.missing),
            desk.lists,
            self.people,
            self.after,
            bool(desk.read_only) or self.closed(desk),
            self.behind,
        )

    def closed(self, desk: Desk) -> bool:
        """Say whether the case takes nothing more that could be written here: somebody else has it."""
        signed = self.standing.assessment.line.state is AssessmentState.SIGNED
        return bool(closed_words(desk, self.head.id, Kind.ADDENDUM if signed else Kind.ANSWER))


def open_assessment(desk: Desk, case_id: CaseId, assessment_id: AssessmentId, language: str = "") -> Opened:
    """Gather an assessment and the draft of what was typed and not stored.

    Its questions are in `language` where the form has been put into it, else in the form's own.
    """
    found = standing(desk, assessment_id)
    head = case_head(desk, case_id)
    return Opened(
        head,
        assessments.form_of(desk, found.assessment).in_language(language),
        found,
        assessments.previous(desk, assessment_id),
        drafts.draft(desk, EDITOR, assessment_id, case_id),
        people_of(desk, head),
        after(desk, found.assessment),
        behind(desk, found.assessment, head),
    )


def after(desk: Desk, value: Assessment) -> After:
    """Give what was added to a signed assessment, and whether every seal holds; a draft has nothing."""
    if value.line.state is not AssessmentState.SIGNED:
        return After()
    return After(addenda_of(desk, value.line.id), seals_hold(desk, value.line.id))


def people_of(desk: Desk, head: CaseHead) -> tuple[Known, ...]:
    """Name who can be named in an answer: the person, and who works on the case."""
    person = Known(f"person:{head.person_id}", head.known_as)
    found = [
        Known(f"involvement:{one.id}", one.professional.name, _role(desk, one))
        for one in involvements_of(desk, head.id)
        if one.ended_on is None
    ]
    return (person, *found)


def _role(desk: Desk, one: Involvement) -> str:
    words = desk.lists.label("roles", one.role) if one.role else ""
    return ", ".join(part for part in (words, one.professional.organisation) if part)
