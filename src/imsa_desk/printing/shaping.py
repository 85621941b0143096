"""Cut text into segments that one font face can shape, in logical order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from icu4py.breakers import CharacterBreaker, LineBreaker

from imsa_desk.printing.bidi import levels
from imsa_desk.printing.bidi_classes import needs_bidi
from imsa_desk.printing.fonts import COMMON_SCRIPTS, Face, FontSet, Shaped, script_of
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


@dataclass(slots=True)
class _Letters:
    """What is known about each character of a line before shaping; lists of one length."""

    chars: str
    owners: list[int]
    levels: list[int]
    faces: list[Face]
    scripts: list[str]
    breaks: set[int]
    """Places after which a line may end, counted as characters up to there."""

    def without(self, mark: re.Pattern[str]) -> _Letters:
        """Leave characters out that have done their work; a break after one moves to what stands before."""
        kept = [i for i, char in enumerate(self.chars) if not mark.match(char)]
        if len(kept) == len(self.chars):
            return self
        before = [0, *accumulate(0 if mark.match(char) else 1 for char in self.chars)]
        return _Letters(
            "".join(self.chars[i] for i in kept),
            [self.owners[i] for i in kept],
            [self.levels[i] for i in kept],
            [self.faces[i] for i in kept],
            [self.scripts[i] for i in kept],
            {before[end] for end in self.breaks} - {0},
        )

    def groups(self) -> Iterator[tuple[int, int]]:
        """Give start and end of each stretch that one face can shape in one go."""
        if not self.chars:
            return
        spaces = [char in SPACES for char in self.chars]
        looks = list(zip(self.owners, self.levels, self.faces, self.scripts, spaces, strict=True))
        start = 0
        for i in range(1, len(looks)):
            if i in self.breaks or looks[i] != looks[i - 1]:
                yield start, i
                start = i
        yield start, len(looks)


def clean(text: str) -> str:
    """Give text with one kind of line end, tabs as spaces, and nothing that cannot be printed."""
    text = _LINE_ENDS.sub("\n", text).replace("\t", "    ")
    return _LONE_SURROGATE.sub("\ufffd", _UNPRINTABLE.sub("", text))


def shape_runs(runs: Sequence[Run], style: TextStyle, fonts: FontSet) -> list[Part]:
    """Shape runs of text; each line of the text becomes one part with a direction of its own."""
    cleaned = [replace(run, text=fonts.spelled(clean(run.text))) for run in runs]
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
    breaks = _offsets(line, LineBreaker(line, "en")) if line else set()
    letters = _Letters(
        line,
        owners,
        line_levels,
        _faces(line, owners, runs, style, fonts),
        _scripts(line),
        {end for end in breaks if end < len(line) and not runs[owners[end - 1]].together},
    )
    if not line.isascii():
        letters = letters.without(_DIRECTION_MARKS)
    return Part(tuple(_segment(letters, *group, runs, style) for group in letters.groups()), base)


def _segment(letters: _Letters, start: int, end: int, runs: Sequence[Run], style: TextStyle) -> Segment:
    text, face = letters.chars[start:end], letters.faces[start]
    run, script, level = runs[letters.owners[start]], letters.scripts[start], letters.levels[start]
    space = text[0] in SPACES
    before = "" if space or not start else letters.chars[start - 1].strip(SPACES)
    after = "" if space else letters.chars[end : end + 1].strip(SPACES)
    return Segment(
        text=text,
        face=face,
        size=run.size or style.size,
        colour=run.colour or style.colour,
        heavier=(run.bold or style.bold) and "Bold" not in face.name,
        level=level,
        script=script,
        space=space,
        may_break=end in letters.breaks,
        shaped=face.shape(before, text, after, script, bool(level & 1)),
    )


def _faces(line: str, owners: list[int], runs: Sequence[Run], style: TextStyle, fonts: FontSet) -> list[Face]:
    """Choose a face for each grapheme cluster, so that marks stay with their letter."""
    if line.isascii():
        plain = {i: fonts.latin(bold=runs[i].bold or style.bold, mono=runs[i].mono) for i in set(owners)}
        if None not in plain.values():
            return [face for face in (plain[owner] for owner in owners) if face is not None]
    faces: list[Face] = []
    previous: Face | None = None
    owner, start = -1, 0
    for end in sorted(_offsets(line, CharacterBreaker(line, "en"))):
        run = runs[owners[start]]
        if owners[start] != owner:
            owner, previous = owners[start], None
        chosen = fonts.choose(line[start:end], bold=run.bold or style.bold, mono=run.mono, previous=previous)
        if previous is None or not all(script_of(char) in COMMON_SCRIPTS for char in line[start:end]):
            previous = chosen[-1]  # a sign that its script's face lacks does not take what follows with it
        faces += chosen
        start = end
    return faces


def _scripts(line: str) -> list[str]:
    """Give each character's script; shared characters take that of their neighbour."""
    if line.isascii():
        return ["Latn"] * len(line)
    scripts = [script_of(char) for char in line]
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
