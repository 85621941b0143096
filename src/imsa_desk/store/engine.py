"""Opens databases: the vault's encrypted one with every setting read back, and the organisation's PostgreSQL.

Settings and their reasons: SQLCipher 4 with a raw key (no second key derivation), WAL with full flushes (a
commit that returned is durable), one connection that keeps all others out, nothing temporary on disk.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.pool import StaticPool
from sqlcipher3 import dbapi2 as sqlcipher

from imsa_desk.crypto.keys import wipe
from imsa_desk.errors import Broken, ImsaError, Refused

PAGE = 4096
"""Bytes of a page, which is also the least a database can have."""
MIN_SQLITE = (3, 51, 3)
"""Older ones can lose committed work when the log is reset (fixed in 3.51.3)."""
_PLAIN = b"SQLite format 3\0"
_APPLICATION = 0x494D5341  # "IMSA"
_BUSY_S = 0.25
_POOL = 5
_PATIENCE_S = 10

_Wanted = dict[str, tuple[str, str | int]]
# name: (value set, value read back). Exclusive locking comes first: set before the first read, it avoids the
# shared-memory file and keeps a second process out.
_FIRST: _Wanted = {"cipher_log_level": ("NONE", "NONE"), "locking_mode": ("EXCLUSIVE", "exclusive")}
_SETTINGS: _Wanted = {
    "journal_mode": ("WAL", "wal"),
    "synchronous": ("FULL", 2),
    "fullfsync": ("ON", 1),
    "checkpoint_fullfsync": ("ON", 1),
    "foreign_keys": ("ON", 1),
    "cell_size_check": ("ON", 1),
    "secure_delete": ("ON", 1),
    "temp_store": ("MEMORY", 2),
    "trusted_schema": ("OFF", 0),
    "mmap_size": ("0", 0),
}


def vault_engine(db_file: Path, raw_key: bytes | bytearray, *, create: bool = False) -> Engine:
    """Open a vault's database: one connection, explicit transactions, no bound values in errors.

    With `create` the file must not exist; otherwise it must be there, encrypted, whole enough to have a page,
    and made with this key, all of which is looked at before SQLite may touch it. Raises `Broken` (E_SQLITE,
    E_NO_DATABASE, E_DATABASE_EMPTY, E_NOT_ENCRYPTED, E_OTHER_DATABASE, E_DATABASE) and `Refused` (E_IN_USE).
    The caller wipes the key. One process opens a vault once: a second engine would end the first one's locks.
    """
    check_versions()
    if create:
        os.close(os.open(db_file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    else:
        check_size(db_file)
        _check_first_page(db_file, raw_key)
    connection = _connect(db_file, raw_key)
    handed_out = iter([connection])

    def once() -> Any:
        found = next(handed_out, None)
        if found is None:
            raise Broken("The vault is closed. Unlock it again.", code="E_CLOSED")
        return found

    engine = create_engine(
        "sqlite+pysqlite://", module=sqlcipher, creator=once, poolclass=StaticPool, hide_parameters=True
    )
    event.listen(engine, "begin", _begin)
    engine.connect().close()
    return engine


def check_versions() -> None:
    """Refuse a SQLite that is too old to be trusted with a vault (E_SQLITE)."""
    if sqlcipher.sqlite_version_info < MIN_SQLITE:
        raise Broken(
            "The database library is too old to be safe. Install IMSA Desk again.",
            code="E_SQLITE",
        )


def check_size(db_file: Path) -> None:
    """Refuse a database file that is missing or too short; SQLite would take an empty one for a new database.

    Raises `Broken` (E_NO_DATABASE, E_DATABASE_EMPTY). **Never opens the file**: on POSIX a process that
    closes any of its handles of a file loses all its locks on it, and the vault may be open in this very
    process.
    """
    try:
        size = db_file.stat().st_size
    except OSError as error:
        raise Broken(
            "The vault's database is missing. Nothing was changed. Put the vault's folder back as it was, or "
            "restore it from a backup.",
            code="E_NO_DATABASE",
        ) from error
    if size < PAGE:
        raise Broken(
            "The vault's database is empty or cut short. Nothing was changed. Restore the vault from a "
            "backup.",
            code="E_DATABASE_EMPTY",
        )


def _check_first_page(db_file: Path, raw_key: bytes | bytearray) -> None:
    """Refuse a database that is not encrypted, or not with this key, before SQLite may touch it.

    SQLite would find out too, but on closing it folds a log left by a crash into the file even when the key
    was wrong. Layout of page 1 in SQLCipher 4: 16 bytes of salt, content, 16 bytes of IV, 64 of HMAC-SHA512.
    """
    try:
        with db_file.open("rb") as stream:
            page = stream.read(PAGE)
    except OSError as error:
        raise Broken(
            "The vault's database cannot be read: the disk reported an error, or reading is not permitted. "
            "Nothing was changed. Try again, or restore the vault from a backup.",
            code="E_DATABASE",
        ) from error
    if page.startswith(_PLAIN):
        raise Broken(
            "The vault's database is not encrypted, so it was not written by IMSA Desk. Nothing was changed. "
            "Restore the vault from a backup.",
            code="E_NOT_ENCRYPTED",
        )
    salt = bytes(byte ^ 0x3A for byte in page[:16])
    key = hashlib.pbkdf2_hmac("sha512", raw_key, salt, 2, 32)
    code = hmac.digest(key, page[16:-64] + (1).to_bytes(4, "little"), "sha512")
    if not hmac.compare_digest(code, page[-64:]):
        raise Broken(
            "The vault's database does not belong to this vault, or its beginning is damaged. Nothing was "
            "changed. Restore the vault from a backup.",
            code="E_OTHER_DATABASE",
        )


def _connect(db_file: Path, raw_key: bytes | bytearray) -> Any:
    # as_uri: a folder's name may hold '#', '?' or '%'. Never rwc: the file is there by now.
    try:
        connection = sqlcipher.connect(
            f"{db_file.absolute().as_uri()}?mode=rw",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            timeout=_BUSY_S,
        )
    except sqlcipher.Error as error:
        raise _unopened(error) from error
    try:
        set_key(connection, raw_key)
        _apply(connection)
    except sqlcipher.Error as error:
        connection.close()
        raise _unopened(error) from error
    except BaseException:
        connection.close()
        raise
    return connection


def set_key(connection: Any, raw_key: bytes | bytearray) -> None:
    """Give a fresh connection its key, leaving no copy of it behind; the caller wipes its own."""
    # Through the call and not PRAGMA key: text of a statement stays in memory, a bytearray can be wiped.
    digits = b"0123456789abcdef"
    literal = bytearray(b"x'")
    for byte in raw_key:
        literal += bytes((digits[byte >> 4], digits[byte & 15]))
    literal += b"'"
    try:
        connection.set_key(literal)
    finally:
        wipe(literal)


def _apply(connection: Any) -> None:
    connection.enable_load_extension(False)
    if not next(connection.execute("PRAGMA cipher_version"), ("",))[0]:
        raise Broken("The database library does not encrypt. Install IMSA Desk again.", code="E_SQLITE")
    _set(connection, _FIRST)
    connection.execute("SELECT count(*) FROM sqlite_master").fetchall()
    _set(connection, _SETTINGS)


def _set(connection: Any, settings: _Wanted) -> None:
    for name, (value, expected) in settings.items():
        connection.execute(f"PRAGMA {name} = {value}").fetchall()
        found = next(connection.execute(f"PRAGMA {name}"), (None,))[0]
        if found != expected:
            raise Broken(
                f"The database did not accept the setting {name}. Nothing was changed. Copy the vault to a "
                "local disk, or install IMSA Desk again.",
                code="E_DATABASE",
            )


def _begin(connection: Connection) -> None:
    # Whoever only reads asks for no right to write: a folder that has become read-only can still be read.
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _unopened(error: Exception) -> ImsaError:
    if "locked" in str(error):
        return Refused(
            "This vault is already open in another window or by another program. Close it there first.",
            code="E_IN_USE",
        )
    return Broken(
        "The vault's database cannot be opened: it is damaged, or its folder cannot be written to. Nothing "
        "was changed. Restore the vault from a backup.",
        code="E_DATABASE",
    )


def stamp(engine: Engine, number: int) -> None:
    """Mark a database as ours and as belonging to one header; `number` has 31 bits."""
    with engine.begin() as connection:
        connection.exec_driver_sql(f"PRAGMA application_id = {_APPLICATION}")
        connection.exec_driver_sql(f"PRAGMA user_version = {number}")


def is_stamped(engine: Engine, number: int) -> bool:
    """Tell whether `stamp` marked this database with this number; raises `Broken` (E_DATABASE)."""
    try:
        with engine.connect() as connection:
            application = connection.exec_driver_sql("PRAGMA application_id").scalar_one()
            found = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
    except DBAPIError as error:
        raise _unopened(error) from error
    return (application, found) == (_APPLICATION, number)


def checkpoint(engine: Engine) -> None:
    """Fold the log into the database and empty it: when idle, before a lock and before a full check.

    Raises `Broken` (E_DATABASE, E_LOG) if something kept the log from being emptied; nothing is lost then.
    """
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        try:
            busy, *_ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlcipher.Error as error:
            raise Broken(
                "Your records are saved, but the disk kept the vault from being tidied up: it is full or "
                "reported an error. The vault does it by itself the next time.",
                code="E_LOG",
            ) from error
    if busy:
        raise Broken("The vault is busy. Wait a moment and try again.", code="E_DATABASE")


def postgres_engine(url: str, password: str | None = None, *, user: str | None = None) -> Engine:
    """Open the organisation's PostgreSQL; the password is `password`, or libpq finds it (pgpass).

    With `user` it is opened as that role and not as the one whom the address names.

    Raises `Refused` (E_DATABASE_URL) for an address that is not PostgreSQL's or that holds a password, which
    would be kept with the office's settings, and `Broken` (E_DATABASE) when the server does not answer.
    """
    try:
        address = make_url(url)
    except ArgumentError as error:
        raise Refused("The database's address cannot be read.", code="E_DATABASE_URL") from error
    if address.drivername not in ("postgresql", "postgres", "postgresql+psycopg"):
        raise Refused("The database's address does not start with postgresql://.", code="E_DATABASE_URL")
    if address.password is not None:
        raise Refused(
            "Leave the password out of the database's address: put it into a pgpass file.",
            code="E_DATABASE_URL",
        )
    target = address.set(drivername="postgresql+psycopg", password=password)
    target = target if user is None else target.set(username=user)
    try:
        engine = create_engine(
            target,
            hide_parameters=True,
            pool_size=_POOL,
            pool_pre_ping=True,
            connect_args={"connect_timeout": _PATIENCE_S, "application_name": "imsa-office"},
        )
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except (SQLAlchemyError, ImportError) as error:
        raise Broken(
            "The organisation's database does not answer. Check its address, the password and the network.",
            code="E_DATABASE",
        ) from error
    return engine
