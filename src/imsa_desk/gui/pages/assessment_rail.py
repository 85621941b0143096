"""Rail: the sections of an assessment, how far each is, and what can be done with the whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QFrame,
    QListView,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from imsa_desk.errors import Problem
from imsa_desk.gui import paint, theme
from imsa_desk.gui.pages.assessment_lacking import Lacking
from imsa_desk.gui.widgets.base import Painted
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.heading import label
from imsa_desk.gui.widgets.layout import Line, column

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_ROW = 34


@dataclass(frozen=True, slots=True)
class RailEntry:
    """A section in the rail: `done` of `total` answered; `icon` stands in place of the ring.

    `carried` answers stand as they were last time and wait to be confirmed; they are not counted as done.
    """

    id: str
    title: str
    done: int = 0
    total: int = 0
    skipped: bool = False
    carried: int = 0
    note: str = ""
    icon: str = ""
    tone: str = "muted"

    @property
    def finished(self) -> bool:
        """Say whether every question has its answer."""
        return self.total > 0 and self.done == self.total and not self.skipped

    @property
    def said(self) -> str:
        """Give the small words at the right."""
        if self.note:
            return self.note
        if self.skipped:
            return "skipped"
        if self.carried:
            return f"{self.carried} as before"
        return f"{self.done} of {self.total}" if 0 < self.done < self.total else ""

    @property
    def sentence(self) -> str:
        """Say the whole entry."""
        if self.finished:
            return f"{self.title}, all {self.total} answered"
        done = f"{self.done} of {self.total} answered" if self.carried and not self.note else ""
        return ", ".join(part for part in (self.title, done, self.said) if part)


class _Entries(QAbstractListModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.entries: tuple[RailEntry, ...] = ()
        self.chosen = ""

    def show_entries(self, entries: tuple[RailEntry, ...]) -> None:
        """Show other states; the same sections in the same order are only painted anew."""
        if [e.id for e in entries] == [e.id for e in self.entries]:
            changed = [at for at, entry in enumerate(entries) if entry != self.entries[at]]
            self.entries = entries
            for at in changed:
                self.dataChanged.emit(self.index(at, 0), self.index(at, 0))
            return
        self.beginResetModel()
        self.entries = entries
        self.endResetModel()

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.entries)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        entry = self.entries[index.row()]
        if role == Qt.ItemDataRole.UserRole:
            return entry
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{entry.sentence}{', shown now' if entry.id == self.chosen else ''}"
        return None


class _Delegate(QStyledItemDelegate):
    def __init__(self, rail: RailList) -> None:
        super().__init__(rail)
        self._rail = rail

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(theme.px(180), theme.px(_ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        entry = index.data(Qt.ItemDataRole.UserRole)
        p, area = painter, QRectF(option.rect)
        p.save()
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = entry.id == self._rail.chosen
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        if chosen or hovered:
            paint.box(p, area.adjusted(0, 1, 0, -1), "selected" if chosen else "hover", None, 6)
        if chosen:
            paint.box(p, QRectF(area.left(), area.top() + 9, 3, area.height() - 18), "accent", None, 1.5)
        self._draw(p, area, entry, chosen)
        if self._rail.ringed and index == self._rail.currentIndex():
            paint.ring(p, area.adjusted(0, 1, 0, -1), 6)
        p.restore()

    def _draw(self, p: QPainter, area: QRectF, entry: RailEntry, chosen: bool) -> None:
        side, high = theme.px(18), area.height()
        x, y = area.left() + theme.px(12), area.top() + (high - side) / 2
        if entry.icon:
            paint.icon(p, x, y, entry.icon, entry.tone, side)
        elif entry.skipped:
            paint.icon(p, x, y, "skip", "muted", side)
        elif entry.finished:
            paint.icon(p, x, y, "check-circle", "good", side)
        else:
            _ring(p, QRectF(x + 1, y + 1, side - 2, side - 2), entry.done / entry.total if entry.total else 0)
        left, right = x + side + theme.px(8), area.right() - theme.px(12)
        if entry.said:
            as_before = bool(entry.carried) and not entry.note and not entry.skipped
            shown = str(entry.carried) if as_before else entry.said  # the title needs the room
            used = paint.width_of(shown, "small")
            role = entry.tone if entry.note and entry.tone != "muted" else "muted"
            top = area.top()
            paint.text(p, right - used, top, shown, role=role, size="small", width=used + 2, high=high)
            right -= used + theme.px(6)
            if as_before:
                right -= theme.px(12)
                paint.icon(p, right, area.top() + (high - theme.px(14)) / 2, "history", "muted", theme.px(14))
                right -= theme.px(2)
        paint.text(p, left, area.top(), entry.title, strong=chosen, width=right - left, high=high)


def _ring(p: QPainter, area: QRectF, share: float) -> None:
    p.setBrush(Qt.BrushStyle.NoBrush)
    p.setPen(QPen(theme.colour("track"), theme.px(2)))
    p.drawEllipse(area)
    if share > 0:
        p.setPen(QPen(theme.colour("accent"), theme.px(2)))
        p.drawArc(area, 90 * 16, -round(share * 360 * 16))


class RailList(QListView):
    """Up and Down move, Enter goes there; a click goes there at once."""

    chosen_section = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._model = _Entries(self)
        self._by_mouse = False
        self.setModel(self._model)
        self.setItemDelegate(_Delegate(self))
        self.setAccessibleName("Sections")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.viewport().setAutoFillBackground(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)

    @property
    def chosen(self) -> str:
        """Give the id of the section that is shown."""
        return self._model.chosen

    @property
    def entries(self) -> tuple[RailEntry, ...]:
        """Give what is shown."""
        return self._model.entries

    @property
    def ringed(self) -> bool:
        """Say whether the current line shows the focus ring."""
        return self.hasFocus() and not self._by_mouse

    def show_entries(self, entries: Sequence[RailEntry], chosen: str) -> None:
        """Show how far the sections are."""
        if chosen != self._model.chosen:
            self._model.chosen = chosen
            self.viewport().update()
        self._model.show_entries(tuple(entries))
        at = next((n for n, entry in enumerate(entries) if entry.id == chosen), 0)
        if not self.hasFocus():
            self.setCurrentIndex(self._model.index(at, 0))
        self.updateGeometry()

    def _go(self, index: _Index) -> None:
        if index.isValid():
            self.chosen_section.emit(self._model.entries[index.row()].id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._by_mouse = False
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._go(self.currentIndex())
            return
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()
            return
        super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusIn:
            self._by_mouse = False
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._by_mouse = True
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            self._go(self.indexAt(event.position().toPoint()))

    def sizeHint(self) -> QSize:
        return QSize(theme.px(196), theme.px(_ROW) * len(self._model.entries) + 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(120), theme.px(_ROW) * 3)


class _Bar(Painted):
    """How much of the whole is answered."""

    def __init__(self) -> None:
        super().__init__("")
        self._share = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_share(self, share: float) -> None:
        self._share = share
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(100), theme.px(8))

    def draw(self, p: QPainter, area: QRectF) -> None:
        line = QRectF(0, 2, area.width(), 4)
        paint.box(p, line, "track", None, 2)
        if self._share > 0:
            paint.box(p, QRectF(0, 2, max(4.0, area.width() * self._share), 4), "accent", None, 2)


class Rail(QFrame):
    """The rail with what belongs to the whole assessment above and below the sections."""

    pause_pressed = Signal()
    print_pressed = Signal()
    gone_to = Signal(str)
    """Carries the key of a problem of the list of what is missing."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("pane", "canvas")
        self._title = label("", "strong", wrap=True)
        self._count = label("", "meta", wrap=True)
        self._bar = _Bar()
        self.sections = RailList()
        self.pause = Button("Pause", "quiet", icon="pause", small=True)
        self.pause.clicked.connect(self.pause_pressed)
        self.print = Button("Print…", "quiet", icon="print", shortcut="Ctrl+P", small=True)
        self.print.clicked.connect(self.print_pressed)
        self._days = label("", "meta", wrap=True)
        self._days.hide()
        self.lacking = Lacking(self.sections)
        self.lacking.hide()
        self.lacking.gone_to.connect(self.gone_to)
        self.lacking.closed.connect(lambda: self.open_lacking(False))
        self.missing = Button("", "quiet", icon="flag", small=True)
        self.missing.clicked.connect(lambda: self.open_lacking(self.lacking.isHidden()))
        head = column(self._title, self._count, self._bar, self._days, space=3, margins=(12, 0, 12, 6))
        foot = column(Line(), 4, self.missing, self.pause, self.print, space=2, margins=(2, 4, 8, 0))
        layout = column(head, self.sections, self.lacking, foot, None, space=4, margins=(8, 14, 8, 10))
        layout.setStretch(1, 100)
        layout.setStretch(2, 100)
        self.setLayout(layout)
        self.setFixedWidth(theme.width("rail"))

    def show_missing(self, problems: Sequence[Problem], *, offered: bool) -> None:
        """Show how much is still missing; the list opens in place of the sections."""
        self.lacking.show_problems(problems)
        self.missing.setVisible(offered)
        if not offered and not self.lacking.isHidden():
            self.open_lacking(False)
        self._name_missing()

    def _name_missing(self) -> None:
        count = len(self.lacking.problems)
        words = f"{count} still missing" if count else "Nothing is missing"
        self.missing.set_words("Back to the sections" if not self.lacking.isHidden() else words)
        self.missing.setAccessibleDescription("" if not self.lacking.isHidden() else "Opens the list")

    def open_lacking(self, opened: bool) -> None:
        """Show what is missing in place of the sections, or the sections again."""
        self.sections.setVisible(not opened)
        self.lacking.open_list(opened)
        self._name_missing()
        if not opened:
            self.missing.setFocus()

    def show_words(self, title: str, count: str, share: float, pause: str, days: str = "") -> None:
        """Show what the assessment is and how far it is; without `pause` it cannot be paused."""
        self._days.setText(days)
        self._days.setVisible(bool(days))
        self._title.setText(title)
        self._count.setText(count)
        self._bar.show_share(share)
        self.pause.setVisible(bool(pause))
        if pause:
            self.pause.set_words(pause)
