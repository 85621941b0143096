"""Spent: the parts of sections that were left, freed when the window has nothing to do."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

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
                gc.unfreeze()
                gc.collect()
                gc.freeze()

    @contextmanager
    def unhurried(self, count: int) -> Iterator[None]:
        """Keep the collector of cycles from walking over a large section again and again while it grows.

        Each walk would take longer than all the slices before it. What is set aside here is looked at again
        when the section was left and its parts are freed.
        """
        if count < LARGE:
            yield
            return
        gc.disable()
        try:
            yield
        finally:
            gc.freeze()
            gc.enable()
            self._set_aside = True
