"""What the preview child does: limit itself, read one file from its input, answer with pixels or data."""

from __future__ import annotations

import importlib
import json
import os
import sys
import threading
from types import ModuleType
from typing import BinaryIO, Final, NamedTuple

from imsa_desk.preview.frames import (
    DATA,
    DONE,
    FRAME,
    KINDS,
    MAGIC,
    MAX_DATA,
    MAX_INPUT,
    PAGE,
    REFUSED,
    REQUEST,
    TOTAL,
    read_exactly,
)
from imsa_desk.preview.limits import DATA_ROOM, PAGES_ROOM, PICTURE_ROOM, PRINT_ROOM, limit_process
from imsa_desk.preview.raster import SCREEN_DPI, Unshowable, open_pdf, pdf_pages, picture, warm_up

MAX_DPI = 600
_GONE = 1
_READERS: Final = {
    KINDS["workbook"]: ("imsa_desk.preview.workbook", "sheets"),
    KINDS["fields"]: ("imsa_desk.preview.fields", "form_fields"),
}
"""Kinds that are answered with data: the module and the function in it that turns bytes into what JSON holds.

The module is loaded for its own kind only, so that pages are shown as soon as before; its `warm_up`, if it
has one, loads what it needs later.
"""


class _Request(NamedTuple):
    """What is to be drawn; `length` is how many bytes of the file follow."""

    kind: int
    dpi: int
    wanted: range
    length: int

    @property
    def room(self) -> int:
        """Say how much memory it may take: twice the file, and its pages, its pixels or its contents."""
        if self.kind in _READERS:
            return 2 * self.length + DATA_ROOM
        pages = PAGES_ROOM if self.dpi <= SCREEN_DPI else PRINT_ROOM
        return 2 * self.length + (PICTURE_ROOM if self.kind == KINDS["image"] else pages)


def main() -> int:
    """Serve one request over standard input and output; return the exit status.

    0 when answered (also with a refusal), 1 when the request made no sense.
    """
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    asked = threading.Event()
    threading.Thread(target=_end_with_the_program, args=(asked,), daemon=True).start()
    try:
        request = _read_request(source)
        if request is None:
            return 1
        reader = _load(request.kind)
        limit_process(request.room)  # what was read up to here is the program's own
        data = read_exactly(source, request.length)
    except EOFError:
        return 1
    asked.set()
    try:
        if reader is None:
            _answer(sink, data, request)
        else:
            _answer_data(sink, data, request.kind, reader)
    except Unshowable as error:
        _refuse(sink, error.word)
    except MemoryError:
        _refuse(sink, "too_large")
    sink.flush()
    return 0


def _end_with_the_program(asked: threading.Event) -> None:
    """End at once when the program has gone: locked, it must leave no page of a case in any process.

    The program keeps its end of the pipe open until it has its answer.
    """
    asked.wait()
    while os.read(0, 1):
        pass
    os._exit(_GONE)


def _read_request(source: BinaryIO) -> _Request | None:
    magic, kind, dpi, first, count, length = REQUEST.unpack(read_exactly(source, REQUEST.size))
    if magic != MAGIC or length > MAX_INPUT or not 1 <= dpi <= MAX_DPI:
        return None
    return _Request(kind, dpi, range(first, first + count), length)


def _load(kind: int) -> ModuleType | None:
    """Load what this kind needs; give the module that reads it, or None where pages are drawn."""
    if kind not in _READERS:
        warm_up()
        return None
    module = importlib.import_module(_READERS[kind][0])
    getattr(module, "warm_up", warm_up)()
    return module


def _answer_data(sink: BinaryIO, data: bytes, kind: int, reader: ModuleType) -> None:
    """Answer with the one spelling of what was read that the program takes."""
    found = getattr(reader, _READERS[kind][1])(data)
    text = json.dumps(found, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
    answer = text.encode("utf-8")
    if len(answer) > MAX_DATA:
        raise Unshowable("too_large")
    sink.write(FRAME.pack(DATA, len(answer), 0))
    sink.write(answer)
    sink.write(FRAME.pack(DONE, 0, 0))


def _answer(sink: BinaryIO, data: bytes, request: _Request) -> None:
    if request.kind == KINDS["pdf"]:
        document = open_pdf(data)
        total = len(document)
        wanted = range(min(request.wanted.start, total), min(request.wanted.stop, total))
        rasters = pdf_pages(document, request.dpi, wanted)
    elif request.kind == KINDS["image"]:
        total, rasters = 1, picture(data)
    else:
        raise Unshowable("unknown_kind")
    sink.write(FRAME.pack(TOTAL, total, 0))
    for raster in rasters:
        sink.write(FRAME.pack(PAGE, raster.width, raster.height))
        sink.write(raster.rgb)
        sink.flush()
    sink.write(FRAME.pack(DONE, 0, 0))


def _refuse(sink: BinaryIO, word: str) -> None:
    sink.write(FRAME.pack(REFUSED, len(word), 0))
    sink.write(word.encode("ascii"))
