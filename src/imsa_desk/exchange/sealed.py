"""Reads the inside of a sealed file piece by piece; nothing decrypted ever touches a disk."""

from __future__ import annotations

import os
import queue
import stat
import threading
from collections.abc import Sequence
from types import TracebackType
from typing import BinaryIO, Self

from imsa_desk.crypto.age import Identity, open_stream
from imsa_desk.errors import ImsaError
from imsa_desk.exchange.limits import MAX_ENTRIES, MAX_MANIFEST, MAX_TOTAL
from imsa_desk.exchange.refusals import refusal

_OVERHEAD = 64 * 1024 * 1024
MAX_FILE = MAX_TOTAL + MAX_MANIFEST + 1024 * MAX_ENTRIES + _OVERHEAD
"""Bytes a sealed file may have: the members, their headers and the sealing."""
_START = b"age-encryption.org/v1\n-> "
_HEADER = 64 * 1024
_PIECE = 256 * 1024
_WAITING = 16
_SMALL = 64 * 1024


def check_outside(source: BinaryIO) -> None:
    """Test what can be seen without a key: an ordinary file, its size, a binary age header of sane length.

    Raises E_TOO_BIG and E_DECRYPT. Leaves the reading position at the start.
    """
    about = os.fstat(source.fileno())
    if not stat.S_ISREG(about.st_mode):
        raise refusal("E_DECRYPT", "not an ordinary file")
    if about.st_size > MAX_FILE:
        raise refusal("E_TOO_BIG")
    start = source.read(_HEADER)
    # Refuses text armour, and headers with endless key stanzas, before any key is tried.
    if not start.startswith(_START) or b"\n--- " not in start:
        raise refusal("E_DECRYPT", "not a sealed file")
    source.seek(0)


class PlainStream:
    """The decrypted content as something to read from; a thread decrypts ahead, by 4 MiB at most.

    A small file is opened whole at once: the thread would cost more than it does.
    """

    def __init__(self, source: BinaryIO, identities: Sequence[Identity]) -> None:
        self._pieces: queue.Queue[bytes | Exception | None] = queue.Queue(_WAITING)
        self._closed = threading.Event()
        self._gathered = bytearray()
        self._rest, self._at = b"", 0
        self._ended = False
        self._thread: threading.Thread | None = None
        if os.fstat(source.fileno()).st_size <= _SMALL:
            self._run(source, identities)
            return
        self._thread = threading.Thread(target=self._run, args=(source, identities), daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closed.set()
        while not self._ended:
            # The thread may wait for room to hand on what it has; its last word is always an outcome.
            self._ended = not isinstance(self._pieces.get(), bytes)
        if self._thread is not None:
            self._thread.join()

    def read(self, size: int) -> bytes:
        """Read `size` bytes, fewer only at the end; raises E_DECRYPT when the sealing does not hold."""
        parts: list[bytes] = []
        while size:
            if self._at == len(self._rest) and not self._next():
                break
            part = self._rest[self._at : self._at + size]
            parts.append(part)
            self._at += len(part)
            size -= len(part)
        return b"".join(parts)

    def _next(self) -> bool:
        if self._ended:
            return False
        piece = self._pieces.get()
        if isinstance(piece, Exception):
            self._ended = True
            raise piece
        if piece is None:
            self._ended = True
            return False
        self._rest, self._at = piece, 0
        return True

    def write(self, data: bytes) -> int:
        """Take plaintext from the decrypting thread."""
        if self._closed.is_set():
            raise BrokenPipeError
        self._gathered += data
        if len(self._gathered) >= _PIECE:
            self.flush()
        return len(data)

    def flush(self) -> None:
        """Hand on what has been gathered."""
        if self._gathered:
            self._pieces.put(bytes(self._gathered))
            self._gathered.clear()

    def _run(self, source: BinaryIO, identities: Sequence[Identity]) -> None:
        outcome: Exception | None = None
        try:
            open_stream(source, self, identities)
            self.flush()
        except ImsaError as error:
            # Age says that no key fits where a file is simply somebody else's.
            outcome = refusal("E_SEALED") if "matching keys" in str(error.__cause__) else error
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:
            # The library's own worst case, a panic, is not an Exception.
            outcome = refusal("E_DECRYPT")
            outcome.__cause__ = error
        self._pieces.put(outcome)
