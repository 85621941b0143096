"""ScaleSteps: a scale with a written meaning for each step, one under the other, all readable at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QRadioButton, QSizePolicy, QVBoxLayout, QWidget

from imsa_desk.gui import paint, theme
from imsa_desk.gui.widgets.base import announce

_MOVES = {Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1}
_WORD_WIDE = 132
_NARROW = 420
"""Below this width (at 100 % text) the meaning stands under its word."""


@dataclass(frozen=True, slots=True)
class StepValue:
    """One step: its word, what it means, and the role of its colour."""

    words: str
    meaning: str = ""
    role: str = "muted"


class _Step(QRadioButton):
    """A step is a radio button to everybody; a bar of its colour stands beside its word, never alone."""

    def __init__(self, at: int, value: StepValue, steps: ScaleSteps) -> None:
        super().__init__(steps)
        self.at, self.value = at, value
        self._steps = steps
        self.setAccessibleName(f"{value.words}: {value.meaning}" if value.meaning else value.words)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def hitButton(self, pos: object) -> bool:
        """Take a press anywhere on the line."""
        return True

    def _left(self) -> int:
        return theme.px(48)

    def _places(self, width: int) -> tuple[QRectF, QRectF]:
        """Give where the word and the meaning stand at a width."""
        left, top, line = self._left(), theme.px(4), theme.px(22)
        room = max(theme.px(60), width - left - theme.px(8))
        if not self.value.meaning:
            return QRectF(left, top, room, line), QRectF()
        under = width < theme.px(_NARROW)
        word = theme.px(_WORD_WIDE)
        x = left if under else left + word + theme.px(8)
        y = top + line if under else top + theme.px(1)
        wide = room if under else max(theme.px(80), width - x - theme.px(8))
        flags = Qt.TextFlag.TextWordWrap.value
        high = (
            theme.metrics("small").boundingRect(QRectF(0, 0, wide, 4000), flags, self.value.meaning).height()
        )
        return QRectF(left, top, room if under else word, line), QRectF(x, y, wide, max(line - 2, high + 2))

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        word, meaning = self._places(width)
        return round(max(word.bottom(), meaning.bottom())) + theme.px(5)

    def sizeHint(self) -> QSize:
        wide = self.width() if self.width() > theme.px(100) else theme.px(460)
        return QSize(theme.px(300), self.heightForWidth(wide))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(140), theme.px(30))

    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw(p, QRectF(self.rect()))
        p.end()

    def _draw(self, p: QPainter, area: QRectF) -> None:
        on, role = self.isChecked(), self.value.role
        if on:
            soft = 0.14 if theme.scheme() is theme.Scheme.LIGHT else 0.24
            paint.box(p, area.adjusted(1, 1, -1, -1), theme.colour(role, soft), role, 6, 1.5)
        elif self.underMouse():
            paint.box(p, area.adjusted(1, 1, -1, -1), "hover", None, 6)
        bar = QRectF(theme.px(8), theme.px(7), theme.px(4), area.height() - theme.px(14))
        paint.box(p, bar, role, None, 2)
        word, meaning = self._places(self.width())
        side = theme.px(16)
        dot = QRectF(theme.px(20), word.top() + (word.height() - side) / 2, side, side)
        paint.box(p, dot, "raised", "accent" if on else "edge", side / 2, 2 if on else 1)
        if on:
            paint.box(p, dot.adjusted(4.5, 4.5, -4.5, -4.5), "accent", None, side / 2)
        paint.text(
            p, word.left(), word.top(), self.value.words, strong=on, width=word.width(), high=word.height()
        )
        if self.value.meaning:
            p.setFont(theme.font("small"))
            p.setPen(theme.colour("text" if on else "muted"))
            p.drawText(meaning.translated(0, theme.px(2)), Qt.TextFlag.TextWordWrap.value, self.value.meaning)
        if self._steps.before == self.at:
            self._draw_before(p, area)
        if self.hasFocus():
            paint.ring(p, area, 6)

    def _draw_before(self, p: QPainter, area: QRectF) -> None:
        paint.icon(p, area.right() - theme.px(20), theme.px(7), "history", "muted", theme.px(14))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._steps.take_key(event):
            super().keyPressEvent(event)


class ScaleSteps(QWidget):
    """Arrow keys move, a digit chooses, N says "not discussed", Delete empties, as a Rating does."""

    rated = Signal(int)
    """Carries the index of the step, -1 when emptied."""
    not_discussed = Signal()

    def __init__(self, name: str, steps: Sequence[StepValue], *, first_digit: int = 1) -> None:
        super().__init__()
        self._name, self._first_digit = name, first_digit
        self.before: int | None = None
        self.setAccessibleName(name)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(1)
        self._group = QButtonGroup(self)
        self.parts = [_Step(at, value, self) for at, value in enumerate(steps)]
        for part in self.parts:
            self._group.addButton(part, part.at)
            part.clicked.connect(lambda _=False, at=part.at: self._chosen(at))
            layout.addWidget(part)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setMaximumWidth(theme.px(640))
        self.set_value(None)

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
        said = "not answered" if chosen is None else self.parts[chosen].value.words
        earlier = "" if self.before is None else f", before: {self.parts[self.before].value.words}"
        self.setAccessibleDescription(f"{said}{earlier}")
        if self.parts:
            self.setFocusProxy(self.parts[chosen or 0])
        for part in self.parts:
            tab = part.at == (chosen or 0)
            part.setFocusPolicy(Qt.FocusPolicy.StrongFocus if tab else Qt.FocusPolicy.ClickFocus)
            mark = ", the earlier answer" if part.at == self.before else ""
            part.setAccessibleDescription(f"{self._name}{mark}")

    def _chosen(self, at: int) -> None:
        self.parts[at].setFocus()
        self._describe()
        self.rated.emit(at)

    def choose(self, at: int) -> None:
        """Choose a step as the person would."""
        if self.value != at:
            self.parts[at].setChecked(True)
            announce(self, self.parts[at].accessibleName())
        self._chosen(at)

    def take_key(self, event: QKeyEvent) -> bool:
        """Act on a key of the scale; False leaves it to others."""
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
