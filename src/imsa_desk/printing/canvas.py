"""The paper: A4 pages, shapes, text and bookmarks, and in the end the bytes of a PDF."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from reportlab.pdfbase.pdfdoc import Annotation, PDFName, PDFStream, PDFZCompress
from reportlab.pdfgen.canvas import Canvas

from imsa_desk.printing.fonts import Face
from imsa_desk.printing.glyph_text import LineWriter
from imsa_desk.printing.look import rgb
from imsa_desk.printing.pdffont import EmbeddedFont
from imsa_desk.printing.shaping import Segment, clean
from imsa_desk.printing.tagging import Elem, Tagger

A4 = (595.28, 841.89)
PROGRAM = "IMSA Desk"


@dataclass(frozen=True, slots=True)
class About:
    """What the file says about itself: never a person's name."""

    title: str
    language: str
    made_at: datetime


class _BareCanvas(Canvas):  # type: ignore[misc]  # reportlab has no types
    """A canvas without a font that is not embedded at each page's beginning, that tells of annotations."""

    told: Callable[[Any], None]

    def _make_preamble(self) -> None:
        self._preamble = "1 0 0 1 0 0 cm"

    def _addAnnotation(self, annotation: Any, name: str | None = None, addtopage: int = 1) -> None:
        if isinstance(annotation, Annotation):
            annotation = annotation.Dict()
        self.told(annotation)
        super()._addAnnotation(annotation, name, addtopage)


class Paper:
    """A tagged PDF being drawn; the origin is the lower left corner, lengths are points."""

    def __init__(self, about: About) -> None:
        self._bytes = BytesIO()
        self._about = about
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
        self._level = -1
        self.tagger = Tagger(self._operate)
        self._canvas.told = self.tagger.annotation

    @property
    def language(self) -> str:
        """Give the document's language."""
        return self._about.language

    @property
    def canvas(self) -> Any:
        """Give reportlab's canvas, for what only fields need; painting on it is not tagged."""
        return self._canvas

    def _operate(self, operator: str) -> None:
        self._canvas._code.append(operator)  # the list changes with every page

    @contextmanager
    def tag(self, what: str | Elem, **attributes: Any) -> Iterator[Elem]:
        """Make what is drawn meanwhile one element of the structure, such as `tag("P", language="ti")`.

        Give an `Elem` to come back to it on another page. Inside an artifact, a figure, a heading or a
        paragraph, a block's own element is not begun: its letters belong to what is round them.
        """
        with self.tagger.within(Elem(what, **attributes) if isinstance(what, str) else what) as elem:
            yield elem

    @contextmanager
    def artifact(self, kind: str = "", part: str = "") -> Iterator[None]:
        """Draw what is no part of the text: `artifact("Pagination", "Header")`; plain for decoration."""
        self.tagger.artifact(kind, part)
        try:
            yield
        finally:
            self.tagger.leave()

    def use(self, face: Face) -> EmbeddedFont:
        """Give this document's font for a face."""
        if face not in self._fonts:
            self._fonts[face] = EmbeddedFont(face, self._canvas._doc, f"T{len(self._fonts)}")
        return self._fonts[face]

    def text(self, placed: Sequence[tuple[Segment, float]], baseline: float) -> None:
        """Draw segments of one line at their left edges."""
        if placed:
            self.tagger.letters()
            self._canvas._code.append(LineWriter(self).line(placed, baseline))

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        fill: str = "",
        edge: str = "",
        radius: float = 0,
    ) -> None:
        """Draw a filled box from its lower left corner, with round corners and an edge if asked for."""
        self._paint(fill, edge, 0.7)
        self._canvas.roundRect(x, y, width, height, radius, stroke=1 if edge else 0, fill=1 if fill else 0)

    def circle(
        self, x: float, y: float, radius: float, *, fill: str = "", edge: str = "", line: float = 1.0
    ) -> None:
        """Draw a circle round its middle, filled or with an edge `line` points wide."""
        self._paint(fill, edge, line)
        self._canvas.circle(x, y, radius, stroke=1 if edge else 0, fill=1 if fill else 0)

    def line(self, points: Sequence[tuple[float, float]], colour: str, *, width: float = 1.0) -> None:
        """Draw straight lines from point to point."""
        self._paint("", colour, width)
        path = self._canvas.beginPath()
        path.moveTo(*points[0])
        for point in points[1:]:
            path.lineTo(*point)
        self._canvas.drawPath(path, stroke=1, fill=0)

    def hairline(self, x: float, y: float, width: float, colour: str) -> None:
        """Draw a thin level line."""
        self._paint("", colour, 0.6)
        self._canvas.line(x, y, x + width, y)

    def _paint(self, fill: str, edge: str, line: float) -> None:
        self.tagger.shape()
        if fill:
            self._canvas.setFillColorRGB(*rgb(fill))
        if edge:
            self._canvas.setStrokeColorRGB(*rgb(edge))
            self._canvas.setLineWidth(line)

    def bookmark(self, title: str, top: float, level: int) -> None:
        """Add a line to the document's outline that leads to this height of the page.

        A level never skips one; lines below the first level are folded away until opened.
        """
        self._level = min(level, self._level + 1)
        key = f"b{self._bookmarks}"
        self._bookmarks += 1
        self._canvas.bookmarkHorizontalAbsolute(key, top)
        words = " ".join(clean(title).split()) or "…"
        self._canvas.addOutlineEntry(words, key, self._level, closed=True)

    def end_page(self) -> None:
        """Finish the page and begin the next."""
        marked = self.tagger.end_page()
        self._canvas.showPage()
        pages = self._canvas._doc.Pages.pages
        page = pages[-1]
        page.__NoDefault__ = [*page.__NoDefault__, "StructParents", "Tabs"]
        page.Tabs = PDFName("S")
        page.Contents = PDFStream(content=page.stream.encode("latin-1"), filters=[PDFZCompress])
        page.StructParents = len(pages) - 1 if marked else None

    def finish(self) -> bytes:
        """Give the whole document."""
        self.tagger.finish(self._canvas._doc, self._about.title, self._about.language)
        self._canvas.save()
        return self._bytes.getvalue()
