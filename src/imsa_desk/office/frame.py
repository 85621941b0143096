"""What every command of `imsa-office` shares: how it joins the parser, and an office opened while it runs."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from imsa_desk.console import Result, read_passphrase
from imsa_desk.services import office as verbs
from imsa_desk.vocab import ShareBasis

MAX_FILE = 1024 * 1024
"""Bytes of a joining file or another small file that a command reads whole."""
BASES = tuple(basis.value for basis in ShareBasis if basis is not ShareBasis.CONSENT)
Runner = Callable[[argparse.Namespace], Result]
Command = Callable[[str, str, Runner], argparse.ArgumentParser]
"""Makes one command of a word, a summary and what it runs; gives its parser for options of its own."""


def add_basis(parser: argparse.ArgumentParser, *, reason: bool = False) -> None:
    """Add what is needed where the person withdrew their consent, and a reason where there is none yet."""
    words = "on what other basis, where the consent was withdrawn: " + ", ".join(BASES)
    parser.add_argument("--basis", default="", choices=["", *BASES], metavar="B", help=words)
    if reason:
        parser.add_argument("--reason", default="", metavar="R", help="why, with --basis; it is kept")


def password(args: argparse.Namespace) -> str | None:
    """Give the database's password from the file named, or None: then pgpass or the office has it."""
    file: Path | None = args.password_file
    return None if file is None else read_passphrase(file, "database password")


@contextmanager
def opened(args: argparse.Namespace) -> Iterator[verbs.Office]:
    """Open the office that a command's words name."""
    secret = read_passphrase(args.passphrase_file)
    with verbs.opened_office(args.office, secret, password=password(args)) as office:
        yield office


def read_small(path: Path) -> bytes:
    """Read a small file, never more than its limit."""
    with path.open("rb") as stream:
        return stream.read(MAX_FILE)
