"""What tests of windows start from: a laptop's screen, the light theme, and a window with an open vault."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from exchange_kit import Meeting, meet_again
from gui.recorder import Recorder
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from imsa_desk.gui import theme
from imsa_desk.gui.main_window import MainWindow, Start, State
from imsa_desk.services.desk import Desk

_SCREEN = Path(__file__).with_name("screen.json")
# Read when the application is made, which no test has done yet.
if os.environ.get("QT_QPA_PLATFORM", "offscreen") == "offscreen":
    os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={_SCREEN}"

Settle = Callable[[MainWindow], None]
Until = Callable[[Callable[[], bool]], None]


@pytest.fixture(autouse=True)
def swept() -> Iterator[None]:
    """Garbage is collected between tests, never by a lane's thread: it would destroy parts of windows."""
    gc.disable()
    yield
    gc.collect(1)
    gc.enable()


@pytest.fixture(autouse=True)
def look(qapp: QApplication) -> None:
    """Every test begins with the light theme at the usual size."""
    if not _light(qapp):
        theme.apply(qapp, theme.Scheme.LIGHT, 100)


def _light(qapp: QApplication) -> bool:
    """Say whether that is in force already: to put it in force again takes longer than many a test."""
    return (
        (theme.scheme(), theme.scale()) == (theme.Scheme.LIGHT, 1.0)
        and qapp.font() == theme.font()
        and qapp.palette() == theme.palette()
        and qapp.styleSheet() == theme.style_sheet(theme.Scheme.LIGHT)
    )


def wait_until(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    """Run the event loop until something is so.

    `QTest.qWait`, and with it `qtbot.waitUntil`, keeps Python's lock and starves the lanes' threads.
    """
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come about in time"
        loop = QEventLoop()
        QTimer.singleShot(5, loop.quit)
        loop.exec()


@pytest.fixture
def until() -> Until:
    """Wait for something that a lane's thread brings about."""
    return wait_until


@pytest.fixture
def settle() -> Settle:
    """Wait until nothing is under way in a window."""

    def wait(window: MainWindow) -> None:
        wait_until(lambda: not window.jobs.busy)
        QApplication.processEvents()

    return wait


@pytest.fixture
def left() -> list[State]:
    """What windows left when they locked."""
    return []


@pytest.fixture
def front(qapp: QApplication, tmp_path: Path, left: list[State], settle: Settle) -> Iterator[MainWindow]:
    """A window without an open vault, for a folder that is not there yet."""
    start = Start(tmp_path / "new" / "vault", settings_file=tmp_path / "settings.json")
    window = MainWindow(qapp, start, ask=Recorder(), leave=left.append)
    window.show()  # not given to qtbot, which would close it, and with it the vault, before the fixtures end
    yield window
    settle(window)
    window.watch.stop()
    qapp.removeEventFilter(window.watch)
    window.jobs.close()
    window.hide()
    window.deleteLater()
    QApplication.processEvents()


@pytest.fixture
def window(front: MainWindow, desk: Desk, settle: Settle) -> Iterator[MainWindow]:
    """A window with an open practice vault."""
    front.vault_opened(desk)
    front.activateWindow()
    assert QTest.qWaitForWindowActive(front, 2000)
    settle(front)
    yield front
    settle(front)
    if front.opened is not None:
        front.opened.editors.close_all()
        settle(front)
        front.opened.end()
        settle(front)


@pytest.fixture
def met(tmp_path: Path) -> Iterator[Meeting]:
    """A Desk and an office that know each other."""
    with meet_again(tmp_path / "met") as both:
        yield both


@pytest.fixture
def joined(front: MainWindow, met: Meeting, settle: Settle) -> Iterator[MainWindow]:
    """A window whose vault has joined an office."""
    front.vault_opened(met.desk)
    front.activateWindow()
    assert QTest.qWaitForWindowActive(front, 2000)
    settle(front)
    yield front
    settle(front)
    if front.opened is not None:
        front.opened.end()
        settle(front)


@pytest.fixture
def recorder(front: MainWindow) -> Recorder:
    """What answers the window's questions."""
    assert isinstance(front.ask, Recorder)
    return front.ask


@pytest.fixture
def shot(request: pytest.FixtureRequest) -> Callable[[QWidget, str], None]:
    """Keep a picture of a widget when IMSA_SHOTS names a folder; to be looked at, not compared."""

    def keep(widget: QWidget, name: str) -> None:
        folder = os.environ.get("IMSA_SHOTS")
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            QApplication.processEvents()
            widget.grab().save(str(Path(folder) / f"{name}.png"))

    return keep
