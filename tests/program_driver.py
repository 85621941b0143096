"""The real program, parent and workers, told by files what a person does with keys; run as a script.

Usage: `program_driver.py WORDS…` with the words of `imsa-desk`. The variable IMSA_DRIVEN names a folder: a
file `1.json`, `2.json`, … in it holds one thing to do as a list of words, and becomes `1.done` with what came
of it.
Only this script makes a process readable from outside (by leaving out the part of hardening that forbids it).
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from imsa_desk import __main__ as program
from imsa_desk import app, settings, supervisor

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from imsa_desk.gui.main_window import MainWindow
    from imsa_desk.gui.tour.driver import Driver

# The parent stays without Qt, as the program's own does: what needs it imports it.

CONTROL = "IMSA_DRIVEN"
READABLE = "IMSA_READABLE"
_EVERY_MS = 20
_PR_GET_DUMPABLE = 3
_KEPT: list[Hands] = []
"""A signal does not keep whom it calls."""


def _notes(application: QApplication, window: MainWindow) -> None:
    """Take up commands as soon as the window can be worked."""
    from PySide6.QtCore import QTimer

    from imsa_desk.gui.tour.driver import Driver

    hands = Hands(Driver(application, window))
    _KEPT.append(hands)
    timer = QTimer(window)
    timer.setInterval(_EVERY_MS)
    timer.timeout.connect(hands.look)
    timer.start()
    (_folder() / f"ready-{os.getpid()}").touch()


def _folder() -> Path:
    return Path(os.environ[CONTROL])


class Hands:
    """Does one thing after the other in the window; `driver` is the tour's, which uses keys and mouse."""

    def __init__(self, driver: Driver) -> None:
        self.d = driver
        self._busy = False

    def look(self) -> None:
        """Do what the next file says, if there is one; errors are told and end nothing."""
        waiting = sorted(_folder().glob("*.json"), key=lambda f: int(f.stem))
        if self._busy or not waiting:
            return
        self._busy = True
        file = waiting[0]
        verb, *words = json.loads(file.read_text(encoding="utf-8"))
        file.unlink()  # before it is done: a lock ends this process
        try:
            do: Callable[..., str | None] = getattr(self, f"do_{verb}")
            came = (True, do(*words) or "")
        except Exception as error:
            came = (False, f"{type(error).__name__}: {error}")
        part = file.with_suffix(".part")
        part.write_text(json.dumps(came), encoding="utf-8")
        part.rename(file.with_suffix(".done"))
        self._busy = False

    def do_unlock(self, file: str) -> None:
        """Type the passphrase that stands in a file."""
        self.d.until(lambda: self.d.there("Passphrase"), "the unlock page")
        self.d.window.activateWindow()
        self.d.fill("Passphrase", Path(file).read_text(encoding="utf-8").strip())
        self.d.key("Return")
        self.d.until(lambda: self.d.window.opened is not None, "the vault to open")
        self.d.settle()

    def do_case(self, tab: str) -> None:
        """Show the first case."""
        from imsa_desk.services.caseload import caseload

        self.d.window.open("case", case_id=caseload(self.d.window.context.desk)[0].id, tab=tab)
        self.d.settle()

    def do_type(self, words: str) -> None:
        """Begin a meeting of the case that is shown, and leave it half written."""
        self.d.key("Ctrl+M")
        self.d.editor()
        self.d.fill("What happened: facts, times, who said what", words)

    def do_document(self) -> None:
        """Open the first document of the first case, and do not wait for its pages."""
        from imsa_desk.services.caseload import caseload
        from imsa_desk.services.documents import documents_of

        desk = self.d.window.context.desk
        case_id = caseload(desk)[0].id
        found = documents_of(desk, case_id)[0]
        self.d.window.open_editor("document", case_id=case_id, document_id=found.id)

    def do_print(self) -> None:
        """Open the print of the first assessment, say that it is safe, and think better of it."""
        from imsa_desk.gui.forms.print_preview import PrintPreview
        from imsa_desk.services.assessments import assessments_of
        from imsa_desk.services.caseload import caseload

        desk = self.d.window.context.desk
        case_id = caseload(desk)[0].id
        one = assessments_of(desk, case_id)[0]
        self.d.window.open_editor("print", case_id=case_id, assessment_id=one.id)
        made: list[PrintPreview] = []

        def ready() -> bool:
            made[:] = self.d.window.findChildren(PrintPreview)
            return bool(made) and bool(made[0].pages)

        self.d.until(ready, "the pages")
        made[0].safe.setChecked(True)
        self.d.window.ask.__dict__["save_file"] = lambda *_: None  # "Cancel" in the system's own dialog
        made[0].save()
        made[0].window().close()
        self.d.settle()

    def do_lock(self) -> None:
        """Press Ctrl+L, which ends this process."""
        (_folder() / "locking").touch()
        self.d.key("Ctrl+L")

    def do_close(self) -> None:
        """Close the window, which ends the program."""
        self.d.window.close()

    def do_dumpable(self) -> str:
        """Ask the system whether this process may be looked into."""
        return str(ctypes.CDLL(None).prctl(_PR_GET_DUMPABLE, 0, 0, 0, 0))

    def do_leak(self, where: str, words: str) -> None:
        """Let something out on purpose, as a careless change to the program would."""
        from imsa_desk import paths

        if where == "log":
            folder = paths.private_folder(paths.state_folder())
            (folder / "desk.log").write_text(f"opened {words}\n", encoding="utf-8")
        elif where == "settings":
            file = paths.settings_file()
            settings.save(settings.load(file)._replace(last_vault=words), file)
        elif where == "title":
            self.d.window.setWindowTitle(words)
        elif where == "argument":
            import subprocess

            subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3)", words])
        else:
            raise ValueError(where)


def watch_titles() -> None:
    """Note every title a window is given in the control folder's `titles`."""
    from PySide6.QtWidgets import QWidget

    plain = QWidget.setWindowTitle
    lock = threading.Lock()

    def noting(widget: QWidget, title: str) -> None:
        with lock, (_folder() / "titles").open("a", encoding="utf-8") as file:
            file.write(title + "\n")
        plain(widget, title)

    QWidget.setWindowTitle = noting  # type: ignore[method-assign]


def _drive_worker() -> None:
    from imsa_desk.gui import worker

    after = worker._after_first_paint

    def both(app: QApplication, window: MainWindow) -> None:
        after(app, window)
        _notes(app, window)

    worker._after_first_paint = both
    watch_titles()


def main(words: list[str]) -> int:
    """Run the program with every process of it driven from here."""
    app._this_program = lambda: [sys.executable, str(Path(__file__).resolve())]
    if os.environ.get(READABLE):
        supervisor.harden = supervisor.keep_private
    if words[:1] == ["--worker"]:
        _drive_worker()
    return program.main(words)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
