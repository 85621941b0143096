"""Font faces for print: which face draws which character, and which characters nobody can draw."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import uharfbuzz as hb
from fontTools import unicodedata as script_data

from imsa_desk.errors import Broken
from imsa_desk.printing.system_fonts import candidates

SHAPED_WORDS_KEPT = 20_000
COMMON_SCRIPTS = frozenset({"Zyyy", "Zinh", "Zzzz"})
_NOT_EMBEDDABLE = 0x0002
_FAMILIES = ("NotoSans", "NotoSansArabic", "NotoSansEthiopic", "NotoSansBengali", "NotoSansDevanagari")
_MONO, _HAN = "NotoSansMono-Regular.ttf", "DroidSansFallbackFull.ttf"
_VARIATION_SELECTORS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))


class Glyph(NamedTuple):
    """One glyph of a shaped text; lengths in thousandths of the font size."""

    gid: int
    cluster: int
    advance: float
    dx: float
    dy: float


class Shaped(NamedTuple):
    """Glyphs in the order in which they are drawn from left to right, and their width."""

    width: float
    glyphs: tuple[Glyph, ...]


class Face:
    """One font file (or member of a collection), shared by all documents."""

    def __init__(self, path: Path, index: int = 0) -> None:
        self.path, self.index = path, index
        self.face = hb.Face(hb.Blob.from_file_path(str(path)), index)
        self.font = hb.Font(self.face)
        self.scale: float = 1000 / self.face.upem
        self.cover = self.face.unicodes
        extents = self.font.get_font_extents("ltr")
        self.ascent = extents.ascender * self.scale
        self.descent = extents.descender * self.scale
        self.name = re.sub(r"[^A-Za-z0-9-]", "", self.face.get_name(6) or "") or "Font"
        self._shaped: dict[tuple[str, str, str, str, bool], Shaped] = {}

    def usable(self) -> bool:
        """Say whether the face has plain outlines and may be embedded."""
        tags = set(self.face.table_tags)
        if "glyf" not in tags or "fvar" in tags:
            return False
        style = bytes(self.face.reference_table("OS/2").data) if "OS/2" in tags else b""
        return len(style) < 10 or not int.from_bytes(style[8:10], "big") & _NOT_EMBEDDABLE

    def advance(self, gid: int) -> float:
        """Give a glyph's own width in thousandths of the font size."""
        return float(self.font.get_glyph_h_advance(gid)) * self.scale

    def nominal(self, char: str) -> int:
        """Give the glyph a character has by itself, 0 if none."""
        return int(self.font.get_nominal_glyph(ord(char)) or 0)

    def shape(self, before: str, text: str, after: str, script: str, rtl: bool) -> Shaped:
        """Turn text into glyphs; `before` and `after` are neighbours that letters join with."""
        key = (before, text, after, script, rtl)
        found = self._shaped.get(key)
        if found is None:
            if len(self._shaped) >= SHAPED_WORDS_KEPT:
                self._shaped.clear()
            found = self._shaped[key] = self._shape(*key)
        return found

    def _shape(self, before: str, text: str, after: str, script: str, rtl: bool) -> Shaped:
        buffer = hb.Buffer()
        buffer.add_codepoints([ord(char) for char in before + text + after], len(before), len(text))
        buffer.direction = "rtl" if rtl else "ltr"
        buffer.script = script
        buffer.language = "und"
        buffer.cluster_level = hb.BufferClusterLevel.MONOTONE_GRAPHEMES
        hb.shape(self.font, buffer, {})
        k, offset = self.scale, len(before)
        glyphs = tuple(
            Glyph(info.codepoint, info.cluster - offset, at.x_advance * k, at.x_offset * k, at.y_offset * k)
            for info, at in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True)
        )
        return Shaped(sum(glyph.advance for glyph in glyphs), glyphs)


@dataclass(frozen=True, slots=True, eq=False)
class Family:
    """A face in regular and, where it exists, in bold."""

    regular: Face
    bold: Face | None = None

    def pick(self, bold: bool) -> Face:
        """Give the bold face if wanted and there, otherwise the regular one."""
        return self.bold if bold and self.bold is not None else self.regular


class FontSet:
    """Faces in order of preference, with the machine's own fonts behind them."""

    def __init__(self, families: Sequence[Family], mono: Face, *, system: bool = True) -> None:
        self._families = list(families)
        self._mono = Family(mono)
        self._system = system
        self._extra: dict[int, Family | None] = {}

    def choose(self, cluster: str, *, bold: bool, mono: bool, previous: Face | None) -> Face:
        """Give the face for one grapheme cluster.

        Characters that all scripts share stay in the face before them, so that a bracket after an
        Arabic word is drawn in the Arabic face.
        """
        points = [ord(char) for char in cluster if not ignorable(char)]
        common = all(script_data.script(char) in COMMON_SCRIPTS for char in cluster)
        if common and previous is not None and all(point in previous.cover for point in points):
            return previous
        families = [self._mono, *self._families] if mono else self._families
        for family in families:
            face = family.pick(bold)
            if all(point in face.cover for point in points):
                return face
        for point in points:
            if not any(point in family.pick(bold).cover for family in families):
                extra = self._from_system(point)
                return (extra or families[0]).pick(bold)
        return next(f.pick(bold) for f in families if points[0] in f.pick(bold).cover)

    def uncovered(self, texts: Iterable[str]) -> set[str]:
        """Give the characters of the texts that would print as an empty box."""
        chars = {char for text in texts for char in text if not ignorable(char)}
        return {char for char in chars if not self._covered(ord(char))}

    def _covered(self, point: int) -> bool:
        known = any(point in family.regular.cover for family in self._families)
        return known or self._from_system(point) is not None

    def _from_system(self, point: int) -> Family | None:
        """Look for a character among the machine's fonts; found or not, the answer is kept."""
        if not self._system or chr(point).isspace():
            return None
        if point not in self._extra:
            kept = (family for family in self._extra.values() if family is not None)
            found = next((family for family in kept if point in family.regular.cover), None)
            self._extra[point] = found or self._open_system(point)
        return self._extra[point]

    def _open_system(self, point: int) -> Family | None:
        for path, index in candidates():
            try:
                face = Face(path, index)
            except (OSError, ValueError, hb.HarfBuzzError):
                continue  # a broken font on the machine is not the reader's business
            if point in face.cover and face.usable():
                return Family(face)
        return None


def ignorable(char: str) -> bool:
    """Say whether a character has no picture of its own (control, format, space, selector)."""
    if unicodedata.category(char) in {"Cc", "Cf", "Zs", "Zl", "Zp"}:
        return True
    return any(ord(char) in block for block in _VARIATION_SELECTORS)


@lru_cache(maxsize=4)
def load_fonts(folder: Path, *, system: bool = True) -> FontSet:
    """Open the fonts that come with the program; kept for later documents.

    `system=False` leaves the machine's own fonts out. Raises `Broken` if a font file is missing.
    """
    try:
        families = [
            Family(Face(folder / f"{name}-Regular.ttf"), Face(folder / f"{name}-Bold.ttf"))
            for name in _FAMILIES
        ]
        families.append(Family(Face(folder / _HAN)))
        return FontSet(families, Face(folder / _MONO), system=system)
    except (OSError, hb.HarfBuzzError) as error:
        raise Broken(
            "The fonts for printing are missing or damaged. Install the program again.", code="E_FONTS"
        ) from error
