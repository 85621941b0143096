"""Garbage is collected on the GUI thread only: a lane's thread never destroys parts of windows."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from gui.conftest import Until
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QWidget

from imsa_desk.gui import sweep
from imsa_desk.gui.sweep import Sweeper


class Part(QWidget):
    """A part that stands in a circle with itself, as parts with slots do, and notes where it ended."""

    def __init__(self, ended: list[int]) -> None:
        super().__init__()
        self.me = self
        weakref.finalize(self, lambda: ended.append(threading.get_ident()))


@pytest.fixture
def sweeper(qapp: QApplication) -> Iterator[Sweeper]:
    parent = QObject()
    made = Sweeper(parent)
    sweep.settle()
    yield made
    Sweeper.rests_until = 0.0
    gc.unfreeze()


def churn() -> None:
    """Make objects until Python itself would have collected many times over."""
    for _ in range(200_000):
        kept: list[object] = []
        kept.append(kept)


def test_garbage_of_windows_never_ends_on_another_thread(sweeper: Sweeper, until: Until) -> None:
    ended: list[int] = []
    for _ in range(50):
        Part(ended)
    lane = threading.Thread(target=churn)
    lane.start()
    lane.join()
    assert ended == []
    until(lambda: len(ended) == 50)
    assert set(ended) == {threading.get_ident()}


def test_the_sweeper_rests_while_much_is_being_made(
    sweeper: Sweeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[int] = []
    Part(ended)
    churn()
    sweep.rest()
    sweeper.look()
    assert ended == []
    monkeypatch.setattr(Sweeper, "rests_until", 0.0)
    sweeper.look()
    assert len(ended) == 1
