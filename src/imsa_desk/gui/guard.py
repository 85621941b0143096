"""The guard of a window: it locks when the computer says so, keeps copies short, and looks at the disk."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication, QWidget

from imsa_desk.gui import loader
from imsa_desk.gui.clipboard import Clipboard

if TYPE_CHECKING:
    from imsa_desk.gui.session import Session
    from imsa_desk.gui.session_windows import WindowsSession
    from imsa_desk.services.desk import Desk
    from imsa_desk.services.disk import DiskState

_SESSION = "imsa_desk.gui.session"
_WINDOWS = "imsa_desk.gui.session_windows:WindowsSession"
_CAPTURE = "imsa_desk.gui.session_windows:exclude_from_capture"
_DISK = "imsa_desk.services.disk"

# Made after the first paint. The buses' library takes a tenth of a second to import: see `look`.


class Guard(QObject):
    """Belongs to the main window; `lock` is the window's own, which does nothing while no vault is open."""

    def __init__(self, window: QWidget, app: QApplication, lock: Callable[[], None]) -> None:
        super().__init__(window)
        self._window, self._app, self._lock = window, app, lock
        self.clipboard = Clipboard(app.clipboard(), self)
        self.session: Session | None = None
        self._windows: WindowsSession | None = None
        app.aboutToQuit.connect(self.clipboard.clear)
        if sys.platform == "win32":
            self._guard_windows()
        elif sys.platform != "darwin":
            loader.preload([_SESSION])

    def _guard_windows(self) -> None:
        made: WindowsSession = loader.load(_WINDOWS)(self)
        self._windows = made
        self._app.installNativeEventFilter(made.filter)
        number = int(self._window.winId())
        loader.load(_CAPTURE)(number)  # it was shown before anybody looked
        made.register(number)
        made.left.connect(self._leave, Qt.ConnectionType.QueuedConnection)

    def start(self, jobs: Any, tell: Callable[[str], None], desk: Desk, *, fresh: bool) -> None:
        """Listen to the computer from now on; on a fresh start of a real vault, look at its disk once."""
        if sys.platform not in ("win32", "darwin") and self.session is None:
            session: Session = loader.load(f"{_SESSION}:Session")(self)
            self.session = session
            session.left.connect(self._leave)
            if session.reachable:
                jobs.run(lambda _: session.reach(), owner=self, then=session.listen, lane="free")
        if fresh and not desk.practice:
            look = loader.load(f"{_DISK}:disk_state")

            def looked(state: DiskState) -> None:
                if state.warns:
                    tell(state.words)

            jobs.run(lambda _: look(desk.folder), owner=self, then=looked, lane="free")

    def _leave(self, _why: str) -> None:
        self._lock()

    def let_go(self) -> None:
        """Take back what was copied, before the vault closes."""
        self.clipboard.clear()
