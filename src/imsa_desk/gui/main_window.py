"""The main window: the band, the front pages, the frame of an open vault, locking and covering."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QByteArray, QObject, Qt
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QStackedWidget, QVBoxLayout, QWidget

from imsa_desk import paths, settings
from imsa_desk.errors import ImsaError
from imsa_desk.gui import loader, theme
from imsa_desk.gui.actions import Action
from imsa_desk.gui.ask import WINDOW_TITLE, Ask
from imsa_desk.gui.bridge import Bridge, Notice
from imsa_desk.gui.clock import Watch
from imsa_desk.gui.doing import Deeds
from imsa_desk.gui.editors import Editors
from imsa_desk.gui.frame import Frame, entry_of
from imsa_desk.gui.jobs import Jobs
from imsa_desk.gui.needs import Needs
from imsa_desk.gui.pages import PageContext, as_page
from imsa_desk.gui.widgets.banner import Banner, PracticeBand
from imsa_desk.gui.widgets.cover import cover_all, covered, uncover_all
from imsa_desk.gui.widgets.palette import Palette
from imsa_desk.gui.widgets.toast import Toast

if TYPE_CHECKING:
    from imsa_desk.services.desk import Desk

State = dict[str, Any]
"""What survives a lock: geometry and ids, nothing secret."""

_VAULT_VERBS = "imsa_desk.services.vaults"
_FINDER = "imsa_desk.gui.finding:finder"
_SIZE = (1366, 768)


@dataclass(frozen=True, slots=True)
class Start:
    """What the window starts with."""

    folder: Path
    practice: bool = False
    practice_passphrase: str = ""
    state: Mapping[str, Any] | None = None
    settings_file: Path = field(default_factory=paths.settings_file)
    hold: Callable[[Path], str] = lambda _: ""
    """Takes the lock of another vault folder; gives back what to tell the person, "" for nothing."""


class MainWindow(QWidget):
    """Knows no feature: it opens what the tables name and hands each page the same context."""

    def __init__(
        self, app: QApplication, start: Start, *, ask: Ask | None = None, leave: Callable[[State], None]
    ) -> None:
        super().__init__()
        self._app, self._leave = app, leave
        self.start = start
        self._settings = settings.load(self.start.settings_file)
        self.bridge = Bridge(self)
        self.jobs = Jobs(self.bridge, self)
        self.ask = ask or Ask()
        self.context = PageContext(
            self, self.bridge, self.jobs, self.ask, start.settings_file, start.folder, practice=start.practice
        )
        self.watch = Watch(app, self._settings.lock_after_minutes)
        self.editors = Editors(self)
        self.frame: Frame | None = None
        self._case: tuple[str, str] = ("", "")
        self._locking = False
        self._palette: Palette | None = None
        self._front: QWidget | None = None
        self.deeds = self._make_deeds()
        self._build()
        self._connect()
        self._retitle()

    def _build(self) -> None:
        self._band = PracticeBand()
        self._band.setVisible(self.start.practice)
        self.ask.practice = self.start.practice
        self._notice = Banner("", "alert", verb="Close")
        self._notice.hide()
        self._stack = QStackedWidget()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._band)
        layout.addWidget(self._notice)
        layout.addWidget(self._stack, 1)
        self._toast = Toast(self)
        self.resize(*_SIZE)
        kept = (self.start.state or {}).get("geometry")
        if isinstance(kept, str):
            self.restoreGeometry(QByteArray.fromBase64(QByteArray(kept.encode("ascii"))))

    def _connect(self) -> None:
        self._notice.pressed.connect(self._notice.hide)
        self.bridge.told.connect(self._tell)
        self.bridge.changed.connect(self._records_changed)
        self.watch.idled.connect(self.lock)
        self.watch.covered.connect(self.cover)

    def _make_deeds(self) -> Deeds:
        calls: dict[str, Callable[[], None]] = {
            "show_palette": self.show_palette,
            "undo": self.undo,
            "back": self.back,
            "cover": self.cover,
            "lock": self.lock,
        }
        return Deeds(self.open, self._open_for_case, calls, self._what_is_open, self._refuse)

    # --- what is open ---------------------------------------------------------------------------------

    def _what_is_open(self) -> Needs:
        if self.context.vault is None or self._locking or covered():
            return Needs.NONE
        return Needs.CASE if self._case[0] else Needs.VAULT

    def _refuse(self, action: Action) -> None:
        if self.context.vault is not None and not covered() and action.needs is Needs.CASE:
            self.toast("Open a case first")

    def show_front(self, page_id: str, **args: str) -> None:
        """Show unlock or first run alone in the window."""
        entry = entry_of(page_id)
        assert entry is not None, page_id
        front: QWidget = loader.load(entry.path)(self.context)
        self._stack.addWidget(front)
        self._stack.setCurrentWidget(front)
        if self._front is not None:
            self._front.deleteLater()
        self._front = front
        as_page(front).show_for(**args)

    def use_folder(self, folder: Path) -> str:
        """Take another vault folder in hand."""
        refused = self.start.hold(folder)
        if not refused:
            self.start = replace(self.start, folder=folder, practice=False, practice_passphrase="")
            self.context = replace(self.context, folder=folder, practice=False)
        return refused

    def vault_described(self, exists: bool, practice: bool) -> None:
        """Show unlock or first run for the folder in hand."""
        if self.context.vault is not None:
            return
        self._set_practice(practice)
        self.context = replace(self.context, practice=practice)
        if exists:
            self.show_front("unlock", practice=self.start.practice_passphrase if practice else "")
        else:
            self.show_front("first_run")

    def vault_opened(self, desk: Desk) -> None:
        """Show the vault that was unlocked or made, where its owner left it."""
        self._set_practice(desk.practice)
        self.context = replace(self.context, vault=desk, practice=desk.practice)
        self._remember_vault(desk.folder)
        self.frame = Frame(self.context)
        self.frame.topbar.searched.connect(self.show_palette)
        self.frame.topbar.lock_pressed.connect(self.lock)
        self.frame.topbar.not_held_pressed.connect(lambda: self.open("exchange"))
        self.frame.navigation.gone_to.connect(self.open)
        self._stack.addWidget(self.frame)
        self._stack.setCurrentWidget(self.frame)
        if self._front is not None:
            self._front.deleteLater()
            self._front = None
        self.deeds.shortcuts(self)
        self._return_to_where_it_was()
        self.watch.start()

    def _set_practice(self, practice: bool) -> None:
        self._band.setVisible(practice)
        self.ask.practice = practice

    def _remember_vault(self, folder: Path) -> None:
        if self._settings.last_vault != str(folder):
            self._settings = replace(settings.load(self.start.settings_file), last_vault=str(folder))
            settings.save(self._settings, self.start.settings_file)

    def _return_to_where_it_was(self) -> None:
        state = self.start.state or {}
        route = state.get("route") or {}
        page_id = str(route.get("page", "")) or "today"
        args = {str(k): str(v) for k, v in dict(route.get("args", {})).items()}
        if not self._show_page(page_id, args):
            for fallback in ("today", "caseload", "settings"):
                if self._show_page(fallback, {}):
                    break
        for kept in state.get("editors", []):
            self.open_editor(str(kept["id"]), **{str(k): str(v) for k, v in kept["args"].items()})
        self.start = replace(self.start, state=None)

    def _show_page(self, page_id: str, args: dict[str, str]) -> bool:
        return self.frame is not None and self.frame.open(page_id, args)

    def open(self, page_id: str, **args: str) -> None:
        """Go to a page."""
        if "case_id" not in args:
            self.set_case("", "")
        self._show_page(page_id, args)

    def back(self) -> None:
        """Go to where the person was before."""
        if self.frame is not None:
            self.set_case("", "")
            self.frame.back()

    def open_editor(self, editor_id: str, **args: str) -> None:
        """Open an editor in a window of its own."""
        if self.context.vault is not None and not self._locking:
            self.editors.open(self.context, editor_id, self.windowTitle(), args)

    def _open_for_case(self, editor_id: str) -> None:
        args = {"case_id": self._case[0]} if self._case[0] and editor_id != "case" else {}
        self.open_editor(editor_id, **args)

    def set_case(self, case_id: str, code: str) -> None:
        """Say which case is open; its code, and nothing else of it, stands in the title."""
        self._case = (case_id, code)
        self._retitle()

    def _retitle(self) -> None:
        code = self._case[1]
        self.setWindowTitle(f"{WINDOW_TITLE} - {code}" if code else WINDOW_TITLE)

    # --- what is said ---------------------------------------------------------------------------------

    def toast(self, words: str, undo: Callable[[], None] | None = None) -> None:
        """Say what was done."""
        self._toast.say(words, undo)

    def _tell(self, notice: Notice) -> None:
        if notice.kind == "info":
            self.toast(notice.words)
            return
        self._notice.show_words(notice.words, "alert")
        self._notice.show()

    def undo(self) -> None:
        """Take back what the toast offers to take back."""
        if self._toast.can_undo:
            self._toast.undo()
        else:
            self.toast("Nothing to undo here. Earlier versions are in each record’s history")

    def say_saved(self) -> None:
        """Show that all is stored, with the time."""
        if self.frame is not None:
            self.frame.topbar.saved.saved(f"{datetime.now().astimezone():%H:%M}")

    def say_saving(self) -> None:
        """Show that something is being stored."""
        if self.frame is not None:
            self.frame.topbar.saved.saving()

    def say_unsaved(self, words: str) -> None:
        """Show what went wrong with storing."""
        if self.frame is not None:
            self.frame.topbar.saved.went_wrong(words)

    def show_not_held(self, count: int) -> None:
        """Show how many changes the organisation does not yet hold."""
        if self.frame is not None:
            self.frame.topbar.show_not_held(count)

    def show_count(self, page_id: str, count: int) -> None:
        """Show a number beside a page's name."""
        if self.frame is not None:
            self.frame.navigation.show_count(page_id, count)

    def fold_navigation(self, folded: bool) -> None:
        """Fold the navigation while a page needs the room."""
        if self.frame is not None:
            self.frame.fold_navigation(folded)

    def bind(self, action_id: str, owner: QObject, run: Callable[[], None]) -> None:
        """Say what an action does while `owner` is on the screen."""
        self.deeds.bind(action_id, owner, run)

    def _records_changed(self, kinds: frozenset[str]) -> None:
        self.say_saved()
        if self.frame is not None and not self._locking:
            self.frame.records_changed(kinds)
            self.editors.refresh(kinds)

    def look_again(self) -> None:
        """Show the program as the settings say."""
        self._settings = settings.load(self.start.settings_file)
        self.watch.set_minutes(self._settings.lock_after_minutes)
        theme.apply(self._app, theme.resolve(self._settings.theme), self._settings.text_size)

    def show_palette(self) -> None:
        """Open the palette over the window."""
        if self.context.vault is None or self._palette is not None or covered():
            return
        finder = loader.load(_FINDER)(self.context) if loader.exists(_FINDER) else None
        self._palette = Palette(self, self.deeds.lines(), finder)
        self._palette.closed.connect(self._palette_closed)

    def _palette_closed(self) -> None:
        self._palette = None

    # --- covering and locking ---------------------------------------------------------------------------

    def cover(self) -> None:
        """Cover every window at once, or show them again."""
        if covered():
            uncover_all()
        else:
            cover_all()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._toast.words:
            self._toast.dismiss()
            return
        super().keyPressEvent(event)

    def lock(self) -> None:
        """Store drafts, close the vault, and leave with nothing but geometry and ids."""
        desk = self.context.vault
        if desk is None or self._locking:
            return
        self.watch.stop()
        state = self.state()
        if self.frame is not None:
            self.frame.flush()
        self.editors.flush()
        self._locking = True
        if not covered():
            cover_all()
        self.bridge.locked.emit()
        close = loader.load(f"{_VAULT_VERBS}:lock")
        self.jobs.run(
            lambda _: close(desk), owner=self, then=lambda _: self._leave(state), otherwise=self._stay
        )

    def _stay(self, error: ImsaError) -> None:
        self._locking = False
        uncover_all()
        self.watch.start()
        self.bridge.tell(error.message, "error")

    def state(self) -> State:
        """Say what survives a lock."""
        route = self.frame.route if self.frame is not None else None
        kept: State = {"geometry": bytes(self.saveGeometry().toBase64().data()).decode("ascii")}
        if route is not None:
            kept["route"] = {"page": route.page_id, "args": dict(route.args)}
            kept["editors"] = self.editors.state()
        return kept

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closing an open vault's window stores drafts and closes the vault first."""
        desk = self.context.vault
        if desk is None or self._locking:
            super().closeEvent(event)
            return
        event.ignore()
        leave, self._leave = self._leave, lambda _: self._app.quit()
        self.lock()
        if not self._locking:
            self._leave = leave
