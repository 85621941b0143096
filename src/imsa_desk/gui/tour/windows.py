"""The worker of the tour: the program's own window, driven step by step, each step timed and told."""

from __future__ import annotations

import os
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn

from PySide6.QtCore import QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QApplication

from imsa_desk import paths, supervisor
from imsa_desk.errors import ImsaError
from imsa_desk.gui import hook, loader, worker
from imsa_desk.gui.bridge import Notice
from imsa_desk.gui.folders import read_passphrase
from imsa_desk.gui.main_window import MainWindow, Start
from imsa_desk.gui.sweep import Sweeper
from imsa_desk.gui.tour.answers import Answers
from imsa_desk.gui.tour.driver import Driver, lost
from imsa_desk.gui.tour.plan import AGAIN, FIRST_RUN, WORK, Plan, StepDone, write_event
from imsa_desk.gui.tour.screens import Camera
from imsa_desk.gui.tour.tour import Tour

_HERE = "imsa_desk.gui.tour"
_STEPS: dict[tuple[str, ...], tuple[str, ...]] = {
    FIRST_RUN: (f"{_HERE}.steps_first:make_own_vault",),
    WORK: (
        f"{_HERE}.steps_pages:unlock",
        f"{_HERE}.steps_pages:look_round",
        f"{_HERE}.steps_case:add_survivor",
        f"{_HERE}.steps_case:log_meeting",
        f"{_HERE}.steps_contact:add_professional",
        f"{_HERE}.steps_contact:record_consent",
        f"{_HERE}.steps_contact:record_contact",
        f"{_HERE}.steps_case:open_other_editors",
        f"{_HERE}.steps_assessment:fill_in",
        f"{_HERE}.steps_assessment:respond",
        f"{_HERE}.steps_assessment:sign",
        f"{_HERE}.steps_assessment:print_it",
        f"{_HERE}.steps_case:read_tabs",
        f"{_HERE}.steps_case:read_other_case",
        f"{_HERE}.steps_review:compare_reviews",
        f"{_HERE}.steps_review:read_plan_and_forms",
        f"{_HERE}.steps_exchange:make_office",
        f"{_HERE}.steps_exchange:join",
        f"{_HERE}.steps_exchange:enrol",
        f"{_HERE}.steps_exchange:export",
        f"{_HERE}.steps_exchange:ingest",
        f"{_HERE}.steps_exchange:take_receipt",
        f"{_HERE}.steps_sharing:choose_coordination",
        f"{_HERE}.steps_sharing:publish",
        f"{_HERE}.steps_sharing:take_reference_in",
        f"{_HERE}.steps_sharing:write_on_two_laptops",
        f"{_HERE}.steps_sharing:settle_conflict",
        f"{_HERE}.steps_handover:ask_handover",
        f"{_HERE}.steps_handover:take_answer_in",
        f"{_HERE}.steps_handover:read_dossier",
        f"{_HERE}.steps_handover:count_cases",
        f"{_HERE}.steps_pages:cover_and_find",
    ),
    AGAIN: (f"{_HERE}.steps_pages:after_lock", f"{_HERE}.steps_pages:unlock_again"),
}
_FAILED = 4


