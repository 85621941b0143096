"""A backup file: the encrypted database under a key of its own, then a trailer that says what it is.

    database    whole pages of SQLCipher, journal mode DELETE; key HKDF(master key, "backup:" + id)
    trailer     canonical JSON: format, version, id, vault, dbid, made, db_bytes, heads, header (hex), mac
    8 bytes     length of the trailer, big-endian
    8 bytes     MAGIC

SQLCipher counts a file whose length is no multiple of the page as damaged, so whoever opens the database
takes it out of the finished file first: still encrypted, into a private folder.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, BinaryIO, Literal

import msgspec
from msgspec import Meta, Struct
from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import StaticPool
from sqlcipher3 import dbapi2 as sqlcipher

from imsa_desk.crypto import keys
from imsa_desk.domain.canonical import canonical, parse_canonical
from imsa_desk.errors import Broken
from imsa_desk.progress import Progress
from imsa_desk.store.atomic import flush, flush_folder, move
from imsa_desk.store.engine import PAGE, set_key

SUFFIX = ".imsabackup"
PART = ".part"
MAGIC = b"IMSABAK1"
MAC_LABEL: Literal["backup"] = "backup"
_VERSION: Literal[1] = 1
_LENGTH = 8
_MOST = 1024 * 1024
_DEPTH = 4
BLOCK = 1024 * 1024
_TIME = "%Y-%m-%dT%H:%M:%S.%fZ"
_IN_NAME = "%Y%m%d-%H%M%S"
_NAME = re.compile(r"([0-9a-f]{16})-([0-9]{8}-[0-9]{6})\.imsabackup\Z")
_SETTINGS = {"cipher_log_level": "NONE", "trusted_schema": "OFF", "temp_store": "MEMORY", "mmap_size": "0"}

_Id = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}\Z")]
_Hash = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
_Hex = Annotated[str, Meta(pattern=r"^([0-9a-f]{2})+\Z")]
_Seq = Annotated[int, Meta(ge=1)]
Heads = dict[str, tuple[int, str]]
Copy = Callable[[Any, Progress], Heads]
"""`Store.copy_to`: copies a database into an open SQLCipher connection and gives the heads of the copy."""


class Trailer(Struct, frozen=True, forbid_unknown_fields=True):
    """What a backup says about itself; proven only by `genuine`."""

    format: Literal["imsa-backup"]
    version: Literal[1]
    id: _Id
    vault: _Id
    dbid: _Id
    made: str
    db_bytes: Annotated[int, Meta(ge=PAGE, multiple_of=PAGE)]
    heads: dict[_Id, tuple[_Seq, _Hash]]
    header: _Hex
    mac: _Hash

    @property
    def at(self) -> datetime:
        """The moment the backup was made."""
        return datetime.strptime(self.made, _TIME).replace(tzinfo=UTC)


def new_trailer(
    backup_id: str, vault: str, dbid: str, made: datetime, db_bytes: int, heads: Heads, header: bytes
) -> Trailer:
    """Make a trailer; not yet authenticated."""
    at = made.astimezone(UTC).strftime(_TIME)
    return Trailer(
        "imsa-backup", _VERSION, backup_id, vault, dbid, at, db_bytes, heads, header.hex(), "0" * 64
    )


def authenticate(trailer: Trailer, key: bytearray) -> Trailer:
    """Return the trailer with its message code under the key for backups."""
    return msgspec.structs.replace(trailer, mac=_mac(trailer, key).hex())


def genuine(trailer: Trailer, key: bytearray) -> bool:
    """Tell whether the holder of this key wrote the trailer, as a whole."""
    return keys.same(bytes.fromhex(trailer.mac), _mac(trailer, key))


def _mac(trailer: Trailer, key: bytearray) -> bytes:
    fields: dict[str, Any] = msgspec.to_builtins(trailer)
    del fields["mac"]
    return keys.hmac_sha256(key, canonical(fields))


def refused(why: str) -> Broken:
    """Say that a backup cannot be used."""
    text = f"This backup cannot be used: {why} Nothing was changed. Choose another one."
    return Broken(text, code="E_BACKUP")


def read_trailer(file: Path) -> Trailer:
    """Read what a backup says about itself, strictly; raises `Broken` (E_BACKUP, E_NEWER)."""
    try:
        with file.open("rb") as stream:
            size = stream.seek(0, os.SEEK_END)
            end = _LENGTH + len(MAGIC)
            stream.seek(max(size - end, 0))
            foot = stream.read(end)
            length = int.from_bytes(foot[:_LENGTH], "big")
            if len(foot) < end or foot[_LENGTH:] != MAGIC or not 0 < length <= min(_MOST, size - end):
                raise refused("it is no backup of IMSA Desk, or it is cut short.")
            stream.seek(size - end - length)
            data = stream.read(length)
    except OSError as error:
        raise refused("the file cannot be read.") from error
    trailer = _parsed(data)
    if trailer.db_bytes + length + end != size:
        raise refused("it is cut short or was altered.")
    return trailer


def _parsed(data: bytes) -> Trailer:
    try:
        value = parse_canonical(data, _DEPTH)
        if isinstance(value, dict) and isinstance(value.get("version"), int) and value["version"] > _VERSION:
            raise Broken(
                "This backup was made by a newer IMSA Desk. Install the newer version to restore it.",
                code="E_NEWER",
            )
        trailer = msgspec.convert(value, Trailer)
        trailer.at  # noqa: B018  (a time that cannot be read makes the trailer invalid)
    except (msgspec.ValidationError, ValueError) as error:
        raise refused("it was altered.") from error
    except Broken as error:
        if error.code == "E_CANONICAL":
            raise refused("it was altered.") from error
        raise
    return trailer


def backups_folder(vault_folder: Path) -> Path:
    """Name the folder of a vault's backups: beside it, they outlive the vault's own folder."""
    place = vault_folder.absolute()
    return place.with_name(f"{place.name}-backups")


def mark_of(vault: str) -> str:
    """Give the 16 digits by which a vault's backups are told from another's; they name nobody."""
    return hashlib.sha256(vault.encode()).hexdigest()[:16]


def name_at(vault: str, made: datetime) -> str:
    """Name the backup of a vault made at a moment."""
    return f"{mark_of(vault)}-{made.astimezone(UTC).strftime(_IN_NAME)}{SUFFIX}"


def new_name(folder: Path, vault: str, made: datetime) -> str:
    """Give a name that is free: of two backups in one second the later one's is a second later."""
    while True:
        name = name_at(vault, made)
        if not (folder / name).exists() and not (folder / (name + PART)).exists():
            return name
        made += timedelta(seconds=1)


