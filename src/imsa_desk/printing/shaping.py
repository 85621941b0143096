"""Cut text into segments that one font face can shape, in logical order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from fontTools import unicodedata as script_data
from icu4py.breakers import CharacterBreaker, LineBreaker

from imsa_desk.printing.bidi import levels
from imsa_desk.printing.bidi_classes import needs_bidi
from imsa_desk.printing.fonts import COMMON_SCRIPTS, Face, FontSet, Shaped
from imsa_desk.printing.look import TextStyle

SPACES = " \u3000"
_LINE_ENDS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_UNPRINTABLE = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff]")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_DIRECTION_MARKS = re.compile("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\u00ad]")


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of plain text that looks the same throughout; never read as mark-up.

    `together` asks that no line ends inside it or right after it.
    """

    text: str
    bold: bool = False
    mono: bool = False
    size: float | None = None
    colour: str | None = None
    together: bool = False


@dataclass(frozen=True, slots=True)
class Segment:
    """Text of one face, size, colour, script and direction, with its glyphs."""

    text: str
    face: Face
    size: float
    colour: str
    heavier: bool
    level: int
    script: str
    space: bool
    may_break: bool
    shaped: Shaped

    @property
    def width(self) -> float:
        """Width in points."""
        return self.shaped.width * self.size / 1000

    @property
    def rtl(self) -> bool:
        """Say whether it runs from right to left."""
        return bool(self.level & 1)


@dataclass(frozen=True, slots=True)
class Part:
    """What stands between two line ends, in logical order, and its base level."""

    segments: tuple[Segment, ...]
    base: int


@dataclass(frozen=True, slots=True)
class _Letter:
    """What is known about one character before shaping."""

    char: str
    run: int
    level: int
    face: Face
    script: str
    break_after: bool

    def joins(self, other: _Letter) -> bool:
        """Say whether the next character may be in the same segment."""
        return (
            not self.break_after
            and self.run == other.run
            and self.level == other.level
            and self.face is other.face
            and self.script == other.script
            and (self.char in SPACES) == (other.char in SPACES)
        )


def clean(text: str) -> str:
    """Give text with one kind of line end, tabs as spaces, and nothing that cannot be printed."""
    text = _LINE_ENDS.sub("\n", text).replace("\t", "    ")
    return _LONE_SURROGATE.sub("\ufffd", _UNPRINTABLE.sub("", text))


def shape_runs(runs: Sequence[Run], style: TextStyle, fonts: FontSet) -> list[Part]:
    """Shape runs of text; each line of the text becomes one part with a direction of its own."""
    cleaned = [replace(run, text=clean(run.text)) for run in runs]
    text = "".join(run.text for run in cleaned)
    owners = [i for i, run in enumerate(cleaned) for _ in run.text]
    parts, start = [], 0
    for line in text.split("\n"):
        end = start + len(line)
        parts.append(_shape_line(line, owners[start:end], cleaned, style, fonts))
        start = end + 1
    return parts


def _shape_line(line: str, owners: list[int], runs: Sequence[Run], style: TextStyle, fonts: FontSet) -> Part:
    base, line_levels = levels(line) if needs_bidi(line) else (0, [0] * len(line))
    letters = _letters(line, owners, line_levels, runs, style, fonts)
    groups: list[list[_Letter]] = []
    for letter in letters:
        if groups and groups[-1][-1].joins(letter):
            groups[-1].append(letter)
        else:
            groups.append([letter])
    segments = []
    for i, group in enumerate(groups):
        before = groups[i - 1][-1].char if i else ""
        after = groups[i + 1][0].char if i + 1 < len(groups) else ""
        segments.append(_segment(group, before, after, runs[group[0].run], style))
    return Part(tuple(segments), base)


def _segment(group: list[_Letter], before: str, after: str, run: Run, style: TextStyle) -> Segment:
    first, text = group[0], "".join(letter.char for letter in group)
    space = first.char in SPACES
    before = "" if space or before in SPACES else before
    after = "" if space or after in SPACES else after
    bold = run.bold or style.bold
    return Segment(
        text=text,
        face=first.face,
        size=run.size or style.size,
        colour=run.colour or style.colour,
        heavier=bold and "Bold" not in first.face.name,
        level=first.level,
        script=first.script,
        space=space,
        may_break=group[-1].break_after,
        shaped=first.face.shape(before, text, after, first.script, bool(first.level & 1)),
    )


def _letters(
    line: str,
    owners: list[int],
    line_levels: list[int],
    runs: Sequence[Run],
    style: TextStyle,
    fonts: FontSet,
) -> list[_Letter]:
    """Join all that is known of each character; direction marks have done their work and go."""
    faces = _faces(line, owners, runs, style, fonts)
    scripts = _scripts(line)
    breaks = _offsets(line, LineBreaker(line, "en")) if line else set()
    letters: list[_Letter] = []
    for i, char in enumerate(line):
        break_after = i + 1 in breaks and i + 1 < len(line) and not runs[owners[i]].together
        if _DIRECTION_MARKS.match(char):
            if break_after and letters:
                letters[-1] = replace(letters[-1], break_after=True)
            continue
        letters.append(_Letter(char, owners[i], line_levels[i], faces[i], scripts[i], break_after))
    return letters


def _faces(line: str, owners: list[int], runs: Sequence[Run], style: TextStyle, fonts: FontSet) -> list[Face]:
    """Choose a face for each grapheme cluster, so that marks stay with their letter."""
    plain = line.isascii()
    ends = range(1, len(line) + 1) if plain else sorted(_offsets(line, CharacterBreaker(line, "en")))
    faces: list[Face] = []
    previous: Face | None = None
    owner, start = -1, 0
    for end in ends:
        run = runs[owners[start]]
        if owners[start] != owner:
            owner, previous = owners[start], None
        bold = run.bold or style.bold
        previous = fonts.choose(line[start:end], bold=bold, mono=run.mono, previous=previous)
        faces += [previous] * (end - start)
        start = end
    return faces


def _scripts(line: str) -> list[str]:
    """Give each character's script; shared characters take that of their neighbour."""
    scripts = [script_data.script(char) for char in line]
    known = next((name for name in scripts if name not in COMMON_SCRIPTS), "Latn")
    for i, name in enumerate(scripts):
        if name in COMMON_SCRIPTS:
            scripts[i] = known
        else:
            known = name
    return scripts


def _offsets(line: str, breaker: LineBreaker | CharacterBreaker) -> set[int]:
    """Give the ends of a breaker's pieces as places in the text.

    The breaker counts UTF-16 units: characters beyond the first plane count twice.
    """
    ends = {end for _, end in breaker.segments()}
    if line.isascii() or max(line) <= "\uffff":
        return ends
    units = accumulate(2 if char > "\uffff" else 1 for char in line)
    return {i for i, unit in enumerate(units, start=1) if unit in ends}
