"""Changes the secrets that open a vault; the database and its key stay as they are.

Each change replaces the header as a whole, after the new one was written and unlocked. Whoever has an old
copy of the header and a secret of that time can still open the vault with it: only a rotation ends that.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from msgspec.structs import replace
from sqlalchemy.orm import Session

from imsa_desk.crypto import keys, shares
from imsa_desk.crypto.kdf import FLOOR, PRACTICE, Params, calibrate
from imsa_desk.crypto.words import parse_recovery_code
from imsa_desk.errors import Broken, Refused
from imsa_desk.store import header as headers
from imsa_desk.store import local
from imsa_desk.store.header import HEADER, Header
from imsa_desk.store.passphrase import check_passphrase
from imsa_desk.store.slot import Slot, make_escrow_slot, make_shares_slot, make_slot
from imsa_desk.store.vault import unlock_header
from imsa_desk.store.ways import Proof, proof_of
from imsa_desk.vocab import SlotKind

_Made = tuple[Slot, Proof]
_Make = Callable[[Header, bytearray], _Made]


GENERATION = "keys.generation"
"""Local value: the number of the header that was in force when a secret was last changed or used."""


def note_generation(folder: Path, session: Session) -> tuple[int, int]:
    """Keep the number of the header in force; give the one known before (0 for none) and this one.

    An earlier header put back, with the secrets of its time, has a smaller number than the vault knows of.
    """
    known, present = local.get(session, GENERATION) or 0, headers.read_header(folder / HEADER).gen
    if known != present:
        local.put(session, GENERATION, present)
    return known, present


def slots_of(folder: Path) -> tuple[Slot, ...]:
    """Give the slots of a vault's header, unproven; raises `Broken` (E_HEADER, E_NEWER)."""
    return headers.read_header(folder / HEADER).slots


def change_passphrase(
    folder: Path,
    secret: str,
    new: str,
    *,
    way: SlotKind = SlotKind.PASSPHRASE,
    known: Sequence[str] = (),
    params: Params | None = None,
    now: datetime | None = None,
) -> None:
    """Replace the passphrase, knowing the present one or another secret; the database is not touched.

    Raises what `unlock_vault` does, and `Refused` (E_WEAK_PASSPHRASE).
    """

    def make(header: Header, master: bytearray) -> _Made:
        if not header.practice:
            check_passphrase(new, known)
        cost = params or (PRACTICE if header.practice else calibrate())
        slot = make_slot(SlotKind.PASSPHRASE, new, master, header.vault, cost, now or datetime.now(UTC))
        return slot, new

    _replace_slot(folder, secret, way, make)


def keep_recovery_code(folder: Path, passphrase: str, code: str, *, now: datetime | None = None) -> None:
    """Put a recovery code in the place of the one before; raises also `Refused` (E_RECOVERY_CODE)."""
    raw = parse_recovery_code(code)

    def make(header: Header, master: bytearray) -> _Made:
        slot = make_slot(SlotKind.RECOVERY, raw, master, header.vault, FLOOR, now or datetime.now(UTC))
        return slot, raw

    _replace_slot(folder, passphrase, SlotKind.PASSPHRASE, make)


def keep_shares(folder: Path, passphrase: str, words: Sequence[str], *, now: datetime | None = None) -> None:
    """Put a set of recovery shares in the place of the one before; raises also `Refused` (E_SHARES)."""
    secret = shares.combine(words)

    def make(header: Header, master: bytearray) -> _Made:
        return make_shares_slot(secret, master, header.vault, now or datetime.now(UTC)), secret

    try:
        _replace_slot(folder, passphrase, SlotKind.PASSPHRASE, make)
    finally:
        keys.wipe(secret)


def keep_escrow(
    folder: Path, passphrase: str, recipients: Sequence[str], *, now: datetime | None = None
) -> None:
    """Seal the key for two holders, in the place of those before.

    Raises also `Refused` (E_ESCROW, E_RECIPIENT).
    """

    def make(header: Header, master: bytearray) -> _Made:
        return make_escrow_slot(recipients, master, header.vault, now or datetime.now(UTC))

    _replace_slot(folder, passphrase, SlotKind.PASSPHRASE, make)


def remove_slot(folder: Path, passphrase: str, slot_id: str) -> SlotKind:
    """Take a way in away; says which kind it was.

    Raises also `Refused` (E_LAST_SLOT) for the passphrase and for the last way that helps when it is
    forgotten, and (E_NO_SLOT).
    """
    header, master = unlock_header(folder, SlotKind.PASSPHRASE, passphrase)
    try:
        found = next((slot for slot in header.slots if slot.id == slot_id), None)
        if found is None:
            raise Refused("This way into the vault is no longer there.", code="E_NO_SLOT")
        left = tuple(slot for slot in header.slots if slot is not found)
        _refuse_last(found, left)
        _write(folder, header, master, left, [(SlotKind.PASSPHRASE, passphrase)])
    finally:
        keys.wipe(master)
    return found.kind


def _refuse_last(found: Slot, left: tuple[Slot, ...]) -> None:
    if found.kind is SlotKind.PASSPHRASE:
        raise Refused("The passphrase cannot be removed, only changed.", code="E_LAST_SLOT")
    if all(slot.kind is SlotKind.PASSPHRASE for slot in left):
        raise Refused(
            "This is the only way in if the passphrase is forgotten. Set up another one first.",
            code="E_LAST_SLOT",
        )


def _replace_slot(folder: Path, secret: str, way: SlotKind, make: _Make) -> None:
    """Put the slot that `make` gives in the place of all of its kind, knowing a present secret."""
    header, master = unlock_header(folder, way, proof_of(secret, way))
    proof: Proof = b""
    try:
        slot, proof = make(header, master)
        slots = (*(each for each in header.slots if each.kind is not slot.kind), slot)
        _write(folder, header, master, slots, [(slot.kind, proof)])
    finally:
        keys.wipe(master)
        if isinstance(proof, bytearray):
            keys.wipe(proof)


def _write(
    folder: Path,
    header: Header,
    master: bytearray,
    slots: tuple[Slot, ...],
    proofs: Sequence[tuple[SlotKind, Proof]],
) -> None:
    changed = headers.authenticate(replace(header, gen=header.gen + 1, slots=slots), master)
    try:
        headers.write_header(folder, changed, proofs)
    except OSError as error:
        raise Broken(
            "The vault's header could not be written. Nothing was changed. Check that the disk has room.",
            code="E_FOLDER",
        ) from error
