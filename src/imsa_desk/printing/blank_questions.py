"""How each kind of question stands on an empty form."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from imsa_desk.domain.assessments import answer_key
from imsa_desk.domain.fillable import field_name, rows_on_paper, state_of
from imsa_desk.domain.forms import YES_NO_UNKNOWN, Form, Question, QuestionKind
from imsa_desk.domain.forms.expressions import Expr
from imsa_desk.domain.forms.parts import MONEY_PERIODS, SHORT_LIMIT
from imsa_desk.printing.blank_blocks import Gap, Gaps, Lines, Place, TickOption, Ticks
from imsa_desk.printing.blocks import GUTTER, Numbered, Spacing, Whole
from imsa_desk.printing.canvas import Paper
from imsa_desk.printing.flow import Block
from imsa_desk.printing.fonts import FontSet
from imsa_desk.printing.hints import only_if
from imsa_desk.printing.look import ACCENT, BODY, INFO, LABEL, QUESTION, SMALL
from imsa_desk.printing.paragraph import Paragraph
from imsa_desk.printing.shaping import Run
from imsa_desk.printing.widgets import FormFields, Rect

OWN_RATING, OWN_WORDS = "In my own rating", "In my own words"
ADVOCATE_RATING = "In the advocate’s rating"
RECKONED = "The program reckons this from the other answers."
_LABEL_ROOM = 126.0
MANY = 8
"""From here on a choice of several is written by hand; what can be chosen stands once in front."""
_FEW = 14
"""Values of a list up to which boxes are printed; a longer one leaves a line."""
_ROW = Spacing(before=2.5, after=1.0)
_KEPT = replace(_ROW, keep_with_next=True)
_HINT = replace(SMALL, indent=GUTTER, size=8.5, leading=12.0, keep_with_next=True)
_RISK_ROWS = (
    "likelihood",
    "severity",
    "imminence",
    "trend",
    "who_at_risk",
    "risk_from",
    "protective_effect",
    "protective_factors",
    "survivor_agrees",
)
LISTED = ("who_at_risk", "risk_from", "protective_factors")
"""Scales of which several values may be named."""

Entries = Callable[[str], Sequence[tuple[str, str]]]
"""Gives the values of a list, each with its words."""
Choices = Sequence[tuple[int | str, str, str]]
"""Values with their words and what they mean."""


@dataclass(frozen=True, slots=True)
class _At:
    """One question at its place: its key, and the words a field needs for those who only hear it."""

    question: Question
    key: str
    row: str = ""

    def tip(self, part: str = "") -> str:
        """Say what a field asks."""
        said = f"{self.question.number} {self.question.text}".strip()
        return ": ".join(words for words in (self.row, said, part) if words)


class QuestionBlanks:
    """Turns questions into blocks; with fields, each place can be filled in on a screen.

    Without `notes`, a yes or no has no line for words beside it.
    """

    def __init__(
        self,
        form: Form,
        fonts: FontSet,
        entries: Entries,
        fields: FormFields | None,
        *,
        notes: bool = True,
    ) -> None:
        self.form, self.fonts, self.entries, self.fields, self.notes = form, fonts, entries, fields, notes

    def hint(self, rule: Expr | None) -> str:
        """Say when something is asked; "" where it always is."""
        return only_if(self.form, rule)

    def question(self, question: Question, key: str, row: str = "") -> Iterator[Block]:
        """Give the blocks of one question."""
        if question.kind is QuestionKind.INSTRUCTION:
            style = replace(BODY, indent=GUTTER, size=9.5, leading=14.0, colour=INFO, before=8.0, after=2.0)
            when = [Run(f"{hint} ", size=8.5)] if (hint := self.hint(question.show_if)) else []
            yield Paragraph([*when, Run(question.text)], self.fonts, style)
            return
        at = _At(question, key, row)
        head = Paragraph(question.text, self.fonts, replace(QUESTION, before=10.0))
        yield Numbered(question.number, head, self.fonts)
        for words in (self.hint(question.show_if), question.help):
            if words:
                yield Paragraph(words, self.fonts, _HINT)
        if question.kind is QuestionKind.GROUP:
            yield from self._group(at)
        else:
            yield from _together(self._answer(at))

    def _answer(self, at: _At) -> Iterator[Block]:
        match at.question.kind:
            case QuestionKind.NEED_ITEM:
                yield from self._need(at)
            case QuestionKind.RISK_ITEM:
                yield from self._risk(at)
            case QuestionKind.SHORT_TEXT:
                yield self._lines(at, "text", 1, longest=SHORT_LIMIT)
            case QuestionKind.LONG_TEXT:
                yield self._lines(at, "text", 5)
            case QuestionKind.NUMBER:
                unit = at.question.unit
                yield self._gaps([Gap("", 0.34, self._typed(at, "number"), unit)])
            case QuestionKind.MONEY:
                yield self._gaps([Gap("£", 0.34, self._typed(at, "pence", "amount in pounds"))])
                yield self._ticks(at, "per", [(k, w or "once", "") for k, w in MONEY_PERIODS.items()])
            case QuestionKind.DATE:
                yield self._day(at, "day")
            case QuestionKind.PARTIAL_DATE:
                yield self._day(at, "when")
                about = [("yes", "About then; not known exactly", "")]
                yield self._ticks(at, "about", about)
            case QuestionKind.CALCULATED:
                yield Paragraph(RECKONED, self.fonts, replace(_HINT, keep_with_next=False))
            case _:
                yield from self._chosen(at)

    def _chosen(self, at: _At) -> Iterator[Block]:
        question = at.question
        match question.kind:
            case QuestionKind.CHOICE | QuestionKind.CHOICES:
                several = question.kind is QuestionKind.CHOICES
                options = [(option.value, option.label, "") for option in question.options]
                yield self._ticks(at, "choices" if several else "choice", options, several=several)
                if question.other:
                    yield self._gaps([Gap("Something else", 1.0, self._typed(at, "other"))])
            case QuestionKind.YES_NO_UNKNOWN:
                yield self._ticks(at, "choice", [(k, w, "") for k, w in YES_NO_UNKNOWN.items()])
                if self.notes:
                    yield self._gaps([Gap("Note", 1.0, self._typed(at, "note"))])
            case QuestionKind.LIST_CHOICE:
                yield from self._listed(at)
            case QuestionKind.SCALE:
                steps = self._steps(question.scale, meanings=True)
                yield self._ticks(at, "step", steps, stacked=True)
                yield self._gaps([Gap("Note", 1.0, self._typed(at, "note"))])
            case QuestionKind.PERSON:
                gaps = (("Name", "name", 0.5), ("Their part", "role", 0.5))
                yield self._gaps([Gap(w, share, self._typed(at, part, w)) for w, part, share in gaps])
            case QuestionKind.AGREEMENT:
                yield from self._agreement(at)
            case _:
                yield self._lines(at, "text", 1)

    def _need(self, at: _At) -> Iterator[Block]:
        need = self._steps("need")
        yield self._ticks(at, "survivor", need, OWN_RATING, spacing=_KEPT)
        yield self._ticks(at, "advocate", need, ADVOCATE_RATING)
        yield from self._own_words(at)
        for part in ("importance", "confidence"):
            yield self._ticks(at, part, self._steps(part), self.form.scale(part).title)
        yield self._gaps([Gap("Next step", 1.0, self._typed(at, "next_step", "Next step"))])
        for part in ("owner", "consent_to_refer"):
            yield self._ticks(at, part, self._steps(part), self.form.scale(part).title)

    def _risk(self, at: _At) -> Iterator[Block]:
        yield self._ticks(
            at, "present", self._steps("present"), self.form.scale("present").title, spacing=_KEPT
        )
        for part in _RISK_ROWS:
            steps, title = self._steps(part), self.form.scale(part).title
            if part in LISTED and self.fields is None and len(steps) > MANY:
                yield self._gaps([Gap(title, 1.0)])
            elif steps:
                yield self._ticks(at, part, steps, title, several=part in LISTED)
        yield from self._own_words(at)
        yield self._gaps([Gap("Note", 1.0, self._typed(at, "note", "Note"))])

    def _group(self, at: _At) -> Iterator[Block]:
        """Leave room for three of what the group asks about."""
        title = at.question.item_title or at.question.text
        for row in rows_on_paper(at.question):
            named = f"{title} {row}"
            style = replace(LABEL, indent=GUTTER, size=9.5, colour=ACCENT, before=10.0, keep_with_next=True)
            yield Paragraph(named, self.fonts, style)
            for member in at.question.members:
                yield from self.question(member, answer_key(member.id, row), named)

    def _listed(self, at: _At) -> Iterator[Block]:
        entries = self.entries(at.question.list)
        if self.fields is not None and entries:
            tip, name, fields = at.tip(), field_name(at.key, "choice"), self.fields

            def place(paper: Paper, rect: Rect) -> None:
                fields.choice(paper, name, rect, tip, entries)

            yield Lines(1, _ROW, field=place, share=0.7)
        elif entries and len(entries) <= _FEW:
            yield self._ticks(at, "choice", [(value, words, "") for value, words in entries])
        else:
            yield self._lines(at, "choice", 1)
        if at.question.other:
            yield self._gaps([Gap("Something else", 1.0, self._typed(at, "other"))])

    def _agreement(self, at: _At) -> Iterator[Block]:
        yield self._ticks(at, "how", [(value, words, "") for value, words in self.entries("agreement_how")])
        gaps = (("Name", "name", 0.6), ("On", "on", 0.4))
        yield self._gaps([Gap(words, share, self._typed(at, part, words)) for words, part, share in gaps])
        yield from self._own_words(at)
        if self.fields is None:
            yield self._gaps([Gap("Signature", 0.7)])

    # --- places ---

    def _steps(self, scale: str, *, meanings: bool = False) -> list[tuple[int | str, str, str]]:
        points = self.form.scale(scale).point
        return [(point.value, point.label, point.meaning if meanings else "") for point in points]

    def _label(self, words: str) -> Block:
        return Paragraph(words, self.fonts, replace(LABEL, indent=GUTTER, before=6.0, keep_with_next=True))

    def _own_words(self, at: _At) -> Iterator[Block]:
        """Leave room for the person's words; on paper the label stands on the first line."""
        if self.fields is None:
            yield self._gaps([Gap(OWN_WORDS, 1.0)])
            yield Lines(1, Spacing(after=5.0))
            return
        yield self._label(OWN_WORDS)
        yield self._lines(at, "words", 2, tip=OWN_WORDS)

    def _gaps(self, gaps: Sequence[Gap]) -> Block:
        return Gaps(gaps, self.fonts, _ROW)

    def _day(self, at: _At, part: str) -> Block:
        if self.fields is None:
            return self._gaps([Gap("Day", 0.2), Gap("Month", 0.4), Gap("Year", 0.25)])
        return self._gaps([Gap("", 0.5, self._typed(at, part, "a date such as 4 November 2026"))])

    def _typed(
        self, at: _At, part: str, words: str = "", *, lines: int = 1, longest: int = 0
    ) -> Place | None:
        """Give what puts a field for writing, or nothing on paper."""
        if self.fields is None:
            return None
        place = partial(self.fields.text, lines=lines, longest=longest)
        name, tip = field_name(at.key, part), at.tip(words)
        return lambda paper, rect: place(paper, name, rect, tip)

    def _lines(self, at: _At, part: str, count: int, *, longest: int = 0, tip: str = "") -> Block:
        field = self._typed(at, part, tip, lines=count, longest=longest)
        return Lines(count, _ROW, field=field)

    def _ticks(
        self,
        at: _At,
        part: str,
        choices: Choices,
        label: str = "",
        *,
        several: bool = False,
        stacked: bool = False,
        spacing: Spacing = _ROW,
    ) -> Block:
        single = not several
        options = [
            TickOption(words, meaning, self._ticked(at, part, (place, value, words), label, single=single))
            for place, (value, words, meaning) in enumerate(choices)
        ]
        room = _LABEL_ROOM if label else 0.0
        return Ticks(label, options, self.fonts, spacing, single=single, stacked=stacked, label_room=room)

    def _ticked(
        self, at: _At, part: str, choice: tuple[int, int | str, str], label: str, *, single: bool
    ) -> Place | None:
        """Give what puts a box or a button, or nothing on paper."""
        fields = self.fields
        if fields is None:
            return None
        place, value, words = choice
        tip = at.tip(label)
        if single:
            name, state = field_name(at.key, part), state_of(value, place)
            return lambda paper, rect: fields.one_of(paper, name, rect, (tip, words), state)
        name = field_name(at.key, part, str(value))
        return lambda paper, rect: fields.tick(paper, name, rect, f"{tip}: {words}", "yes")


def _together(blocks: Iterator[Block]) -> Iterator[Block]:
    """Keep the places of one question on one page, so that nobody turns over while writing."""
    made = list(blocks)
    for block in made[:-1]:
        if isinstance(block, Whole):
            block.keep_with_next = True
    yield from made
