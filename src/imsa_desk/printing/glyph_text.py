"""Write one line of glyphs as PDF operators, so that the text can be copied back exactly.

Words go into the stream in logical order, each at its own place. Readers reverse right-to-left
text letter by letter, so a right-to-left cluster stands reversed in the font's Unicode table.
Raised marks would break a reader's lines: such words are drawn silently and followed by an
invisible level copy that carries the text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from imsa_desk.printing.fonts import Face, Glyph, Shaped
from imsa_desk.printing.look import rgb
from imsa_desk.printing.shaping import Segment

HEAVIER_STROKE = 0.03
_SILENT = "\u200b"


class Drawn(NamedTuple):
    """Operators of a segment of any size or colour, and whether its word needs its text beside it.

    `shaped` is kept so that nothing else can have its identity, by which it is found.
    """

    shaped: Shaped
    operators: str
    combined: bool


class FontUse(Protocol):
    """A face in one document, with what was drawn in it already."""

    name: str
    drawn: dict[int, Drawn]

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


def _is_combined(segment: Segment) -> bool:
    """Say whether glyphs of a left-to-right word are not simply the pictures of its letters in a row.

    A mark that is moved below or above its letter leaves a gap that readers take for a space.
    """
    glyphs = segment.shaped.glyphs
    if segment.rtl or len({glyph.cluster for glyph in glyphs}) == len(glyphs):
        return False
    return any(
        len(cluster.glyphs) > 1
        and (any(g.dx for g, _ in cluster.glyphs) or not _is_plain(segment.face, cluster.text, cluster))
        for cluster in _clusters(segment)
    )


def _space_follows(placed: Sequence[tuple[Segment, float]], i: int) -> bool:
    return i + 1 < len(placed) and placed[i + 1][0].space and not placed[i + 1][0].rtl


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
        i = 0
        while i < len(placed):
            segment, x = placed[i]
            self._start(segment, x, baseline, 3 if layered[i] else 2 if segment.heavier else 0)
            if layered[i]:
                self._level_copy(segment)
            else:
                drawn = self._drawn(segment)
                spaces = placed[i + 1 : i + 2] if drawn.combined and _space_follows(placed, i) else []
                self._write(segment, drawn, spaces, baseline)
                i += len(spaces)
            i += 1
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

    def _drawn(self, segment: Segment) -> Drawn:
        """Give a segment's operators; the same word is worked out once in a document."""
        kept, shaped = self._fonts.use(segment.face).drawn, segment.shaped
        known = kept.get(id(shaped))
        if known is None:
            out, self._out = self._out, []
            combined = _is_combined(segment)
            self._glyphs(segment, silent=False, word=combined)
            known, self._out = Drawn(shaped, " ".join(self._out), combined), out
            if not any(
                glyph.dy for glyph in shaped.glyphs
            ):  # a rise is said in points, not in parts of the size
                kept[id(shaped)] = known
        return known

    def _write(
        self, segment: Segment, drawn: Drawn, spaces: Sequence[tuple[Segment, float]], baseline: float
    ) -> None:
        """Write a segment; a word under its own text takes the space after it, which readers lose alone."""
        if not drawn.combined:
            self._out.append(drawn.operators)
            return
        text = segment.text + "".join(space.text for space, _ in spaces)
        self._out += [f"/Span <</ActualText <FEFF{utf16(text)}>>> BDC", drawn.operators]
        for space, x in spaces:
            self._start(space, x, baseline, self._mode)
            self._out.append(self._drawn(space).operators)
        self._out.append("EMC")

    def _glyphs(self, segment: Segment, *, silent: bool, word: bool = False) -> None:
        """Write glyphs with their texts; those of a `word` have it as a whole, silent ones have none."""
        face, rtl = segment.face, segment.rtl
        self._pen = 0.0
        for cluster in _clusters(segment):
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
