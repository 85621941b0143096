"""Key slots: each wraps the vault's master key under one secret and is bound to the vault."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Literal
from uuid import uuid4

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace

from imsa_desk.crypto import aead, keys
from imsa_desk.crypto.kdf import SALT_BYTES, Params, derive
from imsa_desk.domain.canonical import canonical
from imsa_desk.errors import Broken
from imsa_desk.store.escrow import Part, open_parts, seal_parts
from imsa_desk.store.ways import Proof
from imsa_desk.vocab import SlotKind

_ARGON: Literal["argon2id"] = "argon2id"

# \Z and not $, which would let a line end through: a second spelling of the same bytes.
Id = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}\Z")]
_Nonce = Annotated[str, Meta(pattern=r"^[0-9a-f]{24}\Z")]
_Wrapped = Annotated[str, Meta(pattern=r"^[0-9a-f]{96}\Z")]
_When = Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z")]
_Positive = Annotated[int, Meta(ge=1)]


class Kdf(Struct, frozen=True, forbid_unknown_fields=True):
    """How a slot's secret becomes a key."""

    name: Literal["argon2id"]
    memory_kib: _Positive
    passes: _Positive
    lanes: _Positive
    salt: Id

    @property
    def params(self) -> Params:
        """The cost of one try."""
        return Params(self.memory_kib, self.passes, self.lanes)


class _Slot(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind"):
    kind: ClassVar[SlotKind]
    id: Id
    created: _When
    nonce: _Nonce
    wrapped: _Wrapped


class PassphraseSlot(_Slot, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="passphrase"):
    """The master key, wrapped under the passphrase."""

    kind: ClassVar[SlotKind] = SlotKind.PASSPHRASE
    kdf: Kdf


class RecoverySlot(_Slot, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="recovery"):
    """The master key, wrapped under the printed recovery code."""

    kind: ClassVar[SlotKind] = SlotKind.RECOVERY
    kdf: Kdf


class SharesSlot(_Slot, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="shares"):
    """The master key, wrapped under a random secret that was split into shares and is kept nowhere."""

    kind: ClassVar[SlotKind] = SlotKind.SHARES


class EscrowSlot(_Slot, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="escrow"):
    """The master key, wrapped under two parts, each sealed for one holder."""

    kind: ClassVar[SlotKind] = SlotKind.ESCROW
    parts: tuple[Part, Part]


Slot = PassphraseSlot | RecoverySlot | SharesSlot | EscrowSlot


def make_slot(
    kind: SlotKind, secret: str | bytes, master: bytearray, vault: str, params: Params, created: datetime
) -> PassphraseSlot | RecoverySlot:
    """Wrap the master key under a passphrase or a recovery code."""
    kdf = Kdf(_ARGON, params.memory_kib, params.passes, params.lanes, secrets.token_hex(SALT_BYTES))
    make = RecoverySlot if kind is SlotKind.RECOVERY else PassphraseSlot
    slot = make(uuid4().hex, _spelt(created), secrets.token_hex(aead.NONCE_BYTES), "", kdf)
    return replace(slot, wrapped=_wrapped(slot, secret, master, vault))


def make_shares_slot(
    secret: bytes | bytearray, master: bytearray, vault: str, created: datetime
) -> SharesSlot:
    """Wrap the master key under a secret that was split into shares."""
    slot = SharesSlot(uuid4().hex, _spelt(created), secrets.token_hex(aead.NONCE_BYTES), "")
    return replace(slot, wrapped=_wrapped(slot, secret, master, vault))


def make_escrow_slot(
    recipients: Sequence[str], master: bytearray, vault: str, created: datetime
) -> tuple[EscrowSlot, bytearray]:
    """Wrap the master key under two new parts, sealed for one recipient each.

    Also gives the joined parts, which prove the slot and which the caller wipes. Raises `Refused` (E_ESCROW,
    E_RECIPIENT).
    """
    name, when = uuid4().hex, _spelt(created)
    parts, joined = seal_parts(recipients, vault, name, when)
    slot = EscrowSlot(name, when, secrets.token_hex(aead.NONCE_BYTES), "", parts)
    return replace(slot, wrapped=_wrapped(slot, joined, master, vault)), joined


def _spelt(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _wrapped(slot: Slot, secret: Proof, master: bytearray, vault: str) -> str:
    key = _slot_key(slot, secret, vault)
    if key is None:
        raise Broken("A key of the vault could not be made. Nothing was changed.", code="E_KEY")
    try:
        return aead.seal(key, bytes.fromhex(slot.nonce), master, _bound(slot, vault)).hex()
    finally:
        keys.wipe(key)


def open_slot(slot: Slot, secret: Proof, vault: str) -> bytearray | None:
    """Unwrap the master key; `None` when the secret is not this slot's, or the slot was altered or moved."""
    key = _slot_key(slot, secret, vault)
    if key is None:
        return None
    try:
        return aead.open_sealed(
            key, bytes.fromhex(slot.nonce), bytes.fromhex(slot.wrapped), _bound(slot, vault)
        )
    finally:
        keys.wipe(key)


def _slot_key(slot: Slot, secret: Proof, vault: str) -> bytearray | None:
    """Derive a slot's key; `None` when the secret is of another kind, or its parts do not open."""
    if isinstance(slot, PassphraseSlot | RecoverySlot):
        if not isinstance(secret, str | bytes):
            return None
        material = derive(secret, bytes.fromhex(slot.kdf.salt), slot.kdf.params)
    elif isinstance(slot, EscrowSlot) and isinstance(secret, tuple):
        opened = open_parts(slot.parts, secret, vault, slot.id, slot.created)
        if opened is None:
            return None
        material = opened
    elif isinstance(secret, bytes | bytearray):
        material = bytearray(secret)
    else:
        return None
    try:
        return keys.subkey(material, f"slot:{slot.kind}")
    finally:
        keys.wipe(material)


def _bound(slot: Slot, vault: str) -> bytes:
    fields: dict[str, Any] = msgspec.to_builtins(slot)
    del fields["wrapped"]
    return canonical({"slot": fields, "vault": vault})


def doubtful(slots: Sequence[Slot], others: Sequence[Slot]) -> bool:
    """Tell whether one of these slots stands among the others in another spelling: one of them is damaged.

    A slot is written once and never altered, and everything random in it is in no other slot.
    """
    pairs = ((slot, other) for slot in slots for other in others if slot != other)
    return any(_marks(slot) & _marks(other) for slot, other in pairs)


def _marks(slot: Slot) -> set[str]:
    marks = {slot.id, slot.nonce, slot.wrapped}
    if isinstance(slot, PassphraseSlot | RecoverySlot):
        marks.add(slot.kdf.salt)
    return marks
