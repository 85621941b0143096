"""The tables of a report: caseload, what was opened and closed, themes, time, and reviews that are due."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from imsa_desk.domain.dates import MONTHS
from imsa_desk.domain.reports import Cell, Choice, Period, ReportRule, Row, Shaper, Table, Unit
from imsa_desk.domain.small_numbers import Amount, Hidden
from imsa_desk.domain.statistics import Facts
from imsa_desk.vocab import ENDED_STATUSES, CaseStatus, Nation, Theme, Tier

Label = Callable[[str, str], str]
"""Gives how a value of a list reads."""
CASES = ("Cases",)
NOT_SAID = "Not said"
_ENDED = frozenset(status.value for status in ENDED_STATUSES)
_LEVELS = range(5)
_MEASURES = ("Hours", "Meetings", "Contacts")
_UNITS = (Unit.HOURS, Unit.ENTRIES, Unit.ENTRIES)


@dataclass(frozen=True, slots=True)
class Counted:
    """One case's newest facts, and the advocate whose vault counted it."""

    facts: Facts
    advocate: str


@dataclass(frozen=True, slots=True)
class Caseload:
    """All cases of a report, those that go on and those that have ended."""

    current: tuple[Counted, ...]
    ended: tuple[Counted, ...]

    @property
    def everything(self) -> tuple[Facts, ...]:
        """Give the facts of all cases."""
        return tuple(one.facts for one in (*self.current, *self.ended))


def caseload_of(counted: Sequence[Counted]) -> Caseload:
    """Part the cases that go on from those that have ended."""
    current = tuple(one for one in counted if one.facts.status not in _ENDED)
    return Caseload(current, tuple(one for one in counted if one.facts.status in _ENDED))


def tables_of(
    cases: Caseload, period: Period, today: date, rule: ReportRule, shaper: Shaper, label: Label
) -> tuple[Table, ...]:
    """Make every table of a report."""
    current = [one.facts for one in cases.current]
    return (
        _plain("tier", "Current cases by tier", "Tier", _list(Tier, "tier", label), current, shaper, _tier),
        _plain(
            "nation",
            "Current cases by nation",
            "Nation",
            _list(Nation, "nation", label),
            current,
            shaper,
            _nation,
        ),
        *_statuses(cases, shaper, label),
        _opened(cases, period, shaper),
        _themes(current, shaper, label),
        *_time(cases.everything, period, shaper, label),
        *_reviews(current, today, rule, shaper),
        _advocates(cases.current, shaper),
    )


def _tier(facts: Facts) -> str:
    return facts.tier


def _nation(facts: Facts) -> str:
    return facts.nation


def _status(facts: Facts) -> str:
    return facts.status


def _list(words: type[Tier] | type[Nation], name: str, label: Label) -> list[Choice]:
    return [*((word.value, label(name, word.value)) for word in words), ("", NOT_SAID)]


def _plain(
    table: str,
    title: str,
    head: str,
    choices: Sequence[Choice],
    cases: Sequence[Facts],
    shaper: Shaper,
    of: Callable[[Facts], str],
) -> Table:
    total = Row("All", (shaper.whole(Amount.of(len(cases))),))
    return Table(table, title, head, CASES, (Unit.CASES,), tuple(shaper.column(cases, choices, of)), total)


def _statuses(cases: Caseload, shaper: Shaper, label: Label) -> Iterator[Table]:
    for name, title, head, group, ended in (
        ("status", "Current cases by status", "Current", cases.current, False),
        ("ended", "Cases that have ended", "Ended", cases.ended, True),
    ):
        words = [(s.value, label("case_status", s.value)) for s in CaseStatus if (s.value in _ENDED) == ended]
        choices = words if ended else [*words, ("", NOT_SAID)]
        yield _plain(name, title, head, choices, [one.facts for one in group], shaper, _status)


def _months(period: Period) -> list[Choice]:
    return [(month, f"{MONTHS[int(month[5:]) - 1]} {month[:4]}") for month in period.months]


def _opened(cases: Caseload, period: Period, shaper: Shaper) -> Table:
    """Count the cases that were opened and closed in each month."""
    columns, totals = [], []
    for days in ([f.opened for f in cases.everything], [f.closed for f in cases.everything]):
        counted = Counter(days)
        parts = [Amount.of(counted[month]) for month, _ in _months(period)]
        whole = Amount.of(sum(part.people for part in parts))
        columns.append(shaper.parts(parts, whole))
        totals.append(shaper.whole(whole))
    return Table(
        "opened",
        "Opened and closed in the period",
        "Month",
        ("Opened", "Closed"),
        (Unit.CASES, Unit.CASES),
        _rows(_months(period), columns),
        Row("Whole period", tuple(totals)),
    )


def _rows(choices: Sequence[Choice], columns: Sequence[Sequence[Cell]]) -> tuple[Row, ...]:
    cells = zip(*columns, strict=True)
    return tuple(Row(name, found) for (_, name), found in zip(choices, cells, strict=True))


