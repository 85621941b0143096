"""Stack: questions one under the other, placed by hand.

Box layouts inside box layouts keep the heights they were told and ask again only when they are told to.
While a section is built and unfolded at the same time that came too early, and a question was kept too low.
Here a question is asked for its height when it says that it changed. The questions stand in leaves of a few,
so that a section of a thousand is placed nearly as quickly as one of ten.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

LEAF = 40
"""How many parts a leaf takes before the next one is begun; later ones may come between them."""


class _Leaf(QWidget):
    """A few parts, one under the other."""

    def __init__(self, stack: Stack) -> None:
        super().__init__(stack)
        self.parts: list[QWidget] = []
        self.changed = True
        self.tall = 0
        self._stack = stack
        self._highs: dict[QWidget, int] = {}

    def forget(self, part: QWidget) -> None:
        """Take a part away."""
        self.parts.remove(part)
        self._highs.pop(part, None)
        self.changed = True

    def forget_heights(self) -> None:
        """Ask every part anew, because the width is another."""
        self._highs.clear()
        self.changed = True

    def place(self, wide: int) -> int:
        """Give every part its place at a width; gives the height of all."""
        y = 0
        for part in self.parts:
            if part.isHidden():
                continue
            high = self._high(part, wide)
            if part.y() != y or part.height() != high or part.width() != wide:
                part.setGeometry(0, y, wide, high)
            y += high
        self.tall, self.changed = y, False
        return y

    def _high(self, part: QWidget, wide: int) -> int:
        """Give the height of a part; it is reckoned anew only where the part says that it changed."""
        high = self._highs.get(part)
        if high is None or getattr(part, "resized", False):
            high = part.heightForWidth(wide) if part.hasHeightForWidth() else part.sizeHint().height()
            self._highs[part] = high
            part.resized = False  # type: ignore[attr-defined]
        return high

    def event(self, event: QEvent) -> bool:
        """Place the parts anew when one of them changed."""
        if event.type() == QEvent.Type.LayoutRequest:
            was = self.tall
            if self.place(self.width()) != was:
                self._stack.place()
            return True
        return super().event(event)


class Stack(QWidget):
    """Parts are added at the end or before another one, and placed by `place`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._leaves: list[_Leaf] = []
        self._homes: dict[QWidget, _Leaf] = {}
        self._tall = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def add(self, part: QWidget, before: QWidget | None = None) -> None:
        """Put a part under the others, or before one of them."""
        if before is not None:
            leaf = self._homes[before]
            at = leaf.parts.index(before)
        else:
            if not self._leaves or len(self._leaves[-1].parts) >= LEAF:
                self._leaves.append(_Leaf(self))
                self._leaves[-1].show()
            leaf = self._leaves[-1]
            at = len(leaf.parts)
        part.setParent(leaf)
        leaf.parts.insert(at, part)
        leaf.changed = True
        self._homes[part] = leaf

    def remove(self, part: QWidget) -> None:
        """Take a part away and free it."""
        self._homes.pop(part).forget(part)
        part.hide()
        part.deleteLater()

    def place(self) -> None:
        """Give every leaf its place, those that changed also the places of their parts."""
        y, wide = 0, self.width()
        for leaf in self._leaves:
            high = leaf.place(wide) if leaf.changed else leaf.tall
            if leaf.y() != y or leaf.height() != high or leaf.width() != wide:
                leaf.setGeometry(0, y, wide, high)
            y += high
        if y != self._tall:
            self._tall = y
            self.setFixedHeight(y)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            for leaf in self._leaves:
                leaf.forget_heights()
            self.place()

    def sizeHint(self) -> QSize:
        return QSize(400, self._tall)

    def minimumSizeHint(self) -> QSize:
        return QSize(100, self._tall)
