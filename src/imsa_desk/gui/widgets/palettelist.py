"""The list in the palette: what was found, in groups, with the letters that match in strong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from imsa_desk.gui import paint, theme
from imsa_desk.gui.widgets.base import announce

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


@dataclass(frozen=True, slots=True)
class Found:
    """One line: what it is, what it says, and what choosing it does."""

    group: str
    text: str
    run: Callable[[], None]
    icon: str
    note: str = ""
    shortcut: str = ""


@dataclass(frozen=True, slots=True)
class _Group:
    words: str


class _Lines(QAbstractListModel):
    """Lines and the names of their groups."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.lines: list[Found | _Group] = []

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.lines)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        line = self.lines[index.row()]
        if role == Qt.ItemDataRole.UserRole:
            return line
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            if isinstance(line, _Group):
                return line.words
            return ", ".join(p for p in (line.text, line.note, line.shortcut) if p)
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        if not index.isValid() or isinstance(self.lines[index.row()], _Group):
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def show_lines(self, lines: list[Found | _Group]) -> None:
        self.beginResetModel()
        self.lines = lines
        self.endResetModel()


class _LineDelegate(QStyledItemDelegate):
    """Paints lines and group names."""

    def __init__(self, view: PaletteList) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        group = isinstance(index.data(Qt.ItemDataRole.UserRole), _Group)
        return QSize(100, theme.px(32 if group else 38))

    def paint(self, p: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        line = index.data(Qt.ItemDataRole.UserRole)
        area = QRectF(option.rect)
        p.save()
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        if isinstance(line, _Group):
            left, high = area.left() + theme.px(18), theme.px(22)
            paint.text(
                p, left, area.bottom() - high, line.words, role="muted", size="small", strong=True, high=high
            )
        elif isinstance(line, Found):
            chosen = index.row() == self._view.currentIndex().row()
            hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
            self._draw_line(p, area.adjusted(8, 0, -8, 0), line, chosen, hovered)
        p.restore()

    def _draw_line(self, p: QPainter, area: QRectF, line: Found, chosen: bool, hovered: bool) -> None:
        if chosen or hovered:
            paint.box(p, area, "selected" if chosen else "hover", None, theme.radius("control"))
        if chosen:
            bar = theme.px(16)
            mark = QRectF(area.left() + 1, area.top() + (area.height() - bar) / 2, 3, bar)
            paint.box(p, mark, "accent", None, 1.5)
        high, side, top = area.height(), theme.px(18), area.top()
        ink = "accent_text" if chosen else "muted"
        paint.icon(p, area.left() + theme.px(12), top + (high - side) / 2, line.icon, ink, side)
        right = area.right() - theme.px(12)
        if line.shortcut:
            right -= paint.key(p, right, top, line.shortcut, high) + theme.px(12)
        x = area.left() + theme.px(46)
        noted = paint.width_of(line.note, "small") + theme.px(14) if line.note else 0.0
        # A long line gives way to its note, which says whose it is and when, but not to a long one.
        end = right - min(noted, (right - x) * 0.4)
        for words, strong in split_matches(line.text, self._view.typed):
            if end - x > 0:
                x += paint.text(p, x, top, words, strong=strong, width=end - x, high=high)
        x += theme.px(12)
        if line.note and right - x > theme.px(24):
            paint.text(p, x, top, line.note, role="muted", size="small", width=right - x, high=high)


def split_matches(text: str, typed: str) -> list[tuple[str, bool]]:
    """Cut a line into pieces, each with whether it matches what was typed."""
    at = text.casefold().find(typed.casefold()) if typed else -1
    if at < 0 or len(text) != len(text.casefold()):
        return [(text, False)]
    end = at + len(typed)
    return [piece for piece in ((text[:at], False), (text[at:end], True), (text[end:], False)) if piece[0]]


class PaletteList(QListView):
    """Follows the arrows of the line above it; `run` carries the line that was chosen."""

    run = Signal(object)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.typed = ""
        self._lines = _Lines(self)
        self.setAccessibleName(name)
        self.setModel(self._lines)
        self.setItemDelegate(_LineDelegate(self))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)

    def show_found(self, found: Sequence[Found], typed: str, *, looking: bool = False) -> None:
        """Show lines in their groups, the first one chosen; while still `looking`, nothing is not said."""
        self.typed = typed
        lines: list[Found | _Group] = []
        for group in dict.fromkeys(f.group for f in found):
            lines.append(_Group(group))
            lines.extend(f for f in found if f.group == group)
        if not found:
            nothing = f"Nothing found for “{typed}”" if typed else "Nothing to do here"
            lines.append(_Group("Looking…" if looking else nothing))
        self._lines.show_lines(lines)
        self.setCurrentIndex(self._lines.index(1 if found else -1, 0))

    def step(self, by: int) -> None:
        """Choose the next or the previous line, past the names of groups."""
        at = self.currentIndex().row() + by
        while 0 <= at < len(self._lines.lines):
            line = self._lines.lines[at]
            if isinstance(line, Found):
                self.setCurrentIndex(self._lines.index(at, 0))
                announce(self, line.text)
                return
            at += by

    def run_current(self) -> None:
        """Choose the marked line."""
        at = self.currentIndex().row()
        if 0 <= at < len(self._lines.lines) and isinstance(found := self._lines.lines[at], Found):
            self.run.emit(found)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if index.isValid():
            self.setCurrentIndex(index)
            self.run_current()
