"""How long the window takes to be painted, against an empty PySide6 window."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.figures import Figure, ratio, side_by_side
from imsa_desk import app

WORKER_LIMIT, COMMAND_LIMIT = 1.3, 1.7
# Both programs say that they are painted in the same way: from the event loop, after the first paint event.
EMPTY = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget

class Empty(QWidget):
    def paintEvent(self, event):
        QTimer.singleShot(0, painted)

def painted():
    print("painted", file=sys.stderr, flush=True)
    app.quit()

app = QApplication([])
window = Empty()
window.resize(1366, 768)
window.show()
app.exec()
"""


def measure(full: bool) -> list[Figure]:
    """Start the empty window, the worker alone and the whole command in turn, warm, with the unlock page.

    Offscreen, unless the environment names another platform: under an X server the window is really mapped.
    """
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        vault = home / "vault"
        vault.mkdir()
        (vault / "header").touch()
        _write_settings(home, vault)
        worker = (*app.worker_command(vault)[1:], "--until-painted")
        whole = ("-m", "imsa_desk", "open", str(vault), "--until-painted")
        works = (
            lambda: _until_painted(home, "-c", EMPTY),
            lambda: _until_painted(home, *worker),
            lambda: _until_painted(home, *whole),
        )
        side_by_side(1, *works)  # the first of each reads the disk and writes .pyc files
        empty, alone, command = side_by_side(61 if full else 15, *works)
    return [
        ratio("worker start to first paint / empty window", WORKER_LIMIT, alone, empty),
        ratio("whole command to first paint / empty window", COMMAND_LIMIT, command, empty),
    ]


def _write_settings(home: Path, vault: Path) -> None:
    """Leave the settings as they are after the first vault was opened; a new program has none to read."""
    folder = home / ".config" / "imsa-desk"
    folder.mkdir(parents=True)
    (folder / "settings.json").write_text(json.dumps({"last_vault": str(vault)}), encoding="utf-8")


def _until_painted(home: Path, *words: str) -> float:
    """Start a program and return the seconds until it said that it was painted; wait for its end."""
    environment = {**os.environ, "HOME": str(home)}
    environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    for name in ("PYTHONDONTWRITEBYTECODE", "XDG_CONFIG_HOME"):  # an installed program has its .pyc files
        environment.pop(name, None)
    start = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, *words],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as program:
        assert program.stderr
        said = b"-"
        while said and not said.startswith(b"painted"):  # Qt may have something to say before
            said = program.stderr.readline()
        painted = time.perf_counter() - start
        program.stderr.read()
        if program.wait(timeout=60) or not said:
            raise RuntimeError(f"{' '.join(words[:3])} ended with {program.returncode}")
        return painted
