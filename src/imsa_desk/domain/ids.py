"""Ids of records: 32 hexadecimal characters of our own making, so that bundles merge."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from typing import NewType

RecordId = NewType("RecordId", str)
AdvocateId = NewType("AdvocateId", str)
PersonId = NewType("PersonId", str)
CaseId = NewType("CaseId", str)
MeetingId = NewType("MeetingId", str)
ActionId = NewType("ActionId", str)
OrganisationId = NewType("OrganisationId", str)
ProfessionalId = NewType("ProfessionalId", str)
InvolvementId = NewType("InvolvementId", str)
ContactId = NewType("ContactId", str)
ConsentId = NewType("ConsentId", str)
AssessmentId = NewType("AssessmentId", str)
DocumentId = NewType("DocumentId", str)
ReflectionId = NewType("ReflectionId", str)
ResponseId = NewType("ResponseId", str)
AddendumId = NewType("AddendumId", str)
PlanId = NewType("PlanId", str)
TriggerId = NewType("TriggerId", str)

CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Letters and digits of a case code: without 0 O 1 I L, which people misread."""


def new_id() -> str:
    """Make an id that no other vault will make."""
    return uuid.uuid4().hex


def place_id(owner: str, *place: str) -> str:
    """Give the id of the one record that stands in a place of another: an answer to a question of a review.

    Two vaults that fill the same place make the same record, so that they conflict instead of doubling. Only
    for places that say nothing of their content: whoever knows the owner can tell the place from the id.
    """
    return hashlib.sha256("\n".join((owner, *place)).encode()).hexdigest()[:32]


def check_character(six: str) -> str:
    """Give the check character of six code characters: catches one wrong or two swapped."""
    n = len(CODE_ALPHABET)
    total = sum((place + 2) * CODE_ALPHABET.index(c) for place, c in enumerate(six))
    return CODE_ALPHABET[total % n]


def new_case_code() -> str:
    """Make a random case code such as K7Q-M2T-3."""
    six = "".join(secrets.choice(CODE_ALPHABET) for _ in range(6))
    return f"{six[:3]}-{six[3:]}-{check_character(six)}"


def is_case_code(text: str) -> bool:
    """Say whether a text is a well-formed case code, however it is spaced."""
    bare = "".join(c for c in text.upper() if c.isalnum())
    if len(bare) != 7 or any(c not in CODE_ALPHABET for c in bare):
        return False
    return check_character(bare[:6]) == bare[6]
