"""FrontWindow: the window before a vault is open: its folder, pages that stand alone, what is said."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6 import QtCore
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from imsa_desk import paths, settings
from imsa_desk.gui import loader
from imsa_desk.gui.folders import practice_passphrase_file, read_passphrase
from imsa_desk.gui.pages import PageContext, as_page

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from imsa_desk.gui.ask import Ask
    from imsa_desk.gui.bridge import Bridge, Notice
    from imsa_desk.gui.jobs import Jobs
    from imsa_desk.gui.opening import Given
    from imsa_desk.gui.paint import Tone
    from imsa_desk.gui.saying import Saying
    from imsa_desk.gui.widgets.band import PracticeBand
    from imsa_desk.gui.widgets.sheet import Sheet

# Everything above is imported before the first paint; the rest is loaded when it is first wanted.

State = dict[str, Any]
"""What survives a lock: geometry and ids, nothing secret."""

_TITLE = "Desk"
_ASK = "imsa_desk.gui.ask:Ask"
_BAND = "imsa_desk.gui.widgets.band:PracticeBand"
_BRIDGE = "imsa_desk.gui.bridge:Bridge"
_JOBS = "imsa_desk.gui.jobs:Jobs"
_SAYING = "imsa_desk.gui.saying:Saying"
ERROR = "error"
"""The notice of what went wrong last."""
_FRONT = {
    "unlock": "imsa_desk.gui.pages.unlock:UnlockPage",
    "first_run": "imsa_desk.gui.pages.first_run:FirstRunPage",
    "trouble": "imsa_desk.gui.pages.trouble:TroublePage",
    "restore": "imsa_desk.gui.pages.restore:RestorePage",
    "salvage": "imsa_desk.gui.pages.salvage:SalvagePage",
}
_SIZE = (1366, 768)
_FRAME = (2, 40)
"""About what a system's title bar and edges take, which is not known before the window is shown."""


class Start(NamedTuple):
    """What the window starts with."""

    folder: Path
    practice: bool = False
    practice_passphrase: str = ""
    state: Mapping[str, Any] | None = None
    settings_file: Path | None = None
    """Where the settings are kept; the person's own place without one."""
    hold: Callable[[Path], str] = lambda _: ""
    """Takes the lock of another vault folder; gives back what to tell the person, "" for nothing."""
    cannot_write: Callable[[Path], str] = lambda _: ""
    """Says why a vault folder can only be read; "" where it can be written."""


