"""The main window: what an open vault shows, what pages ask of it, covering, locking and leaving."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from PySide6 import QtCore

from imsa_desk import settings
from imsa_desk.gui import loader, theme
from imsa_desk.gui.front_window import ERROR, FrontWindow, Start, State
from imsa_desk.gui.pages import PageContext

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtCore import QObject
    from PySide6.QtGui import QCloseEvent, QKeyEvent
    from PySide6.QtWidgets import QApplication

    from imsa_desk.errors import ImsaError
    from imsa_desk.gui.ask import Ask
    from imsa_desk.gui.clock import Watch
    from imsa_desk.gui.guard import Guard
    from imsa_desk.gui.jobs import Job
    from imsa_desk.gui.leaving import Leaving
    from imsa_desk.gui.opened import Opened
    from imsa_desk.gui.opening import Given
    from imsa_desk.gui.quitting import Quitting
    from imsa_desk.gui.upkeep import Upkeep
    from imsa_desk.progress import Progress
    from imsa_desk.services.desk import Desk

__all__ = ["MainWindow", "Start", "State"]

# Everything above is imported before the first paint; the rest is loaded when it is first wanted.

_LEAVING = "imsa_desk.gui.leaving:Leaving"
_COVER = "imsa_desk.gui.widgets.cover"
_GUARD = "imsa_desk.gui.guard:Guard"
_WATCH = "imsa_desk.gui.clock:Watch"
_OPENED = "imsa_desk.gui.opened:Opened"
_QUITTING = "imsa_desk.gui.quitting:Quitting"
_UPKEEP = "imsa_desk.gui.upkeep:Upkeep"


class MainWindow(FrontWindow):
    """Knows no feature: it opens what the tables name and hands each page the same context."""

    def __init__(
        self, app: QApplication, start: Start, *, ask: Ask | None = None, leave: Callable[[State], None]
    ) -> None:
        super().__init__(app, start, ask)
        self._leave = leave
        self.context = PageContext(self, self._settings_file, start.folder, practice=start.practice)
        self.opened: Opened | None = None
        self.upkeep: Upkeep | None = None
        self._quitting: Quitting | None = None
        self.locking = False
        """Whether the vault is being closed; nothing more is opened then."""

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

    # --- when somebody can see it, and when a vault opens --------------------------------------------

    def _shows(self) -> None:
        super()._shows()
        self.watch.look()
        QtCore.QTimer.singleShot(0, self, lambda: self.guard)  # nothing can have been copied before

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
            self.drop_notice(ERROR)
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
            self.drop_notice(ERROR)
            self.opened.records_changed(kinds)

    def look_again(self) -> None:
        """Show the program as the settings say."""
        self._settings = settings.load(self._settings_file)
        self.watch.set_minutes(self._settings.lock_after_minutes)
        theme.apply(self._app, theme.resolve(self._settings.theme), self._settings.text_size)

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
