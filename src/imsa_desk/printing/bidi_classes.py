"""What Unicode says of single characters that the bidirectional algorithm needs."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufeff"
    "\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_UNASSIGNED = (
    (0x0590, 0x05FF, "R"), (0x0600, 0x07BF, "AL"), (0x07C0, 0x085F, "R"), (0x0860, 0x08FF, "AL"),
    (0xFB1D, 0xFB4F, "R"), (0xFB50, 0xFDFF, "AL"), (0xFE70, 0xFEFF, "AL"),
    (0x10800, 0x10FFF, "R"), (0x1E800, 0x1EFFF, "R"),
)  # fmt: skip
SAME_BRACKET = {"\u2329": "\u3008", "\u232a": "\u3009"}


def needs_bidi(text: str) -> bool:
    """Say whether any character of the text could make it run from right to left."""
    return _RIGHT_TO_LEFT.search(text) is not None


def bidi_class(char: str) -> str:
    """Give the Bidi_Class of a character; unassigned ones take their block's default."""
    known = unicodedata.bidirectional(char)
    if known:
        return known
    point = ord(char)
    return next((name for first, last, name in _UNASSIGNED if first <= point <= last), "L")


@lru_cache(maxsize=1)
def closing_brackets() -> dict[str, str]:
    """Give each opening bracket its closing one: in Unicode a pair stands one or two places apart."""
    pairs: dict[str, str] = {}
    for point in range(0x10000):
        char = chr(point)
        if _is_bracket(char, "Ps"):
            near = (chr(point + step) for step in (1, 2))
            closing = next((c for c in near if _is_bracket(c, "Pe")), None)
            if closing is not None:
                pairs[char] = closing
    pairs["\u298d"], pairs["\u298f"] = "\u2990", "\u298e"
    return pairs


def _is_bracket(char: str, category: str) -> bool:
    return (
        unicodedata.category(char) == category
        and bool(unicodedata.mirrored(char))
        and unicodedata.bidirectional(char) == "ON"
    )
