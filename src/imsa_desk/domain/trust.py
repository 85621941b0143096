"""Values of trust: who is enrolled in which role, which keys were withdrawn and why, new editions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from imsa_desk.domain.ids import OrganisationId
from imsa_desk.vocab import SignerRole


class RevocationReason(StrEnum):
    """Why a key was withdrawn; the word stands in signed lists, so it never changes."""

    LEFT = "left"
    LOST = "lost"
    COMPROMISED = "compromised"
    CHANGED = "changed"

    @property
    def words(self) -> str:
        """Say the reason in a few words."""
        return _WORDS[self]


_WORDS = {
    RevocationReason.LEFT: "the advocate has left",
    RevocationReason.LOST: "the laptop was lost",
    RevocationReason.COMPROMISED: "somebody else may have the key",
    RevocationReason.CHANGED: "another key took its place",
}


@dataclass(frozen=True, slots=True)
class Revocation:
    """A key that was withdrawn on a day; its bundles up to number `last` are still taken in.

    `key` is the key id, 32 hexadecimal characters.
    """

    key: str
    writer: str
    name: str
    reason: RevocationReason
    from_day: date
    last: int


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A vault the office knows: whose, in what role, with which key, and whether that was withdrawn.

    `words` stand for its key, `recipient` is whom to seal for, `second_of` the vault id of the same person's
    first laptop; it knows the edition `knows_edition` of the enrolment file, or a later one.
    """

    writer: str
    name: str
    role: SignerRole
    words: tuple[str, ...]
    recipient: str
    enrolled_at: datetime
    second_of: str = ""
    withdrawn: Revocation | None = None
    knows_edition: int = 0


@dataclass(frozen=True, slots=True)
class Edition:
    """A newer enrolment file whose root key changed: in force only after its words were compared."""

    organisation_id: OrganisationId
    name: str
    words: tuple[str, ...]
    created: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """How this vault's key stands with its organisation.

    `role` was wished for, `second_of` is the first laptop's vault id, `vault` this one's own.
    `withdrawn` is the entry about this vault's own key, `edition` a new root key that waits to be compared,
    `changing` says that this vault has a new key that its organisation has not confirmed yet.
    """

    role: SignerRole = SignerRole.ADVOCATE
    withdrawn: Revocation | None = None
    edition: Edition | None = None
    changing: bool = False
    second_of: str = ""
    vault: str = ""


@dataclass(frozen=True, slots=True)
class TrustNews:
    """What signed files about trust changed when they were taken in; each in a sentence of its own."""

    sentences: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Say whether anything changed."""
        return bool(self.sentences)
