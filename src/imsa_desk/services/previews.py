"""Turn PDF and picture bytes into pixels, in a child process that can open no file and no socket."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

from imsa_desk.errors import Broken, Refused
from imsa_desk.preview import frames
from imsa_desk.progress import Progress, quiet

CHILD_WORD = "--preview-child"
"""First argument with which the frozen program becomes the preview child."""

SCREEN_DPI = 110
MAX_PAGES = 100
MAX_ANSWER = 768 * 1024 * 1024
SECONDS = 45.0
_WHY = {
    "damaged": "The file is damaged or is not what its name says, so it cannot be shown.",
    "password": "The file is protected by a password, so it cannot be shown.",
    "empty": "The file has no pages.",
    "too_large": "The picture is too large to be shown safely.",
}
_FAILED = "The file could not be shown safely. It is kept unchanged."
_TOO_LONG = "Showing the file took too long and was stopped. It is kept unchanged."
_KEPT_VARIABLES = ("SYSTEMROOT", "SYSTEMDRIVE", "LD_LIBRARY_PATH")


@dataclass(frozen=True, slots=True)
class PageImage:
    """One page as pixels: three bytes each (red, green, blue), row by row from the top."""

    number: int
    total: int
    width: int
    height: int
    rgb: bytes


def page_images(
    data: bytes,
    kind: Literal["pdf", "image"],
    dpi: int = SCREEN_DPI,
    progress: Progress = quiet,
    *,
    first: int = 0,
    count: int = MAX_PAGES,
    seconds: float = SECONDS,
) -> list[PageImage]:
    """Give the pages of a PDF, or a PNG or JPEG picture, as pixels; nothing touches the disk.

    `first` counts from 0; `dpi` does not matter for pictures. Raises `Refused` for files that are
    damaged, protected, too large or too slow, `Broken` if the child cannot be started.
    """
    if len(data) > frames.MAX_INPUT:
        raise Refused(_WHY["too_large"], code="E_PREVIEW_TOO_LARGE")
    request = frames.REQUEST.pack(
        frames.MAGIC, frames.KINDS[kind], dpi, first, min(count, MAX_PAGES), len(data)
    )
    child = _start()
    late = threading.Event()
    clock = threading.Timer(seconds, _stop, (child, late))
    clock.start()
    try:
        return _ask(child, request + data, first, progress)
    except (EOFError, BrokenPipeError) as error:
        if late.is_set():
            raise Refused(_TOO_LONG, code="E_PREVIEW_TIME") from error
        raise Refused(_FAILED, code="E_PREVIEW") from error
    finally:
        clock.cancel()
        _end(child)


def _command() -> list[str]:
    if getattr(sys, "frozen", False):
        return [sys.executable, CHILD_WORD]
    return [sys.executable, "-P", "-m", "imsa_desk.preview"]


def _environment() -> dict[str, str]:
    """Give the child next to nothing: where the program is, and what the system needs to load it."""
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    own = {"PYTHONDONTWRITEBYTECODE": "1", "MALLOC_ARENA_MAX": "1"}  # a second heap would use up its memory
    return {**kept, **own, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}


def _start() -> subprocess.Popen[bytes]:
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NO_WINDOW
    try:
        return subprocess.Popen(
            _command(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            creationflags=flags,
        )
    except OSError as error:
        raise Broken(
            "The preview could not be started. Install the program again.", code="E_PREVIEW"
        ) from error


def _stop(child: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    child.kill()


def _end(child: subprocess.Popen[bytes]) -> None:
    child.kill()
    for stream in (child.stdin, child.stdout):
        if stream is not None:
            with suppress(OSError):
                stream.close()
    child.wait()


def _ask(child: subprocess.Popen[bytes], request: bytes, first: int, progress: Progress) -> list[PageImage]:
    if child.stdin is None or child.stdout is None:
        raise Broken("The preview could not be started.", code="E_PREVIEW")
    child.stdin.write(request)
    child.stdin.flush()  # and left open: when it closes, the program has gone and the child ends
    return _read(child.stdout, first, progress)


def _read(source: IO[bytes], first: int, progress: Progress) -> list[PageImage]:
    """Read the answer; the child is not trusted, so each number in it is checked."""
    pages: list[PageImage] = []
    total = taken = 0
    while True:
        letter, a, b = frames.FRAME.unpack(frames.read_exactly(source, frames.FRAME.size))
        if letter == frames.DONE:
            return pages
        if letter == frames.TOTAL:
            total = a
        elif letter == frames.REFUSED and a <= frames.MAX_WORD:
            word = frames.read_exactly(source, a).decode("ascii", "replace")
            raise Refused(
                _WHY.get(word, _FAILED), code=f"E_PREVIEW_{word.upper()}" if word in _WHY else "E_PREVIEW"
            )
        elif letter == frames.PAGE and 0 < a * b <= frames.MAX_PAGE_PIXELS and len(pages) < MAX_PAGES:
            taken += a * b * frames.BYTES_A_PIXEL
            if taken > MAX_ANSWER:
                raise Refused(_WHY["too_large"], code="E_PREVIEW_TOO_LARGE")
            rgb = frames.read_exactly(source, a * b * frames.BYTES_A_PIXEL)
            pages.append(PageImage(first + len(pages), total, a, b, rgb))
            progress(len(pages), min(total - first, MAX_PAGES))
        else:
            raise EOFError
