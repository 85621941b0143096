"""Small counts are hidden, and nobody can work one out from what a report prints."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from imsa_desk.domain.report_tables import Counted, caseload_of, tables_of
from imsa_desk.domain.reports import Cell, Period, Report, Sender, Shaper, Table, Unit, load_report_rule
from imsa_desk.domain.small_numbers import Amount, Hidden, hide
from imsa_desk.domain.statistics import Counted as Told
from imsa_desk.domain.statistics import facts_of
from imsa_desk.paths import resources
from imsa_desk.services.lists import shipped_lists
from imsa_desk.vocab import CaseStatus, Nation, Theme, Tier

TODAY = date(2026, 11, 22)
PERIOD = Period((2026, 10), (2026, 12))
LIMIT = 5
DAYS = st.sampled_from([date(2026, 9, 2), date(2026, 10, 3), date(2026, 10, 20), date(2026, 11, 4)])
RULE = load_report_rule(resources() / "rules" / "report.toml")


def report(cases: list[Counted], *, hides: bool = True) -> Report:
    """Make a report of cases."""
    caseload, shaper = caseload_of(cases), Shaper(LIMIT, hides=hides)
    return Report(
        organisation="Llais Advocacy",
        practice=True,
        period=PERIOD,
        as_of=TODAY,
        current=shaper.whole(Amount.of(len(caseload.current))),
        ended=shaper.whole(Amount.of(len(caseload.ended))),
        senders=(Sender("Ada Example", TODAY),),
        tables=tables_of(caseload, PERIOD, TODAY, RULE, shaper, shipped_lists().label),
        rule=RULE,
        reason="" if hides else "Audit",
    )


@st.composite
def a_case(draw: st.DrawFn) -> Counted:
    """Give a case with facts that are often the same as those of others."""
    spent = draw(st.lists(st.tuples(DAYS, st.sampled_from([0, 15, 60])), max_size=3))
    told = Told(
        nation=draw(st.sampled_from([*(n.value for n in Nation), "england", "england", ""])),
        tier=draw(st.sampled_from([*(t.value for t in Tier), "t2", "t2"])),
        status=draw(
            st.sampled_from([CaseStatus.OPEN, CaseStatus.OPEN, CaseStatus.WAITING, CaseStatus.CLOSED])
        ),
        opened=draw(DAYS),
        closed=draw(st.none() | DAYS),
        themes=draw(st.dictionaries(st.sampled_from(list(Theme)[:2]), st.sampled_from([None, 0, 3]))),
        spent=tuple(spent),
        meetings=tuple(day for day, _ in spent),
        review_due=draw(st.sampled_from([None, date(2026, 11, 1), date(2027, 1, 9)])),
        assessed=draw(st.booleans()),
    )
    return Counted(facts_of(told, TODAY), draw(st.sampled_from(["Ada", "Bran", ""])))


def bounds(cell: Cell, unit: Unit, whole: int) -> range:
    """Give every value that a reader who knows the rule must think possible for a printed cell."""
    if cell.value is not None:
        return range(cell.value, cell.value + 1)
    if cell.hidden is Hidden.SMALL:
        return range(1, LIMIT if unit is Unit.CASES else whole + 1)
    return range(LIMIT if cell.hidden is Hidden.SECOND else 0, whole + 1)


def possible(cells: list[range], whole: int) -> list[range]:
    """Solve "these add up to the whole" for each cell: between two bounds every sum can be had.

    Wholes stand in the report as they are, so no other table says more of these cells.
    """
    least, most = sum(one.start for one in cells), sum(one.stop - 1 for one in cells)
    return [
        range(max(one.start, whole - (most - (one.stop - 1))), min(one.stop, whole - (least - one.start) + 1))
        for one in cells
    ]


def sums_of(made: Report, table: Table) -> list[tuple[list[Cell], Cell, Unit]]:
    """Give each whole of a printed table with its parts, as a reader finds them."""
    if table.id == "themes":
        touched = table.columns.index("Touched")
        lines = [[*row.cells[:touched], *row.cells[touched + 1 :]] for row in table.rows]
        return [(cells, made.current, Unit.CASES) for cells in lines]
    assert table.total is not None
    return [
        ([row.cells[at] for row in table.rows], table.total.cells[at], unit)
        for at, unit in enumerate(table.units)
    ]


def solved(made: Report) -> list[str]:
    """Name every hidden number that follows from the numbers printed."""
    faults = []
    for table in made.tables:
        for cells, total, unit in sums_of(made, table):
            if total.value is None:
                if any(cell.value is not None for cell in cells):
                    faults.append(f"{table.id}: a part of a hidden whole is shown")
                continue
            if any(
                cell.value is not None and unit is Unit.CASES and 0 < cell.value < LIMIT for cell in cells
            ):
                faults.append(f"{table.id}: a small number is shown")
            found = possible([bounds(cell, unit, total.value) for cell in cells], total.value)
            for cell, values in zip(cells, found, strict=True):
                if cell.value is None and len(values) < 2:
                    faults.append(f"{table.id}: one of the numbers can only be {values}")
                if cell.hidden is Hidden.SMALL and unit is Unit.CASES and values != range(1, LIMIT):
                    faults.append(f"{table.id}: a small number can only be {values}")
    return faults


@given(st.lists(a_case(), max_size=25))
@settings(max_examples=40, deadline=None)
def test_no_number_that_a_report_hides_can_be_worked_out_from_those_it_prints(cases: list[Counted]) -> None:
    assert solved(report(cases)) == []


@given(st.lists(st.integers(0, 12), min_size=1, max_size=7))
@example([1, 5])
@example([4, 5, 0])
@example([2, 8, 9])
@settings(max_examples=150, deadline=None)
def test_each_hidden_count_could_be_any_small_number(counts: list[int]) -> None:
    marks = hide([Amount.of(count) for count in counts], Amount.of(sum(counts)), LIMIT)
    cells = [Cell(None if mark else count, mark) for count, mark in zip(counts, marks, strict=True)]
    found = possible([bounds(cell, Unit.CASES, sum(counts)) for cell in cells], sum(counts))
    if not 0 < sum(counts) < LIMIT:
        for cell, values in zip(cells, found, strict=True):
            assert cell.hidden is None or len(values) > 1
            assert cell.hidden is not Hidden.SMALL or values == range(1, LIMIT)
    assert all(mark is not None for mark, count in zip(marks, counts, strict=True) if 0 < count < LIMIT)


def tables(parts: int, whole: int) -> Iterator[tuple[int, ...]]:
    """Give every way in which so many counts add up to a whole."""
    if parts == 1:
        yield (whole,)
        return
    for first in range(whole + 1):
        for rest in tables(parts - 1, whole - first):
            yield (first, *rest)


@pytest.mark.parametrize(("parts", "most"), [(2, 30), (3, 24), (4, 17)])
def test_not_even_who_knows_how_counts_are_hidden_can_name_a_small_one(parts: int, most: int) -> None:
    for whole in range(LIMIT, most):
        same: dict[tuple[Hidden | int, ...], list[tuple[int, ...]]] = {}
        for counts in tables(parts, whole):
            marks = hide([Amount.of(count) for count in counts], Amount.of(whole), LIMIT)
            printed = tuple(mark or count for mark, count in zip(marks, counts, strict=True))
            same.setdefault(printed, []).append(counts)
        for printed, found in same.items():
            for at, cell in enumerate(printed):
                small = cell is Hidden.SMALL or cell is Hidden.WHOLE
                assert not small or len({counts[at] for counts in found}) > 1, (printed, found)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 90)), min_size=1, max_size=5))
@settings(max_examples=100, deadline=None)
def test_minutes_of_a_few_cases_could_be_twice_what_they_are(told: list[tuple[int, int]]) -> None:
    parts = [Amount(people * minutes, people) for people, minutes in told]
    whole = Amount(sum(part.value for part in parts), sum(part.people for part in parts))
    marks = hide(parts, whole, LIMIT, sums=True)
    if 0 < whole.people < LIMIT:
        return
    cells = [Cell(None if mark else part.value, mark) for part, mark in zip(parts, marks, strict=True)]
    found = possible([bounds(cell, Unit.HOURS, whole.value) for cell in cells], whole.value)
    for part, cell, values in zip(parts, cells, found, strict=True):
        if cell.hidden is Hidden.SMALL:
            assert 1 in values and min(2 * part.value, whole.value) in values
        assert cell.hidden is None or len(values) > 1


def test_a_hidden_number_is_not_in_the_report_at_all() -> None:
    cases = [Counted(facts_of(Told("wales", "t1", "open", TODAY), TODAY), "Ada")] * 3
    cases += [Counted(facts_of(Told("england", "t2", "open", TODAY), TODAY), "Bran")] * 30
    nation = next(table for table in report(cases).tables if table.id == "nation")
    assert [(row.label, row.cells[0]) for row in nation.rows[:2]] == [
        ("England", Cell(None, Hidden.SECOND)),
        ("Wales", Cell(None, Hidden.SMALL)),
    ]
    shown = next(table for table in report(cases, hides=False).tables if table.id == "nation")
    assert [row.cells[0].value for row in shown.rows[:2]] == [30, 3]


def test_a_report_of_so_few_cases_shows_no_breakdown() -> None:
    made = report([Counted(facts_of(Told("wales", "t1", "open", TODAY), TODAY), "Ada")] * 4)
    assert made.said(made.current) == "fewer than 5" and made.said(made.ended) == "0"
    assert {
        c.value for t in made.tables if t.id in ("tier", "nation", "themes") for r in t.rows for c in r.cells
    } == {None}
