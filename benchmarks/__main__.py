"""Measure every figure and say which keep their limits: `python -m benchmarks [--full] [NAME...]`."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import cast

from benchmarks.figures import Figure

MEASUREMENTS = (
    "start_up",
    "lock",
    "save_meeting",
    "unlock_to_caseload",
    "assessment_page",
    "print_assessment",
    "backup",
    "export",
    "intake",
    "pilot",
    "report",
)
RESULTS = Path(__file__).with_name("results.json")


def main() -> int:
    """Run the measurements, print a table, write `results.json`; 1 if a figure misses its limit."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(MEASUREMENTS))
    parser.add_argument("--full", action="store_true", help="many more rounds")
    args = parser.parse_args()
    if unknown := set(args.names) - set(MEASUREMENTS):
        parser.error(f"no such measurement: {', '.join(sorted(unknown))}")
    figures: list[Figure] = []
    print(f"{'figure':<48} {'value':>6} {'limit':>6}", flush=True)
    for name in args.names or MEASUREMENTS:
        module = importlib.import_module(f"benchmarks.{name}")
        for figure in cast(Callable[[bool], list[Figure]], module.measure)(args.full):
            figures.append(figure)
            print(_line(figure), flush=True)
    RESULTS.write_text(json.dumps([_row(f) for f in figures], indent=1) + "\n", encoding="utf-8")
    return 0 if all(f.ok for f in figures) else 1


def _line(figure: Figure) -> str:
    verdict = "ok" if figure.ok else "MISSED"
    return f"{figure.name:<48} {figure.value:6.2f} {figure.limit:6.2f}  {verdict:<6}  {figure.detail}"


def _row(figure: Figure) -> dict[str, object]:
    return {
        "name": figure.name,
        "value": round(figure.value, 3),
        "limit": figure.limit,
        "ok": figure.ok,
        "detail": figure.detail,
    }


if __name__ == "__main__":
    sys.exit(main())
