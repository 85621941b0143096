"""WrappedLink: words that lead somewhere, over as many lines as they need."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QTextLayout, QTextOption
from PySide6.QtWidgets import QSizePolicy, QWidget

from imsa_desk.gui import paint, theme
from imsa_desk.gui.widgets.base import PaintedButton


class WrappedLink(PaintedButton):
    """A problem to go to, underlined; nothing of it is ever cut off."""

    def __init__(
        self, words: str, *, role: str = "alert", size: theme.Size = "body", parent: QWidget | None = None
    ) -> None:
        super().__init__(words, parent)
        self._role: str = role
        self._size: theme.Size = size
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def _lines(self, width: float) -> list[tuple[str, float]]:
        """Break the words into lines; gives each with its width."""
        layout = QTextLayout(self.words, theme.font(self._size))
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        found = []
        layout.beginLayout()
        while (line := layout.createLine()).isValid():
            line.setLineWidth(max(20.0, width))
            start, length = line.textStart(), line.textLength()
            found.append((self.words[start : start + length].rstrip(), line.naturalTextWidth()))
        layout.endLayout()
        return found

    def _line_high(self) -> float:
        return theme.metrics(self._size).height() + theme.px(3)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return round(len(self._lines(width - 6)) * self._line_high()) + theme.px(6)

    def sizeHint(self) -> QSize:
        wide = round(paint.width_of(self.words, self._size)) + 8
        shown = self.width() if self.width() > theme.px(60) else min(wide, theme.px(560))
        return QSize(wide, self.heightForWidth(shown))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(80), round(self._line_high()))

    def draw(self, p: QPainter, area: QRectF) -> None:
        """Paint the lines, each underlined, and the ring."""
        if self.underMouse():
            paint.box(p, area, "hover", None, 4)
        y, high = float(theme.px(3)), self._line_high()
        for words, wide in self._lines(area.width() - 6):
            paint.text(p, 3, y, words, role=self._role, size=self._size, width=area.width(), high=high)
            paint.hairline(p, 3, 3 + min(wide, area.width() - 6), y + high - 2, self._role)
            y += high
        if self.ringed:
            paint.ring(p, area, 4)
