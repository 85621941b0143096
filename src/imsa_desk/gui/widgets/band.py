"""PracticeBand: the striped violet band over every window of a practice vault."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QSizePolicy

from imsa_desk.gui import paint, theme
from imsa_desk.gui.widgets.base import Painted


class PracticeBand(Painted):
    """The striped violet band over every window of a practice vault."""

    def __init__(self, words: str = "invented people, nothing here is real") -> None:
        super().__init__(f"PRACTICE: {words}")
        self._words = words
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(300), theme.height("band"))

    def draw(self, p: QPainter, area: QRectF) -> None:
        """Paint stripes, and the words on a plain stretch in the middle."""
        wide, high = area.width(), area.height()
        p.fillRect(area, theme.colour("practice"))
        pen = QPen(theme.colour("on_practice", 0.10), theme.px(7))
        p.setPen(pen)
        x = -2 * high
        while x < wide + high:
            p.drawLine(int(x), int(high + 4), int(x + high + 8), -4)
            x += theme.px(26)
        gap = theme.px(10)
        total = paint.width_of("PRACTICE", "small", True) + gap + paint.width_of(self._words, "small")
        left = (wide - total) / 2
        p.fillRect(QRectF(left - 16, 0, total + 32, high), theme.colour("practice"))
        p.setPen(Qt.PenStyle.NoPen)
        left += paint.text(p, left, 0, "PRACTICE", role="on_practice", size="small", strong=True, high=high)
        paint.text(p, left + gap, 0, self._words, role="on_practice", size="small", high=high)
