"""Write one line of glyphs as PDF operators, so that the text can be copied back exactly.

Words go into the stream in logical order, each at its own place. Readers reverse right-to-left
text letter by letter, so a right-to-left cluster stands reversed in the font's Unicode table.
Raised marks would break a reader's lines: such words are drawn silently and followed by an
invisible level copy that carries the text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from imsa_desk.printing.fonts import Face, Glyph
from imsa_desk.printing.look import rgb
from imsa_desk.printing.shaping import Segment

HEAVIER_STROKE = 0.03
_SILENT = "\u200b"


class FontUse(Protocol):
    """A face in one document."""

    name: str

    def code(self, gid: int, text: str) -> int:
        """Give the number that stands for this glyph with this text."""
        ...


class FontUses(Protocol):
    """The faces of one document."""

    def use(self, face: Face) -> FontUse:
        """Give the document's font for a face."""
        ...


@dataclass(frozen=True, slots=True)
class _Cluster:
    """Text that belongs to glyphs which cannot be parted, with each glyph's place."""

    text: str
    glyphs: tuple[tuple[Glyph, float], ...]


def utf16(text: str) -> str:
    """Give text as the hexadecimal UTF-16 that PDF strings hold."""
    return text.encode("utf-16-be").hex().upper()


def _clusters(segment: Segment) -> list[_Cluster]:
    """Group glyphs by cluster, from left to right."""
    starts = sorted({glyph.cluster for glyph in segment.shaped.glyphs} | {0})
    ends = dict(zip(starts, [*starts[1:], len(segment.text)], strict=True))
    grouped: dict[int, list[tuple[Glyph, float]]] = {}
    x = 0.0
    for glyph in segment.shaped.glyphs:
        grouped.setdefault(glyph.cluster, []).append((glyph, x + glyph.dx))
        x += glyph.advance
    return [_Cluster(segment.text[start : ends[start]], tuple(found)) for start, found in grouped.items()]


def _is_plain(face: Face, text: str, cluster: _Cluster) -> bool:
    """Say whether each glyph is just the picture of one character, in the order of `text`."""
    if len(text) != len(cluster.glyphs):
        return False
    pairs = zip(text, cluster.glyphs, strict=True)
    return all(face.nominal(char) == glyph.gid for char, (glyph, _) in pairs)


class LineWriter:
    """Collects the operators of one line."""

    def __init__(self, fonts: FontUses) -> None:
        self._fonts = fonts
        self._out: list[str] = ["BT"]
        self._font: tuple[str, float] | None = None
        self._colour = ""
        self._mode = 0
        self._array: list[str] = []
        self._hex: list[str] = []
        self._pen = self._rise = 0.0

    def line(self, placed: Sequence[tuple[Segment, float]], baseline: float) -> str:
        """Give the operators for segments at their left edges, in points."""
        layered = [segment.rtl and any(g.dy for g in segment.shaped.glyphs) for segment, _ in placed]
        if any(layered):
            self._out.append("/Span <</ActualText <FEFF>>> BDC")
            for (segment, x), raised in zip(placed, layered, strict=True):
                if raised:
                    self._start(segment, x, baseline, 2 if segment.heavier else 0)
                    self._glyphs(segment, silent=True)
            self._out.append("EMC")
        for (segment, x), raised in zip(placed, layered, strict=True):
            self._start(segment, x, baseline, 3 if raised else 2 if segment.heavier else 0)
            if raised:
                self._level_copy(segment)
            else:
                self._glyphs(segment, silent=False)
        if self._mode:
            self._out.append("0 Tr")
        return " ".join([*self._out, "ET"])

    def _start(self, segment: Segment, x: float, baseline: float, mode: int) -> None:
        use = self._fonts.use(segment.face)
        if (use.name, segment.size) != self._font:
            self._font = (use.name, segment.size)
            self._out.append(f"/{use.name} {segment.size:g} Tf")
        if segment.colour != self._colour:
            self._colour = segment.colour
            colour = " ".join(f"{part:.3g}" for part in rgb(segment.colour))
            self._out.append(f"{colour} rg {colour} RG")
        if mode != self._mode:
            self._mode = mode
            self._out.append(f"{mode} Tr")
        if mode == 2:
            self._out.append(f"{segment.size * HEAVIER_STROKE:.3f} w")
        self._out.append(f"1 0 0 1 {x:.3f} {baseline:.3f} Tm")

    def _level_copy(self, segment: Segment) -> None:
        """Write the word's plain letters, stretched to its width."""
        face, use = segment.face, self._fonts.use(segment.face)
        letters = [(face.nominal(char), char) for char in reversed(segment.text)]
        natural = sum(face.advance(gid) for gid, _ in letters) or 1.0
        codes = "".join(f"{use.code(gid, char):04X}" for gid, char in letters)
        self._out.append(f"{100 * segment.shaped.width / natural:.2f} Tz <{codes}> Tj 100 Tz")

    def _glyphs(self, segment: Segment, *, silent: bool) -> None:
        face, rtl = segment.face, segment.rtl
        clusters = _clusters(segment)
        self._pen = 0.0
        word = not rtl and any(len(c.glyphs) > 1 and not _is_plain(face, c.text, c) for c in clusters)
        if word:
            self._out.append(f"/Span <</ActualText <FEFF{utf16(segment.text)}>>> BDC")
        for cluster in clusters:
            text = cluster.text[::-1] if rtl else cluster.text
            texts, spanned = [text, *[""] * (len(cluster.glyphs) - 1)], False
            if silent:
                texts = [_SILENT] * len(cluster.glyphs)
            elif len(cluster.glyphs) > 1:
                plain = _is_plain(face, text, cluster)
                texts, spanned = (list(text) if plain else texts), not plain and not word
            self._cluster(segment, cluster, texts, f"FEFF{utf16(text)}" if spanned else "")
        self._flush()
        if self._rise:
            self._rise = 0.0
            self._out.append("0 Ts")
        if word:
            self._out.append("EMC")

    def _cluster(self, segment: Segment, cluster: _Cluster, texts: list[str], actual: str) -> None:
        if actual:
            self._flush()
            self._out.append(f"/Span <</ActualText <{actual}>>> BDC")
        use = self._fonts.use(segment.face)
        for (glyph, x), text in zip(cluster.glyphs, texts, strict=True):
            if glyph.dy != self._rise:
                self._flush()
                self._rise = glyph.dy
                self._out.append(f"{glyph.dy * segment.size / 1000:.3f} Ts")
            shift = round(x - self._pen)
            if shift:
                self._close_string()
                self._array.append(str(-shift))
                self._pen += shift
            self._hex.append(f"{use.code(glyph.gid, text):04X}")
            self._pen += segment.face.advance(glyph.gid)
        if actual:
            self._flush()
            self._out.append("EMC")

    def _close_string(self) -> None:
        if self._hex:
            self._array.append(f"<{''.join(self._hex)}>")
            self._hex.clear()

    def _flush(self) -> None:
        self._close_string()
        if self._array:
            self._out.append(f"[{' '.join(self._array)}] TJ")
            self._array.clear()
