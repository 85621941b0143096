"""Parts of a printed form other than running text: questions, headings, quotations, rules."""

from __future__ import annotations

from abc import ABC, abstractmethod
from copy import copy
from dataclasses import dataclass, replace

from imsa_desk.printing.canvas import Paper
from imsa_desk.printing.flow import Block
from imsa_desk.printing.fonts import FontSet
from imsa_desk.printing.look import ACCENT, LINE, MUTED
from imsa_desk.printing.paragraph import Paragraph, exact_text
from imsa_desk.printing.shaping import Run
from imsa_desk.printing.tagging import Elem

GUTTER = 34.0
QUOTE_INDENT = 11.0


@dataclass(frozen=True, slots=True)
class Spacing:
    """Space round a block, and whether a page may end after it."""

    before: float = 0.0
    after: float = 0.0
    keep_with_next: bool = False


class Whole(ABC):
    """A block that is never cut."""

    separates = False

    def __init__(self, spacing: Spacing) -> None:
        self.before, self.after = spacing.before, spacing.after
        self.keep_with_next = spacing.keep_with_next

    @abstractmethod
    def measure(self, width: float) -> float:
        """Give the height in points."""

    def least(self, width: float) -> float:
        """Give the whole height: it stands on one page."""
        return self.measure(width)

    def split(self, width: float, height: float) -> tuple[Block, Block] | None:
        """Refuse to be cut."""
        return None


class Rule(Whole):
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


class Numbered:
    """A paragraph with a number in the margin before its first line; a question is a heading of level 3.

    With an `outline`, the document's outline leads to it, below the heading before it.
    """

    separates = False

    def __init__(
        self, number: str, text: Paragraph, fonts: FontSet, *, role: str = "H3", outline: str = ""
    ) -> None:
        self.text, self.outline = text, outline
        style = replace(text.style, colour=ACCENT, bold=True)
        self._number: Paragraph | None = Paragraph(f"{number} ", fonts, style)
        self._elem = Elem(role, language=text.elem.language, actual=exact_text(f"{number} {text.words}"))
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
        head, tail = copy(self), copy(self)
        head.text, tail.text = parts
        tail._number, tail.outline = None, ""
        head.after = tail.before = 0.0
        return head, tail

    def draw(self, paper: Paper, x: float, top: float, width: float) -> None:
        """Draw downwards from `top`."""
        if self.outline:
            paper.bookmark(self.outline, top + 6.0, 1)
        with paper.tag(self._elem):
            if self._number is not None:
                self._number.draw(paper, x, top, GUTTER)
            self.text.draw(paper, x + GUTTER, top, width - GUTTER)


class Quote:
    """Somebody's own words, with a bar at the side where their lines begin."""

    separates = False

    def __init__(self, text: Paragraph, *, indent: float = GUTTER, elem: Elem | None = None) -> None:
        self.text, self.indent = text, indent
        self.elem = elem or Elem("BlockQuote")
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
        if parts is None:
            return None
        first, rest = (Quote(part, indent=self.indent, elem=self.elem) for part in parts)
        return first, rest

    def draw(self, paper: Paper, x: float, top: float, width: float) -> None:
        """Draw downwards from `top`."""
        room, tall = self._room(width), self.measure(width)
        lines = self.text.lines(room)
        rtl = bool(lines) and lines[0].rtl
        left = x + self.indent
        bar = left + room + QUOTE_INDENT - 2.0 if rtl else left
        paper.box(bar, top - tall + 1.5, 2.0, tall - 3.0, fill=ACCENT, radius=1)
        with paper.tag(self.elem):
            self.text.draw(paper, left if rtl else left + QUOTE_INDENT, top, room)


class Heading:
    """A heading; `level` 0 is a section's (H2, below the title's H1), and 1 stands below it.

    The document's outline leads to it unless `outline` is empty.
    """

    separates = False
    keep_with_next = True

    def __init__(self, text: Paragraph, outline: str, level: int) -> None:
        self.text, self.outline, self.level = text, outline, level
        text.elem.role = f"H{level + 2}"
        self.before, self.after = text.before, text.after

    def measure(self, width: float) -> float:
        """Give the height in points."""
        return self.text.measure(width)

    def least(self, width: float) -> float:
        """Give the whole height: a heading is cut only if it is higher than a page."""
        return self.text.measure(width)

    def split(self, width: float, height: float) -> tuple[Heading, Heading] | None:
        """Cut the text in two; the outline leads to the first part."""
        parts = self.text.split(width, height)
        return parts and (Heading(parts[0], self.outline, self.level), Heading(parts[1], "", self.level))

    def draw(self, paper: Paper, x: float, top: float, width: float) -> None:
        """Draw downwards from `top` and bookmark it."""
        if self.outline:
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
