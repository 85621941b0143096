"""Choice: a short list whose answer is usually right already, as "question **answer**"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeyEvent, QPainter
from PySide6.QtWidgets import QMenu, QWidget

from imsa_desk.gui import paint, theme
from imsa_desk.gui.widgets.base import PaintedButton, announce


@dataclass(frozen=True, slots=True)
class Option:
    """One answer: the word that is stored and the words that are read."""

    id: str
    text: str


class Choice(PaintedButton):
    """Space, Enter or Down opens the list; Up and Down with Alt, or a letter, step without opening it.

    `chosen` carries the id of the answer, "" when it was emptied.
    """

    chosen = Signal(str)

    def __init__(
        self,
        question: str,
        options: Sequence[Option],
        value: str = "",
        *,
        empty: str = "choose",
        may_be_empty: bool = False,
        tall: bool = False,
        name: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(question, parent)
        self._question = question
        self._name = name or question
        self._options = tuple(options)
        self._value = value
        self._empty = empty
        self._may_be_empty = may_be_empty
        self._tall = tall
        self.clicked.connect(self.open_list)
        self._rename()

    @property
    def value(self) -> str:
        """Give the id of the answer, "" for none."""
        return self._value

    def set_value(self, value: str) -> None:
        """Show an answer without sending `chosen`."""
        self._value = value
        self._rename()
        self.updateGeometry()
        self.update()

    def set_options(self, options: Sequence[Option], value: str = "") -> None:
        """Offer other answers."""
        self._options = tuple(options)
        self.set_value(value)

    @property
    def answer(self) -> str:
        """Give the words of the answer."""
        return next((o.text for o in self._options if o.id == self._value), self._empty)

    def _rename(self) -> None:
        self.setAccessibleName(f"{self._name}: {self.answer}" if self._name else self.answer)
        self.setAccessibleDescription("Opens a list of answers")

    def _choose(self, value: str) -> None:
        if value == self._value:
            return
        self.set_value(value)
        announce(self, self.answer)
        self.chosen.emit(value)

    def list_menu(self) -> QMenu:
        """Build the list of answers with the present one ticked."""
        menu = QMenu(self)
        group = QActionGroup(menu)
        group.setExclusionPolicy(QActionGroup.ExclusionPolicy.ExclusiveOptional)
        entries = [Option("", self._empty), *self._options] if self._may_be_empty else list(self._options)
        for option in entries:
            action = QAction(option.text.replace("&", "&&"), group, checkable=True)
            action.setChecked(option.id == self._value)
            action.triggered.connect(lambda _=False, chosen=option.id: self._choose(chosen))
            menu.addAction(action)
            if action.isChecked():
                menu.setActiveAction(action)
        return menu

    def open_list(self) -> None:
        """Show the list under the part."""
        menu = self.list_menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.mapToGlobal(QPoint(0, self.height() + 2)))

    def _step(self, by: int) -> None:
        ids = [o.id for o in self._options]
        if not ids:
            return
        here = ids.index(self._value) if self._value in ids else (-1 if by > 0 else len(ids))
        self._choose(ids[max(0, min(len(ids) - 1, here + by))])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open with Down, step with Alt, jump to a first letter."""
        moves = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
        if event.key() in moves:
            if event.modifiers() & Qt.KeyboardModifier.AltModifier:
                self._step(moves[Qt.Key(event.key())])
            else:
                self.open_list()
            return
        letter = event.text().casefold()
        if letter.strip() and letter.isprintable() and not event.modifiers():
            starts = [o.id for o in self._options if o.text.casefold().startswith(letter)]
            if starts:
                after = starts.index(self._value) + 1 if self._value in starts else 0
                self._choose(starts[after % len(starts)])
                return
        super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        """Ask for the question and the answer."""
        wide = paint.width_of(self.answer, "small", True) + theme.px(40)
        if self._question:
            wide += paint.width_of(self._question, "small") + theme.px(6)
        return QSize(round(wide) + 2, theme.height("control" if self._tall else "control_small"))

    def minimumSizeHint(self) -> QSize:
        """Allow the answer to be shortened when room is scarce."""
        return QSize(min(self.sizeHint().width(), theme.px(90)), self.sizeHint().height())

    def draw(self, p: QPainter, area: QRectF) -> None:
        """Paint edge, question, answer, chevron and ring."""
        wrong = self.property("state") == "error"
        corner = theme.radius("control")
        edge = "alert" if wrong else "edge" if self._tall else "edge_soft"
        paint.box(p, area, "hover" if self.underMouse() else "raised", edge, corner, 2 if wrong else 1)
        x, high, side = float(theme.px(10)), area.height(), theme.px(12)
        room = area.width() - x - side - theme.px(16)
        if self._question:
            used = paint.text(p, x, 0, self._question, role="muted", size="small", width=room, high=high)
            x, room = x + used + theme.px(6), room - used - theme.px(6)
        ink = "text" if self._value else "muted"
        x += paint.text(p, x, 0, self.answer, role=ink, size="small", strong=True, width=room + 2, high=high)
        paint.icon(p, area.right() - side - theme.px(9), (high - side) / 2, "chevron-down", "muted", side)
        if self.ringed:
            paint.ring(p, area, corner)
