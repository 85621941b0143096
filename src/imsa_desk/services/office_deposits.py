"""Verbs about deposits: each vault's sealed backups, kept unread beside the office's vault.

Only the advocate's passphrase or recovery code opens one, on a new laptop. The office keeps the newest two of
each vault as `deposits/<vault>/<sha256>.imsabak` with a small note beside each; both are its own account's
only (0600). A deposit gets its name after everything else of its bundle was taken in.
"""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from imsa_desk import paths
from imsa_desk.domain.canonical import canonical, parse_canonical
from imsa_desk.domain.deposits import DepositedBackup
from imsa_desk.errors import Broken, ImsaError, Refused
from imsa_desk.exchange.bundle import OpenBundle
from imsa_desk.progress import quiet
from imsa_desk.services.office_opening import Office
from imsa_desk.services.office_vaults import vault_named, vaults_of
from imsa_desk.store.atomic import flush_folder, replace_file
from imsa_desk.store.records import AccessRow
from imsa_desk.store.second_copy import copy_file
from imsa_desk.vocab import AccessKind

FOLDER = "deposits"
KEPT = 2
"""How many backups of each vault stay: one that turns out damaged leaves another."""
_BACKUP, _NOTE, _PART = ".imsabak", ".json", ".part"
_STEP = 1024 * 1024


@contextmanager
def deposited(office: Office, bundle: OpenBundle) -> Iterator[Callable[[], None]]:
    """Make room for what a bundle deposits; the callable reads it, the end keeps it, an error drops it.

    Call it after the lines and before the documents. Raises Broken (E_DISK_FULL, E_FOLDER).
    """
    parts: list[Path] = []

    def read() -> None:
        deposit = bundle.about.backup
        if deposit is not None:
            folder = paths.private_folder(_folder(office, bundle.manifest.vault))
            part = folder / f"{deposit.sha256}{_PART}"
            parts.append(part)
            _write(part, bundle.backup())
            note = {
                "size": deposit.size,
                "sha256": deposit.sha256,
                "made_at": deposit.made_at.astimezone(UTC).isoformat(),
                "received_at": office.now().astimezone(UTC).isoformat(),
            }
            replace_file(part.with_suffix(_NOTE), canonical(note))

    try:
        yield read
    except BaseException:
        for part in parts:
            _drop(part)
        raise
    for part in parts:
        _keep(part)


def deposits(office: Office) -> tuple[DepositedBackup, ...]:
    """List the deposits of every vault, the newest of each first; none of them is opened."""
    known = vaults_of(office)
    root = office.vault.folder / FOLDER
    found = []
    for folder in sorted(root.iterdir()) if root.is_dir() else ():
        name = known[folder.name].name if folder.name in known else ""
        found += [_value(folder.name, name, file, note) for file, note in _kept(folder)]
    return tuple(found)


def copy_deposits(office: Office, folder: Path) -> int:
    """Copy what a backup folder does not have yet into it, with the notes; give how many deposits are kept.

    Raises OSError, and what `copy_file` raises.
    """
    found = deposits(office)
    for deposit in found:
        _copy_both(deposit.file, folder / FOLDER / deposit.writer)
    return len(found)


def bring_deposits_back(office: Office, folder: Path) -> int:
    """Bring the newest deposits of a backup folder back to a restored office; give how many.

    Raises OSError, and what `copy_file` raises.
    """
    root, count = folder / FOLDER, 0
    for source in sorted(root.iterdir()) if root.is_dir() else ():
        for file, _ in _kept(source)[:KEPT]:
            _copy_both(file, _folder(office, source.name))
            count += 1
    return count


def _copy_both(file: Path, to: Path) -> None:
    """Copy a deposit, then the note that makes it count."""
    to.mkdir(parents=True, exist_ok=True, mode=0o700)
    for each in (file, file.with_suffix(_NOTE)):
        if not (to / each.name).exists():
            copy_file(each, to, quiet)


