"""The folders on this side: which files may go, their size and hash, placing without overwriting."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import BinaryIO

from imsa_courier.errors import Kept, Refused
from imsa_courier.names import VAULT_HEADER, is_sealed

CHUNK = 1024 * 1024
_NO_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV}


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A sealed file in a folder here, as it was when it was looked at."""

    path: Path
    size: int
    mtime_ns: int
    inode: int

    @property
    def name(self) -> str:
        """Its name."""
        return self.path.name

    @property
    def mark(self) -> str:
        """A word that changes when the file is written to."""
        return f"{self.mtime_ns}.{self.inode}"


def check_folder(folder: Path) -> None:
    """Raise `Refused` unless this is a folder of its own, outside every vault."""
    if folder.is_symlink() or not folder.is_dir():
        raise Refused(f"There is no folder {folder}.", code="E_FOLDER")
    whole = folder.resolve()
    for place in (whole, *whole.parents):
        if (place / VAULT_HEADER).exists():
            raise Refused(f"{place} is a vault: the courier does not work there.", code="E_VAULT")


def sealed_names(folder: Path) -> list[str]:
    """List the names of sealed files, oldest first: a reader misses nothing when they come in order."""
    found = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if is_sealed(entry.name):
                with suppress(FileNotFoundError):  # taken away this moment
                    found.append((entry.stat(follow_symlinks=False).st_mtime_ns, entry.name))
    return [name for _, name in sorted(found)]


def look(path: Path) -> LocalFile:
    """Look at a sealed file. Raises `Kept` for anything but a plain file."""
    about = path.lstat()
    if not stat.S_ISREG(about.st_mode):
        raise Kept(f"{path.name} is not a plain file: it is left alone.")
    return LocalFile(path, about.st_size, about.st_mtime_ns, about.st_ino)


def open_sealed(file: LocalFile) -> BinaryIO:
    """Open the very file that was looked at, to read. Raises `Kept` if another stands there now."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    source = os.fdopen(os.open(file.path, flags), "rb")
    about = os.fstat(source.fileno())
    if not stat.S_ISREG(about.st_mode) or about.st_ino != file.inode:
        source.close()
        raise Kept(f"{file.name} was exchanged while it was read: it is left alone.")
    return source


def chunks(source: BinaryIO) -> Iterator[bytes]:
    """Read to the end in pieces, so that memory stays small."""
    while piece := source.read(CHUNK):
        yield piece


def digest(file: LocalFile) -> str:
    """Give the SHA-256 of a file."""
    found = hashlib.sha256()
    with open_sealed(file) as source:
        for piece in chunks(source):
            found.update(piece)
    return found.hexdigest()


def open_part(path: Path) -> FileIO:
    """Open an unfinished copy to read and write, unbuffered; make it if it is not there."""
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(path, flags, 0o600), "r+b", buffering=0)


def write_all(out: FileIO, data: bytes) -> None:
    """Write every byte; an unbuffered file may take fewer at a time."""
    rest = memoryview(data)
    while rest:
        rest = rest[out.write(rest) :]


def place(part: Path, final: Path) -> bool:
    """Give a whole file its name, in one step, unless something has that name: then say False."""
    try:
        os.link(part, final)
    except FileExistsError:
        if not final.samefile(part):
            return False
        part.unlink()  # a stop came between the two steps
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        # A disk without hard links, such as most USB sticks: the lock keeps other couriers away meanwhile.
        if os.path.lexists(final):
            return False
        part.rename(final)
    else:
        part.unlink()
    sync_folder(final.parent)
    return True


def put_into(file: Path, folder: Path) -> bool:
    """Move a file into a folder beside it, which is made; say False if something has its name there."""
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink() or not place(file, folder / file.name):
        return False
    sync_folder(file.parent)
    return True


def sync_folder(folder: Path) -> None:
    """Make what was renamed in a folder last, where the system can."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # some network shares know no such call
            raise
    finally:
        os.close(handle)
