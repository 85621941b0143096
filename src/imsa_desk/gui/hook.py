"""What happens with a bug: a report of types, modules and lines, never of values."""

from __future__ import annotations

import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from imsa_desk import __version__, paths

_KEEP = 20


def describe(kind: type[BaseException], trace: TracebackType | None) -> str:
    """Say where a bug showed: types, modules and lines, without messages, which may hold values."""
    lines = [f"IMSA Desk {__version__}, Python {sys.version.split()[0]}, {sys.platform}"]
    for step in traceback.extract_tb(trace):
        lines.append(f"  {_module(step.filename)}:{step.lineno} {step.name}")
    lines.append(f"{kind.__module__}.{kind.__qualname__}")
    return "\n".join(lines) + "\n"


def _module(filename: str) -> str:
    """Shorten a path to what follows the folder of packages, so that it names no person."""
    parts = Path(filename).parts
    for root in ("imsa_desk", "site-packages"):
        if root in parts:
            return "/".join(parts[parts.index(root) :])
    return Path(filename).name


def write_report(words: str, folder: Path | None = None) -> Path | None:
    """Keep a report where the person can find it; None when the disk does not let it."""
    try:
        folder = paths.private_folder((folder or paths.state_folder()) / "reports")
        file = folder / f"{datetime.now(UTC):%Y%m%d-%H%M%S-%f}.txt"
        file.write_text(words, encoding="utf-8")
        paths.tighten(file)
        for old in sorted(folder.glob("*.txt"))[:-_KEEP]:
            old.unlink(missing_ok=True)
    except OSError:
        return None
    return file


def install(tell: Callable[[str], None]) -> None:
    """Send every bug to a report, and tell the person where it is; nowhere is a value written.

    Python's own words about a bug, in a thread and in tidying up too, quote what the program was working on.
    """

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.exit(130)
        file = _note(kind, trace)
        where = f" A report without any case content is in {file.parent}." if file else ""
        tell(f"Something went wrong in the program. What you saved is safe.{where}")

    sys.excepthook = hook
    threading.excepthook = _in_thread
    sys.unraisablehook = lambda bug: _say(describe(bug.exc_type, bug.exc_traceback))


def _in_thread(bug: threading.ExceptHookArgs) -> None:
    """Note a bug of a thread: whoever waits for its work is told by the lane it came from."""
    if not issubclass(bug.exc_type, SystemExit):
        _note(bug.exc_type, bug.exc_traceback)


def _note(kind: type[BaseException], trace: TracebackType | None) -> Path | None:
    words = describe(kind, trace)
    _say(words)
    return write_report(words)


def _say(words: str) -> None:
    """Write to standard error, which a program without a console does not have."""
    if sys.stderr is not None:
        with suppress(OSError, ValueError):
            sys.stderr.write(words)
