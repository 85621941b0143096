"""Embed a font face in a PDF document, as a subset whose text can be copied back exactly."""

from __future__ import annotations

import hashlib
from typing import Any

import uharfbuzz as hb
from reportlab.pdfbase import pdfdoc

from imsa_desk.printing.fonts import Face
from imsa_desk.printing.glyph_text import Drawn, utf16

MAX_CODES = 65_535
_ENTRIES_A_BLOCK = 100
_DROPPED = ("GSUB", "GPOS", "GDEF", "BASE", "JSTF", "DSIG", "MATH", "kern", "meta")
_SYMBOLIC = 4


class _Literal(pdfdoc.PDFObject):  # type: ignore[misc]  # reportlab has no types
    """A piece of PDF that is written as it stands."""

    def __init__(self, text: str) -> None:
        self.text = text

    def format(self, document: object) -> bytes:
        """Give the bytes, as reportlab asks for them."""
        return self.text.encode("ascii")


class EmbeddedFont:
    """A Type 0 font in which one code stands for a glyph together with its text.

    The same glyph may stand for different texts, so each pair gets a code of its own and the
    Unicode table is exact.
    """

    def __init__(self, face: Face, document: Any, name: str) -> None:
        self.face, self.name = face, name
        self._codes: dict[tuple[int, str], int] = {(0, ""): 0}
        self.drawn: dict[int, Drawn] = {}
        document.delayedFonts.append(self)

    def code(self, gid: int, text: str) -> int:
        """Give the code of a glyph with its text; beyond the last one the text is left out."""
        known = self._codes.get((gid, text))
        if known is None and len(self._codes) > MAX_CODES:
            return next((code for (other, _), code in self._codes.items() if other == gid), 0)
        return self._codes.setdefault((gid, text), len(self._codes))

    def addObjects(self, document: Any) -> None:  # reportlab asks for this name
        """Write the font into the document; reportlab calls this when all pages are drawn."""
        gids = [gid for gid, _ in self._codes]
        data = self._subset(gids)
        digest = hashlib.sha256(data).digest()
        base = "".join(chr(ord("A") + byte % 26) for byte in digest[:6]) + f"+{self.face.name}"
        dictionary, name, ref = pdfdoc.PDFDictionary, pdfdoc.PDFName, document.Reference
        widths = " ".join(f"{self.face.advance(gid):g}" for gid in gids)
        system = {"Registry": pdfdoc.PDFString("Adobe"), "Ordering": pdfdoc.PDFString("Identity")}
        descendant = {
            "Type": name("Font"),
            "Subtype": name("CIDFontType2"),
            "BaseFont": name(base),
            "CIDSystemInfo": dictionary({**system, "Supplement": 0}),
            "DW": 1000,
            "W": _Literal(f"[0 [{widths}]]"),
            "FontDescriptor": ref(self._descriptor(base, data, document)),
            "CIDToGIDMap": ref(_stream(b"".join(gid.to_bytes(2, "big") for gid in gids))),
        }
        whole = {
            "Type": name("Font"),
            "Subtype": name("Type0"),
            "BaseFont": name(base),
            "Encoding": name("Identity-H"),
            "DescendantFonts": pdfdoc.PDFArray([ref(dictionary(descendant))]),
            "ToUnicode": ref(_stream(self._unicode_table().encode("ascii"))),
        }
        document.idToObject["BasicFonts"].dict[self.name] = ref(dictionary(whole))

    def _subset(self, gids: list[int]) -> bytes:
        wanted = hb.SubsetInput()
        wanted.glyph_set.update(gids)
        flags = hb.SubsetFlags
        wanted.flags = flags.RETAIN_GIDS | flags.NO_LAYOUT_CLOSURE | flags.NOTDEF_OUTLINE
        wanted.drop_table_tag_set.update(int.from_bytes(tag.encode("ascii"), "big") for tag in _DROPPED)
        return bytes(hb.subset(self.face.face, wanted).blob.data)

    def _descriptor(self, base: str, data: bytes, document: Any) -> Any:
        face = self.face
        head = bytes(face.face.reference_table("head").data)
        box = [int.from_bytes(head[i : i + 2], "big", signed=True) * face.scale for i in (36, 38, 40, 42)]
        file = _stream(data)
        file.dictionary["Length1"] = len(data)
        return pdfdoc.PDFDictionary(
            {
                "Type": pdfdoc.PDFName("FontDescriptor"),
                "FontName": pdfdoc.PDFName(base),
                "Flags": _SYMBOLIC,
                "FontBBox": pdfdoc.PDFArray([round(value) for value in box]),
                "ItalicAngle": 0,
                "Ascent": round(face.ascent),
                "Descent": round(face.descent),
                "CapHeight": round(face.ascent),
                "StemV": 80,
                "FontFile2": document.Reference(file),
            }
        )

    def _unicode_table(self) -> str:
        entries = [f"<{code:04X}> <{utf16(text)}>" for (_, text), code in self._codes.items() if text]
        out = [
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap",
            "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
            "/CMapName /Adobe-Identity-UCS def /CMapType 2 def",
            "1 begincodespacerange <0000> <FFFF> endcodespacerange",
        ]
        for start in range(0, len(entries), _ENTRIES_A_BLOCK):
            block = entries[start : start + _ENTRIES_A_BLOCK]
            out += [f"{len(block)} beginbfchar", *block, "endbfchar"]
        return "\n".join([*out, "endcmap CMapName currentdict /CMap defineresource pop end end"])


def _stream(content: bytes) -> Any:
    stream = pdfdoc.PDFStream(content=content)
    stream.filters = [pdfdoc.PDFZCompress]
    return stream
