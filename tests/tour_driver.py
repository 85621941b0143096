"""The tour, with what onlookers could see written down: window titles, the clipboard, its temporary folder.

Usage: `tour_driver.py tour --out DIR …`; IMSA_DRIVEN names the folder that the notes go to.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from program_driver import CONTROL, watch_titles

from imsa_desk import __main__ as program
from imsa_desk.gui.tour import running

if TYPE_CHECKING:
    from imsa_desk.gui.tour.tour import Tour


@contextmanager
def kept_folder(prefix: str) -> Iterator[str]:
    """Give a temporary folder and leave it for whoever looks through it later."""
    yield tempfile.mkdtemp(prefix=prefix)


def note_clipboard() -> None:
    """Write down what the clipboard holds when a process of the tour ends, by a lock or by itself."""
    from PySide6.QtGui import QGuiApplication

    from imsa_desk import supervisor
    from imsa_desk.gui.tour import windows

    def note() -> None:
        file = Path(os.environ[CONTROL]) / f"clipboard-{os.getpid()}"
        file.write_text(QGuiApplication.clipboard().text(), encoding="utf-8")

    leave, end = supervisor.leave_locked, windows._end

    def leaving(state: dict[str, object]) -> None:
        note()
        leave(state)

    def ending(tour: Tour, names: tuple[str, ...]) -> None:
        end(tour, names)
        note()

    supervisor.leave_locked = leaving  # type: ignore[assignment]
    windows._end = ending


def main(words: list[str]) -> int:
    """Take the tour, with every process of it started from here."""
    running.program = lambda: [sys.executable, str(Path(__file__).resolve())]
    tempfile.TemporaryDirectory = kept_folder  # type: ignore[assignment, misc]
    if "--part" in words and "office" not in words:
        watch_titles()
        note_clipboard()
    return program.main(words)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
