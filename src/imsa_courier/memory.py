"""What a folder's courier remembers: files confirmed, downloads begun. One small file, replaced in one step.

It lies in the folder itself, one for each destination. Losing it loses nothing: what stands on the other side
is then compared by hash again.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from imsa_courier.errors import Broken
from imsa_courier.local import sync_folder
from imsa_courier.names import is_sealed

_VERSION = 1


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A file that stood on the other side, whole; `mark` tells cheaply whether it is still the same one."""

    size: int
    sha256: str
    mark: str


@dataclass(frozen=True, slots=True)
class Begun:
    """A download that was cut off: `upto` bytes with this digest are on the disk, of the file marked so."""

    size: int
    mark: str
    upto: int
    sha256: str


class Memory:
    """The confirmed and begun files of one folder and one destination."""

    def __init__(self, folder: Path, destination: str) -> None:
        """Read what is remembered, without writing. Raises `Broken` if the file is damaged."""
        short = hashlib.sha256(destination.encode()).hexdigest()[:12]
        self.file = folder / f".imsa-courier-{short}.json"
        self.own = secrets.token_hex(4)
        self.confirmed: dict[str, Confirmed] = {}
        self.begun: dict[str, Begun] = {}
        try:
            self._read(self.file.read_bytes())
        except FileNotFoundError:
            return
        except (ValueError, TypeError, KeyError, AttributeError):
            raise Broken(
                f"{self.file} is damaged. Move it away: whatever stands on the other side is compared again."
            ) from None

    def _read(self, data: bytes) -> None:
        found = json.loads(data)
        if found["version"] != _VERSION or not isinstance(found["own"], str):
            raise ValueError
        self.own = found["own"]
        self.confirmed = {n: Confirmed(**row) for n, row in found["confirmed"].items() if is_sealed(n)}
        self.begun = {n: Begun(**row) for n, row in found["begun"].items() if is_sealed(n)}

    def settle_name(self) -> None:
        """Make sure that `own` outlives this process, before anything is named by it."""
        if not self.file.exists():
            self.save()

    def confirm(self, name: str, size: int, sha256: str, mark: str) -> None:
        """Remember that this file stands on the other side; on the disk when this returns."""
        self.confirmed[name] = Confirmed(size, sha256, mark)
        self.begun.pop(name, None)
        self.save()

    def save(self) -> None:
        """Replace the file in one step."""
        rows = {
            "version": _VERSION,
            "own": self.own,
            "confirmed": {name: asdict(row) for name, row in sorted(self.confirmed.items())},
            "begun": {name: asdict(row) for name, row in sorted(self.begun.items())},
        }
        new = self.file.with_suffix(".new")
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0), 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            json.dump(rows, out, indent=1)
            out.flush()
            os.fsync(out.fileno())
        os.replace(new, self.file)
        sync_folder(self.file.parent)
