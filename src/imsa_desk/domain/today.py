"""Today: what matters now, across the caseload."""

from __future__ import annotations

from dataclasses import dataclass

from imsa_desk.domain.actions import Action
from imsa_desk.domain.drafts import Draft
from imsa_desk.domain.meetings import MeetingDay
from imsa_desk.domain.retention import Retention
from imsa_desk.domain.review_cycle import ReviewDue
from imsa_desk.domain.safety import SafetyResponse
from imsa_desk.domain.timeline import Due, Lack


@dataclass(frozen=True, slots=True)
class Named:
    """Who a line is about: known-as name, the name in its own script, the case's code."""

    known_as: str
    script: str
    code: str


@dataclass(frozen=True, slots=True)
class TodayPage:
    """Everything Today shows; `names` tells who each case id is."""

    sentence: str
    meetings: tuple[MeetingDay, ...]
    due: tuple[Due, ...]
    promises: tuple[Action, ...]
    responses: tuple[SafetyResponse, ...]
    drafts: tuple[Draft, ...]
    reviews: tuple[ReviewDue, ...]
    lacks: tuple[Lack, ...]
    retained: tuple[Retention, ...]
    names: dict[str, Named]
    cases: int
