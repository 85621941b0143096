"""What sending and fetching share: the two folders, what is remembered, and how to say what happened."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from imsa_courier.local import digest, look
from imsa_courier.memory import Memory
from imsa_courier.remote import Entry, Remote, digest_there
from imsa_courier.report import Report


@dataclass(frozen=True, slots=True)
class Errand:
    """One direction, for one round; `dry` changes nothing on either side."""

    remote: Remote
    here: Path
    there: str
    memory: Memory
    report: Report
    move: bool
    settle: float = 0.0
    dry: bool = False

    def path(self, name: str) -> str:
        """Give the path of a name in the folder there."""
        return f"{self.there.rstrip('/')}/{name}"

    def same_there(self, entry: Entry, size: int, sha256: str) -> bool:
        """Say whether what stands there is this file, by reading it back."""
        return (
            entry.plain
            and entry.size == size
            and digest_there(self.remote, self.path(entry.name)) == (size, sha256)
        )

    def same_here(self, path: Path, size: int, sha256: str) -> bool:
        """Say whether what stands here is this file."""
        found = look(path)
        return found.size == size and digest(found) == sha256
