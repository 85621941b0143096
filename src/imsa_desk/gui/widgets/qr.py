"""A QR code on the screen: black on white in every scheme, because cameras expect it so."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QSizePolicy

from imsa_desk.gui import theme
from imsa_desk.gui.widgets.base import Painted

_QUIET = 4
"""Modules of white round the code; source: ISO/IEC 18004."""


class QrCode(Painted):
    """A square of modules; its accessible name is what the code holds, for those who cannot see it."""

    def __init__(self, modules: tuple[tuple[bool, ...], ...], words: Sequence[str], side: int = 168) -> None:
        super().__init__(f"QR code of the words: {', '.join(words)}")
        self._modules, self._side = modules, side
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setToolTip("Another telephone’s camera shows the same words")

    def sizeHint(self) -> QSize:
        return QSize(theme.px(self._side), theme.px(self._side))

    def draw(self, p: QPainter, area: QRectF) -> None:
        # Whole pixels for each module: a blurred edge is what cameras fail at.
        p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        count = len(self._modules) + 2 * _QUIET
        step = max(1, int(min(area.width(), area.height()) // count))
        p.fillRect(QRectF(0, 0, step * count, step * count), Qt.GlobalColor.white)
        for line, modules in enumerate(self._modules):
            for at, dark in enumerate(modules):
                if dark:
                    x, y = (at + _QUIET) * step, (line + _QUIET) * step
                    p.fillRect(QRectF(x, y, step, step), Qt.GlobalColor.black)
