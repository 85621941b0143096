"""Rating: five words in one bar, chosen by mouse, arrows or a digit, with the earlier answer marked."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QFocusEvent, QPainter, QPainterPath, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from imsa_desk.gui import paint, theme
from imsa_desk.gui.widgets.stepped import StepPart, Stepped
from imsa_desk.gui.widgets.tag import LEVEL_WORDS


class _Word(StepPart):
    """One word of the bar, painted as part of the frame."""

    def __init__(self, index: int, words: str, rating: Rating) -> None:
        super().__init__(index, words, rating)
        self._rating = rating

    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._rating.draw_word(p, self)
        p.end()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._rating.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._rating.update()


class Rating(Stepped[_Word]):
    """A need level, a likelihood or a severity."""

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
        super().__init__(name, first_digit, parent)
        self.before = before
        self._levels = levels
        self.take_parts([_Word(index, word, self) for index, word in enumerate(words)])
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_value(value)

    def _bar(self) -> int:
        return theme.px(32)

    def _needs(self) -> list[float]:
        return [paint.width_of(word.words, "small", True) + theme.px(17) for word in self.parts]

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
        for word, need in zip(self.parts, needs, strict=True):
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
        if any(word.hasFocus() for word in self.parts):
            paint.ring(p, outer, corner)
        if self.before is not None:
            self._draw_before(p, self.parts[self.before].geometry().center().x() + 0.5)
        p.end()

    def _draw_before(self, p: QPainter, middle: float) -> None:
        top, wide, high = self._bar() + theme.px(2), theme.px(9) / 2, theme.px(5)
        mark = QPainterPath(QPointF(middle - wide, top + high))
        mark.lineTo(middle, top)
        mark.lineTo(middle + wide, top + high)
        mark.closeSubpath()
        p.fillPath(mark, theme.colour("muted"))
