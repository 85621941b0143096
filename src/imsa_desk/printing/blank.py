"""Draw an empty form: for a pen with lines and boxes, or for a screen with fields in the same places."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from imsa_desk.domain.fillable import FORM_FIELD
from imsa_desk.domain.forms import Form, Question, QuestionKind, Section
from imsa_desk.domain.prints import SAVED_IN_CLEAR
from imsa_desk.printing.blank_blocks import Gap, Gaps, Lines
from imsa_desk.printing.blank_questions import LISTED, MANY, Entries, QuestionBlanks
from imsa_desk.printing.blocks import Heading, Rule, Spacing
from imsa_desk.printing.canvas import Paper
from imsa_desk.printing.flow import Block
from imsa_desk.printing.fonts import FontSet
from imsa_desk.printing.look import ACCENT_SOFT, ALERT, BODY, HEADING, LABEL, MUTED, SMALL, TITLE
from imsa_desk.printing.notice import Notice
from imsa_desk.printing.page import Frame, draw_pages
from imsa_desk.printing.paragraph import Paragraph
from imsa_desk.printing.shaping import Run
from imsa_desk.printing.tables import Table
from imsa_desk.printing.tagging import Elem
from imsa_desk.printing.widgets import FormFields
from imsa_desk.progress import Progress, quiet
from imsa_desk.vocab import AssessmentType

KEY_TITLE = "What the words mean"
ABOUT = "About this talk"
NOT_TALKED = "Not talked about, and why"
_KEYS = {
    QuestionKind.NEED_ITEM: ("need",),
    QuestionKind.RISK_ITEM: ("likelihood", "severity"),
}


@dataclass(frozen=True, slots=True)
class BlankSheet:
    """An empty form, ready to draw; `entries` gives the values of a list with their words.

    `words` are all texts that will stand on it, so that it can be said which letters cannot be printed.
    """

    frame: Frame
    form: Form
    entries: Entries
    section_id: str = ""
    fillable: bool = False
    words: tuple[str, ...] = ()


def blank_pdf(sheet: BlankSheet, fonts: FontSet, *, progress: Progress = quiet) -> bytes:
    """Draw an empty form on A4 and give the PDF's bytes; equal sheets give equal bytes."""
    fields = FormFields() if sheet.fillable else None
    return draw_pages(sheet.frame, list(_Drawing(sheet, fonts, fields).blocks()), fonts, progress=progress)


def words_of(form: Form) -> tuple[str, ...]:
    """Give every text that an empty form may show."""
    found = [form.title, form.intro]
    for section in form.sections:
        found += [section.title, section.intro]
    for question in (*form.header, *form.questions()):
        found += [question.text, question.help, question.unit, question.item_title]
        found += [option.label for option in question.options]
    for scale in form.scales.values():
        found += [
            scale.title,
            scale.help,
            *(word for one in scale.point for word in (one.label, one.meaning)),
        ]
    return tuple(word for word in found if word)


