"""What stands beside the assessments of a case: the next review and why, the safety plan, and paper."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from imsa_desk.domain.dates import say_day
from imsa_desk.domain.lists import Lists
from imsa_desk.domain.review_cycle import ReviewDue
from imsa_desk.domain.safety_plans import SafetyPlan
from imsa_desk.gui.forms.safety_plan_reading import version_words
from imsa_desk.gui.models import say
from imsa_desk.gui.models.marks import Numeral
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.heading import label
from imsa_desk.gui.widgets.layout import column, row
from imsa_desk.gui.widgets.tips import switch_off

_NO_PLAN = "No safety plan is written yet."
_NOT_DUE = "No review is due."


class NextReview(QWidget):
    """How long until the next review, which one, and why then."""

    def __init__(self, lists: Lists) -> None:
        super().__init__()
        self._lists = lists
        self._days, self._day = Numeral(), label("")
        self.what = label("", "strong", wrap=True)
        self.why = label("", "meta", wrap=True)
        line = row(self._days, self._day, None, space=10)
        self.setLayout(column(label("Next review", "caps"), line, self.what, self.why, space=4))
        self.setAccessibleName("Next review")

    def show_due(self, due: ReviewDue | None, today: date) -> None:
        """Show what is due, or that nothing is."""
        for part in (self._days, self._day, self.why):
            part.setVisible(due is not None)
        self.what.setText(_NOT_DUE)
        if due is None:
            return
        role = say.due_role(due.on, today)
        big = say.until(due.on, today)
        self._days.show_words(big[0].upper() + big[1:], "text" if role == "muted" else role)
        self._day.setText(say_day(due.on, today))
        self.what.setText(self._lists.label("assessment_type", due.what))
        self.why.setText(due.why)


class ReviewLine(QWidget):
    """The same in two lines, for a page that is about more. `pressed` by its verb."""

    pressed = Signal()

    def __init__(self, lists: Lists) -> None:
        super().__init__()
        self._lists = lists
        self.words, self.why = label("", wrap=True), label("", "meta", wrap=True)
        reviews = Button("Reviews", "link", small=True, name="Open the reviews")
        reviews.clicked.connect(self.pressed)
        head = row(label("Next review", "caps"), None, reviews)
        self.setLayout(column(head, self.words, self.why, space=4))
        self.setAccessibleName("Next review")

    def show_due(self, due: ReviewDue | None, today: date) -> None:
        """Show what is due, or that nothing is."""
        self.why.setVisible(due is not None)
        self.words.setText(_NOT_DUE)
        if due is not None:
            kind = self._lists.label("assessment_type", due.what)
            self.words.setText(f"{kind}, {say_day(due.on, today)}, {say.until(due.on, today)}")
            self.why.setText(due.why)


class PlanLine(QWidget):
    """Which safety plan stands, and the verb that opens it or begins one. `pressed` by the verb."""

    pressed = Signal()

    def __init__(self, lists: Lists) -> None:
        super().__init__()
        self._lists, self._off, self._written = lists, "", False
        self.words = label("", wrap=True)
        self.note = label("", "meta", wrap=True)
        self.open = Button("Open", "link", small=True, name="Open the safety plan")
        self.open.clicked.connect(self.pressed)
        head = row(label("Safety plan", "caps"), None, self.open)
        self.setLayout(column(head, self.words, self.note, space=4))
        self.setAccessibleName("Safety plan")

    def switch_off(self, why: str) -> None:
        """Let no plan be begun, and say why; one that is written can still be read."""
        self._off = why
        switch_off(self.open, "" if self._written else why)

    def show_plan(self, plan: SafetyPlan | None, today: date) -> None:
        """Show the version that stands, or that there is none."""
        self._written = plan is not None
        self.switch_off(self._off)
        self.words.setText(version_words(plan, self._lists, today) if plan is not None else _NO_PLAN)
        self.open.set_words("Open" if plan is not None else "Write one")
        self.open.setAccessibleName("Open the safety plan" if plan is not None else "Write a safety plan")
        again = plan.review_on if plan is not None else None
        self.note.setVisible(again is not None)
        if again is not None:
            late = "To be looked at again since" if again < today else "To be looked at again"
            self.note.setText(f"{late} {say_day(again, today)}")
