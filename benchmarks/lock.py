"""How long it takes from Ctrl+L until the unlock window is painted again, in the same place and size.

Run as a module with `--worker` and a vault's folder, it is the worker of the whole program with one thing
added: it unlocks, presses Ctrl+L and says when, and after the lock says when the unlock page is painted.
Both times are of the system's one monotonic clock, so they may be compared between processes.
"""

from __future__ import annotations

import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.figures import Figure, seconds
from imsa_desk import paths, settings, supervisor
from imsa_desk.crypto import kdf

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

LIMIT_S = 0.3
PASSPHRASE = "lantern gravel otter mosaic thimble"
_SHORTEST_S, _LONGEST_S = 0.5, 1.5
_GIVE_UP_S = 120
_PRESS_AFTER_MS = 400
_PLACE = (37, 53, 760, 600)


def measure(full: bool) -> list[Figure]:
    """Lock and come back again and again under one supervisor; print what a derivation takes here."""
    from imsa_desk.services import vaults  # only the parent

    rounds = 41 if full else 11
    with tempfile.TemporaryDirectory() as folder:
        vault = Path(folder) / "vault"
        desk, _ = vaults.create(vault, PASSPHRASE, advocate_name="A. Advocate", params=kdf.FLOOR)
        vaults.lock(desk)
        locks, moved = _locks(vault, rounds + 1)
    _print_derivation()
    taken = statistics.median(locks[1:])  # the first reads the disk and writes .pyc files
    best, worst = min(locks[1:]), max(locks[1:])
    detail = f"median of {rounds}: {taken * 1000:.0f} ms, {best * 1000:.0f} to {worst * 1000:.0f} ms"
    return [
        Figure("Ctrl+L to painted unlock window, seconds", taken, LIMIT_S, detail),
        Figure("unlock windows not in the same place and size", float(moved), 0.0, f"of {rounds + 1}"),
    ]


def _print_derivation() -> None:
    """Say what `calibrate` chooses on this computer: unlocking takes about as long."""
    chosen = kdf.calibrate()
    took = min(seconds(lambda: kdf.derive(b"benchmark", bytes(kdf.SALT_BYTES), chosen)) for _ in range(3))
    fits = "within" if _SHORTEST_S <= took <= _LONGEST_S else "outside"
    print(f"  a passphrase takes {took:.2f} s here, {fits} {_SHORTEST_S} to {_LONGEST_S} s", file=sys.stderr)


def _locks(vault: Path, rounds: int) -> tuple[list[float], int]:
    """Run the program until it locked so often; return the seconds of each and how many windows moved."""
    environment = {**os.environ, "HOME": str(vault.parent)}
    environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    for name in ("PYTHONDONTWRITEBYTECODE", "XDG_CONFIG_HOME"):
        environment.pop(name, None)
    command = [sys.executable, "-m", "benchmarks.lock", "--supervisor", str(vault)]
    taken, moved, before = list[float](), 0, dict[str, Any]()
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as program:
        assert program.stderr
        end = time.monotonic() + _GIVE_UP_S
        for line in program.stderr:
            if time.monotonic() > end:
                break
            with contextlib.suppress(ValueError):  # Qt may have something to say
                said = json.loads(line)
                if "pressed" in said:
                    before = said
                elif before:
                    taken.append(said["painted"] - before["pressed"])
                    moved += said["place"] != before["place"]
            if len(taken) == rounds:
                break
        program.terminate()
        program.stderr.read()
    if len(taken) < rounds:
        raise RuntimeError("the program did not lock as often as it was asked to")
    return taken, moved


def _supervise(vault: Path) -> int:
    """Be the program's own parent, with this module as its worker."""
    command = [sys.executable, "-P", "-c", _start(), "--worker", str(vault)]
    return supervisor.run(command, vault, {})


def _start() -> str:
    """Find this module from anywhere, as the program finds itself."""
    here = str(Path(__file__).resolve().parents[1])
    return f"import sys; sys.path.insert(0, {here!r}); from benchmarks.lock import main; main()"


def _work(vault: Path) -> int:
    """Be the program's own worker; the watch adds nothing before the first paint but one event filter."""
    import gc

    gc.disable()
    supervisor.keep_private()
    state, chosen = supervisor.read_state(), settings.load(paths.settings_file())
    from imsa_desk.gui import main_window, worker

    window_class = main_window.MainWindow
    painted = window_class._painted

    def noting(window: main_window.MainWindow) -> None:
        if not window._seen:
            _say(painted=time.monotonic(), place=_place(window))
            painted(window)
            _press_soon(window)
        else:
            painted(window)

    window_class._painted = noting  # type: ignore[assignment,method-assign]  # there is no other place to look from
    return worker.run(vault, None, state, chosen)


def _press_soon(window: object) -> None:
    """Unlock as a person would, a little later, and press Ctrl+L when the vault stands open and still."""
    from PySide6.QtCore import Qt, QTimer
    from PySide6.QtTest import QTest

    from imsa_desk.gui.main_window import MainWindow
    from imsa_desk.gui.pages.unlock import UnlockPage

    assert isinstance(window, MainWindow)

    def unlock() -> None:
        page = window.findChild(UnlockPage)
        assert page is not None
        page.secret.setText(PASSPHRASE)
        page.unlock()
        look()

    def look() -> None:
        if window.opened is None or window.jobs.busy:
            QTimer.singleShot(20, look)
        else:
            window.setGeometry(*_PLACE)
            QTimer.singleShot(_PRESS_AFTER_MS, press)

    def press() -> None:
        window.activateWindow()
        _say(pressed=time.monotonic(), place=_place(window))
        QTest.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)

    QTimer.singleShot(_PRESS_AFTER_MS, unlock)


def _place(window: QWidget) -> list[int]:
    rect = window.geometry()
    return [rect.x(), rect.y(), rect.width(), rect.height()]


def _say(**what: object) -> None:
    """Say it on standard error: standard output is the supervisor's."""
    sys.stderr.write(json.dumps(what) + "\n")
    sys.stderr.flush()


def main() -> None:
    """Be the part of the program that the words name."""
    part, vault = sys.argv[-2], Path(sys.argv[-1])
    raise SystemExit(_work(vault) if part == "--worker" else _supervise(vault))


if __name__ == "__main__":
    main()
