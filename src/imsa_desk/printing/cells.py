"""Facts side by side, each word under its label: ratings with bars, bands on a coloured ground."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace

from imsa_desk.printing.blocks import GUTTER, Spacing
from imsa_desk.printing.canvas import Paper
from imsa_desk.printing.fonts import FontSet
from imsa_desk.printing.look import BODY, LABEL, LEVELS, NEUTRAL, NEUTRAL_SOFT, TRACK, TextStyle
from imsa_desk.printing.paragraph import Paragraph, cut, exact_text
from imsa_desk.printing.tagging import Elem

PIPS = 4
PIP_WIDTH, PIP_HEIGHT, PIP_GAP = 10.0, 5.0, 2.5
PIPS_WIDTH = PIPS * (PIP_WIDTH + PIP_GAP) + 5.0
CELL_GAP = 14.0
TAG_PAD = 6.0

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
class _Laid:
    """One cell with what still stands of it: the parts of a cell over two pages share the element."""

    cell: Cell
    label: Paragraph | None
    word: Paragraph | None
    elem: Elem

    def cut(self, width: float, room: float, height: float) -> tuple[_Laid, _Laid]:
        """Cut at a height; what does not fit goes to the second part."""
        label, label_rest = cut(self.label, width, height)
        if label_rest is not None:
            word, word_rest = None, self.word
        else:
            used = label.measure(width) + 1.0 if label is not None else 0.0
            word, word_rest = cut(self.word, room, height - used)
        return (
            _Laid(self.cell, label, word, self.elem),
            _Laid(self.cell, label_rest, word_rest, self.elem),
        )

    @property
    def empty(self) -> bool:
        """Say whether nothing stands here."""
        return self.label is None and self.word is None


class Cells:
    """Short answers side by side, each under its label; read one after the other as "label: word"."""

    separates = False

    def __init__(
        self, cells: Sequence[Cell], fonts: FontSet, spacing: Spacing, *, columns: int, indent: float = GUTTER
    ) -> None:
        self.before, self.after = spacing.before, spacing.after
        self.keep_with_next = spacing.keep_with_next
        self.indent, self.columns = indent, columns
        self._cells = [_laid(cell, fonts) for cell in cells]

    def _cell_width(self, width: float) -> float:
        return (width - self.indent - CELL_GAP * (self.columns - 1)) / self.columns

    def _room(self, cell: Cell, width: float) -> float:
        taken = PIPS_WIDTH if cell.level is not None else 2 * TAG_PAD if cell.tone else 0.0
        return self._cell_width(width) - taken

    def _height(self, laid: _Laid, width: float) -> float:
        label = laid.label.measure(self._cell_width(width)) + 1.0 if laid.label is not None else 0.0
        word = laid.word.measure(self._room(laid.cell, width)) if laid.word is not None else 0.0
        return label + word

    def measure(self, width: float) -> float:
        """Give the height in points."""
        return max(self._height(laid, width) for laid in self._cells)

    def least(self, width: float) -> float:
        """Give the whole height: it is cut only if it is higher than a page."""
        return self.measure(width)

    def split(self, width: float, height: float) -> tuple[Cells, Cells] | None:
        """Cut every cell at this height."""
        wide = self._cell_width(width)
        parts = [laid.cut(wide, self._room(laid.cell, width), height) for laid in self._cells]
        if all(first.empty for first, _ in parts):
            return None
        return self._of([first for first, _ in parts], last=False), self._of([rest for _, rest in parts])

    def _of(self, cells: list[_Laid], *, last: bool = True) -> Cells:
        part = copy(self)
        part._cells = cells
        part.before, part.after = (self.before, 0.0) if not last else (0.0, self.after)
        part.keep_with_next = self.keep_with_next and last
        return part

    def draw(self, paper: Paper, x: float, top: float, width: float) -> None:
        """Draw downwards from `top`."""
        step = self._cell_width(width) + CELL_GAP
        for i, laid in enumerate(self._cells):
            if not laid.empty:
                with paper.tag(laid.elem):
                    self._draw_cell(paper, laid, x + self.indent + i * step, top, width)

    def _draw_cell(self, paper: Paper, laid: _Laid, left: float, top: float, width: float) -> None:
        cell, word, below = laid.cell, laid.word, top
        if laid.label is not None:
            laid.label.draw(paper, left, top, self._cell_width(width))
            below -= laid.label.measure(self._cell_width(width)) + 1.0
        if word is None:
            return
        room = self._room(cell, width)
        if cell.level is not None:
            if laid.label is not None or not cell.label:
                _pips(paper, left, below - (_WORD.leading + PIP_HEIGHT) / 2, cell.level)
            left += PIPS_WIDTH
        elif cell.tone is not None:
            wide = min(room, word.natural_width()) + 2 * TAG_PAD
            tall = word.measure(room)
            paper.box(left, below - tall, wide, tall, fill=cell.tone.ground, radius=4)
            left += TAG_PAD
        word.draw(paper, left, below, room)


def _laid(cell: Cell, fonts: FontSet) -> _Laid:
    style = replace(cell.style, colour=cell.tone.letters) if cell.tone else cell.style
    label = Paragraph(f"{cell.label} ", fonts, LABEL) if cell.label else None
    word = Paragraph(cell.word, fonts, style)
    mark = " " if cell.label.endswith(("?", ":")) else ": "
    said = f"{cell.label}{mark}{word.words}" if label else exact_text(word.words)
    return _Laid(cell, label, word, Elem("P", actual=said))


def _pips(paper: Paper, x: float, y: float, level: int) -> None:
    """Draw the bars of a level: decoration, because the word beside them says it."""
    for i in range(PIPS):
        colour = LEVELS[min(level, PIPS)] if i < level else TRACK
        paper.box(x, y, PIP_WIDTH, PIP_HEIGHT, fill=colour, radius=PIP_HEIGHT / 2)
        x += PIP_WIDTH + PIP_GAP
