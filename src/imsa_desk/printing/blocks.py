"""Parts of a printed form other than running text: ratings, quotations, rules, facts side by side."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace

from imsa_desk.printing.canvas import Paper
from imsa_desk.printing.fonts import FontSet
from imsa_desk.printing.look import (
    ACCENT,
    BODY,
    LABEL,
    LEVELS,
    LINE,
    MUTED,
    NEUTRAL,
    NEUTRAL_SOFT,
    TRACK,
    TextStyle,
)
from imsa_desk.printing.paragraph import Paragraph
from imsa_desk.printing.shaping import Run

GUTTER = 34.0
PIPS = 4
PIP_WIDTH, PIP_HEIGHT, PIP_GAP = 10.0, 5.0, 2.5
PIPS_WIDTH = PIPS * (PIP_WIDTH + PIP_GAP) + 5.0
CELL_GAP = 14.0
TAG_PAD = 6.0
QUOTE_INDENT = 11.0

_WORD = replace(BODY, bold=True, leading=14.5)


@dataclass(frozen=True, slots=True)
class Tone:
    """Ground and letters of a tag."""

    ground: str = NEUTRAL_SOFT
    letters: str = NEUTRAL


@dataclass(frozen=True, slots=True)
class Cell:
    """A label above a word; with bars for a level, or on a coloured ground."""

    label: str
    word: str
    level: int | None = None
    tone: Tone | None = None
    style: TextStyle = _WORD


@dataclass(frozen=True, slots=True)
class Spacing:
    """Space round a block, and whether a page may end after it."""

    before: float = 0.0
    after: float = 0.0
    keep_with_next: bool = False


class _Uncut:
    """What every block has that stands on one page."""

    separates = False

    def split(self, width: float, height: float) -> None:
        """Refuse to be cut."""


class _Whole(_Uncut, ABC):
    """A block that is never cut."""

    def __init__(self, spacing: Spacing) -> None:
        self.before, self.after = spacing.before, spacing.after
        self.keep_with_next = spacing.keep_with_next

    @abstractmethod
    def measure(self, width: float) -> float:
        """Give the height in points."""

    def least(self, width: float) -> float:
        """Give the whole height: it stands on one page."""
        return self.measure(width)


class Rule(_Whole):
    """A thin line across the page; between two items it falls away where a page begins."""

    def __init__(
        self, spacing: Spacing, *, indent: float = 0.0, colour: str = LINE, separates: bool = False
    ) -> None:
        super().__init__(spacing)
        self.separates = separates
        self.indent, self.colour = indent, colour

    def measure(self, width: float) -> float:
        """Give the height in points."""
        return 0.6

    def draw(self, paper: Paper, x: float, top: float, width: float) -> None:
        """Draw at `top`."""
        paper.hairline(x + self.indent, top, width - self.indent, self.colour)


class Cells(_Whole):
    """Short answers side by side, each under its label."""

    def __init__(
        self, cells: Sequence[Cell], fonts: FontSet, spacing: Spacing, *, columns: int, indent: float = GUTTER
    ) -> None:
        super().__init__(spacing)
        self.indent, self.columns = indent, columns
        self._cells = [(cell, *_paragraphs(cell, fonts)) for cell in cells]

    def _cell_width(self, width: float) -> float:
        return (width - self.indent - CELL_GAP * (self.columns - 1)) / self.columns

    def _room(self, cell: Cell, width: float) -> float:
        taken = PIPS_WIDTH if cell.level is not None else 2 * TAG_PAD if cell.tone else 0.0
        return self._cell_width(width) - taken

    def measure(self, width: float) -> float:
        """Give the height in points."""
        cell_width = self._cell_width(width)
        return max(
            label.measure(cell_width) + word.measure(self._room(cell, width)) + 1.0
            for cell, label, word in self._cells
        )

    def draw(self, paper: Paper, x: float, top: float, width: float) -> None:
        """Draw downwards from `top`."""
        step = self._cell_width(width) + CELL_GAP
        for i, (cell, label, word) in enumerate(self._cells):
            left = x + self.indent + i * step
            label.draw(paper, left, top, self._cell_width(width))
            below = top - label.measure(self._cell_width(width)) - 1.0
            room = self._room(cell, width)
            if cell.level is not None:
                _pips(paper, left, below - (_WORD.leading + PIP_HEIGHT) / 2, cell.level)
                left += PIPS_WIDTH
            elif cell.tone is not None:
                wide = min(room, word.natural_width()) + 2 * TAG_PAD
                tall = word.measure(room)
                paper.box(left, below - tall, wide, tall, fill=cell.tone.ground, radius=4)
                left += TAG_PAD
            word.draw(paper, left, below, room)


def _paragraphs(cell: Cell, fonts: FontSet) -> tuple[Paragraph, Paragraph]:
    style = replace(cell.style, colour=cell.tone.letters) if cell.tone else cell.style
    return Paragraph(cell.label, fonts, LABEL), Paragraph(cell.word, fonts, style)


def _pips(paper: Paper, x: float, y: float, level: int) -> None:
    for i in range(PIPS):
        colour = LEVELS[min(level, PIPS)] if i < level else TRACK
        paper.box(x, y, PIP_WIDTH, PIP_HEIGHT, fill=colour, radius=PIP_HEIGHT / 2)
        x += PIP_WIDTH + PIP_GAP


class Numbered:
    """A paragraph with a number in the margin before its first line."""

    separates = False

    def __init__(self, number: str, text: Paragraph, fonts: FontSet) -> None:
        self.text = text
        style = replace(text.style, colour=ACCENT, bold=True)
        self._fonts, self._number = fonts, Paragraph(number, fonts, style)
        self.before, self.after = text.before, text.after

    @property
    def keep_with_next(self) -> bool:
        """Say whether a page may not end right after it."""
        return self.text.keep_with_next

    def measure(self, width: float) -> float:
        """Give the height in points."""
        return self.text.measure(width - GUTTER)

    def least(self, width: float) -> float:
        """Give the least height that may stand at the end of a page."""
        return self.text.least(width - GUTTER)

    def split(self, width: float, height: float) -> tuple[Numbered, Numbered] | None:
        """Cut the text in two; the second part has no number."""
        parts = self.text.split(width - GUTTER, height)
        if parts is None:
            return None
        first, rest = parts
        head, tail = Numbered("", first, self._fonts), Numbered("", rest, self._fonts)
        head._number = self._number
        return head, tail

    def draw(self, paper: Paper, x: float, top: float, width: float) -> None:
        """Draw downwards from `top`."""
        self._number.draw(paper, x, top, GUTTER)
        self.text.draw(paper, x + GUTTER, top, width - GUTTER)


class Quote:
    """Somebody's own words, with a bar at the side where their lines begin."""

    separates = False

    def __init__(self, text: Paragraph, *, indent: float = GUTTER) -> None:
        self.text, self.indent = text, indent
        self.before, self.after = text.before, text.after
        self.keep_with_next = False

    def _room(self, width: float) -> float:
        return width - self.indent - QUOTE_INDENT

    def measure(self, width: float) -> float:
        """Give the height in points."""
        return self.text.measure(self._room(width))

    def least(self, width: float) -> float:
        """Give the least height that may stand at the end of a page."""
        return self.text.least(self._room(width))

    def split(self, width: float, height: float) -> tuple[Quote, Quote] | None:
        """Cut the text in two; both parts keep the bar."""
        parts = self.text.split(self._room(width), height)
        return parts and (Quote(parts[0], indent=self.indent), Quote(parts[1], indent=self.indent))

    def draw(self, paper: Paper, x: float, top: float, width: float) -> None:
        """Draw downwards from `top`."""
        room, tall = self._room(width), self.measure(width)
        lines = self.text.lines(room)
        rtl = bool(lines) and lines[0].rtl
        left = x + self.indent
        bar = left + room + QUOTE_INDENT - 2.0 if rtl else left
        paper.box(bar, top - tall + 1.5, 2.0, tall - 3.0, fill=ACCENT, radius=1)
        self.text.draw(paper, left if rtl else left + QUOTE_INDENT, top, room)


class Heading(_Uncut):
    """A heading that the document's outline leads to."""

    def __init__(self, text: Paragraph, outline: str, level: int) -> None:
        self.text, self.outline, self.level = text, outline, level
        self.before, self.after = text.before, text.after
        self.keep_with_next = True

    def measure(self, width: float) -> float:
        """Give the height in points."""
        return self.text.measure(width)

    def least(self, width: float) -> float:
        """Give the whole height: headings are not cut."""
        return self.text.measure(width)

    def draw(self, paper: Paper, x: float, top: float, width: float) -> None:
        """Draw downwards from `top` and bookmark it."""
        paper.bookmark(self.outline, top + 6.0, self.level)
        self.text.draw(paper, x, top, width)


def isolated(text: str) -> str:
    """Keep a text's direction from changing the order of what stands round it."""
    return f"\u2068{text}\u2069"


def labelled(label: str, value: str) -> tuple[Run, Run]:
    """Give runs for a quiet label and its value in one line."""
    mark = " " if label.endswith(("?", ":")) else ": "
    return Run(f"{label}{mark}", colour=MUTED, size=8.5, together=True), Run(
        isolated(value), size=9.0, together=True
    )
