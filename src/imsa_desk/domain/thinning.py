"""Which backups stay: the latest, and the newest of the last days, weeks and months, within a size."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass
from datetime import UTC, datetime

LATEST, DAILY, WEEKLY, MONTHLY = 3, 10, 8, 12
"""The latest three stay whatever their day: what was damaged this morning was whole in an earlier one."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A backup: its name, when it was made, how many bytes it has."""

    name: str
    made: datetime
    bytes: int


def surplus(files: Collection[Kept], cap: int, verified: str = "") -> tuple[Kept, ...]:
    """Give the backups that may go, oldest first.

    The newest `LATEST` stay. Of each day, week and month (UTC) the newest counts; the latest `DAILY` days,
    `WEEKLY` weeks and `MONTHLY` months that have a backup keep theirs. While those are more than `cap` bytes
    the oldest goes. The newest and the one named `verified`, the last that was checked in full, never go.
    """
    newest_first = sorted(files, key=lambda each: (each.made, each.name), reverse=True)
    safe = {each.name for each in newest_first[:1]} | {verified}
    wanted = safe | {each.name for each in newest_first[:LATEST]}
    for count, period in ((DAILY, _day), (WEEKLY, _week), (MONTHLY, _month)):
        wanted |= _newest_of(newest_first, count, period)
    total = sum(each.bytes for each in newest_first if each.name in wanted)
    for each in reversed(newest_first):
        if total > cap and each.name in wanted - safe:
            wanted.remove(each.name)
            total -= each.bytes
    return tuple(each for each in reversed(newest_first) if each.name not in wanted)


def _newest_of(newest_first: list[Kept], count: int, period: Callable[[datetime], Hashable]) -> set[str]:
    found: dict[Hashable, str] = {}
    for each in newest_first:
        found.setdefault(period(each.made.astimezone(UTC)), each.name)
    return set(list(found.values())[:count])


def _day(moment: datetime) -> Hashable:
    return moment.date()


def _week(moment: datetime) -> Hashable:
    return moment.isocalendar()[:2]


def _month(moment: datetime) -> Hashable:
    return moment.year, moment.month
