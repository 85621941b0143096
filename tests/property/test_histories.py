"""Whatever three writers and the organisation do, and however bundles travel: all sides agree in the end.

A short run in `make test`; with IMSA_HISTORIES=n as many more as that, added to those before (`make faults`
plays 10,000). The figures of the long run are kept in `build/faults/histories.json`.
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict
from pathlib import Path

import pytest
from history_kit import play
from history_sides import Figures, Sides

SHORT = 15
FIGURES = Path(__file__).parents[2] / "build" / "faults" / "histories.json"
_EVERY = 100


def known() -> Figures:
    """Give the figures of the runs before."""
    return Figures(**json.loads(FIGURES.read_text("utf-8"))) if FIGURES.exists() else Figures()


def keep(figures: Figures) -> None:
    """Keep the figures for the next run."""
    FIGURES.parent.mkdir(parents=True, exist_ok=True)
    copy = FIGURES.with_suffix(".tmp")
    copy.write_text(json.dumps(asdict(figures), indent=2) + "\n", "utf-8")
    copy.replace(FIGURES)


def test_all_sides_agree_nothing_is_lost_and_each_conflict_is_reported_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    more = int(os.environ.get("IMSA_HISTORIES", "0"))
    figures = known() if more else Figures()
    before, started = figures.histories, time.monotonic()
    sides = Sides()
    while figures.histories < before + (more or SHORT):
        seed = figures.histories
        try:
            play(sides, seed, figures)
        except BaseException as error:
            error.add_note(f"the history of seed {seed}")
            raise
        if more and figures.histories % _EVERY == 0:
            keep(figures)
    if more:
        keep(figures)
        with capsys.disabled():
            print(f"{more:,} histories in {time.monotonic() - started:.0f} s; in all {figures.words()}")
    assert figures.conflicts > figures.removed > 0
    assert figures.equal > 0
