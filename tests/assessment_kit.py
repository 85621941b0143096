"""What the tests of assessments share: an open practice vault with a clock of its own, one case, answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from vault_kit import NOW, PASSPHRASE, QUICK

from imsa_desk.domain.assessments import AnswerDraft, AssessmentHeader
from imsa_desk.domain.cases import CaseDraft
from imsa_desk.domain.ids import AssessmentId, CaseId
from imsa_desk.domain.people import PersonDraft
from imsa_desk.services import vaults
from imsa_desk.services.assessments import save_section, start_assessment
from imsa_desk.services.cases import open_case
from imsa_desk.services.desk import Desk

AGREED = AssessmentHeader(
    on="today", consent_to_assess="yes", purpose_explained=True, wants_today="A safe room."
)


@dataclass(slots=True)
class Clock:
    """A clock that stands still until it is moved."""

    at: datetime = NOW

    def __call__(self) -> datetime:
        """Tell the time."""
        return self.at

    def forward(self, **time: float) -> None:
        """Move it on."""
        self.at += timedelta(**time)


def make_desk(folder: Path, clock: Callable[[], datetime]) -> Desk:
    """Create a practice vault and open it."""
    desk, _ = vaults.create(
        folder, PASSPHRASE, advocate_name="Robin Practice", practice=True, params=QUICK, now=clock
    )
    return desk


def make_case(desk: Desk, known_as: str = "Selam") -> CaseId:
    """Open a case."""
    return open_case(desk, CaseDraft(person=PersonDraft(known_as=known_as), nation="england", tier="t2"))


def draft(question_id: str, **value: object) -> AnswerDraft:
    """Draft an answer by its parts."""
    return AnswerDraft(question_id, dict(value))


def risk(question_id: str, likelihood: int, severity: int, **more: object) -> AnswerDraft:
    """Draft a risk that is there."""
    return draft(question_id, present="yes", likelihood=likelihood, severity=severity, **more)


def ready(desk: Desk, case_id: CaseId, *more: AnswerDraft, header: AssessmentHeader = AGREED) -> AssessmentId:
    """Start an assessment that could be signed, with more answers of the safety section."""
    assessment_id = start_assessment(desk, case_id, header)
    own = {one.question_id for one in more}
    needed = [draft(one, present="no") for one in ("S4", "S8") if one not in own]
    save_section(desk, assessment_id, "safety", [*needed, *more])
    return assessment_id