class _Trouble:
    """Notes what went wrong behind the scenes: errors told to the person, and bugs in slots."""

    def __init__(self, window: MainWindow) -> None:
        self._noted: list[str] = []
        window.bridge.told.connect(self._told)
        sys.excepthook = self._bug

    def _told(self, notice: Notice) -> None:
        if notice.kind != "info":
            self._noted.append(notice.words)

    def _bug(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        traceback.print_exception(kind, error, trace)
        said = error.message if isinstance(error, ImsaError) else hook.describe(kind, trace)
        self._noted.append(said.strip().splitlines()[-1])

    def check(self) -> None:
        """Fail the step if anything was noted."""
        if self._noted:
            words = "; ".join(dict.fromkeys(self._noted))
            self._noted.clear()
            raise lost(words)


def run(plan: Plan, part: str) -> int:
    """Open the program's window and take the steps of a part; the state says whether it was locked."""
    supervisor.harden()
    state = supervisor.read_state()
    if state.get(supervisor.CRASHED):
        return _FAILED  # the step under way is named by the parent
    app = worker.make_application()
    Sweeper(app)
    app.setCursorFlashTime(0)
    for file in sorted((paths.resources() / "fonts").glob("*.ttf")):
        QFontDatabase.addApplicationFont(str(file))
    qInstallMessageHandler(_qt_says)
    names = FIRST_RUN if part == "first" else AGAIN if "route" in state else WORK
    window, answers = _open(app, plan, part, state)
    driver = Driver(app, window)
    tour = Tour(plan, driver, Camera(driver, plan.screens), answers, window, dict(state))
    trouble = _Trouble(window)
    QTimer.singleShot(0, lambda: _drive(tour, names, trouble))
    return app.exec()


def _open(app: QApplication, plan: Plan, part: str, state: dict[str, Any]) -> tuple[MainWindow, Answers]:
    """Open the window as the worker does, on the vault of this part."""
    answers = Answers()
    if part == "first":
        start = Start(paths.default_vault_folder(), state=state)
    else:
        start = Start(plan.vault, True, read_passphrase(plan.passphrase), state)

    def leave(left: dict[str, Any]) -> None:
        supervisor.leave_locked({**left, supervisor.VAULT: str(window.context.folder)})

    window = MainWindow(app, start, ask=answers, leave=leave)
    window.setGeometry(window.screen().availableGeometry())
    window.show_front("first_run" if part == "first" else "unlock", practice=start.practice_passphrase)
    window.show()
    return window, answers


def _qt_says(kind: QtMsgType, _context: object, words: str) -> None:
    """Pass Qt's own words on; the parent shows them with `--debug` only."""
    sys.stderr.write(f"Qt {kind.name}: {words}\n")


def _drive(tour: Tour, names: tuple[str, ...], trouble: _Trouble) -> None:
    """Take one step after the other; the first that cannot be taken ends the tour."""
    tour.driver.window.activateWindow()
    for name, path in zip(names, _STEPS[names], strict=True):
        started = time.monotonic()
        try:
            step: Callable[[Tour], None] = loader.load(path)
            step(tour)
            tour.driver.settle()
            trouble.check()
            if tour.answers.left:
                raise lost("a question that was expected was not asked")
        except Exception as error:
            traceback.print_exc()
            _fail(tour, name, time.monotonic() - started, error)
        # What is wrong with a picture fails its step, but the steps after it can still be taken.
        seen, tour.camera.wrong = tour.camera.wrong, []
        _tell(StepDone(name, time.monotonic() - started, not seen, "; ".join(seen)))
        if seen and not tour.plan.failed.exists():
            tour.camera.screen().save(str(tour.plan.failed))
    _end(tour, names)


def _end(tour: Tour, names: tuple[str, ...]) -> None:
    """Lock after the work, which ends this process; close the window after the rest."""
    if names is WORK:
        started = time.monotonic()
        try:
            tour.driver.key("Ctrl+L")
            tour.driver.until(lambda: False, "the lock to end this process")
        except Exception as error:
            _fail(tour, AGAIN[0], time.monotonic() - started, error)
    tour.window.close()


def _fail(tour: Tour, name: str, seconds: float, error: Exception) -> NoReturn:
    why = error.message if isinstance(error, ImsaError) else _place(error)
    tour.camera.screen().save(str(tour.plan.failed))
    _tell(StepDone(name, seconds, False, why))
    os._exit(_FAILED)


def _place(error: Exception) -> str:
    """Name an unexpected error by its type and place: its text might quote a record."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(last.filename).name}:{last.lineno}"
    return f"a fault in the program, {type(error).__name__} in {where}"


def _tell(step: StepDone) -> None:
    sys.stderr.write(write_event(step) + "\n")
    sys.stderr.flush()
