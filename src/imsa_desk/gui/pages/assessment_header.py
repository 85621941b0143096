"""HeaderPage: what stands above the questions: when, where, with whom, and whether the person agreed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from imsa_desk.domain.assessments import AssessmentHeader
from imsa_desk.domain.dates import say_full
from imsa_desk.domain.forms import Form, Question, QuestionKind
from imsa_desk.errors import Problem
from imsa_desk.gui import theme
from imsa_desk.gui.pages.assessment_left import Behind, LeftBehind
from imsa_desk.gui.pages.assessment_words import above
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.choice import Choice, Option
from imsa_desk.gui.widgets.datefield import DateField
from imsa_desk.gui.widgets.fields import Field, TextArea, TextLine, Tick
from imsa_desk.gui.widgets.heading import label
from imsa_desk.gui.widgets.layout import PageScroll, empty, row

TRIGGER = "review_trigger"


class HeaderPage(PageScroll):
    """Words and answers come from the form's header. `changed` carries the AssessmentHeader as typed."""

    changed = Signal(object)
    next_pressed = Signal()

    def __init__(self) -> None:
        super().__init__((28, 16, 28, 32))
        self._controls: dict[str, QWidget] = {}
        self.fields: dict[str, Field] = {}
        self._header = AssessmentHeader()
        self._day: tuple[str, str] = ("", "")
        self.left: LeftBehind | None = None

    def show_header(
        self, form: Form, header: AssessmentHeader, today: date, whose: str, behind: Behind
    ) -> None:
        """Build the fields of a form's header and show what they hold."""
        empty(self.content)
        self._controls, self.fields, self._header = {}, {}, header
        self._today = today
        self.content.setSpacing(14)
        title = label("About this talk", "title")
        self.content.addWidget(title)
        if form.intro:
            intro = label(form.intro, "muted", wrap=True)
            intro.setMaximumWidth(theme.px(760))
            self.content.addWidget(intro)
        self.left = LeftBehind(behind, today) if behind.answers else None
        if self.left is not None:
            self.content.addWidget(self.left)
        for question in above(form):
            self._add(question, whose)
        self._follow_type()
        after = Button("Go on to the questions", "plain", shortcut="Ctrl+PgDn")
        after.clicked.connect(self.next_pressed)
        self.content.addLayout(row(after, None, margins=(0, 8, 0, 0)))
        self.content.addStretch(1)

    def _add(self, question: Question, whose: str) -> None:
        said = getattr(self._header, question.id)
        control = self._control(question, said)
        self._controls[question.id] = control
        if isinstance(control, Tick):
            self.content.addWidget(control)
            return
        narrow = isinstance(control, Choice)
        words = whose if question.id == "wants_today" else question.text
        field = Field(words, control, help=question.help, stretch=not narrow)
        field.setMaximumWidth(theme.px(620))
        self.fields[question.id] = field
        self.content.addWidget(field)

    def _control(self, question: Question, said: object) -> QWidget:
        match question.kind:
            case QuestionKind.YES_NO_UNKNOWN:
                tick = Tick(question.text, on=bool(said))
                tick.toggled.connect(lambda _: self._typed())
                return tick
            case QuestionKind.CHOICE:
                options = [Option(one.value, one.label) for one in question.options]
                may_be_empty = question.id != "assessment_type"
                choice = Choice(
                    "", options, str(said), tall=True, may_be_empty=may_be_empty, name=question.text
                )
                choice.chosen.connect(lambda _: self._typed())
                return choice
            case QuestionKind.DATE:
                field = DateField(today=lambda: self._today, what="the date you talked", name=question.text)
                shown = _in_full(str(said))
                self._day = (shown, str(said))
                field.set_typed(shown)
                field.line.setMinimumWidth(theme.px(248))
                field.line.textEdited.connect(lambda _: self._typed())
                return field
            case QuestionKind.LONG_TEXT:
                area = TextArea(str(said), name=question.text, lines=2)
                area.textChanged.connect(self._typed)
                return area
            case _:
                line = TextLine(str(said), name=question.text)
                line.textEdited.connect(lambda _: self._typed())
                return line

    def _typed(self) -> None:
        self._header = self.read()
        self._follow_type()
        for field in self.fields.values():
            field.set_error("")
        self.changed.emit(self._header)

    def read(self) -> AssessmentHeader:
        """Give what stands in the fields."""
        said: dict[str, Any] = {key: self._said(key, part) for key, part in self._controls.items()}
        return replace(self._header, **said)

    def _said(self, key: str, part: QWidget) -> object:
        match part:
            case Tick():
                return part.isChecked()
            case Choice():
                return part.value
            case DateField():
                shown, stored = self._day
                return stored if part.typed == shown else part.typed
            case TextArea():
                return part.text
            case TextLine():
                return part.text()
        return getattr(self._header, key)

    def _follow_type(self) -> None:
        """Ask what has happened only where something has."""
        field = self.fields.get(TRIGGER)
        if field is not None:
            field.setVisible(self._header.assessment_type == "event_triggered")

    def show_problems(self, problems: tuple[Problem, ...]) -> None:
        """Say beside the fields what is to be put right."""
        for key, field in self.fields.items():
            field.set_error(next((problem.text for problem in problems if problem.field == key), ""))

    def focus_field(self, key: str = "") -> None:
        """Put the cursor into a field, the first without a name."""
        field = self.fields.get(key) or next(iter(self.fields.values()), None)
        if field is not None:
            field.focus()
            self.ensureWidgetVisible(field, 0, 60)


def _in_full(stored: str) -> str:
    try:
        return say_full(date.fromisoformat(stored))
    except ValueError:
        return stored
