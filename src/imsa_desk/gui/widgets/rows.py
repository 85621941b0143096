"""Rows: anything there can be many of, as a list that the keyboard and a screen reader can walk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QScrollArea, QSizePolicy, QWidget

from imsa_desk.gui import theme
from imsa_desk.gui.widgets.rowpaint import Columns, Row, RowDelegate, Section, verb_area
from imsa_desk.gui.widgets.tips import set_tip

__all__ = ["Row", "RowList", "Section"]

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class _Rows(QAbstractListModel):
    """The entries of a list, with a sentence for screen readers."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.entries: tuple[Row | Section, ...] = ()

    def show_entries(self, entries: tuple[Row | Section, ...]) -> None:
        self.beginResetModel()
        self.entries = entries
        self.endResetModel()

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.entries)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self.entries):
            return None
        entry = self.entries[index.row()]
        if role == Qt.ItemDataRole.UserRole:
            return entry
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return entry.sentence
        if role == Qt.ItemDataRole.AccessibleDescriptionRole and isinstance(entry, Row) and entry.verb:
            return f"Enter: {entry.verb}"
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        if not index.isValid() or isinstance(self.entries[index.row()], Section):
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


class RowList(QListView):
    """Rows under one another.

    `opened` carries the id of a row that was clicked, or entered and has no verb; `acted` the id of a row
    whose verb was run; `stepped` the id of the row the keyboard or mouse made current. `fits` makes the list
    as tall as its rows, for a page that scrolls as a whole; otherwise the list scrolls by itself, as one does
    that has more rows than `most`. `chooses` keeps one row marked as chosen. Switched off, its rows have no
    verb and are walked and opened as before.
    """

    opened = Signal(str)
    acted = Signal(str)
    stepped = Signal(str)

    def __init__(
        self,
        name: str,
        *,
        fits: bool = True,
        chooses: bool = False,
        most: int = 0,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.fits, self.chooses, self._most = fits, chooses, most
        self.columns = Columns()
        self._rows = _Rows(self)
        self._by_mouse = False
        self._given: tuple[Row | Section, ...] = ()
        self._off = ""
        self.setModel(self._rows)
        self.setItemDelegate(RowDelegate(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setUniformItemSizes(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.viewport().setAutoFillBackground(False)
        if fits:
            policy = Qt.ScrollBarPolicy
            self.setVerticalScrollBarPolicy(policy.ScrollBarAsNeeded if most else policy.ScrollBarAlwaysOff)
            self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def entries(self) -> tuple[Row | Section, ...]:
        """Give what is shown."""
        return self._rows.entries

    @property
    def ringed(self) -> bool:
        """Say whether the current row shows the focus ring."""
        return self.hasFocus() and not self._by_mouse

    def show_rows(self, entries: Sequence[Row | Section]) -> None:
        """Show other rows; the current row stays current when it is still there."""
        current = self.current_id
        self._given = tuple(entries)
        shown = tuple(_without_verb(one) for one in entries) if self._off else self._given
        self.columns = Columns.of(shown)
        self._rows.show_entries(shown)
        if current:
            self.set_current(current)
        if self.hasFocus() and not self.currentIndex().isValid():
            self.setCurrentIndex(self._first())
        self.updateGeometry()

    def switch_off(self, why: str) -> None:
        """Show no verbs, and say why where the pointer rests; "" shows them again."""
        if why != self._off:
            self._off = why
            set_tip(self, why)
            self.setAccessibleDescription(why)
            self.show_rows(self._given)

    @property
    def current_id(self) -> str:
        """Give the id of the current row, "" for none."""
        entry = self._entry(self.currentIndex())
        return entry.id if isinstance(entry, Row) else ""

    def set_current(self, row_id: str) -> None:
        """Make a row current, if it is there."""
        for at, entry in enumerate(self.entries):
            if isinstance(entry, Row) and entry.id == row_id:
                self.setCurrentIndex(self._rows.index(at, 0))
                return

    def _entry(self, index: _Index) -> Row | Section | None:
        return self.entries[index.row()] if 0 <= index.row() < len(self.entries) else None

    def _first(self) -> QModelIndex:
        at = next((n for n, entry in enumerate(self.entries) if isinstance(entry, Row)), -1)
        return self._rows.index(at, 0) if at >= 0 else QModelIndex()

    def run(self, index: _Index) -> None:
        """Do what Enter does on a row."""
        entry = self._entry(index)
        if isinstance(entry, Row):
            (self.acted if entry.verb else self.opened).emit(entry.id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._by_mouse = False
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.run(self.currentIndex())
            return
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()
            return
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._by_mouse = True
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tell the verb from the rest of the row."""
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        entry = self._entry(index)
        if event.button() != Qt.MouseButton.LeftButton or not isinstance(entry, Row):
            return
        on_verb = entry.verb and self._on_verb(index, event.position())
        (self.acted if on_verb else self.opened).emit(entry.id)

    def _on_verb(self, index: _Index, point: QPointF) -> bool:
        entry = self._entry(index)
        return isinstance(entry, Row) and verb_area(self.visualRect(index), entry.verb).contains(point)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        entry = self._entry(self.indexAt(event.position().toPoint()))
        hand = Qt.CursorShape.PointingHandCursor if isinstance(entry, Row) else Qt.CursorShape.ArrowCursor
        self.viewport().setCursor(hand)
        super().mouseMoveEvent(event)

    def currentChanged(self, current: _Index, previous: _Index) -> None:
        super().currentChanged(current, previous)
        entry = self._entry(current)
        if isinstance(entry, Row):
            self.stepped.emit(entry.id)
            if self.fits and self.hasFocus():
                self._come_into_view(current)

    def _come_into_view(self, index: _Index) -> None:
        above = self.parentWidget()
        while above is not None and not isinstance(above, QScrollArea):
            above = above.parentWidget()
        inner = above.widget() if isinstance(above, QScrollArea) else None
        if isinstance(above, QScrollArea) and inner is not None:
            middle = self.viewport().mapTo(inner, self.visualRect(index).center())
            above.ensureVisible(middle.x(), middle.y(), 0, theme.height("row_two"))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusIn and not self.currentIndex().isValid():
            self.setCurrentIndex(self._first())
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self.columns = Columns.of(self.entries)
            self.scheduleDelayedItemsLayout()
            self.updateGeometry()
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.fits and not self._folds:
            event.ignore()
            return
        super().wheelEvent(event)

    @property
    def _folds(self) -> bool:
        """Say whether it has more rows than it shows at once; one more alone is not worth a scroll bar."""
        return bool(self._most) and len(self.entries) > self._most + 1

    def _tall(self) -> int:
        """Add up the rows; half a row more says that there are others below."""
        heights = [self.columns.height(entry) for entry in self.entries]
        return sum(heights[: self._most]) + heights[self._most] // 2 if self._folds else sum(heights)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(320), self._tall() if self.fits else theme.px(320))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(160), self._tall() if self.fits else theme.px(120))


def _without_verb(entry: Row | Section) -> Row | Section:
    return replace(entry, verb="") if isinstance(entry, Row) and entry.verb else entry
