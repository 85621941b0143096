"""TakingPart: what a file says that somebody wants to take in as a form, before anything is kept."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from imsa_desk.domain.xlsform import Conversion, Note
from imsa_desk.errors import Problem
from imsa_desk.gui.widgets.base import announce
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.fields import Field, TextArea
from imsa_desk.gui.widgets.heading import Heading, label
from imsa_desk.gui.widgets.layout import column, row

_WRONG = "Nothing was taken in. Put these right in the file and take it in again."
_STOPS = "Nothing was taken in. Put right in the workbook what is marked “must be put right”."
_PLAIN = "Everything in the workbook can be carried over."
_LOSES = "The form can be used. What follows is left out, or carried over in another way."
_MUST = "must be put right"


class TakingPart(QWidget):
    """`take` when the form is to be kept, `leave` when not; the list can be walked, selected and copied."""

    take = Signal()
    leave = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._title = Heading("")
        self._words = label("", wrap=True, measure=72)
        self.list = TextArea(name="What was found in the file", lines=2, most_lines=16)
        self.list.setReadOnly(True)
        self._field = Field("What was found, to read or copy", self.list, small_label=True)
        self.take_it = Button("Take it in", "primary")
        self.leave_it = Button("Leave it", "quiet")
        self.take_it.clicked.connect(self.take)
        self.leave_it.clicked.connect(self.leave)
        buttons = row(self.take_it, self.leave_it, None)
        self.setLayout(column(self._title, self._words, self._field, buttons, margins=(0, 0, 0, 12)))
        self.hide()

    def show_problems(self, name: str, problems: Sequence[Problem]) -> None:
        """Say why a file cannot be taken in."""
        count = "1 thing" if len(problems) == 1 else f"{len(problems)} things"
        title = f"{name} cannot be used yet: {count} to put right"
        self._show(title, _WRONG, [problem.text for problem in problems], may_take=False)

    def show_conversion(self, name: str, found: Conversion) -> None:
        """Show what a workbook becomes, and what of it is lost, before it is kept."""
        notes = sorted(found.notes, key=lambda one: not one.stops)
        lines = [_note_words(one) for one in notes]
        if found.toml is None:
            count = sum(one.stops for one in notes)
            things = "1 thing" if count == 1 else f"{count} things"
            title = f"{name} cannot be used yet: {things} to put right"
            self._show(title, _STOPS, lines, may_take=False)
            return
        questions = "1 question" if found.questions == 1 else f"{found.questions} questions"
        title = f"{found.title or name}: {questions}, not taken in yet"
        self._show(title, _LOSES if lines else _PLAIN, lines, may_take=True)

    def _show(self, title: str, words: str, lines: list[str], *, may_take: bool) -> None:
        self._title.show_words(title)
        self._words.setText(words)
        self.list.setPlainText("\n".join(lines))
        self._field.setVisible(bool(lines))
        self.take_it.setVisible(may_take)
        self.leave_it.set_words("Leave it" if may_take else "Close")
        self.show()
        announce(self, f"{title}. {words}")
        target = self.take_it if may_take else self.list
        target.setFocus(Qt.FocusReason.OtherFocusReason)


def _note_words(note: Note) -> str:
    """Say a note with its place, marked where it stops the form."""
    return f"{note.words()} ({_MUST})" if note.stops else note.words()
