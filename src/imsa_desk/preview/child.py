"""What the preview child does: limit itself, read one file from its input, answer with pixels."""

from __future__ import annotations

import sys
from typing import BinaryIO

from imsa_desk.preview.frames import (
    DONE,
    FRAME,
    KINDS,
    MAGIC,
    MAX_INPUT,
    PAGE,
    REFUSED,
    REQUEST,
    TOTAL,
    read_exactly,
)
from imsa_desk.preview.limits import limit_process
from imsa_desk.preview.raster import Unshowable, open_pdf, pdf_pages, picture, warm_up

MAX_DPI = 600


def main() -> int:
    """Serve one request over standard input and output; return the exit status."""
    warm_up()
    limit_process()
    return serve(sys.stdin.buffer, sys.stdout.buffer)


def serve(source: BinaryIO, sink: BinaryIO) -> int:
    """Answer one request; 0 when answered (also with a refusal), 1 when the request made no sense."""
    try:
        magic, kind, dpi, first, count, length = REQUEST.unpack(read_exactly(source, REQUEST.size))
        if magic != MAGIC or length > MAX_INPUT or not 1 <= dpi <= MAX_DPI:
            return 1
        data = read_exactly(source, length)
    except EOFError:
        return 1
    try:
        _answer(sink, data, kind, dpi, range(first, first + count))
    except Unshowable as error:
        _refuse(sink, error.word)
    except MemoryError:
        _refuse(sink, "too_large")
    sink.flush()
    return 0


def _answer(sink: BinaryIO, data: bytes, kind: int, dpi: int, wanted: range) -> None:
    if kind == KINDS["pdf"]:
        document = open_pdf(data)
        total = len(document)
        rasters = pdf_pages(document, dpi, range(min(wanted.start, total), min(wanted.stop, total)))
    elif kind == KINDS["image"]:
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