class _Drawing:
    """Turns one form into blocks."""

    def __init__(self, sheet: BlankSheet, fonts: FontSet, fields: FormFields | None) -> None:
        self.sheet, self.fonts, self.fields = sheet, fonts, fields
        self.questions = QuestionBlanks(sheet.form, fonts, sheet.entries, fields)
        self._sections = [one for one in sheet.form.sections if sheet.section_id in ("", one.id)]

    def blocks(self) -> Iterator[Block]:
        """Give all blocks in reading order."""
        form, sheet = self.sheet.form, self.sheet
        yield Paragraph(form.title, self.fonts, TITLE, elem=Elem("H1"))
        if self.fields is not None:
            yield Notice(SAVED_IN_CLEAR, self.fonts, Spacing(before=4.0, after=8.0), colour=ALERT)
            yield _Marker(self.fields, f"{form.id}|{form.version}|{form.digest}")
        if form.intro and not sheet.section_id:
            yield Paragraph(form.intro, self.fonts, replace(BODY, before=2.0, after=6.0))
        if self.fields is None:
            yield from self._header()
        yield from self._key()
        for section in self._sections:
            yield from self._section(section)

    def _header(self) -> Iterator[Block]:
        """Give room for what stands above the questions."""
        heading = replace(HEADING, before=12.0)
        yield Heading(Paragraph(ABOUT, self.fonts, heading), ABOUT, 0)
        yield Rule(Spacing(before=4.0, after=6.0, keep_with_next=True), colour=ACCENT_SOFT)
        if AssessmentType.FEEDBACK not in self.sheet.form.serves:  # that may be handed in without a name
            gaps = [Gap("Case code", 0.34), Gap("Advocate", 0.66)]
            yield Gaps(gaps, self.fonts, Spacing(before=4.0, after=4.0), indent=0.0)
        if self.sheet.section_id:
            yield Gaps([Gap("Date", 0.34)], self.fonts, Spacing(after=4.0), indent=0.0)
            return
        blanks = QuestionBlanks(self.sheet.form, self.fonts, self.sheet.entries, None, notes=False)
        for question in self.sheet.form.header:
            yield from blanks.question(question, question.id)

    def _key(self) -> Iterator[Block]:
        """Say once what the words of needs and risks mean, where these are asked."""
        kinds = {one.kind for section in self._sections for one in _with_members(section.questions)}
        for scale_id in (name for kind, names in _KEYS.items() if kind in kinds for name in names):
            scale = self.sheet.form.scale(scale_id)
            rows = [(point.label, point.meaning) for point in scale.point if point.meaning]
            if rows:
                title = replace(LABEL, before=8.0, after=1.0, keep_with_next=True)
                yield Paragraph(f"{KEY_TITLE}: {scale.title}", self.fonts, title)
                headers = ["Word", "What it means"]
                yield Table(headers, rows, self.fonts, (0.28, 0.72), row_headers=True)
        if QuestionKind.RISK_ITEM in kinds and self.fields is None:
            yield from self._lists()

    def _lists(self) -> Iterator[Block]:
        """Name once what can be written on the lines of a risk."""
        for scale_id in LISTED:
            scale = self.sheet.form.scale(scale_id)
            if len(scale.point) > MANY:
                runs = [Run(f"{scale.title}: ", bold=True, together=True)]
                runs.append(Run("; ".join(point.label for point in scale.point)))
                yield Paragraph(runs, self.fonts, replace(BODY, size=9.0, leading=13.0, before=4.0))

    def _section(self, section: Section) -> Iterator[Block]:
        heading = replace(HEADING, before=20.0)
        yield Heading(Paragraph(section.title, self.fonts, heading), section.title, 0)
        hint = self.questions.hint(section.show_if)
        if hint:
            yield Paragraph(hint, self.fonts, replace(SMALL, keep_with_next=True))
        yield Rule(Spacing(before=4.0, after=6.0, keep_with_next=True), colour=ACCENT_SOFT)
        if section.intro:
            intro = replace(BODY, size=9.5, leading=14.0, colour=MUTED, after=4.0, keep_with_next=True)
            yield Paragraph(section.intro, self.fonts, intro)
        for question in section.questions:
            yield from self.questions.question(question, question.id)
        if self.fields is None and any(one.takes_answer for one in section.questions):
            label = replace(LABEL, before=12.0, keep_with_next=True)
            yield Paragraph(NOT_TALKED, self.fonts, label)
            yield Lines(2, Spacing(after=4.0), indent=0.0)


def _with_members(questions: Iterable[Question]) -> Iterator[Question]:
    for question in questions:
        yield question
        yield from question.members


class _Marker:
    """A block without height that leaves the hidden field saying which form this is."""

    separates = False
    keep_with_next = True
    before = after = 0.0

    def __init__(self, fields: FormFields, value: str) -> None:
        self._fields, self._value = fields, value

    def measure(self, width: float) -> float:
        """Give no height."""
        return 0.0

    def least(self, width: float) -> float:
        """Give no height."""
        return 0.0

    def split(self, width: float, height: float) -> None:
        """Refuse to be cut."""

    def draw(self, paper: Paper, x: float, top: float, width: float) -> None:
        """Add the field."""
        self._fields.hidden(paper, FORM_FIELD, self._value)
