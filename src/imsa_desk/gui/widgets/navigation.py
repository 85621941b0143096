"""Navigation: the pages down the left side, folded to icons where room is short."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QFrame, QSizePolicy, QVBoxLayout, QWidget

from imsa_desk.gui import paint, theme
from imsa_desk.gui.widgets.base import PaintedButton


@dataclass(frozen=True, slots=True)
class NavEntry:
    """A page in the navigation; `foot` puts it at the bottom.

    One that is `counted` stands there only while something waits on it, or while it is shown.
    """

    id: str
    title: str
    icon: str
    foot: bool = False
    counted: bool = False


class _NavItem(PaintedButton):
    """One page: icon, name, and how much waits there."""

    def __init__(self, entry: NavEntry, parent: QWidget) -> None:
        super().__init__(entry.title, parent)
        self.entry = entry
        self.count = 0
        self.folded = False
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def nextCheckState(self) -> None:
        """Leave it to the window to say which page is shown."""

    def sizeHint(self) -> QSize:
        return QSize(theme.px(40), theme.height("nav_row"))

    def draw(self, p: QPainter, area: QRectF) -> None:
        on, high = self.isChecked(), area.height()
        if on or self.underMouse():
            paint.box(p, area, "selected" if on else "hover", None, theme.radius("control"))
        if on:
            bar = theme.px(16)
            paint.box(p, QRectF(0, (high - bar) / 2, 3, bar), "accent", None, 1.5)
        ink = "accent_text" if on else "muted"
        if self.folded:
            side = theme.px(20)
            paint.icon(p, (area.width() - side) / 2, (high - side) / 2, self.entry.icon, ink, side)
        else:
            self._draw_words(p, area, ink)
        if self.ringed:
            paint.ring(p, area, theme.radius("control"))

    def _draw_words(self, p: QPainter, area: QRectF, ink: str) -> None:
        high, side = area.height(), theme.px(18)
        paint.icon(p, theme.px(12), (high - side) / 2, self.entry.icon, ink, side)
        right = area.right() - theme.px(12)
        if self.count:
            counted = str(self.count)
            paint.text(p, 0, 0, counted, role="muted", size="small", width=right, align="right", high=high)
            right -= paint.width_of(counted, "small") + theme.px(8)
        left = theme.px(40)
        paint.text(p, left, 0, self.words, strong=self.isChecked(), width=right - left, high=high)


class Navigation(QFrame):
    """Sends `gone_to` with a page's id; Up and Down move between pages."""

    gone_to = Signal(str)

    def __init__(self, entries: Sequence[NavEntry], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("pane", "side")
        self.setAccessibleName("Pages")
        self._items: dict[str, _NavItem] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 10, 8, 10)
        layout.setSpacing(2)
        for entry in (e for e in entries if not e.foot):
            layout.addWidget(self._item(entry))
        layout.addStretch(1)
        for entry in (e for e in entries if e.foot):
            layout.addWidget(self._item(entry))
        self.fold(False)

    def _item(self, entry: NavEntry) -> _NavItem:
        made = _NavItem(entry, self)
        made.clicked.connect(lambda: self.gone_to.emit(entry.id))
        self._items[entry.id] = made
        made.setVisible(not entry.counted)
        return made

    def mark(self, page_id: str) -> None:
        """Mark the page that is shown."""
        for known, item in self._items.items():
            item.setChecked(known == page_id)
            item.setVisible(not item.entry.counted or item.count > 0 or item.isChecked())
            item.setAccessibleDescription("shown now" if known == page_id else "")

    def show_count(self, page_id: str, count: int) -> None:
        """Show how much waits on a page."""
        item = self._items.get(page_id)
        if item is not None:
            item.count = count
            item.setVisible(not item.entry.counted or count > 0 or item.isChecked())
            item.setAccessibleName(f"{item.entry.title}, {count}" if count else item.entry.title)
            item.update()

    def fold(self, folded: bool) -> None:
        """Show icons only, or icons and names."""
        self.setFixedWidth(theme.width("nav_folded" if folded else "nav"))
        for item in self._items.values():
            item.folded = folded
            item.setToolTip(item.entry.title if folded else "")
            item.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move between the pages."""
        if event.key() == Qt.Key.Key_Down:
            self.focusNextChild()
        elif event.key() == Qt.Key.Key_Up:
            self.focusPreviousChild()
        else:
            super().keyPressEvent(event)
