"""A hybrid logical clock: wall time that never runs backwards, for showing lines in order.

It orders the display only; it never decides whose change counts (security reference, section 9). A clock
that is far ahead elsewhere carries nobody else's with it, and does not stand first for ever: `standing`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

_COUNTER_DIGITS = 4
_COUNTER_LIMIT = 16**_COUNTER_DIGITS
_LATEST = 1 << 42
"""Milliseconds of the year 2109: a clock set wrong, here or elsewhere, drags no stamp beyond it."""
STAMP = re.compile(r"0[0-7][0-9a-f]{10}-[0-9a-f]{4}")
"""What a stamp looks like; it leaves twice the room that any clock here uses."""
BELIEVED = timedelta(hours=24)
"""How far ahead of this clock another may be; further, one of the two is set wrong."""
_BELIEVED_MS = int(BELIEVED.total_seconds() * 1000)


class HybridClock:
    """Gives ever growing stamps: 12 hexadecimal digits of milliseconds, a dash, 4 of a counter."""

    def __init__(self, now: Callable[[], datetime], last: str = "") -> None:
        self._now = now
        self._ms, self._counter = _parse(last) if last else (0, 0)

    def tick(self) -> str:
        """Give the next stamp."""
        ms = min(self._wall(), _LATEST)
        if ms > self._ms:
            self._ms, self._counter = ms, 0
        else:
            self._counter += 1
            if self._counter == _COUNTER_LIMIT:
                self._ms, self._counter = self._ms + 1, 0
        return f"{self._ms:012x}-{self._counter:04x}"

    def seen(self, stamp: str) -> None:
        """Run ahead of a stamp that came from elsewhere, unless it is more than a day ahead of this clock."""
        if _parse(stamp)[0] <= self._wall() + _BELIEVED_MS:
            self.resume(stamp)

    def resume(self, stamp: str) -> None:
        """Run ahead of a stamp that this clock gave itself, unless no honest clock gave it."""
        theirs = _parse(stamp)
        if (self._ms, self._counter) < theirs and theirs[0] <= _LATEST:
            self._ms, self._counter = theirs

    def _wall(self) -> int:
        return milliseconds(self._now())


def milliseconds(moment: datetime) -> int:
    """Give a moment as stamps count it."""
    return int(moment.timestamp() * 1000)


def standing(stamp: str, at: datetime) -> int:
    """Give the milliseconds by which a line stands among others: its stamp, bounded by its own moment.

    The stamps of a clock that was a year ahead and put right stay a year ahead, because they never run
    backwards; the moment that each line names is then the honest one. It follows from the line alone, so
    that every vault shows the same.
    """
    return min(_parse(stamp)[0], milliseconds(at) + _BELIEVED_MS)


def _parse(stamp: str) -> tuple[int, int]:
    ms, counter = stamp.split("-")
    return int(ms, 16), int(counter, 16)
