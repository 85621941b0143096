"""Marks: small painted parts that pages put beside words."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QSizePolicy

from imsa_desk.gui import paint, theme
from imsa_desk.gui.widgets.base import Painted


class Mark(Painted):
    """An icon that stands beside words and says nothing by itself."""

    def __init__(self, icon: str, role: str = "accent_text", size: int = 18) -> None:
        super().__init__("")
        self._icon, self._role, self._size = icon, role, size
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_icon(self, icon: str) -> None:
        """Show another icon."""
        self._icon = icon
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(self._size), theme.px(22))

    def draw(self, p: QPainter, area: QRectF) -> None:
        """Paint the icon level with the first line beside it."""
        side = theme.px(self._size)
        paint.icon(p, 0, (area.height() - side) / 2, self._icon, self._role, side)


class Numeral(Painted):
    """The big words of a deadline: "5 days", in the colour that says how near it is."""

    def __init__(self) -> None:
        super().__init__("")
        self._words, self._role = "", "text"
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_words(self, words: str, role: str) -> None:
        """Show other words."""
        self._words, self._role = words, role
        self.setAccessibleName(words)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(round(paint.width_of(self._words, "title", True)) + 3, theme.px(28))

    def draw(self, p: QPainter, area: QRectF) -> None:
        """Paint the words."""
        paint.text(
            p,
            0,
            0,
            self._words,
            role=self._role,
            size="title",
            strong=True,
            width=area.width() + 2,
            high=area.height(),
        )
