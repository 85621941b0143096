"""Editors for text, numbers, days and choices."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QWidget

from imsa_desk.domain.forms import YES_NO_UNKNOWN, Option
from imsa_desk.domain.forms.words import said_day, several
from imsa_desk.gui import theme
from imsa_desk.gui.forms.answers_parts import AnswerBody, Asked
from imsa_desk.gui.forms.flow import Flow
from imsa_desk.gui.widgets.datefield import DateField
from imsa_desk.gui.widgets.fields import Dot, TextArea, TextLine
from imsa_desk.gui.widgets.heading import label
from imsa_desk.gui.widgets.layout import row
from imsa_desk.gui.widgets.pill import Pill


class ShortTextBody(AnswerBody):
    """One line of text."""

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        self._line = TextLine(name=asked.question.text)
        self._line.setMaxLength(500)
        self._line.textEdited.connect(lambda words: self.put("text", words))
        self.content.addWidget(self._line)

    def show_value(self) -> None:
        self._line.setText(self.words("text"))

    def stops(self) -> list[QWidget]:
        return [self._line]


class LongTextBody(AnswerBody):
    """Words of any length."""

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        self._area = TextArea(name=asked.question.text, lines=2)
        self._area.textChanged.connect(self._typed)
        self.content.addWidget(self._area)

    def _typed(self) -> None:
        if self._area.text != self.words("text"):
            self.put("text", self._area.text)

    def show_value(self) -> None:
        if self._area.text != self.words("text"):
            self._area.setPlainText(self.words("text"))

    def stops(self) -> list[QWidget]:
        return [self._area]


class NumberBody(AnswerBody):
    """A number with its unit, kept as typed until it is saved."""

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        question = asked.question
        name = f"{question.text}, in {question.unit}" if question.unit else question.text
        self._line = TextLine(name=name, width=6 + question.decimals)
        self._line.textEdited.connect(lambda words: self.put("number", words.strip()))
        unit = [label(question.unit, "muted")] if question.unit else []
        self.content.addLayout(row(self._line, *unit, None))

    def show_value(self) -> None:
        self._line.setText(self.words("number"))

    def stops(self) -> list[QWidget]:
        return [self._line]


class DateBody(AnswerBody):
    """A day, as people type it; hearings lie ahead, so a day without a year is the next one."""

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        self._field = DateField(today=asked.today, what="the date", name=asked.question.text)
        self._field.line.setMinimumWidth(theme.px(248))
        self._field.line.textEdited.connect(lambda _: self.put("day", self._field.typed))
        self.content.addWidget(self._field)

    def show_value(self) -> None:
        self._field.set_typed(said_day(self.words("day")))

    def stops(self) -> list[QWidget]:
        return [self._field.line]


class Dots(Flow):
    """A few answers that are all shown, one of which may be chosen; arrows move, Delete empties."""

    def __init__(self, name: str, options: list[Option], body: AnswerBody, part: str) -> None:
        super().__init__(name=name, gap=6)
        self._body, self._part = body, part
        self._group = QButtonGroup(self)
        self.dots = {option.value: Dot(option.label) for option in options}
        for value, dot in self.dots.items():
            self._group.addButton(dot)
            self.flow.addWidget(dot)
            dot.clicked.connect(lambda _=False, chosen=value: body.put(part, chosen))

    def show_value(self, value: str) -> None:
        """Show which one is chosen, "" for none."""
        self._group.setExclusive(False)
        for key, dot in self.dots.items():
            dot.setChecked(key == value)
        self._group.setExclusive(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.show_value("")
            self._body.put(self._part, "")
            return
        if event.key() == Qt.Key.Key_N and not event.modifiers():
            self._body.not_discussed.emit()
            return
        super().keyPressEvent(event)


class ChoiceBody(AnswerBody):
    """One of the form's options, and words of one's own where the form allows them."""

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        self._dots = Dots(asked.question.text, list(asked.question.options), self, "choice")
        self.content.addWidget(self._dots)
        self._other = other_line(self) if asked.question.other else None

    def show_value(self) -> None:
        self._dots.show_value(self.words("choice"))
        if self._other is not None:
            self._other.setText(self.words("other"))

    def stops(self) -> list[QWidget]:
        return [*self._dots.dots.values(), *([self._other] if self._other else [])]


class YesNoUnknownBody(AnswerBody):
    """Yes, no or not known, with a note."""

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        options = [Option(value, words) for value, words in YES_NO_UNKNOWN.items()]
        self._dots = Dots(asked.question.text, options, self, "choice")
        self._note = TextLine(name=f"{asked.question.text}: note")
        self._note.textEdited.connect(lambda words: self.put("note", words))
        self.content.addWidget(self._dots)
        self._caption = label("Note", "caps")
        self.content.addWidget(self._caption)
        self.content.addWidget(self._note)

    def unfold(self, unfolded: bool) -> None:
        shown = unfolded or bool(self.value.get("note"))
        self._caption.setVisible(shown)
        self._note.setVisible(shown)

    def show_value(self) -> None:
        self._dots.show_value(self.words("choice"))
        self._note.setText(self.words("note"))

    def stops(self) -> list[QWidget]:
        return [*self._dots.dots.values(), self._note]


class ChoicesBody(AnswerBody):
    """Several of the form's options."""

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        self._pills = {option.value: Pill(option.label) for option in asked.question.options}
        self.content.addWidget(Flow(*self._pills.values(), name=asked.question.text))
        for pill in self._pills.values():
            pill.clicked.connect(lambda _=False: self._chosen())
        self._other = other_line(self) if asked.question.other else None

    def _chosen(self) -> None:
        self.put("choices", [value for value, pill in self._pills.items() if pill.isChecked()])

    def show_value(self) -> None:
        chosen = several(self.value.get("choices"))
        for value, pill in self._pills.items():
            pill.setChecked(value in chosen)
        if self._other is not None:
            self._other.setText(self.words("other"))

    def stops(self) -> list[QWidget]:
        return [*self._pills.values(), *([self._other] if self._other else [])]


class InstructionBody(AnswerBody):
    """Nothing to answer: the question's own text tells what to do."""


def other_line(body: AnswerBody) -> TextLine:
    """Add a line for something that is not offered."""
    line = TextLine(name=f"{body.asked.question.text}: something else")
    line.setMaxLength(500)
    line.setMaximumWidth(theme.px(460))
    line.textEdited.connect(lambda words: body.put("other", words))
    body.content.addWidget(label("Something else", "caps"))
    body.content.addWidget(line)
    return line
