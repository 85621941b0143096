"""A figure: what was measured, how far it may go, and how measurements are taken side by side."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_STATUS = Path("/proc/self/status")


@dataclass(frozen=True, slots=True)
class Figure:
    """One ratio with its limit; `detail` says what the two sides took."""

    name: str
    value: float
    limit: float
    detail: str

    @property
    def ok(self) -> bool:
        """Say whether the figure keeps its limit."""
        return self.value <= self.limit


def seconds(work: Callable[[], object]) -> float:
    """Time one call, in seconds."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def side_by_side(rounds: int, *works: Callable[[], float]) -> list[float]:
    """Run each work once a round, in turn, and return the median of what each returned.

    In turn, so that a slow spell of the machine falls on all of them.
    """
    taken = [[work() for work in works] for _ in range(rounds)]
    return [statistics.median(column) for column in zip(*taken, strict=True)]


def ratio(name: str, limit: float, ours: float, base: float) -> Figure:
    """Make a figure of two medians in seconds."""
    return Figure(name, ours / base, limit, f"{ours * 1000:.1f} ms to {base * 1000:.1f} ms")


def most_memory() -> float:
    """Give the most memory this process ever held, in MB."""
    for line in _STATUS.read_text(encoding="ascii").splitlines() if _STATUS.exists() else ():
        if line.startswith("VmHWM:"):  # of this program alone: `getrusage` also counts what started it
            return int(line.split()[1]) / 1024
    import resource  # not on Windows, where the other figures are measured all the same

    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return held / (1 << 20) if sys.platform == "darwin" else held / 1024
