"""Verbs about the office's own backup: its vault, its PostgreSQL records sealed beside it, its deposits.

The vault's backup is the same kind of file as an advocate's and opens with the office's passphrase or
recovery code. Records in PostgreSQL go as one file sealed for the office's own identity, which is inside the
vault; it was read back before it got its name. After a restore the office writes as a new writer, because
nobody knows which numbers were used since, and its streams go on at a distance, a greater one each time.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Table, func, select
from sqlalchemy.orm import Session

from imsa_desk.crypto.age import Identity, open_stream, seal_stream
from imsa_desk.domain.office_cases import OfficeBackup
from imsa_desk.errors import Broken, Problem, Refused
from imsa_desk.progress import Progress, quiet
from imsa_desk.services import restoring
from imsa_desk.services.backup_making import copied, part_of
from imsa_desk.services.office_deposits import bring_deposits_back, copy_deposits
from imsa_desk.services.office_opening import KEYS, WRITERS, Clock, Office, anchor, open_office, utc_now
from imsa_desk.services.office_receipts import STREAM as RECEIVED
from imsa_desk.services.office_records import ABOUT, ASKED
from imsa_desk.services.office_trust import AHEAD
from imsa_desk.services.outgoing_state import RESTORED, begins_after
from imsa_desk.services.outgoing_state import STREAM as SENT
from imsa_desk.store import local
from imsa_desk.store.anchor import Anchor, write_anchor
from imsa_desk.store.archive import Pieces, Reading, dump, is_empty, project_all
from imsa_desk.store.atomic import flush_folder
from imsa_desk.store.engine import postgres_engine
from imsa_desk.store.migrate import upgrade
from imsa_desk.store.records import AccessRow
from imsa_desk.store.second_copy import copy_file
from imsa_desk.store.store import Store
from imsa_desk.store.vault import open_database, unlock_vault
from imsa_desk.vocab import SlotKind, VaultKind

SUFFIX = ".imsarecords"
_PART = ".part"
_AHEAD = 1_000
"""How far a restored office's streams jump at least: more than anybody sends between two backups."""


def backup_office(office: Office, folder: Path, progress: Progress = quiet) -> OfficeBackup:
    """Write a verified backup of everything the office has into an existing folder; earlier ones stay.

    Raises E_FOLDER, Broken (E_BACKUP, E_DISK_FULL, E_WRITE) and Cancelled; then nothing new is there.
    """
    if not folder.is_dir():
        raise Refused([Problem("to", "The folder is not there.")], code="E_FOLDER")
    made = copied(office.vault, office.settings.copy_to, office.now(), part_of(progress, 0, 1, 2))
    try:
        vault_file = copy_file(made.file, folder, part_of(progress, 1, 1, 2))
    except OSError as error:
        raise _unwritten(error) from error
    finally:
        made.file.unlink(missing_ok=True)
        with suppress(OSError):
            made.file.parent.rmdir()
    records = None
    if office.database:
        records = _seal_records(office, vault_file.with_suffix(SUFFIX))
    try:
        kept = copy_deposits(office, folder)
    except OSError as error:
        raise _unwritten(error) from error
    return OfficeBackup(vault_file, records, vault_file.stat().st_size, kept)


def _seal_records(office: Office, target: Path) -> Path:
    part = target.with_name(target.name + _PART)
    about = {"vault": office.vault.vault_id, "made": office.now().isoformat()}
    try:
        with (
            office.records.engine.connect() as connection,
            open(part, "wb", opener=_private) as file,
        ):
            connection.execution_options(isolation_level="REPEATABLE READ", reading=True)
            seal_stream(Pieces(dump(connection, about)), file, (office.identity.recipient,))
            file.flush()
            os.fsync(file.fileno())
        _read(part, (office.identity,), lambda _table, _rows: None)
        part.replace(target)
        with suppress(OSError):
            flush_folder(target.parent)
    except OSError as error:
        raise _unwritten(error) from error
    finally:
        part.unlink(missing_ok=True)
    return target


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _read(
    file: Path, identities: tuple[Identity, ...], take: Callable[[Table, list[dict[str, Any]]], None]
) -> Reading:
    reading = Reading(take)
    with file.open("rb") as source:
        open_stream(source, reading, list(identities))
    reading.finish()
    return reading


