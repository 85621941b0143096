"""Open IMSA Desk with the practice caseload; without a display, take the tour and say where it is."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
from pathlib import Path

BUILD = Path(__file__).resolve().parent.parent / "build"
NO_WINDOW = ("offscreen", "minimal", "minimalegl", "vnc", "linuxfb")
PROBE = """
import sys
from PySide6.QtCore import QDeadlineTimer, QEventLoop, Qt
from PySide6.QtGui import QGuiApplication, QWindow

app = QGuiApplication([])
window = QWindow()
window.setFlags(Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowDoesNotAcceptFocus)
window.resize(1, 1)
window.show()
limit = QDeadlineTimer(8000)
while not window.isExposed() and not limit.hasExpired():
    app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 50)
sys.exit(not window.isExposed())
"""


def display() -> bool:
    """Say whether a window can be opened here, by opening one: a variable alone may point nowhere."""
    if os.environ.get("QT_QPA_PLATFORM", "").partition(":")[0] in NO_WINDOW:
        return False
    if sys.platform == "linux" and not any(os.environ.get(n) for n in ("DISPLAY", "WAYLAND_DISPLAY")):
        return False
    try:
        tried = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, timeout=30, check=False)
    except subprocess.TimeoutExpired:
        return False
    return tried.returncode == 0


def desk(*words: str, quiet: bool = False, **environment: str) -> int:
    """Run `imsa-desk` with these words and return its exit status; `quiet` leaves only what went wrong."""
    command = [sys.executable, "-m", "imsa_desk", *words]
    said = subprocess.DEVNULL if quiet else None
    return subprocess.run(command, env={**os.environ, **environment}, stdout=said, check=False).returncode


def practice_vault() -> tuple[Path, Path]:
    """Return the practice vault and its passphrase file, made together on the first run."""
    folder = BUILD / "practice"
    if not folder.exists():
        print("Making the practice caseload: invented survivors, no real person.", flush=True)
        part = BUILD / "practice.part"
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True, mode=0o700)
        words = "-".join(secrets.token_hex(2) for _ in range(4))
        passphrase = part / "passphrase"
        passphrase.touch(mode=0o600)
        passphrase.write_text(f"practice-{words}\n", encoding="utf-8")
        status = desk("practice", str(part / "vault"), "--passphrase-file", str(passphrase), quiet=True)
        if status:
            sys.exit(status)
        part.rename(folder)
    return folder / "vault", folder / "passphrase"


def tour() -> int:
    """Take the tour into an empty folder."""
    folder = BUILD / "tour"
    shutil.rmtree(folder, ignore_errors=True)
    print(f"There is no display here, so IMSA Desk takes the tour instead, into {folder}", flush=True)
    status = desk("tour", "--out", str(folder), QT_QPA_PLATFORM="offscreen")
    if status == 0:
        print(f"The tour is done: pages in {folder / 'screens'}, PDF and bundle beside it, see tour.json.")
    return status


def main() -> int:
    """Open the window or take the tour."""
    if not display():
        return tour()
    vault, passphrase = practice_vault()
    print(f"The practice vault is in {vault}; its passphrase is shown on the unlock page.", flush=True)
    return desk("open", str(vault), "--practice-passphrase-file", str(passphrase))


if __name__ == "__main__":
    sys.exit(main())
