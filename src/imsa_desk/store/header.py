"""The vault's header: key slots and the database in force, authenticated as a whole.

Canonical JSON of at most 64 KiB, binary fields in lower-case hex so that a value has one spelling. Each
slot wraps the vault's master key under its own secret and is bound to the vault by its additional data; the
message code under the master key shows slots that were added, removed or taken from an older header.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import uuid4

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace

from imsa_desk.crypto import aead, keys
from imsa_desk.crypto.kdf import SALT_BYTES, Params, check_bounds, derive
from imsa_desk.domain.canonical import canonical, parse_canonical
from imsa_desk.errors import Broken
from imsa_desk.store.atomic import replace_file
from imsa_desk.vocab import SlotKind

HEADER = "vault.hdr"
PREVIOUS = "vault.hdr.prev"
MAX_BYTES = 64 * 1024
VERSION: Literal[1] = 1
_MAX_SLOTS = 16
_DEPTH = 6
_ARGON: Literal["argon2id"] = "argon2id"

# \Z and not $, which would let a line end through: a second spelling of the same bytes.
_Id = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}\Z")]
_Nonce = Annotated[str, Meta(pattern=r"^[0-9a-f]{24}\Z")]
_Wrapped = Annotated[str, Meta(pattern=r"^[0-9a-f]{96}\Z")]
_Mac = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
_When = Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z")]
_Positive = Annotated[int, Meta(ge=1)]


class Kdf(Struct, frozen=True, forbid_unknown_fields=True):
    """How a slot's secret becomes a key."""

    name: Literal["argon2id"]
    memory_kib: _Positive
    passes: _Positive
    lanes: _Positive
    salt: _Id

    @property
    def params(self) -> Params:
        """The cost of one try."""
        return Params(self.memory_kib, self.passes, self.lanes)


class Slot(Struct, frozen=True, forbid_unknown_fields=True):
    """The master key, wrapped under one secret."""

    id: _Id
    kind: SlotKind
    created: _When
    kdf: Kdf
    nonce: _Nonce
    wrapped: _Wrapped


class Database(Struct, frozen=True, forbid_unknown_fields=True):
    """The database in force."""

    file: str
    dbid: _Id


class Header(Struct, frozen=True, forbid_unknown_fields=True):
    """Everything a vault says about itself before it is unlocked."""

    format: Literal["imsa-vault"]
    version: Literal[1]
    vault: _Id
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
        check_bounds(slot.kdf.params)


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


def make_slot(
    kind: SlotKind, secret: str | bytes, master: bytearray, vault: str, params: Params, created: datetime
) -> Slot:
    """Wrap the master key under a secret."""
    kdf = Kdf(_ARGON, params.memory_kib, params.passes, params.lanes, secrets.token_hex(SALT_BYTES))
    when = created.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    slot = Slot(uuid4().hex, kind, when, kdf, secrets.token_hex(aead.NONCE_BYTES), "")
    key = _slot_key(slot, secret)
    try:
        wrapped = aead.seal(key, bytes.fromhex(slot.nonce), master, _bound(slot, vault))
    finally:
        keys.wipe(key)
    return replace(slot, wrapped=wrapped.hex())


def open_slot(slot: Slot, secret: str | bytes, vault: str) -> bytearray | None:
    """Unwrap the master key; `None` when the secret is not this slot's, or the slot was altered or moved."""
    key = _slot_key(slot, secret)
    try:
        return aead.open_sealed(
            key, bytes.fromhex(slot.nonce), bytes.fromhex(slot.wrapped), _bound(slot, vault)
        )
    finally:
        keys.wipe(key)


def _slot_key(slot: Slot, secret: str | bytes) -> bytearray:
    stretched = derive(secret, bytes.fromhex(slot.kdf.salt), slot.kdf.params)
    try:
        return keys.subkey(stretched, f"slot:{slot.kind}")
    finally:
        keys.wipe(stretched)


def _bound(slot: Slot, vault: str) -> bytes:
    fields: dict[str, Any] = msgspec.to_builtins(slot)
    del fields["wrapped"]
    return canonical({"slot": fields, "vault": vault})


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


def try_slots(
    header: Header, secret: str | bytes, kind: SlotKind, skip: Sequence[Slot] = ()
) -> bytearray | None:
    """Return the master key from the first slot of this kind that the secret opens; `None` if none does."""
    for slot in header.slots:
        if slot.kind is kind and slot not in skip:
            master = open_slot(slot, secret, header.vault)
            if master is not None:
                return master
    return None


def write_header(folder: Path, header: Header, proofs: Sequence[tuple[SlotKind, str | bytes]]) -> None:
    """Put a header in force atomically, after unlocking with the written copy by every secret of `proofs`.

    The header in force until now is kept as `vault.hdr.prev`. Raises `Broken` (E_HEADER) when the copy
    does not open; the old header then stays.
    """
    file = folder / HEADER

    def prove(copy: Path) -> None:
        written = read_header(copy)
        for kind, secret in proofs:
            master = try_slots(written, secret, kind)
            if master is None or not authentic(written, master):
                raise damaged()
            keys.wipe(master)
        if file.exists():
            replace_file(folder / PREVIOUS, file.read_bytes())

    replace_file(file, encode_header(header), prove)
