"""The vault: a folder with an authenticated header and one encrypted database.

Creating and unlocking. Every refusal leaves the folder as it was; a vault is never
repaired, re-created or emptied by itself.
"""

from __future__ import annotations

import hashlib
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from msgspec.structs import replace
from sqlalchemy import Engine

from imsa_desk.crypto import keys
from imsa_desk.crypto.kdf import FLOOR, PRACTICE, Params, calibrate
from imsa_desk.crypto.words import new_recovery_code, parse_recovery_code
from imsa_desk.errors import Broken, Refused
from imsa_desk.paths import private_folder, tighten
from imsa_desk.store import header as headers
from imsa_desk.store.engine import check_size, check_versions, is_stamped, stamp, vault_engine
from imsa_desk.store.header import HEADER, PREVIOUS, Header, Slot
from imsa_desk.store.passphrase import check_passphrase
from imsa_desk.store.sync_folder import sync_service
from imsa_desk.vocab import SlotKind

LOCK = ".lock"
VaultKind = Literal["desk", "office"]
KeyLabel = Literal["db", "anchor", "backup", "local-settings"]
Proofs = tuple[tuple[SlotKind, str | bytes], ...]
_MASTER_BYTES = 32


@dataclass(frozen=True, slots=True)
class VaultInfo:
    """What a folder says about itself without a secret; nothing of it is proven yet."""

    exists: bool
    readable: bool = False
    practice: bool = False
    kind: VaultKind = "desk"


@dataclass(frozen=True, slots=True, eq=False)
class OpenVault:
    """An unlocked vault: where it is and the keys it gives out. `close` forgets them."""

    folder: Path
    vault_id: str
    practice: bool
    kind: VaultKind
    db_file: Path
    dbid: str
    _master: bytearray = field(repr=False)

    def key(self, label: KeyLabel) -> bytearray:
        """Derive the key for one purpose; the caller wipes it. Raises `Broken` (E_CLOSED) after `close`."""
        if not self._master:
            raise Broken("The vault is closed. Unlock it again.", code="E_CLOSED")
        return keys.subkey(self._master, label)

    def close(self) -> None:
        """Wipe the keys."""
        keys.wipe(self._master)
        self._master.clear()


def describe(folder: Path) -> VaultInfo:
    """Look at a folder without a secret, for the unlock page."""
    if not _is_vault(folder):
        return VaultInfo(exists=False)
    try:
        header = headers.read_header(folder / HEADER)
    except Broken:
        return VaultInfo(exists=True)
    return VaultInfo(True, True, header.practice, header.kind)


def create_vault(
    folder: Path,
    passphrase: str,
    *,
    practice: bool,
    kind: VaultKind = "desk",
    params: Params | None = None,
    now: datetime | None = None,
) -> tuple[OpenVault, str]:
    """Make a vault in an absent or empty folder; return it open, and its recovery code, which is shown once.

    Without `params` a real vault's cost is measured on this computer (some seconds). Raises `Refused`
    (E_NOT_EMPTY, E_WEAK_PASSPHRASE, E_SYNC_FOLDER) and `Broken` (E_FOLDER); a failure leaves nothing behind.
    """
    check_versions()
    _refuse_used(folder)
    if not practice:
        check_passphrase(passphrase)
        _refuse_synced(folder)
    cost = params or (PRACTICE if practice else calibrate())
    code = new_recovery_code()
    made = not folder.is_dir()
    master = bytearray(secrets.token_bytes(_MASTER_BYTES))
    vault = headers.new_header(secrets.token_hex(16), kind, practice, ())
    try:
        private_folder(folder)
        tighten(folder)
        opened = _opened(folder, vault, master)
        _create_database(opened)
        proofs: Proofs = ((SlotKind.PASSPHRASE, passphrase), (SlotKind.RECOVERY, parse_recovery_code(code)))
        slots = _slots(proofs, (cost, FLOOR), master, vault.vault, now or datetime.now(UTC))
        headers.write_header(folder, headers.authenticate(replace(vault, slots=slots), master), proofs)
    except BaseException as error:
        keys.wipe(master)
        _remove(folder, vault.db.file, whole=made)
        if isinstance(error, OSError):
            raise Broken(
                "The vault could not be written. Check that the folder can be written to and the disk has "
                "room.",
                code="E_FOLDER",
            ) from error
        raise
    return opened, code


def _slots(
    proofs: Proofs, costs: tuple[Params, ...], master: bytearray, vault: str, moment: datetime
) -> tuple[Slot, ...]:
    return tuple(
        headers.make_slot(kind, secret, master, vault, cost, moment)
        for (kind, secret), cost in zip(proofs, costs, strict=True)
    )


def _refuse_used(folder: Path) -> None:
    try:
        used = folder.exists() and (
            not folder.is_dir() or any(each.name != LOCK for each in folder.iterdir())
        )
    except OSError as error:
        raise Broken("The folder cannot be read. Choose another one.", code="E_FOLDER") from error
    if used:
        raise Refused(
            "The folder is not empty. Choose a new or an empty folder for the vault.", code="E_NOT_EMPTY"
        )


def _refuse_synced(folder: Path) -> None:
    service = sync_service(folder)
    if service is not None:
        raise Refused(
            f"This folder is copied by {service}, which would copy an open vault in halves. Choose a folder "
            "that stays on this computer.",
            code="E_SYNC_FOLDER",
        )


