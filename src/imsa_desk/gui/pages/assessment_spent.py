"""Spent: the parts of sections that were left, freed when the window has nothing to do."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from imsa_desk.gui import sweep

LARGE = 250
"""From so many parts on the collector of cycles is held back while a section is built."""
_FREED_SHARE = 100


class Spent(QObject):
    """Takes what is no longer shown; `free` begins to free it, a little at a time."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._parts: list[QWidget] = []
        self._set_aside = False
        self._timer = QTimer(self)
        self._timer.setInterval(10)
        self._timer.timeout.connect(self._free_one)

    def take(self, parts: list[QWidget]) -> None:
        """Take parts, the innermost first."""
        self._parts += parts

    def free(self) -> None:
        """Free what was taken while the window has nothing to do."""
        self._timer.start()

    def _free_one(self) -> None:
        """Free one part; of many a few."""
        for _ in range(1 + len(self._parts) // _FREED_SHARE):
            if self._parts:
                self._parts.pop(0).deleteLater()
        if not self._parts:
            self._timer.stop()
            if self._set_aside:
                self._set_aside = False
                sweep.sweep_all()

    def grows(self, count: int) -> None:
        """Keep the collector of cycles from walking over a large section again and again while it grows."""
        if count >= LARGE:
            sweep.rest()

    def grown(self, count: int) -> None:
        """Count a large section as lasting until it was left and its parts are freed."""
        if count >= LARGE:
            sweep.settle()
            self._set_aside = True
