"""Opened: an assessment with all that its page shows, gathered on the vault's lane."""

from __future__ import annotations

from dataclasses import dataclass

from imsa_desk.domain.assessments import Assessment
from imsa_desk.domain.cases import CaseHead
from imsa_desk.domain.drafts import Draft
from imsa_desk.domain.forms import Form
from imsa_desk.domain.ids import AssessmentId, CaseId
from imsa_desk.gui.pages.assessment_keeping import EDITOR, Standing, standing
from imsa_desk.services import assessments, drafts
from imsa_desk.services.cases import case_head
from imsa_desk.services.desk import Desk


@dataclass(frozen=True, slots=True)
class Opened:
    """An assessment with all that its page shows."""

    head: CaseHead
    form: Form
    standing: Standing
    previous: Assessment | None
    draft: Draft | None


def open_assessment(desk: Desk, case_id: CaseId, assessment_id: AssessmentId) -> Opened:
    """Gather an assessment and the draft of what was typed and not stored."""
    found = standing(desk, assessment_id)
    return Opened(
        case_head(desk, case_id),
        assessments.form_of(desk, found.assessment),
        found,
        assessments.previous(desk, assessment_id),
        drafts.draft(desk, EDITOR, assessment_id, case_id),
    )
