"""Draw an assessment: `AssessmentSheet` in, PDF bytes out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from datetime import datetime

from imsa_desk.printing.blocks import GUTTER, Heading, Rule, Spacing, isolated
from imsa_desk.printing.cells import Cell, Cells
from imsa_desk.printing.flow import Block
from imsa_desk.printing.fonts import FontSet
from imsa_desk.printing.groups import grouped
from imsa_desk.printing.items import ItemDrawing, is_plain_no, is_short
from imsa_desk.printing.look import ACCENT_SOFT, ALERT, BODY, HEADING, LABEL, LEAD, MUTED, SMALL, TITLE, WHITE
from imsa_desk.printing.page import Frame, draw_pages, moment
from imsa_desk.printing.paragraph import Paragraph
from imsa_desk.printing.shaping import Run
from imsa_desk.printing.sheet import AddendumSheet, AssessmentSheet, Countersigned, Fact, Section, SignOff
from imsa_desk.printing.summary import first_of_all, summary
from imsa_desk.printing.tagging import Elem
from imsa_desk.progress import Progress, quiet

LEFT_OUT = "Not talked about this time"
HOLDS = "The seal was checked for this print: nothing was changed since."
BROKEN = "The seal does not fit: what stands here is not exactly what was signed or added."
ADDED = "Added afterwards"
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


def uncovered(sheet: object, fonts: FontSet) -> set[str]:
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
        self._items = ItemDrawing(fonts, sheet.own_rating_label, sheet.own_words_label)

    def blocks(self) -> Iterator[Block]:
        """Give all blocks of the document in reading order."""
        yield from self._opening()
        for section in self.sheet.sections:
            if section.items:
                yield from grouped("Sect", self._section(section))
        left_out = [section for section in self.sheet.sections if not section.items]
        yield from grouped("Sect", self._left_out(left_out))
        yield from grouped("Sect", self._sign_off(self.sheet.signed))
        yield from grouped("Sect", self._added(self.sheet.addenda))

    def _opening(self) -> Iterator[Block]:
        yield Paragraph(self.sheet.title, self.fonts, TITLE, elem=Elem("H1"))
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
        short = [fact for fact in known if is_short(fact)]
        for i in range(0, len(short), 2):
            cells = [Cell(fact.label, fact.value, style=_FACT) for fact in short[i : i + 2]]
            yield Cells(cells, self.fonts, Spacing(before=5.0, after=5.0), columns=2, indent=0.0)
        for fact in known:
            if not is_short(fact):
                label = replace(LABEL, before=5.0, keep_with_next=True)
                yield Paragraph(fact.label, self.fonts, label)
                yield Paragraph(fact.value, self.fonts, replace(BODY, after=3.0))

    def _section(self, section: Section) -> Iterator[Block]:
        heading = replace(HEADING, before=22.0)
        yield Heading(Paragraph(section.title, self.fonts, heading), section.title, 0)
        if section.status:
            yield Paragraph(section.status, self.fonts, replace(SMALL, keep_with_next=True))
        yield Rule(Spacing(before=4.0, after=8.0, keep_with_next=True), colour=ACCENT_SOFT)
        plain = [is_plain_no(item) for item in section.items]
        for i, item in enumerate(section.items):
            if i and plain[i - 1] and plain[i]:
                yield Rule(Spacing(before=3.0, after=3.0, keep_with_next=True), colour=WHITE, separates=True)
            elif i:
                between = Spacing(before=8.0, after=8.0, keep_with_next=True)
                yield Rule(between, indent=GUTTER, separates=True)
            yield from self._items.item(item)
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

    def _sign_off(self, signed: SignOff | None) -> Iterator[Block]:
        heading = replace(HEADING, before=24.0)
        yield Heading(Paragraph("Sign-off", self.fonts, heading), "Sign-off", 0)
        yield Rule(Spacing(before=4.0, after=8.0, keep_with_next=True), colour=ACCENT_SOFT)
        if signed is None:
            yield Paragraph("This is a draft. Nobody has signed it off.", self.fonts)
            return
        yield from self._seal("Signed off", signed.signed_by, signed.signed_at, signed.digest)
        for one in signed.countersigned:
            yield from self._countersigned(one)
        colour = MUTED if signed.holds else ALERT
        checked = Run(HOLDS if signed.holds else BROKEN, colour=colour, bold=not signed.holds)
        yield Paragraph([checked], self.fonts, replace(SMALL, before=6.0))

    def _seal(self, done: str, name: str, at: datetime, digest: str) -> Iterator[Block]:
        cells = [Cell(f"{done} by", name, style=_FACT), Cell(f"{done} on", moment(at), style=_FACT)]
        keep = Spacing(after=4.0, keep_with_next=True)
        yield Cells(cells, self.fonts, keep, columns=2, indent=0.0)
        if digest:
            what = "Seal of the signed content" if done == "Signed off" else "Seal of the countersignature"
            yield Paragraph(what, self.fonts, replace(LABEL, keep_with_next=True))
            yield Paragraph([Run(_grouped(digest), mono=True)], self.fonts, SMALL)

    def _countersigned(self, one: Countersigned) -> Iterator[Block]:
        yield Rule(Spacing(before=8.0, after=8.0, keep_with_next=True))
        name = ", ".join(words for words in (one.name, one.role) if words)
        yield from self._seal("Countersigned", name, one.at, one.digest)
        if one.text:
            yield Paragraph(one.text, self.fonts, replace(BODY, before=3.0))

    def _added(self, addenda: Iterable[AddendumSheet]) -> Iterator[Block]:
        """Draw what was added after the signing; the original above stays as it was signed."""
        known = list(addenda)
        if not known:
            return
        heading = replace(HEADING, before=24.0)
        yield Heading(Paragraph(ADDED, self.fonts, heading), ADDED, 0)
        yield Rule(Spacing(before=4.0, after=8.0, keep_with_next=True), colour=ACCENT_SOFT)
        for i, one in enumerate(known):
            if i:
                yield Rule(Spacing(before=8.0, after=8.0, keep_with_next=True), separates=True)
            head = [Run(one.what, bold=True), Run(f"   {moment(one.at)}, {one.author}", colour=MUTED)]
            yield Paragraph(head, self.fonts, replace(BODY, keep_with_next=True))
            if one.about:
                about = replace(SMALL, size=9.0, leading=13.0, keep_with_next=True)
                yield Paragraph(f"About: {one.about}", self.fonts, about)
            yield Paragraph(one.text, self.fonts, replace(BODY, before=2.0, after=3.0))
            if one.digest:
                seal = [Run("Seal   "), Run(_grouped(one.digest), mono=True)]
                yield Paragraph(seal, self.fonts, SMALL)


def _grouped(digest: str) -> str:
    return " ".join(digest[i : i + 8] for i in range(0, len(digest), 8))
