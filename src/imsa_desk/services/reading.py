"""Verbs about a vault that cannot or must not be changed: keep a copy of it, open it to read only."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
import weakref
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, event, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from imsa_desk import paths
from imsa_desk.domain.forms import Shelf
from imsa_desk.domain.ids import AdvocateId
from imsa_desk.errors import Broken, ImsaError, Refused
from imsa_desk.services.backups import WRITER
from imsa_desk.services.desk import Actor, Desk
from imsa_desk.services.lists import shipped_lists
from imsa_desk.services.vaults import IDENTITY
from imsa_desk.store import keeping, local, migrate, vault
from imsa_desk.store.engine import check_size
from imsa_desk.store.records import AdvocateRow
from imsa_desk.store.store import Store
from imsa_desk.store.vault import OpenVault
from imsa_desk.vocab import SlotKind

_SCRATCH = "imsa-read-"
NOT_KNOWN = "Name not known"
"""Stands for the advocate where the vault does not say any more whose it is."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


def keep_copy(folder: Path, *, now: Callable[[], datetime] = _utc_now) -> Path:
    """Copy a closed vault, byte for byte, into a folder beside it, and give that; once for each state.

    Raises Broken (E_FOLDER) where there is no room.
    """
    return keeping.keep_copy(folder, now().astimezone(UTC))


def open_to_read(
    folder: Path,
    secret: str,
    *,
    way: SlotKind = SlotKind.PASSPHRASE,
    why: str,
    now: Callable[[], datetime] | None = None,
) -> Desk:
    """Open a vault that is not open elsewhere to read only, passing over what can be passed over.

    No byte of the folder changes: what is opened is a copy, as encrypted as the vault, in a private folder
    that is removed at the end. Passed over are a damaged header whose earlier copy opens, an anchor that is
    gone or does not fit, lines that are missing, and a folder that cannot be written. `why` becomes the
    desk's `read_only`. Raises what unlocking raises for a wrong secret, and Broken where the database itself
    cannot be opened (E_NO_DATABASE, E_OTHER_DATABASE, E_DATABASE …) or is newer than the program (E_NEWER).
    """
    original = keeping.keys_of(folder, secret, way)
    scratch: Path | None = None
    try:
        if original.kind != "desk":
            raise Refused("This folder belongs to an office. Open it with imsa-office.", code="E_KIND")
        check_size(original.db_file)
        _sweep()
        scratch = Path(tempfile.mkdtemp(prefix=f"{_SCRATCH}{os.getpid()}-"))
        copied = _copy(original, scratch / folder.name)
        return _open(copied, scratch, why, now or _utc_now)
    except BaseException:
        original.close()
        if scratch is not None:
            shutil.rmtree(scratch, ignore_errors=True)
        raise


def _sweep() -> None:
    """Remove copies that a program left behind when it was killed; they are as encrypted as the vault."""
    if os.name != "posix":
        return  # no harmless way to ask whether a process lives
    for left in Path(tempfile.gettempdir()).glob(f"{_SCRATCH}*-*"):
        owner = left.name.removeprefix(_SCRATCH).partition("-")[0]
        if owner.isdecimal() and _is_mine(left) and not _lives(int(owner)):
            shutil.rmtree(left, ignore_errors=True)


def _is_mine(folder: Path) -> bool:
    try:
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)  # signal 0 is not delivered: it only asks
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


def _copy(original: OpenVault, to: Path) -> OpenVault:
    """Copy what belongs to the database in force; the copy takes the keys over."""
    name = original.db_file.name
    files = keeping.files_of(original.folder)
    keeping.copy_files([f for f in files if f.name.startswith(name) or not f.name.startswith("db-")], to)
    return replace(original, folder=to, db_file=to / original.db_file.name)


def _open(copied: OpenVault, scratch: Path, why: str, now: Callable[[], datetime]) -> Desk:
    engine = _engine(copied)
    try:
        _keep_unchanged(engine)
        store = Store(engine, copied.vault_id, now, read_only=True)
        store.writer = _writer(store) or copied.vault_id
        desk = desk_of(copied, store, _actor(store), read_only=why)
    except BaseException:
        engine.dispose()
        raise
    # However the desk is closed, and if the program ends without closing it.
    event.listen(engine, "engine_disposed", lambda _: shutil.rmtree(scratch, ignore_errors=True))
    weakref.finalize(engine, shutil.rmtree, scratch, ignore_errors=True)
    return desk


def _engine(copied: OpenVault) -> Engine:
    """Open the copy's database and bring its tables to this version."""
    engine = None
    try:
        engine = vault.open_database(copied)
        migrate.upgrade(engine)
    except BaseException as error:
        if engine is not None:
            engine.dispose()
        if isinstance(error, DBAPIError):
            raise Broken(
                "The database is damaged where it says what it holds, so it cannot be read in the usual way. "
                "Nothing was changed. Restore the vault from a backup, or salvage what is whole.",
                code="E_DATABASE",
            ) from error
        raise
    return engine


def desk_of(opened: OpenVault, store: Store, actor: Actor, *, read_only: str = "") -> Desk:
    """Make the desk of an opened vault whose owner is known in another way than unlocking knows it."""
    return Desk(
        store=store,
        forms=Shelf(paths.resources() / "forms"),
        lists=shipped_lists().copy(),
        actor=actor,
        now=store.now,
        vault=opened,
        read_only=read_only,
    )


def _keep_unchanged(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only = ON")


def _actor(store: Store) -> Actor:
    """Say whose vault it is, as far as it still says so."""
    try:
        with store.read() as session:
            row = _advocate(session)
            if row is not None:
                return Actor(AdvocateId(row.id), row.name, row.organisation)
    except ImsaError:
        pass  # those pages are damaged; others may be whole
    return Actor(AdvocateId(""), NOT_KNOWN)


def _writer(store: Store) -> str:
    """Say under what name the vault wrote, where that is not its own id; "" where it does not say."""
    try:
        with store.read() as session:
            return str(local.get(session, WRITER) or "")
    except ImsaError:
        return ""


def _advocate(session: Session) -> AdvocateRow | None:
    try:
        identity = local.get(session, IDENTITY)
    except Broken:
        identity = None
    if isinstance(identity, dict):
        found = session.get(AdvocateRow, str(identity.get("actor")))
        if found is not None:
            return found
    return session.scalars(select(AdvocateRow).limit(1)).first()
