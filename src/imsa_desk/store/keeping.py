"""Byte copies of a vault's files, and the keys of a vault whose header is damaged; nothing of it changes."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

from imsa_desk.crypto import keys
from imsa_desk.errors import Broken, ImsaError
from imsa_desk.paths import tighten
from imsa_desk.store import header as headers
from imsa_desk.store import vault
from imsa_desk.store.header import HEADER, PREVIOUS
from imsa_desk.store.vault import OpenVault
from imsa_desk.store.ways import proof_of
from imsa_desk.vocab import SlotKind

_KEPT = ("vault.hdr*", "anchor*", "db-*.sqlite*")
_PIECE = 1 << 20
_FULL = "There is not enough room to copy the vault. Nothing was changed. Free some space and try again."


def files_of(folder: Path) -> list[Path]:
    """Name the files that make up a vault: headers, anchors, databases and their logs."""
    return sorted({file for pattern in _KEPT for file in folder.glob(pattern) if file.is_file()})


def keep_copy(folder: Path, now: datetime) -> Path:
    """Copy a closed vault's files, byte for byte, into a folder beside it; once for each state.

    Raises `Broken` (E_FOLDER) where there is no room or no right to write; nothing is left behind then.
    """
    files = files_of(folder)
    for earlier in sorted(folder.parent.glob(f"{_literal(folder.name)}-kept-*")):
        if _same(files, files_of(earlier)):
            return earlier
    stem = f"{folder.name}-kept-{now:%Y%m%d-%H%M%S}"
    kept = next(place for n in range(1000) if not (place := folder.parent / _numbered(stem, n)).exists())
    copy_files(files, kept)
    return kept


def _literal(name: str) -> str:
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)


def _numbered(stem: str, n: int) -> str:
    return stem if n == 0 else f"{stem}-{n + 1}"


def copy_files(files: list[Path], to: Path) -> None:
    """Copy files into a new folder that only the owner can open. Raises `Broken` (E_FOLDER)."""
    try:
        to.mkdir(mode=0o700)
        tighten(to)
        for file in files:
            shutil.copyfile(file, to / file.name)
            tighten(to / file.name)
    except OSError as error:
        shutil.rmtree(to, ignore_errors=True)
        raise Broken(_FULL, code="E_FOLDER") from error


def _same(left: list[Path], right: list[Path]) -> bool:
    if [file.name for file in left] != [file.name for file in right]:
        return False
    return all(_same_bytes(one, other) for one, other in zip(left, right, strict=True))


def _same_bytes(one: Path, other: Path) -> bool:
    if one.stat().st_size != other.stat().st_size:
        return False
    with one.open("rb") as left, other.open("rb") as right:
        while piece := left.read(_PIECE):
            if piece != right.read(_PIECE):
                return False
    return True


def keys_of(folder: Path, secret: str, way: SlotKind) -> OpenVault:
    """Unlock a vault's keys, by the header before the last change where the present one is damaged.

    At last by a slot of a header that is not, as a whole, what was written: a slot proves the key that it
    gives by itself. Raises what `unlock_vault` does, except for a database that is missing or short.
    """
    proof = proof_of(secret, way)
    try:
        return vault.opened_with(folder, *vault.unlock_header(folder, way, proof))
    except Broken as error:
        if error.code != "E_HEADER":
            raise
        for name, whole in ((PREVIOUS, True), (HEADER, False)):
            try:
                header = headers.read_header(folder / name)
            except ImsaError:
                continue
            master = headers.try_slots(header, proof, way)
            if master is not None and (not whole or headers.authentic(header, master)):
                return vault.opened_with(folder, header, master)
            if master is not None:
                keys.wipe(master)
        raise
