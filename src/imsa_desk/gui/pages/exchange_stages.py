"""Stages: how far the last bundle has come, painted as two bars with their times."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QSizePolicy

from imsa_desk.gui import paint, theme
from imsa_desk.gui.widgets.base import Painted


class Stages(Painted):
    """The last bundle's way: prepared, confirmed."""

    def __init__(self) -> None:
        super().__init__("")
        self._stages: tuple[tuple[str, str], ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_stages(self, *stages: tuple[str, str]) -> None:
        """Show each stage with its time; "" for one not reached."""
        self._stages = stages
        self.setAccessibleName(", ".join(f"{name}: {when or 'not yet'}" for name, when in stages))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(360), theme.px(60))

    def draw(self, p: QPainter, area: QRectF) -> None:
        wide = min(theme.px(180), (area.width() - 8) / max(1, len(self._stages)))
        for at, (name, when) in enumerate(self._stages):
            x = at * (wide + 8)
            paint.box(p, QRectF(x, theme.px(8), wide, theme.px(5)), "accent" if when else "track", None, 2.5)
            icon = "check" if when else "hourglass"
            paint.icon(p, x, theme.px(21), icon, "good" if when else "muted", theme.px(16))
            paint.text(p, x + theme.px(22), theme.px(19), name, width=wide - 22, high=theme.px(20))
            said = when or "not yet"
            top, room = theme.px(39), wide - 22
            paint.text(
                p, x + theme.px(22), top, said, role="muted", size="small", width=room, high=theme.px(18)
            )
