"""Whom a reader trusts, for what, and how far each sender's streams have been taken in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from imsa_desk.exchange.manifest import FIRST_PREV, Manifest, Purpose, stream_of
from imsa_desk.exchange.refusals import refusal
from imsa_desk.exchange.words import MAIN
from imsa_desk.vocab import SignerRole

Role = SignerRole
"""What a signer is to the reader."""

MAY_SEND: Mapping[Role, frozenset[Purpose]] = {
    Role.ADVOCATE: frozenset({Purpose.SYNC, Purpose.HANDOVER, Purpose.SNAPSHOT}),
    Role.SUPERVISOR: frozenset({Purpose.SYNC, Purpose.SNAPSHOT}),
    Role.OFFICE: frozenset(
        {Purpose.RECEIPT, Purpose.SNAPSHOT, Purpose.CORRECTION, Purpose.REFERENCE, Purpose.REVOCATION}
    ),
    Role.ORGANISATION: frozenset({Purpose.SNAPSHOT}),
}
"""The purposes taken in from each role; every other one is E_ROLE."""

PASSING_ON = frozenset({Role.OFFICE, Role.ORGANISATION})
"""The roles that may pass on what others wrote."""


@dataclass(frozen=True, slots=True)
class TrustedSigner:
    """A key that was compared in person, or certified by one that was.

    `applied` maps each number taken in to its manifest's hash, by stream. Of a key that was withdrawn,
    bundles of the main stream up to `revoked_after` are still taken in; 0 refuses everything unread.

    `writers` are the other laptops of the same person, whose lines the signer may send too; only of those
    that were lost, `ended`, may it bring lines that the reader does not know: two laptops that both
    write in one name would make a fork.
    """

    public: bytes
    role: Role
    name: str
    writer: str
    revoked_after: int | None = None
    applied: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    writers: frozenset[str] = frozenset()
    ended: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Trust:
    """The reader's side of the bargain: known keys by key id, its own recipients, practice or real."""

    signers: Mapping[bytes, TrustedSigner]
    me: frozenset[str]
    practice: bool


def check_rights(manifest: Manifest, signer: TrustedSigner, trust: Trust) -> None:
    """Raise E_NOT_FOR_US, E_PRACTICE, E_ROLE or E_REVOKED when this may not be sent to this reader."""
    if trust.me.isdisjoint(manifest.recipients):
        raise refusal("E_NOT_FOR_US")
    if manifest.practice != trust.practice:
        raise refusal("E_PRACTICE")
    if manifest.purpose not in MAY_SEND[signer.role] or manifest.vault != signer.writer:
        raise refusal("E_ROLE")
    if signer.revoked_after is not None and (
        stream_of(manifest.purpose) != MAIN or manifest.seq > signer.revoked_after
    ):
        raise refusal("E_REVOKED")


def already_taken_in(manifest: Manifest, digest: str, signer: TrustedSigner) -> bool:
    """Place a bundle in its stream: True = this very bundle was applied, False = it may be applied now.

    Raises E_REPLAY (older), E_GAP (an earlier one is missing) and E_FORK (contradicts an applied one). What
    an office sends, and a vault's snapshot, holds everything since the reader's last word, so a lost one is
    made good by it. Of another organisation each bundle is whole by itself: they come in any order.
    """
    applied = signer.applied.get(stream_of(manifest.purpose), {})
    if manifest.seq in applied:
        if applied[manifest.seq] == digest:
            return True
        raise refusal("E_FORK")
    last = max(applied, default=0)
    if manifest.seq < last and signer.role is not Role.ORGANISATION:
        raise refusal("E_REPLAY")
    before = manifest.seq - 1
    if before and before not in applied:
        if not _passes_gaps(manifest, signer):
            raise refusal("E_GAP", f"number {last + 1} comes next, this is {manifest.seq}")
        return False
    if manifest.prev != applied.get(before, FIRST_PREV):
        raise refusal("E_FORK")
    return False


def check_part(manifest: Manifest, part: tuple[int, int] | None, signer: TrustedSigner) -> None:
    """Raise E_GAP where a bundle goes on from a part that is missing: only the first part passes a gap."""
    first = part is None or part[0] == 1
    if first or manifest.purpose is not Purpose.SNAPSHOT or signer.role is Role.OFFICE:
        return
    if manifest.seq - 1 not in signer.applied.get(stream_of(manifest.purpose), {}):
        raise refusal("E_GAP", "the part before it")


def _passes_gaps(manifest: Manifest, signer: TrustedSigner) -> bool:
    return signer.role in PASSING_ON or manifest.purpose is Purpose.SNAPSHOT
