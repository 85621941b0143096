"""What does not fit into one bundle goes as several, each whole by itself: the next numbers of the stream.

A document travels in the part of the line that brings it, so that no part promises what another holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from imsa_desk.domain.lines import FIRST, Line, Link
from imsa_desk.exchange.limits import MAX_ABOUT, MAX_ENTRIES, MAX_ENTRY, MAX_TOTAL
from imsa_desk.exchange.lines import line_out
from imsa_desk.exchange.refusals import refusal

_BARE = len(line_out(Line(Link("0" * 32, 1, FIRST, FIRST, FIRST), None))) - len("null") - len("1")
"""Bytes of a line beside its body and its number."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A line to be sent: whose, its number, its bytes (`line_size`), and the blobs (hash, size) it brings."""

    writer: str
    seq: int
    size: int
    blobs: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One bundle of several: the (first, last) numbers of each writer, the blobs, and whether the backup."""

    number: int
    of: int
    ranges: Mapping[str, tuple[int, int]]
    blobs: tuple[str, ...]
    backup: bool

    def holds(self, writer: str, seq: int) -> bool:
        """Say whether a line to be sent belongs into this part."""
        first, last = self.ranges.get(writer, (1, 0))
        return first <= seq <= last


@dataclass(frozen=True, slots=True)
class Room:
    """What one bundle has room for: bytes of records, bytes in all, members."""

    records: int = MAX_ENTRY
    total: int = MAX_TOTAL - MAX_ABOUT
    members: int = MAX_ENTRIES - 2


FORMAT = Room()
"""The limits of the format, less what is said about it."""


@dataclass(slots=True)
class _Filling:
    ranges: dict[str, tuple[int, int]] = field(default_factory=dict)
    blobs: list[str] = field(default_factory=list)
    records: int = 0
    total: int = 0
    backup: bool = False
    backups: int = 0

    def fits(self, records: int, sizes: Sequence[int], room: Room) -> bool:
        members = len(self.blobs) + self.backups + len(sizes)
        total = self.total + records + sum(sizes)
        return self.records + records <= room.records and total <= room.total and members <= room.members


def line_size(seq: int, body: int | None) -> int:
    """Give the bytes of a line in a bundle; `body` are the bytes of its content, None where withheld."""
    return _BARE + len(str(seq)) + (len("null") if body is None else body)


def plan_parts(entries: Iterable[Piece], backup: Sequence[int] = (), room: Room = FORMAT) -> tuple[Part, ...]:
    """Divide lines, in the order in which they go, and what they bring among as few bundles as hold them.

    `backup` are the sizes of its pieces; they stay together, in the last part. There is always one part.
    Raises E_LIMIT where one line with its documents, or the backup, is more than any bundle holds.
    """
    parts = [_Filling()]
    planned: set[str] = set()
    for entry in entries:
        new = [(sha256, size) for sha256, size in dict(entry.blobs).items() if sha256 not in planned]
        sizes = [size for _, size in new]
        at = _with_room(parts, entry.size, sizes, room)
        first, _ = at.ranges.get(entry.writer, (entry.seq, 0))
        at.ranges[entry.writer] = (first, entry.seq)
        at.blobs += [sha256 for sha256, _ in new]
        at.records += entry.size
        at.total += entry.size + sum(sizes)
        planned.update(sha256 for sha256, _ in new)
    if backup:
        at = _with_room(parts, 0, backup, room)
        at.backup, at.backups = True, len(backup)
    made = enumerate(parts, start=1)
    return tuple(Part(n, len(parts), part.ranges, tuple(part.blobs), part.backup) for n, part in made)


def _with_room(parts: list[_Filling], records: int, sizes: Sequence[int], room: Room) -> _Filling:
    """Give the part being filled, or begin another."""
    if not parts[-1].fits(records, sizes, room):
        parts.append(_Filling())
    if not parts[-1].fits(records, sizes, room):
        raise refusal("E_LIMIT", "too much for any bundle")
    return parts[-1]
