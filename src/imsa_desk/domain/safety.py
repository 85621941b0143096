"""Safety responses: what was done at once about a very high risk, open until closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from imsa_desk.domain.ids import AssessmentId, CaseId, ResponseId


@dataclass(frozen=True, slots=True)
class SafetyResponse:
    """What was done, who was told and when; stays on Today until closed."""

    id: ResponseId
    case_id: CaseId
    assessment_id: AssessmentId | None
    question_id: str
    raised_at: datetime
    why: str
    done_now: str
    told_who: str
    told_at: datetime | None
    closed_at: datetime | None
    closed_note: str

    @property
    def is_open(self) -> bool:
        """Say whether somebody must still look at it."""
        return self.closed_at is None


@dataclass(frozen=True, slots=True)
class SafetyResponseDraft:
    """What was typed at once when a very high risk was recorded."""

    case_id: str = ""
    assessment_id: str = ""
    question_id: str = ""
    why: str = ""
    done_now: str = ""
    told_who: str = ""
    told_on: str = ""
    told_time: str = ""
