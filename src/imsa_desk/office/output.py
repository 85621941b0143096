"""What a command of the office gives back: one result, as text or as one JSON object, and an exit status."""

from __future__ import annotations

import getpass
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path

from imsa_desk.errors import Cancelled, ImsaError, Refused


class Exit(IntEnum):
    """How a command ended, for the shell."""

    DONE = 0
    USAGE = 2
    REFUSED = 3
    BROKEN = 4


@dataclass(frozen=True, slots=True)
class Result:
    """What a command did; `code` is stable for scripts, `data` holds only what JSON can."""

    code: str
    message: str
    data: Mapping[str, object] = field(default_factory=dict)
    status: Exit = Exit.DONE

    @property
    def ok(self) -> bool:
        """Say whether the command did what was asked, or found it done before."""
        return self.status is Exit.DONE


def status_of(error: Exception) -> Exit:
    """Tell the exit status of an error: 3 when a person can put it right, otherwise 4."""
    return Exit.REFUSED if isinstance(error, (Refused, Cancelled)) else Exit.BROKEN


def failed(error: Exception) -> Result:
    """Turn what stopped a command into its result; a text never holds a value of a record."""
    if isinstance(error, ImsaError):
        return Result(error.code, error.message, status=status_of(error))
    if isinstance(error, OSError):
        where = f": {error.filename}" if error.filename else ""
        reason = error.strerror or type(error).__name__
        return Result("E_FILE", f"The computer refused this: {reason}{where}", status=Exit.BROKEN)
    step = error.__traceback__
    while step and step.tb_next:
        step = step.tb_next
    place = f"{Path(step.tb_frame.f_code.co_filename).name}:{step.tb_lineno}" if step else "unknown place"
    # Type and line only: the text of an unexpected error might quote a record.
    text = f"A fault in the program: {type(error).__name__} in {place}"
    return Result("E_BUG", text, status=Exit.BROKEN)


def show(result: Result, *, as_json: bool) -> int:
    """Print a result and return the exit status: text for people, or exactly one JSON object."""
    if as_json:
        shown = {"ok": result.ok, "code": result.code, "message": result.message, **result.data}
        print(json.dumps(shown, ensure_ascii=False))
    else:
        print(result.message, file=sys.stdout if result.ok else sys.stderr)
    return int(result.status)


def read_secret(file: Path | None, what: str = "Passphrase") -> str:
    """Read a secret: the first line of a file or of standard input, without its line ending.

    At a terminal it is asked for and not echoed. Raises `Refused` (E_PASSPHRASE).
    """
    try:
        if file is not None:
            line = file.read_bytes().split(b"\n", 1)[0].decode("utf-8")
        elif sys.stdin.isatty():
            line = getpass.getpass(f"{what}: ")
        else:
            line = sys.stdin.buffer.readline().removesuffix(b"\n").decode("utf-8")
    except UnicodeDecodeError:
        raise Refused(f"{what}: the file does not hold UTF-8 text.", code="E_PASSPHRASE") from None
    except OSError:
        raise Refused(f"{what}: the file {file} cannot be read.", code="E_PASSPHRASE") from None
    line = line.removesuffix("\r")
    if not line:
        raise Refused(f"{what}: the first line is empty.", code="E_PASSPHRASE")
    return line
