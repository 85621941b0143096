"""A table of values: cells are made when they are painted, so a thousand rows cost a screenful."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QWidget

from imsa_desk.gui.widgets.tag import TagValue

V = TypeVar("V")
Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: words, a quieter note beside them, and a second line.

    `narrow` is the second line used when columns were dropped for want of room.
    """

    words: str = ""
    note: str = ""
    below: str = ""
    narrow: str = ""
    role: str = "text"
    note_role: str = "muted"
    strong: bool = False
    body: bool = False
    wraps: bool = False
    mono: bool = False
    icon: str = ""
    icon_role: str = "muted"
    tag: TagValue | None = None
    verb: str = ""

    @property
    def sentence(self) -> str:
        """Say the cell."""
        tag = self.tag.words if self.tag else ""
        return ", ".join(p for p in (self.words, self.note, self.below, tag, self.verb) if p)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, its width in the drawings, and when it goes for want of room (0 never)."""

    title: str
    width: int
    goes: int = 0
    grows: bool = False


class CellModel(QAbstractTableModel, Generic[V]):
    """Holds values in their order and turns one into a cell when it is asked for."""

    def __init__(
        self,
        columns: Sequence[Column],
        cell_of: Callable[[V, int], Cell],
        id_of: Callable[[V], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._cell_of, self._id_of = cell_of, id_of
        self._values: tuple[V, ...] = ()

    def show_values(self, values: Sequence[V]) -> None:
        """Show other values."""
        self.beginResetModel()
        self._values = tuple(values)
        self.endResetModel()

    @property
    def values(self) -> tuple[V, ...]:
        """Give what is shown, in its order."""
        return self._values

    def id_at(self, row: int) -> str:
        """Give the id of a row, "" for none."""
        return self._id_of(self._values[row]) if 0 <= row < len(self._values) else ""

    def row_of(self, row_id: str) -> int:
        """Find the row of an id, -1 for none."""
        return next((n for n, value in enumerate(self._values) if self._id_of(value) == row_id), -1)

    def cell(self, row: int, column: int) -> Cell:
        """Make one cell."""
        return self._cell_of(self._values[row], column)

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._values)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self._values):
            return None
        if role == Qt.ItemDataRole.UserRole:
            return self.cell(index.row(), index.column())
        wanted = (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.AccessibleTextRole,
            Qt.ItemDataRole.ToolTipRole,
        )
        if role in wanted:
            return self.cell(index.row(), index.column()).sentence
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is Qt.Orientation.Vertical:
            return self.id_at(section) if role == Qt.ItemDataRole.UserRole else None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None
