"""Draw a report for the organisation: tables of counts, and the need in each theme as bars."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from imsa_desk.domain.reports import Cell, Report, Row, Sender, Table, Unit
from imsa_desk.printing.blocks import Spacing
from imsa_desk.printing.canvas import Paper
from imsa_desk.printing.flow import Block
from imsa_desk.printing.fonts import FontSet
from imsa_desk.printing.groups import Figure
from imsa_desk.printing.look import BODY, LEVELS, MUTED, SMALL, SUNKEN, TRACK, Align, TextStyle
from imsa_desk.printing.notice import Notice
from imsa_desk.printing.page import Frame, draw_pages
from imsa_desk.printing.paragraph import Paragraph
from imsa_desk.printing.parts import Parts
from imsa_desk.printing.tables import Table as Lines
from imsa_desk.progress import Progress, quiet

_SIDE_BY_SIDE = {
    ("tier", "nation"): "Current cases by tier and by nation",
    ("status", "ended"): "Cases by status",
    ("reviews", "assessed"): "Assessments due, and first assessments",
}
_GAP = 18.0
_NAME, _SAID, _BAR, _ROW, _KEY = 178.0, 74.0, 11.0, 19.0, 30.0
_NUMBER = replace(BODY, size=9.0, leading=13.0, align=Align.END)
_HIDDEN = replace(_NUMBER, size=8.0, colour=MUTED)
_HEAD = TextStyle(size=8.5, leading=12.0, bold=True, align=Align.END)
_TOTAL = replace(BODY, size=9.0, leading=13.0, bold=True)
_NAMES = TextStyle(size=9.0, leading=12.0)
_MANY = 4
"""Columns from which on a table is set smaller."""
_KEPT = 16
"""Lines up to which a table is not cut."""


def report_pdf(report: Report, frame: Frame, fonts: FontSet, *, progress: Progress = quiet) -> bytes:
    """Draw a report on A4 and give the PDF's bytes; equal reports give equal bytes."""
    return draw_pages(frame, list(_blocks(report, frame, Parts(fonts))), fonts, progress=progress)


def _blocks(report: Report, frame: Frame, parts: Parts) -> Iterator[Block]:
    yield from parts.opening(frame.title, "", report.organisation, report.period.words)
    current, ended = report.said(report.current), report.said(report.ended)
    yield parts.text(f"Current cases: {current}. Cases that have ended: {ended}.", after=2.0)
    yield parts.text(f"Counted on {report.as_of:%d/%m/%Y} from {_from(report.senders)}.", after=3.0)
    yield from _senders(report.senders, parts)
    if report.reason:
        words = (
            f"Small numbers are shown in this report, and can point at one person. Reason: {report.reason}"
        )
        yield Notice(words, parts.fonts, Spacing(before=4.0, after=6.0))
    else:
        yield parts.small(report.hidden_words, after=2.0)
    tables = {table.id: table for table in report.tables}
    for table in report.tables:
        yield from _placed(report, table, tables, parts)


def _from(senders: Sequence[Sender]) -> str:
    held = sum(one.up_to is not None for one in senders)
    return {0: "nothing: nobody has sent yet", 1: "what one advocate sent"}.get(
        held, f"what {held} advocates sent"
    )


def _placed(report: Report, table: Table, tables: dict[str, Table], parts: Parts) -> Iterator[Block]:
    """Give a table under its heading; the second of a pair stands beside the first."""
    pair = next((pair for pair in _SIDE_BY_SIDE if table.id in pair), None)
    if pair is not None and table.id == pair[1]:
        return
    if pair is not None:
        other = tables[pair[1]]
        yield from parts.heading(_SIDE_BY_SIDE[pair])
        yield Beside(_lines(report, table, parts.fonts), _lines(report, other, parts.fonts))
        return
    yield from parts.heading(table.title)
    if table.id == "themes" and any(cell.value for row in table.rows for cell in row.cells[: len(LEVELS)]):
        yield needs_figure(report, table, parts.fonts)
    lines = _lines(report, table, parts.fonts)
    yield lines if len(table.lines) > _KEPT else Beside(lines)
    if table.note:
        yield parts.small(table.note)


def _lines(report: Report, table: Table, fonts: FontSet) -> Lines:
    style = _HEAD if len(table.columns) < _MANY else replace(_HEAD, size=7.5, leading=10.0)
    columns = [Paragraph(words, fonts, style) for words in table.columns]
    headers: list[str | Paragraph] = [table.head, *columns]
    rows = [_line(report, table, row, fonts, total=row is table.total) for row in table.lines]
    first = 3.0 if len(table.columns) < _MANY else 2.6
    widths = [first, *(1.0 for _ in table.columns)] if len(table.columns) > 1 else [1.6, 1.0]
    return Lines(headers, rows, fonts, widths, Spacing(before=2.0, after=4.0), row_headers=True)


def _line(report: Report, table: Table, row: Row, fonts: FontSet, *, total: bool) -> list[str | Paragraph]:
    label: str | Paragraph = Paragraph(row.label, fonts, _TOTAL) if total else row.label
    cells = []
    for cell, unit in zip(row.cells, table.units, strict=True):
        style = _HIDDEN if cell.value is None else replace(_NUMBER, bold=total)
        words = report.said(cell, unit)
        short = words.replace(" cases", "") if unit is not Unit.CASES and cell.value is None else words
        cells.append(Paragraph(short if len(table.columns) < _MANY else _short(words), fonts, style))
    return [label, *cells]


