"""ActionRows: what was agreed next: who will do what by when, one line each."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from imsa_desk.domain.actions import ActionDraft
from imsa_desk.domain.coordination import Professional
from imsa_desk.errors import Problem
from imsa_desk.gui import theme
from imsa_desk.gui.forms import watching
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.choice import Choice, Option
from imsa_desk.gui.widgets.fields import TextLine
from imsa_desk.gui.widgets.heading import label
from imsa_desk.gui.widgets.layout import column, row
from imsa_desk.vocab import OwnerKind

PROFESSIONAL = "professional:"
"""Stands before the id of a professional in the list of owners."""


def owners(known_as: str, professionals: Sequence[Professional]) -> list[Option]:
    """List who may own an action in a case."""
    people = [Option(f"{PROFESSIONAL}{p.id}", p.name) for p in professionals]
    return [Option(OwnerKind.IMSA, "You"), Option(OwnerKind.SURVIVOR, known_as), *people]


class ActionLine(QWidget):
    """One thing agreed."""

    removed = Signal()

    def __init__(self, number: int, answers: Sequence[Option], draft: ActionDraft) -> None:
        super().__init__()
        self._theme = draft.theme
        owner = f"{PROFESSIONAL}{draft.professional_id}" if draft.professional_id else draft.owner
        self.who = Choice("", answers, owner, tall=True, name=f"Who, agreed {number}")
        self.who.setMinimumWidth(theme.px(110))
        self.what = TextLine(draft.text, name=f"What, agreed {number}")
        self.due = TextLine(draft.due_on, name=f"By when, agreed {number}", width=12)
        drop = Button("", "quiet", icon="close", small=True, name=f"Take away agreed {number}")
        drop.clicked.connect(self.removed)
        self.wrong = label("", "alert", wrap=True)
        self.wrong.hide()
        parts = (("Who", self.who), ("What", self.what), ("By when", self.due))
        columns = [column(*([label(words, "meta")] if number == 1 else []), p, space=2) for words, p in parts]
        line = row(*columns, column(None, drop), space=8)
        line.setStretch(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.wrong)
        layout.addLayout(line)

    def read(self) -> ActionDraft:
        """Give what stands in the line."""
        owner = self.who.value
        if owner.startswith(PROFESSIONAL):
            return ActionDraft(
                self.what.text(),
                OwnerKind.PROFESSIONAL,
                owner[len(PROFESSIONAL) :],
                self.due.text(),
                self._theme,
            )
        return ActionDraft(self.what.text(), owner, "", self.due.text(), self._theme)

    def set_error(self, words: str) -> None:
        """Say what is to be put right."""
        self.wrong.setText(words)
        self.wrong.setVisible(bool(words))
        for part in (self.what, self.due):
            theme.restyle(part, "state", "error" if words else "")


class ActionRows(QWidget):
    """Lines for what was agreed; an empty line is no action."""

    changed = Signal()

    def __init__(self, name: str = "Agreed next") -> None:
        super().__init__()
        self.setAccessibleName(name)
        self._answers: list[Option] = []
        self._lines: list[ActionLine] = []
        self._box = QVBoxLayout()
        self._box.setSpacing(8)
        self._add = Button("Add what was agreed", "link", icon="plus", small=True)
        self._add.clicked.connect(self._add_pressed)
        self.setFocusProxy(self._add)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(self._box)
        layout.addLayout(row(self._add, None))

    def set_owners(self, answers: list[Option]) -> None:
        """Offer other owners."""
        self._answers = answers
        for line in self._lines:
            line.who.set_options(answers, line.who.value)

    def show_drafts(self, drafts: Sequence[ActionDraft]) -> None:
        """Show these lines."""
        for line in tuple(self._lines):
            self._drop(line)
        for draft in drafts:
            self._new(draft)

    def read(self) -> tuple[ActionDraft, ...]:
        """Give the lines that say something."""
        return tuple(d for line in self._lines if (d := line.read()).text.strip() or d.due_on.strip())

    def _add_pressed(self) -> None:
        self._new(ActionDraft()).what.setFocus(Qt.FocusReason.OtherFocusReason)
        self.changed.emit()

    def _new(self, draft: ActionDraft) -> ActionLine:
        line = ActionLine(len(self._lines) + 1, self._answers, draft)
        line.removed.connect(lambda: self._removed(line))
        for part in (line.who, line.what, line.due):
            watching.watch_part(part, self.changed.emit)
        self._lines.append(line)
        self._box.addWidget(line)
        return line

    def _removed(self, line: ActionLine) -> None:
        self._drop(line)
        self._add.setFocus(Qt.FocusReason.OtherFocusReason)
        self.changed.emit()

    def _drop(self, line: ActionLine) -> None:
        self._lines.remove(line)
        self._box.removeWidget(line)
        line.hide()
        line.deleteLater()

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Show problems called `actions.n.field` beside their line; empty lines are not counted."""
        told = [line for line in self._lines if line.read().text.strip() or line.read().due_on.strip()]
        for n, line in enumerate(told):
            own = [p.text for p in problems if p.field.startswith(f"actions.{n}.")]
            line.set_error(" ".join(own))
