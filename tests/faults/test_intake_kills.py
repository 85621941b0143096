"""PostgreSQL dies at any moment of an intake: nothing is half applied, and the next run finishes.

The figures of the long run are kept in `build/faults/intake_kills.json`: it can be stopped and goes on.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pytest
from postgresql_kit import QUICK, Server, running_server
from sqlalchemy import func, select

from benchmarks.journals import Patterns, read_patterns
from benchmarks.senders import Sender, enrolled
from imsa_desk.crypto.kdf import PRACTICE
from imsa_desk.errors import ImsaError
from imsa_desk.services import office
from imsa_desk.services.office import Office
from imsa_desk.services.office_receipts import stream_with
from imsa_desk.store.tables import journal_body, journal_link

SHORT, LONG = 3, 200
SEED, SURVIVORS, CHECK_EVERY = 20261122, 4, 20
FIGURES = Path(__file__).parents[2] / "build" / "faults" / "intake_kills.json"
WAYS = ("backend", "server", "immediate", "stop")
"""kill -9 of the backend, of every process of the server, `stop -m immediate`, `stop -m fast`."""


@dataclass
class Figures:
    """What the kills came to, from the first run on."""

    kills: int = 0
    struck: int = 0
    """How often the intake did not get to its end."""
    survived: int = 0
    problems: list[str] = field(default_factory=list)
    per_way: dict[str, int] = field(default_factory=dict)

    def words(self) -> str:
        """Say it in a line."""
        each = ", ".join(f"{name} {count}" for name, count in sorted(self.per_way.items()))
        return (
            f"kills {self.kills} ({each}), intakes cut off {self.struck}, finished before {self.survived}, "
            f"problems {len(self.problems)}"
        )


@dataclass
class Target:
    """An office on a server that dies, and advocates who go on sending."""

    server: Server
    folder: Path
    patterns: Patterns
    figures: Figures
    usual: float = 0.3
    _senders: int = 0

    def bundles(self) -> Iterator[tuple[Sender, Path]]:
        """Write one bundle after the other; an advocate who has sent everything is followed by the next."""
        while True:
            self._senders += 1
            with self.opened() as place:
                sender = enrolled(place, self.patterns, SURVIVORS, SEED + self._senders, 4)
            for file, _ in sender.bundles(self.folder):
                yield sender, file

    def opened(self) -> _Closing:
        """Open the office as the next run of the program would."""
        return _Closing(office.open_office(self.folder / "office", "bench"))

    def strike(self, sender: Sender, file: Path, number: int) -> list[str]:
        """Kill the server once while a bundle is taken in, look, and let the next run finish."""
        chance = random.Random(f"{SEED} {number}")
        way, after = chance.choice(WAYS), chance.uniform(0, self.usual * 1.1)
        place = office.open_office(self.folder / "office", "bench")
        before = _held(place, sender)
        killer = threading.Timer(after, self._kill, [way])
        killer.start()
        (outcome,) = office.ingest(place, [file])
        killer.join()
        with suppress(ImsaError):
            place.close()
        if way != "backend":
            self.server.start()
        self._until_it_answers()
        self.figures.kills += 1
        self.figures.per_way[way] = self.figures.per_way.get(way, 0) + 1
        self.figures.struck += outcome.done is None
        self.figures.survived += outcome.done is not None
        found = self._look(sender, file, outcome, before, whole=number % CHECK_EVERY == 0)
        return [f"kill {number}, {way} after {after:.3f} s: {each}" for each in found]

    def _look(
        self, sender: Sender, file: Path, outcome: office.Outcome, before: tuple[int, int], *, whole: bool
    ) -> Iterator[str]:
        after = (sender.journal.seq, sender.number)
        if outcome.error is not None and outcome.error.code not in ("E_DATABASE", "E_STORAGE"):
            yield f"refused with {outcome.error.code}"
        with self.opened() as place:
            found = _held(place, sender)
            if found not in (before, after):
                yield f"half applied: {before} to {after}, found {found}"
            if outcome.done is not None and found != after:
                yield "said to be taken in, and is not"
            before_it = time.monotonic()
            (again,) = office.ingest(place, [file])
            if found != after:
                # What an intake takes now, beside whatever else this computer does.
                self.usual = (self.usual + time.monotonic() - before_it) / 2
            if again.done is None:
                yield f"the next run does not finish: {again.error}"
            if _held(place, sender) != after:
                yield "the next run did not take everything in"
            if whole:
                yield from office.check(place).problems[:5]

    def _kill(self, way: str) -> None:
        pid = self.server.pid
        if way == "backend":
            for child in _children(pid):
                if b"imsa_" in _command(child):
                    with suppress(ProcessLookupError):
                        os.kill(child, signal.SIGKILL)
        elif way == "server":
            family = _children(pid)
            os.kill(pid, signal.SIGKILL)
            for child in family:
                with suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
            self.server.stop(signal.SIGKILL)
        else:
            self.server.stop(signal.SIGQUIT if way == "immediate" else signal.SIGINT)

    def _until_it_answers(self) -> None:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            with suppress(ImsaError):
                self.opened().place.close()
                return
            time.sleep(0.02)
        raise AssertionError(self.server.log()[-2000:])


@dataclass
class _Closing:
    """An open office for the length of a block."""

    place: Office

    def __enter__(self) -> Office:
        return self.place

    def __exit__(self, *_: object) -> None:
        self.place.close()


def _held(place: Office, sender: Sender) -> tuple[int, int]:
    """Give how many lines and bundles are here of a sender; lines and bodies must agree with their number."""
    writer = sender.journal.writer
    with place.records.read() as session:
        link, body = journal_link.c, journal_body.c
        count, last = session.execute(
            select(func.count(), func.coalesce(func.max(link.seq), 0)).where(link.writer == writer)
        ).one()
        stray = session.execute(
            select(func.count()).where(body.writer == writer, body.seq > last)
        ).scalar_one()
        bundles = len(stream_with(session, writer)["applied"])
    return (int(count), bundles) if count == last and not stray else (-1, -1)


def _children(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _figures(*, keep: bool) -> Figures:
    return Figures(**json.loads(FIGURES.read_text())) if keep and FIGURES.exists() else Figures()


def _keep(figures: Figures) -> None:
    FIGURES.parent.mkdir(parents=True, exist_ok=True)
    FIGURES.write_text(json.dumps(asdict(figures)))


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")
def test_a_server_that_dies_during_an_intake_leaves_nothing_half_done(
    tmp_path: Path, every: bool, tell: Callable[[str], None]
) -> None:
    figures = _figures(keep=every)
    wanted = int(os.environ.get("IMSA_INTAKE_KILLS", LONG if every else SHORT))
    patterns, started = read_patterns(tmp_path, 2), time.monotonic()
    with running_server() as server:
        url = f"postgresql://imsa@/postgres?host={server.folder}"
        place, _ = office.init_office(
            tmp_path / "office", "bench", "Bench", database=url, practice=True, params=PRACTICE
        )
        place.close()
        target = Target(server, tmp_path, patterns, figures)
        bundles, until = target.bundles(), figures.kills + wanted
        sender, file = next(bundles)
        with target.opened() as place:
            before = time.monotonic()
            assert office.ingest(place, [file])[0].done is not None
            target.usual = time.monotonic() - before
        while figures.kills < until:
            sender, file = next(bundles)
            figures.problems += target.strike(sender, file, figures.kills + 1)
            if every:
                _keep(figures)
        with target.opened() as place:
            figures.problems += office.check(place).problems[:20]
    tell(f"{wanted} kills in {time.monotonic() - started:.0f} s; in all {figures.words()}")
    assert not figures.problems, figures.problems[:20]
    assert figures.struck


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a small disk")
def test_a_server_without_room_loses_nothing_and_goes_on_once_there_is_some(
    tmp_path: Path, every: bool
) -> None:
    if not every:
        pytest.skip("part of `make faults`")
    disk = Path(tempfile.mkdtemp(prefix="imsa-disk-"))
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=95m,mode=755", "tmpfs", disk], check=True)
    try:
        options = (*QUICK, "max_wal_size=32MB", "min_wal_size=32MB", "wal_keep_size=0")
        with running_server(options, disk) as server:
            _fill_the_disk(server, disk, tmp_path)
    finally:
        subprocess.run(["umount", disk], check=True)
        disk.rmdir()


def _fill_the_disk(server: Server, disk: Path, folder: Path) -> None:
    """Take bundles in until there is no room, give it some, and take the one that failed in again."""
    url = f"postgresql://imsa@/postgres?host={disk}"
    place, _ = office.init_office(
        folder / "office", "bench", "Bench", database=url, practice=True, params=PRACTICE
    )
    place.close()
    target = Target(server, folder, read_patterns(folder, 2), Figures())
    for sender, file in target.bundles():
        with suppress(ImsaError), target.opened() as place:
            before = _held(place, sender)
            (outcome,) = office.ingest(place, [file])
        if outcome.done is None:
            break
    assert outcome.error is not None and outcome.error.code in ("E_DISK_FULL", "E_DATABASE", "E_STORAGE")
    subprocess.run(["mount", "-o", "remount,size=400m", disk], check=True)
    server.stop(signal.SIGQUIT)
    server.start()
    with target.opened() as place:
        assert _held(place, sender) == before
        (again,) = office.ingest(place, [file])
        assert again.done is not None and again.done.news, again.error
        assert office.check(place).problems == ()
