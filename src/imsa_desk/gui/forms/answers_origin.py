"""Origin: where an answer comes from and the day it speaks of, folded to one line."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from imsa_desk.domain.forms.words import said_day
from imsa_desk.gui import theme
from imsa_desk.gui.forms.answers_parts import Asked
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.choice import Choice
from imsa_desk.gui.widgets.datefield import DateField
from imsa_desk.gui.widgets.heading import label
from imsa_desk.gui.widgets.layout import column, row


class Origin(QWidget):
    """`changed` carries the source and the day as they stand; a press of the line shows the controls."""

    changed = Signal(str, str)

    def __init__(self, asked: Asked, *, with_source: bool) -> None:
        super().__init__()
        self._asked, self._with_source = asked, with_source
        self._source_value = self._day_value = ""
        self.line = Button("", "link", small=True)
        self.line.clicked.connect(self._open)
        self._controls: QWidget | None = None
        self.content = column(row(self.line, None), space=2)
        self.setLayout(self.content)
        self._say()

    def _open(self) -> None:
        asked = self._asked
        if self._controls is None:
            self._controls = QWidget()
            self._source = Choice("Source", asked.options("source"), may_be_empty=True)
            self._source.chosen.connect(self._typed)
            self._source.setVisible(self._with_source)
            name = f"{asked.question.text}: the day it speaks of"
            self._day = DateField(today=asked.today, what="the day it speaks of", name=name)
            self._day.setMaximumWidth(theme.px(340))
            self._day.line.textEdited.connect(self._typed)
            caption = label("Speaks of", "caps")
            caption.setBuddy(self._day)
            across = row(self._source, caption, self._day, None, space=10)
            self._controls.setLayout(across)
            self.content.addWidget(self._controls)
            self._fill()
        self.line.hide()
        self._controls.show()
        self.stops()[0].setFocus()

    def _typed(self) -> None:
        self._source_value, self._day_value = self._source.value, self._day.typed
        self.changed.emit(self._source_value, self._day_value)

    def show_values(self, source: str, day: str) -> None:
        """Show where an answer comes from and what day it speaks of."""
        if (source, day) == (self._source_value, self._day_value):
            return
        self._source_value, self._day_value = source, day
        self._fill()
        self._say()

    def _fill(self) -> None:
        if self._controls is not None:
            self._source.set_value(self._source_value)
            self._day.set_typed(said_day(self._day_value))

    def _say(self) -> None:
        options = {one.id: one.text for one in self._asked.options("source")} if self._with_source else {}
        said = [options[self._source_value]] if self._source_value in options else []
        said += [f"speaks of {said_day(self._day_value)}"] if self._day_value else []
        empty = "Source and day…" if self._with_source else "Speaks of another day…"
        words = f"{', '.join(said)}. Change…" if said else empty
        self.line.set_words(words)
        self.line.setAccessibleName(f"{words.rstrip('…')}: {self._asked.question.text}")

    def fold(self) -> None:
        """Show it as one line again."""
        if self._controls is not None:
            self._controls.hide()
        self._say()
        self.line.show()

    def stops(self) -> list[QWidget]:
        """Give the controls in the order of the Tab key."""
        if self._controls is None or self._controls.isHidden():
            return [self.line]
        return [*([self._source] if self._with_source else []), self._day.line]
