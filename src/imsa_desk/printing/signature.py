"""A signature that was drawn on the screen, as fine lines on paper."""

from __future__ import annotations

from collections.abc import Sequence

from imsa_desk.printing.canvas import Paper
from imsa_desk.printing.look import LINE, TEXT
from imsa_desk.printing.sheet import Stroke
from imsa_desk.printing.tagging import Elem

PAD_POINTS = 1000.0
"""Points from edge to edge of the pad; down they keep the same measure."""
WIDTH = 168.0
HEIGHT = 58.0
_INK = 1.2


class Signature:
    """The strokes of a signature over a thin line; a figure with words for those who cannot see it."""

    separates = False
    keep_with_next = False
    before, after = 5.0, 4.0

    def __init__(self, strokes: Sequence[Stroke], alt: str, *, indent: float = 0.0) -> None:
        self.strokes, self.indent = tuple(strokes), indent
        self._elem = Elem("Figure", alt=alt)

    def measure(self, width: float) -> float:
        """Give the height in points."""
        return HEIGHT

    def least(self, width: float) -> float:
        """Give the whole height: it is never cut."""
        return HEIGHT

    def split(self, width: float, height: float) -> None:
        """Refuse to be cut."""

    def draw(self, paper: Paper, x: float, top: float, width: float) -> None:
        """Draw downwards from `top`."""
        left = x + self.indent
        self._elem.box = (left, top - HEIGHT, left + WIDTH, top)
        scale = WIDTH / PAD_POINTS
        with paper.tag(self._elem):
            paper.hairline(left, top - HEIGHT, WIDTH, LINE)
            for stroke in self.strokes:
                points = [(left + px * scale, max(top - py * scale, top - HEIGHT)) for px, py in stroke]
                if len(points) == 1:
                    paper.circle(*points[0], _INK / 2, fill=TEXT)
                else:
                    paper.line(points, TEXT, width=_INK)
