"""Verbs about backups: make one and prove it, keep a second copy elsewhere, let old ones go, try one out."""

from __future__ import annotations

import shutil
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from imsa_desk.domain.thinning import Kept, surplus
from imsa_desk.errors import Broken, Cancelled, Refused
from imsa_desk.progress import Progress, quiet
from imsa_desk.services.access import note_access
from imsa_desk.services.backup_making import SCALE, Made, copied, one_at_a_time, part_of
from imsa_desk.services.backup_state import (
    STATE,
    BackupInfo,
    BackupState,
    Place,
    backups_of,
    due,
    known,
    listed,
    set_second_place,
    state,
)
from imsa_desk.services.desk import Desk
from imsa_desk.services.drilling import DrillReport, drill
from imsa_desk.store import backup, local
from imsa_desk.store.copying import copy_database
from imsa_desk.store.migrate import SchemaState, schema_state
from imsa_desk.store.records import AccessRow
from imsa_desk.store.second_copy import copy_file
from imsa_desk.store.store import Store
from imsa_desk.store.vault import OpenVault, drop_superseded
from imsa_desk.vocab import AccessKind, BackupWhy

__all__ = [
    "BackupInfo",
    "BackupState",
    "DrillReport",
    "backups_of",
    "before_migration",
    "drill",
    "due",
    "make_backup",
    "note_beforehand",
    "one_at_a_time",
    "part_of",
    "set_second_place",
    "state",
]

WRITER = "writer"
"""Local value: the writer that the vault's lines carry, where that is not the vault's own id."""
RESTORED = "restored"
"""Local value: when the backup was made that the vault was restored from, until that is journalled."""
CAP = 20 << 30
"""Bytes that backups may take in one place, where the disk has four times as much; else a quarter of it."""


def make_backup(desk: Desk, why: BackupWhy, progress: Progress) -> BackupInfo:
    """Make a backup beside the vault, check it in full, and copy it to the second place when that is there.

    Others use the vault meanwhile; the backup holds a committed state of it, as of the copy's end. Old ones
    are thinned, leftovers of work cut short go. Raises Refused (E_READ_ONLY), Broken (E_BACKUP where the copy
    did not pass, E_DISK_FULL, E_FOLDER) and Cancelled; then no file is left and the earlier backups stay.
    """
    if desk.store.read_only:
        raise Refused("This vault is open to read only, so no backup was made.", code="E_READ_ONLY")
    with one_at_a_time(desk.store, progress):
        made = copied(desk.vault, desk.store.copy_to, desk.now(), part_of(progress, 0, 3, 4))
        second = _second_copy(desk, made, part_of(progress, 3, 1, 4))
        with desk.store.begin("backup") as session:
            note_access(desk, session, AccessKind.BACKUP, detail=why.value)
            _note(session, made, second)
        _tidy(desk.vault, backup.backups_folder(desk.folder), "here", made.file.name)
        if second is not None and not second["problem"]:
            _tidy(desk.vault, Path(second["folder"]), "second", second["file"])
        with suppress(OSError):
            drop_superseded(desk.folder)
    progress(SCALE, SCALE)
    return BackupInfo(made.file, made.trailer.at, made.file.stat().st_size, "here", True)


def _second_copy(desk: Desk, made: Made, progress: Progress) -> dict[str, Any] | None:
    """Copy to the second place; a place that is not there, or fails, is told in the state and is no error."""
    with desk.store.read() as session:
        second: dict[str, Any] = dict(known(session).get("second", {}))
    if not second.get("folder"):
        return None
    folder, problem = Path(second["folder"]), ""
    if not folder.is_dir():
        problem = "The second place was not there."
    else:
        try:
            _remove_leftovers(folder, desk.vault.vault_id)
            copy_file(made.file, folder, progress)
        except OSError:
            problem = "The copy could not be written to the second place. Check that it has room."
        except Broken as error:
            problem = error.message
        except Cancelled:
            problem = "The copy to the second place was stopped."
    if problem:
        return second | {"problem": problem}
    return {
        "folder": second["folder"],
        "at": made.trailer.at.isoformat(),
        "file": made.file.name,
        "problem": "",
    }


def _note(session: Any, made: Made, second: dict[str, Any] | None) -> None:
    noted = known(session)
    at = made.trailer.at.isoformat()
    noted.setdefault("first", at)
    heads = {writer: list(head) for writer, head in made.trailer.heads.items()}
    noted["last"] = {"at": at, "file": made.file.name, "heads": heads}
    if second is not None:
        noted["second"] = second
    local.put(session, STATE, noted)


def _tidy(vault: OpenVault, folder: Path, place: Place, verified: str) -> None:
    """Let go of what thinning says, and of unfinished work; never of anything that is not this vault's."""
    files = {each.file.name: each for each in listed(vault, folder, place)}
    with suppress(OSError):
        cap = min(CAP, shutil.disk_usage(folder).total // 4)
        kept = [Kept(name, each.made, each.bytes) for name, each in files.items()]
        for each in surplus(kept, cap, verified):
            files[each.name].file.unlink()
    _remove_leftovers(folder, vault.vault_id)


def _remove_leftovers(folder: Path, vault_id: str) -> None:
    with suppress(OSError):
        for each in list(folder.iterdir()):
            if backup.is_leftover(each.name, vault_id):
                shutil.rmtree(each) if each.is_dir() and not each.is_symlink() else each.unlink()


def before_migration(vault: OpenVault, engine: Engine, now: datetime) -> Made | None:
    """Make a backup of a database that is about to be brought to this release; None where it need not be."""
    if schema_state(engine) is not SchemaState.OLDER:
        return None
    return copied(vault, partial(copy_database, engine), now, quiet)


def note_beforehand(store: Store, made: Made | None, author: str) -> None:
    """Record what was done to the vault before it could record it: a backup before a migration, a restore."""
    with store.read() as session:
        restored = local.get(session, RESTORED)
    if made is None and restored is None:
        return
    with store.begin("note_beforehand") as session:
        if made is not None:
            _note(session, made, None)
            session.add(_access(store, AccessKind.BACKUP, author, BackupWhy.MIGRATION.value))
        if restored is not None:
            local.drop(session, RESTORED)
            session.add(_access(store, AccessKind.RESTORE, author, f"backup of {restored}"))


def _access(store: Store, kind: AccessKind, author: str, detail: str) -> AccessRow:
    return AccessRow(access_kind=kind, at=store.now(), author=author, detail=detail)
