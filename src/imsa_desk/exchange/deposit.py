"""A sealed backup as the members of a bundle: pieces of at most 256 MiB, read from the file as they go."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from pathlib import Path

from imsa_desk.errors import Broken
from imsa_desk.exchange.about import Deposit
from imsa_desk.exchange.limits import MAX_BACKUP
from imsa_desk.exchange.writer import Blob

_STEP = 1024 * 1024


def deposit_of(
    path: Path, made_at: datetime, vault: str, piece: int = MAX_BACKUP
) -> tuple[Deposit, tuple[Blob, ...]]:
    """Describe a backup file for `About.backup`, and give its pieces for `write_bundle`.

    The file is read once for the hashes and once more while it is sealed; a file that changes meanwhile is
    E_HASH there. Raises E_READ where it cannot be read.
    """
    whole, blobs = hashlib.sha256(), []
    try:
        size = path.stat().st_size
        for start in range(0, size, piece):
            part = hashlib.sha256()
            length = min(piece, size - start)
            for data in _read(path, start, length):
                part.update(data)
                whole.update(data)
            blobs.append(Blob(part.hexdigest(), length, partial(_read, path, start, length)))
    except OSError as error:
        raise Broken(f"The backup cannot be read: {error.strerror}.", code="E_READ") from error
    return Deposit(size, whole.hexdigest(), made_at, vault), tuple(blobs)


def _read(path: Path, start: int, length: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(start, os.SEEK_SET)
        while length and (data := file.read(min(_STEP, length))):
            length -= len(data)
            yield data
