"""The clipboards of a real X server, with another program on the other side."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

OURS = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtGui import QClipboard
from PySide6.QtWidgets import QApplication, QLineEdit
from imsa_desk.gui.clipboard import Clipboard

app = QApplication([])
line = QLineEdit("a room in Northgate")
guard = Clipboard(app.clipboard(), app, seconds=float(sys.argv[1]))
app.aboutToQuit.connect(guard.clear)
line.show()

def copy():
    line.selectAll()
    line.copy()
    app.clipboard().setText("only chosen", QClipboard.Mode.Selection)
    print("copied", flush=True)
    wait()

def wait():
    mine = app.clipboard().ownsClipboard() or app.clipboard().ownsSelection()
    if mine:
        QTimer.singleShot(50, wait)
    else:
        print("gone", flush=True)
        guard.clear()
        QTimer.singleShot(300, app.quit)

QTimer.singleShot(200, copy)
app.exec()
"""
THEIRS = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtGui import QClipboard
from PySide6.QtWidgets import QApplication, QWidget

app = QApplication([])
window = QWidget()
window.show()
modes = (QClipboard.Mode.Clipboard, QClipboard.Mode.Selection)
kept = app.clipboard()

def look():
    for mode in modes:
        data = kept.mimeData(mode)
        hint = bytes(data.data("x-kde-passwordManagerHint").data()).decode() if data else ""
        print((data.text() if data else "") + "|" + hint, flush=True)
    if sys.argv[1] == "copy":
        for mode in modes:
            kept.setText("theirs", mode)
        print("copied", flush=True)
        sys.stdin.readline()
        for mode in modes:
            print(kept.text(mode), flush=True)
    app.quit()

QTimer.singleShot(300, look)
app.exec()
"""


@pytest.fixture
def display() -> Iterator[str]:
    server = shutil.which("Xvfb")
    if server is None:
        pytest.skip("there is no Xvfb here")
    read, write = os.pipe()
    words = [server, "-noreset", "-nolisten", "tcp", "-displayfd", str(write), "-screen", "0", "800x600x24"]
    with subprocess.Popen(words, pass_fds=[write], stderr=subprocess.DEVNULL) as running:
        os.close(write)
        with os.fdopen(read) as said:
            number = said.readline().strip()
        yield f":{number}"
        running.terminate()


def start(display: str, program: str, word: str, home: Path) -> subprocess.Popen[str]:
    """Start a program on a display."""
    environment = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "HOME": str(home)}
    return subprocess.Popen(
        [sys.executable, "-c", program, word],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def lines(program: subprocess.Popen[str], count: int) -> list[str]:
    """Read the next lines that a program says."""
    assert program.stdout
    return [program.stdout.readline().strip() for _ in range(count)]


def test_another_program_sees_the_mark_and_then_nothing(display: str, tmp_path: Path) -> None:
    with start(display, OURS, "4", tmp_path) as ours:
        if lines(ours, 1) != ["copied"]:
            pytest.skip("Qt cannot use this X server")
        with start(display, THEIRS, "look", tmp_path) as theirs:
            assert lines(theirs, 2) == ["a room in Northgate|secret", "only chosen|secret"]
        assert lines(ours, 1) == ["gone"]
        with start(display, THEIRS, "look", tmp_path) as theirs:
            assert lines(theirs, 2) == ["|", "|"]


def test_what_another_program_copied_since_is_left_alone(display: str, tmp_path: Path) -> None:
    with start(display, OURS, "60", tmp_path) as ours:
        if lines(ours, 1) != ["copied"]:
            pytest.skip("Qt cannot use this X server")
        with start(display, THEIRS, "copy", tmp_path) as theirs:
            assert lines(theirs, 3)[2] == "copied"
            assert lines(ours, 1) == ["gone"]
            ours.wait(timeout=20)
            assert theirs.stdin
            theirs.stdin.write("\n")
            theirs.stdin.flush()
            assert lines(theirs, 2) == ["theirs", "theirs"]
