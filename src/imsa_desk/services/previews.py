"""Turn untrusted bytes into pixels or plain data, in a child process that can open no file and no socket."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal, TypeVar

from imsa_desk.domain.canonical import parse_canonical
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
_WHY_UNREAD = {
    "workbook": {
        "damaged": "The file is damaged or is no .xlsx workbook. Open it in a spreadsheet program and save it"
        " again as .xlsx.",
        "old_excel": "This is a workbook of an old kind (.xls). Open it in a spreadsheet program and save it"
        " as .xlsx.",
        "password": "The workbook is protected by a password. Save it again without one.",
        "too_large": "The workbook is too large to be read safely. Remove the rows and sheets that are not of"
        " the form.",
        "entities": "The workbook holds what no spreadsheet program writes (a document type), so it is not"
        " read. Ask for a new copy where it came from.",
    },
    "fields": {
        "damaged": "The file is damaged or is no PDF, so it cannot be read.",
        "password": "The file is protected by a password, so it cannot be read.",
        "empty": "The file has no fields to read.",
        "too_large": "The file holds more than a form can, so it is not read.",
    },
}
_UNREAD = "The file could not be read safely. It is kept unchanged."
_FAILED = "The file could not be shown safely. It is kept unchanged."
_TOO_LONG = "Showing the file took too long and was stopped. It is kept unchanged."
_DATA_DEPTH = 8
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
    return _converse(request, data, seconds, lambda source: _read(source, first, progress))


def read_data(
    data: bytes,
    kind: Literal["workbook", "fields"],
    progress: Progress = quiet,
    *,
    seconds: float = SECONDS,
) -> object:
    """Give what stands in a workbook, or in the fields of a form, as plain lists, tables, texts and numbers.

    Its shape is the caller's to check. Raises `Refused` (E_READ, E_READ_*) for files that are damaged,
    protected, too large or too slow, `Broken` if the child cannot be started.
    """
    why = _WHY_UNREAD[kind]
    if len(data) > frames.MAX_INPUT:
        raise Refused(why["too_large"], code="E_READ_TOO_LARGE")
    request = frames.REQUEST.pack(frames.MAGIC, frames.KINDS[kind], 1, 0, 0, len(data))
    progress(0, 1)
    try:
        found = _converse(request, data, seconds, lambda source: _read_data(source, why))
    except Refused as error:
        if error.code == "E_PREVIEW":
            raise Refused(_UNREAD, code="E_READ") from error
        if error.code == "E_PREVIEW_TIME":
            raise Refused("Reading the file took too long and was stopped.", code="E_READ_TIME") from error
        raise
    progress(1, 1)
    return found


_Found = TypeVar("_Found")


def _converse(request: bytes, data: bytes, seconds: float, take: Callable[[IO[bytes]], _Found]) -> _Found:
    """Start a child, ask it, and take its answer; it is gone afterwards, whatever happened."""
    child = _start()
    late = threading.Event()
    clock = threading.Timer(seconds, _stop, (child, late))
    clock.start()
    try:
        if child.stdin is None or child.stdout is None:
            raise Broken("The preview could not be started.", code="E_PREVIEW")
        child.stdin.write(request + data)
        child.stdin.flush()  # and left open: when it closes, the program has gone and the child ends
        return take(child.stdout)
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
    own = {
        "PYTHONDONTWRITEBYTECODE": "1",
        "MALLOC_ARENA_MAX": "1",  # a second heap would use up its memory
        "OPENPYXL_LXML": "False",  # one XML reader everywhere, whatever else is installed
    }
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


def _read_data(source: IO[bytes], why: Mapping[str, str]) -> object:
    """Read the one answer; the child is not trusted: its length, its depth and its spelling are checked."""
    letter, length, _ = frames.FRAME.unpack(frames.read_exactly(source, frames.FRAME.size))
    if letter == frames.REFUSED and length <= frames.MAX_WORD:
        word = frames.read_exactly(source, length).decode("ascii", "replace")
        raise Refused(why.get(word, _UNREAD), code=f"E_READ_{word.upper()}" if word in why else "E_READ")
    if letter != frames.DATA or length > frames.MAX_DATA:
        raise EOFError
    try:
        return parse_canonical(frames.read_exactly(source, length), _DATA_DEPTH)
    except Broken as error:
        raise EOFError from error


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
