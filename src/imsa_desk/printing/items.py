"""How each kind of answered question is drawn on paper."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import assert_never

from imsa_desk.printing.blocks import (
    GUTTER,
    Numbered,
    Quote,
    Rule,
    Spacing,
    isolated,
    labelled,
)
from imsa_desk.printing.cells import Cell, Cells, Tone
from imsa_desk.printing.flow import Block
from imsa_desk.printing.fonts import FontSet
from imsa_desk.printing.look import (
    ACCENT,
    ACCENT_SOFT,
    ALERT,
    ALERT_SOFT,
    BODY,
    CAUTION,
    CAUTION_SOFT,
    INFO,
    INFO_SOFT,
    LABEL,
    MUTED,
    QUESTION,
    WHITE,
)
from imsa_desk.printing.paragraph import Paragraph
from imsa_desk.printing.shaping import Run
from imsa_desk.printing.sheet import (
    AgreementItem,
    ChoiceItem,
    Fact,
    GroupItem,
    Item,
    NeedItem,
    RiskItem,
    ScaleItem,
    TextItem,
)
from imsa_desk.printing.signature import Signature
from imsa_desk.printing.summary import seen_differently

SHORT_VALUE = 56
_TONES = {2: Tone(CAUTION_SOFT, CAUTION), 3: Tone(ALERT_SOFT, ALERT), 4: Tone(ALERT, WHITE)}
_COLOURS = {
    "level1": Tone(ACCENT_SOFT, ACCENT),
    "level2": Tone(INFO_SOFT, INFO),
    "level3": Tone(CAUTION_SOFT, CAUTION),
    "level4": Tone(ALERT_SOFT, ALERT),
    "good": Tone(ACCENT_SOFT, ACCENT),
    "caution": Tone(CAUTION_SOFT, CAUTION),
    "alert": Tone(ALERT_SOFT, ALERT),
    "info": Tone(INFO_SOFT, INFO),
}
"""The form's words for the colour of a step; always beside its words, never instead of them."""
_NEXT_TO = Spacing(before=3.0, after=2.0)
_INDENTED = replace(BODY, indent=GUTTER, before=3.0, after=2.0)
_PLAIN = replace(BODY, leading=14.5)
_SMALLER = replace(_INDENTED, size=9.0, leading=13.5)


