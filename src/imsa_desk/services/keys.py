"""Verbs about the secrets that open the vault: the person's own, the printed ones, and those others keep.

Each takes the present passphrase, counts a wrong one, and leaves a line in the journal that holds no secret.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.orm import Session

from imsa_desk.crypto import age, shares, words
from imsa_desk.crypto.kdf import PRACTICE, calibrate
from imsa_desk.crypto.keys import wipe
from imsa_desk.errors import Problem, Refused
from imsa_desk.progress import Progress
from imsa_desk.services import rotating
from imsa_desk.services.access import note_access
from imsa_desk.services.desk import Desk
from imsa_desk.store import local, slots, tries
from imsa_desk.store.slot import EscrowSlot
from imsa_desk.store.vault import unlock_header
from imsa_desk.vocab import AccessKind, SlotKind

ESCROW = "keys.escrow"
"""Local value {recipient: {"name", "role", "outside_line"}}: who keeps the keys of the escrow slot."""
_TIME = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True, slots=True)
class SlotView:
    """One way into the vault."""

    id: str
    kind: SlotKind
    created: datetime


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who keeps one of the two escrow keys."""

    name: str
    role: str
    recipient: str
    outside_line: bool
    """Outside the advocate's line management."""


@dataclass(frozen=True, slots=True, repr=False)
class Shares:
    """Five lists of words, any two of which open the vault once they are kept; never in a repr."""

    words: tuple[str, ...]


def slots_of(folder: Path) -> tuple[SlotView, ...]:
    """Say what opens a vault, without a secret; raises Broken (E_HEADER, E_NEWER)."""
    return tuple(
        SlotView(slot.id, slot.kind, datetime.strptime(slot.created, _TIME).replace(tzinfo=UTC))
        for slot in slots.slots_of(folder)
    )


def confirm(desk: Desk, passphrase: str, *, sleep: Callable[[float], None] = time.sleep) -> None:
    """Ask for the passphrase again; touches no record, so it may run beside other work.

    Raises Refused (E_PASSPHRASE), counted, and what else unlocking raises about the header.
    """
    with tries.counted(desk.folder, desk.now(), sleep):
        header, master = unlock_header(desk.folder, SlotKind.PASSPHRASE, passphrase)
        wipe(master)
    if (header.vault, header.db.dbid) != (desk.vault.vault_id, desk.vault.dbid):
        raise Refused(
            "Another vault stands in this folder now. Lock this one and unlock again.", code="E_OTHER_VAULT"
        )


def change_passphrase(desk: Desk, present: str, new: str, *, way: SlotKind = SlotKind.PASSPHRASE) -> None:
    """Set a new passphrase, with the present one or another secret of the vault.

    Old copies of the vault still open with the old one: `rotate` when somebody may know it. Raises Refused
    (E_PASSPHRASE, E_RECOVERY_CODE, E_SHARES, E_ESCROW, E_WEAK_PASSPHRASE).
    """
    cost = PRACTICE if desk.practice else calibrate()  # takes seconds, which no act should
    with _change(desk, "passphrase changed"):
        slots.change_passphrase(
            desk.folder, present, new, way=way, known=known_words(desk), params=cost, now=desk.now()
        )


def known_words(desk: Desk) -> tuple[str, ...]:
    """Give what somebody who knows the owner would try first."""
    return (desk.actor.name, desk.actor.organisation)


def new_recovery_code() -> str:
    """Make a recovery code; it opens nothing until it is kept."""
    return words.new_recovery_code()


def keep_recovery_code(desk: Desk, present: str, code: str) -> None:
    """Put a recovery code in force, in place of the one before; raises Refused (E_RECOVERY_CODE)."""
    with _change(desk, "recovery code renewed"):
        slots.keep_recovery_code(desk.folder, present, code, now=desk.now())


def new_shares() -> Shares:
    """Make five recovery shares; they open nothing until they are kept."""
    return Shares(shares.new_shares())


def keep_shares(desk: Desk, present: str, made: Shares) -> None:
    """Put recovery shares in force, in place of those before: any two of the five open the vault."""
    with _change(desk, "recovery shares made"):
        slots.keep_shares(desk.folder, present, made.words, now=desk.now())


