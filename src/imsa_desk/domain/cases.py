"""Cases: one survivor's matter, its stage, and how it stands on the caseload."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from imsa_desk.domain.ids import CaseId, PersonId
from imsa_desk.domain.people import Person, PersonDraft, SafeContact
from imsa_desk.vocab import ENDED_STATUSES, Band, CaseStatus, Nation, Sensitivity, Tier


@dataclass(frozen=True, slots=True)
class Case:
    """A survivor's case with the person it is about."""

    id: CaseId
    code: str
    person: Person
    nation: Nation
    tier: Tier
    status: CaseStatus
    opened_on: date
    nrm_status: str = "unknown"
    nrm_status_on: date | None = None
    competent_authority: str = ""
    immigration_status: str = "unknown"
    referral_source: str = ""
    local_authority: str = ""
    police_force: str = ""
    health_body: str = ""
    exploitation: tuple[str, ...] = ()
    what_matters: str = ""
    what_matters_on: date | None = None
    risk: Band | None = None
    closed_on: date | None = None
    closure_reason: str = ""
    sensitivity: Sensitivity = Sensitivity.L2

    @property
    def is_open(self) -> bool:
        """Say whether the case is still worked on."""
        return self.status not in ENDED_STATUSES


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One line of the caseload."""

    id: CaseId
    code: str
    known_as: str
    known_as_script: str
    nation: Nation
    tier: Tier
    status: CaseStatus
    nrm_status: str
    nrm_status_on: date | None
    risk: Band | None
    last_contact: datetime | None
    next_due: date | None
    open_actions: int
    not_held: int

    @property
    def is_open(self) -> bool:
        """Say whether the case is still worked on."""
        return self.status not in ENDED_STATUSES


@dataclass(frozen=True, slots=True)
class CaseHead:
    """What the header of an open case shows on every tab."""

    id: CaseId
    code: str
    person_id: PersonId
    known_as: str
    known_as_script: str
    nation: Nation
    tier: Tier
    status: CaseStatus
    nrm_status: str
    nrm_status_on: date | None
    risk: Band | None
    interpreter: str
    safe_contacts: tuple[SafeContact, ...]
    pronouns: str = ""


@dataclass(frozen=True, slots=True)
class CaseDraft:
    """What was typed to open a case, with the person it is about."""

    person: PersonDraft = field(default_factory=PersonDraft)
    nation: str = ""
    tier: str = Tier.UNTRIAGED
    status: str = CaseStatus.OPEN
    opened_on: str = ""
    nrm_status: str = "unknown"
    nrm_status_on: str = ""
    immigration_status: str = "unknown"
    referral_source: str = ""
    local_authority: str = ""
    police_force: str = ""
    exploitation: tuple[str, ...] = ()
    what_matters: str = ""
