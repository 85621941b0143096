"""Draw two reviews side by side: what changed first, each answer in the words of its own review."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import groupby

from imsa_desk.printing.blocks import Quote, Spacing, isolated
from imsa_desk.printing.flow import Block
from imsa_desk.printing.fonts import FontSet
from imsa_desk.printing.look import ACCENT, ALERT, BODY, INFO, MUTED, NEUTRAL
from imsa_desk.printing.movement import MovementRow, movement_figure
from imsa_desk.printing.page import Frame, draw_pages
from imsa_desk.printing.paragraph import Paragraph
from imsa_desk.printing.parts import Parts
from imsa_desk.printing.shaping import Run
from imsa_desk.printing.sheet import Fact
from imsa_desk.printing.tables import Table
from imsa_desk.progress import Progress, quiet

TITLE = "Comparison of two reviews"
NOTHING = "Nothing changed between the two reviews."
_CELL = replace(BODY, size=9.0, leading=13.0)
_LONG = 420
"""Characters of an answer from which it takes the whole width of the page."""
_WIDTHS = (0.2, 0.26, 0.26, 0.28)


class Way(StrEnum):
    """Which way an answer went; chooses only the colour of the words that say it."""

    BETTER = "better"
    WORSE = "worse"
    OTHER = "other"


_COLOURS = {Way.BETTER: ACCENT, Way.WORSE: ALERT, Way.OTHER: NEUTRAL}


@dataclass(frozen=True, slots=True)
class Told:
    """One line of an answer; `quoted` words are the person's own or free text."""

    label: str
    words: str


@dataclass(frozen=True, slots=True)
class ChangedRow:
    """One question on both sides; `asked_before` is empty unless it was worded otherwise then."""

    number: str
    question: str
    before: tuple[Told, ...]
    now: tuple[Told, ...]
    change: str
    words: str
    way: Way = Way.OTHER
    asked_before: str = ""
    who_said: str = ""
    why: str = ""
    disagreement: str = ""


@dataclass(frozen=True, slots=True)
class ChangedSection:
    """The changed questions of one section."""

    title: str
    rows: tuple[ChangedRow, ...]


@dataclass(frozen=True, slots=True)
class SameSection:
    """The questions of a section that stayed as they were, each with its answer in a few words."""

    title: str
    items: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class ComparisonSheet:
    """Two reviews, ready to draw."""

    frame: Frame
    known_as: str
    sides: tuple[Fact, Fact]
    columns: tuple[str, str]
    summary: str
    levels: tuple[str, ...]
    movement: tuple[MovementRow, ...]
    own_label: str
    changed: tuple[ChangedSection, ...]
    only_once: tuple[ChangedSection, ...]
    same: tuple[SameSection, ...]


def comparison_pdf(sheet: ComparisonSheet, fonts: FontSet, *, progress: Progress = quiet) -> bytes:
    """Draw a comparison on A4 and give the PDF's bytes; equal sheets give equal bytes."""
    return draw_pages(sheet.frame, list(_Drawing(sheet, fonts).blocks()), fonts, progress=progress)


