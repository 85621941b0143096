"""Blocks that give others their place in a document's structure: sections, lists and figures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from imsa_desk.printing.blocks import Spacing, Whole
from imsa_desk.printing.canvas import Paper
from imsa_desk.printing.flow import Block
from imsa_desk.printing.fonts import FontSet
from imsa_desk.printing.look import ACCENT, BODY, TextStyle
from imsa_desk.printing.paragraph import Paragraph
from imsa_desk.printing.tagging import Elem

BULLET = "•"
MARK_ROOM = 16.0


class Within:
    """A block that stands inside an element of the structure."""

    def __init__(self, elem: Elem, block: Block) -> None:
        self.elem, self.block = elem, block

    @property
    def before(self) -> float:
        """Space above."""
        return self.block.before

    @property
    def after(self) -> float:
        """Space below."""
        return self.block.after

    @property
    def keep_with_next(self) -> bool:
        """Say whether a page may not end right after it."""
        return self.block.keep_with_next

    @property
    def separates(self) -> bool:
        """Say whether it only parts two blocks."""
        return self.block.separates

    def measure(self, width: float) -> float:
        """Give the height in points."""
        return self.block.measure(width)

    def least(self, width: float) -> float:
        """Give the least height that may stand at the end of a page."""
        return self.block.least(width)

    def split(self, width: float, height: float) -> tuple[Within, Within] | None:
        """Cut the block in two; both parts stay in the element."""
        parts = self.block.split(width, height)
        return parts and (Within(self.elem, parts[0]), Within(self.elem, parts[1]))

    def draw(self, paper: Paper, x: float, top: float, width: float) -> None:
        """Draw downwards from `top`."""
        with paper.tag(self.elem):
            self.block.draw(paper, x, top, width)


def grouped(what: str | Elem, blocks: Iterable[Block]) -> Iterator[Block]:
    """Put blocks into one element, such as `grouped("Sect", ...)`."""
    elem = Elem(what) if isinstance(what, str) else what
    for block in blocks:
        yield Within(elem, block)


class ListItem:
    """One item of a list: its mark, and beside it a paragraph that may go over pages."""

    separates = False

    def __init__(
        self,
        elem: Elem,
        mark: Paragraph | None,
        body: Elem,
        text: Paragraph,
        indent: float,
        *,
        keep_with_next: bool = False,
    ) -> None:
        self.elem, self.mark, self.body, self.text, self.indent = elem, mark, body, text, indent
        self.before, self.after = text.before, text.after
        self.keep_with_next = keep_with_next

    def _room(self, width: float) -> float:
        return width - self.indent - MARK_ROOM

    def measure(self, width: float) -> float:
        """Give the height in points."""
        return self.text.measure(self._room(width))

    def least(self, width: float) -> float:
        """Give the least height that may stand at the end of a page."""
        return self.text.least(self._room(width))

    def split(self, width: float, height: float) -> tuple[ListItem, ListItem] | None:
        """Cut the text in two; the second part has no mark."""
        parts = self.text.split(self._room(width), height)
        if parts is None:
            return None
        first, rest = parts
        return (
            ListItem(self.elem, self.mark, self.body, first, self.indent),
            ListItem(*(self.elem, None, self.body, rest, self.indent), keep_with_next=self.keep_with_next),
        )

    def draw(self, paper: Paper, x: float, top: float, width: float) -> None:
        """Draw downwards from `top`."""
        left = x + self.indent
        with paper.tag(self.elem):
            if self.mark is not None:
                self.mark.draw(paper, left, top, MARK_ROOM)
            with paper.tag(self.body):
                self.text.draw(paper, left + MARK_ROOM, top, self._room(width))


def listed(
    items: Sequence[str | Paragraph],
    fonts: FontSet,
    style: TextStyle = BODY,
    *,
    numbered: bool = False,
    indent: float = 0.0,
    last_two: bool = False,
) -> list[Block]:
    """Give the blocks of a list, with bullets or with numbers; its `last_two` may stay on one page."""
    whole = Elem("L", numbering="Decimal" if numbered else "Disc")
    mark_style = replace(style, colour=ACCENT, bold=True, indent=0.0)
    blocks: list[Block] = []
    for count, item in enumerate(items, start=1):
        text = item if isinstance(item, Paragraph) else Paragraph(item, fonts, style)
        elem = Elem("LI", within=whole)
        mark = Paragraph(f"{count}. " if numbered else f"{BULLET} ", fonts, mark_style, elem=Elem("Lbl"))
        keep = last_two and count == len(items) - 1
        made = ListItem(elem, mark, Elem("LBody"), text, indent, keep_with_next=keep)
        blocks.append(Within(whole, made))
    return blocks


class Figure(Whole):
    """A picture that is drawn by `draw(paper, x, top, width)`, with words that say what it shows.

    Everything drawn inside, letters too, belongs to the figure. It is never cut: keep it below a page.
    """

    def __init__(
        self,
        alt: str,
        draw: Callable[[Paper, float, float, float], None],
        height: float,
        spacing: Spacing | None = None,
    ) -> None:
        super().__init__(spacing or Spacing())
        self.elem = Elem("Figure", alt=alt)
        self._draw, self.height = draw, height

    def measure(self, width: float) -> float:
        """Give the height in points."""
        return self.height

    def draw(self, paper: Paper, x: float, top: float, width: float) -> None:
        """Draw downwards from `top`."""
        self.elem.box = (x, top - self.height, x + width, top)
        with paper.tag(self.elem):
            self._draw(paper, x, top, width)
