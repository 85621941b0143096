"""The main window: the band, the front pages, what an open vault shows, locking and covering."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6 import QtCore
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from imsa_desk import paths, settings
from imsa_desk.gui import loader, theme
from imsa_desk.gui.folders import practice_passphrase_file, read_passphrase
from imsa_desk.gui.pages import PageContext, as_page

if TYPE_CHECKING:
    from PySide6.QtCore import QObject
    from PySide6.QtGui import QCloseEvent, QKeyEvent
    from PySide6.QtWidgets import QApplication

    from imsa_desk.errors import ImsaError
    from imsa_desk.gui.ask import Ask
    from imsa_desk.gui.bridge import Bridge, Notice
    from imsa_desk.gui.clock import Watch
    from imsa_desk.gui.guard import Guard
    from imsa_desk.gui.jobs import Job, Jobs
    from imsa_desk.gui.leaving import Leaving
    from imsa_desk.gui.opened import Opened
    from imsa_desk.gui.opening import Given
    from imsa_desk.gui.paint import Tone
    from imsa_desk.gui.quitting import Quitting
    from imsa_desk.gui.saying import Saying
    from imsa_desk.gui.upkeep import Upkeep
    from imsa_desk.gui.widgets.band import PracticeBand
    from imsa_desk.gui.widgets.sheet import Sheet
    from imsa_desk.progress import Progress
    from imsa_desk.services.desk import Desk

# Everything above is imported before the first paint; the rest is loaded when it is first wanted.

State = dict[str, Any]
"""What survives a lock: geometry and ids, nothing secret."""

_TITLE = "Desk"
_ASK = "imsa_desk.gui.ask:Ask"
_BAND = "imsa_desk.gui.widgets.band:PracticeBand"
_BRIDGE = "imsa_desk.gui.bridge:Bridge"
_LEAVING = "imsa_desk.gui.leaving:Leaving"
_COVER = "imsa_desk.gui.widgets.cover"
_GUARD = "imsa_desk.gui.guard:Guard"
_JOBS = "imsa_desk.gui.jobs:Jobs"
_WATCH = "imsa_desk.gui.clock:Watch"
_OPENED = "imsa_desk.gui.opened:Opened"
_SAYING = "imsa_desk.gui.saying:Saying"
_ERROR = "error"
_QUITTING = "imsa_desk.gui.quitting:Quitting"
_UPKEEP = "imsa_desk.gui.upkeep:Upkeep"
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


class MainWindow(QWidget):
    """Knows no feature: it opens what the tables name and hands each page the same context.

    `first_painted` is sent when somebody can see and type; only then is everything else loaded.
    """

    first_painted = Signal()

    def __init__(
        self, app: QApplication, start: Start, *, ask: Ask | None = None, leave: Callable[[State], None]
    ) -> None:
        super().__init__()
        self._app, self._leave = app, leave
        self.start = start
        self._settings_file = start.settings_file or paths.settings_file()
        self._settings = settings.load(self._settings_file)
        self._given_ask = ask
        self.context = PageContext(self, self._settings_file, start.folder, practice=start.practice)
        self.opened: Opened | None = None
        self.upkeep: Upkeep | None = None
        self._quitting: Quitting | None = None
        self._band: PracticeBand | None = None
        self._front: QWidget | None = None
        self.locking = False
        """Whether the vault is being closed; nothing more is opened then."""
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

    @cached_property
    def watch(self) -> Watch:
        """Give what watches over the keyboard and mouse."""
        made: Watch = loader.load(_WATCH)(self._app, self._settings.lock_after_minutes)
        made.idled.connect(self.lock)
        made.covered.connect(self.cover)
        return made

    @cached_property
    def guard(self) -> Guard:
        """Give what listens to the computer and keeps copies short."""
        made: Guard = loader.load(_GUARD)(self, self._app, self.lock)
        self.bridge.locked.connect(made.let_go)
        return made

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

    # --- before and when a vault opens ------------------------------------------------------------

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
        self.drop_notice(_ERROR)
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
            self.first_painted.emit()
            self.watch.look()
            QtCore.QTimer.singleShot(0, self, lambda: self.guard)  # nothing can have been copied before

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

    def vault_opened(self, desk: Desk, given: Given | None = None) -> None:
        """Show the vault that was unlocked or made, where its owner left it.

        `given` is what it was opened with, so that a new passphrase can be set with it.
        """
        self._set_practice(desk.practice)
        self.context = self.context._replace(vault=desk, practice=desk.practice)
        self._remember_vault(self.context.folder)  # a desk open to read only stands on a copy
        calls = {"undo": self.saying.undo, "cover": self.cover, "lock": self.lock}
        opened: Opened = loader.load(_OPENED)(self, self.context, calls)
        self.opened = opened
        opened.frame.topbar.lock_pressed.connect(self.lock)
        self._drop_front()
        self._layout.addWidget(opened.frame, 1)
        fresh = "route" not in (self.start.state or {})
        opened.begin(self.start.state or {})
        self.guard.start(self.jobs, lambda words: self.notice("disk", words, "caution"), desk, fresh=fresh)
        self.start = self.start._replace(state=None)
        self.watch.start()
        upkeep: Upkeep = loader.load(_UPKEEP)(self, self.context)
        opened.ticked.connect(upkeep.tick)
        self.upkeep = upkeep
        upkeep.begin(given)

    def _remember_vault(self, folder: Path) -> None:
        if self._settings.last_vault != str(folder):
            self._settings = settings.load(self._settings_file)._replace(last_vault=str(folder))
            settings.save(self._settings, self._settings_file)

    # --- what pages ask of the window ------------------------------------------------------------

    def open(self, page_id: str, **args: str) -> None:
        """Go to a page."""
        if self.opened is not None and not self.locking:
            self.drop_notice(_ERROR)
            self.opened.open(page_id, **args)

    def open_editor(self, editor_id: str, **args: str) -> None:
        """Open an editor in a window of its own."""
        if self.opened is not None and not self.locking:
            self.opened.open_editor(editor_id, **args)

    def set_case(self, case_id: str, code: str) -> None:
        """Say which case is open."""
        if self.opened is not None:
            self.opened.set_case(case_id, code)

    def bind(self, action_id: str, owner: QObject, run: Callable[[], None]) -> None:
        """Say what an action does while `owner` is on the screen."""
        if self.opened is not None:
            self.opened.deeds.bind(action_id, owner, run)

    def say_saved(self) -> None:
        """Show that all is stored, with the time."""
        if self.opened is not None:
            self.opened.say_saved()

    def say_saving(self) -> None:
        """Show that something is being stored."""
        if self.opened is not None:
            self.opened.frame.topbar.saved.saving()

    def say_unsaved(self, words: str) -> None:
        """Show what went wrong with storing."""
        if self.opened is not None:
            self.opened.frame.topbar.saved.went_wrong(words)

    def show_count(self, page_id: str, count: int) -> None:
        """Show a number beside a page's name."""
        if self.opened is not None:
            self.opened.frame.navigation.show_count(page_id, count)

    def fold_navigation(self, folded: bool) -> None:
        """Fold the navigation while a page needs the room."""
        if self.opened is not None:
            self.opened.frame.fold_navigation(folded)

    def _records_changed(self, kinds: frozenset[str]) -> None:
        if self.opened is not None and not self.locking:
            self.drop_notice(_ERROR)
            self.opened.records_changed(kinds)

    def look_again(self) -> None:
        """Show the program as the settings say."""
        self._settings = settings.load(self._settings_file)
        self.watch.set_minutes(self._settings.lock_after_minutes)
        theme.apply(self._app, theme.resolve(self._settings.theme), self._settings.text_size)

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

    # --- covering and locking ------------------------------------------------------------

    def cover(self) -> None:
        """Cover every window at once, or show them again."""
        covered: bool = loader.load(f"{_COVER}:covered")()
        loader.load(f"{_COVER}:{'uncover_all' if covered else 'cover_all'}")()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        escapes = event.key() == QtCore.Qt.Key.Key_Escape and "saying" in self.__dict__
        if not (escapes and self.saying.dismiss()):
            super().keyPressEvent(event)

    @cached_property
    def leaving(self) -> Leaving:
        """Give what closes the vault."""
        made: Leaving = loader.load(_LEAVING)(self, self._leave)
        return made

    def lock(self) -> None:
        """Store drafts, close the vault, and leave with nothing but geometry and ids."""
        if self.context.vault is not None:
            self.leaving.lock()

    def close_by(
        self,
        work: Callable[[Progress], Any],
        *,
        progress: Callable[[int, int], None],
        otherwise: Callable[[ImsaError], None],
    ) -> Job:
        """Have work that ends with the vault closed, such as a new key, and leave as a lock does."""
        return self.leaving.close_by(work, progress=progress, otherwise=otherwise)

    def leave_for(self, page_id: str, *, close: bool = True, **args: str) -> None:
        """Give up the open vault and come back to a page that stands alone."""
        self.leaving.leave_for(page_id, args, close=close)

    def state(self) -> State:
        """Say what survives a lock."""
        geometry = bytes(self.saveGeometry().toBase64().data()).decode("ascii")
        return {"geometry": geometry, **(self.opened.state() if self.opened is not None else {})}

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closing the window of an open vault stores drafts, backs it up and closes the vault first."""
        leaving = self.locking if self._quitting is None else self._quitting.ended
        if self.context.vault is None or leaving:
            super().closeEvent(event)
            return
        event.ignore()
        if self._quitting is None:
            self._quitting = loader.load(_QUITTING)(self, self.context, self._app.quit)
            self._quitting.begin()
        else:
            self._quitting.close_without()

    def end_now(self) -> None:
        """Close the vault and the window without a backup: the system asks for it and will not wait."""
        if self.context.vault is None:
            self.close()
        else:
            self.leaving.end(self._app.quit)
