"""Stack: questions one under the other, placed by hand.

Box layouts inside box layouts keep the heights they were told and ask again only when they are told to.
While a section is built and unfolded at the same time that came too early, and a question was kept too low.
Here each question is asked for its height whenever any of them says that it changed.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget


class Stack(QWidget):
    """`placed` is sent when the parts have their places."""

    placed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts: list[QWidget] = []
        self._tall = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def add(self, part: QWidget) -> None:
        """Put a part under the others."""
        part.setParent(self)
        self._parts.append(part)

    def place(self) -> None:
        """Give every part its height at the present width, and take the height of all."""
        y, wide = 0, self.width()
        for part in self._parts:
            if part.isHidden():
                continue
            high = part.heightForWidth(wide) if part.hasHeightForWidth() else part.sizeHint().height()
            part.setGeometry(QRect(0, y, wide, high))
            y += high
        if y != self._tall:
            self._tall = y
            self.setFixedHeight(y)
        self.placed.emit()

    def event(self, event: QEvent) -> bool:
        """Place the parts anew when one of them changed."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.place()
            return True
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.place()

    def sizeHint(self) -> QSize:
        return QSize(400, self._tall)

    def minimumSizeHint(self) -> QSize:
        return QSize(100, self._tall)
