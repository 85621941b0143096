"""The vault: a folder with an authenticated header and one encrypted database.

Creating and unlocking. Every refusal leaves the folder as it was; a vault is never repaired, re-created or
emptied by itself.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable, Sequence
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
from imsa_desk.store.atomic import flush_folder, replace_file
from imsa_desk.store.engine import check_size, check_versions, is_stamped, stamp, vault_engine
from imsa_desk.store.header import HEADER, PREVIOUS, Header
from imsa_desk.store.passphrase import check_passphrase
from imsa_desk.store.slot import Slot, doubtful, make_slot
from imsa_desk.store.sync_folder import sync_service
from imsa_desk.store.ways import Proof, proof_of, superseded, wrong
from imsa_desk.vocab import SlotKind

LOCK = ".lock"
VaultKind = Literal["desk", "office"]
KeyLabel = Literal["db", "anchor", "backup", "local-settings"]
_Proofs = tuple[tuple[SlotKind, str | bytes], ...]
MASTER_BYTES = 32
_OURS = re.compile(r"(?:db-[0-9a-f]{32}\.sqlite(?:-wal)?|anchor-[0-9a-f]{32})(?:\.tmp)?\Z")
_DOUBT = (
    "The vault's header may be damaged as well: it differs from its own copy where it should not. If you are "
    "sure of what you typed, try another way to open the vault, or restore it from a backup."
)


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
    known: Sequence[str] = (),
    params: Params | None = None,
    now: datetime | None = None,
    fill: Callable[[OpenVault], None] | None = None,
) -> tuple[OpenVault, str]:
    """Make a vault in an absent or empty folder; return it open, and its recovery code, which is shown once.

    `known` are words that would be guessed first, such as the owner's name. Without `params` a real vault's
    cost is measured on this computer (some seconds). `fill` writes the first records, and closes what it
    opened; the header comes last, so that a creation that was cut off leaves no vault that cannot be opened.
    Raises `Refused` (E_NOT_EMPTY, E_WEAK_PASSPHRASE, E_SYNC_FOLDER) and `Broken` (E_FOLDER); a failure leaves
    nothing behind.
    """
    check_versions()
    _refuse_used(folder)
    if not practice:
        check_passphrase(passphrase, known)
        _refuse_synced(folder)
    cost = params or (PRACTICE if practice else calibrate())
    code = new_recovery_code()
    made = not folder.is_dir()
    master = bytearray(secrets.token_bytes(MASTER_BYTES))
    vault = headers.new_header(secrets.token_hex(16), kind, practice, ())
    try:
        private_folder(folder)
        tighten(folder)
        opened = opened_with(folder, vault, master)
        _create_database(opened)
        if fill is not None:
            fill(opened)
        proofs: _Proofs = ((SlotKind.PASSPHRASE, passphrase), (SlotKind.RECOVERY, parse_recovery_code(code)))
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
    proofs: _Proofs, costs: tuple[Params, ...], master: bytearray, vault: str, moment: datetime
) -> tuple[Slot, ...]:
    return tuple(
        make_slot(kind, secret, master, vault, cost, moment)
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
        stamp(engine, stamp_of(vault))
    finally:
        engine.dispose()


def _remove(folder: Path, db_file: str, *, whole: bool) -> None:
    """Take away what an unsuccessful creation wrote; the folder was empty before."""
    # The error that stopped the creation is the one to report, not one met in tidying up.
    anchors = [file.name for file in folder.glob("anchor*")]
    for name in (db_file, db_file + "-wal", HEADER, HEADER + ".tmp", *anchors):
        with suppress(OSError):
            (folder / name).unlink()
    if whole:
        with suppress(OSError):
            folder.rmdir()


def unlock_vault(folder: Path, secret: str, *, way: SlotKind = SlotKind.PASSPHRASE) -> OpenVault:
    """Unlock a vault with one of its secrets; changes nothing on disk.

    For SHARES `secret` is two or more shares, for ESCROW the keys of both holders, one a line. Raises
    `Refused` (E_NO_VAULT, E_PASSPHRASE, E_RECOVERY_CODE, E_SHARES, E_ESCROW) and `Broken` (E_HEADER, E_NEWER,
    E_MEMORY, E_NO_DATABASE, E_DATABASE_EMPTY). May be used to ask for the passphrase again while the vault is
    open.
    """
    header, master = unlock_header(folder, way, proof_of(secret, way))
    vault = opened_with(folder, header, master)
    try:
        check_size(vault.db_file)
    except BaseException:
        vault.close()
        raise
    return vault


def drop_superseded(folder: Path) -> None:
    """Delete databases and anchors that the header in force does not name: a rotation or restore left them.

    Called after an open and a verified backup. They open with secrets that no longer count, so what `prev`
    says about them goes too. A file that cannot be deleted now is tried again the next time. Raises `Broken`
    (E_HEADER).
    """
    data = (folder / HEADER).read_bytes()
    header = headers.parse_header(data)
    named = {header.db.file, f"{header.db.file}-wal", headers.anchor_name(header.db.dbid)}
    earlier = _read_earlier(folder)
    with suppress(OSError):
        if earlier is not None and earlier.db != header.db:
            replace_file(folder / PREVIOUS, data)
        for each in list(folder.iterdir()):
            if _OURS.match(each.name) and each.name not in named:
                each.unlink()
        flush_folder(folder)


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
        ours = is_stamped(engine, stamp_of(vault))
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


def unlock_header(folder: Path, kind: SlotKind, secret: Proof) -> tuple[Header, bytearray]:
    """Return the authenticated header and the master key, which the caller wipes; see `unlock_vault`."""
    if not _is_vault(folder):
        raise Refused(
            "There is no vault in this folder. Choose the folder of your vault, or create a new one.",
            code="E_NO_VAULT",
        )
    try:
        header = headers.read_header(folder / HEADER)
    except Broken as error:
        earlier = _read_earlier(folder) if error.code == "E_HEADER" else None
        found = None if earlier is None else _opened_by(earlier, kind, secret)
        if found is not None:
            keys.wipe(found)
            raise _earlier_opens() from error
        raise
    master = headers.try_slots(header, secret, kind)
    if master is None:
        raise _why_not(folder, header, kind, secret)
    if not headers.authentic(header, master):
        keys.wipe(master)
        raise headers.damaged()
    return header, master


def _why_not(folder: Path, header: Header, kind: SlotKind, secret: Proof) -> Refused | Broken:
    """Tell a wrong secret from a damaged slot, by the header before the last change."""
    earlier = _read_earlier(folder)
    master = None if earlier is None else _opened_by(earlier, kind, secret, header.slots)
    if earlier is not None and master is not None:
        # A header that names another database is from before a rotation: its master key opened that one.
        intact = earlier.db != header.db or headers.authentic(header, master)
        keys.wipe(master)
        if not intact:
            return _earlier_opens()
        return superseded(kind)
    mine = [slot for slot in header.slots if slot.kind is kind]
    doubt = earlier is not None and doubtful(mine, earlier.slots)
    return wrong(kind, there=bool(mine), doubt=_DOUBT if doubt else "")


def _read_earlier(folder: Path) -> Header | None:
    try:
        return headers.read_header(folder / PREVIOUS)
    except Broken:
        return None


def _opened_by(
    earlier: Header, kind: SlotKind, secret: Proof, tried: Sequence[Slot] = ()
) -> bytearray | None:
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


def opened_with(folder: Path, header: Header, master: bytearray) -> OpenVault:
    """Give the open vault of a header whose master key is at hand; it wipes the key when it is closed."""
    return OpenVault(
        folder, header.vault, header.practice, header.kind, folder / header.db.file, header.db.dbid, master
    )


def stamp_of(vault: OpenVault) -> int:
    """Give the 31-bit number that ties a database to one vault and one header."""
    digest = hashlib.sha256(f"imsa-db {vault.vault_id} {vault.dbid}".encode()).digest()
    return int.from_bytes(digest[:4], "big") & 0x7FFFFFFF
