"""What every command of both programs takes and gives: words and a passphrase in, one result out."""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from imsa_desk.errors import Broken, Cancelled, ImsaError, Refused

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]
else:
    Subparsers = argparse._SubParsersAction


class Exit(IntEnum):
    """How a command ended, for the shell."""

    DONE = 0
    USAGE = 2
    REFUSED = 3
    BROKEN = 4


@dataclass(frozen=True, slots=True)
class Result:
    """What a command did: `code` is stable for scripts, `data` may hold only what JSON can."""

    ok: bool
    code: str
    message: str
    data: Mapping[str, object] = field(default_factory=dict)
    status: Exit = Exit.DONE

    @classmethod
    def done(cls, message: str, code: str = "DONE", **data: object) -> Result:
        """Say that the command did what was asked (or that it had been done before)."""
        return cls(True, code, message, data)


class UsageError(Exception):
    """The words do not make a command."""

    def __init__(self, text: str, hint: str) -> None:
        super().__init__(text)
        self.hint = hint


class CommandParser(argparse.ArgumentParser):
    """A parser whose every command takes `--json`, and which reports instead of exiting."""

    def __init__(self, **options: object) -> None:
        super().__init__(**options, allow_abbrev=False)  # type: ignore[arg-type]  # passed on as they came
        self.add_argument(
            "--json", action="store_true", default=argparse.SUPPRESS, help="print one JSON object"
        )

    def error(self, message: str) -> NoReturn:
        """Raise instead of printing and exiting, so that `--json` covers usage too."""
        raise UsageError(message, self.format_usage())


def failed(error: Exception) -> Result:
    """Turn what stopped a command into its result; a text never holds a value of a record."""
    match error:
        case Refused():
            problems = [{"field": p.field, "text": p.text} for p in error.problems]
            return Result(False, error.code, error.message, {"problems": problems}, Exit.REFUSED)
        case Cancelled():
            return Result(False, error.code, error.message, status=Exit.REFUSED)
        case Broken() | ImsaError():
            return Result(False, error.code, error.message, status=Exit.BROKEN)
        case OSError():
            where = f": {error.filename}" if error.filename else ""
            text = f"The computer refused this: {error.strerror or type(error).__name__}{where}"
            return Result(False, "E_FILE", text, status=Exit.BROKEN)
        case _:
            return Result(False, "E_BUG", f"A fault in the program: {_place(error)}", status=Exit.BROKEN)


def usage(text: str) -> Result:
    """Say that the words of the command are wrong."""
    return Result(False, "E_USAGE", text, status=Exit.USAGE)


def show(result: Result, *, as_json: bool) -> int:
    """Print a result and return the exit status: text for people, or exactly one JSON object."""
    if as_json:
        shown = {"ok": result.ok, "code": result.code, "message": result.message, **result.data}
        print(json.dumps(shown, ensure_ascii=False, default=str))
    else:
        print(result.message, file=sys.stdout if result.ok else sys.stderr)
    return int(result.status)


def read_passphrase(file: Path | None, what: str = "passphrase") -> str:
    """Read a passphrase: the first line of a file or of standard input, without its line ending.

    At a terminal it is asked for and not echoed. Raises `Refused` if it is empty or not text.
    """
    try:
        if file is not None:
            line = file.read_bytes().split(b"\n", 1)[0].decode("utf-8")
        elif sys.stdin.isatty():
            line = getpass.getpass(f"{what.capitalize()}: ")
        else:
            line = sys.stdin.buffer.readline().removesuffix(b"\n").decode("utf-8")
    except UnicodeDecodeError:
        raise Refused(f"The {what} is not UTF-8 text.", code="E_PASSPHRASE") from None
    except FileNotFoundError:
        raise Refused(f"There is no {what} file {file}.", code="E_PASSPHRASE") from None
    line = line.removesuffix("\r")
    if not line:
        raise Refused(f"The {what} is empty: its first line is used.", code="E_PASSPHRASE")
    return line


def add_passphrase(parser: argparse.ArgumentParser) -> None:
    """Let a command take `--passphrase-file`."""
    parser.add_argument(
        "--passphrase-file",
        type=Path,
        metavar="F",
        help="file whose first line is the passphrase (otherwise: standard input)",
    )


def _place(error: Exception) -> str:
    """Name an unexpected error by its type and line only: its text might quote a record."""
    step = error.__traceback__
    while step and step.tb_next:
        step = step.tb_next
    where = f"{Path(step.tb_frame.f_code.co_filename).name}:{step.tb_lineno}" if step else "unknown place"
    return f"{type(error).__name__} in {where}"
