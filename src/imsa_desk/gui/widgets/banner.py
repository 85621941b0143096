"""Banners: the safe-contact line, and a page-wide condition."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from imsa_desk.gui import paint, theme
from imsa_desk.gui.paint import Tone
from imsa_desk.gui.widgets.base import Painted
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.tips import set_tip, switch_off


@dataclass(frozen=True, slots=True)
class SafeContactValue:
    """The rule in its parts, the first one strong ("Text only", "after 18:00" ...), and how old it is.

    `note` and its shorter form `short_note` say when it was confirmed; `stale` turns the line amber.
    """

    rules: tuple[str, ...]
    note: str = ""
    short_note: str = ""
    stale: bool = False


class SafeContactBanner(Painted):
    """The line that never leaves a case. `asked` is sent by "Ask again"."""

    asked = Signal()

    def __init__(
        self, value: SafeContactValue, *, with_ask: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__("", parent)
        self._value = value
        self._ask: Button | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 10, 0)
        layout.addStretch(1)
        if with_ask:
            self._ask = Button("Ask again", "link", small=True, name="Ask about safe contact again")
            self._ask.clicked.connect(self.asked)
            layout.addWidget(self._ask)
        self.show_value(value)

    def show_value(self, value: SafeContactValue) -> None:
        """Show another rule."""
        self._value = value
        self.setAccessibleName(f"Safe contact: {', '.join(value.rules)}. {value.note}")
        set_tip(self, f"Safe contact: {', '.join(value.rules)}. {value.note}")
        self.updateGeometry()
        self.update()

    def switch_off(self, why: str) -> None:
        """Offer no "Ask again", and say why; "" offers it."""
        if self._ask is not None:
            switch_off(self._ask, why)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(420), self._lines() * theme.px(24) + theme.height("banner") - theme.px(24))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(220), self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.sizeHint().height() != self.height():
            self.updateGeometry()

    def _right(self) -> float:
        if self._ask is not None:
            return self.width() - self._ask.sizeHint().width() - theme.px(18)
        return self.width() - theme.px(16)

    def _placed(self) -> list[tuple[float, int, str, bool]]:
        """Place each rule, on as many lines as are needed: a rule is never shortened to save room."""
        start = theme.px(40) + paint.width_of("Safe contact", strong=True) + theme.px(14)
        x, line, right, placed = start, 0, self._right(), []
        gap = 2 * theme.px(8) + paint.width_of("·")
        for index, rule in enumerate(self._value.rules):
            for nth, words in enumerate(_broken(rule, right - start, strong=index == 0)):
                wide = paint.width_of(words, strong=index == 0)
                if nth or (x > start and x + wide > right):
                    x, line = start, line + 1
                placed.append((x, line, words, index == 0))
                x += wide + gap
        return placed

    def _lines(self) -> int:
        placed = self._placed()
        return 1 + max([self._note_at(placed)[1], *(line for _, line, _, _ in placed)])

    def _note_at(self, placed: list[tuple[float, int, str, bool]]) -> tuple[str, int]:
        """Find the first line with room for the note, or for its short form; else a line of its own."""
        ends: dict[int, float] = {}
        for x, line, words, strong in placed:
            ends[line] = x + paint.width_of(words, strong=strong)
        for note in (self._value.note, self._value.short_note):
            wide = paint.width_of(note, "small", self._value.stale)
            for line, end in ends.items():
                if end + theme.px(20) + wide <= self._right():
                    return note, line
        return self._value.short_note, (max(ends, default=-1) + 1 if self._value.short_note else 0)

    def draw(self, p: QPainter, area: QRectF) -> None:
        """Paint the rule; where room is short the note is shortened, never the rule."""
        value, step = self._value, theme.px(24)
        tone = "caution" if value.stale else "good"
        edge = tone if theme.scheme() is theme.Scheme.CONTRAST else None
        paint.box(p, area, f"{tone}_soft", edge, theme.radius("control"))
        placed = self._placed()
        top = (area.height() - self._lines() * step) / 2
        side = theme.px(18)
        paint.icon(p, theme.px(12), top + (step - side) / 2, "text", tone, side)
        paint.text(p, theme.px(40), top, "Safe contact", role=tone, strong=True, high=step)
        for x, line, rule, strong in placed:
            y, dot = top + line * step, x - theme.px(8) - paint.width_of("·")
            if not strong and dot > theme.px(60) + paint.width_of("Safe contact", strong=True):
                paint.text(p, dot, y, "·", role="muted", high=step)
            paint.text(p, x, y, rule, strong=strong, width=max(0.0, self._right() - x), high=step)
        note, line = self._note_at(placed)
        role, left = "caution" if value.stale else "muted", theme.px(40)
        paint.text(
            p, left, top + line * step, note, role=role, size="small", strong=value.stale,
            width=self._right() - left, align="right", high=step,
        )  # fmt: skip


def _broken(rule: str, room: float, *, strong: bool) -> list[str]:
    """Break a rule that is longer than a line between its words."""
    lines: list[str] = []
    for word in rule.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and paint.width_of(longer, strong=strong) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines or [rule]


class Banner(Painted):
    """A page-wide condition, such as a conflict or an old backup. `pressed` is sent by its verb."""

    pressed = Signal()

    def __init__(
        self, words: str, tone: Tone = "info", *, verb: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(words, parent)
        self._tone: Tone = tone
        self._words = words
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 10, 0)
        self._layout.addStretch(1)
        self._verb: Button | None = None
        if verb:
            self._verb = Button(verb, "link", small=True)
            self._verb.clicked.connect(self.pressed)
            self._layout.addWidget(self._verb)

    def show_words(self, words: str, tone: Tone) -> None:
        """Show another condition."""
        self._words, self._tone = words, tone
        self.setAccessibleName(words)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(420), theme.height("banner"))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(160), theme.height("banner"))

    def draw(self, p: QPainter, area: QRectF) -> None:
        """Paint icon and sentence on the tone's soft ground."""
        edge = self._tone if theme.scheme() is theme.Scheme.CONTRAST else None
        paint.box(p, area, f"{self._tone}_soft", edge, theme.radius("control"))
        side, high = theme.px(18), area.height()
        icon = paint.TAG_ICONS[self._tone] or "info"
        paint.icon(p, theme.px(12), (high - side) / 2, icon, self._tone, side)
        right = float(self._verb.geometry().left()) if self._verb else area.right()
        left = theme.px(40)
        paint.text(p, left, 0, self._words, width=right - left - theme.px(12), high=high)