class _Drawing:
    """Turns one sheet into blocks."""

    def __init__(self, sheet: ComparisonSheet, fonts: FontSet) -> None:
        self.sheet, self.fonts, self.parts = sheet, fonts, Parts(fonts)

    def blocks(self) -> Iterator[Block]:
        """Give all blocks in reading order."""
        sheet, parts = self.sheet, self.parts
        yield from parts.opening(sheet.frame.title, sheet.frame.case_code, sheet.known_as)
        for fact in sheet.sides:
            label = Run(f"{fact.label}   ", colour=MUTED, together=True)
            yield parts.text([label, Run(fact.value)], after=1.0)
        if sheet.summary:
            yield parts.text(sheet.summary, before=6.0, bold=True)
        if sheet.movement:
            yield from parts.heading("How the themes moved")
            yield movement_figure(sheet.movement, sheet.levels, self.fonts, sheet.own_label)
        yield from parts.heading("What changed")
        if not sheet.changed:
            yield parts.text(NOTHING)
        yield from self._tables(sheet.changed)
        if sheet.only_once:
            yield from parts.heading("Asked in one review only")
            yield from self._tables(sheet.only_once)
        if sheet.same:
            yield from parts.heading("As it was")
            for section in sheet.same:
                yield parts.subheading(section.title)
                yield from parts.bullets([_same(item) for item in section.items])

    def _tables(self, sections: Sequence[ChangedSection]) -> Iterator[Block]:
        """Draw short answers in tables, and long ones one below the other across the page."""
        for section in sections:
            yield self.parts.subheading(section.title)
            for long, rows in groupby(section.rows, key=_is_long):
                if not long:
                    yield self._table(list(rows))
                    continue
                for row in rows:
                    yield from self._pair(row)

    def _table(self, rows: Sequence[ChangedRow]) -> Block:
        headers = ["Question", *self.sheet.columns, "What changed"]
        cells = [self._row(row) for row in rows]
        return Table(headers, cells, self.fonts, _WIDTHS, Spacing(before=3.0, after=8.0), row_headers=True)

    def _pair(self, row: ChangedRow) -> Iterator[Block]:
        parts = self.parts
        yield Paragraph(_asked(row), self.fonts, replace(_CELL, before=6.0, keep_with_next=True))
        yield Paragraph(_changed(row), self.fonts, replace(_CELL, before=2.0, after=2.0, keep_with_next=True))
        for title, lines in zip(self.sheet.columns, (row.before, row.now), strict=True):
            yield parts.label(title, before=4.0)
            yield Quote(
                Paragraph(_told(lines), self.fonts, replace(_CELL, before=1.0, after=4.0)), indent=0.0
            )

    def _row(self, row: ChangedRow) -> list[Paragraph]:
        return [
            Paragraph(_asked(row), self.fonts, _CELL),
            Paragraph(_told(row.before), self.fonts, _CELL),
            Paragraph(_told(row.now), self.fonts, _CELL),
            Paragraph(_changed(row), self.fonts, _CELL),
        ]


def _is_long(row: ChangedRow) -> bool:
    return any(sum(len(line.words) for line in lines) > _LONG for lines in (row.before, row.now))


def _asked(row: ChangedRow) -> list[Run]:
    question = [Run(f"{row.number} ", bold=True, colour=ACCENT)] if row.number else []
    question.append(Run(row.question, bold=True))
    if row.asked_before:
        question.append(Run(f"\nAsked before as: {isolated(row.asked_before)}", size=8.0, colour=MUTED))
    return question


def _told(lines: Sequence[Told]) -> list[Run]:
    runs: list[Run] = []
    for line in lines:
        start = "\n" if runs else ""
        if line.label:
            runs.append(Run(f"{start}{line.label}: ", colour=MUTED, size=8.5))
            start = ""
        runs.append(Run(f"{start}{isolated(line.words)}"))
    return runs or [Run("Not answered", colour=MUTED)]


def _changed(row: ChangedRow) -> list[Run]:
    runs = [Run(row.change, bold=True, colour=_COLOURS[row.way])]
    if row.words:
        runs.append(Run(f"\n{row.words}"))
    if row.who_said:
        runs.append(Run(f"\n{row.who_said}", colour=MUTED, size=8.5))
    if row.why:
        runs += [Run("\nWhy: ", colour=MUTED, size=8.5), Run(isolated(row.why))]
    if row.disagreement:
        runs.append(Run(f"\n{row.disagreement}", colour=INFO))
    return runs


def _same(item: Fact) -> list[Run]:
    runs = [Run(item.label)]
    return [*runs, Run(f"   {isolated(item.value)}", colour=MUTED)] if item.value else runs