def remove_slot(desk: Desk, present: str, slot_id: str) -> None:
    """Take a way in away; raises Refused (E_LAST_SLOT, E_NO_SLOT).

    The passphrase stays, and one way that helps when it is forgotten.
    """
    kinds = {slot.id: slot.kind for slot in slots_of(desk.folder)}
    kind = kinds.get(slot_id)
    with _change(desk, f"{_NAMES[kind] if kind else 'way in'} removed") as session:
        if kind is SlotKind.ESCROW:
            local.drop(session, ESCROW)
        slots.remove_slot(desk.folder, present, slot_id)


_NAMES = {
    SlotKind.PASSPHRASE: "passphrase",
    SlotKind.RECOVERY: "recovery code",
    SlotKind.SHARES: "recovery shares",
    SlotKind.ESCROW: "safekeeping",
}


def holder_identity() -> tuple[str, str]:
    """Make a key for a holder who has no tool for it: the secret to keep, and the recipient to name."""
    made = age.Identity.generate()
    return made.secret, made.recipient


def set_escrow(desk: Desk, present: str, holders: tuple[Holder, Holder]) -> None:
    """Put the vault's key into the safekeeping of two holders, who can open it only together.

    At least one is outside the advocate's line management. Raises Refused with a problem for each field.
    """
    holders = (_tidy(holders[0]), _tidy(holders[1]))
    _refuse_unfit(holders)
    kept = {
        holder.recipient: {"name": holder.name, "role": holder.role, "outside_line": holder.outside_line}
        for holder in holders
    }
    with _change(desk, "safekeeping set") as session:
        local.put(session, ESCROW, kept)
        slots.keep_escrow(desk.folder, present, [holder.recipient for holder in holders], now=desk.now())


def remove_escrow(desk: Desk, present: str) -> None:
    """End the safekeeping; raises Refused (E_LAST_SLOT, E_NO_SLOT)."""
    found = [slot.id for slot in slots_of(desk.folder) if slot.kind is SlotKind.ESCROW]
    remove_slot(desk, present, found[0] if found else "")


def escrow_of(desk: Desk) -> tuple[Holder, ...]:
    """Say who keeps the keys of the escrow slot in force; none where there is no such slot."""
    with desk.store.read() as session:
        named = local.get(session, ESCROW) or {}
    return tuple(
        Holder(recipient=part.recipient, **named.get(part.recipient, _NOBODY))
        for slot in slots.slots_of(desk.folder)
        if isinstance(slot, EscrowSlot)
        for part in slot.parts
    )


_NOBODY = {"name": "", "role": "", "outside_line": False}


def rotate(desk: Desk, present: str, new: str, code: str, progress: Progress) -> None:
    """Give the vault a new key, because somebody may know a secret of it; ends with the vault closed.

    See `rotating.rotate`, which this checks the present passphrase for.
    """
    confirm(desk, present)
    rotating.rotate(desk, new, code, progress)


@contextmanager
def _change(desk: Desk, detail: str) -> Iterator[Session]:
    """Open an act that says in the journal what is done to the header in it; a failure undoes both."""
    with tries.counted(desk.folder, desk.now()), desk.store.begin("keys") as session:
        note_access(desk, session, AccessKind.KEYS, detail=detail)
        yield session
        slots.note_generation(desk.folder, session)


def _tidy(holder: Holder) -> Holder:
    return Holder(
        " ".join(holder.name.split()),
        " ".join(holder.role.split()),
        holder.recipient.strip().lower(),
        holder.outside_line,
    )


def _refuse_unfit(holders: tuple[Holder, Holder]) -> None:
    problems = []
    for number, holder in enumerate(holders, 1):
        if not holder.name:
            problems.append(Problem(f"name_{number}", "Enter the holder's name."))
        try:
            age.check_recipient(holder.recipient)
        except Refused:
            text = "This is not a holder's key. It begins with age1 and has 62 characters."
            problems.append(Problem(f"recipient_{number}", text))
    if not problems and holders[0].recipient == holders[1].recipient:
        problems.append(Problem("recipient_2", "Both holders have the same key. Each needs their own."))
    if not any(holder.outside_line for holder in holders):
        text = "At least one holder has to be outside your line management."
        problems.append(Problem("outside_line", text))
    if problems:
        raise Refused(problems, code="E_ESCROW")