def files_in(folder: Path, vault: str = "") -> list[Path]:
    """List files with a backup's name, of one vault or of any; a folder that is not there has none."""
    try:
        names = sorted(each.name for each in folder.iterdir())
    except OSError:
        return []
    found = [(name, _NAME.match(name)) for name in names]
    mark = mark_of(vault) if vault else ""
    return [folder / name for name, match in found if match and mark in ("", match[1])]


def is_leftover(name: str, vault: str) -> bool:
    """Tell whether a name is that of an unfinished piece of work on this vault's backups."""
    whole = _UNFINISHED.sub("", name)
    return (
        name != whole
        and whole.startswith(mark_of(vault))
        and (_NAME.match(whole) is not None or _WORK.match(whole) is not None)
    )


_WORK = re.compile(r"[0-9a-f]{16}-work-[0-9a-f]{16}\Z")
_UNFINISHED = re.compile(re.escape(PART) + r"(-wal|-journal)?\Z")
"""The unfinished file itself, and what SQLite keeps beside it."""


def work_name(vault: str) -> str:
    """Name a private folder for work on a backup; `is_leftover` knows it."""
    return f"{mark_of(vault)}-work-{secrets.token_hex(8)}{PART}"


def write_database(file: Path, key: bytearray, copy: Copy, progress: Progress) -> Heads:
    """Copy a database into a new file under its own key, flushed, no log beside it; give its heads.

    The caller removes the file when this raises `Broken` (E_DISK_FULL, E_STORAGE, E_CLOSED) or what
    `progress` does.
    """
    os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    target = _connect(file, key, "rw")
    try:
        # A file that is half written is thrown away whole, so it needs no journal and one flush at the end.
        for name, value in {"locking_mode": "EXCLUSIVE", "journal_mode": "OFF", "synchronous": "OFF"}.items():
            target.execute(f"PRAGMA {name} = {value}").fetchall()
        heads = copy(target, progress)
        mode = target.execute("PRAGMA journal_mode = DELETE").fetchone()[0]
        if mode != "delete":
            raise Broken("The copy of the database could not be finished.", code="E_STORAGE")
    except sqlcipher.Error as error:
        raise Broken("The copy of the database could not be written.", code="E_STORAGE") from error
    finally:
        target.close()
    flush_file(file)
    return heads


