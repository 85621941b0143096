"""What can be done with one assessment of the list, and what happened that asks for a review."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from imsa_desk.domain.assessments import AssessmentLine
from imsa_desk.domain.dates import say_day
from imsa_desk.domain.review_cycle import Trigger
from imsa_desk.gui.forms.flow import Flow
from imsa_desk.gui.models import doing
from imsa_desk.gui.models.marks import Mark
from imsa_desk.gui.models.pen import Pen
from imsa_desk.gui.pages import PageContext
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.choice import Choice, Option
from imsa_desk.gui.widgets.heading import Heading, label
from imsa_desk.gui.widgets.layout import column, empty, row
from imsa_desk.services.desk import Desk
from imsa_desk.services.review_cycle import set_trigger_aside
from imsa_desk.vocab import AddendumKind, AssessmentState, Kind


class Tools(QWidget):
    """One assessment, what can be done with it, and another one to lay beside it."""

    print_pressed = Signal()
    add_pressed = Signal(str, str)
    compare_pressed = Signal(str, str)

    def __init__(self, desk: Desk, pen: Pen) -> None:
        super().__init__()
        self._desk = desk
        self._lines: dict[str, AssessmentLine] = {}
        self.one = Choice("For", (), name="Which assessment")
        self.one.chosen.connect(lambda _: self._fit())
        self.paper = Button("Print…", "quiet", icon="print", shortcut="Ctrl+P", small=True)
        self.paper.clicked.connect(self.print_pressed)
        self.add = Button("Add to it…", "quiet", icon="plus", small=True, name="Add to the signed review")
        self.add.clicked.connect(lambda: self.add_pressed.emit(self.one.value, AddendumKind.ADDITION.value))
        self.sign = Button("Countersign…", "quiet", icon="check", small=True)
        self.sign.clicked.connect(
            lambda: self.add_pressed.emit(self.one.value, AddendumKind.COUNTERSIGNATURE.value)
        )
        self.other = Choice("compare with", (), name="Compare with")
        self.beside = Button("Side by side", "plain", small=True, name="Show the two side by side")
        self.beside.clicked.connect(lambda: self.compare_pressed.emit(self.one.value, self.other.value))
        pen.holds(self.add, self.sign, kind=Kind.ADDENDUM)
        flow = Flow(name="What to do with an assessment")
        for part in (self.one, self.paper, self.add, self.sign, self.other, self.beside):
            flow.flow.addWidget(part)
        self.setLayout(column(flow, margins=(0, 8, 0, 4)))

    @property
    def chosen(self) -> str:
        """Give the id of the assessment that is chosen, "" for none."""
        return self.one.value

    def show_lines(self, lines: Sequence[AssessmentLine]) -> None:
        """Offer these assessments; the newest signed one is chosen, the one before it beside it."""
        self._lines = {line.id: line for line in lines}
        kept = self.one.value
        signed = [line.id for line in lines if line.state is AssessmentState.SIGNED]
        first = signed[0] if signed else next(iter(self._lines), "")
        self.one.set_options([self._option(line) for line in lines], kept if kept in self._lines else first)
        self._fit()

    def choose(self, assessment_id: str) -> None:
        """Choose the one the keyboard stands on."""
        if assessment_id in self._lines:
            self.one.set_value(assessment_id)
            self._fit()

    def _option(self, line: AssessmentLine) -> Option:
        kind = self._desk.lists.label("assessment_type", line.assessment_type)
        return Option(line.id, f"{kind}, {say_day(line.on, self._desk.today())}")

    def _fit(self) -> None:
        """Offer what fits the chosen one; what was signed before it is the likely one to lay beside."""
        line = self._lines.get(self.one.value)
        signed = line is not None and line.state is AssessmentState.SIGNED
        for button in (self.add, self.sign):
            button.setVisible(signed)
        others = [one for one in self._lines.values() if one.id != self.one.value]
        for part in (self.other, self.beside):
            part.setVisible(bool(others))
        if line is None or not others:
            return
        kept = self.other.value
        at = list(self._lines).index(line.id)
        later, likely = list(self._lines)[:at], list(self._lines)[at + 1 :]
        same = [key for key in (*likely, *later) if self._lines[key].form_id == line.form_id]
        wanted = kept if kept in {one.id for one in others} else (same or [others[0].id])[0]
        self.other.set_options([self._option(one) for one in others], wanted)


class TriggerLines(QWidget):
    """What happened, each with a review to start or a reason to set it aside. `answered` carries the id."""

    answered = Signal(str)

    def __init__(self, context: PageContext, pen: Pen) -> None:
        super().__init__()
        self._context, self._pen = context, pen
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 14)
        self._box.setSpacing(8)
        self.setAccessibleName("What happened that asks for a review")

    def show_triggers(self, triggers: Sequence[Trigger]) -> None:
        """Show these, the oldest first; nothing where there is none."""
        empty(self._box)
        self.setVisible(bool(triggers))
        if triggers:
            self._box.addWidget(Heading("A review is due", note="because of what happened"))
        for trigger in triggers:
            self._box.addWidget(self._line(trigger))

    def _line(self, trigger: Trigger) -> QWidget:
        words = self.words(trigger)
        start = Button("Start the review", "plain", small=True, name=f"Start the review: {words}")
        start.clicked.connect(lambda: self.answered.emit(trigger.id))
        aside = Button("Set aside…", "quiet", small=True, name=f"Set aside: {words}")
        aside.clicked.connect(lambda: self.set_aside(trigger))
        self._pen.holds(start, aside)
        note = label(" ".join(trigger.note.split()), "meta", wrap=True)
        note.setVisible(bool(trigger.note))
        said = column(label(words, wrap=True), note, space=0)
        line = row(column(Mark("flag", "caution"), None), said, start, aside, space=10)
        line.setStretch(1, 1)
        made = QWidget()
        made.setLayout(line)
        return made

    def words(self, trigger: Trigger) -> str:
        """Say what happened: "A decision came, 3 Nov"."""
        desk = self._context.desk
        return f"{desk.lists.label('review_trigger', trigger.why)}, {say_day(trigger.on, desk.today())}"

    def set_aside(self, trigger: Trigger) -> None:
        """Ask why no review is needed, and keep the reason."""
        reason = self._context.ask.line(
            self,
            "Set this aside without a review?",
            "Why this needs no review",
            "Set aside",
            help=f"{self.words(trigger)}. The reason is kept in the record.",
        )
        if not reason:
            return
        desk = self._context.desk
        doing.do(
            self._context,
            self,
            lambda: set_trigger_aside(desk, trigger.id, reason),
            "Set aside",
            (Kind.REVIEW_TRIGGER,),
        )
