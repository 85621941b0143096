"""How the need in each theme moved between two reviews, drawn as marks on a line and always in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from imsa_desk.printing.canvas import Paper
from imsa_desk.printing.fonts import FontSet
from imsa_desk.printing.groups import Figure
from imsa_desk.printing.look import (
    ACCENT,
    INFO,
    LEVELS,
    MUTED,
    SMALL,
    TRACK,
    WHITE,
    Align,
    TextStyle,
)
from imsa_desk.printing.paragraph import Paragraph
from imsa_desk.printing.shaping import Run

_NAME, _WORDS = 168.0, 150.0
"""Room for a theme's name on the left and for the words on the right."""
_ROW, _HEAD = 27.0, 26.0
_MARK = 4.2
_NAMES = TextStyle(size=9.0, leading=12.0)
_SAID = TextStyle(size=9.0, leading=12.0, colour=MUTED)


@dataclass(frozen=True, slots=True)
class MovementRow:
    """One theme: levels 0 to 4 before and now, None where none was given, and the same in words."""

    title: str
    before: int | None
    now: int | None
    words: str
    own_before: int | None = None
    own_now: int | None = None
    own_words: str = ""


def movement_figure(rows: Sequence[MovementRow], levels: Sequence[str], fonts: FontSet, whose: str) -> Figure:
    """Draw the movement of each theme; `levels` are the words of the scale, `whose` labels the own rating."""
    alt = ". ".join(_sentence(row, whose) for row in rows)
    chart = _Chart(rows, levels, fonts, whose)
    return Figure(f"How the need in each theme moved. {alt}.", chart.draw, chart.height)


def _sentence(row: MovementRow, whose: str) -> str:
    own = f"; {_within(whose)}: {row.own_words}" if row.own_words else ""
    return f"{row.title}: {row.words}{own}"


def _within(words: str) -> str:
    """Give words as they stand within a sentence: a name in them keeps its capital letter."""
    return f"{words[:1].lower()}{words[1:]}"


class _Chart:
    """The chart's rows, each with a line of its own and a second, fainter one for the person's rating."""

    def __init__(
        self, rows: Sequence[MovementRow], levels: Sequence[str], fonts: FontSet, whose: str
    ) -> None:
        self._rows, self._levels, self._fonts, self._whose = rows, levels, fonts, whose
        self.height = _HEAD + _ROW * len(rows) + 22.0

    def draw(self, paper: Paper, x: float, top: float, width: float) -> None:
        """Draw downwards from `top`."""
        left, right = x + _NAME + 8.0, x + width - _WORDS - 12.0
        step = (right - left) / (len(self._levels) - 1)
        self._head(paper, left, top, step)
        for i, row in enumerate(self._rows):
            self._row(paper, row, x, top - _HEAD - i * _ROW, (left, step, right))
        self._key(paper, x, top - _HEAD - len(self._rows) * _ROW - 4.0, width)

    def _head(self, paper: Paper, left: float, top: float, step: float) -> None:
        style = TextStyle(size=7.0, leading=8.5, colour=MUTED, align=Align.CENTRE)
        for i, words in enumerate(self._levels):
            Paragraph(words, self._fonts, style).draw(paper, left + (i - 0.5) * step, top, step)

    def _row(
        self, paper: Paper, row: MovementRow, x: float, top: float, track: tuple[float, float, float]
    ) -> None:
        left, step, right = track
        middle = top - _ROW / 2
        name = Paragraph(row.title, self._fonts, _NAMES)
        name.draw(paper, x, middle + name.measure(_NAME) / 2, _NAME)
        paper.hairline(left, middle, right - left, TRACK)
        for i in range(len(self._levels)):
            paper.circle(left + i * step, middle, 1.3, fill=TRACK)
        _marks(paper, (left, step, middle), row.before, row.now)
        if row.own_words:
            _own_marks(paper, (left, step, middle - 8.0), row.own_before, row.own_now)
        words = Paragraph(self._words(row), self._fonts, _SAID)
        words.draw(paper, right + 14.0, middle + words.measure(_WORDS) / 2, _WORDS)

    def _words(self, row: MovementRow) -> list[Run]:
        runs = [Run(row.words, bold=row.before != row.now)]
        if row.own_words and row.own_words != row.words:
            runs.append(Run(f"\n{self._whose}: {row.own_words}", size=7.5, colour=INFO))
        return runs

    def _key(self, paper: Paper, x: float, top: float, width: float) -> None:
        own = any(row.own_words for row in self._rows)
        words = "Ring: before. Full mark: now. The arrow shows which way it went."
        words += f" Small marks below the line: {_within(self._whose)}." if own else ""
        Paragraph(words, self._fonts, SMALL).draw(paper, x, top, width)


Track = tuple[float, float, float]
"""Where the first step stands, how far the next is, and the height of the line."""


def _marks(paper: Paper, track: Track, before: int | None, now: int | None) -> None:
    left, step, y = track
    if before is not None and now is not None and before != now:
        _arrow(paper, left + before * step, left + now * step, y)
    if before is not None and before != now:
        paper.circle(left + before * step, y, _MARK, fill=WHITE, edge=MUTED, line=1.2)
    if now is not None:
        paper.circle(left + now * step, y, _MARK, fill=LEVELS[min(now, len(LEVELS) - 1)])


def _own_marks(paper: Paper, track: Track, before: int | None, now: int | None) -> None:
    left, step, y = track
    if before is not None and now is not None and before != now:
        paper.line([(left + before * step, y), (left + now * step, y)], INFO, width=0.7)
    if before is not None and before != now:
        paper.circle(left + before * step, y, 2.0, fill=WHITE, edge=INFO, line=0.8)
    if now is not None:
        paper.circle(left + now * step, y, 2.0, fill=INFO)


def _arrow(paper: Paper, start: float, end: float, y: float) -> None:
    way = 1.0 if end > start else -1.0
    tip = end - way * (_MARK + 1.5)
    paper.line([(start + way * _MARK, y), (tip, y)], ACCENT, width=1.4)
    paper.line([(tip - way * 4.0, y + 2.8), (tip, y), (tip - way * 4.0, y - 2.8)], ACCENT, width=1.4)
