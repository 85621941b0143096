"""Plain parts that documents are made of, in one size of letters: titles, facts, quotations, lists."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from imsa_desk.printing.blocks import Heading, Quote, Rule, Spacing, isolated
from imsa_desk.printing.flow import Block
from imsa_desk.printing.fonts import FontSet
from imsa_desk.printing.groups import listed
from imsa_desk.printing.look import (
    ACCENT,
    ACCENT_SOFT,
    BODY,
    HEADING,
    LABEL,
    LEAD,
    SMALL,
    TITLE,
    TextStyle,
)
from imsa_desk.printing.paragraph import Paragraph
from imsa_desk.printing.shaping import Run
from imsa_desk.printing.sheet import Fact
from imsa_desk.printing.tagging import Elem

_HEADING = replace(HEADING, before=16.0)
LARGE = 1.65
"""With this factor running text is 16.5 points high."""


class Parts:
    """Makes blocks in the letters of one document; `factor` makes all of them larger."""

    def __init__(self, fonts: FontSet, factor: float = 1.0) -> None:
        self.fonts, self.factor = fonts, factor

    def style(self, style: TextStyle, **changed: float | str | bool) -> TextStyle:
        """Give a style in this document's size; what is changed is given in plain size."""
        made = replace(style, **changed)  # type: ignore[arg-type]  # every field is one of these
        by = self.factor
        return replace(
            made,
            size=made.size * by,
            leading=made.leading * by,
            before=made.before * by,
            after=made.after * by,
        )

    def opening(self, title: str, code: str, known_as: str = "", about: str = "") -> Iterator[Block]:
        """Give the title and the line that says whose paper it is."""
        yield Paragraph(title, self.fonts, self._title(), elem=Elem("H1"))
        runs = [Run(code, mono=True)] if code else []
        if known_as:
            runs = [Run(isolated(known_as), bold=True), Run("   "), *runs]
        if about:
            runs.append(Run(f"   {about}" if runs else about))
        if runs:
            yield Paragraph(runs, self.fonts, self.style(LEAD, after=8.0))

    def _title(self) -> TextStyle:
        size = min(TITLE.size * self.factor, 27.0)
        return replace(TITLE, size=size, leading=size * 1.35)

    def heading(self, text: str, style: TextStyle = _HEADING, gap: float = 6.0) -> Iterator[Block]:
        """Give a heading with its line; `gap` is the room below the line, in points."""
        yield Heading(Paragraph(text, self.fonts, self.style(style)), text, 0)
        yield Rule(Spacing(before=gap / 2, after=gap, keep_with_next=True), colour=ACCENT_SOFT)

    def text(self, words: str | Sequence[Run], **changed: float | str | bool) -> Block:
        """Give a paragraph."""
        return Paragraph(words, self.fonts, self.style(BODY, **changed))

    def small(self, words: str | Sequence[Run], **changed: float | str | bool) -> Block:
        """Give a quiet paragraph."""
        return Paragraph(words, self.fonts, self.style(SMALL, **changed))

    def label(self, words: str, **changed: float | str | bool) -> Block:
        """Give a label that stays with what follows."""
        return Paragraph(words, self.fonts, self.style(LABEL, keep_with_next=True, **changed))

    def subheading(self, words: str, *, before: float = 8.0) -> Block:
        """Give a line in bold that stays with what follows."""
        style = self.style(BODY, bold=True, colour=ACCENT, before=before, after=1.0, keep_with_next=True)
        return Heading(Paragraph(words, self.fonts, style), words, 1)

    def quote(self, words: str, **changed: float | str | bool) -> Block:
        """Give somebody's own words with a bar at their side."""
        made = self.style(BODY, **{"before": 2.0, "after": 5.0, **changed})
        return Quote(Paragraph(words, self.fonts, made), indent=0.0)

    def bullets(
        self, items: Sequence[str | Sequence[Run]], *, numbered: bool = False, last_two: bool = False
    ) -> list[Block]:
        """Give a list; its `last_two` items may stay on one page."""
        style = self.style(BODY, after=2.5)
        made = [Paragraph(item, self.fonts, style) for item in items]
        return listed(made, self.fonts, style, numbered=numbered, last_two=last_two)

    def facts(self, facts: Sequence[Fact]) -> Iterator[Block]:
        """Give labels with what they say, one below the other."""
        for fact in facts:
            if fact.value:
                yield self.label(fact.label, before=4.0)
                yield self.text(fact.value, after=2.0)
