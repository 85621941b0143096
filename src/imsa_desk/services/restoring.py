"""Verbs that go back to a backup: find them, say what would be lost, put one in the place of the vault.

Where the vault as it is can still be read, the restored one goes on in its journal: the lines written after
the backup stay as links whose content is gone, so that no number is used twice and the exchange with the
organisation goes on. Where it cannot be read, nobody knows which numbers were used: the restored vault
writes as a new writer and has to join its organisation again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine

from imsa_desk import paths
from imsa_desk.errors import Broken, ImsaError, Refused
from imsa_desk.progress import Progress
from imsa_desk.services import reading, vaults
from imsa_desk.services.assignments import FORMER
from imsa_desk.services.backup_keys import Opened, header_of, open_keys, present_header
from imsa_desk.services.backup_making import part_of, unwritten
from imsa_desk.services.backup_state import STATE, BackupInfo, known
from imsa_desk.services.backups import RESTORED, WRITER
from imsa_desk.services.joining import OFFICE, WISH
from imsa_desk.services.opened_backup import opened_backup, work_folder
from imsa_desk.services.would_be_lost import Lost, lost_after
from imsa_desk.store import backup, keeping, local, vault
from imsa_desk.store import header as headers
from imsa_desk.store.anchor import LEGACY, Anchor, write_anchor
from imsa_desk.store.atomic import replace_file
from imsa_desk.store.backup import Trailer
from imsa_desk.store.check import Checked, is_current
from imsa_desk.store.forget import FORGOTTEN, forget_again
from imsa_desk.store.header import Header, anchor_name
from imsa_desk.store.keeping import files_of
from imsa_desk.store.restore import Heads, Tail, adopt, forget, rebuild, remove_database, tail_after
from imsa_desk.store.slots import GENERATION
from imsa_desk.store.store import Store
from imsa_desk.store.sync_folder import sync_service
from imsa_desk.vocab import SignerRole, SlotKind, VaultKind

EXCHANGE = "exchange."
_CARRIED = (EXCHANGE, WRITER, FORMER, FORGOTTEN, "keys.", STATE)
"""Local values that stay as they are in the vault, not as they were when the backup was made."""
_WHY = "Looked at before a restore."


@dataclass(frozen=True, slots=True)
class RestorePreview:
    """What going back would mean; `lost_lines` is None where the vault as it is cannot be read."""

    made: datetime
    newest: datetime | None
    lost: tuple[str, ...]
    lost_lines: int | None
    other_key: bool


@dataclass(frozen=True, slots=True)
class Restored:
    """Where the files of before are kept; None where there were none."""

    kept: Path | None


def backups_beside(folder: Path) -> tuple[BackupInfo, ...]:
    """List the backups beside a vault's folder, newest first, without any secret: nothing of it is proven.

    Where the vault's header can be read, `key` says whether a secret of today is also one of the backup.
    """
    present = present_header(folder)
    found = []
    for file in backup.files_in(backup.backups_folder(folder), present.vault if present else ""):
        try:
            trailer = backup.read_trailer(file)
            size = file.stat().st_size
            then = header_of(trailer)
        except (ImsaError, OSError):
            continue
        shared = present is None or bool({s.id for s in then.slots} & {s.id for s in present.slots})
        found.append(BackupInfo(file, trailer.at, size, "here", shared))
    return tuple(sorted(found, key=lambda each: each.made, reverse=True))


def preview(file: Path, folder: Path, secret: str, way: SlotKind = SlotKind.PASSPHRASE) -> RestorePreview:
    """Say what restoring a backup into a folder would lose; changes nothing.

    Raises Broken (E_BACKUP, E_NEWER) for a backup that cannot be used, Refused (E_PASSPHRASE and its like).
    """
    trailer = backup.read_trailer(file)
    opened = open_keys(trailer, folder, secret, way)
    opened.vault.close()
    lost: Lost | None = Lost(None, (), 0)
    if files_of(folder):
        lost = _live(folder, secret, way, trailer.heads)
    if lost is None:
        return RestorePreview(trailer.at, None, (), None, opened.other_key)
    return RestorePreview(trailer.at, lost.newest, lost.words, lost.lines, opened.other_key)


def restore(
    file: Path,
    folder: Path,
    secret: str,
    progress: Progress,
    way: SlotKind = SlotKind.PASSPHRASE,
    *,
    now: Callable[[], datetime] | None = None,
    kind: VaultKind = VaultKind.DESK,
) -> Restored:
    """Put a backup in the place of a closed vault, or into an absent or empty folder.

    The caller holds the vault's lock. One rename of the header puts the restored database in force; until
    then the vault is as it was, whatever happens. Its files of before are kept beside it, byte for byte.
    Raises what `preview` does, Refused (E_NOT_EMPTY, E_SYNC_FOLDER), Broken (E_FOLDER, E_DISK_FULL) and
    Cancelled.
    """
    moment = (now or (lambda: datetime.now(UTC)))()
    trailer = backup.read_trailer(file)
    _refuse_folder(folder, trailer)
    opened = open_keys(trailer, folder, secret, way, kind)
    made = not folder.is_dir()
    try:
        kept = reading.keep_copy(folder) if files_of(folder) else None
        tail = None
        if kept is not None:
            tail = _tail(folder, secret, way, trailer)
        paths.private_folder(folder)
        _put(file, trailer, opened, tail, moment, progress)
    except OSError as error:
        raise unwritten() from error
    finally:
        opened.vault.close()
        if made and folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
    return Restored(kept)


def _put(
    file: Path, trailer: Trailer, opened: Opened, tail: Tail | None, moment: datetime, progress: Progress
) -> None:
    target, folder = opened.vault, opened.vault.folder
    with work_folder(folder, trailer.vault, 2 * trailer.db_bytes) as work:
        taking = part_of(progress, 0, 1, 3)
        with opened_backup(file, trailer, target, work, taking) as source:
            going_on = tail if is_current(source) else None
            try:

                def change(engine: Engine) -> None:
                    _adapt(engine, file.name, trailer, opened.header, going_on, moment)

                checked = rebuild(source, target, change, part_of(progress, 1, 2, 3))
                _refuse_unlike(checked, trailer, going_on)
                _spare_anchor(folder)
                write_anchor(target, Anchor(checked.heads, moment))
                present = present_header(folder)
                headers.write_header(folder, opened.header, [opened.proof], keep=present is not None)
            except BaseException:
                # After the rename the new database is in force, whatever failed then.
                if (now := present_header(folder)) is None or now.db != opened.header.db:
                    remove_database(target)
                raise


def _adapt(
    engine: Engine, name: str, trailer: Trailer, header: Header, tail: Tail | None, moment: datetime
) -> None:
    """Say in the restored database where it comes from, and how its journal goes on."""
    store = Store(engine, trailer.vault, lambda: moment)
    with store.begin("restore") as session:
        if tail is not None:
            forget(session, _CARRIED)
            adopt(session, tail)
            forget_again(session)
        else:
            former, joined = local.get(session, WRITER) or trailer.vault, local.get(session, OFFICE)
            forget(session, (EXCHANGE,))
            local.put(session, WRITER, uuid4().hex)
            local.put(session, FORMER, [*(local.get(session, FORMER) or ()), former])
            if joined is not None:
                # Whoever joins again from here is the same advocate, on a laptop the office does not know.
                local.put(session, WISH, {"role": SignerRole.ADVOCATE.value, "second_of": former})
        noted = known(session)
        noted["last"] = _last(trailer, name)
        local.put(session, STATE, noted)
        local.put(session, GENERATION, header.gen)
        local.put(session, RESTORED, trailer.at.isoformat())


def _last(trailer: Trailer, name: str) -> dict[str, Any]:
    heads = {writer: list(head) for writer, head in trailer.heads.items()}
    return {"at": trailer.at.isoformat(), "file": name, "heads": heads}


def _refuse_unlike(checked: Checked, trailer: Trailer, tail: Tail | None) -> None:
    wanted = dict(trailer.heads)
    for link in tail.links if tail is not None else ():
        wanted[link["writer"]] = (link["seq"], link["line_hash"])
    if checked.problems or not backup.same_heads(checked.heads, wanted):
        raise backup.refused("what is in it does not pass every check.")


def _spare_anchor(folder: Path) -> None:
    """Give the anchor of a vault made long ago its own name: writing another one would take it away."""
    present = present_header(folder)
    if present is not None and (folder / LEGACY).exists():
        own = folder / anchor_name(present.db.dbid)
        if not own.exists():
            replace_file(own, (folder / LEGACY).read_bytes())


def _refuse_folder(folder: Path, trailer: Trailer) -> None:
    vault_there = bool(files_of(folder))
    if not vault_there:
        if folder.exists() and (not folder.is_dir() or any(e.name != vault.LOCK for e in folder.iterdir())):
            raise Refused(
                "The folder is not empty. Choose the vault's own folder, or a new or empty one.",
                code="E_NOT_EMPTY",
            )
        service = None if header_of(trailer).practice else sync_service(folder)
        if service is not None:
            raise Refused(
                f"This folder is copied by {service}, which would copy an open vault in halves. Choose a "
                "folder that stays on this computer.",
                code="E_SYNC_FOLDER",
            )


def _tail(folder: Path, secret: str, way: SlotKind, trailer: Trailer) -> Tail | None:
    """Read what stands after the backup in the vault as it is; None where that cannot be known for sure.

    In its place and not in a copy, as an unlocking would: its files are kept by now.
    """
    try:
        live = keeping.keys_of(folder, secret, way)
    except ImsaError:
        return None
    try:
        store = Store(vault.open_database(live), live.vault_id, lambda: trailer.at, read_only=True)
        try:
            vaults.verify_since_anchor(live, store)
            with store.read() as session:
                return tail_after(session, trailer.heads, _CARRIED)
        finally:
            store.close()
    except Broken:
        return None
    finally:
        live.close()


def _live(folder: Path, secret: str, way: SlotKind, heads: Heads) -> Lost | None:
    """Look at the vault as it is, in a copy; None where it cannot be read with this secret."""
    try:
        desk = reading.open_to_read(folder, secret, way=way, why=_WHY)
    except ImsaError as error:
        if error.code in ("E_IN_USE", "E_FOLDER"):
            raise
        return None
    try:
        return lost_after(desk, heads)
    except Broken:
        return None
    finally:
        desk.store.close()
        desk.vault.close()
