"""Times of day as people type them."""

from __future__ import annotations

import re
from datetime import time

from imsa_desk.domain.dates import tidy
from imsa_desk.errors import Problem, Refused

_CLOCK = re.compile(r"([0-9]{1,2})(?:[:.h]([0-9]{2}))?\s*(am|pm|a\.m\.|p\.m\.)?")
_BARE_CLOCK = re.compile(r"([0-9]{2})([0-9]{2})")
_NOON = 12


def parse_time(text: str, *, field: str = "", what: str = "the time") -> time:
    """Read a time of day: `14:30`, `14.30`, `2.30pm`, `9am`, `9`, `0930`, `noon`, `midnight`.

    Without am or pm the 24-hour clock is meant. Raises `Refused` (E_TIME).
    """
    words = tidy(text)
    if words in ("noon", "midday", "12 noon"):
        return time(_NOON)
    if words == "midnight":
        return time(0)
    match = _BARE_CLOCK.fullmatch(words) or _CLOCK.fullmatch(words)
    if match is not None:
        hour, minute = int(match[1]), int(match[2] or 0)
        half = (match[3] if match.re is _CLOCK else None) or ""
        try:
            return time(_hour(hour, half), minute)
        except ValueError:
            pass
    raise Refused([Problem(field, f"Enter {what}, for example 14:30 or 2.30pm.")], code="E_TIME")


def _hour(hour: int, half: str) -> int:
    if not half:
        return hour
    if not 1 <= hour <= _NOON:
        raise ValueError("no such hour")
    return hour % _NOON + (_NOON if half.startswith("p") else 0)
