"""The paper: A4 pages, shapes, text and bookmarks, and in the end the bytes of a PDF."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from reportlab.pdfgen.canvas import Canvas

from imsa_desk.printing.fonts import Face
from imsa_desk.printing.glyph_text import LineWriter
from imsa_desk.printing.look import rgb
from imsa_desk.printing.pdffont import EmbeddedFont
from imsa_desk.printing.shaping import Segment

A4 = (595.28, 841.89)
PROGRAM = "IMSA Desk"


@dataclass(frozen=True, slots=True)
class About:
    """What the file says about itself: never a person's name."""

    title: str
    language: str
    made_at: datetime


class _BareCanvas(Canvas):  # type: ignore[misc]  # reportlab has no types
    """A canvas whose pages do not begin with a font that is not embedded."""

    def _make_preamble(self) -> None:
        self._preamble = "1 0 0 1 0 0 cm"


class Paper:
    """A PDF being drawn; the origin is the lower left corner, lengths are points."""

    def __init__(self, about: About) -> None:
        self._bytes = BytesIO()
        self._canvas: Any = _BareCanvas(
            self._bytes, pagesize=A4, invariant=1, pageCompression=1, pdfVersion=(1, 7), lang=about.language
        )
        self._canvas.setTitle(about.title)
        self._canvas.setAuthor("")
        self._canvas.setSubject("")
        self._canvas.setCreator(PROGRAM)
        self._canvas.setProducer(PROGRAM)
        self._canvas.setViewerPreference("DisplayDocTitle", "true")
        stamp = self._canvas._doc._timeStamp
        stamp.YMDhms = tuple(about.made_at.astimezone(UTC).timetuple()[:6])
        self._fonts: dict[Face, EmbeddedFont] = {}
        self._bookmarks = 0

    def use(self, face: Face) -> EmbeddedFont:
        """Give this document's font for a face."""
        if face not in self._fonts:
            self._fonts[face] = EmbeddedFont(face, self._canvas._doc, f"T{len(self._fonts)}")
        return self._fonts[face]

    def text(self, placed: Sequence[tuple[Segment, float]], baseline: float) -> None:
        """Draw segments of one line at their left edges."""
        if placed:
            self._canvas._code.append(LineWriter(self).line(placed, baseline))

    def box(
        self, x: float, y: float, width: float, height: float, *, fill: str, edge: str = "", radius: float = 0
    ) -> None:
        """Draw a filled box from its lower left corner, with round corners and an edge if asked for."""
        self._canvas.setFillColorRGB(*rgb(fill))
        if edge:
            self._canvas.setStrokeColorRGB(*rgb(edge))
            self._canvas.setLineWidth(0.7)
        self._canvas.roundRect(x, y, width, height, radius, stroke=1 if edge else 0, fill=1)

    def hairline(self, x: float, y: float, width: float, colour: str) -> None:
        """Draw a thin level line."""
        self._canvas.setStrokeColorRGB(*rgb(colour))
        self._canvas.setLineWidth(0.6)
        self._canvas.line(x, y, x + width, y)

    def bookmark(self, title: str, top: float, level: int) -> None:
        """Add a line to the document's outline that leads to this height of the page."""
        key = f"b{self._bookmarks}"
        self._bookmarks += 1
        self._canvas.bookmarkHorizontalAbsolute(key, top)
        self._canvas.addOutlineEntry(title, key, level)

    def end_page(self) -> None:
        """Finish the page and begin the next."""
        self._canvas.showPage()

    def finish(self) -> bytes:
        """Give the whole document."""
        self._canvas.save()
        return self._bytes.getvalue()
