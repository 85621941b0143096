"""The two sealed parts of an escrow slot: each opens for one holder, and only both together give its key."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from imsa_desk.crypto import age, keys
from imsa_desk.domain.canonical import canonical, parse_canonical
from imsa_desk.errors import Broken, Problem, Refused

PARTS = 2
_PART_BYTES = 32
_DEPTH = 2
_FORMAT: Literal["imsa-escrow"] = "imsa-escrow"
_Hex64 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]


class Part(Struct, frozen=True, forbid_unknown_fields=True):
    """One holder's part, sealed for the key the holder keeps."""

    # An X25519 recipient in its one spelling, and no more bytes than a short sealed text can have.
    recipient: Annotated[str, Meta(pattern=r"^age1[02-9ac-hj-np-z]{58}\Z")]
    sealed: Annotated[str, Meta(pattern=r"^(?:[0-9a-f]{2}){200,1000}\Z")]


class _Plain(Struct, frozen=True, forbid_unknown_fields=True):
    format: Literal["imsa-escrow"]
    vault: str
    slot: str
    created: str
    part: _Hex64


def seal_parts(
    recipients: Sequence[str], vault: str, slot: str, created: str
) -> tuple[tuple[Part, Part], bytearray]:
    """Seal two new random parts; also gives both joined, which the caller wipes.

    Raises `Refused` (E_ESCROW) unless there are two different recipients, and (E_RECIPIENT) for one that is
    none.
    """
    if len(set(recipients)) != PARTS or len(recipients) != PARTS:
        raise _refused("Two holders with different keys are needed.")
    joined = bytearray(secrets.token_bytes(PARTS * _PART_BYTES))
    halves = (joined[:_PART_BYTES], joined[_PART_BYTES:])
    try:
        first, second = (
            _seal(recipient, half, vault, slot, created)
            for recipient, half in zip(recipients, halves, strict=True)
        )
    finally:
        for half in halves:
            keys.wipe(half)
    return (first, second), joined


def _seal(recipient: str, half: bytearray, vault: str, slot: str, created: str) -> Part:
    plain = canonical(msgspec.to_builtins(_Plain(_FORMAT, vault, slot, created, half.hex())))
    return Part(recipient, age.seal(plain, [recipient]).hex())


def open_parts(
    parts: Sequence[Part], identities: Sequence[age.Identity], vault: str, slot: str, created: str
) -> bytearray | None:
    """Join the parts that these identities open; `None` unless both open and are of this very slot."""
    by_recipient: Mapping[str, age.Identity] = {each.recipient: each for each in identities}
    joined = bytearray()
    for part in parts:
        identity = by_recipient.get(part.recipient)
        plain = None if identity is None else _open(part, identity)
        if plain is None or (plain.vault, plain.slot, plain.created) != (vault, slot, created):
            keys.wipe(joined)
            return None
        joined += bytes.fromhex(plain.part)
    return joined


def _open(part: Part, identity: age.Identity) -> _Plain | None:
    try:
        plain = age.open_sealed(bytes.fromhex(part.sealed), [identity])
        return msgspec.convert(parse_canonical(plain, _DEPTH), _Plain)
    except (Broken, msgspec.ValidationError):
        return None


def parse_identities(text: str) -> tuple[age.Identity, ...]:
    """Read the two holders' keys, one a line; raises `Refused` (E_ESCROW)."""
    # Files made by age's own tool carry comments.
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.strip().startswith("#")]
    if len(lines) != PARTS:
        raise _refused("Both holders' keys are needed: two lines that begin with AGE-SECRET-KEY-1.")
    found = []
    for number, line in enumerate(lines, 1):
        try:
            found.append(age.Identity.from_string(line.upper()))
        except Broken:
            raise _refused(f"Key {number} is not right. Compare it with what its holder keeps.") from None
    if found[0].recipient == found[1].recipient:
        raise _refused("The same key was given twice. The keys of both holders are needed.")
    return tuple(found)


def _refused(text: str) -> Refused:
    return Refused([Problem("escrow", text)], code="E_ESCROW")
