"""The commands of `imsa-courier`: send, fetch, both."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from enum import IntEnum
from pathlib import Path
from typing import NoReturn

from imsa_courier import __version__
from imsa_courier.credentials import read_credentials
from imsa_courier.errors import Broken, CourierError, Kept, Refused
from imsa_courier.report import Report
from imsa_courier.settings import read_settings
from imsa_courier.trip import Direction, Trip

_WAYS = {
    "send": ("carry sealed files to the server", (Direction.SEND,)),
    "fetch": ("carry sealed files from the server", (Direction.FETCH,)),
    "both": ("send, then fetch", (Direction.SEND, Direction.FETCH)),
}


class Exit(IntEnum):
    """How a command ended, for the shell; the same as `imsa-office`."""

    DONE = 0
    USAGE = 2
    REFUSED = 3
    BROKEN = 4


class UsageError(Exception):
    """The words do not make a command."""


class _Parser(argparse.ArgumentParser):
    """A parser that reports instead of exiting."""

    def error(self, message: str) -> NoReturn:
        """Raise, so that `--json` covers usage too."""
        raise UsageError(message)


def parser() -> argparse.ArgumentParser:
    """Build the parser with every command and its options."""
    top = _Parser(
        prog="imsa-courier",
        description="Carries sealed files between a folder and a server. It holds no keys and opens no file.",
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"imsa-courier {__version__}")
    sub = top.add_subparsers(metavar="COMMAND", required=True, parser_class=_Parser)
    for word, (summary, ways) in _WAYS.items():
        made = sub.add_parser(word, help=summary, description=summary, allow_abbrev=False)
        made.add_argument(
            "--settings", type=Path, required=True, metavar="FILE", help="what is carried where"
        )
        made.add_argument("--dry-run", action="store_true", help="say what would be done; change nothing")
        made.add_argument(
            "--watch", type=_seconds, metavar="SECONDS", help="go on, with this pause between rounds"
        )
        made.add_argument("--json", action="store_true", help="print one JSON object in the end")
        made.set_defaults(ways=ways)
    return top


def run(words: Sequence[str]) -> int:
    """Run one command and return its exit status: 0 done, 2 usage, 3 refused, 4 broken."""
    as_json, report = "--json" in words, Report()
    try:
        args = parser().parse_args(words)
        if args.watch and args.dry_run:
            raise UsageError("--watch and --dry-run do not go together")
        settings = read_settings(args.settings)
        trip = Trip(settings, read_credentials(settings.credentials), args.ways, report, args.dry_run)
        if args.watch:
            _watch(trip, args.watch)
        trip.go()
    except UsageError as error:
        return _show(Exit.USAGE, "E_USAGE", str(error), report, as_json)
    except Broken as error:
        return _show(Exit.BROKEN, error.code, error.message, report, as_json)
    except CourierError as error:
        return _show(Exit.REFUSED, error.code, error.message, report, as_json)
    except OSError as error:
        where = f": {error.filename}" if error.filename else ""
        text = f"The computer refused this: {error.strerror or type(error).__name__}{where}"
        return _show(Exit.BROKEN, "E_FILE", text, report, as_json)
    except Exception as error:
        return _show(Exit.BROKEN, "E_BUG", f"A fault in the program: {_place(error)}", report, as_json)
    if report.kept:
        return _show(Exit.REFUSED, Kept.code, report.summary(), report, as_json)
    return _show(Exit.DONE, "DONE", report.summary(), report, as_json)


def _watch(trip: Trip, pause: float) -> NoReturn:
    """Make round after round; a silent server, a full disk or a stick pulled out is told once only."""
    said, worked = "", False
    while True:
        try:
            trip.go()
            said, worked = "", True
        except (Broken, Refused) as error:
            if isinstance(error, Refused) and not (worked and error.code == "E_FOLDER"):
                raise
            if error.message != said:
                trip.report.note(error.message)
            said = error.message
        time.sleep(pause)


def _show(status: Exit, code: str, message: str, report: Report, as_json: bool) -> int:
    """Print the result: text for people, or exactly one JSON object."""
    if as_json:
        shown = {"ok": status is Exit.DONE, "code": code, "message": message}
        carried = {"sent": report.sent, "fetched": report.fetched, "kept": report.kept}
        print(json.dumps(shown | carried, ensure_ascii=False))
    else:
        print(message, file=sys.stdout if status is Exit.DONE else sys.stderr, flush=True)
    return int(status)


def _seconds(text: str) -> float:
    """Read the pause between two rounds."""
    seconds = float(text)
    if not 1 <= seconds <= 86_400:
        raise argparse.ArgumentTypeError("a pause is from 1 to 86400 seconds")
    return seconds


def _place(error: Exception) -> str:
    """Name an unexpected error by its type and line only: its text might quote a credential."""
    step = error.__traceback__
    while step and step.tb_next:
        step = step.tb_next
    where = f"{Path(step.tb_frame.f_code.co_filename).name}:{step.tb_lineno}" if step else "unknown place"
    return f"{type(error).__name__} in {where}"
