"""A report of the whole pilot, 600 survivors with four years of records; and how it grows to 20,000 cases.

Every case has the facts that a vault writes in the act of sending, as full as they get: 36 months of minutes,
meetings and contacts, and eight themes. The report is made as the command makes it: read by the role that may
only count, added up, small numbers hidden, and written as CSV, workbook and PDF.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from random import Random

from benchmarks.figures import Figure, seconds
from benchmarks.postgresql import DURABLE, new_database, running_server
from imsa_desk.crypto.kdf import PRACTICE
from imsa_desk.domain.ids import new_id
from imsa_desk.domain.reports import Period
from imsa_desk.domain.statistics import Counted, facts_of
from imsa_desk.services import office
from imsa_desk.services.office import Office
from imsa_desk.services.reports import make_report, report_csv, report_print, report_xlsx
from imsa_desk.store.records import StatisticRow
from imsa_desk.vocab import CaseStatus, Nation, Theme, Tier

SURVIVORS, GROWN, SMALL_GROWN = 600, 20_000, 3_000
SECONDS, NOT_LINEAR = 5.0, 1.5
"""At most so many seconds for the pilot, and so many times the seconds a case once there are many."""
TODAY = date(2026, 11, 22)
PERIOD = Period((2026, 10), (2026, 12))
_ROUNDS = 3
_AT_ONCE = 500


def measure(full: bool) -> list[Figure]:
    """Make the report of the pilot from an encrypted file and from PostgreSQL, then of many more cases."""
    grown = GROWN if full else SMALL_GROWN
    with tempfile.TemporaryDirectory() as place, running_server(DURABLE) as server:
        with _office(Path(place) / "file", "") as made:
            _fill(made, SURVIVORS, 1)
            from_file = _pilot(made, "an encrypted file")
        with new_database(server) as url, _office(Path(place) / "server", url) as made:
            _fill(made, SURVIVORS, 1)
            from_server = _pilot(made, "PostgreSQL")
            few = _best(made)
            _fill(made, grown - SURVIVORS, 2)
            many = _best(made)
    ratio = (many / grown) / (few / SURVIVORS)
    detail = f"{few:.2f} s for {SURVIVORS} cases, {many:.2f} s for {grown}"
    return [from_file, from_server, Figure("report, seconds a case, many / pilot", ratio, NOT_LINEAR, detail)]


def _pilot(place: Office, where: str) -> Figure:
    spent = seconds(lambda: _written(place))
    detail = f"{SURVIVORS} survivors, read, counted and written in three formats"
    return Figure(f"report of the pilot from {where}, s", spent, SECONDS, detail)


def _written(place: Office) -> None:
    made = make_report(place, PERIOD)
    assert made.current.value and report_csv(made) and report_xlsx(place, made) and report_print(place, made)


def _best(place: Office) -> float:
    return min(seconds(lambda: make_report(place, PERIOD)) for _ in range(_ROUNDS))


@contextmanager
def _office(folder: Path, url: str) -> Iterator[Office]:
    """Make an office for the length of a block."""
    place, _ = office.init_office(folder, "bench", "Bench", database=url, practice=True, params=PRACTICE)
    try:
        yield place
    finally:
        place.close()


def _fill(place: Office, cases: int, seed: int) -> None:
    """Write the facts of so many cases."""
    chance = Random(seed)
    for at in range(0, cases, _AT_ONCE):
        with place.records.begin("count_cases") as session:
            session.add_all(
                StatisticRow(case_id=new_id(), as_of=TODAY, facts=_facts(chance), sensitivity="L1")
                for _ in range(min(_AT_ONCE, cases - at))
            )


def _facts(chance: Random) -> str:
    days = [TODAY - timedelta(days=7 * week) for week in range(150)]
    counted = Counted(
        nation=chance.choice(list(Nation)),
        tier=chance.choice(list(Tier)),
        status=chance.choice(list(CaseStatus)),
        opened=chance.choice(days),
        themes={theme.value: chance.randrange(5) for theme in Theme},
        spent=tuple((day, chance.randrange(10, 120)) for day in days),
        meetings=tuple(days[::2]),
        contacts=tuple(days),
        review_due=TODAY + timedelta(days=chance.randrange(-60, 90)),
        assessed=chance.random() < 0.8,
    )
    return facts_of(counted, TODAY).text()