class FrontWindow(QWidget):
    """`first_painted` is sent when somebody can see and type; only then is everything else loaded.

    A subclass gives `context`, which its pages are handed.
    """

    first_painted = Signal()
    context: PageContext

    def __init__(self, app: QApplication, start: Start, ask: Ask | None) -> None:
        super().__init__()
        self._app = app
        self.start = start
        self._settings_file = start.settings_file or paths.settings_file()
        self._settings = settings.load(self._settings_file)
        self._given_ask = ask
        self._band: PracticeBand | None = None
        self._front: QWidget | None = None
        self._seen = False
        self._build()

    @cached_property
    def bridge(self) -> Bridge:
        """Give the signals that reach every window."""
        made: Bridge = loader.load(_BRIDGE)(self)
        made.told.connect(self._tell)
        made.changed.connect(self._records_changed)
        return made

    @cached_property
    def jobs(self) -> Jobs:
        """Give what runs work off the GUI thread."""
        made: Jobs = loader.load(_JOBS)(self.bridge, self)
        return made

    @cached_property
    def ask(self) -> Ask:
        """Give what puts questions to the person."""
        made: Ask = self._given_ask or loader.load(_ASK)()
        made.practice = self.context.practice
        return made

    def _records_changed(self, kinds: frozenset[str]) -> None:
        """Have what shows such records ask again; before a vault is open nothing does."""

    def _build(self) -> None:
        self.setWindowTitle(_TITLE)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        if self.start.practice:
            self._set_practice(True)
        self.resize(*self._first_size())
        kept = (self.start.state or {}).get("geometry")
        if isinstance(kept, str):
            self.restoreGeometry(QtCore.QByteArray.fromBase64(QtCore.QByteArray(kept.encode("ascii"))))

    def _first_size(self) -> tuple[int, int]:
        """Choose a size that fits the screen with the system's frame round it; offscreen there is none."""
        wide, high = _SIZE
        if self._app.platformName() == "offscreen":
            return wide, high
        free = self._app.primaryScreen().availableGeometry()
        return min(wide, free.width() - _FRAME[0]), min(high, free.height() - _FRAME[1])

    def _set_practice(self, practice: bool) -> None:
        if practice and self._band is None:
            made: PracticeBand = loader.load(_BAND)()
            self._layout.insertWidget(0, made)
            self._band = made
        if self._band is not None:
            self._band.setVisible(practice)
        if "ask" in self.__dict__:
            self.ask.practice = practice

    # --- pages that stand alone ------------------------------------------------------------

    def show_front(self, page_id: str, given: Given | None = None, **args: str) -> None:
        """Show one of the pages that stand alone in the window; `given` is a secret that was typed before."""
        front: Any = loader.load(_FRONT[page_id])(self.context)
        if given is not None:
            front.take(given)
        if page_id == "unlock" and (why := self.start.cannot_write(self.context.folder)):
            args["cannot_write"] = why
        self.stand_alone(front)
        as_page(front).show_for(**args)

    def stand_alone(self, front: Sheet) -> None:
        """Put a page in the place of what is shown."""
        front.painted.connect(self._painted)
        self.drop_notice(ERROR)
        self._drop_front()
        self._layout.addWidget(front, 1)
        self._front = front

    @property
    def front(self) -> str:
        """Name the page that stands alone in the window, "" for none."""
        name = type(self._front).__name__
        return next((key for key, path in _FRONT.items() if path.endswith(f":{name}")), "")

    def _painted(self) -> None:
        if not self._seen:
            self._seen = True
            self._shows()

    def _shows(self) -> None:
        """Do what waits until somebody can see and type."""
        self.first_painted.emit()

    def _drop_front(self) -> None:
        if self._front is not None:
            self._front.hide()
            self._layout.removeWidget(self._front)
            self._front.deleteLater()
            self._front = None

    def use_folder(self, folder: Path) -> str:
        """Take another vault folder in hand."""
        refused = self.start.hold(folder)
        if not refused and folder != self.context.folder:
            beside = read_passphrase(practice_passphrase_file(folder))
            self.start = self.start._replace(folder=folder, practice=False, practice_passphrase=beside)
            self.context = self.context._replace(folder=folder, practice=False)
        return refused

    def vault_described(self, exists: bool, practice: bool) -> None:
        """Show unlock or first run for the folder in hand."""
        if self.context.vault is not None:
            return
        self._set_practice(practice)
        self.context = self.context._replace(practice=practice)
        if getattr(self._front, "busy", False):
            return  # a secret is being tried there: the page goes by itself, or says what is wrong
        if exists:
            self.show_unlock()
        else:
            self.show_front("first_run")

    def show_unlock(self, notice: str = "") -> None:
        """Show the unlock page for the folder in hand, with a word about what was done before."""
        shown = self.start.practice_passphrase if self.context.practice else ""
        self.show_front("unlock", practice=shown, notice=notice)

    # --- what is said ------------------------------------------------------------

    @cached_property
    def saying(self) -> Saying:
        """Give what says something beside the pages."""
        made: Saying = loader.load(_SAYING)(self, self._place_notices)
        return made

    def _tell(self, notice: Notice) -> None:
        self.saying.tell(notice)  # made only now: not wanted before the first paint

    def _place_notices(self, notices: QWidget) -> None:
        self._layout.insertWidget(0 if self._band is None else 1, notices)

    def toast(self, words: str, undo: Callable[[], None] | None = None) -> None:
        """Say what was done."""
        self.saying.toasts.say(words, undo)

    def notice(
        self,
        about: str,
        words: str,
        tone: Tone = "info",
        *,
        verb: str = "",
        run: Callable[[], None] | None = None,
        closes: bool = True,
    ) -> None:
        """Say something over every page until it is dropped or closed; one notice about each thing."""
        self.saying.notices.put(about, words, tone, verb=verb, run=run, closes=closes)

    def drop_notice(self, about: str) -> None:
        """Say it no longer."""
        if "saying" in self.__dict__:
            self.saying.drop(about)
