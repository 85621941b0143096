"""What happened, as it happens and in the end: names and sizes only."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field


def _to_stderr(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


@dataclass(slots=True)
class Report:
    """Counts what was carried and tells each step; a refusal is told once, however often it is met."""

    tell: Callable[[str], None] = _to_stderr
    sent: dict[str, int] = field(default_factory=dict)
    fetched: dict[str, int] = field(default_factory=dict)
    kept: dict[str, str] = field(default_factory=dict)

    def note(self, text: str) -> None:
        """Tell a step."""
        self.tell(text)

    def keep(self, name: str, text: str) -> None:
        """Tell that a file is not carried, and why."""
        if self.kept.get(name) != text:
            self.tell(f"refused: {text}")
        self.kept[name] = text

    def settled(self, name: str, text: str) -> None:
        """Tell that a file needs no carrying."""
        self.kept.pop(name, None)
        self.tell(text)

    def carried(self, way: dict[str, int], name: str, size: int) -> None:
        """Tell that a file stands on the other side now; `way` is `sent` or `fetched`."""
        way[name] = size
        self.kept.pop(name, None)
        self.tell(f"{'sent' if way is self.sent else 'fetched'} {name} ({bytes_of(size)}).")

    def moved(self) -> int:
        """Count the files carried so far: what shows that the line works."""
        return len(self.sent) + len(self.fetched)

    def summary(self) -> str:
        """Say in one line what was done."""
        text = f"Sent {_files(self.sent)}, fetched {_files(self.fetched)}."
        return f"{text} Not carried: {', '.join(sorted(self.kept))}." if self.kept else text


def bytes_of(size: int) -> str:
    """Say a size."""
    return f"{size:,} bytes"


def _files(carried: dict[str, int]) -> str:
    if not carried:
        return "nothing"
    return f"{len(carried)} file{'s' if len(carried) > 1 else ''} ({bytes_of(sum(carried.values()))})"
