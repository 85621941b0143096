"""Gives a vault a new master key by copying its database under it; one rename of the header is the turn.

Until that rename everything new is a file that the header does not name, and the vault is the old one; from
then on it is the new one, whose header nothing old opens.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection
from sqlcipher3 import dbapi2 as sqlcipher

from imsa_desk.crypto import keys
from imsa_desk.crypto.kdf import FLOOR, Params
from imsa_desk.crypto.words import parse_recovery_code
from imsa_desk.errors import Broken
from imsa_desk.progress import Progress
from imsa_desk.store import header as headers
from imsa_desk.store.atomic import flush, flush_folder, replace_file
from imsa_desk.store.engine import PAGE, stamp, vault_engine
from imsa_desk.store.header import HEADER, PREVIOUS, Database, Header
from imsa_desk.store.slot import EscrowSlot, Slot, make_escrow_slot, make_slot
from imsa_desk.store.vault import MASTER_BYTES, OpenVault, opened_with, stamp_of
from imsa_desk.store.ways import Proof
from imsa_desk.vocab import SlotKind

_PIECE = 512


@dataclass(frozen=True, slots=True)
class Fresh:
    """The copy of a vault under its new key, named by no header yet."""

    vault: OpenVault
    header: Header
    """The header to come, without slots."""
    recipients: tuple[str, ...]
    """For whom the key was sealed so far."""
    master: bytearray = field(repr=False)


def copy_under_new_key(vault: OpenVault, connection: Connection, progress: Progress) -> Fresh:
    """Copy an open database into a new file of the same folder, under a new key and number.

    The caller keeps the database from changing. `progress` counts bytes and may raise to stop: nothing is
    left behind then. Raises `Broken` (E_HEADER, E_FOLDER).
    """
    present = headers.read_header(vault.folder / HEADER)
    recipients = tuple(
        part.recipient for slot in present.slots if isinstance(slot, EscrowSlot) for part in slot.parts
    )
    dbid = uuid4().hex
    db = Database(headers.database_name(dbid), dbid)
    header = Header(
        present.format,
        present.version,
        present.vault,
        present.gen + 1,
        present.practice,
        present.kind,
        db,
        (),
        "0" * 64,
    )
    master = bytearray(secrets.token_bytes(MASTER_BYTES))
    fresh = Fresh(opened_with(vault.folder, header, master), header, recipients, master)
    try:
        _copy(fresh.vault, connection, progress)
    except (OSError, sqlcipher.Error) as error:
        discard(fresh)
        raise _no_room() from error
    except BaseException:
        discard(fresh)
        raise
    return fresh


def _no_room() -> Broken:
    return Broken(
        "The vault could not be copied under its new key. Nothing was changed. Check that the disk has "
        "as much room again as the vault takes.",
        code="E_FOLDER",
    )


def _copy(new: OpenVault, connection: Connection, progress: Progress) -> None:
    source: Any = connection.connection.driver_connection

    def told(_status: int, remaining: int, total: int) -> None:
        progress((total - remaining) * PAGE, total * PAGE)

    key = new.key("db")
    try:
        engine = vault_engine(new.db_file, key, create=True)
        try:
            with engine.connect() as opened:
                source.backup(opened.connection.driver_connection, pages=_PIECE, progress=told)
        finally:
            engine.dispose()
        engine = vault_engine(new.db_file, key)
        try:
            stamp(engine, stamp_of(new))
        finally:
            engine.dispose()
    finally:
        keys.wipe(key)


def make_durable(fresh: Fresh) -> None:
    """Flush the closed new database and its name to the disk; raises `Broken` (E_FOLDER)."""
    db_file = fresh.vault.db_file
    try:
        if db_file.with_name(f"{db_file.name}-wal").exists():
            raise OSError("the log was not folded in")
        with db_file.open("r+b") as stream:
            flush(stream.fileno())
        flush_folder(db_file.parent)
    except OSError as error:
        raise _no_room() from error


def put_in_force(fresh: Fresh, passphrase: str, code: str, cost: Params, now: datetime) -> None:
    """Name the new database in the header, with new slots: from here on it is the vault.

    The header of before is not kept as the previous one, which would speak of another key; a copy of the new
    one is. Raises `Broken` (E_HEADER, E_FOLDER), `Refused` (E_RECOVERY_CODE); `is_in_force` tells on which
    side of the turn a failure was.
    """
    raw, vault = parse_recovery_code(code), fresh.header.vault
    proofs: list[tuple[SlotKind, Proof]] = [(SlotKind.PASSPHRASE, passphrase), (SlotKind.RECOVERY, raw)]
    slots: list[Slot] = [
        make_slot(SlotKind.PASSPHRASE, passphrase, fresh.master, vault, cost, now),
        make_slot(SlotKind.RECOVERY, raw, fresh.master, vault, FLOOR, now),
    ]
    joined = bytearray()
    try:
        if fresh.recipients:
            escrow, joined = make_escrow_slot(fresh.recipients, fresh.master, vault, now)
            slots.append(escrow)
            proofs.append((SlotKind.ESCROW, joined))
        _write(fresh, slots, proofs)
    finally:
        keys.wipe(joined)


def _write(fresh: Fresh, slots: Sequence[Slot], proofs: Sequence[tuple[SlotKind, Proof]]) -> None:
    header = Header(
        fresh.header.format,
        fresh.header.version,
        fresh.header.vault,
        fresh.header.gen,
        fresh.header.practice,
        fresh.header.kind,
        fresh.header.db,
        tuple(slots),
        fresh.header.mac,
    )
    whole = headers.authenticate(header, fresh.master)
    folder = fresh.vault.folder
    try:
        headers.write_header(folder, whole, proofs, keep=False)
    except OSError as error:
        raise Broken(
            "The vault's header could not be written. Check that the disk has room.", code="E_FOLDER"
        ) from error
    with suppress(OSError):  # `drop_superseded` does it again
        replace_file(folder / PREVIOUS, headers.encode_header(whole))


def is_in_force(fresh: Fresh) -> bool:
    """Tell whether the header names the new database."""
    try:
        return headers.read_header(fresh.vault.folder / HEADER).db == fresh.header.db
    except Broken:
        return True  # not to be told: nothing may be deleted then


def discard(fresh: Fresh) -> None:
    """Take a copy away that did not come into force, and forget its key."""
    db_file: Path = fresh.vault.db_file
    anchor = fresh.vault.folder / headers.anchor_name(fresh.vault.dbid)
    for file in (db_file, db_file.with_name(f"{db_file.name}-wal"), anchor):
        with suppress(OSError):
            file.unlink(missing_ok=True)
    fresh.vault.close()
