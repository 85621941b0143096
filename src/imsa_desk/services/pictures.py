"""Pictures without what they hide: place, time and camera go, not a pixel changes.

Nothing is decoded here: a picture is a row of labelled pieces, and only pieces that are needed to show it are
kept. Which way up it is stays. Whatever does not fit the format is refused, also what follows the end.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable, Iterator

from imsa_desk.errors import Problem, Refused

MAX_PIXELS = 120_000_000
"""As many as the preview would draw."""

_DAMAGED = "This picture is damaged or cut short. Make it again, or save it as a PDF first."
_TOO_LARGE = "This picture has too many dots to be shown safely. Scan it at a lower resolution."

_PNG = b"\x89PNG\r\n\x1a\n"
_NEEDED = {b"IHDR", b"PLTE", b"IDAT", b"IEND"}
_SHOWN_BY = {b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"bKGD", b"pHYs", b"cICP"}

_START, _END, _SCAN, _APP0, _EXIF, _COLOURS, _ADOBE = 0xD8, 0xD9, 0xDA, 0xE0, 0xE1, 0xE2, 0xEE
_FRAMES = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_TABLES = {0xC4, 0xCC, 0xDB, 0xDC, 0xDD}
_JFIF_BYTES = 12
_NEXT = re.compile(rb"\xff+([\x01-\xcf\xd8-\xfe])")
"""The end of coded pixels: a mark that is neither a stuffed byte nor a restart."""

_TURNED = 0x0112
_SHORT = 3


def without_details(data: bytes, media_type: str) -> bytes:
    """Give a PNG or JPEG without hidden details; anything else as it is.

    Raises Refused (E_PICTURE, E_PICTURE_SIZE) for a damaged picture or one with too many pixels.
    """
    cleaners: dict[str, Callable[[bytes], bytes]] = {"image/png": _png, "image/jpeg": _jpeg}
    clean = cleaners.get(media_type)
    try:
        return data if clean is None else clean(data)
    except (struct.error, IndexError) as error:
        raise _refused() from error


def _refused() -> Refused:
    return Refused([Problem("file", _DAMAGED)], code="E_PICTURE")


def _check_size(width: int, height: int) -> None:
    if not width or not height:
        raise _refused()
    if width * height > MAX_PIXELS:
        raise Refused([Problem("file", _TOO_LARGE)], code="E_PICTURE_SIZE")


# --- PNG ---


def _png(data: bytes) -> bytes:
    pieces = list(_chunks(data))
    if not pieces or pieces[0][0] != b"IHDR" or pieces[-1][0] != b"IEND":
        raise _refused()
    _check_size(*struct.unpack_from(">II", pieces[0][1]))
    turned = next((_turned(body) for name, body in pieces if name == b"eXIf"), 1)
    kept = [_chunk(name, body) for name, body in pieces if name in _NEEDED | _SHOWN_BY]
    if turned != 1:
        kept.insert(1, _chunk(b"eXIf", _exif(turned)))
    return _PNG + b"".join(kept)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Give the pieces up to the end of the picture."""
    at = len(_PNG)
    name = b""
    while name != b"IEND":
        length, name = struct.unpack_from(">I4s", data, at)
        body = data[at + 8 : at + 8 + length]
        (code,) = struct.unpack_from(">I", data, at + 8 + length)
        needed = name[0] & 0x20 == 0
        if code != zlib.crc32(name + body) or (needed and name not in _NEEDED):
            raise _refused()
        yield name, body
        at += 12 + length


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


# --- JPEG ---


def _jpeg(data: bytes) -> bytes:
    kept, turned, framed = [b""], 1, False
    for mark, body, pixels in _segments(data):
        if mark == _EXIF and body.startswith(b"Exif\0\0"):
            turned = _turned(body[6:])
        elif mark == _APP0 and body.startswith(b"JFIF\0"):
            kept.append(_segment(mark, body[:_JFIF_BYTES] + b"\0\0"))  # without its small picture
        elif mark in _FRAMES:
            height, width = struct.unpack_from(">HH", body, 1)
            _check_size(width, height)
            framed = True
            kept.append(_segment(mark, body))
        elif mark == _SCAN and framed:
            kept.append(_segment(mark, body) + pixels)
        elif mark in _TABLES or _is_shown_by(mark, body):
            kept.append(_segment(mark, body))
        elif mark == _SCAN:
            raise _refused()
    if not framed:
        raise _refused()
    if turned != 1:
        kept[0] = _segment(_EXIF, b"Exif\0\0" + _exif(turned))
    return b"\xff\xd8" + b"".join(kept) + b"\xff\xd9"


def _is_shown_by(mark: int, body: bytes) -> bool:
    profile = mark == _COLOURS and body.startswith(b"ICC_PROFILE\0")
    return profile or (mark == _ADOBE and body.startswith(b"Adobe"))


def _segments(data: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Give mark, content and coded pixels of each piece up to the end of the picture."""
    at = 2
    while True:
        if data[at] != 0xFF:
            raise _refused()
        while data[at] == 0xFF:
            at += 1
        mark = data[at]
        at += 1
        if mark == _END:
            return
        if mark < 0xC0 or 0xD0 <= mark <= _START:
            raise _refused()
        (length,) = struct.unpack_from(">H", data, at)
        if length < 2 or at + length > len(data):
            raise _refused()
        body, at = data[at + 2 : at + length], at + length
        pixels = b""
        if mark == _SCAN:
            following = _NEXT.search(data, at)
            if following is None:
                raise _refused()
            pixels, at = data[at : following.start()], following.start()
        yield mark, body, pixels


def _segment(mark: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, mark, len(body) + 2) + body


# --- which way up ---


def _turned(tiff: bytes) -> int:
    """Read which way up a picture is to be shown (1 to 8, 1 as it stands); 1 when that cannot be read."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None:
        return 1
    try:
        (at,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, at)
        for n in range(count):
            tag, kind, _, value = struct.unpack_from(f"{order}HHIH", tiff, at + 2 + 12 * n)
            if tag == _TURNED and kind == _SHORT:
                return value if 1 <= value <= 8 else 1
    except struct.error:
        return 1
    return 1


def _exif(turned: int) -> bytes:
    """Write the details that say nothing but which way up a picture is."""
    return struct.pack(">4sIHHHIHHI", b"MM\0*", 8, 1, _TURNED, _SHORT, 1, turned, 0, 0)
