"""Pill: a round, bordered thing to press that switches on and off."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QWidget

from imsa_desk.gui import paint, theme
from imsa_desk.gui.widgets.base import PaintedButton


class Pill(PaintedButton):
    """A filter, a theme, a person present. `removed` is sent by its cross, or by Delete."""

    removed = Signal()

    def __init__(
        self,
        words: str,
        *,
        on: bool = False,
        count: str = "",
        icon: str = "",
        removable: bool = False,
        checkable: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(words, parent)
        self._count = count
        self._icon = icon
        self._removable = removable
        self.setCheckable(checkable)
        self.setChecked(on)
        self._rename()

    def set_count(self, count: str) -> None:
        """Show another count."""
        self._count = count
        self._rename()
        self.updateGeometry()
        self.update()

    def _rename(self) -> None:
        self.setAccessibleName(f"{self.words}, {self._count}" if self._count else self.words)
        if self._removable:
            self.setAccessibleDescription("Delete removes it")

    def sizeHint(self) -> QSize:
        """Ask for the widest state, so that switching moves nothing."""
        wide = paint.width_of(self.words, "small", True) + theme.px(24)
        if self._count:
            wide += paint.width_of(self._count, "small") + theme.px(7)
        if self._icon:
            wide += theme.px(20)
        if self._removable:
            wide += theme.px(18)
        return QSize(round(wide) + 1, theme.height("pill"))

    def draw(self, p: QPainter, area: QRectF) -> None:
        """Paint ground, icon, words, count, cross and ring."""
        on, half = self.isChecked(), area.height() / 2
        ground = "accent_soft" if on else "hover" if self.underMouse() else None
        paint.box(p, area, ground, "accent" if on else "edge_soft", half)
        ink = "disabled" if not self.isEnabled() else "accent_text" if on else "text"
        x, high = float(theme.px(12)), area.height()
        if not on:  # the room kept for strong words is shared out on both sides
            x += (paint.width_of(self.words, "small", True) - paint.width_of(self.words, "small")) / 2
        if self._icon:
            side = theme.px(16)
            paint.icon(p, x - 1, (high - side) / 2, self._icon, ink if on else "muted", side)
            x += theme.px(20)
        x += paint.text(p, x, 0, self.words, role=ink, size="small", strong=on, high=high)
        if self._count:
            role = ink if on else "muted"
            x += theme.px(7)
            x += paint.text(p, x, 0, self._count, role=role, size="small", high=high)
        if self._removable:
            side = theme.px(12)
            paint.icon(p, area.right() - side - theme.px(10), (high - side) / 2, "close", ink, side)
        if self.ringed:
            paint.ring(p, area, half)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tell the cross from the rest."""
        if self._removable and event.position().x() > self.width() - theme.px(28):
            self.setDown(False)
            self.removed.emit()
            return
        super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Remove with Delete or Backspace."""
        if self._removable and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit()
            return
        super().keyPressEvent(event)
