"""Find font files of the machine, for characters that the program's own fonts lack."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path

MAX_FILES = 1_500
MAX_MEMBERS = 16
_ENDINGS = frozenset({".ttf", ".ttc", ".otf"})
_UNLIKE_TEXT = ("bold", "italic", "oblique", "condensed", "light", "black", "thin", "emoji", "symbol")


def _folders() -> list[Path]:
    """Give the folders in which this kind of system keeps fonts."""
    home = Path.home()
    if sys.platform == "win32":
        windows = Path(os.environ.get("WINDIR", "C:\\Windows"))
        local = Path(os.environ.get("LOCALAPPDATA", str(home)))
        return [windows / "Fonts", local / "Microsoft" / "Windows" / "Fonts"]
    if sys.platform == "darwin":
        return [Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library" / "Fonts"]
    data = os.environ.get("XDG_DATA_HOME") or str(home / ".local" / "share")
    shared = os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    return [Path(data) / "fonts", home / ".fonts", *(Path(p) / "fonts" for p in shared.split(":") if p)]


@lru_cache(maxsize=1)
def _files() -> tuple[Path, ...]:
    """List font files, plain upright text faces first; at most `MAX_FILES`."""
    found = (
        Path(folder) / name
        for root in _folders()
        for folder, _, names in os.walk(root)
        for name in names
        if Path(name).suffix.lower() in _ENDINGS
    )
    return tuple(sorted(islice(found, MAX_FILES), key=_rank))


def _rank(path: Path) -> tuple[int, bool, str]:
    name = path.stem.lower()
    return sum(word in name for word in _UNLIKE_TEXT), not name.startswith("noto"), str(path)


def _members(path: Path) -> int:
    """Count the faces in a font file: one, unless it is a collection."""
    try:
        with path.open("rb") as file:
            head = file.read(12)
    except OSError:
        return 0
    return min(int.from_bytes(head[8:12], "big"), MAX_MEMBERS) if head[:4] == b"ttcf" else 1


def candidates() -> Iterator[tuple[Path, int]]:
    """Give each font file of the machine with each of its faces' numbers, likeliest first."""
    for path in _files():
        for index in range(_members(path)):
            yield path, index
