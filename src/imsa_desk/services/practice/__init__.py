"""The practice caseload: invented survivors, plausible and varied, in vaults marked PRACTICE."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from imsa_desk.domain.dates import at_local
from imsa_desk.errors import Refused
from imsa_desk.progress import Progress, quiet
from imsa_desk.services import vaults
from imsa_desk.services.desk import Desk
from imsa_desk.services.practice.fill import fill
from imsa_desk.services.practice.generate import THIN_FROM, canaries, digest, generate
from imsa_desk.services.practice.values import PracticeCaseload

__all__ = [
    "ADVOCATE",
    "CASES",
    "MOST_CASES",
    "ORGANISATION",
    "SEED",
    "THIN_FROM",
    "Made",
    "PracticeCaseload",
    "canaries",
    "digest",
    "fill",
    "generate",
    "make_practice",
]

CASES = 24
SEED = 1
MOST_CASES = 2_000
ADVOCATE = "Robin Ashgrove"
ORGANISATION = "Linden Survivor Advocacy (practice)"
"""Both are invented."""


@dataclass(frozen=True, slots=True)
class Made:
    """A practice vault that stands open: its desk, its recovery code, and what was put in."""

    desk: Desk
    recovery_code: str
    caseload: PracticeCaseload


class _Clock:
    """A clock that is set by hand while the past is written."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment
        self.after: Callable[[], datetime] | None = None

    def __call__(self) -> datetime:
        return self.after() if self.after is not None else self.moment

    def set(self, moment: datetime) -> None:
        self.moment = moment.astimezone(UTC)


def make_practice(
    folder: Path,
    passphrase: str,
    *,
    cases: int = CASES,
    seed: int = SEED,
    today: date,
    now: Callable[[], datetime] | None = None,
    progress: Progress = quiet,
) -> Made:
    """Make a practice vault in an absent or empty folder and fill it; the desk stands open afterwards.

    Everything was written down before `today`. From then on the desk's clock is `now`, or nine o'clock
    of that day. Raises Refused for a number of cases nobody can want, and what creating a vault raises.
    """
    if not 0 < cases <= MOST_CASES:
        raise Refused(f"Choose between 1 and {MOST_CASES} cases.")
    caseload = generate(seed, today, cases)
    morning = at_local(today, time(9))
    first = min((case.at for case in caseload.cases), default=morning)
    clock = _Clock(first - timedelta(days=1))
    desk, code = vaults.create(
        folder, passphrase, advocate_name=ADVOCATE, organisation=ORGANISATION, practice=True, now=clock
    )
    try:
        fill(desk, caseload, clock.set, progress)
    except BaseException:
        vaults.lock(desk)
        raise
    clock.set(morning)
    clock.after = now
    vaults.keep_anchor(desk)
    return Made(desk, code, caseload)
