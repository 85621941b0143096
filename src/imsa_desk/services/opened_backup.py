"""A backup opened for work on it: its database taken out into a private folder, never decrypted on disk."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import Engine

from imsa_desk import paths
from imsa_desk.crypto import keys
from imsa_desk.errors import Broken
from imsa_desk.progress import Progress
from imsa_desk.services.backup_making import key_of, refuse_without_room, unwritten
from imsa_desk.store import backup
from imsa_desk.store.backup import Trailer
from imsa_desk.store.check import PAGES, attempted, told_by
from imsa_desk.store.migrate import SchemaState, schema_state
from imsa_desk.store.vault import OpenVault


@contextmanager
def work_folder(vault_folder: Path, vault_id: str, needed: int) -> Iterator[Path]:
    """Make a private folder beside the vault for the length of a block; `needed` bytes must fit.

    What a stopped program leaves of it goes with the next backup. Raises Broken (E_FOLDER, E_DISK_FULL).
    """
    home = backup.backups_folder(vault_folder)
    work = home / backup.work_name(vault_id)
    try:
        paths.private_folder(home)
        refuse_without_room(home, needed)
        work.mkdir(mode=0o700)
        paths.tighten(work)
    except OSError as error:
        raise unwritten() from error
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)
        with suppress(OSError):
            home.rmdir()  # only if it was made for this: a folder that holds anything stays


@contextmanager
def opened_backup(
    file: Path, trailer: Trailer, vault: OpenVault, work: Path, progress: Progress
) -> Iterator[Engine]:
    """Open a backup's database to read. Raises Broken (E_BACKUP) for a damaged one, E_NEWER."""
    scratch = work / "backup.sqlite"
    backup.take_out(file, trailer, scratch, progress)
    key = key_of(vault, trailer.id)
    try:
        engine = backup.open_copy(scratch, key)
    finally:
        keys.wipe(key)
    try:
        with engine.connect() as connection:
            # Before anything else: SQLite's copying passes over a page that does not prove itself.
            if attempted(told_by(PAGES[0]), connection):
                raise backup.refused("its content is damaged.")
        if schema_state(engine) is SchemaState.NEWER:
            raise Broken(
                "This backup was made by a newer IMSA Desk. Nothing was changed. Install the newer version "
                "to restore it.",
                code="E_NEWER",
            )
        yield engine
    finally:
        engine.dispose()
        scratch.unlink(missing_ok=True)


def refuse_altered(trailer: Trailer, vault: OpenVault) -> None:
    """Refuse a backup whose trailer the holder of the vault's key did not write; raises Broken (E_BACKUP)."""
    key = vault.key(backup.MAC_LABEL)
    try:
        if not backup.genuine(trailer, key):
            raise backup.refused("it was altered, or it was made before the vault got a new key.")
    finally:
        keys.wipe(key)
