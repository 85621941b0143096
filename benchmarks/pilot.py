"""The whole pilot taken in: every survivor's four years, from several advocates, into one PostgreSQL.

The long form is the pilot itself (600 survivors, 30 advocates, four years, sent once a quarter) and the
growth of a database to 20,000 cases, each with what is written of it in its first weeks. The short one takes
a piece of each. How the journals are made, and how much is in them, stands in `benchmarks/journals.py`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from benchmarks.figures import Figure, most_memory, seconds
from benchmarks.journals import CASES, PER_ADVOCATE, YEARS, Patterns, read_patterns
from benchmarks.postgresql import DURABLE, new_database, running_server
from benchmarks.senders import enrolled
from imsa_desk.crypto.kdf import PRACTICE
from imsa_desk.services import office
from imsa_desk.services.office import Office

SURVIVORS, SMALL_SURVIVORS = 600, 4
GROWN, SMALL_GROWN, EACH_GROWN = 20_000, 500, 50
"""Cases in all, and those of one advocate, over the years."""
MINUTES = 10.0
NOT_LINEAR = 1.5
"""At most so many times the seconds a line of the first tenth for the last: growth is linear."""
MEGABYTES = 400.0
_TENTHS = 10


def measure(full: bool) -> list[Figure]:
    """Measure in a process of its own, so that the memory is that of the intakes."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as child:
        return child.submit(_measure, full).result()


def _measure(full: bool) -> list[Figure]:
    """Take the pilot in, then let a second office grow."""
    with tempfile.TemporaryDirectory() as place, running_server(DURABLE) as server:
        patterns = read_patterns(Path(place), CASES if full else 2)
        with new_database(server) as url, _office(Path(place) / "pilot", url) as made:
            pilot = _pilot(made, Path(place), patterns, SURVIVORS if full else SMALL_SURVIVORS)
        with new_database(server) as url, _office(Path(place) / "grown", url) as made:
            growth = _growth(made, Path(place), patterns, GROWN if full else SMALL_GROWN)
    memory = Figure("memory of the intakes, MB", most_memory(), MEGABYTES, "the most at any time")
    return [pilot, growth, memory]


class _office:
    """An office on a database for the length of a block."""

    def __init__(self, folder: Path, url: str) -> None:
        self._place, _ = office.init_office(
            folder, "bench", "Bench", database=url, practice=True, params=PRACTICE
        )

    def __enter__(self) -> Office:
        return self._place

    def __exit__(self, *_: object) -> None:
        self._place.close()


def _pilot(place: Office, folder: Path, patterns: Patterns, survivors: int) -> Figure:
    """Take everybody's four years in; give the minutes that 600 survivors take."""
    taken, lines = 0.0, 0
    for spent, count in _intakes(place, folder, patterns, survivors, PER_ADVOCATE, YEARS):
        taken, lines = taken + spent, lines + count
    minutes = taken / 60 * SURVIVORS / survivors
    detail = f"{survivors} survivors, {lines} lines in {taken:.1f} s: {lines / taken:.0f} a second"
    return Figure("intake of the whole pilot, minutes", minutes, MINUTES, detail)


def _growth(place: Office, folder: Path, patterns: Patterns, cases: int) -> Figure:
    """Let the number of cases grow; give seconds a line in the last tenth over those in the first."""
    tenths = [[0.0, 0] for _ in range(_TENTHS)]
    bundles = list[tuple[float, int]](_intakes(place, folder, patterns, cases, EACH_GROWN, 0))
    for number, (spent, lines) in enumerate(bundles):
        tenth = tenths[number * _TENTHS // len(bundles)]
        tenth[0], tenth[1] = tenth[0] + spent, tenth[1] + lines
    first, last = (spent / lines for spent, lines in (tenths[0], tenths[-1]))
    detail = f"{cases} cases: {first * 1e6:.0f} µs a line in the first tenth, {last * 1e6:.0f} in the last"
    return Figure("seconds a line, last tenth / first tenth", last / first, NOT_LINEAR, detail)


def _intakes(
    place: Office, folder: Path, patterns: Patterns, survivors: int, each: int, years: int
) -> Iterator[tuple[float, int]]:
    """Take in what the advocates of so many survivors send; give seconds and lines of each bundle."""
    for seed in range(0, survivors, each):
        sender = enrolled(place, patterns, min(each, survivors - seed), seed, years)
        for file, lines in sender.bundles(folder):
            yield seconds(lambda taken=file: _taken_in(place, taken)), lines  # type: ignore[misc]
            file.unlink()


def _taken_in(place: Office, file: Path) -> None:
    (outcome,) = office.ingest(place, [file])
    assert outcome.done is not None and outcome.done.news, outcome.error
