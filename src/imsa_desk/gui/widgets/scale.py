"""ScaleSteps: a scale with a written meaning for each step, one under the other, all readable at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout

from imsa_desk.gui import paint, theme
from imsa_desk.gui.widgets.stepped import StepPart, Stepped

_WORD_WIDE = 132
_NARROW = 420
"""Below this width (at 100 % text) the meaning stands under its word."""


@dataclass(frozen=True, slots=True)
class StepValue:
    """One step: its word, what it means, and the role of its colour."""

    words: str
    meaning: str = ""
    role: str = "muted"


class _Step(StepPart):
    """A step with a bar of its colour beside its word, never alone."""

    def __init__(self, index: int, value: StepValue, steps: ScaleSteps) -> None:
        super().__init__(index, value.words, steps)
        self.value = value
        self._steps = steps
        if value.meaning:
            self.setAccessibleName(f"{value.words}: {value.meaning}")
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

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
        if self._steps.before == self.index:
            self._draw_before(p, area)
        if self.hasFocus():
            paint.ring(p, area, 6)

    def _draw_before(self, p: QPainter, area: QRectF) -> None:
        paint.icon(p, area.right() - theme.px(20), theme.px(7), "history", "muted", theme.px(14))


class ScaleSteps(Stepped[_Step]):
    """The steps of a scale, as a Rating takes them."""

    def __init__(self, name: str, steps: Sequence[StepValue], *, first_digit: int = 1) -> None:
        super().__init__(name, first_digit)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(1)
        self.take_parts([_Step(index, value, self) for index, value in enumerate(steps)])
        for part in self.parts:
            layout.addWidget(part)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setMaximumWidth(theme.px(640))
        self.set_value(None)
