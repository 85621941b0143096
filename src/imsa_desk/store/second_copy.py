"""Copies a finished backup to another place, where it gets its name only once it was read back."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path

from imsa_desk.progress import Progress
from imsa_desk.store.atomic import flush, flush_folder, move
from imsa_desk.store.backup import BLOCK, PART, private_file, refused


def copy_file(file: Path, folder: Path, progress: Progress) -> Path:
    """Copy a finished backup into another folder under its name; it gets that only once it was read back.

    Raises `OSError`, and `Broken` (E_BACKUP) when what stands there is not what was written.
    """
    part, target = folder / (file.name + PART), folder / file.name
    size = file.stat().st_size
    digest, done = hashlib.sha256(), 0
    part.unlink(missing_ok=True)
    try:
        with file.open("rb") as source, private_file(part) as copy:
            while block := source.read(BLOCK):
                copy.write(block)
                digest.update(block)
                done += len(block)
                progress(done, 2 * size)
            copy.flush()
            flush(copy.fileno())
            _forget(copy.fileno())
        if _digest(part, lambda read, _: progress(size + read, 2 * size)) != digest.hexdigest():
            raise refused("the copy in the second place is not what was written.")
        move(part, target)
    except BaseException:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    with suppress(OSError):  # not every stick or share knows such a thing
        flush_folder(folder)
    return target


def _forget(descriptor: int) -> None:
    """Let what is read next come from the device and not from memory, where the system can."""
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)


def _digest(file: Path, progress: Progress) -> str:
    digest, done = hashlib.sha256(), 0
    with file.open("rb") as stream:
        while block := stream.read(BLOCK):
            digest.update(block)
            done += len(block)
            progress(done, 0)
    return digest.hexdigest()
