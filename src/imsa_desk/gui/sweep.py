"""Sweep: cycles of garbage are collected on the GUI thread only, when it has nothing to do.

Python's collector runs in whichever thread happens to make an object. On a lane's thread it would destroy
parts of windows that nobody needs any more beside the GUI thread, and Qt ends the process for that.
"""

from __future__ import annotations

import gc
import time
from typing import ClassVar

from PySide6.QtCore import QObject, QTimer

_EVERY = 1000
_REST_SECONDS = 1.5


class Sweeper(QObject):
    """Takes the collector of cycles over for good; there is one in a process."""

    rests_until: ClassVar[float] = 0.0
    """On the clock that never goes back."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def look(self) -> None:
        """Collect each generation that has grown as far as Python itself would let it."""
        if time.monotonic() < self.rests_until:
            return
        for generation, most in enumerate(gc.get_threshold()):
            if gc.get_count()[generation] <= most:
                return
            gc.collect(generation)


def rest() -> None:
    """Keep the collector away for a moment: each walk over much that is being made would take long."""
    Sweeper.rests_until = time.monotonic() + _REST_SECONDS


def settle() -> None:
    """Count all there is as lasting, so that it is not walked over again and again."""
    gc.freeze()


def sweep_all() -> None:
    """Collect everything, also what was counted as lasting, and count the rest as lasting."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
