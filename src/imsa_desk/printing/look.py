"""Colours, sizes and text styles of printed pages, in points; the light scheme of the screen."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

TEXT = "#16201E"
MUTED = "#51605B"
LINE = "#E1E7E4"
TRACK = "#CBD3D0"
SUNKEN = "#F3F6F5"
WHITE = "#FFFFFF"
ACCENT = "#0B6963"
ACCENT_SOFT = "#DCECE9"
CAUTION = "#744700"
CAUTION_SOFT = "#FBEDCF"
ALERT = "#98291C"
ALERT_SOFT = "#FAE6E1"
INFO = "#2A5285"
INFO_SOFT = "#E2EAF5"
NEUTRAL = "#434F4B"
NEUTRAL_SOFT = "#E8EDEB"
PRACTICE = "#47468F"
LEVELS = ("#788581", "#3F8F82", "#1F6F8F", "#B06E0C", "#B0392A")


class Align(StrEnum):
    """Where lines stand between the margins; start is the right for right-to-left text."""

    START = "start"
    END = "end"
    CENTRE = "centre"


@dataclass(frozen=True, slots=True)
class TextStyle:
    """How a paragraph looks; `leading` is the least distance between baselines."""

    size: float = 10.0
    leading: float = 15.0
    colour: str = TEXT
    bold: bool = False
    align: Align = Align.START
    indent: float = 0.0
    before: float = 0.0
    after: float = 0.0
    keep_with_next: bool = False


BODY = TextStyle()
SMALL = TextStyle(size=8.0, leading=11.5, colour=MUTED)
LABEL = TextStyle(size=8.0, leading=11.0, colour=MUTED, bold=True)
TITLE = TextStyle(size=19.0, leading=26.0, bold=True)
LEAD = TextStyle(size=10.5, leading=16.0, colour=MUTED)
HEADING = TextStyle(size=13.0, leading=19.0, bold=True, colour=ACCENT, keep_with_next=True)
QUESTION = TextStyle(size=10.0, leading=14.5, bold=True, keep_with_next=True)


def rgb(colour: str) -> tuple[float, float, float]:
    """Turn a colour such as `#16201E` into three numbers from 0 to 1."""
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue
