"""Work off the GUI thread: in order, delivered once, and to nobody who has gone."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Iterator
from types import TracebackType

import pytest
from gui.conftest import Until
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from imsa_desk.errors import Broken, Cancelled, ImsaError, Refused
from imsa_desk.gui.bridge import Bridge, Notice
from imsa_desk.gui.jobs import Jobs
from imsa_desk.progress import Progress


@pytest.fixture
def bridge(qapp: object) -> Bridge:
    return Bridge()


@pytest.fixture
def jobs(bridge: Bridge, until: Until) -> Iterator[Jobs]:
    made = Jobs(bridge)
    yield made
    until(lambda: not made.busy)
    made.close()


def test_the_result_comes_on_the_gui_thread(jobs: Jobs, bridge: Bridge, until: Until) -> None:
    threads: list[int] = []
    results: list[int] = []

    def work(_: Progress) -> int:
        threads.append(threading.get_ident())
        return 7

    def then(result: int) -> None:
        threads.append(threading.get_ident())
        results.append(result)

    jobs.run(work, owner=bridge, then=then)
    until(lambda: results == [7])
    assert threads[0] != threads[1] == threading.get_ident()


def test_the_store_lane_keeps_the_order_and_drafts_go_first(jobs: Jobs, bridge: Bridge, until: Until) -> None:
    gate, order = threading.Event(), list[str]()

    def wait(_: Progress) -> None:
        gate.wait(5)

    def note(word: str) -> None:
        order.append(word)

    jobs.run(wait, owner=bridge, then=lambda _: None)
    jobs.run(lambda _: note("first"), owner=bridge, then=lambda _: None)
    jobs.run(lambda _: note("second"), owner=bridge, then=lambda _: None)
    jobs.run(lambda _: note("draft"), owner=bridge, then=lambda _: None, urgent=True)
    gate.set()
    until(lambda: len(order) == 3)
    assert order == ["draft", "first", "second"]


def test_nothing_is_called_when_the_owner_has_gone(jobs: Jobs, until: Until) -> None:
    gate, called = threading.Event(), list[int]()
    owner = QWidget()
    jobs.run(lambda _: gate.wait(5), owner=owner, then=lambda _: called.append(1))
    owner.deleteLater()
    QTimer.singleShot(50, gate.set)
    until(lambda: not jobs.busy)
    assert called == []


@pytest.mark.parametrize("error", [Refused("Enter a name"), Broken("The disk is full")])
def test_an_expected_error_goes_to_otherwise_or_is_told(
    jobs: Jobs, bridge: Bridge, until: Until, error: ImsaError
) -> None:
    def work(_: Progress) -> None:
        raise error

    refused: list[ImsaError] = []
    told: list[Notice] = []
    bridge.told.connect(told.append)
    jobs.run(work, owner=bridge, then=lambda _: None, otherwise=refused.append)
    jobs.run(work, owner=bridge, then=lambda _: None)
    until(lambda: len(refused) + len(told) == 2)
    assert refused == [error]
    assert told == [Notice(error.message, "error")]


def test_a_bug_reaches_the_hook_and_the_person_is_told(
    jobs: Jobs, bridge: Bridge, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    caught: list[type[BaseException]] = []

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        caught.append(kind)

    monkeypatch.setattr(sys, "excepthook", hook)
    told: list[Notice] = []
    bridge.told.connect(told.append)
    jobs.run(lambda _: dict[str, int]()["nothing"], owner=bridge, then=lambda _: None)
    until(lambda: bool(caught))
    assert caught == [KeyError]
    assert told[0].kind == "error"


def test_work_that_was_stopped_ends_at_its_next_report(jobs: Jobs, bridge: Bridge, until: Until) -> None:
    reports: list[tuple[int, int]] = []
    ended: list[ImsaError] = []

    def work(progress: Progress) -> None:
        for done in range(100_000):
            progress(done, 100_000)
            threading.Event().wait(0.001)

    job = jobs.run(
        work,
        owner=bridge,
        then=lambda _: None,
        otherwise=ended.append,
        progress=lambda done, total: reports.append((done, total)),
    )
    until(lambda: bool(reports))
    job.cancel()
    until(lambda: bool(ended))
    assert isinstance(ended[0], Cancelled)


def test_five_thousand_signals_lose_no_reference(qapp: object) -> None:
    bridge, heard = Bridge(), list[object]()
    bridge.changed.connect(heard.append)
    gc.collect()  # what earlier tests left would let go of many
    before = sys.getrefcount(True)
    for _ in range(5000):
        bridge.announce_change({"meeting"})
    assert len(heard) == 5000
    # The fault lost one reference a signal; other tests' leftovers may let go of a few hundred meanwhile.
    assert sys.getrefcount(True) >= before - 2500
