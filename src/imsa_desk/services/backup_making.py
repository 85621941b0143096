"""Makes one verified backup file; what it takes for other work on backups too: room, turns, progress."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import cast
from uuid import uuid4

from imsa_desk import paths
from imsa_desk.crypto.keys import wipe
from imsa_desk.errors import Broken
from imsa_desk.progress import Progress
from imsa_desk.store import backup
from imsa_desk.store.backup import PART, Copy, Trailer
from imsa_desk.store.check import full_check
from imsa_desk.store.header import HEADER, parse_header
from imsa_desk.store.store import Store
from imsa_desk.store.vault import KeyLabel, OpenVault

SCALE = 1000
"""What the progress of such work counts up to."""
_POLL_S = 0.2


@dataclass(frozen=True, slots=True)
class Made:
    """A verified backup: its file and what it says about itself."""

    file: Path
    trailer: Trailer


def copied(vault: OpenVault, copy: Copy, now: datetime, progress: Progress) -> Made:
    """Write one verified backup file; nothing is noted about it yet."""
    try:
        folder = paths.private_folder(backup.backups_folder(vault.folder))
        refuse_without_room(folder, vault.db_file.stat().st_size)
        header = (vault.folder / HEADER).read_bytes()
        parse_header(header)  # a damaged one would make a backup that nothing opens
        file = folder / backup.new_name(folder, vault.vault_id, now)
        part = file.with_name(file.name + PART)
        try:
            _write(vault, copy, now, header, part, file, progress)
        except BaseException:
            with suppress(OSError):
                part.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise unwritten() from error
    return Made(file, backup.read_trailer(file))


def _write(
    vault: OpenVault, copy: Copy, now: datetime, header: bytes, part: Path, file: Path, progress: Progress
) -> None:
    backup_id = uuid4().hex
    key = key_of(vault, backup_id)
    try:
        heads = _copied_to(part, key, copy, part_of(progress, 0, 1, 2))
        engine, beside = backup.open_copy(part, key), backup.open_copy(part, key)
        try:
            checked = full_check(engine, part_of(progress, 1, 1, 2), beside=beside)
        finally:
            engine.dispose()
            beside.dispose()
    finally:
        wipe(key)
    if checked.problems or not backup.same_heads(checked.heads, heads):
        raise _unfit()
    size = part.stat().st_size
    trailer = backup.new_trailer(backup_id, vault.vault_id, vault.dbid, now, size, heads, header)
    mac_key = vault.key(backup.MAC_LABEL)
    try:
        backup.finish(part, file, backup.authenticate(trailer, mac_key))
    finally:
        wipe(mac_key)


def _copied_to(part: Path, key: bytearray, copy: Copy, progress: Progress) -> backup.Heads:
    try:
        return backup.write_database(part, key, copy, progress)
    except Broken as error:
        # A page that does not prove itself makes SQLCipher refuse everything from then on.
        raise _unfit() if error.code == "E_STORAGE" else error from error


def _unfit() -> Broken:
    return Broken(
        "The vault did not pass the check that belongs to a backup, so no backup was kept; earlier ones are "
        "still there. Lock the vault, open it again and check it in full. Keep its folder as it is if that "
        "finds damage.",
        code="E_BACKUP",
    )


def key_of(vault: OpenVault, backup_id: str) -> bytearray:
    """Derive the key of one backup's database; the caller wipes it."""
    return vault.key(cast(KeyLabel, f"backup:{backup_id}"))


@contextmanager
def one_at_a_time(store: Store, progress: Progress) -> Iterator[None]:
    """Wait until no other work on this vault's backups goes on; `progress` may stop the waiting."""
    while not store.one_copy.acquire(timeout=_POLL_S):
        progress(0, SCALE)
    try:
        yield
    finally:
        store.one_copy.release()


def part_of(progress: Progress, start: int, parts: int, total: int) -> Progress:
    """Make the progress of a piece of work that is `parts` of `total`, from `start` on."""

    def say(done: int, of: int) -> None:
        share = min(done / of, 1.0) if of else 0.0
        progress(int((start + parts * share) * SCALE / total), SCALE)

    return say


def refuse_without_room(folder: Path, size: int) -> None:
    """Refuse work for which the disk has no room; raises `Broken` (E_DISK_FULL)."""
    if shutil.disk_usage(folder).free < size + size // 10:
        raise Broken(
            "The disk has no room for a backup. Nothing was changed. Free some space and try again.",
            code="E_DISK_FULL",
        )


def unwritten() -> Broken:
    """Say that files of a backup could not be written."""
    return Broken(
        "The backup could not be written. Nothing was changed. Check that the folder beside the vault can be "
        "written to and the disk has room.",
        code="E_FOLDER",
    )
