"""Font faces for print: which face draws which character, and which characters nobody can draw."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
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
_VISIBLE_FORMATS = (
    range(0x600, 0x606), range(0x6DD, 0x6DE), range(0x70F, 0x710), range(0x890, 0x892), range(0x8E2, 0x8E3),
    range(0x1680, 0x1681), range(0xFFF9, 0xFFFC), range(0x110BD, 0x110BE), range(0x110CD, 0x110CE),
    range(0x13430, 0x13440), range(0x1BCA0, 0x1BCA4),
)  # fmt: skip
"""Format characters and spaces that have a picture: HarfBuzz draws a box where a font lacks them."""
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
        self.cover = frozenset(self.face.unicodes)
        self.has_ascii = self.cover.issuperset(range(0x20, 0x7F))
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
        self._mono = Family(mono)
        self._families = [*families, self._mono]
        self._machine = _Machine() if system else None
        self._extra: dict[int, Family | None] = {}

    def latin(self, *, bold: bool, mono: bool) -> Face | None:
        """Give the face that draws every plain Latin letter, digit and mark, if one does."""
        face = self._mono.regular if mono else self._families[0].pick(bold)
        return face if face.has_ascii else None

    def choose(self, cluster: str, *, bold: bool, mono: bool, previous: Face | None) -> list[Face]:
        """Give a face for each character of a grapheme cluster: one for all of it, if any has it whole.

        Characters that all scripts share stay in the face before them, so that a bracket after an
        Arabic word is drawn in the Arabic face.
        """
        points = [ord(char) for char in cluster if not ignorable(char)]
        common = all(script_of(char) in COMMON_SCRIPTS for char in cluster)
        if common and previous is not None and previous.cover.issuperset(points):
            return [previous] * len(cluster)
        whole = self._whole(points, bold, mono)
        if whole is not None:
            return [whole] * len(cluster)
        faces, last = [], previous
        for char in cluster:
            alone = self._whole([] if ignorable(char) else [ord(char)], bold, mono)
            last = (last if last is not None and ignorable(char) else alone) or self._families[0].pick(bold)
            faces.append(last)
        return faces

    def _whole(self, points: list[int], bold: bool, mono: bool) -> Face | None:
        """Give the first face that has all these characters: ours in bold, ours in regular, the machine's."""
        families = [self._mono, *self._families] if mono else self._families
        ours = [family.pick(bold) for family in families]
        if bold:
            ours += [family.regular for family in families]
        for face in ours:
            if face.cover.issuperset(points):
                return face
        missing = (p for p in points if not any(p in face.cover for face in ours))
        extra = self._from_system(next(missing, points[0]))
        return extra.pick(bold) if extra is not None and extra.regular.cover.issuperset(points) else None

    def uncovered(self, texts: Iterable[str]) -> set[str]:
        """Give the characters of the texts that no font here can draw."""
        return {char for char in set().union(*texts) if not self._covered(char)}

    def spelled(self, text: str) -> str:
        """Give a text with each character that no font here can draw as its number, so never as a box."""
        if text.isascii():
            return text
        missing = self.uncovered([text])
        return "".join(f"[U+{ord(c):04X}]" if c in missing else c for c in text) if missing else text

    def _covered(self, char: str) -> bool:
        point = ord(char)
        known = any(point in family.regular.cover for family in self._families)
        return known or ignorable(char) or self._from_system(point) is not None

    def _from_system(self, point: int) -> Family | None:
        """Look for a character among the machine's fonts; found or not, the answer is kept."""
        if self._machine is None or chr(point).isspace():
            return None
        if point not in self._extra:
            kept = (family for family in self._extra.values() if family is not None)
            found = next((family for family in kept if point in family.regular.cover), None)
            self._extra[point] = found or self._machine.find(point)
        return self._extra[point]


class _Machine:
    """The machine's fonts, each opened once and only as far as needed; kept are their characters."""

    def __init__(self) -> None:
        self._waiting: Iterator[tuple[Path, int]] | None = None
        self._seen: list[tuple[Path, int, frozenset[int]]] = []

    def find(self, point: int) -> Family | None:
        """Give a family of the first font that has a character."""
        for path, index, cover in self._seen:
            if point in cover:
                return Family(Face(path, index))
        self._waiting = candidates() if self._waiting is None else self._waiting
        for path, index in self._waiting:
            try:
                face = Face(path, index)
            except (OSError, ValueError, hb.HarfBuzzError):
                continue  # a broken font on the machine is not the reader's business
            if face.usable():
                self._seen.append((path, index, face.cover))
                if point in face.cover:
                    return Family(face)
        return None


@lru_cache(maxsize=8_192)
def ignorable(char: str) -> bool:
    """Say whether a character has no picture of its own (control, format, space, selector)."""
    point = ord(char)
    if unicodedata.category(char) in {"Cc", "Cf", "Zs", "Zl", "Zp"}:
        return not any(point in block for block in _VISIBLE_FORMATS)
    return any(point in block for block in _VARIATION_SELECTORS)


@lru_cache(maxsize=8_192)
def script_of(char: str) -> str:
    """Give the script of a character, as its four letters in Unicode."""
    return str(script_data.script(char))


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
