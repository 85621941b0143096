"""The secrets a command takes: from a file or standard input, never from its words, which others can read."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from imsa_desk.console import add_passphrase, read_passphrase
from imsa_desk.errors import Refused
from imsa_desk.vocab import SlotKind

_SEVERAL = (SlotKind.SHARES, SlotKind.ESCROW)
_MOST = 64 * 1024


def add_secret(parser: argparse.ArgumentParser) -> None:
    """Let a command open a vault by any of its ways: `--passphrase-file` and `--with`."""
    add_passphrase(parser)
    parser.add_argument(
        "--with",
        dest="way",
        type=SlotKind,
        choices=list(SlotKind),
        default=SlotKind.PASSPHRASE,
        metavar="WAY",
        help="what the file holds: passphrase (usual), recovery (the code), shares or escrow (one a line)",
    )


def add_new_passphrase(parser: argparse.ArgumentParser, what: str) -> None:
    """Let a command take a second passphrase, `--new-passphrase-file`, which it needs."""
    parser.add_argument("--new-passphrase-file", type=Path, metavar="F", required=True, help=what)


def read_secret(args: argparse.Namespace) -> str:
    """Read what opens the vault: the first line, or all of them where a way takes several.

    Raises `Refused` (E_PASSPHRASE) if it is empty or not text.
    """
    if args.way not in _SEVERAL:
        return read_passphrase(args.passphrase_file)
    file: Path | None = args.passphrase_file
    try:
        stream = sys.stdin.buffer if file is None else file.open("rb")
        with stream:
            lines = stream.read(_MOST).decode("utf-8").splitlines()
    except UnicodeDecodeError:
        raise Refused("The file is not UTF-8 text.", code="E_PASSPHRASE") from None
    except FileNotFoundError:
        raise Refused(f"There is no file {file}.", code="E_PASSPHRASE") from None
    found = "\n".join(line.strip() for line in lines if line.strip() and not line.startswith("#"))
    if not found:
        raise Refused("The file is empty: each line of it is used.", code="E_PASSPHRASE")
    return found


def read_new_passphrase(args: argparse.Namespace) -> str:
    """Read the new passphrase; raises `Refused` (E_PASSPHRASE)."""
    return read_passphrase(args.new_passphrase_file, "new passphrase")
