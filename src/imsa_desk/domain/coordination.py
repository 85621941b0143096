"""Coordination: professionals, their part in a case, and every contact with them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from imsa_desk.domain.actions import Action, ActionDraft
from imsa_desk.domain.ids import (
    CaseId,
    ConsentId,
    ContactId,
    InvolvementId,
    OrganisationId,
    ProfessionalId,
    RecordId,
)
from imsa_desk.vocab import Direction, EntryType, InfoCategory, Sensitivity, ShareBasis, Theme


@dataclass(frozen=True, slots=True)
class Organisation:
    """A body that professionals work for."""

    id: OrganisationId
    name: str
    sector: str = ""


@dataclass(frozen=True, slots=True)
class Professional:
    """A directory entry; what they do in a case is an `Involvement`."""

    id: ProfessionalId
    name: str
    role: str
    organisation_id: OrganisationId | None
    organisation: str
    phone: str = ""
    email: str = ""
    secure_channel: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Involvement:
    """One professional's part in one case."""

    id: InvolvementId
    case_id: CaseId
    professional: Professional
    role: str
    themes: tuple[Theme, ...]
    lead_for: str
    started_on: date | None
    ended_on: date | None
    knows_address: bool
    knows_trafficking: bool
    trust_by_survivor: str
    safe_contact_note: str


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One line of the professionals board."""

    involvement: Involvement
    last_contact: datetime | None
    asked: str
    promised: Action | None
    days_silent: int | None
    consent_scope: tuple[InfoCategory, ...]
    consent_withdrawn: bool


@dataclass(frozen=True, slots=True)
class Sharing:
    """One category of information given to one recipient, and on what basis."""

    id: RecordId
    category: InfoCategory
    professional_id: ProfessionalId
    recipient: str
    method: str
    basis: ShareBasis
    consent_id: ConsentId | None
    override_reason: str
    survivor_told: bool


@dataclass(frozen=True, slots=True)
class Contact:
    """A coordination entry as it was stored."""

    id: ContactId
    case_id: CaseId
    at: datetime
    recorded_at: datetime
    author: str
    entry_type: EntryType
    direction: Direction
    purpose: str
    participants: tuple[Professional, ...]
    themes: tuple[Theme, ...]
    instruction: str
    survivor_present: bool
    summary: str
    opinions: str
    asked_for: str
    information_received: str
    not_shared: str
    outcome: str
    survivor_told_on: date | None
    next_contact_on: date | None
    minutes: int | None
    sensitivity: Sensitivity
    shared: tuple[Sharing, ...] = ()
    actions: tuple[Action, ...] = ()

    @property
    def written_days_later(self) -> int:
        """Count the days between the contact and its writing down."""
        return max(0, (self.recorded_at - self.at).days)


@dataclass(frozen=True, slots=True)
class SharingDraft:
    """Which category goes to whom; basis other than consent needs a reason."""

    category: str = ""
    professional_id: str = ""
    method: str = ""
    basis: str = ShareBasis.CONSENT
    override_reason: str = ""
    survivor_told: bool = False


@dataclass(frozen=True, slots=True)
class ContactDraft:
    """What a person typed about a contact with professionals."""

    case_id: str = ""
    on: str = ""
    time: str = ""
    minutes: str = ""
    entry_type: str = EntryType.CALL
    direction: str = Direction.OUT
    purpose: str = ""
    participants: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    instruction: str = ""
    survivor_present: bool = False
    summary: str = ""
    opinions: str = ""
    asked_for: str = ""
    information_received: str = ""
    not_shared: str = ""
    outcome: str = ""
    survivor_told_on: str = ""
    next_contact_on: str = ""
    sensitivity: str = Sensitivity.L1
    shared: tuple[SharingDraft, ...] = ()
    actions: tuple[ActionDraft, ...] = ()


@dataclass(frozen=True, slots=True)
class ProfessionalDraft:
    """What was typed about a professional and, with a case, their part in it."""

    name: str = ""
    role: str = ""
    organisation: str = ""
    phone: str = ""
    email: str = ""
    secure_channel: str = ""
    note: str = ""
    themes: tuple[str, ...] = ()
    lead_for: str = ""
    knows_address: bool = False
    knows_trafficking: bool = False
    trust_by_survivor: str = ""
    safe_contact_note: str = ""
    started_on: str = ""
