"""The worker: the process with the window, and with the keys while a vault is open."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6 import QtCore

from imsa_desk import paths, settings, supervisor
from imsa_desk.gui import loader, theme
from imsa_desk.gui.folders import looks_used, practice_passphrase_file, read_passphrase
from imsa_desk.gui.main_window import MainWindow, Start

if TYPE_CHECKING:
    import threading

    from PySide6.QtWidgets import QApplication

__all__ = ["make_application", "preload_rest", "read_passphrase", "run", "show_notice", "warm"]

_FRONT = "front"
"""In the state: the page that stands alone to begin with, and what it is shown for."""
_SWEEPER = "imsa_desk.gui.sweep:Sweeper"
_SETTLE = "imsa_desk.gui.sweep:settle"
_LISTS = "imsa_desk.services.lists:shipped_lists"
_PAGE = "imsa_desk.gui.widgets.layout:PageScroll"
_WARM_AFTER_MS = 700
_HOOK = "imsa_desk.gui.hook:install"
_READY = "imsa_desk.services.vaults:make_ready"
_DESCRIBE = "imsa_desk.services.vaults:describe"
_HEAVY = ("sqlalchemy", "alembic", "reportlab", "pypdfium2", "psycopg", "sqlcipher3", "imsa_desk.services")
_PRELOADED = (
    "imsa_desk.services.vaults",
    "imsa_desk.gui.opening",
    "imsa_desk.gui.opened",
    "imsa_desk.gui.leaving",
    "imsa_desk.gui.upkeep",
    "imsa_desk.gui.finding",
    "imsa_desk.gui.quitting",
    "imsa_desk.gui.ask",
    "imsa_desk.gui.saying",
    "imsa_desk.gui.typing_guard",
    "imsa_desk.gui.welcome",
    "imsa_desk.gui.widgets.cover",
    "imsa_desk.services.standing",
    "imsa_desk.services.unfinished",
    "sqlalchemy.dialects.sqlite.pysqlcipher",
    "_strptime",
)
"""What the vault's opening needs beside pages and editors, read while the passphrase is typed."""

_FITS = 125
"""Per cent of the usual text size at which the unlock page needs no scroll bar."""

# Nothing may be imported above that the first paint does not need: a test looks.


class _Holder:
    """Holds the locks of vaults that the supervisor does not hold; they go with the process."""

    def __init__(self, held: str, folder: Path, cannot_write: str) -> None:
        self._held = {held} if held else set[str]()
        self._only_read = {str(folder): cannot_write} if cannot_write else {}
        self._stack = ExitStack()

    def hold(self, folder: Path) -> str:
        """Take a folder's lock; give back what to tell the person, "" for nothing.

        A vault whose folder cannot be written is taken without one, to be read only.
        """
        if str(folder) in self._held or not folder.is_dir():
            return ""
        try:
            self._stack.enter_context(supervisor.holding(folder))
        except supervisor.InUse as error:
            return error.message
        except supervisor.CannotLock as error:
            if not looks_used(folder):
                return error.message
            self._only_read[str(folder)] = error.message
            return ""
        self._held.add(str(folder))
        self._only_read.pop(str(folder), None)
        return ""

    def cannot_write(self, folder: Path) -> str:
        """Say why a folder can only be read; "" where it can be written."""
        return self._only_read.get(str(folder), "")


def make_application(chosen: settings.Settings | None = None, *, sheet: bool = True) -> QApplication:
    """Make the application with the theme and text size of the settings, which are read when not given.

    Without the sheet, `theme.finish` is still to come; large text has it in any case, because what needs a
    scroll bar would be seen to change.
    """
    app = theme.make_application(sys.argv[0])
    app.setApplicationName("imsa-desk")
    app.setApplicationDisplayName("Desk")
    app.setDesktopFileName("imsa-desk")
    chosen = chosen or settings.load(paths.settings_file())
    theme.apply(app, theme.guess(chosen.theme), chosen.text_size, sheet=sheet or chosen.text_size > _FITS)
    return app


