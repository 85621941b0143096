"""Draw an assessment: `AssessmentSheet` in, PDF bytes out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import assert_never

from imsa_desk.printing.blocks import (
    GUTTER,
    Cell,
    Cells,
    Heading,
    Numbered,
    Quote,
    Rule,
    Spacing,
    Tone,
    isolated,
    labelled,
)
from imsa_desk.printing.flow import Block
from imsa_desk.printing.fonts import FontSet
from imsa_desk.printing.look import (
    ACCENT_SOFT,
    ALERT,
    ALERT_SOFT,
    BODY,
    CAUTION,
    CAUTION_SOFT,
    HEADING,
    INFO,
    LABEL,
    LEAD,
    MUTED,
    QUESTION,
    SMALL,
    TITLE,
    WHITE,
)
from imsa_desk.printing.page import Frame, draw_pages, moment
from imsa_desk.printing.paragraph import Paragraph
from imsa_desk.printing.shaping import Run
from imsa_desk.printing.sheet import (
    AssessmentSheet,
    ChoiceItem,
    Fact,
    Item,
    NeedItem,
    RiskItem,
    Section,
    SignOff,
    TextItem,
)
from imsa_desk.printing.summary import first_of_all, seen_differently, summary
from imsa_desk.progress import Progress, quiet

SHORT_VALUE = 56
LEFT_OUT = "Not talked about this time"
_TONES = {2: Tone(CAUTION_SOFT, CAUTION), 3: Tone(ALERT_SOFT, ALERT), 4: Tone(ALERT, WHITE)}
_NEXT_TO = Spacing(before=3.0, after=2.0)
_INDENTED = replace(BODY, indent=GUTTER, before=3.0, after=2.0)
_PLAIN = replace(BODY, leading=14.5)
_FACT = replace(BODY, leading=14.0)


def assessment_pdf(sheet: AssessmentSheet, fonts: FontSet, *, progress: Progress = quiet) -> bytes:
    """Draw an assessment on A4 and give the PDF's bytes; equal sheets give equal bytes."""
    frame = Frame(
        title=sheet.title,
        case_code=sheet.case_code,
        sensitivity=sheet.sensitivity,
        state="" if sheet.signed else "Draft",
        printed_by=sheet.printed_by,
        printed_at=sheet.printed_at,
        form_line=sheet.form_line,
        consent_line=sheet.consent_line,
        practice=sheet.practice,
        language=sheet.language,
    )
    return draw_pages(frame, list(_Drawing(sheet, fonts).blocks()), fonts, progress=progress)


def uncovered(sheet: AssessmentSheet, fonts: FontSet) -> set[str]:
    """Give the characters of a sheet that no font here can draw, to be said before printing."""
    return fonts.uncovered(_texts(sheet))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _texts(part)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _texts(getattr(value, field.name))


