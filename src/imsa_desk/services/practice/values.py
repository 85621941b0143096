"""A practice caseload as values: what happened in each invented case, and when, before any vault holds it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from imsa_desk.domain.addenda import AddendumDraft
from imsa_desk.domain.assessments import AnswerDraft, AssessmentHeader
from imsa_desk.domain.cases import CaseDraft
from imsa_desk.domain.consents import ConsentDraft
from imsa_desk.domain.coordination import ContactDraft, ProfessionalDraft
from imsa_desk.domain.learning import ReflectionDraft
from imsa_desk.domain.meetings import MeetingDraft
from imsa_desk.domain.safety_plans import SafetyPlanDraft
from imsa_desk.domain.themes import ThemeEntryDraft
from imsa_desk.vocab import ActionState

# Where a draft wants the id of a professional or of an organisation, a key stands until the vault has ids.


@dataclass(frozen=True, slots=True)
class Paper:
    """A document: its title, its bytes and who may see it."""

    title: str
    data: bytes
    sensitivity: str


@dataclass(frozen=True, slots=True)
class Joined:
    """A professional becomes involved; the key names them in the whole caseload."""

    at: datetime
    key: str
    draft: ProfessionalDraft


@dataclass(frozen=True, slots=True)
class Met:
    """A meeting is logged; a paper that was brought belongs to it."""

    at: datetime
    draft: MeetingDraft
    paper: Paper | None = None


@dataclass(frozen=True, slots=True)
class InTouch:
    """A contact with professionals is recorded."""

    at: datetime
    draft: ContactDraft


@dataclass(frozen=True, slots=True)
class ThemeNoted:
    """A theme's need is noted."""

    at: datetime
    draft: ThemeEntryDraft


@dataclass(frozen=True, slots=True)
class Consented:
    """A consent is given; the key lets a later event withdraw it."""

    at: datetime
    key: str
    draft: ConsentDraft


@dataclass(frozen=True, slots=True)
class Withdrew:
    """A consent is withdrawn."""

    at: datetime
    key: str
    how: str


@dataclass(frozen=True, slots=True)
class ActionMoved:
    """An action with this text changes its state."""

    at: datetime
    text: str
    state: ActionState


@dataclass(frozen=True, slots=True)
class SafetyConfirmed:
    """The person confirmed how they may be reached."""

    at: datetime


@dataclass(frozen=True, slots=True)
class SectionFilled:
    """One section of an assessment, answered or skipped by choice."""

    section_id: str
    answers: tuple[AnswerDraft, ...]
    skipped: bool = False


@dataclass(frozen=True, slots=True)
class ResponseMade:
    """What was done at once about a danger."""

    done_now: str
    told_who: str


@dataclass(frozen=True, slots=True)
class Assessed:
    """An assessment; unsigned it stays a draft."""

    at: datetime
    header: AssessmentHeader
    sections: tuple[SectionFilled, ...]
    responses: tuple[ResponseMade, ...]
    signed: bool


@dataclass(frozen=True, slots=True)
class Planned:
    """A safety plan is written, or a new version of it."""

    at: datetime
    draft: SafetyPlanDraft


@dataclass(frozen=True, slots=True)
class AddedTo:
    """Something is added to the assessment signed last."""

    at: datetime
    draft: AddendumDraft


@dataclass(frozen=True, slots=True)
class ResponsesClosed:
    """Every response of the case that is still open is closed, with why."""

    at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class CaseChanged:
    """What is known about the case changes: its status, or a decision in the NRM."""

    at: datetime
    draft: CaseDraft


@dataclass(frozen=True, slots=True)
class Closed:
    """The case is closed."""

    at: datetime
    reason: str


Event = (
    Joined
    | Met
    | InTouch
    | ThemeNoted
    | Consented
    | Withdrew
    | ActionMoved
    | SafetyConfirmed
    | Assessed
    | Planned
    | AddedTo
    | ResponsesClosed
    | CaseChanged
    | Closed
)


@dataclass(frozen=True, slots=True)
class PracticeCase:
    """One invented case: how it was opened and everything that followed, in order of time."""

    at: datetime
    draft: CaseDraft
    events: tuple[Event, ...]
    canary: str


@dataclass(frozen=True, slots=True)
class Reflected:
    """A note of the advocate's own."""

    at: datetime
    draft: ReflectionDraft


@dataclass(frozen=True, slots=True)
class PracticeCaseload:
    """All invented cases with the advocate's own notes; equal for equal seed, day and number."""

    seed: int
    today: date
    cases: tuple[PracticeCase, ...]
    reflections: tuple[Reflected, ...]
