"""Break shaped segments into lines of a width (UAX #14 breaks, in logical order)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from imsa_desk.printing.look import TextStyle
from imsa_desk.printing.shaping import Part, Segment

_TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a paragraph: what is seen, and the space that hangs at its end."""

    segments: tuple[Segment, ...]
    hanging: Segment | None
    rtl: bool
    ascent: float
    descent: float
    height: float

    @property
    def width(self) -> float:
        """Width in points of what is seen."""
        return sum(segment.width for segment in self.segments)


def _line(segments: Sequence[Segment], rtl: bool, style: TextStyle) -> Line:
    end = len(segments)
    while end and segments[end - 1].space:
        end -= 1
    seen = tuple(segments[:end])
    ascent = max((s.face.ascent * s.size / 1000 for s in seen), default=style.size)
    descent = min((s.face.descent * s.size / 1000 for s in seen), default=0.0)
    hanging = segments[end] if end < len(segments) else None
    return Line(seen, hanging, rtl, ascent, descent, max(style.leading, ascent - descent))


def break_lines(parts: Iterable[Part], width: float, style: TextStyle) -> list[Line]:
    """Fill lines greedily; a word wider than a line is cut between its clusters, never lost."""
    lines: list[Line] = []
    for part in parts:
        if lines and lines[-1].hanging is None and lines[-1].segments:
            lines[-1] = replace(lines[-1], hanging=_space_after(lines[-1].segments[-1]))
        rtl = bool(part.base & 1)
        lines += (_line(segments, rtl, style) for segments in _fill(part.segments, width))
    return lines


def _space_after(segment: Segment) -> Segment | None:
    """Give a space for the end of a line that the writer ended: else readers glue the words together."""
    if not segment.face.nominal(" "):
        return None
    shaped = segment.face.shape("", " ", "", segment.script, segment.rtl)
    return replace(segment, text=" ", space=True, may_break=False, shaped=shaped)


def _fill(segments: Sequence[Segment], width: float) -> list[list[Segment]]:
    lines: list[list[Segment]] = [[]]
    used = 0.0
    for unit in _units(segments):
        whole = sum(segment.width for segment in unit)
        seen = whole - (unit[-1].width if unit[-1].space else 0.0)
        if used + seen > width + _TOLERANCE and lines[-1]:
            lines.append([])
            used = 0.0
        if seen <= width + _TOLERANCE:
            lines[-1] += unit
            used += whole
            continue
        for piece in (piece for segment in unit for piece in _cut(segment, width)):
            if used + piece.width > width + _TOLERANCE and lines[-1] and not piece.space:
                lines.append([])
                used = 0.0
            lines[-1].append(piece)
            used += piece.width
    return lines


def _units(segments: Sequence[Segment]) -> Iterable[list[Segment]]:
    """Give stretches of segments between which a line may end."""
    unit: list[Segment] = []
    for segment in segments:
        unit.append(segment)
        if segment.may_break:
            yield unit
            unit = []
    if unit:
        yield unit


def _cut(segment: Segment, width: float) -> list[Segment]:
    """Cut a segment that is wider than a line into pieces that fit."""
    if segment.space or segment.width <= width:
        return [segment]
    advance: dict[int, float] = {}
    for glyph in segment.shaped.glyphs:
        advance[glyph.cluster] = advance.get(glyph.cluster, 0.0) + glyph.advance * segment.size / 1000
    ends, used = [0], 0.0
    for cluster in sorted(advance):
        if used + advance[cluster] > width and cluster > ends[-1]:
            ends.append(cluster)
            used = 0.0
        used += advance[cluster]
    ends.append(len(segment.text))
    pieces = [_piece(segment, start, end) for start, end in pairwise(ends)]
    return [*pieces[:-1], replace(pieces[-1], may_break=segment.may_break)]


def _piece(segment: Segment, start: int, end: int) -> Segment:
    before = segment.text[start - 1 : start] if start else ""
    text, after = segment.text[start:end], segment.text[end : end + 1]
    shaped = segment.face.shape(before, text, after, segment.script, segment.rtl)
    return replace(segment, text=text, shaped=shaped, may_break=False)
