"""The command that runs as a service: `watch`."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import FrameType

from imsa_desk.console import Exit, Result, read_passphrase
from imsa_desk.office.frame import Command, password
from imsa_desk.services import office as verbs
from imsa_desk.services.office_watch import Places, Watch


def add(command: Command) -> None:
    """Add this module's command."""
    watch = command("watch", "take in whatever comes into a folder, until stopped", _watch)
    watch.add_argument("folder", type=Path, metavar="FOLDER", help="where sealed bundles arrive")
    watch.add_argument(
        "--out", type=Path, metavar="FOLDER", help="where receipts and bundles for the vaults are written"
    )
    watch.add_argument("--once", action="store_true", help="take in what is there now, then end")
    watch.add_argument(
        "--every", type=float, default=5.0, metavar="S", help="seconds between two looks (otherwise: 5)"
    )


def _watch(args: argparse.Namespace) -> Result:
    secret, known = read_passphrase(args.passphrase_file), password(args)
    opening = partial(verbs.opened_office, args.office, secret, password=known)
    said: list[str] = []

    def say(line: str) -> None:
        said.append(line)
        # Standard output is the result's; a service's log takes both.
        print(line, file=sys.stderr, flush=True)

    with _until_told() as stop:
        watch = Watch(Places(args.folder, args.out), opening, say, stop, max(0.05, args.every))
        watch.begin()
        if not args.once:
            watch.run()
            return Result.done("Stopped.")
        whole = watch.once()
    if whole:
        return Result(True, "DONE", "Everything that was there is taken in or put aside.", {"said": said})
    return Result(False, "E_LATER", "Some could not be taken in yet.", {"said": said}, Exit.BROKEN)


@contextmanager
def _until_told() -> Iterator[threading.Event]:
    """Give an event that is set when this process is told to end; the bundle at hand is finished first."""
    stop = threading.Event()

    def told(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, told) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
