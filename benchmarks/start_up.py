"""How long the window takes to be painted, against an empty PySide6 window."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.figures import Figure, ratio, side_by_side

WORKER_LIMIT, COMMAND_LIMIT = 1.3, 1.7
EMPTY = """
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget

class FirstPaint(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            app.removeEventFilter(self)
            QTimer.singleShot(0, painted)
        return False

def painted():
    print("painted", flush=True)
    app.quit()

app = QApplication([])
first = FirstPaint()
app.installEventFilter(first)
window = QWidget()
window.resize(1366, 768)
window.show()
app.exec()
"""


def measure(full: bool) -> list[Figure]:
    """Start the empty window, the worker alone and the whole command in turn, warm, offscreen."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        vault = home / "vault"
        vault.mkdir()
        (vault / "header").touch()
        worker = ("-m", "imsa_desk", "--worker", str(vault), "--until-painted")
        whole = ("-m", "imsa_desk", "open", str(vault), "--until-painted")
        works = (
            lambda: _until_painted(home, "-c", EMPTY)[0],
            lambda: _until_painted(home, *worker)[0],
            lambda: _whole_command(home, whole, worker),
        )
        side_by_side(1, *works)  # the first of each reads the disk and writes .pyc files
        empty, alone, command = side_by_side(41 if full else 11, *works)
    return [
        ratio("worker start to first paint / empty window", WORKER_LIMIT, alone, empty),
        ratio("whole command to first paint / empty window", COMMAND_LIMIT, command, empty),
    ]


def _whole_command(home: Path, whole: tuple[str, ...], worker: tuple[str, ...]) -> float:
    """Time the command to its first paint.

    Its worker's output belongs to the supervisor, so the command is timed to its end, and what a worker takes
    from its paint to its end is taken off.
    """
    _, ended = _until_painted(home, *whole)
    painted, worker_ended = _until_painted(home, *worker)
    return ended - (worker_ended - painted)


def _until_painted(home: Path, *words: str) -> tuple[float, float]:
    """Start a program; return the seconds until it printed its first line and until it ended."""
    environment = {**os.environ, "HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program has its .pyc files
    start = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, *words],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as program:
        assert program.stdout
        program.stdout.readline()
        painted = time.perf_counter() - start
        if program.wait(timeout=60):
            raise RuntimeError(f"{' '.join(words[:3])} ended with {program.returncode}")
        return painted, time.perf_counter() - start
