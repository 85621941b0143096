"""TopBar: search, whether all is saved, what the organisation does not yet hold, and Lock."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget

from imsa_desk.gui import paint, theme
from imsa_desk.gui.widgets.base import PaintedButton
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.heading import SavedState


class _SearchButton(PaintedButton):
    """Looks like a field, and opens the palette."""

    def __init__(self) -> None:
        super().__init__("Search or do anything")
        self.setAccessibleDescription("Control K")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(420), theme.height("control"))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(120), theme.height("control"))

    def draw(self, p: QPainter, area: QRectF) -> None:
        corner, high, side = theme.radius("control"), area.height(), theme.px(16)
        edge = "edge_soft" if self.underMouse() else "line"
        paint.box(p, area, "surface", edge, corner)
        paint.icon(p, theme.px(10), (high - side) / 2, "search", "muted", side)
        right = area.right() - theme.px(6)
        wide = area.width()
        if wide > theme.px(220):
            right -= paint.key(p, right, 0, "Ctrl+K", high) + theme.px(8)
        left = theme.px(38)
        words = "Search or do anything…"
        paint.text(p, left, 0, words, role="muted", width=right - left, high=high)
        if self.ringed:
            paint.ring(p, area, corner)


class TopBar(QFrame):
    """Stands over every page of an open vault."""

    searched = Signal()
    lock_pressed = Signal()
    not_held_pressed = Signal()
    escrow_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("pane", "surface")
        self._search = _SearchButton()
        self._search.clicked.connect(self.searched)
        self.saved = SavedState()
        self._not_held = Button("", "quiet", icon="exchange", small=True)
        self._not_held.clicked.connect(self.not_held_pressed)
        self._not_held.hide()
        self._escrow = Button("Escrow is on", "quiet", icon="people", small=True)
        self._escrow.setToolTip("Two people you named can open this vault together")
        self._escrow.clicked.connect(self.escrow_pressed)
        self._escrow.hide()
        lock = Button("Lock", "quiet", icon="lock", small=True)
        lock.setToolTip("Lock (Ctrl+L)")
        lock.clicked.connect(self.lock_pressed)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(20, 0, 10, 1)
        layout.setSpacing(8)
        layout.addWidget(self._search)
        layout.addStretch(1)
        layout.addWidget(self.saved)
        layout.addSpacing(8)
        layout.addWidget(self._escrow)
        layout.addWidget(self._not_held)
        layout.addSpacing(8)
        layout.addWidget(lock)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_not_held(self, count: int) -> None:
        """Show how many changes the organisation does not yet hold."""
        words = f"{count:,} change{'' if count == 1 else 's'} not yet held"
        self._not_held.set_words(words)
        self._not_held.setAccessibleName(f"{words} by the organisation")
        self._not_held.setVisible(count > 0)

    def show_escrow(self, on: bool) -> None:
        """Show all the time that others could open this vault."""
        self._escrow.setVisible(on)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), theme.height("topbar"))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(300), theme.height("topbar"))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        p = QPainter(self)
        paint.hairline(p, 0, self.width(), self.height() - 1)
        p.end()
