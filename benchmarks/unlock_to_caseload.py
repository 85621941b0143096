"""How long the caseload takes once the key is there, against the slow derivation that came before it.

Run as a module with a vault's folder and its passphrase, it measures one unlocking in a process of its own
and prints the seconds, as `unlock_to_caseload.measure` reads them.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QTableView

from benchmarks.figures import Figure, ratio, seconds, side_by_side
from imsa_desk.crypto import kdf
from imsa_desk.gui import loader, worker
from imsa_desk.gui.main_window import MainWindow, Start
from imsa_desk.gui.sweep import Sweeper
from imsa_desk.services import vaults
from imsa_desk.services.practice import make_practice
from imsa_desk.store import slot

LIMIT = 0.5
CASES = 1_000
PASSPHRASE = "benchmark"
GIVE_UP_MS = 60_000


def measure(full: bool) -> list[Figure]:
    """Make 1,000 practice cases, then unlock them and derive a key in turn."""
    with tempfile.TemporaryDirectory() as folder:
        vault = Path(folder) / "vault"
        print(f"  making {CASES} practice cases", file=sys.stderr, flush=True)
        made = make_practice(vault, PASSPHRASE, cases=CASES, today=datetime.now(UTC).date())
        vaults.lock(made.desk)
        works = (
            lambda: _unlock_in_a_process(vault),
            lambda: seconds(lambda: kdf.derive(b"benchmark", bytes(kdf.SALT_BYTES), kdf.DEFAULT)),
        )
        side_by_side(1, *works)
        painted, derived = side_by_side(25 if full else 7, *works)
    return [ratio("key to painted caseload / Argon2id derivation", LIMIT, painted, derived)]


def _unlock_in_a_process(vault: Path) -> float:
    environment = {**os.environ, "HOME": str(vault.parent), "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-m", "benchmarks.unlock_to_caseload", str(vault)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=180, check=False)
    if done.returncode:
        raise RuntimeError(f"the window ended with {done.returncode}: {done.stderr[-500:]}")
    return float(done.stdout)


class _CaseloadPaint(QObject):
    """Notes when a table that has rows is painted, and ends the program."""

    def __init__(self) -> None:
        super().__init__()
        self.at = 0.0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look at every painting."""
        if event.type() == QEvent.Type.Paint and not self.at:
            table = watched.parent()
            if isinstance(table, QTableView) and table.model().rowCount():
                # The event is about to be handled: what is queued behind it comes after the painting.
                QTimer.singleShot(0, self._painted)
        return False

    def _painted(self) -> None:
        if not self.at:
            self.at = time.perf_counter()
            os.write(1, f"{self.at - _derived_at[-1]}\n".encode())
            os._exit(0)


_derived_at: list[float] = []


def _noting_derive(secret: str | bytes, salt: bytes, params: kdf.Params) -> bytearray:
    key = kdf.derive(secret, salt, params)
    _derived_at.append(time.perf_counter())
    return key


def _child(vault: Path) -> int:
    """Open the real window, unlock as a person would, and leave when the caseload is painted."""
    app = worker.make_application()
    state = {"route": {"page": "caseload", "args": {}}}
    window = MainWindow(app, Start(vault, practice=True, state=state), leave=lambda _: None)
    window.show_front("unlock")
    window.show()
    # While the passphrase is typed, everything that unlocking needs is imported in the background.
    Sweeper(app)
    worker.preload_rest().join()
    worker.warm()
    vars(slot)["derive"] = _noting_derive
    painted = _CaseloadPaint()
    app.installEventFilter(painted)
    page = window.findChild(loader.load("imsa_desk.gui.pages.unlock:UnlockPage"))
    assert page is not None
    page.secret.setText(PASSPHRASE)
    QTimer.singleShot(500, page.unlock)
    QTimer.singleShot(GIVE_UP_MS, lambda: app.exit(1))
    return app.exec()


if __name__ == "__main__":
    sys.exit(_child(Path(sys.argv[1])))
