"""Reads what is whole of a damaged database, page by page: each page proves itself, or is left out.

Nothing is written and nothing leaves memory. The log beside the database lies over it: of each page the
newest version that proves itself up to the last commit, also behind frames that are damaged, where SQLite
itself would stop.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Self

from imsa_desk.crypto.pages import PAGE, SALT, PageKey

_LOG_HEADER = 32
_FRAME_HEADER = 24
_FRAME = _FRAME_HEADER + PAGE
_TRIED = 8
"""Pages a salt is tried with: one of them is whole, or there is little to save."""


@dataclass(frozen=True, slots=True)
class Log:
    """Where the newest genuine version of each page stands in the log, and how many frames are damaged."""

    places: dict[int, int]
    damaged: int = 0
    size: int = 0
    """Pages of the database after the last commit; 0 where the log holds none."""


class Pages:
    """The pages of a closed database with its log, in the clear, one at a time; use it with `with`.

    `proven` is False where the salt is gone, so that no page can prove itself: then only what carries its
    own hash may be believed.
    """

    def __init__(self, db_file: Path, raw_key: bytearray) -> None:
        self._database: BinaryIO | None = _open(db_file)
        self._log_file: BinaryIO | None = _open(db_file.with_name(db_file.name + "-wal"))
        here = _size(self._database) // PAGE
        key = self._find_key(raw_key, here)
        self.proven = key is not None
        self._key = key or PageKey.of(raw_key, bytes(SALT))
        self.log = self._read_log() if self.proven else Log({})
        self.here = max([here, *self.log.places])
        first = self.page(1) if self.proven else None
        said = int.from_bytes(first[28:32], "big") if first else 0
        self.count = max(self.log.size or said, self.here if not said else 0)
        """Pages that the database should have."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for stream in (self._database, self._log_file):
            if stream is not None:
                stream.close()

    def page(self, number: int) -> bytes | None:
        """Give one page in the clear; None where it is missing or does not prove itself."""
        raw = self._raw(number)
        if len(raw) != PAGE or (self.proven and not self._key.proves(number, raw)):
            return None
        return self._key.decrypt(number, raw)

    def _raw(self, number: int) -> bytes:
        if number in self.log.places:
            return _read(self._log_file, self.log.places[number], PAGE)
        return _read(self._database, (number - 1) * PAGE, PAGE)

    def _find_key(self, raw_key: bytearray, here: int) -> PageKey | None:
        """Find the salt with which pages prove themselves: the file's, the log's, or one byte away."""
        tried = [(n, _read(self._database, (n - 1) * PAGE, PAGE)) for n in range(1, min(here, _TRIED) + 1)]
        tried += [(number, _read(self._log_file, at, PAGE)) for number, at in self._frames(_TRIED)]
        for salt in self._salts():
            key = PageKey.of(raw_key, salt)
            if any(key.proves(number, page) for number, page in tried):
                return key
        return None

    def _salts(self) -> Iterator[bytes]:
        stored = _read(self._database, 0, SALT)
        if len(stored) == SALT:
            yield stored
        for number, at in self._frames():
            if number == 1:
                yield _read(self._log_file, at, SALT)
        for at in range(SALT if len(stored) == SALT else 0):
            for change in range(1, 256):
                yield stored[:at] + bytes((stored[at] ^ change,)) + stored[at + 1 :]

    def _frames(self, most: int = 1 << 31) -> Iterator[tuple[int, int]]:
        """Give page number and place of the log's frames, whatever their generation."""
        for n in range(min(most, (_size(self._log_file) - _LOG_HEADER) // _FRAME)):
            at = _LOG_HEADER + n * _FRAME
            yield int.from_bytes(_read(self._log_file, at, 4), "big"), at + _FRAME_HEADER

    def _read_log(self) -> Log:
        """Lay the frames of the present generation over each other, up to the last commit."""
        salts = self._generation()
        found: dict[int, int] = {}
        fresh: dict[int, int] = {}
        damaged = passed = size = 0
        for number, at in self._frames():
            header = _read(self._log_file, at - _FRAME_HEADER, _FRAME_HEADER)
            if header[8:16] != salts or not self._key.proves(number, _read(self._log_file, at, PAGE)):
                passed += 1
                continue
            damaged, passed = damaged + passed, 0
            fresh[number] = at
            if int.from_bytes(header[4:8], "big"):
                size = int.from_bytes(header[4:8], "big")
                found.update(fresh)
                fresh.clear()
        return Log(found, damaged + self._torn(passed, salts), size)

    def _generation(self) -> bytes:
        """Give the salts that the frames of the present generation carry: most of the first ones agree."""
        header = _read(self._log_file, 16, 8)
        seen = [_read(self._log_file, at - 16, 8) for _, at in self._frames(3)]
        return header if header in seen or not seen else max(seen, key=seen.count)

    def _torn(self, passed: int, salts: bytes) -> int:
        """Count frames at the end that are damaged, not left over from an older generation."""
        frames = list(self._frames())[-passed:] if passed else []
        headers = [_read(self._log_file, at - _FRAME_HEADER, _FRAME_HEADER) for _, at in frames]
        return sum(header[8:16] == salts for header in headers)


def _open(file: Path) -> BinaryIO | None:
    with suppress(OSError):
        return file.open("rb")
    return None


def _size(stream: BinaryIO | None) -> int:
    return stream.seek(0, 2) if stream is not None else 0


def _read(stream: BinaryIO | None, at: int, size: int) -> bytes:
    """Read a piece; an unreadable sector counts as a short piece."""
    if stream is None:
        return b""
    try:
        stream.seek(at)
        return stream.read(size)
    except OSError:
        return b""
