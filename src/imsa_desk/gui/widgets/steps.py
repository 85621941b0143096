"""Steps: where somebody is on a short way, and what is behind them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from imsa_desk.gui import paint, theme
from imsa_desk.gui.widgets.base import Painted


class Steps(Painted):
    """Numbered names in one line; finished ones are ticked."""

    def __init__(self, names: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._names = tuple(names)
        self._at = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.show_step(0)

    def show_step(self, at: int) -> None:
        """Say which step it is."""
        self._at = at
        self.setAccessibleName(f"Step {at + 1} of {len(self._names)}: {self._names[at]}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(460), theme.px(24))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(200), theme.px(24))

    def draw(self, p: QPainter, area: QRectF) -> None:
        """Paint ticks, numbers and names."""
        x, high, side = 0.0, area.height(), theme.px(18)
        whole = sum(paint.width_of(n, strong=True) + theme.px(82) for n in self._names) <= area.width()
        for number, name in enumerate(self._names):
            if number:
                paint.hairline(p, x, x + theme.px(28), high / 2)
                x += theme.px(42)
            top = (high - side) / 2
            if number < self._at:
                paint.icon(p, x, top, "check-circle", "good", side)
            else:
                now = number == self._at
                paint.box(
                    p,
                    QRectF(x, top, side, side),
                    "accent" if now else None,
                    None if now else "edge",
                    side / 2,
                )
                role = "on_accent" if now else "muted"
                paint.text(p, x, top, str(number + 1), role=role, size="small", strong=True, width=side,
                           align="centre", high=side)  # fmt: skip
            x += theme.px(26)
            if whole or number == self._at:
                strong = number == self._at
                x += paint.text(p, x, 0, name, role="text" if strong else "muted", strong=strong, high=high)
                x += theme.px(14)