def restore_office(
    folder: Path,
    backup: Path,
    passphrase: str,
    *,
    records: Path | None = None,
    database: str = "",
    password: str | None = None,
    way: SlotKind = SlotKind.PASSPHRASE,
    now: Clock = utc_now,
) -> Office:
    """Make an office again from its backup in an absent or empty folder, its records in an empty database.

    Records that were in PostgreSQL need their file and the address of an empty database; deposits that lie
    beside the backup come back too. What came in after the backup is taken in again from the bundles; the
    same bundle twice does no harm. Raises what
    `restoring.restore` does, E_RECORDS, E_DATABASE_USED, Broken (E_ARCHIVE, E_DECRYPT, E_DATABASE).
    """
    if folder.exists() and any(folder.iterdir()):
        raise Refused("The folder is not empty. Choose a new or empty one.", code="E_NOT_EMPTY")
    restoring.restore(backup, folder, passphrase, quiet, way, now=now, kind=VaultKind.OFFICE)
    vault = unlock_vault(folder, passphrase)
    try:
        settings = Store(open_database(vault), vault.vault_id, now)
        try:
            heads = _bring_back(settings, records, database, password)
            write_anchor(vault, Anchor(heads, now()))
        finally:
            settings.close()
    finally:
        vault.close()
    office = open_office(folder, passphrase, password=password, now=now)
    anchor(office)
    try:
        bring_deposits_back(office, backup.parent)
    except BaseException as error:
        office.close()
        if isinstance(error, OSError):
            raise _unwritten(error) from error
        raise
    return office


def _bring_back(
    settings: Store, records: Path | None, database: str, password: str | None
) -> dict[str, tuple[int, str]]:
    """Bring the records back and make every stream go on at a distance; give the heads of the journal."""
    with settings.read() as session:
        about, keys = local.get(session, ABOUT), local.get(session, KEYS)
    if about is None:
        raise Refused("This backup is not an office's.", code="E_NOT_OFFICE")
    if bool(about["database"]) != bool(records is not None and database):
        raise Refused(
            "The office's records were in PostgreSQL: name their file and the address of an empty database."
            if about["database"]
            else "The office's records are inside its vault: leave the file and the database out.",
            code="E_RECORDS",
        )
    store = settings
    if records is not None:
        identities = (keys["identity"], *(each["identity"] for each in keys.get("former", ())))
        store = _load(settings, records, database, password, tuple(map(Identity.from_string, identities)))
    ahead = _ahead(store)
    with settings.begin("restore_office") as session:
        for signed in ("list", "edition"):
            local.put(session, AHEAD + signed, ahead)
        writers = local.get(session, WRITERS) or [settings.writer]
        local.put(session, WRITERS, [*writers, uuid4().hex])
        if records is not None:
            # Roles are of the server that is gone: they are made anew in the new one, see `office_roles`.
            kept = {name: value for name, value in about.items() if name not in ("roles", ASKED)}
            local.put(session, ABOUT, kept | {"database": database})
    try:
        with store.begin("restore_office") as session:
            _go_on(session, ahead)
        return store.heads()
    finally:
        if store is not settings:
            store.close()


def _load(
    settings: Store, records: Path, database: str, password: str | None, identities: tuple[Identity, ...]
) -> Store:
    engine = postgres_engine(database, password)
    try:
        upgrade(engine)
        with engine.begin() as connection:
            if not is_empty(connection):
                raise Refused("The database is not empty. Make a new one.", code="E_DATABASE_USED")
            reading = _read(records, identities, _putter(connection))
            if reading.about.get("vault") != settings.writer:
                raise Refused("These records belong to another office.", code="E_RECORDS")
            project_all(connection)
        return Store(engine, settings.writer, settings.now)
    except BaseException:
        engine.dispose()
        raise


def _putter(connection: Connection) -> Callable[[Table, list[dict[str, Any]]], None]:
    def put(table: Table, rows: list[dict[str, Any]]) -> None:
        if rows:
            connection.execute(table.insert(), rows)

    return put


def _ahead(store: Store) -> int:
    """Say how far numbers jump: an office restored twice from one backup must use none twice."""
    with store.read() as session:
        last = session.scalar(select(func.max(AccessRow.at)))
    return _AHEAD + (max(int((store.now() - last).total_seconds() // 60), 0) if last else 0)


def _go_on(session: Session, ahead: int) -> None:
    for prefix, word in ((SENT, "seq"), (RECEIVED, "receipt")):
        for name, value in local.under(session, prefix).items():
            local.put(session, prefix + name, value | {word: value.get(word, 0) + ahead})
    local.put(session, RESTORED, {"from": begins_after(session) + ahead})


def _unwritten(error: OSError) -> Broken:
    full = error.errno == errno.ENOSPC
    text = "the disk is full" if full else "the disk refused"
    return Broken(
        f"The office's backup could not be written: {text}.", code="E_DISK_FULL" if full else "E_WRITE"
    )