class _Drawing:
    """Turns one sheet into blocks."""

    def __init__(self, sheet: AssessmentSheet, fonts: FontSet) -> None:
        self.sheet, self.fonts = sheet, fonts

    def blocks(self) -> Iterator[Block]:
        """Give all blocks of the document in reading order."""
        yield from self._opening()
        for section in self.sheet.sections:
            if section.items:
                yield from self._section(section)
        yield from self._left_out([section for section in self.sheet.sections if not section.items])
        yield from self._sign_off(self.sheet.signed)

    def _opening(self) -> Iterator[Block]:
        yield Paragraph(self.sheet.title, self.fonts, TITLE)
        runs = [Run(self.sheet.case_code, mono=True)]
        if self.sheet.known_as:
            runs = [Run(isolated(self.sheet.known_as), bold=True), Run("   "), *runs]
        if self.sheet.subtitle:
            runs.append(Run(f"   {self.sheet.subtitle}"))
        yield Paragraph(runs, self.fonts, replace(LEAD, after=10.0))
        yield from self._facts(self.sheet.facts)
        sentences = " ".join(summary(self.sheet))
        if sentences:
            yield Rule(Spacing(before=6.0, after=7.0))
            yield Paragraph(sentences, self.fonts, replace(BODY, after=4.0))
        for label, names in first_of_all(self.sheet):
            runs = [Run(f"{label}   ", bold=True, together=True), Run("; ".join(names))]
            yield Paragraph(runs, self.fonts, replace(BODY, size=9.0, leading=14.0, after=2.0))

    def _facts(self, facts: Iterable[Fact]) -> Iterator[Block]:
        known = [fact for fact in facts if fact.value]
        short = [fact for fact in known if _is_short(fact)]
        for i in range(0, len(short), 2):
            cells = [Cell(fact.label, fact.value, style=_FACT) for fact in short[i : i + 2]]
            yield Cells(cells, self.fonts, Spacing(before=5.0, after=5.0), columns=2, indent=0.0)
        for fact in known:
            if not _is_short(fact):
                label = replace(LABEL, before=5.0, keep_with_next=True)
                yield Paragraph(fact.label, self.fonts, label)
                yield Paragraph(fact.value, self.fonts, replace(BODY, after=3.0))

    def _section(self, section: Section) -> Iterator[Block]:
        heading = replace(HEADING, before=22.0)
        yield Heading(Paragraph(section.title, self.fonts, heading), section.title, 0)
        if section.status:
            yield Paragraph(section.status, self.fonts, replace(SMALL, keep_with_next=True))
        yield Rule(Spacing(before=4.0, after=8.0, keep_with_next=True), colour=ACCENT_SOFT)
        plain = [_is_plain_no(item) for item in section.items]
        for i, item in enumerate(section.items):
            if i and plain[i - 1] and plain[i]:
                yield Rule(Spacing(before=3.0, after=3.0, keep_with_next=True), colour=WHITE, separates=True)
            elif i:
                between = Spacing(before=8.0, after=8.0, keep_with_next=True)
                yield Rule(between, indent=GUTTER, separates=True)
            yield from self._item(item)
        if section.unanswered:
            yield self._unanswered(section)

    def _left_out(self, sections: Sequence[Section]) -> Iterator[Block]:
        """Name the sections nobody answered, skipped ones first."""
        if not sections:
            return
        heading = replace(HEADING, before=22.0)
        yield Heading(Paragraph(LEFT_OUT, self.fonts, heading), LEFT_OUT, 0)
        yield Rule(Spacing(before=4.0, after=8.0, keep_with_next=True), colour=ACCENT_SOFT)
        for label, skipped in (("Skipped by choice", True), ("Not answered", False)):
            titles = [section.title for section in sections if section.skipped is skipped]
            if titles:
                runs = [Run(f"{label}: ", colour=MUTED), Run("; ".join(titles))]
                yield Paragraph(runs, self.fonts, replace(BODY, after=3.0))

    def _unanswered(self, section: Section) -> Block:
        count = len(section.unanswered)
        words = "One question" if count == 1 else f"{count} questions"
        text = f"{words} in this section not answered: {', '.join(section.unanswered)}."
        return Paragraph(text, self.fonts, replace(SMALL, indent=GUTTER, before=10.0))

    def _question(self, number: str, text: str) -> Block:
        return Numbered(number, Paragraph(text, self.fonts, QUESTION), self.fonts)

    def _item(self, item: Item) -> Iterator[Block]:
        match item:
            case NeedItem():
                yield from self._need(item)
            case RiskItem():
                yield from self._risk(item)
            case TextItem():
                yield from self._written(item)
            case ChoiceItem():
                yield from self._chosen(item)
            case _:
                assert_never(item)

    def _need(self, item: NeedItem) -> Iterator[Block]:
        """Draw a need: both ratings side by side, then words and details."""
        yield self._question(item.number, item.text)
        if item.not_discussed:
            yield self._not_discussed(item.not_discussed)
        pairs = (("Advocate", item.advocate), (self.sheet.own_rating_label, item.own))
        cells = [Cell(label, rating.word, rating.level) for label, rating in pairs if rating]
        if cells:
            yield Cells(cells, self.fonts, _NEXT_TO, columns=2)
        if seen_differently(item):
            runs = [Run("Seen differently.", bold=True), Run(" Both ratings are kept.")]
            yield Paragraph(runs, self.fonts, replace(_INDENTED, size=9.0, leading=13.0, colour=INFO))
        yield from self._words_and_details(item.words, item.details)

    def _risk(self, item: RiskItem) -> Iterator[Block]:
        """Draw a risk: likelihood, severity and band in words, then the reason."""
        if _is_plain_no(item) and item.present is not None:
            runs = [Run(f"{item.text}   ", bold=False), Run(item.present.value, bold=True)]
            yield Numbered(item.number, Paragraph(runs, self.fonts, _PLAIN), self.fonts)
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
        if not item.answer:
            return
        if item.quoted:
            yield Quote(Paragraph(item.answer, self.fonts, replace(BODY, before=3.0)))
        else:
            yield Paragraph(item.answer, self.fonts, _INDENTED)

    def _chosen(self, item: ChoiceItem) -> Iterator[Block]:
        """Draw what was chosen."""
        yield self._question(item.number, item.question)
        if item.not_discussed:
            yield self._not_discussed(item.not_discussed)
        if item.chosen:
            yield Paragraph(" · ".join(isolated(word) for word in item.chosen), self.fonts, _INDENTED)
        if item.note:
            yield Paragraph(item.note, self.fonts, _INDENTED)

    def _not_discussed(self, reason: str) -> Block:
        runs = [Run("Not discussed", bold=True, colour=MUTED), Run(f"   {isolated(reason)}", colour=MUTED)]
        return Paragraph(runs, self.fonts, _INDENTED)

    def _words_and_details(self, words: str, details: Iterable[Fact]) -> Iterator[Block]:
        if words:
            label = replace(LABEL, indent=GUTTER, before=5.0, after=1.0, keep_with_next=True)
            yield Paragraph(self.sheet.own_words_label, self.fonts, label)
            yield Quote(Paragraph(words, self.fonts, replace(BODY, before=1.0, after=3.0)))
        known = [fact for fact in details if fact.value]
        runs: list[Run] = []
        for fact in known:
            if _is_short(fact):
                runs += [Run("      "), *labelled(fact.label, fact.value)]
        if runs:
            yield Paragraph(runs[1:], self.fonts, replace(_INDENTED, size=9.0, leading=14.0))
        for fact in known:
            if not _is_short(fact):
                label = replace(LABEL, indent=GUTTER, before=5.0, keep_with_next=True)
                yield Paragraph(fact.label, self.fonts, label)
                yield Paragraph(fact.value, self.fonts, replace(_INDENTED, before=0.0))

    def _sign_off(self, signed: SignOff | None) -> Iterator[Block]:
        heading = replace(HEADING, before=24.0)
        yield Heading(Paragraph("Sign-off", self.fonts, heading), "Sign-off", 0)
        yield Rule(Spacing(before=4.0, after=8.0, keep_with_next=True), colour=ACCENT_SOFT)
        if signed is None:
            yield Paragraph("This is a draft. Nobody has signed it off.", self.fonts)
            return
        cells = [
            Cell("Signed off by", signed.signed_by, style=_FACT),
            Cell("Signed off on", moment(signed.signed_at), style=_FACT),
        ]
        keep = Spacing(after=4.0, keep_with_next=True)
        yield Cells(cells, self.fonts, keep, columns=2, indent=0.0)
        yield Paragraph("Seal of the signed content", self.fonts, replace(LABEL, keep_with_next=True))
        yield Paragraph([Run(_grouped(signed.digest), mono=True)], self.fonts, SMALL)


def _is_plain_no(item: Item) -> bool:
    """Say whether a risk is answered with a word alone, so that one line holds it."""
    if not isinstance(item, RiskItem) or item.present is None:
        return False
    more = (item.likelihood, item.severity, item.band, item.words, item.not_discussed)
    return not any(more) and not any(fact.value for fact in item.details)


def _is_short(fact: Fact) -> bool:
    return len(fact.value) <= SHORT_VALUE and "\n" not in fact.value


def _grouped(digest: str) -> str:
    return " ".join(digest[i : i + 8] for i in range(0, len(digest), 8))
