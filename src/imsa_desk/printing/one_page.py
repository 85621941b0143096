"""Draw the summary of a review on one A4 page: shortened by leaving out, never by cutting a word."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from imsa_desk.printing.blocks import Spacing, isolated
from imsa_desk.printing.flow import Block
from imsa_desk.printing.fonts import FontSet
from imsa_desk.printing.look import BODY, HEADING, INFO, MUTED
from imsa_desk.printing.page import Frame, draw_pages, pages_of
from imsa_desk.printing.paragraph import Paragraph
from imsa_desk.printing.parts import Parts
from imsa_desk.printing.shaping import Run
from imsa_desk.printing.sheet import Fact
from imsa_desk.printing.tables import Table
from imsa_desk.progress import Progress, quiet

TITLE = "One-page summary"
NO_RISK = "No risk was found to be medium or higher."
NO_NEED = "No need is pressing or urgent."
NO_STEP = "No next step is open."
_CELL = replace(BODY, size=9.0, leading=12.5)
_LENGTHS = (700, 420, 300)
"""Characters of each line where everything is to stand on the page, from roomy to narrow."""
_ROOM = ((12, 700), (9, 420), (7, 300), (6, 220), (5, 160), (4, 120), (3, 90), (2, 70), (1, 50))
"""Lines of each part, and characters of each line, where not everything fits; the first that fits is
taken, and then filled up."""


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that stands out: how it is rated, what it is, and the person's words or a note."""

    mark: str
    text: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One next step: who, what, and by when."""

    who: str
    what: str
    by: str


@dataclass(frozen=True, slots=True)
class OnePageSheet:
    """What stands on the page, the most important first in every part."""

    frame: Frame
    known_as: str
    about: str
    matters: tuple[Fact, ...]
    safety: tuple[Point, ...]
    needs: tuple[Point, ...]
    steps: tuple[Step, ...]
    review: str
    added: str = ""


def one_page_pdf(sheet: OnePageSheet, fonts: FontSet, *, progress: Progress = quiet) -> bytes:
    """Draw the summary; it is always one page, whatever its length."""
    return draw_pages(sheet.frame, _fitting(sheet, fonts), fonts, progress=progress)


@dataclass(frozen=True, slots=True)
class _Room:
    """How many lines each part may have, and how many characters each line."""

    length: int
    matters: int
    safety: int
    needs: int
    steps: int


_PARTS = ("matters", "safety", "needs", "steps")
_MOST = 60
"""Lines that a page never holds."""


def _fitting(sheet: OnePageSheet, fonts: FontSet) -> list[Block]:
    """Give all that fits on the page: everything if it can be, else as many lines of each part as can be."""
    whole = {part: len(getattr(sheet, part)) for part in _PARTS}

    def fits(room: _Room) -> bool:
        return pages_of(sheet.frame, list(_blocks(sheet, fonts, room)), fonts) == 1

    rooms = [_Room(length, **whole) for length in _LENGTHS]
    if max(whole.values()) > _MOST:  # more lines than a page has
        rooms = []
    rooms += [_Room(length, max(1, count // 3), count, count, count) for count, length in _ROOM]
    room = next((one for one in rooms if fits(one)), rooms[-1])
    growing = [part for part in _PARTS if getattr(room, part) < whole[part]]
    while growing:
        for part in list(growing):
            wider = replace(room, **{part: getattr(room, part) + 1})
            fitted = fits(wider)
            room = wider if fitted else room
            if not fitted or getattr(room, part) >= whole[part]:
                growing.remove(part)
    return list(_blocks(sheet, fonts, room))


def shortened(text: str, most: int) -> str:
    """Leave out the end of a text at a space; a text without one, such as Chinese, at a character."""
    flat = " ".join(text.split())
    if len(flat) <= most:
        return flat
    end = flat.rfind(" ", 0, most)
    if end <= 0:
        end = most - 1
        while end > 1 and unicodedata.category(flat[end])[0] == "M":  # a mark stays with its letter
            end -= 1
    return f"{flat[:end]} …"


def _more(left: int) -> str:
    return f"and {left} more"


def _blocks(sheet: OnePageSheet, fonts: FontSet, room: _Room) -> Iterator[Block]:
    length = room.length
    parts = Parts(fonts, 0.96)
    yield from parts.opening(sheet.frame.title, sheet.frame.case_code, sheet.known_as, sheet.about)
    if sheet.added:
        yield parts.text(sheet.added, colour=INFO)
    if sheet.matters:
        yield from _heading(parts, "What matters to the person")
        most = room.matters
        for fact in sheet.matters[:most]:
            yield parts.label(fact.label, before=2.0)
            yield parts.quote(shortened(fact.value, length), before=1.0, after=2.0)
        if len(sheet.matters) > most:
            yield parts.text(_more(len(sheet.matters) - most), colour=MUTED)
    for title, points, nothing, count in (
        ("Safety now", sheet.safety, NO_RISK, room.safety),
        ("Pressing and urgent needs", sheet.needs, NO_NEED, room.needs),
    ):
        yield from _heading(parts, title)
        yield from _points(parts, points, nothing, count, length)
    yield from _heading(parts, "Who does what by when")
    yield from _steps(parts, sheet.steps, room.steps, length)
    yield from _heading(parts, "Next review")
    yield parts.text(shortened(sheet.review or "No day is set.", max(length, 200)))


def _heading(parts: Parts, text: str) -> Iterator[Block]:
    yield from parts.heading(text, replace(HEADING, size=11.0, leading=15.0, before=8.0), 3.0)


def _points(parts: Parts, points: Sequence[Point], nothing: str, count: int, length: int) -> Iterator[Block]:
    if not points:
        yield parts.text(nothing, colour=MUTED)
        return
    lines: list[list[Run]] = []
    for point in points[:count]:
        runs = [Run(f"{point.mark}   ", bold=True, together=True), Run(shortened(point.text, length))]
        if point.note:
            runs.append(Run(f"   {isolated(shortened(point.note, length))}", colour=INFO))
        lines.append(runs)
    if len(points) > count:
        lines.append([Run(_more(len(points) - count), colour=MUTED)])
    yield from parts.bullets(lines)


def _steps(parts: Parts, steps: Sequence[Step], count: int, length: int) -> Iterator[Block]:
    if not steps:
        yield parts.text(NO_STEP, colour=MUTED)
        return
    rows = [
        [Paragraph(shortened(words, length), parts.fonts, _CELL) for words in (one.who, one.what, one.by)]
        for one in steps[:count]
    ]
    keep = Spacing(before=2.0, after=3.0)
    yield Table(["Who", "What", "By when"], rows, parts.fonts, (0.22, 0.56, 0.22), keep, row_headers=True)
    if len(steps) > count:
        yield parts.text(_more(len(steps) - count), colour=MUTED)
