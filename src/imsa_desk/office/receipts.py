"""The command `receipts`: writes the newest receipt of every vault once more."""

from __future__ import annotations

import argparse
from pathlib import Path

from imsa_desk.console import Result
from imsa_desk.office.frame import Command, opened
from imsa_desk.services.office_receipts import write_receipts

_NOTHING = (
    "No receipt was written: nothing was taken in yet, or the key was withdrawn. Then the list of such "
    "keys is in the folder."
)


def add(command: Command) -> None:
    """Add this module's command."""
    receipts = command("receipts", "write signed receipts again, for what is held by now", _receipts)
    receipts.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="where they are written")
    receipts.add_argument("writers", nargs="*", metavar="VAULT", help="only these vaults' receipts")


def _receipts(args: argparse.Namespace) -> Result:
    with opened(args) as office:
        written = write_receipts(office, args.out, tuple(args.writers))
    text = "\n".join(written) if written else _NOTHING
    return Result.done(text, files=list(written))
