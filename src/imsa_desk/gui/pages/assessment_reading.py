"""ReadView: an assessment to read and not to change, by section, with what was added after signing."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from imsa_desk.domain.addenda import Addendum
from imsa_desk.domain.assessments import Answer, Assessment
from imsa_desk.domain.forms import Form, Question, QuestionKind, Section
from imsa_desk.domain.forms.evaluate import Asked, evaluate
from imsa_desk.domain.forms.words import Said, Speech, said
from imsa_desk.domain.lists import Lists
from imsa_desk.gui import theme
from imsa_desk.gui.pages import assessment_sealed as sealed
from imsa_desk.gui.pages.assessment_frame import INDENT, NUMBER_WIDE
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.heading import label
from imsa_desk.gui.widgets.layout import Line, PageScroll, column, row
from imsa_desk.gui.widgets.signature import SignatureView
from imsa_desk.vocab import AssessmentState

MARGINS = (28, 16, 28, 32)
_AT_ONCE = 6
"""Answers built in one go; the rest follows while the window has nothing to do."""


@dataclass(frozen=True, slots=True)
class Read:
    """What is read: the answers in the words of their own form, and what was added to them."""

    form: Form
    value: Assessment
    speech: Speech
    lists: Lists
    after: sealed.After = field(default_factory=sealed.After)
    read_only: bool = False

    @property
    def signed(self) -> bool:
        """Say whether it is sealed."""
        return self.value.line.state is AssessmentState.SIGNED


class ReadView(PageScroll):
    """Shows one section at a time, as the rail chooses."""

    next_pressed = Signal()
    action_pressed = Signal(str)
    """Carries the key of a need that is to become an action."""
    add_pressed = Signal(str, str)
    """Carries what is to be added (an AddendumKind) and the key of the question it is about, "" for all."""

    def __init__(self) -> None:
        super().__init__(MARGINS)
        self._waiting: list[Asked] = []
        self._sheet = QWidget()
        self.content.addWidget(self._sheet)
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._build_some)

    def _start(self, title: str, sentence: str) -> None:
        self._timer.stop()
        if self.isAncestorOf(QApplication.focusWidget() or self):
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        self._sheet.hide()
        self.content.removeWidget(self._sheet)
        self._sheet.deleteLater()
        self._sheet = QWidget()
        page = QVBoxLayout(self._sheet)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(4)
        self.content.addWidget(self._sheet)
        self.verticalScrollBar().setValue(0)
        page.addWidget(label(title, "title", wrap=True))
        if sentence:
            words = label(sentence, "muted", wrap=True)
            words.setMaximumWidth(theme.px(760))
            page.addWidget(words)
        page.addSpacing(6)
        self._list = column(space=0)
        page.addLayout(self._list)
        page.addStretch(1)

    # --- lines of label and words ---

    def show_facts(self, title: str, sentence: str, facts: list[Said]) -> None:
        """Show lines of label and words, as of the header."""
        self._start(title, sentence)
        self._add_facts(facts)

    def _add_facts(self, facts: list[Said]) -> None:
        for fact in facts:
            self._list.addWidget(label(fact.label, "caps"))
            words = label(fact.words, wrap=True, selectable=True)
            words.setContentsMargins(0, 0, 0, 10)
            self._list.addWidget(words)

    def show_end(self, read: Read) -> None:
        """Show the seal, what was added after it, and what can be added."""
        if not read.signed:
            self._start("Not signed yet", "The vault is open to be read only, so nothing can be changed now.")
            return
        self._start(
            "Signed and sealed", "It can be read and printed. What is put right later is added below."
        )
        self._add_facts(sealed.seal_facts(read.value))
        held = read.after.holds
        self._list.addWidget(
            label(sealed.HOLDS if held else sealed.BROKEN, "muted" if held else "alert", wrap=True)
        )
        if read.after.addenda:
            self._list.addWidget(label("Added since", "strong"))
            for one in read.after.addenda:
                self._list.addLayout(self._added(read, one))
                self._list.addWidget(Line())
        if not read.read_only:
            self._list.addLayout(self._adding(sign=True))

    def _added(self, read: Read, one: Addendum) -> QVBoxLayout:
        about = sealed.about(read.form, one)
        head = label(sealed.addendum_head(one, read.lists), "caps", wrap=True)
        lines = [label(words, wrap=True, selectable=True) for words in (one.text,) if words]
        told = [label(about, "meta", wrap=True)] if about else []
        return column(head, *told, *lines, space=2, margins=(0, 10, 0, 12))

    def _adding(self, *, sign: bool) -> QHBoxLayout:
        add = Button("Add a correction or an addition…", "plain", icon="plus", small=True)
        add.clicked.connect(lambda: self.add_pressed.emit(sealed.CORRECTION, ""))
        parts = [add]
        if sign:
            parts.append(Button("Countersign…", "plain", icon="sealed", small=True))
            parts[-1].clicked.connect(lambda: self.add_pressed.emit(sealed.COUNTERSIGNATURE, ""))
        return row(*parts, None, space=10, margins=(0, 14, 0, 4))

    # --- a section ---

    def show_section(self, read: Read, section: Section, next_words: str) -> None:
        """Show the answers of one section."""
        skipped = section.id in read.value.skipped_sections
        self._start(section.title, "Skipped by choice." if skipped else "")
        self._read, self._next_words, self._last = read, next_words, (section, 0)
        answers = read.value.answers
        asked = evaluate(read.form, answers, read.value.line.on).asked(section)
        self._waiting = [one for one in asked if one.key in answers]
        if not self._waiting and not skipped:
            self._list.addWidget(label("Nothing was answered here.", "muted"))
        self._row_titled: tuple[str, int] = ("", 0)
        self._build_some()

    def _build_some(self) -> None:
        for one in self._waiting[:_AT_ONCE]:
            self._add(one)
        del self._waiting[:_AT_ONCE]
        if self._waiting:
            self._timer.start()
            return
        self._timer.stop()
        if self._read.signed and not self._read.read_only:
            self._list.addLayout(self._adding(sign=False))
        if self._next_words:
            after = Button(self._next_words, "plain", shortcut="Ctrl+PgDn")
            after.clicked.connect(self.next_pressed)
            self._list.addLayout(row(after, None, margins=(0, 16, 0, 0)))

    def _add(self, one: Asked) -> None:
        read, question = self._read, one.question
        answer = read.value.answers[one.key]
        group = _group_of(read.form, question) if one.repeat else None
        if group is not None and self._row_titled != (group.id, one.repeat):
            self._row_titled = (group.id, one.repeat)
            title = label(_row_title(group, one.repeat, read.value), "strong")
            title.setContentsMargins(theme.px(NUMBER_WIDE), 12, 0, 0)
            self._list.addWidget(title)
        number = label(question.number, "strong")
        number.setFixedWidth(theme.px(NUMBER_WIDE))
        lines = column(label(question.text, "strong", wrap=True), space=2)
        self._say(lines, one, answer)
        left = theme.px(INDENT) if one.repeat else 0
        block = row(number, lines, space=0, margins=(left, 10, 0, 12))
        block.setAlignment(number, Qt.AlignmentFlag.AlignTop)
        block.setStretch(1, 1)
        self._list.addLayout(block)
        self._list.addWidget(Line())

    def _say(self, lines: QVBoxLayout, one: Asked, answer: Answer) -> None:
        read, question = self._read, one.question
        for part in said(read.form, question, answer, read.speech, read.lists):
            words = f"{part.label}: {part.words}" if part.label else part.words
            lines.addWidget(label(words, "muted" if part.quoted else "body", wrap=True, selectable=True))
        if answer.value.get("strokes"):
            lines.addLayout(row(SignatureView(str(answer.value["strokes"])), None))
        for words in sealed.marks(answer):
            lines.addWidget(label(words, "meta", wrap=True))
        for added in read.after.addenda:
            if added.question_id in (one.key, question.id):
                head = sealed.addendum_head(added, read.lists)
                lines.addWidget(label(f"{head}: {added.text}", "info", wrap=True, selectable=True))
        if question.kind is QuestionKind.NEED_ITEM and answer.value.get("next_step") and not read.read_only:
            make = Button("Make an action…", "link", icon="check-circle", small=True)
            make.setAccessibleName(f"Make an action of: {question.text}")
            make.clicked.connect(lambda: self.action_pressed.emit(one.key))
            lines.addLayout(row(make, None))


def _group_of(form: Form, member: Question) -> Question | None:
    return next(
        (one for section in form.sections for one in section.questions if member in one.members), None
    )


def _row_title(group: Question, repeat: int, value: Assessment) -> str:
    found = value.answers.get(group.id)
    rows = found.value.get("rows") if found is not None else None
    at = list(rows).index(repeat) + 1 if isinstance(rows, (list, tuple)) and repeat in rows else repeat
    return f"{group.item_title or 'Entry'} {at}"
