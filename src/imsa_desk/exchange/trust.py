"""Whom a reader trusts, for what, and how far each sender's stream has been taken in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from imsa_desk.exchange.manifest import FIRST_PREV, Manifest, Purpose
from imsa_desk.exchange.refusals import refusal


class Role(StrEnum):
    """What a signer is to the reader."""

    ADVOCATE = "advocate"
    OFFICE = "office"


MAY_SEND: Mapping[Role, frozenset[Purpose]] = {
    Role.ADVOCATE: frozenset({Purpose.SYNC}),
    Role.OFFICE: frozenset({Purpose.RECEIPT}),
}
"""The purposes taken in from each role; every other one is E_ROLE."""


@dataclass(frozen=True, slots=True)
class TrustedSigner:
    """A key that was compared in person; `applied` maps each seq taken in to its manifest's hash."""

    public: bytes
    role: Role
    name: str
    writer: str
    revoked: bool = False
    applied: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Trust:
    """The reader's side of the bargain: known keys by key id, its own recipients, practice or real."""

    signers: Mapping[bytes, TrustedSigner]
    me: frozenset[str]
    practice: bool


def check_rights(manifest: Manifest, signer: TrustedSigner, trust: Trust) -> None:
    """Raise E_NOT_FOR_US, E_PRACTICE or E_ROLE when this signer may not send this to this reader."""
    if trust.me.isdisjoint(manifest.recipients):
        raise refusal("E_NOT_FOR_US")
    if manifest.practice != trust.practice:
        raise refusal("E_PRACTICE")
    if manifest.purpose not in MAY_SEND[signer.role] or manifest.vault != signer.writer:
        raise refusal("E_ROLE")


def already_taken_in(manifest: Manifest, digest: str, signer: TrustedSigner) -> bool:
    """Place a bundle in its stream: True = this very bundle was applied, False = it is the next one.

    Raises E_REPLAY (older), E_GAP (an earlier one is missing) and E_FORK (contradicts an applied one). A
    receipt says all that is held, so a lost one is made good by the next and leaves no gap.
    """
    applied = signer.applied
    if manifest.seq in applied:
        if applied[manifest.seq] == digest:
            return True
        raise refusal("E_FORK")
    last = max(applied, default=0)
    if manifest.seq < last:
        raise refusal("E_REPLAY")
    if manifest.seq > last + 1:
        if manifest.purpose is Purpose.RECEIPT:
            return False
        raise refusal("E_GAP", f"number {last + 1} comes next, this is {manifest.seq}")
    if manifest.prev != applied.get(last, FIRST_PREV):
        raise refusal("E_FORK")
    return False
