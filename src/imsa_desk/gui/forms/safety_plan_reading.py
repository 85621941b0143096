"""PlanReading: one version of a safety plan, to be read together."""

from __future__ import annotations

from datetime import date

from PySide6.QtWidgets import QVBoxLayout, QWidget

from imsa_desk.domain.dates import say_day, say_full
from imsa_desk.domain.lists import Lists
from imsa_desk.domain.safety_plans import PARTS, SafetyPlan
from imsa_desk.gui.widgets.heading import label
from imsa_desk.gui.widgets.layout import SidePanel, column, empty
from imsa_desk.services.desk import Desk

_COPY_WORDS = {"yes": "A copy is safe at home.", "no": "No copy leaves with the person."}


def version_words(plan: SafetyPlan, lists: Lists, today: date) -> str:
    """Say which version it is: "Version 3, 4 Nov, agreed in words"."""
    how = f", {lists.label('agreement_how', plan.agreed_how).lower()}" if plan.agreed_how else ""
    return f"Version {plan.version}, {say_day(plan.on, today)}{how}"


class PlanReading(QWidget):
    """The parts that were written, under their questions, and what was agreed about them."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 4, 0, 0)
        self._box.setSpacing(14)
        self.setAccessibleName("The plan as it stands")

    def show_plan(self, plan: SafetyPlan) -> None:
        """Show a version."""
        empty(self._box)
        self._box.addWidget(SidePanel(*(label(words, wrap=True) for words in self._foot(plan)), space=2))
        for part_id, part in PARTS.items():
            words = plan.parts.get(part_id, "")
            if words:
                said = label(words, wrap=True, selectable=True, measure=80)
                self._box.addLayout(column(label(part.question, "strong", wrap=True), said, space=2))
        left = [part.question for part_id, part in PARTS.items() if not plan.parts.get(part_id)]
        if left:
            self._box.addLayout(
                column(
                    label("Not in this version", "caps"),
                    *(label(one, "meta", wrap=True) for one in left),
                    space=2,
                )
            )

    def _foot(self, plan: SafetyPlan) -> list[str]:
        lists, today = self._desk.lists, self._desk.today()
        how = lists.label("agreement_how", plan.agreed_how) if plan.agreed_how else "Agreement not recorded"
        on = f", {say_full(plan.agreed_on)}" if plan.agreed_on else ""
        said = [f"Version {plan.version}, {say_full(plan.on)}, written down by {plan.author}.", f"{how}{on}."]
        if plan.review_on is not None:
            said.append(f"To be looked at again {say_day(plan.review_on, today)}.")
        return [*said, _COPY_WORDS.get(plan.copy_safe, "Whether a copy is safe at home was not asked.")]
