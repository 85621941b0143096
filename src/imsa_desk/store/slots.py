"""Changes the secrets that open a vault; the database and its key stay as they are."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from msgspec.structs import replace

from imsa_desk.crypto import keys
from imsa_desk.crypto.kdf import FLOOR, PRACTICE, Params, calibrate
from imsa_desk.crypto.words import new_recovery_code, parse_recovery_code
from imsa_desk.errors import Broken
from imsa_desk.store import header as headers
from imsa_desk.store.header import Header, Slot
from imsa_desk.store.passphrase import check_passphrase
from imsa_desk.store.vault import proof_of, unlock_header
from imsa_desk.vocab import SlotKind


def change_passphrase(
    folder: Path,
    secret: str,
    new: str,
    *,
    with_recovery_code: bool = False,
    params: Params | None = None,
    now: datetime | None = None,
) -> None:
    """Replace the passphrase, knowing the present one or the recovery code; the database is not touched.

    Whoever has an old copy of the header and the old passphrase can still open old copies of the vault.
    Raises what `unlock_vault` does, and `Refused` (E_WEAK_PASSPHRASE).
    """
    header, master = unlock_header(folder, *proof_of(secret, with_recovery_code))
    if not header.practice:
        check_passphrase(new)
    cost = params or (PRACTICE if header.practice else calibrate())
    _replace_slots(folder, header, master, SlotKind.PASSPHRASE, new, cost, now)


def renew_recovery_code(folder: Path, passphrase: str, *, now: datetime | None = None) -> str:
    """Replace the recovery code, knowing the passphrase; return the new one, which is shown once."""
    header, master = unlock_header(folder, SlotKind.PASSPHRASE, passphrase)
    code = new_recovery_code()
    _replace_slots(folder, header, master, SlotKind.RECOVERY, parse_recovery_code(code), FLOOR, now)
    return code


def _replace_slots(
    folder: Path,
    header: Header,
    master: bytearray,
    kind: SlotKind,
    secret: str | bytes,
    cost: Params,
    now: datetime | None,
) -> None:
    try:
        slot = headers.make_slot(kind, secret, master, header.vault, cost, now or datetime.now(UTC))
        slots: tuple[Slot, ...] = (*(each for each in header.slots if each.kind is not kind), slot)
        changed = headers.authenticate(replace(header, gen=header.gen + 1, slots=slots), master)
        headers.write_header(folder, changed, [(kind, secret)])
    except OSError as error:
        raise Broken(
            "The vault's header could not be written. Nothing was changed. Check that the disk has room.",
            code="E_FOLDER",
        ) from error
    finally:
        keys.wipe(master)
