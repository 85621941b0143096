"""Consents: who may be told what, for which purpose, as the survivor decided.

Consent to share (confidentiality) is not the lawful basis of data protection law; the two are
never merged (domain reference 5.4).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from imsa_desk.domain.ids import CaseId, ConsentId
from imsa_desk.vocab import ConsentPurpose, GivenHow, InfoCategory, RecipientKind, ShareBasis

_BASES = frozenset(basis.value for basis in ShareBasis if basis is not ShareBasis.CONSENT)


@dataclass(frozen=True, slots=True)
class Recipient:
    """To whom information would go: a professional, an organisation or a role, by id."""

    kind: RecipientKind
    id: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Consent:
    """What a survivor agreed to, and whether it still stands."""

    id: ConsentId
    case_id: CaseId
    recipient: Recipient
    purpose: ConsentPurpose
    categories: tuple[InfoCategory, ...]
    scope_note: str
    given_how: GivenHow
    language: str
    explained: str
    in_their_words: str
    valid_from: date
    review_on: date | None
    withdrawn_on: date | None
    withdrawn_how: str
    consequences_explained: bool

    def stands_on(self, day: date) -> bool:
        """Say whether it may be relied on that day; a withdrawal counts from its own day."""
        return self.valid_from <= day and (self.withdrawn_on is None or day < self.withdrawn_on)


@dataclass(frozen=True, slots=True)
class Answered:
    """What `may_share` found for each category asked about."""

    allowed: tuple[InfoCategory, ...]
    missing: tuple[InfoCategory, ...]
    withdrawn: tuple[InfoCategory, ...]
    relied_on: tuple[Consent, ...]
    line: str

    @property
    def all_allowed(self) -> bool:
        """Say whether every category may be shared."""
        return not self.missing and not self.withdrawn


def with_basis(basis: str, reason: str) -> str:
    """Write down a basis other than consent and why something is shared; "" where either is missing."""
    return f"{basis}: {reason.strip()}" if basis in _BASES and reason.strip() else ""


def has_basis(reason: str) -> bool:
    """Say whether a reason was written by `with_basis`."""
    basis, colon, why = reason.partition(": ")
    return basis in _BASES and bool(colon and why.strip())


@dataclass(frozen=True, slots=True)
class ConsentDraft:
    """What was typed about a consent."""

    case_id: str = ""
    recipient_kind: str = RecipientKind.ORGANISATION
    recipient_id: str = ""
    purpose: str = ConsentPurpose.ADVOCACY
    categories: tuple[str, ...] = ()
    scope_note: str = ""
    given_how: str = GivenHow.VERBAL_WITNESSED
    language: str = ""
    explained: str = ""
    in_their_words: str = ""
    valid_from: str = ""
    review_on: str = ""
