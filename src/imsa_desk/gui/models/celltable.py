"""CellTable: rows without a grid, a ground across the whole row, and columns that give way to room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from imsa_desk.gui import paint, theme
from imsa_desk.gui.models.cells import Cell, CellModel

Index = QModelIndex | QPersistentModelIndex
V = TypeVar("V")
TWO_LINES = 2
"""Columns that go from this step on are told in a second line instead."""
INSET = 12
"""How far a cell's text begins from its left edge; the ground of a row starts at the edge."""


class CellTable(QTableView):
    """`opened` carries the id of a row that was clicked or entered, `acted` the id whose verb was run."""

    opened = Signal(str)
    acted = Signal(str)
    stepped = Signal(str)
    sorted_by = Signal(int)

    def __init__(
        self, name: str, model: CellModel[Any], *, two_lines: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._cells = model
        self._two_lines = two_lines
        self._by_mouse = False
        self.hovered = -1
        self.narrow = False
        self.setModel(model)
        self.setItemDelegate(CellDelegate(self))
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setCornerButtonEnabled(False)
        self.viewport().setAutoFillBackground(False)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setHighlightSections(False)
        header.setSectionsClickable(True)
        header.sectionClicked.connect(self.sorted_by)
        self._measure()

    @property
    def ringed(self) -> bool:
        """Say whether the current row shows the focus ring."""
        return self.hasFocus() and not self._by_mouse

    @property
    def current_id(self) -> str:
        """Give the id of the current row, "" for none."""
        return self._cells.id_at(self.currentIndex().row())

    @property
    def last_column(self) -> int:
        """Give the last column that is shown."""
        shown = [n for n in range(len(self._cells.columns)) if not self.isColumnHidden(n)]
        return shown[-1] if shown else 0

    def show_values(self, values: Sequence[Any]) -> None:
        """Show other values; the current row stays current when it is still there."""
        current = self.current_id
        self._cells.show_values(values)
        row = self._cells.row_of(current) if current else -1
        if row >= 0:
            self.setCurrentIndex(self._cells.index(row, 0))
        self._fit_columns()

    def set_current(self, row_id: str) -> None:
        """Make a row current, if it is there."""
        row = self._cells.row_of(row_id)
        if row >= 0:
            self.setCurrentIndex(self._cells.index(row, 0))

    def _measure(self) -> None:
        two = self._two_lines or self.narrow
        high = theme.px(55) if two else theme.px(41)
        self.verticalHeader().setMinimumSectionSize(1)
        self.verticalHeader().setDefaultSectionSize(high)
        self.horizontalHeader().setFixedHeight(theme.px(34))

    def _fit_columns(self) -> None:
        """Drop columns in their order until the rest fits, then share out what is left over."""
        room = self.viewport().width()
        kept = dict(enumerate(self._cells.columns))
        for goes in sorted({c.goes for c in self._cells.columns if c.goes}):
            if sum(theme.px(c.width) for c in kept.values()) <= room:
                break
            kept = {n: c for n, c in kept.items() if c.goes != goes}
        narrow = any(c.goes >= TWO_LINES for n, c in enumerate(self._cells.columns) if n not in kept)
        if narrow != self.narrow:
            self.narrow = narrow
            self._measure()
        self._share_out(room, kept)

    def _share_out(self, room: int, kept: dict[int, Any]) -> None:
        wanted = {n: theme.px(c.width) for n, c in kept.items()}
        spare = room - sum(wanted.values())
        growing = [n for n, c in kept.items() if c.grows] or list(kept)
        for n in range(len(self._cells.columns)):
            self.setColumnHidden(n, n not in kept)
            if n in kept:
                extra = spare // len(growing) if n in growing else 0
                self.setColumnWidth(n, max(theme.px(32), wanted[n] + extra))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_columns()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._measure()
            self._fit_columns()
        super().changeEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusIn and not self.currentIndex().isValid():
            self.setCurrentIndex(self._cells.index(0, 0))
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._by_mouse = False
        self.viewport().update()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            if self.current_id:
                self._run(self.currentIndex().row())
            return
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()
            return
        super().keyPressEvent(event)

    def _run(self, row: int) -> None:
        verb = self._cells.cell(row, len(self._cells.columns) - 1).verb
        (self.acted if verb else self.opened).emit(self._cells.id_at(row))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._by_mouse = True
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tell the verb from the rest of the row."""
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if event.button() != Qt.MouseButton.LeftButton or not index.isValid():
            return
        cell = self._cells.cell(index.row(), index.column())
        (self.acted if cell.verb else self.opened).emit(self._cells.id_at(index.row()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(event.position().toPoint())
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(QPoint(-1, -1))
        super().leaveEvent(event)

    def _hover(self, point: QPoint) -> None:
        row = self.indexAt(point).row()
        if row != self.hovered:
            self.hovered = row
            shape = Qt.CursorShape.PointingHandCursor if row >= 0 else Qt.CursorShape.ArrowCursor
            self.viewport().setCursor(shape)
            self.viewport().update()

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        self.viewport().update()
        if current.isValid():
            self.stepped.emit(self._cells.id_at(current.row()))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(200), theme.px(160))


class CellDelegate(QStyledItemDelegate):
    """Paints one cell and its part of the row's ground."""

    def __init__(self, table: CellTable) -> None:
        super().__init__(table)
        self._table = table

    def paint(self, p: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        area, table = QRectF(option.rect), self._table
        cell = index.data(Qt.ItemDataRole.UserRole)
        p.save()
        p.setClipRect(area)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw_ground(p, area, index)
        if isinstance(cell, Cell):
            ready = index.row() in (table.hovered, table.currentIndex().row() if table.ringed else -1)
            _draw_cell(
                p, area, cell, ready=ready, narrow=table.narrow, last=index.column() == table.last_column
            )
        p.restore()

    def _draw_ground(self, p: QPainter, area: QRectF, index: Index) -> None:
        """Paint the row's ground: a rounded rectangle that reaches beyond cells in the middle of the row."""
        table, reach = self._table, 20.0
        first, last = index.column() == 0, index.column() == table.last_column
        whole = area.adjusted(0 if first else -reach, 0, 0 if last else reach, -1)
        current = index.row() == table.currentIndex().row()
        if current:
            paint.box(p, whole, "selected", None, theme.radius("control"))
        elif index.row() == table.hovered:
            paint.box(p, whole, "hover", None, theme.radius("control"))
        else:
            left = area.left() + (INSET if first else 0)
            paint.hairline(p, left, area.right() - (INSET if last else 0), area.bottom() - 1)
        if current and table.ringed:
            paint.ring(p, whole, theme.radius("control"))


def _draw_cell(p: QPainter, area: QRectF, cell: Cell, *, ready: bool, narrow: bool, last: bool) -> None:
    below = cell.below or (cell.narrow if narrow else "")
    left, right = area.left() + INSET, area.right() - (INSET if last else 6)
    first = theme.px(22)
    top = area.top() + (area.height() - 1 - first - (theme.px(19) if below else 0)) / 2
    if cell.verb:
        _draw_verb(p, area, cell, ready)
        return
    if cell.icon:
        side = theme.px(18 if cell.body else 16)
        middle = area.center().y() if cell.body and below else top + first / 2
        paint.icon(p, left, middle - side / 2, cell.icon, cell.icon_role, side)
        left += theme.px(32 if cell.body else 22)
    if cell.tag is not None:
        where, room = top + (first - theme.height("tag")) / 2, right - left + 5
        left += theme.px(8) + paint.tag(
            p, left - 5, where, cell.tag.words, cell.tag.tone, cell.tag.icon, room=room
        )
    size: theme.Size = "body" if cell.body else "small"
    if cell.wraps and paint.width_of(cell.words, size) > right - left:
        _draw_wrapped(
            p, QRectF(left, area.top() + theme.px(7), right - left, theme.px(41)), cell.words, cell.role
        )
        return
    used = paint.text(
        p, left, top, cell.words, role=cell.role, size=size, strong=cell.strong, mono=cell.mono,
        width=max(0.0, right - left), high=first,
    )  # fmt: skip
    if cell.note and right - left - used > theme.px(12):
        strong = cell.note_role != "muted"
        x = left + used + theme.px(7)
        paint.text(
            p, x, top, cell.note, role=cell.note_role, size=size if cell.body else "small", strong=strong,
            width=right - x, high=first,
        )  # fmt: skip
    if below:
        paint.text(
            p, left, top + first - theme.px(2), below, role="muted", size="small", width=right - left,
            high=theme.px(20),
        )  # fmt: skip


def _draw_wrapped(p: QPainter, area: QRectF, words: str, role: str) -> None:
    """Draw words over two lines, the second one shortened."""
    measure = theme.metrics("small")
    first = ""
    rest = words.split()
    while rest and measure.horizontalAdvance(f"{first} {rest[0]}".strip()) <= area.width():
        first = f"{first} {rest.pop(0)}".strip()
    lines = [line for line in (first, " ".join(rest)) if line]
    high = area.height() / len(lines)
    for n, line in enumerate(lines):
        paint.text(
            p,
            area.left(),
            area.top() + n * high,
            line,
            role=role,
            size="small",
            width=area.width(),
            high=high,
        )


def _draw_verb(p: QPainter, area: QRectF, cell: Cell, ready: bool) -> None:
    wide = paint.width_of(cell.verb, "small", True) + theme.px(20)
    high = theme.height("control_small")
    right = area.right() - INSET + 1
    button = QRectF(right - wide, area.top() + (area.height() - high) / 2, wide, high)
    if ready:
        paint.box(p, button, "raised", "edge_soft", theme.radius("control"))
    paint.text(
        p,
        button.left() + (theme.px(10) if ready else 0),
        button.top(),
        cell.verb,
        role="text" if ready else "accent_text",
        size="small",
        strong=True,
        width=button.width() - (theme.px(20) if ready else 0),
        align="centre" if ready else "right",
        high=high,
    )
