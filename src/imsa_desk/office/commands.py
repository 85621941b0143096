"""The parser of `imsa-office`: each module beside this one adds its own commands."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import cast

import imsa_desk.office
from imsa_desk import __version__
from imsa_desk.console import CommandParser, UsageError, add_passphrase, failed, show, usage
from imsa_desk.office.frame import Command, Runner

_FRAME = {"__main__", "commands", "frame"}


def parser() -> CommandParser:
    """Build the parser with every command and its options."""
    top = CommandParser(
        prog="imsa-office", description="The organisation's side: takes in what advocates send."
    )
    top.add_argument("--version", action="version", version=f"imsa-office {__version__}")
    sub = top.add_subparsers(metavar="COMMAND", required=True)

    def command(word: str, summary: str, run: Runner) -> argparse.ArgumentParser:
        made = sub.add_parser(word, help=summary, description=summary)
        made.add_argument("--office", type=Path, required=True, metavar="DIR", help="the office's folder")
        add_passphrase(made)
        made.add_argument(
            "--password-file",
            type=Path,
            metavar="F",
            help="file whose first line is the database's password (otherwise: pgpass)",
        )
        made.set_defaults(run=run)
        return made

    for add in _parts():
        add(command)
    return top


def _parts() -> list[Callable[[Command], None]]:
    """Give `add` of every module of this package that has one, in the order of their names."""
    names = sorted(m.name for m in iter_modules(imsa_desk.office.__path__) if m.name not in _FRAME)
    modules = [import_module(f"imsa_desk.office.{name}") for name in names]
    return [module.add for module in modules if hasattr(module, "add")]


def run(argv: Sequence[str]) -> int:
    """Run one command and return its exit status: 0 done, 2 usage, 3 refused, 4 broken."""
    as_json = "--json" in argv
    try:
        args = parser().parse_args(argv)
        return show(cast(Runner, args.run)(args), as_json=as_json)
    except UsageError as error:
        if not as_json:
            print(error.hint, file=sys.stderr, end="")
        return show(usage(str(error)), as_json=as_json)
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        return show(failed(error), as_json=as_json)
