"""Seals a container into a file in a thread of its own, beside the thread that reads from the vault.

The vault has one connection and reading it is two thirds of the work: hashing, sealing and writing go on
meanwhile.
At most a few pieces wait between the two, so memory stays the same however large the bundle is.
"""

from __future__ import annotations

import errno
import hashlib
import os
import queue
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from imsa_desk.crypto.age import seal_pieces
from imsa_desk.errors import Broken, ImsaError
from imsa_desk.exchange import ustar
from imsa_desk.exchange.manifest import Entry
from imsa_desk.exchange.refusals import refusal

_WAITING = 8
_WRITTEN_OUT = 32 * 1024 * 1024
Item = bytes | Entry | BaseException | None


class Sealing:
    """A container being sealed: `begin` a member, `put` its bytes; leaving the block waits for the disk.

    A member that is not what its entry says is E_HASH, a disk that refuses E_WRITE or E_DISK_FULL: raised
    from the next call, at the latest on leaving. The file is complete only where the block was left without
    an error; otherwise it is removed.
    """

    def __init__(self, path: Path, recipients: Sequence[str]) -> None:
        self._path, self._recipients = path, recipients
        self._items: queue.Queue[Item] = queue.Queue(_WAITING)
        self._error: BaseException | None = None
        self._made = False
        self._ended = False
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._items.put(error)
        self._thread.join()
        found = error or self._error
        if found is None:
            return
        if self._made:
            self._path.unlink(missing_ok=True)
        if isinstance(found, OSError):
            raise unwritten(found) from found
        if error is None:
            raise found

    def begin(self, entry: Entry) -> None:
        """Begin the next member; the one before must be whole."""
        self.put(entry)

    def put(self, item: bytes | Entry) -> None:
        """Hand on the next bytes of the member begun last."""
        if self._error is not None:
            raise self._error
        self._items.put(item)

    def _run(self) -> None:
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
            handle = os.open(self._path, flags, 0o600)
            self._made = True
            with os.fdopen(handle, "wb") as file:
                seal_pieces(self._container(), _WrittenOut(file), self._recipients)
                file.flush()
                os.fsync(file.fileno())
        except BaseException as error:
            self._error = error
            while not self._ended:
                self._take()

    def _take(self) -> Item:
        item = self._items.get()
        self._ended = item is None or isinstance(item, BaseException)
        return item

    def _container(self) -> Iterator[bytes]:
        """Give headers, members and padding; each member is compared with its entry as it passes."""
        entry, digest, size = None, hashlib.sha256(), 0
        while True:
            item = self._take()
            if isinstance(item, BaseException):
                raise item
            if isinstance(item, bytes):
                digest.update(item)
                size += len(item)
                if entry is None or size > entry.size:
                    raise _changed(entry)
                yield item
                continue
            if entry is not None:
                if (size, digest.hexdigest()) != (entry.size, entry.sha256):
                    raise _changed(entry)
                yield ustar.padding(entry.size)
            if item is None:
                yield ustar.END
                return
            entry, digest, size = item, hashlib.sha256(), 0
            yield ustar.header(entry.name, entry.size)


class _WrittenOut:
    """A file whose bytes are sent on their way to the disk while more come, so that the end waits less."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._since = 0

    def write(self, data: bytes | memoryview, /) -> int:
        self._since += len(data)
        if self._since >= _WRITTEN_OUT and hasattr(os, "posix_fadvise"):
            self._since = 0
            os.posix_fadvise(self._file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        return self._file.write(data)


def unwritten(error: OSError) -> Broken:
    """Say in words that the disk refused."""
    full = error.errno == errno.ENOSPC
    reason = "the disk is full" if full else error.strerror or "the disk refused"
    return Broken(f"The bundle could not be written: {reason}.", code="E_DISK_FULL" if full else "E_WRITE")


def _changed(entry: Entry | None) -> ImsaError:
    return refusal("E_HASH", f"changed in the vault: {entry.name if entry else ustar.MANIFEST}")
