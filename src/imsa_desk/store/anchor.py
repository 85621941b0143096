"""The anchor: each writer's last line, kept beside the database and signed with a key of the vault.

Its file is named for the database it speaks of. Older vaults have one named `anchor`: it is read where there
is no other, and the next anchor written takes its place.

A database *ahead* of its anchor is normal after a crash; a database *behind* it was rolled back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from imsa_desk.crypto import keys
from imsa_desk.domain.canonical import canonical, parse_canonical
from imsa_desk.errors import Broken
from imsa_desk.store.atomic import replace_file
from imsa_desk.store.header import anchor_name
from imsa_desk.store.vault import OpenVault

LEGACY = "anchor"
_MAX_BYTES = 1024 * 1024
_DEPTH = 4
_VERSION: Literal[1] = 1
_TIME = "%Y-%m-%dT%H:%M:%S.%fZ"

_Id = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}\Z")]
_Hash = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
_Seq = Annotated[int, Meta(ge=0)]


@dataclass(frozen=True, slots=True)
class Anchor:
    """For each writer the number and hash of its last line, as of a moment."""

    heads: Mapping[str, tuple[int, str]]
    at: datetime


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    format: Literal["imsa-anchor"]
    version: Literal[1]
    vault: _Id
    at: str
    heads: dict[_Id, tuple[_Seq, _Hash]]
    mac: _Hash


def anchor_file(vault: OpenVault) -> Path:
    """Say where the anchor of the vault's database stands."""
    return vault.folder / anchor_name(vault.dbid)


def write_anchor(vault: OpenVault, anchor: Anchor) -> None:
    """Replace the anchor, durably, after the commit it speaks of; raises `Broken` (E_FOLDER)."""
    at = anchor.at.astimezone(UTC).strftime(_TIME)
    content = _File("imsa-anchor", _VERSION, vault.vault_id, at, dict(anchor.heads), "0" * 64)
    fields = msgspec.to_builtins(content)
    fields["mac"] = _mac(vault, fields).hex()
    try:
        replace_file(anchor_file(vault), canonical(fields))
        (vault.folder / LEGACY).unlink(missing_ok=True)
    except OSError as error:
        raise Broken(
            "The vault's anchor could not be written. Your records are saved. Check that the disk has room.",
            code="E_FOLDER",
        ) from error


def read_anchor(vault: OpenVault) -> Anchor | None:
    """Return the anchor of an unlocked vault, `None` if there is none; raises `Broken` (E_ANCHOR) if altered.

    Creating a vault ends with its first anchor, so a vault with records and no anchor has lost it.
    """
    file = anchor_file(vault)
    if not file.exists():
        file = vault.folder / LEGACY
    if not file.exists():
        return None
    content = _read(file)
    fields: dict[str, Any] = msgspec.to_builtins(content)
    genuine = keys.same(bytes.fromhex(content.mac), _mac(vault, fields))
    if not genuine or content.vault != vault.vault_id:
        raise _altered()
    try:
        at = datetime.strptime(content.at, _TIME).replace(tzinfo=UTC)
    except ValueError as error:
        raise _altered() from error
    return Anchor(content.heads, at)


def _read(file: Path) -> _File:
    try:
        with file.open("rb") as stream:
            data = stream.read(_MAX_BYTES + 1)
        if len(data) > _MAX_BYTES:
            raise _altered()
        return msgspec.convert(parse_canonical(data, _DEPTH), _File)
    except (OSError, msgspec.ValidationError) as error:
        raise _altered() from error
    except Broken as error:
        raise _altered() from error


def _mac(vault: OpenVault, fields: Mapping[str, Any]) -> bytes:
    key = vault.key("anchor")
    try:
        return keys.hmac_sha256(key, canonical({name: fields[name] for name in fields if name != "mac"}))
    finally:
        keys.wipe(key)


def _altered() -> Broken:
    return Broken(
        "The vault's anchor is damaged or was altered, so it cannot be told whether records are missing. "
        "Nothing was changed. Keep the folder as it is and ask your organisation for help.",
        code="E_ANCHOR",
    )