def run(
    folder: Path,
    practice_file: Path | None,
    state: dict[str, Any],
    chosen: settings.Settings,
    *,
    until_painted: bool = False,
) -> int:
    """Open the window on a vault folder and return the exit status when it is closed."""
    named = state.get(supervisor.VAULT)
    folder = Path(named) if isinstance(named, str) and named else folder
    front = "unlock" if looks_used(folder) else "first_run"
    left_for = state.pop(_FRONT, None)
    if state.get(supervisor.CRASHED):
        left_for = None  # that was before
    app = make_application(chosen, sheet=front != "unlock" or bool(left_for))  # that page does without it
    holder = _Holder(str(state.get(supervisor.HELD, "")), folder, str(state.pop(supervisor.CANNOT_WRITE, "")))
    passphrase = read_passphrase(practice_file or practice_passphrase_file(folder))
    start = Start(
        folder,
        bool(passphrase),
        passphrase,
        state,
        hold=holder.hold,
        cannot_write=holder.cannot_write,
    )

    def leave(left: dict[str, Any]) -> None:
        supervisor.leave_locked({**left, supervisor.VAULT: str(window.context.folder)})

    window = MainWindow(app, start, leave=leave)
    then = (lambda: _report_and_leave(app)) if until_painted else (lambda: _after_first_paint(app, window))
    window.first_painted.connect(then)
    if left_for:
        window.show_front(left_for["page"], **left_for["args"])
    else:
        window.show_front(front, practice=passphrase)
    window.show()
    return app.exec()


def _report_and_leave(app: QApplication) -> None:
    """Say that the window is painted, and which heavy libraries that took; for the benchmark.

    On standard error: standard output is the supervisor's.
    """
    print("painted", *(name for name in _HEAVY if name in sys.modules), file=sys.stderr, flush=True)
    app.quit()


def _after_first_paint(app: QApplication, window: MainWindow) -> None:
    """Guard the process, import the rest while the person types, and look properly at the folder."""
    supervisor.harden()  # nothing has been typed yet
    loader.load(_SWEEPER)(app)
    chosen = settings.load(paths.settings_file())
    if theme.resolve(chosen.theme) is not theme.scheme():
        window.look_again()
    theme.finish(app)
    _end_on_request(window)
    if (window.start.state or {}).get(supervisor.CRASHED):
        window.toast("Desk stopped without warning and was started again. What was saved is safe")
    loader.load(_HOOK)(lambda words: window.bridge.tell(words, "error"))
    folder = window.context.folder
    preload_rest()
    QtCore.QTimer.singleShot(_WARM_AFTER_MS, window, warm)
    shown = "unlock" if looks_used(folder) else "first_run"

    def described(info: Any) -> None:
        """Correct the first guess; a page that is right already is left alone, somebody may be typing."""
        right = "unlock" if info.exists else "first_run"
        guessed = window.front in ("unlock", "first_run")  # anything else somebody has gone to
        differs = right != shown or info.practice != window.context.practice
        if window.context.vault is None and guessed and differs:
            window.vault_described(info.exists, info.practice)

    window.jobs.run(lambda _: loader.load(_DESCRIBE)(folder), owner=window, then=described)


def preload_rest() -> threading.Thread:
    """Import in a thread what the first paint did not need."""
    from imsa_desk.gui.tables import EDITORS, PAGES  # not wanted before the first paint

    wanted = [*(page.path for page in PAGES), *(editor.path for editor in EDITORS)]
    modules = [path.partition(":")[0] for path in wanted if loader.exists(path)]
    # What the program is made of lasts: walking over it again and again would hold up a keystroke.
    return loader.preload([*_PRELOADED, *modules], then=_read_ahead)


def _read_ahead() -> None:
    loader.load(_READY)()
    loader.load(_LISTS)()
    loader.load(_SETTLE)()


def warm() -> None:
    """Make a page and throw it away: Qt builds what it needs for the first one, which takes its time."""
    loader.load(_PAGE)().deleteLater()


def _end_on_request(window: MainWindow) -> None:
    import signal  # not wanted before the first paint

    if hasattr(signal, "SIGTERM"):
        signal.signal(signal.SIGTERM, lambda *_: window.end_now())


def show_notice(words: str) -> int:
    """Show one message in a window of its own, for a parent that has none."""
    from PySide6.QtWidgets import QMessageBox  # only here

    make_application()
    QMessageBox.information(None, "Desk", words)
    return 0
