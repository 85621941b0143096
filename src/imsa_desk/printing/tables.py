"""A table whose rows go over pages; its headers stand again at the top of every page."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace

from imsa_desk.printing.blocks import Spacing
from imsa_desk.printing.canvas import Paper
from imsa_desk.printing.fonts import FontSet
from imsa_desk.printing.look import BODY, LABEL, LINE, SUNKEN, TEXT, TextStyle
from imsa_desk.printing.paragraph import Paragraph, cut
from imsa_desk.printing.tagging import Elem

PAD_X, PAD_Y = 6.0, 4.0
KEPT_WHOLE = 110.0
"""A row up to this height, in points, is not cut to fill a page."""
REPEATED = 160.0
"""Headers up to this height, in points, stand on every page."""
_CELL = replace(BODY, size=9.0, leading=13.0)
_HEAD = replace(LABEL, size=8.5, leading=12.0, colour=TEXT)

Content = str | Paragraph


@dataclass(frozen=True, slots=True)
class _Row:
    """Paragraphs side by side, and what each cell is in the structure; parts of a row share the latter."""

    texts: tuple[Paragraph | None, ...]
    cells: tuple[Elem, ...]
    head: bool = False
    closes: bool = True

    def height(self, widths: Sequence[float]) -> float:
        """Give the height in points."""
        tall = (
            text.measure(w - 2 * PAD_X) if text else 0.0 for text, w in zip(self.texts, widths, strict=True)
        )
        return max(tall, default=0.0) + 2 * PAD_Y

    def cut(self, widths: Sequence[float], height: float) -> tuple[_Row, _Row] | None:
        """Cut every cell at this height; None if nothing would stand above."""
        room = height - 2 * PAD_Y
        parts = [cut(text, w - 2 * PAD_X, room) for text, w in zip(self.texts, widths, strict=True)]
        if all(first is None for first, _ in parts):
            return None
        return (
            replace(self, texts=tuple(first for first, _ in parts), closes=False),
            replace(self, texts=tuple(rest for _, rest in parts)),
        )


class Table:
    """Rows of text under headers; `widths` are shares of the line, `row_headers` makes the first column one.

    Cells are text or paragraphs; a row must have as many as there are headers.
    """

    separates = False
    keep_with_next = False

    def __init__(
        self,
        headers: Sequence[Content],
        rows: Sequence[Sequence[Content]],
        fonts: FontSet,
        widths: Sequence[float],
        spacing: Spacing | None = None,
        *,
        row_headers: bool = False,
    ) -> None:
        spacing = spacing or Spacing(before=4.0, after=6.0)
        self.before, self.after = spacing.before, spacing.after
        self._shares = [share / sum(widths) for share in widths]
        self._fonts = fonts
        self.elem = Elem("Table")
        head, body = Elem("THead", within=self.elem), Elem("TBody", within=self.elem)
        self._head = self._row(headers, head, [Elem("TH", scope="Column") for _ in headers], _HEAD)
        self._rows = [
            self._row(row, body, [_cell(row_headers and not i) for i in range(len(row))], _CELL)
            for row in rows
        ]
        self._continued = False

    def _row(self, row: Sequence[Content], section: Elem, cells: Sequence[Elem], style: TextStyle) -> _Row:
        elem = Elem("TR", within=section)
        for cell in cells:
            cell.within = elem
        texts = [text if isinstance(text, Paragraph) else Paragraph(text, self._fonts, style) for text in row]
        return _Row(tuple(texts), tuple(cells), head=style is _HEAD)

    def _widths(self, width: float) -> list[float]:
        return [share * width for share in self._shares]

    def _parts(self, widths: Sequence[float]) -> tuple[_Row | None, list[_Row]]:
        """Give the headers of this part and its rows; very high headers stand once, as its first row."""
        if self._head.height(widths) <= REPEATED:
            return self._head, self._rows
        return None, self._rows if self._continued else [self._head, *self._rows]

    def measure(self, width: float) -> float:
        """Give the height in points."""
        widths = self._widths(width)
        head, rows = self._parts(widths)
        return (head.height(widths) if head else 0.0) + sum(row.height(widths) for row in rows)

    def least(self, width: float) -> float:
        """Give the headers and the beginning of the first row."""
        widths = self._widths(width)
        head, rows = self._parts(widths)
        return (head.height(widths) if head else 0.0) + sum(
            min(row.height(widths), KEPT_WHOLE) for row in rows[:1]
        )

    def split(self, width: float, height: float) -> tuple[Table, Table] | None:
        """Cut between rows, or inside a row that is high."""
        widths = self._widths(width)
        head, rows = self._parts(widths)
        room, count = height - (head.height(widths) if head else 0.0), 0
        while count < len(rows) and rows[count].height(widths) <= room:
            room -= rows[count].height(widths)
            count += 1
        above, below = rows[:count], rows[count:]
        parts = below[0].cut(widths, room) if below and below[0].height(widths) > KEPT_WHOLE else None
        if parts is not None:
            above, below = [*above, parts[0]], [parts[1], *below[1:]]
        if not above or not below:
            return None
        first, rest = copy(self), copy(self)
        first.after, rest.before = 0.0, 0.0
        first._rows, rest._rows = above, below
        if head is None and not self._continued:
            first._continued = True  # its headers are its first row now
        rest._continued = True
        return first, rest

    def draw(self, paper: Paper, x: float, top: float, width: float) -> None:
        """Draw downwards from `top`; headers that were read before are decoration."""
        widths = self._widths(width)
        head, rows = self._parts(widths)
        with paper.tag(self.elem):
            if head is not None and self._continued:
                with paper.artifact("Pagination"):
                    top = _draw_row(paper, head, x, top, widths)
            elif head is not None:
                top = _draw_row(paper, head, x, top, widths)
            for row in rows:
                top = _draw_row(paper, row, x, top, widths)


def _cell(header: bool) -> Elem:
    return Elem("TH", scope="Row") if header else Elem("TD")


def _draw_row(paper: Paper, row: _Row, x: float, top: float, widths: Sequence[float]) -> float:
    """Draw a row and give the height at which it ends."""
    tall = row.height(widths)
    if row.head:
        paper.box(x, top - tall, sum(widths), tall, fill=SUNKEN)
    for text, cell, wide in zip(row.texts, row.cells, widths, strict=True):
        with paper.tag(cell):
            if text is not None:
                text.draw(paper, x + PAD_X, top - PAD_Y, wide - 2 * PAD_X)
        x += wide
    if row.closes:
        paper.hairline(x - sum(widths), top - tall, sum(widths), LINE)
    return top - tall
