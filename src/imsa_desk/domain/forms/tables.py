"""A form file as it stands on the page: its tables, and the line each question begins on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from imsa_desk.domain.forms.model import Carry, Condition, Option, Scale

Place = tuple[int, int, int]
"""Where a question stands: section (-1 is the header), question (-1 is the section itself), member or -1."""

_TABLE = re.compile(
    r"^[ \t]*\[\[[ \t]*(header|section(?:[ \t]*\.[ \t]*question){0,2})[ \t]*\]\]",
    re.MULTILINE,
)
_SCALE = re.compile(
    r"""^[ \t]*\[{1,2}[ \t]*scales[ \t]*\.[ \t]*["']?(?P<id>[A-Za-z0-9_-]+)["']?"""
    r"""(?P<step>[ \t]*\.[ \t]*point)?[ \t]*\]""",
    re.MULTILINE,
)
_CARRY = re.compile(r"^[ \t]*\[\[[ \t]*carry[ \t]*\]\]", re.MULTILINE)
_PATH = re.compile(r"\$\.(section|header)\[(\d+)\](?:\.question\[(\d+)\])?(?:\.question\[(\d+)\])?")


class QuestionTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A question as it stands in the file."""

    id: str
    kind: str
    text: str
    number: str = ""
    help: str = ""
    option: tuple[Option, ...] = ()
    other: bool = False
    minimum: int | None = None
    maximum: int | None = None
    decimals: int = 0
    unit: str = ""
    scale: str = ""
    list: str = ""
    required: bool = False
    required_if: str = ""
    limit: str = ""
    limit_words: str = ""
    calculation: str = ""
    urgent: str = ""
    urgent_if_present: bool = False
    show_if: Condition | str | None = None
    question: tuple[QuestionTable, ...] = ()
    item_title: str = ""
    least_rows: int = 0
    most_rows: int = 0
    text_in: dict[str, str] = {}
    help_in: dict[str, str] = {}
    unit_in: dict[str, str] = {}
    item_title_in: dict[str, str] = {}
    limit_words_in: dict[str, str] = {}


class SectionTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A section as it stands in the file."""

    id: str
    title: str
    question: tuple[QuestionTable, ...]
    short_title: str = ""
    theme: str = ""
    intro: str = ""
    skippable: bool = True
    show_if: Condition | str | None = None
    title_in: dict[str, str] = {}
    short_title_in: dict[str, str] = {}
    intro_in: dict[str, str] = {}


class FormFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A form file."""

    id: str
    version: int
    title: str
    language: str
    section: tuple[SectionTable, ...]
    scales: dict[str, Scale] = {}
    header: tuple[QuestionTable, ...] = ()
    intro: str = ""
    source: str = ""
    serves: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    carry: tuple[Carry, ...] = ()
    title_in: dict[str, str] = {}
    intro_in: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Lines:
    """The line each section, question and member begins on, and each step of a scale and each `carry`."""

    by_place: Mapping[Place, int]
    scales: Mapping[tuple[str, int], int] = field(default_factory=dict)
    carries: tuple[int, ...] = ()

    def of(self, section: int, question: int = -1, member: int = -1) -> int:
        """Give the line of a place, or of what it stands in, or 1."""
        for place in ((section, question, member), (section, question, -1), (section, -1, -1)):
            if place in self.by_place:
                return self.by_place[place]
        return 1

    def of_scale(self, scale_id: str, step: int = -1) -> int:
        """Give the line of a step of a scale, or of the scale, or 1."""
        return self.scales.get((scale_id, step)) or self.scales.get((scale_id, -1), 1)

    def of_carry(self, number: int) -> int:
        """Give the line of a `carry` table, or 1."""
        return self.carries[number] if number < len(self.carries) else 1


def count_questions(text: str) -> int:
    """Count the question tables of a file that may be too long to read."""
    return sum("question" in match[1] for match in _TABLE.finditer(text))


def find_lines(text: str) -> Lines:
    """Find where each table of a question begins."""
    found: dict[Place, int] = {}
    section, question, member, header = -1, -1, -1, -1
    line, at = 1, 0
    for match in _TABLE.finditer(text):
        line += text.count("\n", at, match.start(1))
        at = match.start(1)
        depth = match[1].count("question")
        if match[1] == "header":
            header += 1
            found[(-1, header, -1)] = line
            continue
        if depth == 0:
            section, question, member = section + 1, -1, -1
        elif depth == 1:
            question, member = question + 1, -1
        else:
            member += 1
        found[(section, question, member)] = line
    carries = tuple(_line_of(text, match) for match in _CARRY.finditer(text))
    return Lines(found, _scale_lines(text), carries)


def _scale_lines(text: str) -> dict[tuple[str, int], int]:
    """Find where each scale begins (step -1), and each of its steps that is a table of its own."""
    found: dict[tuple[str, int], int] = {}
    steps: dict[str, int] = {}
    for match in _SCALE.finditer(text):
        scale_id, line = match["id"], _line_of(text, match)
        found.setdefault((scale_id, -1), line)
        if match["step"]:
            found[scale_id, steps.get(scale_id, 0)] = line
            steps[scale_id] = steps.get(scale_id, 0) + 1
    return found


def _line_of(text: str, match: re.Match[str]) -> int:
    return text.count("\n", 0, match.start()) + 1


def place_of(path: str) -> Place | None:
    """Read a place out of a path such as `$.section[1].question[2]`; None when it names none."""
    match = _PATH.search(path)
    if match is None:
        return None
    if match[1] == "header":
        return -1, int(match[2]), int(match[3]) if match[3] else -1
    return int(match[2]), int(match[3]) if match[3] else -1, int(match[4]) if match[4] else -1
