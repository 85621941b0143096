"""Stepped: one of a few steps, chosen by mouse, arrows or a digit, however the steps are painted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QRadioButton, QWidget

from imsa_desk.gui.widgets.base import announce

_MOVES = {Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1}


class StepPart(QRadioButton):
    """One step: a radio button to everybody, pressed anywhere on it, with the keys of its owner."""

    def __init__(self, index: int, words: str, owner: Stepped[StepPart]) -> None:
        super().__init__(owner)
        self.index, self.words = index, words
        self._owner = owner
        self.setAccessibleName(words)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def hitButton(self, pos: object) -> bool:
        """Take a press anywhere."""
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._owner.take_key(event):
            super().keyPressEvent(event)


Part = TypeVar("Part", bound=StepPart, covariant=True)


class Stepped(QWidget, Generic[Part]):
    """Arrow keys move, a digit chooses, N says "not discussed", Delete empties; one Tab stop.

    `rated` carries the index of the step, -1 when emptied.
    """

    rated = Signal(int)
    not_discussed = Signal()

    def __init__(self, name: str, first_digit: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._first_digit = name, first_digit
        self.before: int | None = None
        self.parts: Sequence[Part] = ()
        self._group = QButtonGroup(self)
        self.setAccessibleName(name)

    def take_parts(self, parts: Sequence[Part]) -> None:
        """Take the steps, in their order."""
        self.parts = parts
        for part in parts:
            self._group.addButton(part, part.index)
            part.clicked.connect(lambda _=False, index=part.index: self._chosen(index))

    @property
    def value(self) -> int | None:
        """Give the index of the chosen step."""
        found = self._group.checkedId()
        return None if found < 0 else found

    def set_value(self, value: int | None) -> None:
        """Show an answer without sending `rated`."""
        if value is None:
            self._group.setExclusive(False)
            for part in self.parts:
                part.setChecked(False)
            self._group.setExclusive(True)
        else:
            self.parts[value].setChecked(True)
        self._describe()

    def set_before(self, before: int | None) -> None:
        """Mark the earlier answer."""
        self.before = before
        self._describe()

    def _describe(self) -> None:
        chosen = self.value
        answer = "not answered" if chosen is None else self.parts[chosen].words
        earlier = "" if self.before is None else f", before: {self.parts[self.before].words}"
        self.setAccessibleDescription(f"{answer}{earlier}")
        if self.parts:
            self.setFocusProxy(self.parts[chosen or 0])
        for part in self.parts:
            tab = part.index == (chosen or 0)
            part.setFocusPolicy(Qt.FocusPolicy.StrongFocus if tab else Qt.FocusPolicy.ClickFocus)
            mark = ", the earlier answer" if part.index == self.before else ""
            part.setAccessibleDescription(f"{self._name}{mark}")
        self.update()

    def _chosen(self, index: int) -> None:
        self.parts[index].setFocus()
        self._describe()
        self.rated.emit(index)

    def choose(self, index: int) -> None:
        """Choose a step as the person would."""
        if self.value != index:
            self.parts[index].setChecked(True)
            announce(self, self.parts[index].accessibleName())
        self._chosen(index)

    def take_key(self, event: QKeyEvent) -> bool:
        """Act on a key of the steps; False leaves it to others."""
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        last = len(self.parts) - 1
        if event.key() in _MOVES:
            by = _MOVES[Qt.Key(event.key())]
            start = self.value if self.value is not None else (-1 if by > 0 else last + 1)
            self.choose(max(0, min(last, start + by)))
        elif event.text().isdigit() and 0 <= int(event.text()) - self._first_digit <= last:
            self.choose(int(event.text()) - self._first_digit)
        elif event.key() == Qt.Key.Key_N:
            self.not_discussed.emit()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.set_value(None)
            self.rated.emit(-1)
        else:
            return False
        return True
