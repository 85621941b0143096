"""Killed at any moment: the vault opens, whatever was acknowledged is there, and every check passes.

The figures of the long run are kept in `build/faults/kills.json`, so that it can be stopped and goes on where
it was: the next run begins with the next kill.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

import pytest
from fault_kit import Ran, Victims
from faults.stop_kit import OLD, Stock, Traffic, make_stock, make_traffic, schema_of

from imsa_desk.errors import ImsaError, Refused
from imsa_desk.services import office, vaults
from imsa_desk.store.backup import read_trailer
from imsa_desk.store.vault import unlock_vault

SHORT, LONG, PER_VAULT = 10, 1_000, 25
SEED = 20261122
KINDS = ("meeting", "draft", "document", "receipt", "backup")
"""What a victim says is saved."""
FIGURES = Path(__file__).parents[2] / "build" / "faults" / "kills.json"
BUNDLES = 4
WORK = {
    "load": (74, 0.4),
    "rotation": (8, 0.9),
    "restore": (5, 0.6),
    "migration": (5, 0.1),
    "intake": (8, 0.3),
}
"""What is killed: how often of a hundred, and within how many seconds after it began."""


@dataclass
class Figures:
    """What the kills came to, from the first run on."""

    seed: int = SEED
    kills: int = 0
    acknowledged: int = 0
    lost: int = 0
    unopenable: int = 0
    problems: list[str] = field(default_factory=list)
    per_work: dict[str, int] = field(default_factory=dict)

    def words(self) -> str:
        """Say it in a line."""
        each = ", ".join(f"{name} {count}" for name, count in sorted(self.per_work.items()))
        return (
            f"kills {self.kills} ({each}), acknowledged {self.acknowledged}, lost {self.lost}, "
            f"vaults that do not open {self.unopenable}"
        )


@dataclass
class Round:
    """One vault with its office, killed over and over; knows what was acknowledged so far."""

    stock: Stock
    traffic: Traffic
    folder: Path
    victims: Victims
    figures: Figures
    secret: str = OLD
    saved: list[str] = field(default_factory=list)
    bundles: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        self.vault = self.stock.copy(self.folder / "vault")
        self.office = Path(shutil.copytree(self.traffic.office, self.folder / "office"))

    def kill(self, number: int) -> None:
        """Kill something once, at a moment that the seed and the number choose, and look."""
        chance = random.Random(f"{self.figures.seed} {number}")
        (work,) = chance.choices(list(WORK), [often for often, _ in WORK.values()])
        after = chance.uniform(0, WORK[work][1])
        wrong = getattr(self, work)(number, after)
        self.figures.kills += 1
        self.figures.per_work[work] = self.figures.per_work.get(work, 0) + 1
        self.figures.problems += [f"kill {number}, {work}: {each}" for each in wrong]

    def load(self, number: int, after: float) -> list[str]:
        place = (self.vault, self.secret, self.stock.case, number, self.traffic.receipts, len(self.saved))
        at_work = random.Random(number).random() < 0.8  # else at any moment of the unlocking
        ran = self.victims.run("load", *place, kill_after=after, once_it_speaks=at_work)
        assert ran.killed, ran.said
        return self.look(ran)

    def rotation(self, number: int, after: float) -> list[str]:
        new = f"copper lantern {number}"
        code = self.stock.extras.code
        ran = self.victims.run("rotation", self.vault, self.secret, new, code, kill_after=after)
        if ran.told("rotated") or not self.opens(self.secret):
            self.secret = new
        return self.look(ran)

    def opens(self, secret: str) -> bool:
        """Say whether this is the passphrase in force."""
        try:
            unlock_vault(self.vault, secret).close()
        except Refused:
            return False
        return True

    def look(self, ran: Ran) -> list[str]:
        """Open the vault and compare it with everything that was ever told as saved."""
        new = [line for line in ran.said if line.split()[0] in KINDS]
        self.saved += new
        self.figures.acknowledged += len(new)
        wrong = [line for line in ran.said if line.startswith(("refused", "crashed"))]
        wrong += self.wrong_backups(ran.told("backup"))
        try:
            desk = vaults.unlock(self.vault, self.secret)
        except ImsaError as error:
            self.figures.unopenable += 1
            return [*wrong, f"does not open: {error.code}"]
        lost = self.stock.lost(desk, self.saved)
        self.figures.lost += len(lost)
        if not self.stock.whole(desk):
            wrong.append("a check failed")
        vaults.lock(desk)
        return wrong + lost

    def wrong_backups(self, told: tuple[str, ...]) -> list[str]:
        """Every finished backup is whole; the last one told is there, or a newer one in its place."""
        files = (self.folder / "vault-backups").glob("*.imsabackup")
        made = [read_trailer(file).at for file in files]
        last = [datetime.fromisoformat(moment) for moment in told[-1:]]
        return [f"the backup of {moment} is gone" for moment in last if not made or moment > max(made)]

    def restore(self, number: int, after: float) -> list[str]:
        aside = self.folder / "aside" / "vault"
        shutil.rmtree(aside.parent, ignore_errors=True)
        shutil.copytree(self.vault, aside)
        ran = self.victims.run("restore", aside, OLD, self.stock.extras.backup, kill_after=after)
        wrong = [line for line in ran.said if line.startswith(("refused", "crashed"))]
        for secret in dict.fromkeys((self.secret, OLD)):
            with suppress(Refused):
                desk = vaults.unlock(aside, secret)
                if not self.stock.whole(desk):
                    wrong.append("a check failed")
                vaults.lock(desk)
                return wrong
        self.figures.unopenable += 1
        return [*wrong, "does not open"]

    def migration(self, number: int, after: float) -> list[str]:
        later = self.folder / "aside" / "vault"
        shutil.rmtree(later.parent, ignore_errors=True)
        shutil.copytree(self.vault, later)
        ran = self.victims.run("migration", later, self.secret, self.stock.extras.later, kill_after=after)
        try:
            state = schema_of(self.stock, later, self.secret)
        except ImsaError as error:
            self.figures.unopenable += 1
            return [f"does not open: {error.code}"]
        fits = state == "new" if ran.told("migrated") else state in ("old", "new")
        return [] if fits else [state]

    def intake(self, number: int, after: float) -> list[str]:
        ran = self.victims.run("intake", self.office, self.traffic.bundles, kill_after=after)
        self.figures.acknowledged += len(set(ran.told("bundle")) - self.bundles)
        self.bundles |= set(ran.told("bundle"))
        wrong = [line for line in ran.said if line.startswith(("refused", "crashed"))]
        try:
            place = office.open_office(self.office, OLD)
        except ImsaError as error:
            self.figures.unopenable += 1
            return [*wrong, f"does not open: {error.code}"]
        taken = office.ingest(place, [self.traffic.bundles / name for name in sorted(self.bundles)])
        lost = [outcome.path.name for outcome in taken if outcome.done is None or outcome.done.news]
        self.figures.lost += len(lost)
        wrong += office.check(place).problems
        place.close()
        return wrong + lost


def known_figures(every: bool) -> Figures:
    """Go on from the figures of the runs before; the short run counts for itself."""
    if every and FIGURES.is_file():
        return Figures(**json.loads(FIGURES.read_text("utf-8")))
    return Figures()


def keep(figures: Figures) -> None:
    """Keep the figures for the next run."""
    FIGURES.parent.mkdir(parents=True, exist_ok=True)
    copy = FIGURES.with_suffix(".tmp")
    copy.write_text(json.dumps(asdict(figures), indent=2) + "\n", "utf-8")
    copy.replace(FIGURES)


@pytest.mark.skipif(sys.platform == "win32", reason="kills as POSIX does")
def test_nothing_acknowledged_is_lost_when_the_program_is_killed(
    tmp_path: Path, every: bool, tell: Callable[[str], None]
) -> None:
    stock = make_stock(tmp_path / "stock")
    traffic = make_traffic(stock, tmp_path / "traffic", BUNDLES)
    figures = known_figures(every)
    wanted = int(os.environ.get("IMSA_KILLS", LONG if every else SHORT))
    started, before = time.monotonic(), figures.kills
    with Victims(Path(__file__).with_name("kill_victim.py"), tmp_path) as victims:
        while figures.kills < before + wanted:
            a_vault = Round(stock, traffic, tmp_path / "work", victims, figures)
            for _ in range(min(PER_VAULT, before + wanted - figures.kills)):
                a_vault.kill(figures.kills)
            if every:
                keep(figures)
    seconds = time.monotonic() - started
    tell(f"{wanted} kills in {seconds:.0f} s; in all {figures.words()}")
    assert not figures.problems, figures.problems[:20]
    assert (figures.lost, figures.unopenable) == (0, 0)
    assert figures.acknowledged > 0
