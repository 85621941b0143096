"""A paragraph of plain text in any script, that can be measured, split over pages and drawn."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from imsa_desk.printing.bidi_lines import visual_order
from imsa_desk.printing.canvas import Paper
from imsa_desk.printing.fonts import FontSet
from imsa_desk.printing.lines import Line, break_lines
from imsa_desk.printing.look import BODY, Align, TextStyle
from imsa_desk.printing.shaping import Part, Run, Segment, clean, shape_runs
from imsa_desk.printing.tagging import Elem

FEWEST_LINES = 2
_REORDERED = re.compile(
    "[\u0590-\u08ff\u0900-\u109f\u1780-\u17ff\u200f\u202a-\u202e\ufb1d-\ufdff\ufe70-\ufeff]"
)
"""Scripts whose glyphs do not stand letter after letter, so that a reader needs the text itself."""
_SCRIPTS = {
    "am": "Ethi", "ar": "Arab", "bg": "Cyrl", "bn": "Beng", "ckb": "Arab", "fa": "Arab", "hi": "Deva",
    "ne": "Deva", "ps": "Arab", "ru": "Cyrl", "ti": "Ethi", "uk": "Cyrl", "ur": "Arab", "zh": "Hani",
}  # fmt: skip
"""Scripts of languages that are not written in Latin letters."""


class Paragraph:
    """Runs of plain text in one style; line ends in the text are kept.

    `elem` is what it is in the document's structure (a P unless given), `language` its language if that
    is another than the document's.
    """

    separates = False

    def __init__(
        self,
        runs: Sequence[Run] | str,
        fonts: FontSet,
        style: TextStyle = BODY,
        *,
        elem: Elem | None = None,
        language: str = "",
    ) -> None:
        self.style = style
        self.elem = elem or Elem("P", language=language)
        self._runs = (Run(runs),) if isinstance(runs, str) else tuple(runs)
        self._fonts = fonts
        self._parts: list[Part] | None = None
        self._lines: list[Line] = []
        self._laid_for = -1.0
        self._first = self._last = True

    @property
    def before(self) -> float:
        """Space above, in points."""
        return self.style.before if self._first else 0.0

    @property
    def after(self) -> float:
        """Space below, in points."""
        return self.style.after if self._last else 0.0

    @property
    def keep_with_next(self) -> bool:
        """Say whether a page may not end right after it."""
        return self.style.keep_with_next and self._last

    @property
    def words(self) -> str:
        """Give its text as it is printed."""
        return clean("".join(run.text for run in self._runs))

    def lines(self, width: float) -> list[Line]:
        """Give the lines for a width in points; a part of a paragraph keeps those it was cut with."""
        if self._laid_for != width and self._first and self._last:
            self._lines = break_lines(self._shaped(), width - self.style.indent, self.style)
            self._laid_for = width
        return self._lines

    def _shaped(self) -> list[Part]:
        if self._parts is None:
            self._parts = shape_runs(self._runs, self.style, self._fonts)
        return self._parts

    def natural_width(self) -> float:
        """Give the width of its longest line if nothing is broken."""
        whole = self._first and self._last
        lines = break_lines(self._shaped(), 1e6, self.style) if whole else self._lines
        return max((line.width for line in lines), default=0.0) + self.style.indent

    def measure(self, width: float) -> float:
        """Give the height in points."""
        return sum(line.height for line in self.lines(width))

    def least(self, width: float) -> float:
        """Give the least height that may stand at the end of a page."""
        lines = self.lines(width)
        few = lines if len(lines) <= FEWEST_LINES + 1 else lines[:FEWEST_LINES]
        return sum(line.height for line in few)

    def split(self, width: float, height: float) -> tuple[Paragraph, Paragraph] | None:
        """Cut in two so that the first part fits; None if too few lines would."""
        lines = self.lines(width)
        count, used = 0, 0.0
        while count < len(lines) and used + lines[count].height <= height:
            used += lines[count].height
            count += 1
        count = min(count, len(lines) - FEWEST_LINES)
        if count < FEWEST_LINES:
            return None
        return self._of(lines[:count], width, last=False), self._of(lines[count:], width, first=False)

    def _of(self, lines: list[Line], width: float, *, first: bool = True, last: bool = True) -> Paragraph:
        part = Paragraph(self._runs, self._fonts, self.style, elem=self.elem)
        part._lines, part._laid_for = lines, width
        part._first, part._last = self._first and first, self._last and last
        return part

    def draw(self, paper: Paper, x: float, top: float, width: float) -> None:
        """Draw downwards from `top`."""
        left, room = x + self.style.indent, width - self.style.indent
        lines = self.lines(width)
        self._describe(lines, paper.language)
        with paper.tag(self.elem):
            for line in lines:
                free = max(0.0, line.height - (line.ascent - line.descent)) / 2
                _draw_line(paper, line, left, room, top - free - line.ascent, self.style.align)
                top -= line.height

    def _describe(self, lines: Sequence[Line], language: str) -> None:
        """Keep the exact text where glyphs would not give it, and the script if it is not the document's."""
        elem = self.elem
        if not elem.actual:
            elem.actual = exact_text(self.words)
        if not elem.language:
            scripts = Counter[str]()
            for segment in (segment for line in lines for segment in line.segments if not segment.space):
                scripts[segment.script] += len(segment.text)
            expected = _SCRIPTS.get(language.partition("-")[0], "Latn")
            most = max(scripts, key=lambda script: scripts[script], default=expected)
            elem.language = "" if most == expected else f"und-{most}"


def exact_text(words: str) -> str:
    """Give words that a reader must be told as text of their own, or nothing if their glyphs say enough."""
    return words if _REORDERED.search(words) else ""


def cut(text: Paragraph | None, width: float, height: float) -> tuple[Paragraph | None, Paragraph | None]:
    """Share a paragraph out: what fits, and what is left; either may be nothing."""
    if text is None or text.measure(width) <= height:
        return text, None
    return text.split(width, height) or (None, text)


def _draw_line(paper: Paper, line: Line, left: float, room: float, baseline: float, align: Align) -> None:
    slack = room - line.width
    if align is Align.CENTRE:
        left += slack / 2
    elif (align is Align.END) != line.rtl:
        left += slack
    places = [0.0] * len(line.segments)
    right = left
    for i in visual_order([segment.level for segment in line.segments]):
        places[i] = right
        right += line.segments[i].width
    placed: list[tuple[Segment, float]] = list(zip(line.segments, places, strict=True))
    if line.hanging is not None:  # readers glue words together when the space at a line's end is missing
        placed.append((line.hanging, left - line.hanging.width if line.rtl else right))
    paper.text(placed, baseline)
