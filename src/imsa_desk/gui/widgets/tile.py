"""Tile: one of the eight themes, with its need level, what is to do and what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from imsa_desk.gui import paint, theme
from imsa_desk.gui.widgets.base import PaintedButton
from imsa_desk.gui.widgets.tag import LEVEL_WORDS

Change = Literal["", "up", "down"]

_RING = 3


@dataclass(frozen=True, slots=True)
class TileValue:
    """What a tile shows; `level` None means nothing is recorded, `skipped` says why in words."""

    id: str
    icon: str
    title: str
    full_title: str
    level: int | None = None
    change: Change = ""
    before: str = ""
    skipped: str = ""
    barriers: int = 0
    to_do: int = 0
    touched: str = ""
    next_step: str = ""

    @property
    def sentence(self) -> str:
        """Say the tile in words for a screen reader."""
        level = self.skipped or ("nothing recorded" if self.level is None else LEVEL_WORDS[self.level])
        parts = [f"{self.full_title}: {level}"]
        if self.before:
            parts.append(self.before)
        parts.append(self.open_words.lower())
        if self.next_step:
            parts.append(f"next: {self.next_step}")
        return ", ".join(parts)

    @property
    def open_words(self) -> str:
        """Say what stands open: barriers first, else what is to do."""
        if self.barriers:
            return "1 barrier" if self.barriers == 1 else f"{self.barriers} barriers"
        return f"{self.to_do} to do" if self.to_do else "Nothing open"


class Tile(PaintedButton):
    """Press it to open the theme."""

    def __init__(self, value: TileValue, parent: QWidget | None = None) -> None:
        super().__init__(value.title, parent)
        self._value = value
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.show_value(value)

    @property
    def value(self) -> TileValue:
        """Give what is shown."""
        return self._value

    def show_value(self, value: TileValue) -> None:
        """Show another state of the theme."""
        self._value = value
        self.setAccessibleName(value.full_title)
        self.setAccessibleDescription(value.sentence)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(196), theme.px(152))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(150), theme.px(152))

    def draw(self, p: QPainter, area: QRectF) -> None:
        """Paint card, title, level, change, what stands open, next step and ring."""
        value, card = self._value, area.adjusted(_RING, _RING, -_RING, -_RING)
        quiet = bool(value.skipped)
        ground = "sunken" if quiet else "hover" if self.underMouse() else "raised"
        edge = "edge_soft" if self.underMouse() or quiet else "line"
        paint.box(p, card, ground, edge, theme.radius("card"))
        x, right = card.left() + theme.px(14), card.right() - theme.px(14)
        top = card.top()
        side = theme.px(18)
        paint.icon(p, x, top + theme.px(14), value.icon, "accent_text", side)
        paint.text(
            p,
            x + theme.px(28),
            top + theme.px(12),
            value.title,
            strong=True,
            width=right - x - theme.px(28),
            high=theme.px(22),
        )
        self._draw_level(p, x, right, top + theme.px(42))
        self._draw_foot(p, x, right, top + theme.px(90))
        if self.ringed:
            paint.ring(p, area, theme.radius("card") + _RING - 1)

    def _draw_level(self, p: QPainter, x: float, right: float, y: float) -> None:
        value, high = self._value, theme.px(22)
        if value.skipped or value.level is None:
            words = value.skipped or "Nothing recorded"
            if value.skipped:
                paint.icon(p, x, y + theme.px(3), "skip", "muted", theme.px(16))
            left = x + (theme.px(22) if value.skipped else 0)
            paint.text(p, left, y, words, role="muted", width=right - left, high=high)
            return
        left = x + paint.pips(p, x, y + (high - theme.px(5)) / 2, value.level) + theme.px(10)
        strong = value.level >= len(LEVEL_WORDS) - 2
        room = right - left - theme.px(20)
        left_after = left + paint.text(
            p, left, y, LEVEL_WORDS[value.level], strong=strong, width=room, high=high
        )
        if value.change:
            worse = "caution" if value.level < len(LEVEL_WORDS) - 1 else "alert"
            role = "good" if value.change == "down" else worse
            paint.icon(p, left_after + theme.px(7), y + theme.px(4), value.change, role, theme.px(14))
        end = right + theme.px(10)
        start = max(x, min(left, end - paint.width_of(value.before, "small")))  # whole, even if further left
        paint.text(
            p, start, y + theme.px(19), value.before, role="muted", size="small", width=end - start,
            high=theme.px(18),
        )  # fmt: skip

    def _draw_foot(self, p: QPainter, x: float, right: float, y: float) -> None:
        value, high, small = self._value, theme.px(20), theme.px(16)
        if not (value.touched or value.next_step or value.barriers or value.to_do):
            return
        left = x
        role = "muted"
        if value.barriers:
            role = "caution"
            paint.icon(p, x, y + 2, "barrier", role, small)
            left += theme.px(22)
        touched = paint.width_of(value.touched, "small")
        strong = bool(value.barriers)
        room = right - left - touched - theme.px(6)
        paint.text(
            p,
            left,
            y,
            value.open_words,
            role=role,
            size="small",
            strong=strong,
            width=room,
            high=high,
        )
        paint.text(
            p, x, y, value.touched, role="muted", size="small", width=right - x, align="right", high=high
        )
        if value.next_step:
            low = y + theme.px(22)
            paint.icon(p, x, low + 2, "arrow-right", "muted", small)
            left = x + theme.px(20)
            paint.text(p, left, low, value.next_step, size="small", width=right - left, high=high)