def take_deposit_out(office: Office, who: str, out: Path, sha256: str = "") -> DepositedBackup:
    """Write a vault's newest deposit (or the one named) to a new file, verified by length and hash.

    Raises E_NO_DEPOSIT, E_EXISTS for a file that is there, and Broken (E_DEPOSIT) where it is damaged.
    """
    writer = vault_named(office, who).writer
    mine = [d for d in deposits(office) if d.writer == writer and sha256 in ("", d.sha256)]
    if not mine:
        raise Refused("No backup of this vault was deposited.", code="E_NO_DEPOSIT")
    problem: ImsaError | None = None
    for deposit in mine:
        try:
            _copy(deposit, out)
        except Broken as error:
            if error.code != "E_DEPOSIT":
                raise
            problem = problem or error
            continue
        _note(office, deposit)
        return deposit
    raise problem or Refused("No backup of this vault was deposited.", code="E_NO_DEPOSIT")


def _note(office: Office, deposit: DepositedBackup) -> None:
    """Write down that somebody's backup left the office; it stays sealed."""
    detail = f"deposit of {deposit.writer} handed out"
    with office.records.begin("hand_out_deposit") as session:
        session.add(
            AccessRow(
                access_kind=AccessKind.BACKUP, at=office.now(), author=office.vault.vault_id, detail=detail
            )
        )


def damaged(office: Office) -> tuple[str, ...]:
    """Read every deposit and name those that are not what came in."""
    return tuple(str(d.file) for d in deposits(office) if _digest(d.file) != d.sha256)


def _copy(deposit: DepositedBackup, out: Path) -> None:
    try:
        handle = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    except FileExistsError:
        raise Refused("A file of this name is there. Choose another name.", code="E_EXISTS") from None
    digest, size = hashlib.sha256(), 0
    with os.fdopen(handle, "wb") as target, deposit.file.open("rb") as source:
        while piece := source.read(_STEP):
            digest.update(piece)
            size += len(piece)
            target.write(piece)
        target.flush()
        os.fsync(target.fileno())
    if (size, digest.hexdigest()) != (deposit.size, deposit.sha256):
        out.unlink()
        raise Broken("The deposited backup is damaged at the office.", code="E_DEPOSIT")


def _folder(office: Office, writer: str) -> Path:
    return paths.private_folder(office.vault.folder / FOLDER) / writer


def _write(part: Path, pieces: Iterator[bytes]) -> None:
    try:
        with open(part, "wb", opener=_private) as file:
            for piece in pieces:
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        full = error.errno == errno.ENOSPC
        raise Broken(
            "A deposited backup could not be kept: the disk is full."
            if full
            else "A deposited backup could not be kept.",
            code="E_DISK_FULL" if full else "E_FOLDER",
        ) from error


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _keep(part: Path) -> None:
    """Give a deposit its name and let go of all but the newest of its vault."""
    part.replace(part.with_suffix(_BACKUP))
    for file, _ in _kept(part.parent)[KEPT:]:
        _drop(file)
    with suppress(OSError):
        flush_folder(part.parent)


def _drop(file: Path) -> None:
    file.unlink(missing_ok=True)
    if not file.with_suffix(_BACKUP).exists():
        file.with_suffix(_NOTE).unlink(missing_ok=True)


def _kept(folder: Path) -> list[tuple[Path, dict[str, Any]]]:
    """Give the deposits of one vault with their notes, newest first; one without a note is passed over.

    By when each came in: an advocate's clock that was a year ahead must not push later backups out.
    """
    found = []
    for file in folder.glob(f"*{_BACKUP}"):
        try:
            note = parse_canonical(file.with_suffix(_NOTE).read_bytes())
        except (OSError, ImsaError):
            continue
        found.append((file, note))
    return sorted(found, key=lambda each: (each[1]["received_at"], each[1]["made_at"]), reverse=True)


def _value(writer: str, name: str, file: Path, note: dict[str, Any]) -> DepositedBackup:
    return DepositedBackup(
        writer=writer,
        name=name,
        file=file,
        size=note["size"],
        sha256=note["sha256"],
        made_at=datetime.fromisoformat(note["made_at"]),
        received_at=datetime.fromisoformat(note["received_at"]),
    )


def _digest(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while piece := stream.read(_STEP):
            digest.update(piece)
    return digest.hexdigest()
