"""SharingRows: what was told to whom, each line checked against the person's consent as it is chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from imsa_desk.domain.consents import Answered
from imsa_desk.domain.coordination import Professional, SharingDraft
from imsa_desk.domain.lists import Lists
from imsa_desk.errors import Problem
from imsa_desk.gui.forms import watching
from imsa_desk.gui.forms.flow import Flow
from imsa_desk.gui.forms.picks import options
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.choice import Choice, Option
from imsa_desk.gui.widgets.fields import Field, TextArea, Tick
from imsa_desk.gui.widgets.heading import label
from imsa_desk.gui.widgets.layout import row
from imsa_desk.gui.widgets.tag import Tag, TagValue
from imsa_desk.gui.widgets.tips import set_tip
from imsa_desk.vocab import ShareBasis

Check = Callable[[QWidget, str, str, Callable[[Answered], None]], None]
"""Asks may_share for (owner, professional, category) and calls back with the answer."""


class SharingLine(QWidget):
    """One category told to one professional."""

    removed = Signal()

    def __init__(
        self, number: int, lists: Lists, people: Sequence[Professional], draft: SharingDraft, check: Check
    ) -> None:
        super().__init__()
        self._check = check
        to = [Option(p.id, p.name) for p in people]
        whom = draft.professional_id or (to[0].id if len(to) == 1 else "")
        n = f"shared {number}"
        self.what = Choice(
            "", options(lists, "info_category"), draft.category, empty="what", name=f"What, {n}"
        )
        self.whom = Choice("to", to, whom, empty="whom", name=f"To whom, {n}")
        self.basis = Choice("because", options(lists, "share_basis"), draft.basis, name=f"On what basis, {n}")
        self.method = draft.method
        self.told = Tick("The person knows", on=draft.survivor_told)
        self.told.setAccessibleName(f"The person knows, {n}")
        drop = Button("", "quiet", icon="close", small=True, name=f"Take away {n}")
        drop.clicked.connect(self.removed)
        self.answer = Tag(TagValue("", "neutral", ""))
        self.answer.hide()
        self.wrong = label("", "alert", wrap=True)
        self.wrong.hide()
        self.reason = TextArea(draft.override_reason, name=f"Why without consent, {n}", lines=2)
        self._why = Field(
            "Why it was shared without consent", self.reason, help="The risk, why now, and who was consulted."
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.wrong)
        layout.addLayout(row(Flow(self.what, self.whom, self.basis, self.told, self.answer), drop, space=8))
        layout.addWidget(self._why)
        for part in (self.what, self.whom, self.basis):
            part.chosen.connect(lambda _: self.ask())
        self.ask()

    def read(self) -> SharingDraft:
        """Give what stands in the line."""
        return SharingDraft(
            self.what.value,
            self.whom.value,
            self.method,
            self.basis.value,
            self.reason.text,
            self.told.isChecked(),
        )

    def ask(self) -> None:
        """Look up the consent for what is chosen now."""
        self._why.setVisible(self.basis.value != ShareBasis.CONSENT)
        if self.what.value and self.whom.value:
            self._check(self, self.whom.value, self.what.value, self._answered)
        else:
            self.answer.hide()

    def _answered(self, found: Answered) -> None:
        if found.all_allowed:
            value = TagValue("Agreed", "good", "consent")
        elif found.withdrawn:
            value = TagValue("Withdrawn", "alert", "withdrawn")
        else:
            value = TagValue("Not agreed", "caution", "withdrawn")
        self.answer.show_value(value)
        set_tip(self.answer, found.line)
        self.answer.setAccessibleDescription(found.line)
        self.answer.show()

    def set_error(self, words: str) -> None:
        """Say what is to be put right."""
        self.wrong.setText(words)
        self.wrong.setVisible(bool(words))


class SharingRows(QWidget):
    """Lines for what was shared; nothing shared means no line."""

    changed = Signal()

    def __init__(self, lists: Lists, check: Check) -> None:
        super().__init__()
        self.setAccessibleName("What was shared")
        self._lists, self._check = lists, check
        self._people: list[Professional] = []
        self._lines: list[SharingLine] = []
        self._box = QVBoxLayout()
        self._box.setSpacing(12)
        self._add = Button("Add what was shared", "link", icon="plus", small=True)
        self._add.clicked.connect(self._add_pressed)
        self.setFocusProxy(self._add)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(self._box)
        layout.addLayout(row(self._add, None))

    def set_people(self, people: Sequence[Professional]) -> None:
        """Offer other recipients: those who took part."""
        self._people = list(people)
        for line in self._lines:
            line.whom.set_options([Option(p.id, p.name) for p in people], line.whom.value)

    def show_drafts(self, drafts: Sequence[SharingDraft]) -> None:
        """Show these lines."""
        for line in tuple(self._lines):
            self._drop(line)
        for draft in drafts:
            self._new(draft)

    def read(self) -> tuple[SharingDraft, ...]:
        """Give every line."""
        return tuple(line.read() for line in self._lines)

    def ask_again(self) -> None:
        """Look up every consent again, after one was given or withdrawn."""
        for line in self._lines:
            line.ask()

    def _add_pressed(self) -> None:
        self._new(SharingDraft()).what.setFocus(Qt.FocusReason.OtherFocusReason)
        self.changed.emit()

    def _new(self, draft: SharingDraft) -> SharingLine:
        line = SharingLine(len(self._lines) + 1, self._lists, self._people, draft, self._check)
        line.removed.connect(lambda: self._removed(line))
        watching.watch(line, self.changed.emit)
        self._lines.append(line)
        self._box.addWidget(line)
        return line

    def _removed(self, line: SharingLine) -> None:
        self._drop(line)
        self._add.setFocus(Qt.FocusReason.OtherFocusReason)
        self.changed.emit()

    def _drop(self, line: SharingLine) -> None:
        self._lines.remove(line)
        self._box.removeWidget(line)
        line.hide()
        line.deleteLater()

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Show problems called `shared.n.field` beside their line."""
        for n, line in enumerate(self._lines):
            own = [p.text for p in problems if p.field.startswith(f"shared.{n}.")]
            line.set_error(" ".join(own))
