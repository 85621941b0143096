"""PracticeBand: the striped violet band over every window of a practice vault."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QSizePolicy

from imsa_desk.gui import paint, theme
from imsa_desk.gui.widgets.base import Painted


class PracticeBand(Painted):
    """The striped violet band over every window of a practice vault."""

    def __init__(self, words: str = "invented people, nothing here is real") -> None:
        super().__init__(f"PRACTICE: {words}")
        self._words = words
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.look_changed()

    def look_changed(self) -> None:
        """Take the ink of the scheme in force; painters begin with it."""
        theme.tint(self, "on_practice")

    def sizeHint(self) -> QSize:
        return QSize(theme.px(300), theme.height("band"))

    def draw(self, p: QPainter, area: QRectF) -> None:
        """Paint stripes, and the words on a plain stretch in the middle."""
        wide, high = area.width(), area.height()
        paint.fill(p, area, "practice")
        stripes = QPainterPath()
        x = -2 * high
        while x < wide + high:
            stripes.moveTo(int(x), int(high + 4))
            stripes.lineTo(int(x + high + 8), -4)
            x += theme.px(26)
        p.strokePath(stripes, QPen(theme.brush("on_practice", 0.10), theme.px(7)))
        gap = theme.px(10)
        total = paint.width_of("PRACTICE", "small", True) + gap + paint.width_of(self._words, "small")
        left = (wide - total) / 2
        paint.fill(p, QRectF(left - 16, 0, total + 32, high), "practice")
        left += paint.text(p, left, 0, "PRACTICE", role="", size="small", strong=True, high=high)
        paint.text(p, left + gap, 0, self._words, role="", size="small", high=high)
