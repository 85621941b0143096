"""The exchange as people see it: the organisation joined, what would leave, what was sent, what is held."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from imsa_desk.domain.consents import Answered
from imsa_desk.domain.ids import CaseId, OrganisationId
from imsa_desk.vocab import Kind, Sensitivity, ShareScope

EMPLOYER = "employing_organisation"
"""The role by which a consent can name the advocate's own organisation before the vault has joined it."""


class HoldState(StrEnum):
    """How far a case has come on its way to the organisation."""

    HELD = "held"
    SENT = "sent_not_confirmed"
    NOT_SENT = "not_sent"
    DIFFERS = "differs"


class StayWhy(StrEnum):
    """Why an entry of a chosen case stays in the vault."""

    PRIVATE = "private"
    SCOPE = "scope"
    RESTRICTED = "restricted"
    SEALED = "sealed"


@dataclass(frozen=True, slots=True)
class Offered:
    """An enrolment file before it is trusted: compare `words` with the organisation, in person.

    `follows`: it has a new root key, for which the one known signed.
    """

    organisation_id: OrganisationId
    name: str
    practice: bool
    words: tuple[str, ...]
    created: datetime
    joined_already: bool
    follows: bool = False


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
class LeavingKind:
    """How many entries of one kind leave, in how many changes."""

    kind: Kind
    entries: int
    changes: int


@dataclass(frozen=True, slots=True)
class Staying:
    """How many entries of one kind stay in the vault, and why."""

    kind: Kind
    why: StayWhy
    entries: int


@dataclass(frozen=True, slots=True)
class LeavingPaper:
    """A document that leaves: its title as the advocate wrote it, and its bytes."""

    id: str
    title: str
    size: int


@dataclass(frozen=True, slots=True)
class LeavingCase:
    """What of one case would leave: changes, documents, and what stays behind.

    `changes` are the advocate's own; that the case is sent, and its numbers, are counted in
    `Leaving.bookkeeping`.
    """

    case_id: CaseId
    code: str
    changes: int
    documents: int
    stays: int
    restricted: tuple[Restricted, ...]
    consent: Answered
    scope: ShareScope = ShareScope.FULL
    kinds: tuple[LeavingKind, ...] = ()
    papers: tuple[LeavingPaper, ...] = ()
    staying: tuple[Staying, ...] = ()

    @property
    def needs_reason(self) -> bool:
        """Say whether a consent is missing; numbers alone name nobody, so they need none."""
        return self.scope is not ShareScope.STATISTICS and not self.consent.all_allowed

    @property
    def document_bytes(self) -> int:
        """Give the bytes of its documents."""
        return sum(paper.size for paper in self.papers)


@dataclass(frozen=True, slots=True)
class GoesFirst:
    """A change that leaves with every bundle although it was not chosen: it only restricts or removes."""

    case_id: CaseId
    kind: Kind
    changes: int


@dataclass(frozen=True, slots=True)
class Leaving:
    """Everything that would leave with a bundle; `changes` counts entries with their content.

    `changes` is the sum of the cases' own, of what goes `first`, of `others` (people and forms that belong to
    no case) and of `bookkeeping` (that cases were sent, and numbers of all cases). `withheld` counts changes
    of which only the link leaves. `size` is the bytes inside the seal, about, before it is written.
    """

    organisation: str
    cases: tuple[LeavingCase, ...]
    changes: int
    withheld: int
    documents: int
    document_bytes: int
    first: tuple[GoesFirst, ...] = ()
    others: int = 0
    bookkeeping: int = 0
    counted: int = 0
    """Cases whose numbers leave; their names and codes do not."""
    size: int = 0
    parts: int = 1
    deposit: int = 0
    """Bytes of the sealed backup that goes along in a file of its own, as it was made last."""
    without_consent: tuple[CaseId, ...] = ()
    """Cases that were sent before and do not leave again, because their consent is missing now."""

    @property
    def needs_reason(self) -> bool:
        """Say whether a consent is missing, so that a basis and a reason must be recorded."""
        return any(case.needs_reason for case in self.cases)


@dataclass(frozen=True, slots=True)
class Sent:
    """A bundle that was written, whether or not the organisation has confirmed it.

    `part` is (2, 3) for the second of three; `files` names all files of the same sending, this one too.
    `refused` is the code with which the organisation refused it, "" where it did not say so. `replaced`: a
    later one took its place, over the gap that it left.
    """

    number: int
    file_name: str
    at: datetime
    cases: tuple[CaseId, ...]
    changes: int
    withheld: int
    confirmed_at: datetime | None = None
    documents: int = 0
    size: int = 0
    deposit: int = 0
    part: tuple[int, int] | None = None
    files: tuple[str, ...] = ()
    refused: str = ""
    replaced: bool = False
    without_consent: tuple[CaseId, ...] = ()
    """Cases that were to be sent again and stayed, because their consent is missing now."""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What a verified receipt said; `news` is false when it had been taken in before.

    `differs` are cases of which both sides hold something else: nothing of theirs counts as held. `words` say
    what it brought about keys and the organisation's own files.
    """

    number: int
    at: datetime
    held: int
    withheld: int
    news: bool
    differs: tuple[CaseId, ...] = ()
    words: tuple[str, ...] = ()
    less: str = ""
    """What happened and what to do, where the organisation holds less than it confirmed once."""


@dataclass(frozen=True, slots=True)
class CaseHeld:
    """One case's state, and how many of its changes the organisation does not hold.

    `held` changes it holds with their content since `since`; `kept_back` left without it, on purpose;
    `waiting` wait there for somebody's decision. Of a case that was never sent it may hold `only_numbers`,
    which are not counted.
    """

    state: HoldState
    not_held: int
    held: int = 0
    kept_back: int = 0
    since: datetime | None = None
    waiting: int = 0
    scope: ShareScope = ShareScope.FULL
    only_numbers: bool = False


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
    changes_held: int = 0
    """Changes it holds with their content, those of no case too."""
    behind: str = ""
    """What happened and what to do, where the organisation holds more of this vault than the vault."""
    less: str = ""
    """What happened and what to do, where the organisation holds less than it confirmed once."""
    deposited_at: datetime | None = None
    """When the backup was made that the organisation is known to keep."""


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
