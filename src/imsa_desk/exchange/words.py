"""The words and small shapes that several parts of the format share."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

MAIN = "main"
RECEIPTS = "receipt"
"""The two streams in which a signer's bundles to one reader are numbered."""

HEX32 = re.compile(r"[0-9a-f]{32}")
HEX64 = re.compile(r"[0-9a-f]{64}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)


def matches(pattern: re.Pattern[str], value: Any) -> bool:
    """Say whether a value is a text of exactly this form."""
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def is_hex32(value: Any) -> bool:
    """Say whether a value can be an id."""
    return matches(HEX32, value)


def is_hex64(value: Any) -> bool:
    """Say whether a value can be a SHA-256."""
    return matches(HEX64, value)


def is_count(value: Any) -> bool:
    """Say whether a value is a whole number from 0."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def is_text(value: Any, most: int) -> bool:
    """Say whether a value is a text of 1 to `most` characters without a zero character."""
    return isinstance(value, str) and 0 < len(value) <= most and "\0" not in value


def moment_out(moment: datetime) -> str:
    """Spell a moment in universal time, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment_in(value: Any) -> datetime | None:
    """Read a moment; None for anything that `moment_out` would not have written."""
    if not matches(_MOMENT, value):
        return None
    try:
        return datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None
