"""Tag and NeedLevel: facts that differ from the normal, shown and never pressed."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from imsa_desk.gui import paint, theme
from imsa_desk.gui.paint import Tone
from imsa_desk.gui.widgets.base import Painted

LEVEL_WORDS = ("No need", "Holding", "Want help", "Pressing", "Urgent")


@dataclass(frozen=True, slots=True)
class TagValue:
    """A fact: its words, its tone, and an icon where the tone's own does not fit ("" for none)."""

    words: str
    tone: Tone = "neutral"
    icon: str | None = None


class Tag(Painted):
    """One fact on a soft ground."""

    def __init__(self, value: TagValue, parent: QWidget | None = None) -> None:
        super().__init__(value.words, parent)
        self._value = value
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_value(self, value: TagValue) -> None:
        """Show another fact."""
        self._value = value
        self.setAccessibleName(value.words)
        self.updateGeometry()
        self.update()

    def _icon(self) -> str:
        return paint.TAG_ICONS[self._value.tone] if self._value.icon is None else self._value.icon

    def sizeHint(self) -> QSize:
        """Ask for the words and the icon."""
        return QSize(round(paint.tag_width(self._value.words, self._icon())) + 1, theme.height("tag"))

    def draw(self, p: QPainter, area: QRectF) -> None:
        """Paint the fact."""
        paint.tag(p, 0, 0, self._value.words, self._value.tone, self._value.icon)


class NeedLevel(Painted):
    """A need level from 0 to 4 as length, word and colour."""

    def __init__(self, level: int, parent: QWidget | None = None) -> None:
        super().__init__(LEVEL_WORDS[level], parent)
        self._level = level
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Ask for the pips and the word."""
        wide = paint.pips_width() + theme.px(8) + paint.width_of(LEVEL_WORDS[self._level], strong=True)
        return QSize(round(wide) + 2, theme.px(22))

    def draw(self, p: QPainter, area: QRectF) -> None:
        """Paint pips and word on one line."""
        used = paint.pips(p, 0, (area.height() - theme.px(5)) / 2, self._level)
        left = used + theme.px(8)
        strong = self._level >= len(LEVEL_WORDS) - 2
        paint.text(p, left, 0, LEVEL_WORDS[self._level], strong=strong, high=area.height())
