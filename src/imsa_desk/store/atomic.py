"""Replaces a small file as a whole: after a power cut it is the old one or the new, never half of each."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable
from pathlib import Path

_MOVE_REPLACE, _MOVE_WRITE_THROUGH = 1, 8
_F_FULLFSYNC = 51


def replace_file(file: Path, data: bytes, check: Callable[[Path], None] | None = None) -> None:
    """Write `data` over `file`, readable by its owner only, durably.

    `check` reads the written copy back before it takes the old one's place; if it raises, the old one stays.
    """
    copy = file.with_name(file.name + ".tmp")
    copy.unlink(missing_ok=True)  # left behind by a crash; only the holder of the vault's lock writes here
    try:
        write_new(copy, data)
        if check is not None:
            check(copy)
        move(copy, file)
    except BaseException:
        copy.unlink(missing_ok=True)
        raise
    flush_folder(file.parent)


def write_new(file: Path, data: bytes) -> None:
    """Write a file that must not exist yet, readable by its owner only, and flush it."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(data)
        stream.flush()
        flush(stream.fileno())


def flush_folder(folder: Path) -> None:
    """Make the names in a folder durable, where the system knows such a thing."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def flush(descriptor: int) -> None:
    """Bring an open file to the disk itself."""
    if sys.platform == "darwin":
        import fcntl  # not on every system

        fcntl.fcntl(descriptor, _F_FULLFSYNC)
    else:
        os.fsync(descriptor)


def move(source: Path, target: Path) -> None:
    """Give a finished file its name, in place of the one that has it; the folder is flushed by the caller."""
    if sys.platform != "win32":
        os.replace(source, target)
        return
    # os.replace does not write through on Windows.
    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009
    if not kernel.MoveFileExW(str(source), str(target), _MOVE_REPLACE | _MOVE_WRITE_THROUGH):
        raise OSError(f"the file {target.name} could not be replaced")
