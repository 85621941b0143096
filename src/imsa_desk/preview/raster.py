"""Turn PDF pages and pictures into RGB pixels, within a pixel limit."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from typing import NamedTuple

import pypdfium2
from PIL import Image, ImageOps

from imsa_desk.preview.frames import MAX_PAGE_PIXELS

MAX_PICTURE_PIXELS = 120_000_000
LONGEST_EDGE = 2_400
SCREEN_DPI = 150
"""Up to here pages are for the screen, and drawn coarser the sooner."""
_SCREEN_PIXELS = 5_000_000
POINTS_AN_INCH = 72
_PICTURES = ("PNG", "JPEG")


class Unshowable(Exception):
    """The bytes cannot be shown; `word` says why in one of a few fixed words."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


class Raster(NamedTuple):
    """One page: size in pixels, and three bytes for each, row by row from the top."""

    width: int
    height: int
    rgb: bytes


def warm_up() -> None:
    """Use each library once, so that nothing is loaded later, when no file can be opened any more."""
    for name in _PICTURES:
        buffer = io.BytesIO()
        Image.new("RGB", (2, 2)).save(buffer, name)
        list(picture(buffer.getvalue()))
    document = pypdfium2.PdfDocument.new()
    document.new_page(10, 10)
    buffer = io.BytesIO()
    document.save(buffer)
    list(pdf_pages(pypdfium2.PdfDocument(buffer.getvalue()), POINTS_AN_INCH, range(1)))


def open_pdf(data: bytes) -> pypdfium2.PdfDocument:
    """Open a PDF; raises `Unshowable` if it is damaged or wants a password."""
    try:
        document = pypdfium2.PdfDocument(data)
        if len(document) < 1:
            raise Unshowable("empty")
    except pypdfium2.PdfiumError as error:
        raise Unshowable("password" if "password" in str(error).lower() else "damaged") from error
    return document


def pdf_pages(document: pypdfium2.PdfDocument, dpi: int, wanted: range) -> Iterator[Raster]:
    """Draw pages one after the other; a page too large for the limit is drawn coarser."""
    most = MAX_PAGE_PIXELS if dpi > SCREEN_DPI else _SCREEN_PIXELS
    for number in wanted:
        try:
            page = document[number]
            width, height = page.get_size()
            scale = dpi / POINTS_AN_INCH
            pixels = width * height * scale * scale
            if pixels > most:
                scale *= (0.98 * most / pixels) ** 0.5
            drawn = page.render(scale=scale, rev_byteorder=True).to_pil().convert("RGB")
        except pypdfium2.PdfiumError as error:
            raise Unshowable("damaged") from error
        if drawn.width * drawn.height > MAX_PAGE_PIXELS:
            raise Unshowable("too_large")
        yield Raster(drawn.width, drawn.height, drawn.tobytes())
        page.close()


def picture(data: bytes) -> Iterator[Raster]:
    """Decode a PNG or JPEG; its size is looked at before a pixel is decoded."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        try:
            with Image.open(io.BytesIO(data), formats=_PICTURES) as image:
                if image.width * image.height > MAX_PICTURE_PIXELS:
                    raise Unshowable("too_large")
                image.draft("RGB", (LONGEST_EDGE, LONGEST_EDGE))
                image.thumbnail((LONGEST_EDGE, LONGEST_EDGE))  # first: turning makes a copy
                shown = ImageOps.exif_transpose(image).convert("RGB")
        except Image.DecompressionBombError as error:
            raise Unshowable("too_large") from error
        except (OSError, ValueError, SyntaxError) as error:  # what Pillow raises for damaged files
            raise Unshowable("damaged") from error
    yield Raster(shown.width, shown.height, shown.tobytes())
