"""The fields of a PDF form: text, ticks, one of several, and choices from a list, each with its tooltip.

Written as plain objects of the file: reportlab's own fields hold only Latin letters.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reportlab.pdfbase import pdfdoc

from imsa_desk.printing.canvas import Paper
from imsa_desk.printing.glyph_text import utf16
from imsa_desk.printing.look import TEXT, rgb

_MULTILINE, _COMBO, _RADIO, _NO_SPELLING, _READ_ONLY = 1 << 12, 1 << 17, 1 << 15, 1 << 22, 1
_PRINTED, _HIDDEN = 4, 2
_SIZE = 10.0
_SPECIAL, _ESCAPED = re.compile(r"([\\()])"), r"\\\1"


@dataclass(frozen=True, slots=True)
class Rect:
    """Where a field stands: lower left corner, width and height in points."""

    x: float
    y: float
    width: float
    height: float


class _Words(pdfdoc.PDFObject):  # type: ignore[misc]  # reportlab has no types
    """A text of the file in UTF-16, so that it holds any script."""

    def __init__(self, text: str) -> None:
        self.text = text

    def format(self, document: object) -> bytes:
        """Give the bytes, as reportlab asks for them."""
        if self.text.isascii() and self.text.isprintable():
            return f"({_SPECIAL.sub(_ESCAPED, self.text)})".encode("ascii")
        return f"<FEFF{utf16(self.text)}>".encode("ascii")


class FormFields:
    """The fields of one document; blocks add to it while they are drawn."""

    def __init__(self) -> None:
        self._fields: Any = None
        self._groups: dict[str, Any] = {}
        self._marks: dict[float, tuple[Any, Any]] = {}

    def hidden(self, paper: Paper, name: str, value: str) -> None:
        """Add a field that nobody sees and nobody changes."""
        made = self._named(name, "Tx", value, _READ_ONLY)
        made["V"] = _Words(value)
        self._place(paper, made, Rect(0, 0, 0, 0), name, flags=_HIDDEN)

    def text(
        self, paper: Paper, name: str, rect: Rect, tooltip: str, *, lines: int = 1, longest: int = 0
    ) -> None:
        """Add a field for writing; `longest` is the number of characters it takes, 0 for any."""
        kind = _NO_SPELLING | (_MULTILINE if lines > 1 else 0)
        made = self._named(name, "Tx", tooltip, kind)
        if longest:
            made["MaxLen"] = longest
        self._place(paper, made, rect, tooltip)

    def choice(
        self, paper: Paper, name: str, rect: Rect, tooltip: str, options: Sequence[tuple[str, str]]
    ) -> None:
        """Add a list to choose from; options are values with their words."""
        made = self._named(name, "Ch", tooltip, _COMBO | _NO_SPELLING)
        pairs = [pdfdoc.PDFArray([_Words(value), _Words(words)]) for value, words in (("", " "), *options)]
        made["Opt"] = pdfdoc.PDFArray(pairs)
        self._place(paper, made, rect, tooltip)

    def tick(self, paper: Paper, name: str, rect: Rect, tooltip: str, state: str) -> None:
        """Add a box to tick."""
        made = self._named(name, "Btn", tooltip, 0)
        made["V"] = pdfdoc.PDFName("Off")
        self._button(paper, made, rect, tooltip, state)

    def one_of(self, paper: Paper, name: str, rect: Rect, tooltip: tuple[str, str], state: str) -> None:
        """Add one of several buttons of which one can be chosen; the tooltip is the group's and its own."""
        if name not in self._groups:
            whole = self._named(name, "Btn", tooltip[0], _RADIO)
            whole["V"] = pdfdoc.PDFName("Off")
            whole["Kids"] = pdfdoc.PDFArray([])
            self._groups[name] = whole
            self._take(paper, whole)
        whole = self._groups[name]
        document = paper.canvas._doc
        words = f"{tooltip[0]}: {tooltip[1]}"
        made = pdfdoc.PDFDictionary({"Parent": document.Reference(whole), "TU": _Words(words)})
        self._button(paper, made, rect, words, state)
        whole["Kids"].sequence.append(document.Reference(made))

    def _named(self, name: str, kind: str, tooltip: str, flags: int) -> Any:
        """Make a field with a name."""
        return pdfdoc.PDFDictionary(
            {"FT": pdfdoc.PDFName(kind), "T": _Words(name), "TU": _Words(tooltip), "Ff": flags}
        )

    def _form(self, paper: Paper) -> Any:
        """Give the list of the document's fields, and begin the form with the first."""
        if self._fields is None:
            document = paper.canvas._doc
            self._fields = pdfdoc.PDFArray([])
            font = pdfdoc.PDFDictionary(
                {
                    "Type": pdfdoc.PDFName("Font"),
                    "Subtype": pdfdoc.PDFName("Type1"),
                    "BaseFont": pdfdoc.PDFName("Helvetica"),
                    "Encoding": pdfdoc.PDFName("WinAnsiEncoding"),
                }
            )
            fonts = pdfdoc.PDFDictionary({"Helv": document.Reference(font)})
            document.Catalog.AcroForm = pdfdoc.PDFDictionary(
                {
                    "Fields": self._fields,
                    "DR": pdfdoc.PDFDictionary({"Font": fonts}),
                    "DA": pdfdoc.PDFString(f"/Helv {_SIZE:g} Tf 0 g"),
                }
            )
        return self._fields

    def _place(self, paper: Paper, made: Any, rect: Rect, alt: str, *, flags: int = _PRINTED) -> None:
        """Put a field on the page, as an element of the structure of its own."""
        corners = (rect.x, rect.y, rect.x + rect.width, rect.y + rect.height)
        made["Type"], made["Subtype"] = pdfdoc.PDFName("Annot"), pdfdoc.PDFName("Widget")
        made["Rect"] = pdfdoc.PDFArray([round(value, 2) for value in corners])
        made["F"] = flags
        if "Parent" not in made and str(made["FT"]) != "/Btn":
            made["DA"] = pdfdoc.PDFString(f"/Helv {_SIZE:g} Tf 0 g")
        with paper.tag("Form", alt=alt):
            paper.canvas._addAnnotation(made)  # it names the object, so a reference may only come after it
        if "Parent" not in made:
            self._take(paper, made)

    def _take(self, paper: Paper, made: Any) -> None:
        """Take a field into the document's form."""
        self._form(paper).sequence.append(paper.canvas._doc.Reference(made))

    def _button(self, paper: Paper, made: Any, rect: Rect, alt: str, state: str) -> None:
        """Put a button on the page with what it shows when ticked and when not."""
        on, off = self._looks(paper, rect.width)
        states: Mapping[str, Any] = {state: on, "Off": off}
        made["AP"] = pdfdoc.PDFDictionary({"N": pdfdoc.PDFDictionary(dict(states))})
        made["AS"] = pdfdoc.PDFName("Off")
        made["MK"] = pdfdoc.PDFDictionary({"CA": pdfdoc.PDFString("4")})
        self._place(paper, made, rect, alt)

    def _looks(self, paper: Paper, side: float) -> tuple[Any, Any]:
        """Give the drawings of a ticked and an empty box of one size."""
        if side not in self._marks:
            colour = " ".join(f"{part:.3g}" for part in rgb(TEXT))
            points = [(0.22, 0.52), (0.42, 0.28), (0.80, 0.76)]
            moves = [f"{x * side:.2f} {y * side:.2f} {'l' if i else 'm'}" for i, (x, y) in enumerate(points)]
            tick = f"q {colour} RG {side * 0.14:.2f} w {' '.join(moves)} S Q"
            drawn = [paper.canvas._doc.Reference(_drawing(one, side)) for one in (tick, "")]
            self._marks[side] = (drawn[0], drawn[1])
        return self._marks[side]


def _drawing(content: str, side: float) -> Any:
    made = pdfdoc.PDFStream(content=content.encode("ascii"))
    made.dictionary["Type"], made.dictionary["Subtype"] = pdfdoc.PDFName("XObject"), pdfdoc.PDFName("Form")
    made.dictionary["BBox"] = pdfdoc.PDFArray([0, 0, side, side])
    made.dictionary["Resources"] = pdfdoc.PDFDictionary({})
    return made
