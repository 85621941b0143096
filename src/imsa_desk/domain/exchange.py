"""The exchange as people see it: the organisation joined, what would leave, what was sent, what is held."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from imsa_desk.domain.consents import Answered
from imsa_desk.domain.ids import CaseId, OrganisationId
from imsa_desk.vocab import Kind, Sensitivity

EMPLOYER = "employing_organisation"
"""The role by which a consent can name the advocate's own organisation before the vault has joined it."""


class HoldState(StrEnum):
    """How far a case has come on its way to the organisation."""

    HELD = "held"
    SENT = "sent_not_confirmed"
    NOT_SENT = "not_sent"


@dataclass(frozen=True, slots=True)
class Offered:
    """An enrolment file before it is trusted: compare `words` with the organisation, in person."""

    organisation_id: OrganisationId
    name: str
    practice: bool
    words: tuple[str, ...]
    created: datetime
    joined_already: bool


@dataclass(frozen=True, slots=True)
class Joined:
    """The organisation this vault sends to."""

    organisation_id: OrganisationId
    name: str
    practice: bool
    words: tuple[str, ...]
    joined_at: datetime
    own_words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Restricted:
    """An entry that leaves only if it is chosen one by one; its content is not shown here."""

    kind: Kind
    id: str
    case_id: CaseId
    sensitivity: Sensitivity


@dataclass(frozen=True, slots=True)
class LeavingCase:
    """What of one case would leave: changes, documents, and what stays behind."""

    case_id: CaseId
    code: str
    changes: int
    documents: int
    stays: int
    restricted: tuple[Restricted, ...]
    consent: Answered


@dataclass(frozen=True, slots=True)
class Leaving:
    """Everything that would leave with a bundle; `changes` counts entries with their content."""

    organisation: str
    cases: tuple[LeavingCase, ...]
    changes: int
    withheld: int
    documents: int
    document_bytes: int

    @property
    def needs_reason(self) -> bool:
        """Say whether a consent is missing, so that a basis and a reason must be recorded."""
        return any(not case.consent.all_allowed for case in self.cases)


@dataclass(frozen=True, slots=True)
class Sent:
    """A bundle that was written, whether or not the organisation has confirmed it."""

    number: int
    file_name: str
    at: datetime
    cases: tuple[CaseId, ...]
    changes: int
    withheld: int
    confirmed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What a verified receipt said; `news` is false when it had been taken in before."""

    number: int
    at: datetime
    held: int
    withheld: int
    news: bool


@dataclass(frozen=True, slots=True)
class CaseHeld:
    """One case's state, and how many of its changes the organisation does not hold."""

    state: HoldState
    not_held: int


@dataclass(frozen=True, slots=True)
class HeldState:
    """What the organisation holds, as far as its verified receipts say."""

    joined: bool
    not_held: int = 0
    sent_not_confirmed: int = 0
    last_receipt: datetime | None = None
    held_up_to: datetime | None = None
    cases: Mapping[CaseId, CaseHeld] = field(default_factory=dict)
    sent: tuple[Sent, ...] = ()


@dataclass(frozen=True, slots=True)
class Ingested:
    """What taking one bundle in did; `news` is false when the same bundle was taken in before."""

    file_name: str
    sender: str
    number: int
    links: int
    bodies: int
    documents: int
    news: bool
    receipt: str = ""


@dataclass(frozen=True, slots=True)
class EnrolledAdvocate:
    """An advocate whose bundles the office takes in."""

    writer: str
    name: str
    words: tuple[str, ...]
    enrolled_at: datetime
    bundles: int
    links: int
    bodies: int
    revoked: bool


@dataclass(frozen=True, slots=True)
class OfficeState:
    """What an office holds and where."""

    name: str
    organisation_id: OrganisationId
    practice: bool
    database: str
    words: tuple[str, ...]
    advocates: tuple[EnrolledAdvocate, ...]
    cases: int
    links: int
    documents: int
