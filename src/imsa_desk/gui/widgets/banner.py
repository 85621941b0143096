"""Banners: the safe-contact line, and a page-wide condition."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from imsa_desk.gui import paint, theme
from imsa_desk.gui.paint import Tone
from imsa_desk.gui.widgets.base import Painted
from imsa_desk.gui.widgets.button import Button


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
        self.setToolTip(f"Safe contact: {', '.join(value.rules)}. {value.note}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(420), theme.height("banner"))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(220), theme.height("banner"))

    def draw(self, p: QPainter, area: QRectF) -> None:
        """Paint the rule; where room is short the note is shortened, never the rule."""
        value, high = self._value, area.height()
        tone = "caution" if value.stale else "good"
        edge = tone if theme.scheme() is theme.Scheme.CONTRAST else None
        paint.box(p, area, f"{tone}_soft", edge, theme.radius("control"))
        right = area.right() - theme.px(16)
        if self._ask is not None:
            right = float(self._ask.geometry().left() - theme.px(8))
        side = theme.px(18)
        paint.icon(p, theme.px(12), (high - side) / 2, "text", tone, side)
        x = float(theme.px(40))
        x += paint.text(p, x, 0, "Safe contact", role=tone, strong=True, high=high) + theme.px(14)
        for index, rule in enumerate(value.rules):
            if index:
                x += paint.text(p, x, 0, "·", role="muted", high=high) + theme.px(8)
            room = max(0.0, right - x)
            x += paint.text(p, x, 0, rule, strong=index == 0, width=room, high=high) + theme.px(8)
        for note in (value.note, value.short_note):
            if note and x + theme.px(12) + paint.width_of(note, "small", value.stale) <= right:
                role = "caution" if value.stale else "muted"
                paint.text(
                    p,
                    x,
                    0,
                    note,
                    role=role,
                    size="small",
                    strong=value.stale,
                    width=right - x,
                    align="right",
                    high=high,
                )
                return


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
