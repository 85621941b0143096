"""ReadView: a signed assessment as it was sealed, section by section, to read and not to change."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from imsa_desk.domain.assessments import Assessment
from imsa_desk.domain.forms import Form, Question, Section, visible
from imsa_desk.gui import theme
from imsa_desk.gui.forms.answers_words import Said, Speech, said
from imsa_desk.gui.pages.assessment_question import NUMBER_WIDE
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.heading import label
from imsa_desk.gui.widgets.layout import Line, PageScroll, column, row

MARGINS = (28, 16, 28, 32)
_AT_ONCE = 6
"""Answers built in one go; the rest follows while the window has nothing to do."""


class ReadView(PageScroll):
    """Shows one section at a time, as the rail chooses."""

    next_pressed = Signal()

    def __init__(self) -> None:
        super().__init__(MARGINS)
        self._waiting: list[Question] = []
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

    def show_facts(self, title: str, sentence: str, facts: list[Said]) -> None:
        """Show lines of label and words, as of the header and the seal."""
        self._start(title, sentence)
        for fact in facts:
            self._list.addWidget(label(fact.label, "caps"))
            words = label(fact.words, wrap=True, selectable=True)
            words.setContentsMargins(0, 0, 0, 10)
            self._list.addWidget(words)

    def show_section(
        self, form: Form, section: Section, value: Assessment, speech: Speech, next_words: str
    ) -> None:
        """Show the answers of one section."""
        skipped = section.id in value.skipped_sections
        self._start(section.title, "Skipped by choice." if skipped else "")
        self._form, self._value, self._speech = form, value, speech
        self._next_words = next_words
        asked = visible(form, value.answers)
        self._waiting = [q for q in section.questions if q.id in value.answers and q.id in asked]
        if not self._waiting and not skipped:
            self._list.addWidget(label("Nothing was answered here.", "muted"))
        self._build_some()

    def _build_some(self) -> None:
        for question in self._waiting[:_AT_ONCE]:
            self._add(question)
        del self._waiting[:_AT_ONCE]
        if self._waiting:
            self._timer.start()
            return
        self._timer.stop()
        if self._next_words:
            after = Button(self._next_words, "plain", shortcut="Ctrl+PgDn")
            after.clicked.connect(self.next_pressed)
            self._list.addLayout(row(after, None, margins=(0, 16, 0, 0)))

    def _add(self, question: Question) -> None:
        number = label(question.number, "strong")
        number.setFixedWidth(theme.px(NUMBER_WIDE))
        lines = column(label(question.text, "strong", wrap=True), space=2)
        for one in said(self._form, question, self._value.answers.get(question.id), self._speech):
            words = f"{one.label}: {one.words}" if one.label else one.words
            lines.addWidget(label(words, "muted" if one.quoted else "body", wrap=True, selectable=True))
        block = row(number, lines, space=0, margins=(0, 10, 0, 12))
        block.setAlignment(number, Qt.AlignmentFlag.AlignTop)
        block.setStretch(1, 1)
        self._list.addLayout(block)
        self._list.addWidget(Line())
