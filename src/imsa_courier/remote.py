"""What the courier asks of a server, whichever kind it is."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Protocol


@dataclass(frozen=True, slots=True)
class Entry:
    """A name in a folder there; `plain`: neither link nor folder; `mark` changes when it is replaced."""

    name: str
    size: int
    plain: bool
    mark: str


class Remote(Protocol):
    """A server that holds files. Paths are whole paths there; every method raises the courier's errors."""

    can_append: bool

    def listing(self, folder: str) -> dict[str, Entry]:
        """List a folder by name. Raises `Refused` if there is none."""

    def look(self, path: str) -> Entry | None:
        """Say what stands under a path, or None."""

    def read(self, path: str, offset: int = 0) -> Iterator[bytes]:
        """Read from an offset to the end. Raises `CannotResume` if the server knows only beginnings."""

    def write(self, path: str, source: BinaryIO, offset: int, size: int) -> None:
        """Write what `source` still holds, from an offset on (0 = a new file); `size` is the whole file's."""

    def place(self, part: str, final: str) -> bool:
        """Rename without overwriting; False if something has that name."""

    def remove(self, path: str) -> None:
        """Remove an unfinished copy of the courier's own."""

    def make_folder(self, path: str) -> None:
        """Make a folder unless it is there."""

    def close(self) -> None:
        """End the connection."""


def digest_there(remote: Remote, path: str) -> tuple[int, str]:
    """Read back what stands there, and give its size and SHA-256."""
    found, size = hashlib.sha256(), 0
    for piece in remote.read(path):
        found.update(piece)
        size += len(piece)
    return size, found.hexdigest()
