"""Finds the key of a backup, by the header in force or by the backup's own, and makes the next header."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import msgspec

from imsa_desk.crypto import keys
from imsa_desk.errors import Broken, ImsaError, Refused
from imsa_desk.services.opened_backup import refuse_altered
from imsa_desk.store import backup, vault
from imsa_desk.store import header as headers
from imsa_desk.store.backup import Trailer
from imsa_desk.store.header import HEADER, Database, Header
from imsa_desk.store.keeping import files_of
from imsa_desk.store.vault import OpenVault
from imsa_desk.store.ways import WRONG_CODES, Proof, proof_of, wrong
from imsa_desk.vocab import SlotKind, VaultKind

_OTHER_KIND = {
    VaultKind.DESK: "This backup belongs to an office. Open it with imsa-office.",
    VaultKind.OFFICE: "This backup belongs to an advocate, not to an office. Open it with IMSA Desk.",
}


@dataclass(frozen=True, slots=True)
class Opened:
    """The header that the restored vault will have, and the key it holds."""

    header: Header
    vault: OpenVault
    proof: tuple[SlotKind, Proof] = field(repr=False)
    other_key: bool


def present_header(folder: Path) -> Header | None:
    """Give the header in force, if it can be read; nothing of it is proven."""
    try:
        return headers.read_header(folder / HEADER)
    except ImsaError:
        return None


def open_keys(
    trailer: Trailer, folder: Path, secret: str, way: SlotKind, kind: VaultKind = VaultKind.DESK
) -> Opened:
    """Find the key of a backup: by the vault's header in force if that opens it, else by the backup's own.

    Raises Refused (E_KIND) for the backup of a vault of another kind.
    """
    if header_of(trailer).kind != kind:
        raise Refused(_OTHER_KIND[kind], code="E_KIND")
    present, proof = present_header(folder), proof_of(secret, way)
    if present is not None and present.vault != trailer.vault:
        raise backup.refused("it belongs to another vault.")
    if present is not None:
        found = _by_present(trailer, folder, way, proof)
        if found is not None:
            return _made(present, present, found, folder, (way, proof), other_key=False)
    then = header_of(trailer)
    if present is not None and any(slot in present.slots for slot in then.slots):
        # The same slot holds the same key: if that key did not write the trailer, nobody honest did.
        _refuse_forged(present, way, proof)
    master = headers.try_slots(then, proof, way)
    if master is None:
        raise wrong(way, there=any(slot.kind is way for slot in then.slots))
    if not headers.authentic(then, master):
        keys.wipe(master)
        raise backup.refused("it was altered.")
    opened = _made(then, present, master, folder, (way, proof), other_key=bool(files_of(folder)))
    try:
        refuse_altered(trailer, opened.vault)
    except BaseException:
        opened.vault.close()
        raise
    return opened


def header_of(trailer: Trailer) -> Header:
    """Read the header that a backup carries; raises Broken (E_BACKUP, E_NEWER)."""
    try:
        then = headers.parse_header(bytes.fromhex(trailer.header))
    except Broken as error:
        raise error if error.code == "E_NEWER" else backup.refused("it was altered.") from error
    if then.vault != trailer.vault or then.db.dbid != trailer.dbid:
        raise backup.refused("it was altered.")
    return then


def _refuse_forged(present: Header, way: SlotKind, proof: Proof) -> None:
    master = headers.try_slots(present, proof, way)
    if master is not None:
        keys.wipe(master)
        raise backup.refused("it was altered.")


def _by_present(trailer: Trailer, folder: Path, way: SlotKind, proof: Proof) -> bytearray | None:
    try:
        _, master = vault.unlock_header(folder, way, proof)
    except ImsaError as error:
        if error.code in WRONG_CODES or error.code == "E_HEADER":
            return None
        raise
    key = keys.subkey(master, backup.MAC_LABEL)
    genuine = backup.genuine(trailer, key)
    keys.wipe(key)
    if not genuine:
        keys.wipe(master)
        return None
    return master


def _made(
    header: Header,
    present: Header | None,
    master: bytearray,
    folder: Path,
    proof: tuple[SlotKind, Proof],
    *,
    other_key: bool,
) -> Opened:
    """Make the next header: the slots of this one, a database of its own."""
    dbid = uuid4().hex
    gen = max(header.gen, present.gen if present is not None else 0) + 1
    fresh = msgspec.structs.replace(header, gen=gen, db=Database(headers.database_name(dbid), dbid))
    fresh = headers.authenticate(fresh, master)
    return Opened(fresh, vault.opened_with(folder, fresh, master), proof, other_key)