def _short(words: str) -> str:
    """Say in a narrow column what is not shown."""
    return words.replace("fewer than ", "< ").replace(" cases", "")


class Beside:
    """Tables side by side, or one alone, never cut."""

    separates = False
    keep_with_next = False

    def __init__(self, *tables: Lines) -> None:
        self.tables = tables
        self.before, self.after = tables[0].before, tables[0].after

    def _width(self, width: float) -> float:
        gaps = _GAP * (len(self.tables) - 1)
        return (width - gaps) / len(self.tables)

    def measure(self, width: float) -> float:
        """Give the height in points."""
        return max(table.measure(self._width(width)) for table in self.tables)

    def least(self, width: float) -> float:
        """Give the whole height: it stands on one page."""
        return self.measure(width)

    def split(self, width: float, height: float) -> None:
        """Refuse to be cut."""
        return

    def draw(self, paper: Paper, x: float, top: float, width: float) -> None:
        """Draw downwards from `top`, the left one first."""
        each = self._width(width)
        for number, table in enumerate(self.tables):
            table.draw(paper, x + number * (each + _GAP), top, each)


@dataclass(frozen=True, slots=True)
class _Bar:
    """One theme: how many cases at each level, None for what is not shown, and how many it was touched in."""

    name: str
    levels: tuple[int | None, ...]
    touched: str


def needs_figure(report: Report, table: Table, fonts: FontSet) -> Figure:
    """Draw the current cases of each theme as a bar of its levels, with words that say the same."""
    count = len(LEVELS)
    touched = table.columns.index("Touched")
    bars = [
        _Bar(row.label, tuple(c.value for c in row.cells[:count]), _touched(report, row.cells[touched]))
        for row in table.rows
    ]
    said = [f"{bar.name}: {bar.touched}" for bar in bars]
    alt = f"Need in each theme, as the table below says in numbers. {'. '.join(said)}."
    chart = _Chart(bars, table.columns[:count], report.current.value or 1, fonts)
    return Figure(alt, chart.draw, chart.height, Spacing(before=2.0, after=6.0))


def _touched(report: Report, cell: Cell) -> str:
    return report.said(cell) if cell.value is None else f"touched in {cell.value}"


class _Chart:
    """A bar for each theme as long as all current cases; the pale rest has no level or is not shown."""

    def __init__(self, bars: Sequence[_Bar], words: Sequence[str], cases: int, fonts: FontSet) -> None:
        self._bars, self._words, self._cases, self._fonts = bars, words, cases, fonts
        self.height = _ROW * len(bars) + _KEY

    def draw(self, paper: Paper, x: float, top: float, width: float) -> None:
        """Draw downwards from `top`."""
        for number, bar in enumerate(self._bars):
            self._bar(paper, bar, x, top - number * _ROW, width)
        self._key(paper, x, top - len(self._bars) * _ROW - 8.0)

    def _bar(self, paper: Paper, bar: _Bar, x: float, top: float, width: float) -> None:
        middle, long = top - _ROW / 2, width - _NAME - _SAID
        name = Paragraph(bar.name, self._fonts, replace(_NAMES, size=8.5, leading=10.0))
        name.draw(paper, x, middle + name.measure(_NAME - 6.0) / 2, _NAME - 6.0)
        left = x + _NAME
        paper.box(left, middle - _BAR / 2, long, _BAR, fill=SUNKEN, edge=TRACK)
        # The most urgent stand first: what is to be done is read from the left.
        for level in range(len(bar.levels) - 1, -1, -1):
            wide = (bar.levels[level] or 0) / self._cases * long
            if wide:
                paper.box(left, middle - _BAR / 2, wide, _BAR, fill=LEVELS[level])
                left += wide
        said = Paragraph(bar.touched, self._fonts, SMALL)
        said.draw(paper, x + width - _SAID + 8.0, middle + SMALL.leading / 2, _SAID - 8.0)

    def _key(self, paper: Paper, x: float, top: float) -> None:
        left = x
        for level in range(len(self._words) - 1, -1, -1):
            words = Paragraph(self._words[level], self._fonts, SMALL)
            paper.box(left, top - 9.0, 7.0, 7.0, fill=LEVELS[level])
            words.draw(paper, left + 11.0, top, 90.0)
            left += words.natural_width() + 27.0
        paper.box(left, top - 9.0, 7.0, 7.0, fill=SUNKEN, edge=TRACK)
        Paragraph("no level, or not shown", self._fonts, SMALL).draw(paper, left + 11.0, top, 150.0)


def _senders(senders: Sequence[Sender], parts: Parts) -> Iterator[Block]:
    """Say from whom the data are and how far they go."""
    told = [f"from {one.name} up to {one.up_to:%d/%m/%Y}" for one in senders if one.up_to is not None]
    missing = [one.name for one in senders if one.up_to is None]
    if told:
        yield parts.small(f"Data {'; '.join(told)}.", after=2.0)
    if missing:
        yield parts.small(f"Nothing has come yet from {', '.join(missing)}.", after=2.0)
