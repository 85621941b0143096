"""The watch over the keyboard and mouse: locks after a while without either or on request, covers on F12."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, SignalInstance
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

_ACTIVITY = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.InputMethod,
    }
)
_TICK = 1000
_JUMP_SECONDS = 30.0
"""A wall clock that ran this much further than the program means that the computer slept."""


class Watch(QObject):
    """`idled` after the minutes without a key press or the mouse, or after sleep; `covered` on F12.

    Ctrl+L counts as `idled` while a dialog is open, which keeps the window's own shortcut from working.
    """

    idled = Signal()
    covered = Signal()

    def __init__(
        self,
        app: QApplication,
        minutes: int,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(app)
        self._monotonic, self._wall = monotonic, wall
        self._limit = minutes * 60.0
        self._last = monotonic()
        self._apart = wall() - monotonic()
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK)
        self._timer.timeout.connect(self.tick)
        self._app = app
        self._looks = False

    def look(self) -> None:
        """Begin to look at the keyboard and mouse; not before the first paint, which it would slow down."""
        if not self._looks:
            self._looks = True
            self._app.installEventFilter(self)

    def start(self) -> None:
        """Begin to count, once a vault is open."""
        self.look()
        self._last = self._monotonic()
        self._apart = self._wall() - self._monotonic()
        self._timer.start()

    def stop(self) -> None:
        """Count no more."""
        self._timer.stop()

    @property
    def idle_seconds(self) -> float:
        """Give the seconds since the last key press or movement of the mouse."""
        return self._monotonic() - self._last

    def set_minutes(self, minutes: int) -> None:
        """Lock after another while."""
        self._limit = minutes * 60.0

    def tick(self) -> None:
        """Look whether it is time; once a second."""
        apart = self._wall() - self._monotonic()
        slept = apart - self._apart > _JUMP_SECONDS
        self._apart = apart
        if slept or self._monotonic() - self._last >= self._limit:
            self.stop()
            self.idled.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notice that somebody is there, and keep the keys that work above everything else."""
        kind = event.type()
        if kind not in _ACTIVITY:
            return False
        self._last = self._monotonic()
        if kind != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        asked = self._asked_by(event)
        if asked is None or not watched.isWidgetType():
            return False  # a key comes to the window first; it counts once, at the part it is for
        if not event.isAutoRepeat():
            asked.emit()
        return True

    def _asked_by(self, event: QKeyEvent) -> SignalInstance | None:
        if event.key() == Qt.Key.Key_F12:
            return self.covered
        locks = event.key() == Qt.Key.Key_L and event.modifiers() == Qt.KeyboardModifier.ControlModifier
        if locks and self._timer.isActive() and self._app.activeModalWidget() is not None:
            return self.idled
        return None
