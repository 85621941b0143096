"""Rating: five words in one bar, chosen by mouse, arrows or a digit, with the earlier answer marked."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPainterPath, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QRadioButton, QSizePolicy, QWidget

from imsa_desk.gui import paint, theme
from imsa_desk.gui.widgets.base import announce
from imsa_desk.gui.widgets.tag import LEVEL_WORDS

_STEPS = {Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1}


class _Word(QRadioButton):
    """One word of the bar: a radio button to everybody, painted as part of the frame."""

    def __init__(self, index: int, words: str, rating: Rating) -> None:
        super().__init__(rating)
        self.index = index
        self.words = words
        self._rating = rating
        self.setAccessibleName(words)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def hitButton(self, pos: object) -> bool:
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._rating.draw_word(p, self)
        p.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._rating.take_key(event):
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._rating.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._rating.update()


class Rating(QWidget):
    """A need level, a likelihood or a severity.

    Arrow keys move, a digit chooses, N says "not discussed", Delete empties. `rated` carries the index,
    -1 when emptied.
    """

    rated = Signal(int)
    not_discussed = Signal()

    def __init__(
        self,
        name: str,
        words: Sequence[str] = LEVEL_WORDS,
        *,
        value: int | None = None,
        before: int | None = None,
        levels: bool = True,
        first_digit: int = 0,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._name = name
        self._before = before
        self._levels = levels
        self._first_digit = first_digit
        self._group = QButtonGroup(self)
        self._words = [_Word(index, word, self) for index, word in enumerate(words)]
        for word in self._words:
            self._group.addButton(word, word.index)
            word.clicked.connect(lambda _=False, index=word.index: self._chosen(index))
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_value(value)

    @property
    def value(self) -> int | None:
        """Give the index of the chosen word."""
        found = self._group.checkedId()
        return None if found < 0 else found

    def set_value(self, value: int | None) -> None:
        """Show an answer without sending `rated`."""
        if value is None:
            self._group.setExclusive(False)
            for word in self._words:
                word.setChecked(False)
            self._group.setExclusive(True)
        else:
            self._words[value].setChecked(True)
        self._describe()
        self.update()

    def set_before(self, before: int | None) -> None:
        """Mark the earlier answer."""
        self._before = before
        self._describe()
        self.update()

    def _describe(self) -> None:
        chosen = self.value
        answer = "not answered" if chosen is None else self._words[chosen].words
        earlier = "" if self._before is None else f", before: {self._words[self._before].words}"
        self.setAccessibleDescription(f"{answer}{earlier}")
        self.setFocusProxy(self._words[chosen or 0])
        for word in self._words:
            tab = word.index == (chosen or 0)
            word.setFocusPolicy(Qt.FocusPolicy.StrongFocus if tab else Qt.FocusPolicy.ClickFocus)
            before = ", the earlier answer" if word.index == self._before else ""
            word.setAccessibleDescription(f"{self._name}{before}")

    def _chosen(self, index: int) -> None:
        self._words[index].setFocus()
        self._describe()
        self.update()
        self.rated.emit(index)

    def choose(self, index: int) -> None:
        """Choose a word as the person would."""
        if self.value != index:
            self._words[index].setChecked(True)
            announce(self, self._words[index].words)
        self._chosen(index)

    def take_key(self, event: QKeyEvent) -> bool:
        """Act on a key of the bar; False leaves it to others."""
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        if event.key() in _STEPS:
            by = _STEPS[Qt.Key(event.key())]
            start = self.value if self.value is not None else (-1 if by > 0 else len(self._words))
            self.choose(max(0, min(len(self._words) - 1, start + by)))
        elif event.text().isdigit() and 0 <= int(event.text()) - self._first_digit < len(self._words):
            self.choose(int(event.text()) - self._first_digit)
        elif event.key() == Qt.Key.Key_N:
            self.not_discussed.emit()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.set_value(None)
            self.rated.emit(-1)
        else:
            return False
        return True

    def _bar(self) -> int:
        return theme.px(32)

    def _needs(self) -> list[float]:
        return [paint.width_of(word.words, "small", True) + theme.px(17) for word in self._words]

    def sizeHint(self) -> QSize:
        return QSize(round(sum(self._needs())) + theme.px(40), self._bar() + theme.px(9))

    def minimumSizeHint(self) -> QSize:
        return QSize(round(sum(self._needs())) + 2, self._bar() + theme.px(9))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._share_out()
        super().resizeEvent(event)

    def _share_out(self) -> None:
        """Share the width out by the length of the words."""
        needs = self._needs()
        spare = (self.width() - 2 - sum(needs)) / len(needs)
        left = 1.0
        for word, need in zip(self._words, needs, strict=True):
            right = left + need + spare
            word.setGeometry(round(left), 1, round(right) - round(left), self._bar() - 2)
            left = right

    def draw_word(self, p: QPainter, word: _Word) -> None:
        """Paint one word, its mark and its ground."""
        area, on = QRectF(word.rect()), word.isChecked()
        role = f"level_{word.index}" if self._levels else "accent"
        if on:
            ground = theme.colour(role, 0.16 if theme.scheme() is theme.Scheme.LIGHT else 0.26)
            paint.box(p, area.adjusted(1, 1, -1, -1), ground, role, 5, 1.5)
        elif word.underMouse():
            paint.box(p, area.adjusted(1, 1, -1, -1), "hover", None, 5)
        if not on and word.index and word.index - 1 != self.value:
            p.fillRect(QRectF(0, theme.px(8), 1, area.height() - theme.px(16)), theme.colour("line"))
        side = theme.px(13) if on else 0
        used = min(paint.width_of(word.words, "small", on), area.width() - side - 4)
        x = (area.width() - used - side - (2 if on else 0)) / 2
        if on:
            paint.icon(p, x - 1, (area.height() - side) / 2, "check", "text", side)
            x += side + 2
        ink = "text" if on else "muted"
        room = area.width() - x - 2
        paint.text(p, x, 0, word.words, role=ink, size="small", strong=on, width=room, high=area.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        outer = QRectF(0, 0, self.width(), self._bar())
        wrong = self.property("state") == "error"
        edge, corner = "alert" if wrong else "edge", theme.radius("control")
        paint.box(p, outer, "raised", edge, corner, 2 if wrong else 1)
        if any(word.hasFocus() for word in self._words):
            paint.ring(p, outer, corner)
        if self._before is not None:
            self._draw_before(p, self._words[self._before].geometry().center().x() + 0.5)
        p.end()

    def _draw_before(self, p: QPainter, middle: float) -> None:
        top, wide, high = self._bar() + theme.px(2), theme.px(9) / 2, theme.px(5)
        mark = QPainterPath(QPointF(middle - wide, top + high))
        mark.lineTo(middle, top)
        mark.lineTo(middle + wide, top + high)
        mark.closeSubpath()
        p.fillPath(mark, theme.colour("muted"))
