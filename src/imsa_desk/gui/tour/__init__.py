"""The tour: the real windows driven through the main job by keys and mouse, with a picture of every page."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from imsa_desk.console import CommandParser, Result, UsageError, failed, show, usage
from imsa_desk.gui.tour.plan import Plan

# The parent of the tour stays without Qt, as the program's own parent does: each part imports its own.


def main(words: Sequence[str]) -> int:
    """Run `imsa-desk tour` and return the exit status: 0 done, 2 usage, 3 refused, 4 a step failed."""
    as_json = "--json" in words
    try:
        asked = _parser().parse_args(list(words))
        done = _run(Plan(asked.out, asked.seed, asked.debug), asked, as_json)
    except UsageError as error:
        if not as_json:
            print(error.hint, file=sys.stderr, end="")
        return show(usage(str(error)), as_json=as_json)
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        return show(failed(error), as_json=as_json)
    return done if isinstance(done, int) else show(done, as_json=as_json)


def _run(plan: Plan, asked: argparse.Namespace, as_json: bool) -> int | Result:
    if asked.part == "office":
        from imsa_desk.gui.tour import office

        return office.do(plan, asked.do)
    if asked.part == "others":
        from imsa_desk.gui.tour import others

        return others.do(plan, asked.do)
    if asked.part:
        from imsa_desk.gui.tour import windows

        return windows.run(plan, asked.part)
    from imsa_desk.gui.tour import running

    return running.run(plan, quiet=as_json)


def _parser() -> CommandParser:
    parser = CommandParser(
        prog="imsa-desk tour",
        description="Drive the real windows through the main job with invented people, and keep pictures.",
    )
    parser.add_argument(
        "--out", type=_absolute, required=True, metavar="DIR", help="an absent or empty folder"
    )
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="another seed, other people (1)")
    parser.add_argument("--debug", action="store_true", help="print where a step failed on standard error")
    parser.add_argument("--part", choices=("first", "work", "office", "others"), help=argparse.SUPPRESS)
    parser.add_argument("--do", nargs="*", default=[], help=argparse.SUPPRESS)
    return parser


def _absolute(word: str) -> Path:
    return Path(word).expanduser().absolute()
