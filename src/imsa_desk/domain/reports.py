"""Reports for the organisation: what is counted over all cases, in tables whose small numbers are hidden.

Made from the facts of `domain.statistics` alone, so there is nothing in them about one person. Every table
is made of wholes and their parts; a whole is printed, so its parts are hidden together (`small_numbers`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

import msgspec

from imsa_desk.domain.dates import MONTHS
from imsa_desk.domain.small_numbers import Amount, Hidden, hide, is_small
from imsa_desk.domain.statistics import MONTHS as MONTHS_TOLD
from imsa_desk.domain.statistics import Facts
from imsa_desk.errors import Broken, Problem, Refused

MINUTES_AN_HOUR = 60
_LEAST = 3
_QUARTER = 3


class SmallNumberRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Counts of people below `fewer_than` are hidden; `source` says whose practice this is."""

    fewer_than: int
    source: str


class ReviewRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A review that is due within so many days counts as due soon."""

    soon_days: int


class ReportRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How reports are made."""

    small_numbers: SmallNumberRule
    reviews: ReviewRule


def load_report_rule(file: Path) -> ReportRule:
    """Read the rule that ships with the program; raises `Broken` (E_RULES) naming what is wrong."""
    try:
        rule = msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8")), ReportRule)
        if rule.small_numbers.fewer_than < _LEAST or rule.reviews.soon_days < 1:
            raise ValueError(f"fewer_than is a whole number from {_LEAST}, soon_days from 1")
    except (OSError, TypeError, ValueError, RecursionError) as error:
        raise Broken(f"The rule for reports {file.name} cannot be read: {error}.", code="E_RULES") from error
    return rule


@dataclass(frozen=True, slots=True)
class Period:
    """Whole months, the first and the last included, each as (year, month)."""

    first: tuple[int, int]
    last: tuple[int, int]

    @classmethod
    def quarter_of(cls, day: date) -> Period:
        """Give the quarter of a year in which a day lies."""
        first = (day.month - 1) // _QUARTER * _QUARTER + 1
        return cls((day.year, first), (day.year, first + _QUARTER - 1))

    @property
    def months(self) -> tuple[str, ...]:
        """Give its months as facts spell them: 2026-10."""
        (year, month), (last_year, last_month) = self.first, self.last
        count = (last_year - year) * 12 + last_month - month + 1
        return tuple(
            f"{year + (month - 1 + at) // 12:04}-{(month - 1 + at) % 12 + 1:02}" for at in range(count)
        )

    @property
    def words(self) -> str:
        """Say it: "October to December 2026"."""
        first, last = _month_words(self.months[0]), _month_words(self.months[-1])
        if first == last:
            return first
        same = self.first[0] == self.last[0]
        return f"{first.split()[0] if same else first} to {last}"


def read_period(first: str, last: str, today: date) -> Period:
    """Read months such as 2026-10; without any the present quarter. Raises E_PERIOD.

    With one end given, the other is the same month, or today's where that is later.
    """
    if not first and not last:
        return Period.quarter_of(today)
    here = (today.year, today.month)
    start = _read_month(first, "from") if first else _read_month(last, "to")
    end = _read_month(last, "to") if last else max(start, here)
    period = Period(start, end)
    if not 1 <= len(period.months) <= MONTHS_TOLD:
        text = f"Give a period of 1 to {MONTHS_TOLD} months, the earlier month first."
        raise Refused([Problem("from", text)], code="E_PERIOD")
    return period


def _read_month(text: str, field: str) -> tuple[int, int]:
    year, dash, month = text.strip().partition("-")
    try:
        found = date(int(year), int(month), 1)
    except ValueError:
        found = None
    if found is None or not dash or len(year) != len("2026") or not (year + month).isascii():
        raise Refused([Problem(field, "Give a month like 2026-10.")], code="E_PERIOD")
    return found.year, found.month


def _month_words(month: str) -> str:
    return f"{MONTHS[int(month[5:]) - 1]} {month[:4]}"


class Unit(StrEnum):
    """What a column counts."""

    CASES = "cases"
    HOURS = "hours"
    ENTRIES = "entries"


