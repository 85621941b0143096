"""Papers of the practice caseload: small valid PDF letters and PNG scans, each marked PRACTICE."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence

_WIDTH, _HEIGHT = 420, 594
_PAPER, _INK, _LINE = 252, 70, 190
_LETTERS = {
    "P": ("1110", "1001", "1110", "1000", "1000"),
    "R": ("1110", "1001", "1110", "1010", "1001"),
    "A": ("0110", "1001", "1111", "1001", "1001"),
    "C": ("0111", "1000", "1000", "1000", "0111"),
    "T": ("1111", "0110", "0110", "0110", "0110"),
    "I": ("0110", "0110", "0110", "0110", "0110"),
    "E": ("1111", "1000", "1110", "1000", "1111"),
}
_WORD = "PRACTICE"
_DOT = 7


def letter_pdf(title: str, lines: Sequence[str]) -> bytes:
    """Make a one-page A4 letter in Latin script; other characters become question marks."""
    shown = ["PRACTICE - invented, not a real letter", "", title, "", *lines]
    text = "\n".join(f"({_escaped(line)}) Tj T*" for line in shown)
    content = f"BT /F1 13 Tf 20 TL 72 760 Td\n{text}\nET".encode("latin-1", "replace")
    return _pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R /Lang (en-GB) >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
            b"/Resources << /Font << /F1 5 0 R >> >> >>",
            b"<< /Length %d >>\nstream\n%b\nendstream" % (len(content), content),
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        ]
    )


def _escaped(line: str) -> str:
    return line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def _pdf(objects: Sequence[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for n, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (n, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(out)


def scan_png(seed: int) -> bytes:
    """Make a grey picture of a written page: the word PRACTICE above lines whose lengths follow the seed."""
    rows = [bytearray([_PAPER]) * _WIDTH for _ in range(_HEIGHT)]
    for place, letter in enumerate(_WORD):
        for y, bits in enumerate(_LETTERS[letter]):
            for x, bit in enumerate(bits):
                if bit == "1":
                    _block(rows, 60 + (place * 5 + x) * _DOT, 50 + y * _DOT, _DOT, _DOT, _INK)
    for n in range(18):
        _block(rows, 60, 130 + n * 24, 180 + (seed * 37 + n * 53) % 120, 6, _LINE)
    raw = b"".join(b"\0" + bytes(row) for row in rows)
    head = struct.pack(">IIBBBBB", _WIDTH, _HEIGHT, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(raw, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)


def _block(rows: list[bytearray], left: int, top: int, width: int, height: int, grey: int) -> None:
    for y in range(top, top + height):
        rows[y][left : left + width] = bytes([grey]) * width


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
