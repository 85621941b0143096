"""DateField: a day typed as people type it, shown back in full."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from imsa_desk.domain.dates import parse_day, say_full
from imsa_desk.errors import Refused
from imsa_desk.gui import theme
from imsa_desk.gui.widgets.fields import TextLine
from imsa_desk.gui.widgets.heading import label


class _DayLine(TextLine):
    """Tells when the person moves on."""

    left = Signal()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit()


class DateField(QWidget):
    """Takes `4/11/26`, `4 nov`, `today`, `last tue`; `changed` carries nothing, ask `read` for the day."""

    changed = Signal()
    left = Signal()

    def __init__(
        self,
        value: date | None = None,
        *,
        today: Callable[[], date] = date.today,
        birth: bool = False,
        ahead: bool = False,
        what: str = "the date",
        name: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._today, self._birth = today, birth
        self._ahead, self._what = ahead, what
        self.line = _DayLine(name=name, width=22)
        self._back = label("", "meta")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.line)
        layout.addWidget(self._back)
        layout.addStretch(1)
        self.setFocusProxy(self.line)
        self.setAccessibleName(name)
        self.line.textChanged.connect(self._typed)
        self.line.left.connect(self._say_in_full)
        self.line.left.connect(self.left)
        self.set_value(value)

    def set_value(self, value: date | None) -> None:
        """Show a day, or nothing."""
        self.line.setText("" if value is None else say_full(value))

    @property
    def typed(self) -> str:
        """Give the words as they stand in the line."""
        return self.line.text().strip()

    def set_typed(self, words: str) -> None:
        """Put words back as they were typed, for a draft."""
        self.line.setText(words)

    def read(self) -> date | None:
        """Read the day; None for an empty line.

        Raises Refused with what is wrong with the words.
        """
        if not self.typed:
            return None
        return parse_day(self.typed, self._today(), birth=self._birth, ahead=self._ahead, what=self._what)

    def _typed(self) -> None:
        try:
            day = self.read()
        except Refused:
            day = None
        shown = "" if day is None or say_full(day) == self.typed else say_full(day)
        self._back.setText(shown)
        self.line.setAccessibleDescription(shown)
        self.changed.emit()

    def _say_in_full(self) -> None:
        try:
            day = self.read()
        except Refused:
            return
        if day is not None and self.typed != say_full(day):
            self.line.setText(say_full(day))

    def setProperty(self, name: str, value: object) -> bool:
        """Pass the error state on to the line, where the edge is."""
        if name == "state":
            theme.restyle(self.line, name, str(value))
        return super().setProperty(name, value)

    def setAccessibleDescription(self, description: str) -> None:
        self.line.setAccessibleDescription(description)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(360), theme.height("control"))
