"""Ways to put parts together: rows, columns, a scrolling page, a sunken panel, a hairline, and overhang."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from imsa_desk.gui import paint
from imsa_desk.gui.widgets.base import Painted

Part = QWidget | QLayout | int | None
OVERHANG = 12
"""How far the ground of a row reaches out beyond the line on which text starts."""


def _fill(layout: QBoxLayout, parts: tuple[Part, ...]) -> None:
    for part in parts:
        if part is None:
            layout.addStretch(1)
        elif isinstance(part, int):
            layout.addSpacing(part)
        elif isinstance(part, QWidget):
            layout.addWidget(part)
        else:
            layout.addLayout(part)


def row(*parts: Part, space: int = 8, margins: tuple[int, int, int, int] = (0, 0, 0, 0)) -> QHBoxLayout:
    """Put parts side by side; a number is a gap, None takes what is left over."""
    made = QHBoxLayout()
    made.setSpacing(space)
    made.setContentsMargins(*margins)
    _fill(made, parts)
    return made


def column(*parts: Part, space: int = 8, margins: tuple[int, int, int, int] = (0, 0, 0, 0)) -> QVBoxLayout:
    """Put parts one under the other; a number is a gap, None takes what is left over."""
    made = QVBoxLayout()
    made.setSpacing(space)
    made.setContentsMargins(*margins)
    _fill(made, parts)
    return made


class _Overhang(QHBoxLayout):
    """Gives its one part more room on both sides than the layout around it."""

    def __init__(self, part: QWidget) -> None:
        super().__init__()
        self._part = part
        self.setContentsMargins(0, 0, 0, 0)
        self.addWidget(part)

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        # Set here and not above: a box layout cuts off what would stand left of its widget's edge.
        self._part.setGeometry(rect.adjusted(-OVERHANG, 0, OVERHANG, 0))


def overhang(part: QWidget) -> QHBoxLayout:
    """Let a list's ground reach out while its text keeps the page's line."""
    return _Overhang(part)


class Line(Painted):
    """A hairline across."""

    def __init__(self) -> None:
        super().__init__("")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(10, 1)

    def draw(self, p: QPainter, area: QRectF) -> None:
        """Paint the line."""
        paint.hairline(p, 0, area.right(), 0)


class PageScroll(QScrollArea):
    """A page that scrolls down and never sideways; put parts into `content`, a QVBoxLayout."""

    def __init__(
        self, margins: tuple[int, int, int, int] = (28, 18, 28, 24), parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        body = QWidget()
        body.setProperty("pane", "page")
        self.content = QVBoxLayout(body)
        self.content.setContentsMargins(*margins)
        self.content.setSpacing(8)
        self.setWidget(body)

    def minimumSizeHint(self) -> QSize:
        """A page never makes the window grow past the screen."""
        return QSize(240, 160)


class SidePanel(QFrame):
    """A sunken panel for what is quoted from elsewhere; inputs do not belong in it."""

    def __init__(self, *parts: Part, space: int = 8, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("pane", "sunken")
        self.content = column(*parts, space=space, margins=(20, 16, 20, 16))
        self.setLayout(self.content)


def empty(layout: QLayout) -> None:
    """Take everything out of a layout and delete it."""
    while (item := layout.takeAt(0)) is not None:
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            widget.hide()
            widget.setParent(None)
            widget.deleteLater()
        elif inner is not None:
            empty(inner)
