"""One tour for every test that wants one: watched from outside, and ended if it asked for the internet."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO

import pytest
from leak_kit import Onlooker, fresh_home
from program_driver import CONTROL

_TESTS = Path(__file__).parents[1]
_PATIENCE_S = 420
_LAST = ("test_no_network.py", "test_tour.py")
SEED = 3


@dataclass(frozen=True)
class Toured:
    """A tour that was taken, with all that it left and showed."""

    folder: Path

    @property
    def out(self) -> Path:
        """Give the tour's own folder."""
        return self.folder / "out"

    @property
    def home(self) -> Path:
        """Give the home folder it was taken in, with everything temporary."""
        return self.folder / "home"

    @property
    def notes(self) -> Path:
        """Give the folder with window titles and clipboards."""
        return self.folder / "notes"

    @cached_property
    def ended(self) -> tuple[int, str]:
        """Give the exit status and what was said."""
        status, said = json.loads((self.folder / "ended.json").read_text(encoding="utf-8"))
        return status, said

    @cached_property
    def shown(self) -> bytes:
        """Give the arguments and environments of all its processes."""
        return (self.folder / "shown").read_bytes()

    @cached_property
    def canaries(self) -> list[str]:
        """Give the texts that were planted, one in each case."""
        found: list[str] = json.loads((self.out / "tour.json").read_text(encoding="utf-8"))["canaries"]
        return found


def _take(folder: Path) -> None:
    """Take the tour under the filter that ends whoever makes an internet socket."""
    notes = folder / "notes"
    notes.mkdir(parents=True)
    words = [str(_TESTS / "tour_driver.py"), "tour", "--out", str(folder / "out"), "--seed", str(SEED)]
    command = [sys.executable, *words]
    if sys.platform == "linux":
        command = [sys.executable, str(_TESTS / "network_trap.py"), *command]
    environment = fresh_home(folder / "home") | {CONTROL: str(notes)}
    with (folder / "said").open("wb") as said:
        tour = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT
        )
        onlooker = Onlooker(tour.pid)
        try:
            with onlooker.looking() if sys.platform == "linux" else nullcontext():
                status = tour.wait(_PATIENCE_S)
        finally:
            tour.kill()
            tour.wait()
    (folder / "shown").write_bytes(b"\n".join(onlooker.seen))
    told = (status, (folder / "said").read_text(encoding="utf-8", errors="replace"))
    (folder / "ended.json").write_text(json.dumps(told), encoding="utf-8")


@contextmanager
def _alone(file: Path) -> Iterator[IO[bytes]]:
    """Keep other test processes of this run waiting."""
    with file.open("wb") as held:
        if sys.platform != "win32":
            import fcntl

            fcntl.flock(held, fcntl.LOCK_EX)
        yield held


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the tests that only look at the tour come last, so that no test process waits for another's."""
    items.sort(key=lambda item: item.path.name in _LAST)


@pytest.fixture(scope="session")
def toured(tmp_path_factory: pytest.TempPathFactory) -> Toured:
    """The tour of this run, taken by whichever test process wants it first."""
    base = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER") and sys.platform != "win32":
        base = base.parent
    folder = base / "toured"
    with _alone(base / "toured.lock"):
        if not (folder / "ended.json").exists():
            _take(folder)
    return Toured(folder)