def open_copy(file: Path, key: bytearray) -> Engine:
    """Open the database of a copy to read, on a connection of its own; raises `Broken` (E_BACKUP)."""
    try:
        connection = _connect(file, key, "ro")
        try:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchall()
        except BaseException:
            connection.close()
            raise
    except sqlcipher.Error as error:
        raise refused("its content is damaged.") from error
    return create_engine(
        "sqlite+pysqlite://",
        module=sqlcipher,
        creator=lambda: connection,
        poolclass=StaticPool,
        hide_parameters=True,
    )


def _connect(file: Path, key: bytearray, mode: str) -> Any:
    connection = sqlcipher.connect(
        f"{file.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None, check_same_thread=False
    )
    try:
        set_key(connection, key)
        connection.enable_load_extension(False)
        for name, value in _SETTINGS.items():
            connection.execute(f"PRAGMA {name} = {value}").fetchall()
    except BaseException:
        connection.close()
        raise
    return connection


def flush_file(file: Path) -> None:
    """Bring a file that nobody has open to the disk itself."""
    with file.open("r+b") as stream:
        flush(stream.fileno())


def finish(part: Path, target: Path, trailer: Trailer) -> None:
    """Put the trailer behind a checked database, read it back, and give the file its name, durably."""
    data = canonical(msgspec.to_builtins(trailer))
    with part.open("ab") as stream:
        stream.write(data + len(data).to_bytes(_LENGTH, "big") + MAGIC)
        stream.flush()
        flush(stream.fileno())
    if read_trailer(part) != trailer:
        raise refused("it was not written as it should be.")
    move(part, target)
    flush_folder(target.parent)


def take_out(file: Path, trailer: Trailer, to: Path, progress: Progress) -> None:
    """Copy the database of a finished backup into a new file; raises `Broken` (E_BACKUP)."""
    try:
        with file.open("rb") as source, private_file(to) as target:
            left = trailer.db_bytes
            while left:
                block = source.read(min(BLOCK, left))
                if not block:
                    raise refused("it is cut short.")
                target.write(block)
                left -= len(block)
                progress(trailer.db_bytes - left, trailer.db_bytes)
    except OSError as error:
        raise refused("it could not be read, or the disk is full.") from error


def private_file(file: Path) -> BinaryIO:
    """Open a file that must not exist yet for writing; only its owner can open it."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(file, flags, 0o600), "wb")


def same_heads(left: Mapping[str, tuple[int, str]], right: Mapping[str, tuple[int, str]]) -> bool:
    """Compare two journals by their ends."""
    return {w: tuple(v) for w, v in left.items()} == {w: tuple(v) for w, v in right.items()}
