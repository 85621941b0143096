"""A hybrid logical clock: wall time that never runs backwards, for showing lines in order.

It orders the display only; it never decides whose change counts (security reference, section 9).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

_COUNTER_DIGITS = 4
_COUNTER_LIMIT = 16**_COUNTER_DIGITS
_LATEST = 1 << 42
"""Milliseconds of the year 2109: a clock set wrong, here or elsewhere, drags no stamp beyond it."""
STAMP = re.compile(r"0[0-7][0-9a-f]{10}-[0-9a-f]{4}")
"""What a stamp looks like; it leaves twice the room that any clock here uses."""


class HybridClock:
    """Gives ever growing stamps: 12 hexadecimal digits of milliseconds, a dash, 4 of a counter."""

    def __init__(self, now: Callable[[], datetime], last: str = "") -> None:
        self._now = now
        self._ms, self._counter = _parse(last) if last else (0, 0)

    def tick(self) -> str:
        """Give the next stamp."""
        ms = min(int(self._now().timestamp() * 1000), _LATEST)
        if ms > self._ms:
            self._ms, self._counter = ms, 0
        else:
            self._counter += 1
            if self._counter == _COUNTER_LIMIT:
                self._ms, self._counter = self._ms + 1, 0
        return f"{self._ms:012x}-{self._counter:04x}"

    def seen(self, stamp: str) -> None:
        """Run ahead of a stamp that came from elsewhere, unless no honest clock gave it."""
        theirs = _parse(stamp)
        if (self._ms, self._counter) < theirs and theirs[0] <= _LATEST:
            self._ms, self._counter = theirs


def _parse(stamp: str) -> tuple[int, int]:
    ms, counter = stamp.split("-")
    return int(ms, 16), int(counter, 16)
