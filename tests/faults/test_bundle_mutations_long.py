"""The long run of spoilt bundles, in a process of its own: 0 accepted, 0 crashes, memory at most 300 MB.

`make faults` makes 50,000 more, or `IMSA_MUTATIONS=n`; the running total of all runs stands in
`build/faults/bundle-mutations.json`, and a run that was stopped goes on from there.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from mutation_run import read_record

MOST_MB = 300
SHORT, LONG = 300, 50_000
SLOWEST_S = 5.0
RUN = Path(__file__).parents[1] / "mutation_run.py"
RECORD = Path(__file__).parents[2] / "build" / "faults" / "bundle-mutations.json"


def test_spoilt_bundles_are_refused_within_little_memory(
    every: bool, tmp_path: Path, tell: Callable[[str], None]
) -> None:
    record = RECORD if every else tmp_path / "record.json"
    number = int(os.environ.get("IMSA_MUTATIONS", LONG)) if every else SHORT
    before = read_record(record).done
    ran = subprocess.run([sys.executable, RUN, str(number), record], stderr=subprocess.PIPE, check=False)
    assert ran.returncode == 0, ran.stderr.decode()[-2_000:]
    total = read_record(record)
    tell(total.words())
    assert (total.done, total.accepted) == (before + number, 0)
    assert sum(total.refused.values()) == total.done
    assert total.peak_mb <= MOST_MB
    assert total.slowest < SLOWEST_S
