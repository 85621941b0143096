"""What an empty form is filled in on: lines to write on, boxes to tick, and short places side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from imsa_desk.printing.blocks import GUTTER, Spacing, Whole
from imsa_desk.printing.canvas import Paper
from imsa_desk.printing.fonts import FontSet
from imsa_desk.printing.look import BODY, LABEL, MUTED, TRACK, WHITE, TextStyle
from imsa_desk.printing.paragraph import Paragraph
from imsa_desk.printing.shaping import Run
from imsa_desk.printing.tagging import Elem
from imsa_desk.printing.widgets import Rect

LINE_GAP = 23.0
"""From one writing line to the next: enough for large handwriting."""
GAP_HEIGHT = 21.0
FIELD_LINE = 15.0
"""Height of a line in a field that is typed into."""
BOX = 9.5
WHOLE = 7
"""A choice of up to so many lines stands on one page."""
_BOX_GAP, _OPTION_GAP, _ROW_GAP = 4.5, 11.0, 3.5
_BESIDE = 8.0
"""Room between a label and the options beside it."""
_OPTION = TextStyle(size=9.0, leading=12.5)
_SMALL = replace(LABEL, bold=False)

Place = Callable[[Paper, Rect], None]
"""Puts a field where the pen would go."""


class Lines(Whole):
    """Empty lines to write on; or, with a field, a box to type in."""

    def __init__(
        self,
        count: int,
        spacing: Spacing,
        *,
        field: Place | None = None,
        indent: float = GUTTER,
        share: float = 1.0,
    ) -> None:
        super().__init__(spacing)
        self.count, self.field, self.indent, self.share = count, field, indent, share

    def measure(self, width: float) -> float:
        """Give the height in points."""
        return self.count * LINE_GAP if self.field is None else self.count * FIELD_LINE + 6.0

    def draw(self, paper: Paper, x: float, top: float, width: float) -> None:
        """Draw downwards from `top`."""
        left, room = x + self.indent, (width - self.indent) * self.share
        if self.field is None:
            for i in range(1, self.count + 1):
                paper.hairline(left, top - i * LINE_GAP, room, MUTED)
            return
        tall = self.measure(width)
        paper.box(left, top - tall, room, tall, fill=WHITE, edge=TRACK, radius=2)
        self.field(paper, Rect(left + 2, top - tall + 1, room - 4, tall - 2))


@dataclass(frozen=True, slots=True)
class Gap:
    """One short place to write in: its label, its share of the line, and its field."""

    label: str
    share: float
    field: Place | None = None
    after: str = ""


class Gaps(Whole):
    """Short places side by side, each behind its label."""

    def __init__(
        self, gaps: Sequence[Gap], fonts: FontSet, spacing: Spacing, *, indent: float = GUTTER
    ) -> None:
        super().__init__(spacing)
        self.indent = indent
        self._gaps = [
            (gap, Paragraph(gap.label, fonts, _SMALL), Paragraph(gap.after, fonts, _OPTION)) for gap in gaps
        ]

    def measure(self, width: float) -> float:
        """Give the height in points."""
        return GAP_HEIGHT

    def draw(self, paper: Paper, x: float, top: float, width: float) -> None:
        """Draw downwards from `top`."""
        left, room = x + self.indent, width - self.indent
        base = top - GAP_HEIGHT + 4.0
        for i, (gap, label, after) in enumerate(self._gaps, start=1):
            whole = room * gap.share
            between = 12.0 if i < len(self._gaps) else 0.0
            used = label.natural_width() + 5.0 if gap.label else 0.0
            behind = after.natural_width() + 4.0 if gap.after else 0.0
            if gap.label:
                label.draw(paper, left, base + label.measure(whole) - 1.0, whole)
            wide = whole - used - behind - between
            if gap.field is None:
                paper.hairline(left + used, base, wide, MUTED)
            else:
                paper.box(left + used, base - 3.0, wide, 18.0, fill=WHITE, edge=TRACK, radius=2)
                gap.field(paper, Rect(left + used + 2, base - 2.0, wide - 4, 16.0))
            if gap.after:
                after.draw(paper, left + used + wide + 4.0, base + after.measure(whole) - 1.0, behind + 8.0)
            left += whole


@dataclass(frozen=True, slots=True)
class TickOption:
    """One thing that can be ticked: its words, what they mean, and its field."""

    label: str
    meaning: str = ""
    field: Place | None = None


class Ticks(Whole):
    """Boxes to tick behind a label; round ones where only one may be chosen.

    They follow one another along the line; with `stacked` each has a line of its own. Cut between lines.
    """

    def __init__(
        self,
        label: str,
        options: Sequence[TickOption],
        fonts: FontSet,
        spacing: Spacing,
        *,
        single: bool,
        stacked: bool = False,
        label_room: float = 0.0,
        indent: float = GUTTER,
    ) -> None:
        super().__init__(spacing)
        self.single, self.stacked, self.indent = single, stacked, indent
        self.label_room = label_room
        self._label = Paragraph(label, fonts, _SMALL) if label else None
        self._options = [(one, Paragraph(_runs(one), fonts, _OPTION)) for one in options]
        self._list = Elem("L", numbering="None")

    def _rows(self, width: float) -> list[list[tuple[TickOption, Paragraph, float, float]]]:
        """Lay options along lines: each with its distance from the left and its width."""
        room = width - self.indent - self.label_room
        rows: list[list[tuple[TickOption, Paragraph, float, float]]] = [[]]
        used = 0.0
        for option, text in self._options:
            wide = min(text.natural_width() + 0.5, room - BOX - _BOX_GAP)
            if rows[-1] and (self.stacked or used + BOX + _BOX_GAP + wide > room):
                rows.append([])
                used = 0.0
            rows[-1].append((option, text, used, wide))
            used += BOX + _BOX_GAP + wide + _OPTION_GAP
        return rows

    def _above(self) -> float:
        """Give the room a label takes that does not stand beside its options."""
        return self._label.measure(1e6) + 3.0 if self._label is not None and not self.label_room else 0.0

    def measure(self, width: float) -> float:
        """Give the height in points."""
        rows = sum(_tall(row) + _ROW_GAP for row in self._rows(width))
        beside = self._label.measure(self.label_room - _BESIDE) if self._label and self.label_room else 0.0
        return max(rows + self._above(), beside)

    def least(self, width: float) -> float:
        """Give the label with the first two lines, or all of a choice that is short."""
        rows = self._rows(width)
        few = rows if len(rows) <= WHOLE else rows[:2]
        return sum(_tall(row) + _ROW_GAP for row in few) + self._above()

    def split(self, width: float, height: float) -> tuple[Ticks, Ticks] | None:
        """Cut between two lines of options."""
        rows, used, count = self._rows(width), self._above(), 0
        while count < len(rows) and used + _tall(rows[count]) + _ROW_GAP <= height:
            used += _tall(rows[count]) + _ROW_GAP
            count += 1
        count = min(count, len(rows) - 2)
        if len(rows) <= WHOLE or count < 2:
            return None
        count = sum(map(len, rows[:count]))
        return self._part(slice(0, count), first=True), self._part(slice(count, None), first=False)

    def _part(self, wanted: slice, *, first: bool) -> Ticks:
        part = Ticks.__new__(Ticks)
        part.__dict__.update(self.__dict__)
        part._options = self._options[wanted]
        part._label = self._label if first else None
        part.before, part.after = (self.before, 0.0) if first else (0.0, self.after)
        return part

    def draw(self, paper: Paper, x: float, top: float, width: float) -> None:
        """Draw downwards from `top`; from the right where the words run from the right."""
        left, room = x + self.indent, width - self.indent
        rtl = any(text.lines(room)[0].rtl for _, text in self._options)
        if self._label is not None:
            beside = self.label_room - _BESIDE if self.label_room else room
            at = left + room - beside if rtl and self.label_room else left
            self._label.draw(paper, at, top - (0.8 if self.label_room else 0.0), beside)
        top -= self._above()
        room -= self.label_room
        left += 0.0 if rtl else self.label_room
        with paper.tag(self._list):
            for row in self._rows(width):
                for option, text, at, wide in row:
                    start = left + room - at - BOX - _BOX_GAP - wide if rtl else left + at
                    self._option(paper, option, text, Rect(start, top, wide, 0.0), rtl=rtl)
                top -= _tall(row) + _ROW_GAP

    def _option(self, paper: Paper, option: TickOption, text: Paragraph, at: Rect, *, rtl: bool) -> None:
        base = at.y - (text.lines(at.width)[0].height + BOX) / 2
        box = at.x + at.width + _BOX_GAP if rtl else at.x
        with paper.tag("LI"):
            if self.single:
                paper.circle(box + BOX / 2, base + BOX / 2, BOX / 2, fill=WHITE, edge=MUTED, line=0.8)
            else:
                paper.box(box, base, BOX, BOX, fill=WHITE, edge=MUTED, radius=1.5)
            with paper.tag("LBody"):
                if option.field is not None:
                    option.field(paper, Rect(box, base, BOX, BOX))
                text.draw(paper, at.x if rtl else at.x + BOX + _BOX_GAP, at.y, at.width)


def _tall(row: Sequence[tuple[TickOption, Paragraph, float, float]]) -> float:
    return max(text.measure(wide) for _, text, _, wide in row)


def _runs(option: TickOption) -> list[Run]:
    runs = [Run(option.label, colour=BODY.colour)]
    return [*runs, Run(f"   {option.meaning}", size=8.5, colour=MUTED)] if option.meaning else runs
