"""Makes mutations of bundles one after another: `python mutation_run.py NUMBER RECORD` goes on from RECORD.

Mutation n of a seed is always of the same kind and at the same place, so a run can be stopped and go on; keys
and sealing are random. Every second one is made inside the encryption and sealed again. None may be accepted.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from mutation_inside import INSIDE
from mutation_outside import OUTSIDE
from mutation_stock import Attempt, Stock

from imsa_desk.errors import ImsaError
from imsa_desk.exchange.refusals import CODES

STEP = 1_000


def make(stock: Stock, n: int, seed: int) -> Attempt:
    """Make mutation n: every second one inside the encryption, over all makers and bundles in turn."""
    chance = random.Random(f"{seed}:{n}")
    while True:
        base = chance.choice(stock.bases)
        if n % 2 == 0:
            made = chance.choice(OUTSIDE)(chance, stock, base)
            if made != base.sealed:
                return Attempt(made, base.trust)
            continue
        inside = chance.choice(INSIDE)(chance, stock, base)
        if isinstance(inside, Attempt):
            return inside
        # A change may come out as nothing, or as another sound bundle.
        if inside not in stock.sound:
            return Attempt(stock.seal(inside), base.trust)


@dataclass
class Total:
    """What became of the mutations so far."""

    seed: int = 20261122
    done: int = 0
    inside: int = 0
    accepted: int = 0
    slowest: float = 0.0
    """Processor seconds: a machine that does other things as well makes no reader slow."""
    seconds: float = 0.0
    peak_mb: int = 0
    refused: Counter[str] = field(default_factory=Counter)

    def words(self) -> str:
        """Say it in a line."""
        found = ", ".join(f"{code} {number:,}" for code, number in self.refused.most_common())
        return (
            f"bundle mutations: {self.done:,} made, {self.inside:,} inside the encryption, "
            f"{self.accepted} accepted, 0 crashes; {found}; slowest {self.slowest * 1000:.0f} ms, "
            f"memory at most {self.peak_mb} MB, "
            f"{self.done / max(self.seconds, 0.001):,.0f} a second"
        )


def hold(stock: Stock, total: Total) -> None:
    """Make one more mutation and read it; anything but a refusal with a known code goes through."""
    attempt = make(stock, total.done, total.seed)
    started = time.process_time()
    try:
        stock.read(attempt)
    except ImsaError as error:
        if error.code not in CODES:
            raise AssertionError(f"mutation {total.done} of seed {total.seed}: {error.code}") from error
        total.refused[error.code] += 1
    else:
        total.accepted += 1
        raise AssertionError(f"mutation {total.done} of seed {total.seed} was accepted")
    total.slowest = max(total.slowest, time.process_time() - started)
    total.inside += total.done % 2
    total.done += 1


def read_record(record: Path) -> Total:
    """Go on where the last run was stopped."""
    if not record.exists():
        return Total()
    kept = json.loads(record.read_text("utf-8"))
    return Total(**(kept | {"refused": Counter(kept["refused"])}))


def write_record(record: Path, total: Total) -> None:
    """Keep the running total."""
    record.parent.mkdir(parents=True, exist_ok=True)
    record.write_text(json.dumps(vars(total), indent=1) + "\n", "utf-8")


def peak_mb() -> int:
    """Give the most memory this process has had, in MB; 0 where the system does not say."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    found = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
    return int(found.split()[1]) // 1024


def run(folder: Path, total: Total, number: int, record: Path | None = None) -> None:
    """Make `number` more; the record is written every thousand."""
    stock, end = Stock(folder), total.done + number
    started = time.perf_counter()
    while total.done < end:
        hold(stock, total)
        if total.done % STEP == 0 or total.done == end:
            now = time.perf_counter()
            total.seconds, started = total.seconds + now - started, now
            total.peak_mb = max(total.peak_mb, peak_mb())
            if record is not None:
                write_record(record, total)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        run(Path(place), read_record(Path(sys.argv[2])), int(sys.argv[1]), Path(sys.argv[2]))
