"""What an organisation may count of a case: words of fixed lists, months and numbers, nobody's own words.

`facts_of` is the only way to such facts. Whatever is put in, each value that comes out is a word that the
program itself knows, a month, a day or a whole number, so no name, code or note can travel with them.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from imsa_desk.domain.canonical import canonical
from imsa_desk.vocab import CaseStatus, Nation, ShareScope, Theme, Tier

VERSION = 1
MONTHS = 36
"""Months that are told one by one, the present one included: a post lasts at least 28."""
_MOST = 1_000_000
"""A number beyond this is a mistake in typing and is told as this."""
_LEVELS = range(5)
_MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])")
_DAY = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])")


@dataclass(frozen=True, slots=True)
class Counted:
    """What is counted of a case; `spent` are (day, minutes), the other lists one day for each."""

    nation: str
    tier: str
    status: str
    opened: date
    closed: date | None = None
    themes: Mapping[str, int | None] = field(default_factory=dict)
    spent: tuple[tuple[date, int], ...] = ()
    meetings: tuple[date, ...] = ()
    contacts: tuple[date, ...] = ()
    review_due: date | None = None
    assessed: bool = False
    open_actions: int = 0
    scope: ShareScope = ShareScope.FULL


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of a case as they are kept in the record of statistics."""

    nation: str
    tier: str
    status: str
    opened: str
    closed: str
    themes: Mapping[str, int | None]
    minutes: Mapping[str, int]
    meetings: Mapping[str, int]
    contacts: Mapping[str, int]
    review_due: str
    assessed: bool
    open_actions: int
    scope: ShareScope

    def text(self) -> str:
        """Spell them as canonical JSON, as they travel."""
        value = {
            "v": VERSION,
            "nation": self.nation,
            "tier": self.tier,
            "status": self.status,
            "opened": self.opened,
            "closed": self.closed,
            "themes": dict(self.themes),
            "minutes": dict(self.minutes),
            "meetings": dict(self.meetings),
            "contacts": dict(self.contacts),
            "review_due": self.review_due,
            "assessed": self.assessed,
            "open_actions": self.open_actions,
            "scope": self.scope.value,
        }
        return canonical(value).decode()


def facts_of(counted: Counted, today: date) -> Facts:
    """Turn what was counted into facts; a word that the program does not know becomes the empty one."""
    return Facts(
        nation=_word(Nation, counted.nation),
        tier=_word(Tier, counted.tier),
        status=_word(CaseStatus, counted.status),
        opened=_month(counted.opened),
        closed=_month(counted.closed) if counted.closed else "",
        themes={
            theme.value: level if level in _LEVELS else None
            for theme in Theme
            if theme.value in counted.themes
            for level in (counted.themes[theme.value],)
        },
        minutes=_minutes(counted.spent, today),
        meetings=_by_month(counted.meetings, today),
        contacts=_by_month(counted.contacts, today),
        review_due=counted.review_due.isoformat() if counted.review_due else "",
        assessed=counted.assessed,
        open_actions=_number(counted.open_actions),
        scope=counted.scope,
    )


def read_facts(text: str) -> Facts | None:
    """Read what a record of statistics holds; None for anything that `Facts.text` would not write."""
    try:
        value = json.loads(text)
    except ValueError:
        return None
    if not _is_sound(value):
        return None
    facts = Facts(
        **{name: part for name, part in value.items() if name not in ("v", "scope")},
        scope=ShareScope(value["scope"]),
    )
    return facts if facts.text() == text else None


def _is_sound(value: Any) -> bool:
    names = set(Facts.__dataclass_fields__) | {"v"}
    if not isinstance(value, dict) or value.keys() != names or value["v"] != VERSION:
        return False
    days = (value["opened"], value["closed"], value["review_due"])
    if not all(isinstance(text, str) for text in days):
        return False
    counts = [value[name] for name in ("minutes", "meetings", "contacts")]
    return (
        _is_word(Nation, value["nation"])
        and _is_word(Tier, value["tier"])
        and _is_word(CaseStatus, value["status"])
        and _is_word(ShareScope, value["scope"])
        and value["scope"] != ""
        and all(text == "" or _MONTH.fullmatch(text) for text in days[:2])
        and (days[2] == "" or _DAY.fullmatch(days[2]) is not None)
        and all(_is_counts(found) for found in counts)
        and isinstance(value["themes"], dict)
        and all(_is_word(Theme, t) and (n is None or _is_number(n)) for t, n in value["themes"].items())
        and isinstance(value["assessed"], bool)
        and _is_number(value["open_actions"])
    )


def _is_counts(found: Any) -> bool:
    return (
        isinstance(found, dict)
        and len(found) <= MONTHS
        and all(_MONTH.fullmatch(month) and _is_number(number) for month, number in found.items())
    )


def _is_number(value: Any) -> bool:
    return type(value) is int and 0 <= value <= _MOST


def _is_word(words: type[StrEnum], value: Any) -> bool:
    return isinstance(value, str) and value in {"", *(word.value for word in words)}


def _word(words: type[StrEnum], value: str) -> str:
    return value if value in {word.value for word in words} else ""


def _month(day: date) -> str:
    return f"{day.year:04}-{day.month:02}"


def _told(day: date, today: date) -> bool:
    """Say whether a day lies in the months told one by one; what is still to come is not counted."""
    back = (today.year - day.year) * 12 + today.month - day.month
    return day <= today and back < MONTHS


def _by_month(days: Iterable[date], today: date) -> dict[str, int]:
    counted = Counter(_month(day) for day in days if _told(day, today))
    return {month: _number(counted[month]) for month in sorted(counted)}


def _minutes(spent: Iterable[tuple[date, int]], today: date) -> dict[str, int]:
    counted: Counter[str] = Counter()
    for day, minutes in spent:
        if _told(day, today) and minutes > 0:
            counted[_month(day)] += minutes
    return {month: _number(counted[month]) for month in sorted(counted)}


def _number(value: int) -> int:
    return max(0, min(value, _MOST))
