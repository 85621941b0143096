"""A few words in a coloured frame that nobody should overlook."""

from __future__ import annotations

from imsa_desk.printing.blocks import Spacing, Whole
from imsa_desk.printing.canvas import Paper
from imsa_desk.printing.fonts import FontSet
from imsa_desk.printing.look import ALERT, ALERT_SOFT, TextStyle
from imsa_desk.printing.paragraph import Paragraph

_PAD = 9.0


class Notice(Whole):
    """A paragraph on a coloured ground; `colour` is that of its letters and edge."""

    def __init__(
        self, words: str, fonts: FontSet, spacing: Spacing, *, colour: str = ALERT, ground: str = ALERT_SOFT
    ) -> None:
        super().__init__(spacing)
        style = TextStyle(size=9.5, leading=14.0, bold=True, colour=colour)
        self._text, self._colour, self._ground = Paragraph(words, fonts, style), colour, ground

    def measure(self, width: float) -> float:
        """Give the height in points."""
        return self._text.measure(width - 2 * _PAD) + 2 * _PAD - 4.0

    def draw(self, paper: Paper, x: float, top: float, width: float) -> None:
        """Draw downwards from `top`."""
        tall = self.measure(width)
        paper.box(x, top - tall, width, tall, fill=self._ground, edge=self._colour, radius=4)
        self._text.draw(paper, x + _PAD, top - _PAD + 2.0, width - 2 * _PAD)
