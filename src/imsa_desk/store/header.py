"""The vault's header: key slots and the database in force, authenticated as a whole.

Canonical JSON of at most 64 KiB, binary fields in lower-case hex so that a value has one spelling. Each
slot wraps the vault's master key under its own secret and is bound to the vault by its additional data; the
message code under the master key shows slots that were added, removed or taken from an older header. A slot
holds no name: who keeps shares or escrow keys is known only inside the vault.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import uuid4

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace

from imsa_desk.crypto import keys
from imsa_desk.crypto.kdf import check_bounds
from imsa_desk.domain.canonical import canonical, parse_canonical
from imsa_desk.errors import Broken
from imsa_desk.store.atomic import replace_file
from imsa_desk.store.slot import EscrowSlot, Id, PassphraseSlot, RecoverySlot, Slot, open_slot
from imsa_desk.store.ways import Proof
from imsa_desk.vocab import SlotKind

HEADER = "vault.hdr"
PREVIOUS = "vault.hdr.prev"
MAX_BYTES = 64 * 1024
VERSION: Literal[1] = 1
_MAX_SLOTS = 16
_DEPTH = 6

_Mac = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
_Positive = Annotated[int, Meta(ge=1)]


class Database(Struct, frozen=True, forbid_unknown_fields=True):
    """The database in force."""

    file: str
    dbid: Id


class Header(Struct, frozen=True, forbid_unknown_fields=True):
    """Everything a vault says about itself before it is unlocked."""

    format: Literal["imsa-vault"]
    version: Literal[1]
    vault: Id
    gen: _Positive
    practice: bool
    kind: Literal["desk", "office"]
    db: Database
    slots: Annotated[tuple[Slot, ...], Meta(min_length=1, max_length=_MAX_SLOTS)]
    mac: _Mac


class _Peek(Struct):
    format: str
    version: int


def database_name(dbid: str) -> str:
    """Name the database file for its id; a header cannot point anywhere else."""
    return f"db-{dbid}.sqlite"


def anchor_name(dbid: str) -> str:
    """Name the anchor of a database, so that one rename of the header switches both."""
    return f"anchor-{dbid}"


def new_header(vault: str, kind: Literal["desk", "office"], practice: bool, slots: Sequence[Slot]) -> Header:
    """Make the first header of a vault, with a new database id; not yet authenticated."""
    dbid = uuid4().hex
    db = Database(database_name(dbid), dbid)
    return Header("imsa-vault", VERSION, vault, 1, practice, kind, db, tuple(slots), "0" * 64)


def encode_header(header: Header) -> bytes:
    """Spell a header in its one form."""
    return canonical(msgspec.to_builtins(header))


def parse_header(data: bytes) -> Header:
    """Read a header strictly; raises `Broken` with E_HEADER, or E_NEWER for a later version of the format.

    Nothing in it can be trusted before `authentic` says so.
    """
    if len(data) > MAX_BYTES or not data.isascii():
        raise damaged()
    try:
        value = parse_canonical(data, _DEPTH)
        if msgspec.convert(value, _Peek).version > VERSION:
            raise Broken(
                "This vault was made by a newer IMSA Desk. Install the newer version to open it.",
                code="E_NEWER",
            )
        header = msgspec.convert(value, Header)
        if encode_header(header) != data:
            raise damaged()
    except (msgspec.ValidationError, ValueError) as error:
        raise damaged() from error
    except Broken as error:
        if error.code == "E_CANONICAL":
            raise damaged() from error
        raise
    _check(header)
    return header


def _check(header: Header) -> None:
    """Refuse what the types alone let pass, before any key is derived."""
    if header.db.file != database_name(header.db.dbid):
        raise damaged()
    if len({slot.id for slot in header.slots}) != len(header.slots):
        raise damaged()
    for slot in header.slots:
        if isinstance(slot, PassphraseSlot | RecoverySlot):
            check_bounds(slot.kdf.params)
        elif isinstance(slot, EscrowSlot) and slot.parts[0].recipient == slot.parts[1].recipient:
            raise damaged()


def damaged() -> Broken:
    """Say that a header cannot be trusted."""
    return Broken(
        "The vault's header is damaged or was altered. Nothing was changed. Restore the vault from a backup, "
        "or ask your organisation for help.",
        code="E_HEADER",
    )


def read_header(file: Path) -> Header:
    """Read and parse a header file; raises `Broken` (E_HEADER, E_NEWER)."""
    try:
        with file.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise damaged() from error
    return parse_header(data)


def authenticate(header: Header, master: bytearray) -> Header:
    """Return the header with its message code under the master key."""
    return replace(header, mac=_mac(header, master).hex())


def authentic(header: Header, master: bytearray) -> bool:
    """Tell whether the header is, as a whole, what the holder of the master key wrote."""
    return keys.same(bytes.fromhex(header.mac), _mac(header, master))


def _mac(header: Header, master: bytearray) -> bytes:
    fields: dict[str, Any] = msgspec.to_builtins(header)
    del fields["mac"]
    key = keys.subkey(master, "header-mac")
    try:
        return keys.hmac_sha256(key, canonical(fields))
    finally:
        keys.wipe(key)


def try_slots(header: Header, secret: Proof, kind: SlotKind, skip: Sequence[Slot] = ()) -> bytearray | None:
    """Return the master key from the first slot of this kind that the secret opens; `None` if none does."""
    for slot in header.slots:
        if slot.kind is kind and slot not in skip:
            master = open_slot(slot, secret, header.vault)
            if master is not None:
                return master
    return None


def write_header(
    folder: Path, header: Header, proofs: Sequence[tuple[SlotKind, Proof]], *, keep: bool = True
) -> None:
    """Put a header in force atomically, after unlocking with the written copy by every secret of `proofs`.

    Slots that the header in force has too must stand in the copy as they are there, to the letter. With
    `keep` that header is kept as `vault.hdr.prev`. Raises `Broken` (E_HEADER) when the copy does not open;
    the old header then stays.
    """
    file = folder / HEADER
    data = encode_header(header)

    def prove(copy: Path) -> None:
        if copy.read_bytes() != data:
            raise damaged()
        written = read_header(copy)
        for kind, secret in proofs:
            master = try_slots(written, secret, kind)
            if master is None or not authentic(written, master):
                raise damaged()
            keys.wipe(master)
        if keep and file.exists():
            _same_where_kept(read_header(file), written)
            replace_file(folder / PREVIOUS, file.read_bytes())

    replace_file(file, data, prove)


def _same_where_kept(present: Header, written: Header) -> None:
    before = {slot.id: slot for slot in present.slots}
    if any(before.get(slot.id, slot) != slot for slot in written.slots):
        raise damaged()