def _themes(cases: Sequence[Facts], shaper: Shaper, label: Label) -> Table:
    """Count the levels in each theme; each line is all current cases, parted by their newest level."""
    rows = []
    whole = Amount.of(len(cases))
    for theme in Theme:
        levels = Counter(facts.themes.get(theme.value, "") for facts in cases)
        parts = [Amount.of(levels[level]) for level in (*_LEVELS, None, "")]
        cells = shaper.parts(parts, whole)
        rows.append(Row(label("theme", theme.value), (*cells[:-1], _touched(cells[-1], whole), cells[-1])))
    columns = (
        *(label("need_level", str(level)) for level in _LEVELS),
        "No level",
        "Touched",
        "Not touched",
    )
    note = "Touched: looked at, with a level or without one. Restricted and sealed entries are not counted."
    units = (Unit.CASES,) * len(columns)
    return Table("themes", "Current cases by theme and need", "Theme", columns, units, tuple(rows), note=note)


def _touched(others: Cell, whole: Amount) -> Cell:
    """Give how many cases a theme was touched in, which says no more than how many it was not."""
    return Cell(None, Hidden.WHOLE) if others.value is None else Cell(whole.value - others.value)


def _time(cases: Sequence[Facts], period: Period, shaper: Shaper, label: Label) -> Iterator[Table]:
    """Add up minutes, meetings and contacts of the period, by month and by tier."""
    note = "Meetings with survivors and contacts with others, in cases that have ended too."
    tiers = _list(Tier, "tier", label)
    yield _sums("time", "Time spent", "Month", _months(period), cases, period, shaper, note)
    by_tier = _sums("time_tier", "Time spent, by tier", "Tier", tiers, cases, period, shaper, "")
    said = by_tier.rows if _says(by_tier.rows[-1]) else by_tier.rows[:-1]
    yield replace(by_tier, rows=said)


def _says(row: Row) -> bool:
    return any(cell.value != 0 for cell in row.cells)


def _sums(
    table: str,
    title: str,
    head: str,
    choices: Sequence[Choice],
    cases: Sequence[Facts],
    period: Period,
    shaper: Shaper,
    note: str,
) -> Table:
    columns, totals = [], []
    for measure in ("minutes", "meetings", "contacts"):
        found = _amounts(cases, period, measure, by_tier=head == "Tier")
        whole = _together(found)
        parts = [_together([one for one in found if one.part == word]) for word, _ in choices]
        columns.append(shaper.parts(parts, whole, sums=True))
        totals.append(shaper.whole(whole))
    total = Row("Whole period", tuple(totals))
    return Table(table, title, head, _MEASURES, _UNITS, _rows(choices, columns), total, note)


@dataclass(frozen=True, slots=True)
class _Share:
    """What one case adds to one part."""

    case: int
    part: str
    value: int


def _amounts(cases: Sequence[Facts], period: Period, measure: str, *, by_tier: bool) -> list[_Share]:
    found = []
    for number, facts in enumerate(cases):
        told: Mapping[str, int] = getattr(facts, measure)
        for month in period.months:
            if told.get(month):
                found.append(_Share(number, facts.tier if by_tier else month, told[month]))
    return found


def _together(shares: Sequence[_Share]) -> Amount:
    return Amount(sum(share.value for share in shares), len({share.case for share in shares}))


def _reviews(cases: Sequence[Facts], today: date, rule: ReportRule, shaper: Shaper) -> Iterator[Table]:
    """Count the reviews that are due, and the cases that have no signed assessment yet."""
    soon = (today + timedelta(days=rule.reviews.soon_days)).isoformat()

    def due(facts: Facts) -> str:
        if not facts.review_due:
            return "none"
        if facts.review_due < today.isoformat():
            return "overdue"
        return "soon" if facts.review_due <= soon else "later"

    weeks = rule.reviews.soon_days // 7
    when = (
        ("overdue", "Overdue"),
        ("soon", f"Due within {weeks} weeks"),
        ("later", "Later"),
        ("none", "No day is set"),
    )
    yield _plain("reviews", "Assessments due", "Next review", when, cases, shaper, due)
    signed = (("yes", "Signed"), ("no", "Not yet"))
    yield _plain("assessed", "First assessment", "First assessment", signed, cases, shaper, _assessed)


def _assessed(facts: Facts) -> str:
    return "yes" if facts.assessed else "no"


def _advocates(cases: Sequence[Counted], shaper: Shaper) -> Table:
    """Count current cases by the advocate whose vault counted them last; no survivor is named."""
    counted = Counter(one.advocate for one in cases)
    names = sorted(counted, key=lambda name: (not name, name.casefold(), name))
    whole = Amount.of(len(cases))
    cells = shaper.parts([Amount.of(counted[name]) for name in names], whole)
    rows = tuple(Row(name or "Another vault", (cell,)) for name, cell in zip(names, cells, strict=True))
    total = Row("All", (shaper.whole(whole),))
    return Table("advocates", "Current cases by advocate", "Advocate", CASES, (Unit.CASES,), rows, total)
