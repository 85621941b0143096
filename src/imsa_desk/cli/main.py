"""Find the command a person typed, run it and print its result; only that command's code is imported."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, cast

from imsa_desk import __version__
from imsa_desk.console import CommandParser, Result, Subparsers, UsageError, failed, show, usage


@dataclass(frozen=True, slots=True)
class Command:
    """One word of the command line: what it does, and the module that knows its options."""

    word: str
    module: str
    summary: str


COMMANDS: tuple[Command, ...] = (
    Command("practice", "imsa_desk.cli.practice", "make a vault with an invented caseload"),
    Command("vault", "imsa_desk.cli.vault", "create or check a vault"),
    Command("form", "imsa_desk.cli.form", "check, import or preview a form"),
    Command("exchange", "imsa_desk.cli.exchange", "send cases, take in what comes, say what is held"),
    Command("join", "imsa_desk.cli.exchange", "join an organisation by its enrolment file"),
    Command("export", "imsa_desk.cli.exchange", "seal chosen cases for the organisation"),
    Command("import", "imsa_desk.cli.exchange", "take in a receipt or a bundle"),
    Command("request", "imsa_desk.cli.trust", "write the joining file that the office enrols"),
    Command("trust", "imsa_desk.cli.trust", "say how the vault's key stands, or take a signed file in"),
    Command("change-key", "imsa_desk.cli.trust", "give the vault a new key for the exchange"),
    Command("reference", "imsa_desk.cli.trust", "say where forms, lists, rules and texts come from"),
)
WINDOWS: tuple[Command, ...] = (
    Command("open", "", "open the window (also without any word): open [VAULT]"),
    Command("tour", "", "drive the real windows through the main job: tour --out DIR [--seed 1]"),
)


class CommandModule(Protocol):
    """What a command's module offers; `add_parser` sets `run` for each of its words."""

    def add_parser(self, sub: Subparsers) -> None:
        """Add the options of this module's words."""


def parser(word: str) -> CommandParser:
    """Build the parser: every word with its summary, and the options of the one that was typed."""
    top = CommandParser(prog="imsa-desk", description="Casework for Independent Modern Slavery Advocates.")
    top.add_argument("--version", action="version", version=f"imsa-desk {__version__}")
    sub = cast(Subparsers, top.add_subparsers(dest="word", metavar="COMMAND", required=True))
    typed = next((c.module for c in COMMANDS if c.word == word), None)
    if typed:
        cast(CommandModule, importlib.import_module(typed)).add_parser(sub)
    for command in (*WINDOWS, *COMMANDS):
        if command.module != typed:
            sub.add_parser(command.word, help=command.summary)
    return top


def main(argv: Sequence[str]) -> int:
    """Run one command and return its exit status: 0 done, 2 usage, 3 refused, 4 broken."""
    as_json = "--json" in argv
    word = next((w for w in argv if not w.startswith("-")), "")
    try:
        args = parser(word).parse_args(argv)
        run = cast(Callable[[argparse.Namespace], Result], args.run)
        return show(run(args), as_json=as_json)
    except UsageError as error:
        if not as_json:
            print(error.hint, file=sys.stderr, end="")
        return show(usage(str(error)), as_json=as_json)
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        return show(failed(error), as_json=as_json)
