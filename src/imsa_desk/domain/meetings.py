"""Meetings: time spent with the survivor, what was said, and what follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from imsa_desk.domain.actions import Action, ActionDraft
from imsa_desk.domain.ids import CaseId, MeetingId
from imsa_desk.vocab import ContactType, Instructed, Sensitivity, Theme

NOTES_LIMIT = 200_000
"""Characters a note may hold: room for any real note, and a bound on what one line carries."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting as it was stored."""

    id: MeetingId
    case_id: CaseId
    at: datetime
    minutes: int | None
    how: ContactType
    place: str
    title: str
    interpreter: str
    attendees: tuple[str, ...]
    themes: tuple[Theme, ...]
    instruction: str
    instructed: Instructed
    instructed_reason: str
    notes: str
    opinion: str
    evidence_discussed: bool
    author: str
    recorded_at: datetime
    sensitivity: Sensitivity = Sensitivity.L2
    actions: tuple[Action, ...] = ()

    @property
    def written_days_later(self) -> int:
        """Count the days between the meeting and its writing down; shown when more than one."""
        return max(0, (self.recorded_at - self.at).days)


@dataclass(frozen=True, slots=True)
class MeetingDraft:
    """What a person typed about a meeting; texts exactly as typed."""

    case_id: str = ""
    on: str = ""
    time: str = ""
    minutes: str = ""
    how: str = ContactType.FACE_TO_FACE
    place: str = ""
    title: str = ""
    interpreter: str = ""
    attendees: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    instruction: str = ""
    instructed: str = Instructed.YES
    instructed_reason: str = ""
    notes: str = ""
    opinion: str = ""
    evidence_discussed: bool = False
    sensitivity: str = Sensitivity.L2
    actions: tuple[ActionDraft, ...] = ()


@dataclass(frozen=True, slots=True)
class MeetingDay:
    """A meeting as Today shows it."""

    id: MeetingId
    case_id: CaseId
    on: date
    at: datetime
    known_as: str
    known_as_script: str
    title: str
    place: str
    how: ContactType
