"""Days as people type them and as they read them back; day first, as in the United Kingdom."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from imsa_desk.errors import Problem, Refused

LOCAL = ZoneInfo("Europe/London")
FIRST_YEAR = 1900
LAST_YEAR = 2100
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_LONGEST = 60
_SHORTEST_NAME = 3
_EPOCH_LENGTH = 4
_NUMBERS = re.compile(r"([0-9]{1,2})[/.\- ]([0-9]{1,2})[/.\- ]([0-9]{4}|[0-9]{2})")
_SHORT_NUMBERS = re.compile(r"([0-9]{1,2})[/.]([0-9]{1,2})")
_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_DAY_MONTH = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th)?[ \-]?(?:of )?([a-z]+)[ \-]?([0-9]{4}|'?[0-9]{2})?")
_MONTH_DAY = re.compile(r"([a-z]+) ([0-9]{1,2})(?:st|nd|rd|th)?(?: ([0-9]{4}))?")
_MONTH_YEAR = re.compile(r"([a-z]+) ([0-9]{4})|([0-9]{1,2})[/.\-]([0-9]{4})|([0-9]{4})-([0-9]{1,2})")
_YEAR = re.compile(r"[0-9]{4}")
_IN = re.compile(r"in ([0-9]{1,3}|a|one|two|three|four|six) (day|week|month)s?")
_AGO = re.compile(r"([0-9]{1,3}|a|one|two|three|four|six) (day|week|month)s? ago")
_COUNTS = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "six": 6}
_ABOUT = re.compile(r"(?:about|around|approx\.?|approximately|circa|c\.?|roughly|~)\s*(.+)")


@dataclass(frozen=True, slots=True)
class Birth:
    """When somebody was born as far as it is known: `1990-05-04`, `1990-05` or `1990`."""

    text: str
    approximate: bool = False


class _Impossible(ValueError):
    """A text that reads as a day which no calendar has; the words say why."""


def parse_day(
    text: str,
    today: date,
    *,
    birth: bool = False,
    ahead: bool = False,
    field: str = "",
    what: str = "the date",
) -> date:
    """Read a day as a person types it.

    Understood: `4/11/26`, `4.11.2026`, `2026-11-04`, `4 nov`, `Wed 4 November 2026`, `today`, `yesterday`,
    `tomorrow`, `tue`, `last tue`, `next friday`, `in 2 weeks`, `3 days ago`. Two digits of a year mean this
    century, for births the last such year that has passed. A day without a year is the nearest one; with
    `ahead` (due dates) the coming one. A bare weekday is the last one, with `ahead` the coming one.
    `what` completes "Enter ..." in the refusal, and `field` says where it stands.
    Raises `Refused` (E_DATE).
    """
    words = tidy(text)
    try:
        found = _read_day(words, today, birth=birth, ahead=ahead) if words else None
        if found is not None:
            return _checked(found, today, birth=birth)
    except _Impossible as error:
        raise _refused(field, what, today, birth=birth, why=str(error)) from error
    except (ValueError, OverflowError) as error:
        raise _refused(field, what, today, birth=birth) from error
    raise _refused(field, what, today, birth=birth)


def parse_birth(text: str, today: date, *, field: str = "", what: str = "the date of birth") -> Birth:
    """Read a date of birth, which may be `4 May 1990`, `May 1990`, `1990` or `about 1990`.

    Raises `Refused` (E_DATE) for nonsense and for the future.
    """
    words = tidy(text)
    about = _ABOUT.fullmatch(words)
    bare = about[1] if about else words
    try:
        known = _birth_month_or_year(bare, today)
    except _Impossible as error:
        raise _refused(field, what, today, birth=True, why=str(error)) from error
    if known is None:
        known = parse_day(bare, today, birth=True, field=field, what=what).isoformat()
    return Birth(known, about is not None)


def at_local(day: date, clock: time, *, second_time: bool = False) -> datetime:
    """Give the moment a clock on a United Kingdom wall showed a time, as an aware UTC datetime.

    In the hour that the clocks skip in March the time counts as an hour later; in the hour they repeat in
    October the first pass is meant unless `second_time`.
    """
    local = datetime.combine(day, clock, tzinfo=LOCAL).replace(fold=1 if second_time else 0)
    return local.astimezone(UTC)


def say_day(day: date, today: date) -> str:
    """Say a day shortly: "Tue 10 Nov", with the year when it is not this one."""
    short = f"{WEEKDAYS[day.weekday()][:3]} {day.day} {MONTHS[day.month - 1][:3]}"
    return short if day.year == today.year else f"{short} {day.year}"


def say_full(day: date) -> str:
    """Say a day in full: "Tuesday 10 November 2026"."""
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year}"


def say_distance(day: date, today: date) -> str:
    """Say how far a day is from today: "today", "tomorrow", "in 5 days", "3 weeks ago"."""
    days = (day - today).days
    near = {0: "today", 1: "tomorrow", -1: "yesterday"}.get(days)
    if near is not None:
        return near
    amount = _amount(abs(days))
    return f"in {amount}" if days > 0 else f"{amount} ago"


def say_when(moment: datetime, today: date) -> str:
    """Say a moment as a clock in the United Kingdom shows it: "Tue 10 Nov, 14:30"."""
    local = moment.astimezone(LOCAL)
    return f"{say_day(local.date(), today)}, {local:%H:%M}"


def say_birth(text: str, *, approximate: bool = False) -> str:
    """Say a stored date of birth: "4 May 1990", "May 1990", "about 1990"."""
    parts = text.split("-")
    said = parts[0]
    if len(parts) > 1:
        said = f"{MONTHS[int(parts[1]) - 1]} {said}"
    if len(parts) > 2:
        said = f"{int(parts[2])} {said}"
    return f"about {said}" if approximate and said else said


def tidy(text: str) -> str:
    """Give typed words small and evenly spaced; "" for more than any day or time is."""
    words = " ".join(str(text).replace(",", " ").lower().split())
    return words if len(words) <= _LONGEST else ""


def _read_day(words: str, today: date, *, birth: bool, ahead: bool) -> date | None:
    """Try each way of writing a day in turn; None if it is none of them."""
    named = {"today": 0, "yesterday": -1, "tomorrow": 1}.get(words)
    if named is not None:
        return today + timedelta(days=named)
    return (
        _distance_day(words, today)
        or _weekday_alone(words, today, ahead=ahead)
        or _calendar_day(words, today, birth=birth, ahead=ahead)
    )


def _distance_day(words: str, today: date) -> date | None:
    for pattern, sign in ((_IN, 1), (_AGO, -1)):
        match = pattern.fullmatch(words)
        if match is not None:
            count = sign * (_COUNTS.get(match[1]) or int(match[1]))
            return (
                _add_months(today, count)
                if match[2] == "month"
                else today + timedelta(days=count * (7 if match[2] == "week" else 1))
            )
    return None


def _add_months(day: date, count: int) -> date:
    month = day.year * 12 + day.month - 1 + count
    year, month = divmod(month, 12)
    for last in range(day.day, 0, -1):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise ValueError("no such month")


def _weekday_alone(words: str, today: date, *, ahead: bool) -> date | None:
    """Read `tue`, `last tue`, `next friday`, `this thursday`; last and next never mean today."""
    first, _, rest = words.partition(" ")
    lead = first if first in ("last", "next", "this", "on") and rest else ""
    wanted = _name(rest if lead else words, WEEKDAYS)
    if wanted is None:
        return None
    if lead == "last":
        return today - timedelta(days=(today.weekday() - wanted - 1) % 7 + 1)
    if lead == "next":
        return today + timedelta(days=(wanted - today.weekday() - 1) % 7 + 1)
    if ahead or lead == "this":
        return today + timedelta(days=(wanted - today.weekday()) % 7)
    return today - timedelta(days=(today.weekday() - wanted) % 7)


def _calendar_day(words: str, today: date, *, birth: bool, ahead: bool) -> date | None:
    first, _, rest = words.partition(" ")
    weekday = _name(first, WEEKDAYS) if rest else None
    parts = _day_month_year(words if weekday is None else rest)
    if parts is None:
        return None
    day, month, year = parts
    if year:
        found = _date(_year(year, today, birth=birth), month, day)
    elif birth:
        raise _Impossible("The year is missing.")
    else:
        found = _nearest(day, month, today, weekday=weekday, ahead=ahead)
    if weekday is not None and found.weekday() != weekday:
        raise _Impossible(f"{_short(found)} is a {WEEKDAYS[found.weekday()]}.")
    return found


def _day_month_year(words: str) -> tuple[int, int, str] | None:
    """Pick day, month and year (as typed, may be empty) out of the ways to write them."""
    if match := _ISO.fullmatch(words):
        return int(match[3]), int(match[2]), match[1]
    if match := _NUMBERS.fullmatch(words):
        return int(match[1]), int(match[2]), match[3]
    if match := _SHORT_NUMBERS.fullmatch(words):
        return int(match[1]), int(match[2]), ""
    if (match := _DAY_MONTH.fullmatch(words)) and (month := _name(match[2], MONTHS)) is not None:
        return int(match[1]), month + 1, (match[3] or "").lstrip("'")
    if (match := _MONTH_DAY.fullmatch(words)) and (month := _name(match[1], MONTHS)) is not None:
        return int(match[2]), month + 1, match[3] or ""
    return None


def _nearest(day: int, month: int, today: date, *, weekday: int | None, ahead: bool) -> date:
    """Choose the year of a day typed without one; a typed weekday decides before nearness."""
    found = [one for year in (-1, 0, 1) if (one := _maybe(today.year + year, month, day)) is not None]
    if not found:
        raise _Impossible(_no_such(day, month))
    fitting = [one for one in found if one.weekday() == weekday] or found
    coming = [one for one in fitting if one >= today] if ahead else []
    return min(coming or fitting, key=lambda one: abs((one - today).days))


def _year(typed: str, today: date, *, birth: bool) -> int:
    if len(typed) == _EPOCH_LENGTH:
        return int(typed)
    year = today.year // 100 * 100 + int(typed)
    return year - 100 if birth and year > today.year else year


def _date(year: int, month: int, day: int) -> date:
    found = _maybe(year, month, day)
    if found is None:
        raise _Impossible(_no_such(day, month, f" {year}"))
    return found


def _maybe(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _checked(day: date, today: date, *, birth: bool) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise _Impossible(f"The year must lie between {FIRST_YEAR} and {LAST_YEAR}.")
    if birth and day > today:
        raise _Impossible("A date of birth cannot lie in the future.")
    return day


def _birth_month_or_year(words: str, today: date) -> str | None:
    if _YEAR.fullmatch(words):
        return str(_checked(date(max(int(words), 1), 1, 1), today, birth=True).year)
    match = _MONTH_YEAR.fullmatch(words)
    if match is None:
        return None
    month = _name(match[1], MONTHS) if match[1] else int(match[3] or match[6]) - 1
    if month is None:
        return None
    return f"{_checked(_date(int(match[2] or match[4] or match[5]), month + 1, 1), today, birth=True):%Y-%m}"


def _name(word: str, names: Iterable[str]) -> int | None:
    """Find a month or weekday by its first letters, three or more (`sept` and `tues` too)."""
    bare = word.rstrip(".")
    if len(bare) < _SHORTEST_NAME:
        return None
    for place, name in enumerate(names):
        if name.lower().startswith(bare):
            return place
    return None


def _no_such(day: int, month: int, year: str = " this year") -> str:
    if not (1 <= day <= 31 and 1 <= month <= len(MONTHS)):
        return "There is no such day."
    return f"There is no {day} {MONTHS[month - 1]}{year}."


def _short(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1][:3]} {day.year}"


def _amount(days: int) -> str:
    """Say a number of days in the largest unit that does not mislead."""
    for unit, size, least in (("year", 365, 730), ("month", 30, 90), ("week", 7, 28)):
        if days >= least:
            return f"{days // size} {unit}s"
    return f"{days} days"


def _refused(field: str, what: str, today: date, *, birth: bool, why: str = "") -> Refused:
    example = "4 Nov 1990 or about 1990" if birth else f"4 Nov {today.year}"
    text = f"Enter {what}, for example {example}."
    return Refused([Problem(field, f"{why} {text}".strip())], code="E_DATE")