def _create_database(vault: OpenVault) -> None:
    key = vault.key("db")
    try:
        engine = vault_engine(vault.db_file, key, create=True)
    finally:
        keys.wipe(key)
    try:
        stamp(engine, _number(vault))
    finally:
        engine.dispose()


def _remove(folder: Path, db_file: str, *, whole: bool) -> None:
    """Take away what an unsuccessful creation wrote; the folder was empty before."""
    # The error that stopped the creation is the one to report, not one met in tidying up.
    for name in (db_file, db_file + "-wal", HEADER, HEADER + ".tmp"):
        with suppress(OSError):
            (folder / name).unlink()
    if whole:
        with suppress(OSError):
            folder.rmdir()


def unlock_vault(folder: Path, secret: str, *, with_recovery_code: bool = False) -> OpenVault:
    """Unlock a vault with its passphrase or its recovery code; changes nothing on disk.

    Raises `Refused` (E_NO_VAULT, E_PASSPHRASE, E_RECOVERY_CODE) and `Broken` (E_HEADER, E_NEWER, E_MEMORY,
    E_NO_DATABASE, E_DATABASE_EMPTY). May be used to ask for the passphrase again while the vault is open.
    """
    header, master = unlock_header(folder, *proof_of(secret, with_recovery_code))
    vault = _opened(folder, header, master)
    try:
        check_size(vault.db_file)
    except BaseException:
        vault.close()
        raise
    return vault


def open_database(vault: OpenVault) -> Engine:
    """Open an unlocked vault's database for this one process.

    Raises what `vault_engine` does, and `Broken` (E_OTHER_DATABASE) for a database from another time or
    vault.
    """
    key = vault.key("db")
    try:
        engine = vault_engine(vault.db_file, key)
    finally:
        keys.wipe(key)
    try:
        ours = is_stamped(engine, _number(vault))
    except BaseException:
        engine.dispose()
        raise
    if not ours:
        engine.dispose()
        raise Broken(
            "The vault's database does not belong to this vault. Nothing was changed. Restore the vault "
            "from a backup.",
            code="E_OTHER_DATABASE",
        )
    return engine


def proof_of(secret: str, with_recovery_code: bool) -> tuple[SlotKind, str | bytes]:
    """Say which slots a typed secret is for, and in what form; raises `Refused` (E_RECOVERY_CODE)."""
    if with_recovery_code:
        return SlotKind.RECOVERY, parse_recovery_code(secret)
    return SlotKind.PASSPHRASE, secret


def unlock_header(folder: Path, kind: SlotKind, secret: str | bytes) -> tuple[Header, bytearray]:
    """Return the authenticated header and the master key, which the caller wipes; see `unlock_vault`."""
    if not _is_vault(folder):
        raise Refused(
            "There is no vault in this folder. Choose the folder of your vault, or create a new one.",
            code="E_NO_VAULT",
        )
    try:
        header = headers.read_header(folder / HEADER)
    except Broken as error:
        if error.code == "E_HEADER" and _earlier(folder, kind, secret) is not None:
            raise _earlier_opens() from error
        raise
    master = headers.try_slots(header, secret, kind)
    if master is None:
        raise _why_not(folder, header, kind, secret)
    if not headers.authentic(header, master):
        keys.wipe(master)
        raise headers.damaged()
    return header, master


def _why_not(folder: Path, header: Header, kind: SlotKind, secret: str | bytes) -> Refused | Broken:
    """Tell a wrong secret from a damaged slot, by the header before the last change."""
    master = _earlier(folder, kind, secret, header.slots)
    if master is not None:
        intact = headers.authentic(header, master)
        keys.wipe(master)
        if not intact:
            return _earlier_opens()
        return Refused(
            "This is the passphrase or code from before the last change. Use the present one.",
            code="E_PASSPHRASE",
        )
    if kind is SlotKind.RECOVERY:
        return Refused("This recovery code does not open this vault.", code="E_PASSPHRASE")
    return Refused(
        "The passphrase is not right. Check the keyboard's language and the Caps Lock key, and try again.",
        code="E_PASSPHRASE",
    )


def _earlier(
    folder: Path, kind: SlotKind, secret: str | bytes, tried: tuple[Slot, ...] = ()
) -> bytearray | None:
    try:
        earlier = headers.read_header(folder / PREVIOUS)
    except Broken:
        return None
    master = headers.try_slots(earlier, secret, kind, tried)
    if master is None or headers.authentic(earlier, master):
        return master
    keys.wipe(master)
    return None


def _earlier_opens() -> Broken:
    return Broken(
        "The vault's header is damaged, but the copy from before its last change still opens. Nothing was "
        "changed. Keep the folder as it is and restore the vault from a backup, or ask your organisation "
        "for help.",
        code="E_HEADER",
    )


def _is_vault(folder: Path) -> bool:
    return (folder / HEADER).exists() or (folder / PREVIOUS).exists()


def _opened(folder: Path, header: Header, master: bytearray) -> OpenVault:
    return OpenVault(
        folder, header.vault, header.practice, header.kind, folder / header.db.file, header.db.dbid, master
    )


def _number(vault: OpenVault) -> int:
    """Give the 31-bit number that ties a database to one vault and one header."""
    digest = hashlib.sha256(f"imsa-db {vault.vault_id} {vault.dbid}".encode()).digest()
    return int.from_bytes(digest[:4], "big") & 0x7FFFFFFF
