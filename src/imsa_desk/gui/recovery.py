"""Previews of secret sheets: covered on the screen, whole on paper."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter
from PySide6.QtWidgets import QSizePolicy

from imsa_desk.domain.dates import say_full
from imsa_desk.gui import paint, theme
from imsa_desk.gui.widgets.base import Painted

LEAD = "Opens this vault if the passphrase is forgotten."
_COLUMNS = 3
_INK, _GREY, _BAR, _PAPER = QColor("#16201E"), QColor("#51605B"), QColor("#DDE3E0"), QColor("#FFFFFF")


class SheetPreview(Painted):
    """What the paper will look like, with the groups covered: somebody may be looking."""

    def __init__(self) -> None:
        super().__init__("Preview of the recovery sheet; its groups are covered")
        self._title, self._lead, self._count, self._made = "Recovery sheet", LEAD, 9, ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def show_paper(self, title: str, lead: str, count: int, made: date) -> None:
        """Show that a sheet with so many groups is there."""
        self._title, self._lead, self._count = title, lead, count
        self._made = f"Made {say_full(made).partition(' ')[2]}"
        self.setAccessibleName(f"Preview of the {title.lower()}; its groups are covered")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(300), theme.px(420))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(200), theme.px(360))

    def draw(self, p: QPainter, area: QRectF) -> None:
        """Paint a sheet of paper, white in every scheme."""
        px = theme.px
        paper = QRectF(px(18), px(8), area.width() - px(36), min(area.height() - px(28), px(420)))
        paint.shadow(p, paper, 3, 24, 0.26)
        paint.box(p, paper, _PAPER, None, 2)
        x, wide = paper.left() + px(24), paper.width() - px(48)
        _line(p, x, paper.top() + px(22), wide, self._title, theme.font("title", True), _INK)
        p.setFont(theme.font("small"))
        p.setPen(_GREY)
        p.drawText(QRectF(x, paper.top() + px(52), wide, px(38)), _WRAP, self._lead)
        p.fillRect(QRectF(x, paper.top() + px(94), wide, 1), _GREY)
        low = self._bars(p, x, paper.top() + px(108), wide)
        p.fillRect(QRectF(x, low, wide, 1), _GREY)
        side = min(px(76), paper.bottom() - px(48) - low)
        if side > px(30):
            paint.box(p, QRectF(x, low + px(12), side, side), _BAR, None, 3)
            for at in range(4):
                short = 0.6 if at == 3 else 1.0
                bar = QRectF(
                    x + side + px(16), low + px(16) + at * px(18), (wide - side - px(16)) * short, px(6)
                )
                paint.box(p, bar, _BAR, None, 3)
        _line(p, x, paper.bottom() - px(30), wide, self._made, theme.font("small"), _GREY)

    def _bars(self, p: QPainter, x: float, y: float, wide: float) -> float:
        """Paint a bar for each group and give the height at which they end."""
        third, px = wide / _COLUMNS, theme.px
        rows = -(-self._count // _COLUMNS)
        step = px(34) if rows <= 4 else px(15)
        for number in range(self._count):
            left, top = x + (number % _COLUMNS) * third, y + (number // _COLUMNS) * step
            if rows <= 4:
                _line(p, left, top, px(16), str(number + 1), theme.font("small"), _GREY)
            bar = QRectF(left + px(16), top + px(5), third - px(28), px(10 if rows <= 4 else 6))
            paint.box(p, bar, _BAR, None, 3)
        return y + rows * step + px(4)


_WRAP = Qt.TextFlag.TextWordWrap.value
_SINGLE = Qt.TextFlag.TextSingleLine.value


def _line(p: QPainter, x: float, y: float, wide: float, words: str, font: QFont, ink: QColor) -> None:
    p.setFont(font)
    p.setPen(ink)
    p.drawText(QRectF(x, y, wide, QFontMetricsF(font).height() + 2), _SINGLE, words)
