"""How the preview child and the program talk over pipes: small headers, then plain bytes.

One request (`REQUEST`, then the file's bytes) is answered by frames. Each begins with `FRAME`: a letter
and two numbers whose meaning depends on the letter.
"""

from __future__ import annotations

import struct
from typing import IO, Final

REQUEST: Final = struct.Struct(">4sBIIIQ")
"""Magic, kind, dots an inch, first page (from 0), number of pages, length of the file."""

FRAME: Final = struct.Struct(">cII")
"""Letter and two numbers: TOTAL pages, 0; PAGE width, height; DATA length, 0; REFUSED length of the word, 0;
DONE 0, 0."""

MAGIC: Final = b"IMPV"
KINDS: Final = {"pdf": 1, "image": 2, "workbook": 3, "fields": 4}
TOTAL, PAGE, DATA, REFUSED, DONE = b"T", b"P", b"J", b"R", b"D"

MAX_INPUT: Final = 128 * 1024 * 1024
MAX_PAGE_PIXELS: Final = 25_000_000
MAX_DATA: Final = 16 * 1024 * 1024
"""Bytes of canonical JSON that what stands in a file may come to."""
MAX_WORD: Final = 40
BYTES_A_PIXEL: Final = 3


def read_exactly(stream: IO[bytes], length: int) -> bytes:
    """Read that many bytes; raises EOFError when the other side stopped before."""
    data = bytearray()
    while len(data) < length:
        piece = stream.read(min(length - len(data), 1 << 20))
        if not piece:
            raise EOFError
        data += piece
    return bytes(data)
