"""Reading what a person typed: problems are gathered so that all are shown at once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

from imsa_desk.domain.clock_times import parse_time
from imsa_desk.domain.dates import LOCAL, at_local, parse_day
from imsa_desk.errors import Problem, Refused

Word = TypeVar("Word", bound=StrEnum)

LINE_LIMIT = 500
TEXT_LIMIT = 200_000
_MINUTES_IN_A_DAY = 24 * 60
_BREAK = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
"""Every way a pasted text may end a line; dropping one would glue two words together."""


class Typed:
    """Gathers problems while fields are read; `stop_if_wrong` raises them together."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.problems: list[Problem] = []

    def wrong(self, field: str, text: str) -> None:
        """Note a problem."""
        self.problems.append(Problem(field, text))

    def stop_if_wrong(self) -> None:
        """Raise Refused with every problem found."""
        if self.problems:
            raise Refused(self.problems)

    def line(self, field: str, text: str, *, needed: str = "") -> str:
        """Read one line of text; `needed` is what to say when it is empty."""
        kept = " ".join(clean(text).split())
        if needed and not kept:
            self.wrong(field, needed)
        if len(kept) > LINE_LIMIT:
            self.wrong(field, f"Shorten this to {LINE_LIMIT} characters; the notes have room for more.")
        return kept

    def text(self, field: str, text: str, *, needed: str = "") -> str:
        """Read a long text; line breaks are kept."""
        kept = clean(text).strip("\n")
        if needed and not kept.strip():
            self.wrong(field, needed)
        if len(kept) > TEXT_LIMIT:
            self.wrong(
                field, f"This text has more than {TEXT_LIMIT:,} characters. Put part of it in a document."
            )
        return kept

    def day(
        self,
        field: str,
        text: str,
        what: str,
        *,
        needed: bool = False,
        ahead: bool = False,
        past: bool = False,
    ) -> date | None:
        """Read a day. `ahead` takes "friday" as the coming one; `past` refuses days to come."""
        if not text.strip():
            if needed:
                self.wrong(field, f"Enter {what}.")
            return None
        try:
            found = parse_day(text, self.today, ahead=ahead, field=field, what=what)
        except Refused as error:
            self.problems += [Problem(field, p.text) for p in error.problems]
            return None
        if past and found > self.today:
            self.wrong(field, f"{what[0].upper()}{what[1:]} cannot be in the future.")
        return found

    def moment(self, on: str, clock: str, what: str, now: datetime) -> datetime | None:
        """Read a day with a time (fields `on` and `time`); an empty time means noon, or now if today."""
        day = self.day("on", on, what, needed=True)
        if not clock.strip():
            if day is None:
                return None
            return now if day == self.today else at_local(day, parse_time("12:00"))
        try:
            at = parse_time(clock, field="time")
        except Refused as error:
            self.problems += error.problems
            return None
        return None if day is None else at_local(day, at)

    def minutes(self, field: str, text: str) -> int | None:
        """Read a length of time in minutes, also written `1:30` or `1h 30`."""
        words = text.lower().replace("minutes", "").replace("mins", "").replace("min", "").strip()
        if not words:
            return None
        hours, sep, rest = words.replace("hours", "h").replace("hour", "h").replace(":", "h").partition("h")
        try:
            total = int(hours) * 60 + (int(rest.strip(" m") or 0)) if sep else int(words.strip(" m"))
        except ValueError:
            total = 0
        if not 0 < total <= _MINUTES_IN_A_DAY:
            self.wrong(field, "Enter how long it took in minutes, for example 45.")
            return None
        return total

    def word(self, field: str, kind: type[Word], value: str, needed: str) -> Word | None:
        """Read one of a fixed set of words."""
        try:
            return kind(value)
        except ValueError:
            self.wrong(field, needed)
            return None

    def words(self, field: str, kind: type[Word], values: Iterable[str]) -> tuple[Word, ...]:
        """Read several of a fixed set of words, each once."""
        found = [self.word(field, kind, v, "Choose from the list.") for v in dict.fromkeys(values)]
        return tuple(w for w in found if w is not None)


def same_minute(one: datetime, other: datetime) -> bool:
    """Say whether a clock on the wall showed the same time: what was stored more exactly is then kept."""
    shown = (m.astimezone(LOCAL).replace(tzinfo=None, second=0, microsecond=0) for m in (one, other))
    return next(shown) == next(shown)


def clean(text: str) -> str:
    """Normalise to NFC and drop characters no person types (controls but line breaks and tabs)."""
    kept = unicodedata.normalize("NFC", _BREAK.sub("\n", text))
    return "".join(c for c in kept if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