@dataclass(frozen=True, slots=True)
class Cell:
    """A number, or why there is none; hours are kept as minutes."""

    value: int | None
    hidden: Hidden | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table."""

    label: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """One table; `total` is its last line, apart because it is no part of itself."""

    id: str
    title: str
    head: str
    columns: tuple[str, ...]
    units: tuple[Unit, ...]
    rows: tuple[Row, ...]
    total: Row | None = None
    note: str = ""

    @property
    def lines(self) -> tuple[Row, ...]:
        """Give its lines, the total last."""
        return self.rows if self.total is None else (*self.rows, self.total)


@dataclass(frozen=True, slots=True)
class Sender:
    """One advocate whose vaults are counted; `up_to` is the day on which the last bundle came in."""

    name: str
    up_to: date | None


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report; `current` and `ended` count its cases, `reason` is why small numbers are shown."""

    organisation: str
    practice: bool
    period: Period
    as_of: date
    current: Cell
    ended: Cell
    senders: tuple[Sender, ...]
    tables: tuple[Table, ...]
    rule: ReportRule
    reason: str = ""

    @property
    def hidden(self) -> Mapping[Hidden, int]:
        """Count what is not shown, by why; a breakdown of which nothing is shown with all its cells."""
        cells = [self.current, self.ended]
        cells += [cell for table in self.tables for line in table.lines for cell in line.cells]
        return {why: sum(cell.hidden is why for cell in cells) for why in Hidden}

    @property
    def hidden_words(self) -> str:
        """Say what is not shown, and why."""
        limit, hidden = self.rule.small_numbers.fewer_than, self.hidden
        if self.reason:
            return f"Shown: {self.reason}"
        if not any(hidden.values()):
            return f"No count lies between 1 and {limit - 1}, so every number is shown."
        said = [
            _counted(
                hidden[Hidden.SMALL], f"from fewer than {limit} cases, because few can point at one person"
            ),
            _counted(hidden[Hidden.SECOND], "withheld, because small ones could be worked out from them"),
            _counted(hidden[Hidden.WHOLE], "in breakdowns of so few cases that nothing less helps"),
        ]
        said = [words for words in said if words]
        return f"Not shown: {'; '.join(said)}."

    def said(self, cell: Cell, unit: Unit = Unit.CASES) -> str:
        """Give a cell in words."""
        if cell.value is None:
            limit = self.rule.small_numbers.fewer_than
            small = f"fewer than {limit}" if unit is Unit.CASES else f"fewer than {limit} cases"
            return {Hidden.SMALL: small, Hidden.SECOND: "withheld"}.get(
                cell.hidden or Hidden.WHOLE, "not shown"
            )
        return f"{cell.value / MINUTES_AN_HOUR:.1f}" if unit is Unit.HOURS else str(cell.value)


def _counted(number: int, words: str) -> str:
    return f"{number} {'number is' if number == 1 else 'numbers are'} {words}" if number else ""


Choice = tuple[str, str]
"""A word of the facts and how it reads; "" for what is not said."""


class Shaper:
    """Turns amounts into cells; with `hides` false every number is shown."""

    def __init__(self, fewer_than: int, *, hides: bool) -> None:
        self.fewer_than, self.hides = fewer_than, hides

    def whole(self, amount: Amount) -> Cell:
        """Give the cell of a whole."""
        hidden = self.hides and is_small(amount, self.fewer_than)
        return Cell(None, Hidden.SMALL) if hidden else Cell(amount.value)

    def parts(self, parts: Sequence[Amount], whole: Amount, *, sums: bool = False) -> list[Cell]:
        """Give the cells of all parts of a whole that is printed; `sums` as in `hide`."""
        marks: Iterable[Hidden | None] = [None] * len(parts)
        if self.hides:
            marks = hide(parts, whole, self.fewer_than, sums=sums)
        return [Cell(None if mark else part.value, mark) for part, mark in zip(parts, marks, strict=True)]

    def column(
        self, cases: Sequence[Facts], choices: Sequence[Choice], of: Callable[[Facts], str]
    ) -> list[Row]:
        """Give a line of one count for each choice; what is not said has one only where it is needed."""
        counted = dict.fromkeys((word for word, _ in choices), 0)
        for facts in cases:
            counted[of(facts)] = counted.get(of(facts), 0) + 1
        names = dict(choices)
        whole = Amount.of(len(cases))
        cells = self.parts([Amount.of(count) for count in counted.values()], whole)
        rows = [Row(names.get(word, word), (cell,)) for word, cell in zip(counted, cells, strict=True)]
        return [row for row, word in zip(rows, counted, strict=True) if word or row.cells[0].value != 0]