class ItemDrawing:
    """Turns the items of a sheet into blocks; the labels say whose rating and words they are."""

    def __init__(self, fonts: FontSet, own_rating: str, own_words: str) -> None:
        self.fonts, self.own_rating, self.own_words = fonts, own_rating, own_words

    def _question(self, number: str, text: str) -> Block:
        question = Paragraph(text, self.fonts, QUESTION)
        return Numbered(number, question, self.fonts, outline=f"{number} {text}".strip())

    def item(self, item: Item) -> Iterator[Block]:
        """Draw one answered question."""
        match item:
            case NeedItem():
                yield from self._need(item)
            case RiskItem():
                yield from self._risk(item)
            case TextItem():
                yield from self._written(item)
            case ChoiceItem():
                yield from self._chosen(item)
            case ScaleItem():
                yield from self._step(item)
            case AgreementItem():
                yield from self._agreed(item)
            case GroupItem():
                yield from self._repeated(item)
            case _:
                assert_never(item)
        if item.carried:
            yield Paragraph(item.carried, self.fonts, replace(_SMALLER, colour=INFO))

    def _need(self, item: NeedItem) -> Iterator[Block]:
        """Draw a need: both ratings side by side, then words and details."""
        yield self._question(item.number, item.text)
        if item.not_discussed:
            yield self._not_discussed(item.not_discussed)
        pairs = (("Advocate", item.advocate), (self.own_rating, item.own))
        cells = [Cell(label, rating.word, rating.level) for label, rating in pairs if rating]
        if cells:
            yield Cells(cells, self.fonts, _NEXT_TO, columns=2)
        if seen_differently(item):
            runs = [Run("Seen differently.", bold=True), Run(" Both ratings are kept.")]
            yield Paragraph(runs, self.fonts, replace(_INDENTED, size=9.0, leading=13.0, colour=INFO))
        yield from self._words_and_details(item.words, item.details)

    def _risk(self, item: RiskItem) -> Iterator[Block]:
        """Draw a risk: likelihood, severity and band in words, then the reason."""
        if is_plain_no(item) and item.present is not None:
            runs = [Run(f"{item.text}   ", bold=False), Run(item.present.value, bold=True)]
            yield Numbered(item.number, Paragraph(runs, self.fonts, _PLAIN), self.fonts, role="P")
            return
        yield self._question(item.number, item.text)
        if item.not_discussed:
            yield self._not_discussed(item.not_discussed)
        if item.present is not None:
            said = labelled(item.present.label, item.present.value)
            yield Paragraph(said, self.fonts, replace(_INDENTED, size=9.0, leading=14.0))
        ratings = [fact for fact in (item.likelihood, item.severity) if fact is not None]
        cells = [Cell(fact.label, fact.value) for fact in ratings]
        if item.band is not None:
            tone = _TONES.get(item.band_level, Tone())
            cells.append(Cell(item.band.label, item.band.value, tone=tone))
        if cells:
            yield Cells(cells, self.fonts, _NEXT_TO, columns=3)
        if item.reason:
            yield Paragraph(item.reason, self.fonts, replace(_INDENTED, size=9.0, leading=13.5))
        yield from self._words_and_details(item.words, item.details)

    def _written(self, item: TextItem) -> Iterator[Block]:
        """Draw an answer in writing."""
        yield self._question(item.number, item.question)
        if item.not_discussed:
            yield self._not_discussed(item.not_discussed)
        if item.answer and item.quoted:
            yield Quote(Paragraph(item.answer, self.fonts, replace(BODY, before=3.0)))
        elif item.answer:
            yield Paragraph(item.answer, self.fonts, _INDENTED)
        yield from self._words_and_details("", item.details)

    def _chosen(self, item: ChoiceItem) -> Iterator[Block]:
        """Draw what was chosen."""
        yield self._question(item.number, item.question)
        if item.not_discussed:
            yield self._not_discussed(item.not_discussed)
        if item.chosen:
            yield Paragraph(" · ".join(isolated(word) for word in item.chosen), self.fonts, _INDENTED)
        if item.note:
            yield Paragraph(item.note, self.fonts, _INDENTED)
        yield from self._words_and_details("", item.details)

    def _step(self, item: ScaleItem) -> Iterator[Block]:
        """Draw a step of a scale on its colour, with the meaning the form gives it."""
        yield self._question(item.number, item.question)
        if item.not_discussed:
            yield self._not_discussed(item.not_discussed)
        if item.step:
            tone = _COLOURS.get(item.colour, Tone())
            yield Cells([Cell("", item.step, tone=tone)], self.fonts, _NEXT_TO, columns=1)
        if item.meaning:
            yield Paragraph(item.meaning, self.fonts, _SMALLER)
        if item.note:
            yield Paragraph(item.note, self.fonts, _INDENTED)
        yield from self._words_and_details("", item.details)

    def _agreed(self, item: AgreementItem) -> Iterator[Block]:
        """Draw how somebody agreed, with their own words and the signature they drew."""
        yield self._question(item.number, item.question)
        if item.not_discussed:
            yield self._not_discussed(item.not_discussed)
        yield from self._words_and_details("", item.facts)
        if item.words:
            yield Quote(Paragraph(item.words, self.fonts, replace(BODY, before=2.0, after=3.0)))
        if item.strokes:
            name = next((fact.value for fact in item.facts if fact.label == "Name"), "")
            alt = f"Signature of {name}" if name else "Signature"
            yield Signature(item.strokes, alt, indent=GUTTER)
        yield from self._words_and_details("", item.details)

    def _repeated(self, item: GroupItem) -> Iterator[Block]:
        """Draw the answers of each repeat under its own title."""
        yield self._question(item.number, item.question)
        if item.not_discussed:
            yield self._not_discussed(item.not_discussed)
        for row in item.rows:
            title = replace(LABEL, indent=GUTTER, size=9.0, colour=ACCENT, before=9.0, after=2.0)
            yield Paragraph(row.title, self.fonts, replace(title, keep_with_next=True))
            for i, inner in enumerate(row.items):
                if i:
                    yield Rule(Spacing(before=2.0, after=2.0), colour=WHITE, separates=True)
                yield from self.item(inner)
        yield from self._words_and_details("", item.details)

    def _not_discussed(self, reason: str) -> Block:
        runs = [Run("Not discussed", bold=True, colour=MUTED), Run(f"   {isolated(reason)}", colour=MUTED)]
        return Paragraph(runs, self.fonts, _INDENTED)

    def _words_and_details(self, words: str, details: Iterable[Fact]) -> Iterator[Block]:
        if words:
            label = replace(LABEL, indent=GUTTER, before=5.0, after=1.0, keep_with_next=True)
            yield Paragraph(self.own_words, self.fonts, label)
            yield Quote(Paragraph(words, self.fonts, replace(BODY, before=1.0, after=3.0)))
        known = [fact for fact in details if fact.value]
        runs: list[Run] = []
        for fact in known:
            if is_short(fact):
                runs += [Run("      "), *labelled(fact.label, fact.value)]
        if runs:
            yield Paragraph(runs[1:], self.fonts, replace(_INDENTED, size=9.0, leading=14.0))
        for fact in known:
            if not is_short(fact):
                label = replace(LABEL, indent=GUTTER, before=5.0, keep_with_next=True)
                yield Paragraph(fact.label, self.fonts, label)
                yield Paragraph(fact.value, self.fonts, replace(_INDENTED, before=0.0))


def is_plain_no(item: Item) -> bool:
    """Say whether a risk is answered with a word alone, so that one line holds it."""
    if not isinstance(item, RiskItem) or item.present is None:
        return False
    more = (item.likelihood, item.severity, item.band, item.words, item.not_discussed)
    return not any(more) and not any(fact.value for fact in item.details)


def is_short(fact: Fact) -> bool:
    """Say whether a fact fits beside others in one line."""
    return len(fact.value) <= SHORT_VALUE and "\n" not in fact.value
