"""The tour: the real windows driven through the main job by keys and mouse, with a picture of every page."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

# The parent of the tour stays without Qt, as the program's own parent does: each branch imports its own.


def main(words: Sequence[str]) -> int:
    """Run `imsa-desk tour` and return the exit status: 0 done, 2 usage, 3 refused, 4 a step failed."""
    parser = argparse.ArgumentParser(
        prog="imsa-desk tour",
        description="Drive the real windows through the main job with invented people, and keep pictures.",
        allow_abbrev=False,
    )
    parser.add_argument("--out", type=_absolute, required=True, metavar="DIR", help="an absent or empty folder")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="another seed, other people (1)")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of progress")
    parser.add_argument("--debug", action="store_true", help="print where a step failed on standard error")
    parser.add_argument("--part", choices=("first", "work", "office"), help=argparse.SUPPRESS)
    parser.add_argument("--do", nargs="*", default=[], help=argparse.SUPPRESS)
    asked = parser.parse_args(list(words))
    from imsa_desk.gui.tour.plan import Plan

    plan = Plan(asked.out, asked.seed, asked.debug)
    if asked.part == "office":
        from imsa_desk.gui.tour import office

        return office.do(plan, asked.do)
    if asked.part:
        from imsa_desk.gui.tour import windows

        return windows.run(plan, asked.part)
    from imsa_desk.gui.tour import running

    return running.run(plan, as_json=asked.json)


def _absolute(word: str) -> Path:
    return Path(word).expanduser().absolute()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
