"""Who may write what: the kinds of record each role makes and changes, and what its bundles may hold."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from imsa_desk.domain.lines import Line
from imsa_desk.exchange.about import About
from imsa_desk.exchange.manifest import Manifest, Purpose
from imsa_desk.exchange.refusals import refusal
from imsa_desk.exchange.ustar import BACKUP, BLOBS, RECORDS
from imsa_desk.vocab import Kind, Operation, SignerRole

_OF_THE_OFFICE = frozenset({Kind.ASSIGNMENT, Kind.GRANT, Kind.LIST_ENTRY, Kind.RULE, Kind.TEMPLATE})
_OFFICE = _OF_THE_OFFICE | {
    Kind.FORM,
    Kind.ORGANISATION,
    Kind.PROFESSIONAL,
    Kind.ACCESS,
    Kind.RETENTION,
    Kind.ADVOCATE,
}

MAY_WRITE: Mapping[SignerRole, frozenset[Kind]] = {
    SignerRole.ADVOCATE: frozenset(Kind) - _OF_THE_OFFICE,
    SignerRole.SUPERVISOR: frozenset({Kind.ADDENDUM, Kind.ACCESS, Kind.ADVOCATE, Kind.LATE_DECISION}),
    SignerRole.OFFICE: _OFFICE,
    SignerRole.ORGANISATION: _OFFICE,
}
"""The kinds of record that a signer of each role makes and changes as it likes."""

BINDING: Mapping[Kind, frozenset[str]] = {Kind.CASE: frozenset({"status"})}
"""The fields of an advocate's records that an office changes outright; all others it can only propose."""

_FORWARD = frozenset({SignerRole.OFFICE, SignerRole.ORGANISATION})
_DEPOSIT = frozenset({Purpose.SYNC, Purpose.HANDOVER})


def check_writing(
    role: SignerRole,
    signer_writer: str,
    line_writer: str,
    body: Mapping[str, Any],
    former: Collection[str] = (),
) -> None:
    """Raise E_ROLE where a signer of this role may not send a line of this writer with this body.

    `former` are the same person's other laptops: their lines count as the signer's own.

    An office's change to a record of a kind that is not its own has an empty base for every field: it
    replaces nothing, stands beside what is there as a proposal, and a person decides.
    """
    if line_writer != signer_writer and line_writer not in former:
        # What somebody else wrote was tested when it came from them; here it only passes on.
        if role in _FORWARD:
            return
        raise refusal("E_ROLE", "a change by somebody else")
    kind = Kind(body["kind"])
    if kind in MAY_WRITE[role]:
        return
    if role in _FORWARD and body["op"] == Operation.UPDATE and _proposes(kind, body):
        return
    raise refusal("E_ROLE", f"a change of the kind {kind}")


def _proposes(kind: Kind, body: Mapping[str, Any]) -> bool:
    """Say whether an update replaces nothing but what may be changed outright."""
    outright, base = BINDING.get(kind, frozenset()), body["base"]
    return all(name in outright or base.get(name) == [] for name in body["fields"]) and all(
        name in outright or heads == [] for name, heads in base.items()
    )


def check_contents(manifest: Manifest, about: About) -> None:
    """Raise E_ROLE where a bundle holds what its purpose does not carry, E_CONTAINER where a part is missing.

    A receipt carries no records and no documents; reference data and revocations no documents, and no case;
    only advocates deposit backups, and never without saying what they are.
    """
    names = [entry.name for entry in manifest.entries]
    pieces = [entry for entry in manifest.entries if entry.name.startswith(BACKUP)]
    purpose = manifest.purpose
    if purpose is Purpose.RECEIPT and any(n == RECORDS or n.startswith(BLOBS) for n in names):
        raise refusal("E_ROLE", "a receipt with records")
    if purpose in (Purpose.REFERENCE, Purpose.REVOCATION) and any(n.startswith(BLOBS) for n in names):
        raise refusal("E_ROLE", "documents in reference data")
    if purpose is Purpose.REVOCATION and not about.revocations:
        raise refusal("E_CONTAINER", "no list of revocations")
    if purpose is Purpose.HANDOVER and not about.handover:
        raise refusal("E_CONTAINER", "no case to hand over")
    if pieces and purpose not in _DEPOSIT:
        raise refusal("E_ROLE", "a backup")
    if (about.backup is None) != (not pieces):
        raise refusal("E_CONTAINER", "backup")
    if about.backup is not None and about.backup.size != sum(entry.size for entry in pieces):
        raise refusal("E_CONTAINER", "size of the backup")


def check_line(purpose: Purpose, line: Line, body: Mapping[str, Any]) -> None:
    """Raise E_ROLE for a line of a case among reference data and revocations."""
    if body["case"] is not None and purpose in (Purpose.REFERENCE, Purpose.REVOCATION):
        raise refusal("E_ROLE", f"a case in reference data, line {line.link.seq}")
