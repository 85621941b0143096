"""The office as a service: bundles that come into a folder are taken in, answers go into another.

A file is taken in once it has kept its size and time between two looks; files ending in `.part` are half
written. What was taken in moves to `taken`, what was refused to `refused`, inside the folder. A
bundle that came before its predecessor waits in its place. The office is open only while there is work, so
that other commands run in between; a second watcher finds it in use and waits for its turn.
"""

from __future__ import annotations

import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from imsa_desk.errors import Broken, ImsaError
from imsa_desk.exchange.aside import put_aside
from imsa_desk.services.office_intake import Outcome, ingest
from imsa_desk.services.office_opening import Office
from imsa_desk.services.outgoing import send_out

SUFFIX = ".imsa"
TAKEN = "taken"
LATER = frozenset(
    "E_CLOSED E_DATABASE E_DISK_ERROR E_DISK_FULL E_FILE E_FOLDER E_IN_USE E_LOG E_MEMORY E_READ_ONLY "
    "E_STORAGE E_WRITE".split()
)
"""Codes that say something about this computer and nothing about a bundle: it is tried again."""
WAITS = {"E_GAP": "waits for an earlier bundle", "E_READ": "cannot be read now"}
"""Codes of a file that stays where it is, and what is said of it; it is tried again when another comes."""
SHORTEST_S, LONGEST_S = 1.0, 60.0
Opening = Callable[[], AbstractContextManager[Office]]
Say = Callable[[str], None]
_Look = dict[Path, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Places:
    """Where bundles come from, and where receipts and outgoing bundles go, if anywhere."""

    folder: Path
    out: Path | None = None


@dataclass(slots=True)
class Watch:
    """A watched folder; `run` goes on until `stop` is set, and ends after the bundle it is at."""

    places: Places
    opening: Opening
    say: Say
    stop: threading.Event = field(default_factory=threading.Event)
    every: float = 5.0
    _before: _Look = field(default_factory=dict)
    _waiting: _Look = field(default_factory=dict)
    _failures: int = 0
    _gone: bool = False

    def begin(self) -> None:
        """See that the office opens: a wrong passphrase is said at once and not with the first bundle."""
        try:
            with self.opening():
                return
        except ImsaError as error:
            if error.code not in LATER:
                raise

    def run(self) -> None:
        """Look again and again; what this computer refuses is tried again after a longer and longer wait."""
        while not self.stop.is_set():
            self.stop.wait(self._turn())

    def once(self) -> bool:
        """Take in what is there now, having waited to see whether files grow; False where some could not be.

        Bundles that wait for an earlier one stay, and count as done.
        """
        self._before = self._look()
        self.stop.wait(min(self.every, SHORTEST_S))
        self._turn()
        return not self._failures

    def _turn(self) -> float:
        """Look once and do the work there is; give how many seconds to wait before the next look."""
        now = self._look()
        ready = [path for path, seen in now.items() if self._before.get(path) == seen]
        self._before = now
        self._waiting = {path: seen for path, seen in self._waiting.items() if now.get(path) == seen}
        if any(path not in self._waiting for path in ready):
            try:
                self._work(ready)
            except (ImsaError, OSError) as error:
                return self._failed(error)
            self._failures = 0
        return self.every

    def _look(self) -> _Look:
        """Give the bundles that are there, with size and time; nothing while the folder is not there."""
        try:
            paths = sorted(path for path in self.places.folder.iterdir() if path.suffix == SUFFIX)
        except OSError:
            if not self._gone:
                self.say("The folder is not there. Waiting for it.")
                self._gone = True
            return {}
        if self._gone:
            self.say("The folder is back.")
            self._gone = False
        return {path: seen for path in paths if (seen := _seen(path)) is not None}

    def _work(self, ready: list[Path]) -> None:
        """Open the office, take in one file after the other, and send out what there is news for."""
        news, later = False, None
        with self.opening() as office:
            for outcome in self._taken_in(office, ready):
                if outcome.error is not None and outcome.done is not None:
                    # Taken in, but not answered: the file stays, and its receipt comes with the next look.
                    later = outcome.error
                    news |= outcome.done.news
                else:
                    news |= self._put_away(outcome)
            if later is not None:
                raise later
            if news and self.places.out is not None and not self.stop.is_set():
                for sent in send_out(office, self.places.out):
                    self.say(f"{sent.file_name}: bundle {sent.number} for {sent.name}")

    def _taken_in(self, office: Office, ready: list[Path]) -> Iterator[Outcome]:
        """Take files in one by one, those that wait for an earlier one again after each that was taken in."""
        left = ready
        while left and not self.stop.is_set():
            waiting: list[Outcome] = []
            for path in left:
                if self.stop.is_set() or not path.exists():
                    continue  # another watcher was here before
                (outcome,) = ingest(office, [path], self.places.out)
                if outcome.done is None and outcome.error is not None and outcome.error.code in WAITS:
                    waiting.append(outcome)
                else:
                    yield outcome
            if len(waiting) == len(left):
                yield from waiting
                return
            left = [outcome.path for outcome in waiting]

    def _put_away(self, outcome: Outcome) -> bool:
        """Say what became of a file and move it; True where something new was taken in."""
        path, done, error = outcome.path, outcome.done, outcome.error
        if done is not None:
            _move(path, self.places.folder / TAKEN)
            number = f"bundle {done.number} of {done.sender}"
            self.say(f"{path.name}: {number} taken in" if done.news else f"{path.name}: {number} again")
            return done.news
        if error is None or error.code in LATER:
            raise error or Broken("The file was not taken in.", code="E_FILE")
        if error.code in WAITS:
            self._waiting[path] = self._before.get(path, (0, 0))
            self.say(f"{path.name}: {WAITS[error.code]}")
            return False
        put_aside(path, self.places.folder, error)
        self.say(f"{path.name}: refused, {error.code}")
        return False

    def _failed(self, error: ImsaError | OSError) -> float:
        wait = min(LONGEST_S, SHORTEST_S * float(2 ** min(self._failures, 10)))
        self._failures += 1
        code = error.code if isinstance(error, ImsaError) else "E_FILE"
        if isinstance(error, ImsaError) and error.code not in LATER:
            raise error
        self.say(f"{code}: {_text(error)} Trying again in {wait:.0f} s.")
        return wait


def _seen(path: Path) -> tuple[int, int] | None:
    """Give size and time of an ordinary file; None for anything else, and for one that has just gone."""
    try:
        about = path.lstat()
    except OSError:
        return None
    return (about.st_size, about.st_mtime_ns) if stat.S_ISREG(about.st_mode) else None


def _text(error: ImsaError | OSError) -> str:
    return error.message if isinstance(error, ImsaError) else f"The computer refused this: {error.strerror}."


def _move(path: Path, folder: Path) -> None:
    """Move a file into a folder under its own name or, where that is taken, another; never over a file."""
    folder.mkdir(mode=0o700, exist_ok=True)
    for number in range(10_000):
        target = folder / (f"{number}-{path.name}" if number else path.name)
        try:
            target.touch(mode=0o600, exist_ok=False)
        except FileExistsError:
            continue
        path.replace(target)
        return
    raise FileExistsError(17, "too many files of one name")
