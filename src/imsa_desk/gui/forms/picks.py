"""Picks: one or several values of a long list, found by typing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QCompleter, QSizePolicy, QVBoxLayout, QWidget

from imsa_desk.domain.lists import Lists
from imsa_desk.gui import theme
from imsa_desk.gui.forms.flow import Flow
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.choice import Choice, Option
from imsa_desk.gui.widgets.fields import TextLine
from imsa_desk.gui.widgets.layout import row
from imsa_desk.gui.widgets.pill import Pill


def options(lists: Lists, list_id: str) -> list[Option]:
    """Give a list as the answers of a choice."""
    return [Option(e.id, e.label) for e in lists.entries(list_id)]


def common_first(lists: Lists, list_id: str) -> list[Option]:
    """Give a long list with its common values before the rest."""
    entries = sorted(lists.entries(list_id), key=lambda e: not e.common)
    return [Option(e.id, e.label) for e in entries]


class _Finding(TextLine):
    """A line that proposes values of a list while one types."""

    def __init__(self, answers: Sequence[Option], *, name: str, width: int = 26) -> None:
        super().__init__(name=name, width=width)
        self._name = name
        self.offer(answers)

    def offer(self, answers: Sequence[Option]) -> None:
        """Propose other values."""
        self.answers = tuple(answers)
        finder = QCompleter([o.text for o in self.answers], self)
        finder.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        finder.setFilterMode(Qt.MatchFlag.MatchContains)
        finder.setMaxVisibleItems(8)
        popup = finder.popup()
        if popup is not None:
            popup.setAccessibleName(f"{self._name}: proposals")
            # A window of its own: without a ground it would be black, as lists within a page have none.
            popup.setProperty("pane", "proposals")
        self.setCompleter(finder)

    def found(self) -> str:
        """Give the id of what is typed, "" for nothing known."""
        words = self.text().strip().casefold()
        exact = [o.id for o in self.answers if o.text.casefold() == words]
        starts = [o.id for o in self.answers if words and o.text.casefold().startswith(words)]
        return exact[0] if exact else starts[0] if len(starts) == 1 else ""


class PickOne(_Finding):
    """One value of a long list; `value` is "" while what is typed is not in it."""

    @property
    def value(self) -> str:
        """Give the id of the value."""
        return self.found()

    def set_value(self, value: str) -> None:
        """Show a value."""
        self.setText(next((o.text for o in self.answers if o.id == value), ""))


class PickSeveral(QWidget):
    """Values of a list as pills, with a line to find more; Enter adds what was found."""

    changed = Signal()

    def __init__(self, name: str, answers: Sequence[Option], *, free: bool = False) -> None:
        super().__init__()
        self._free = free
        self._chosen: list[str] = []
        self._answers = {o.id: o.text for o in answers}
        self._pills = Flow(name=f"{name}, chosen")
        self._pills.hide()
        self.line = _Finding(answers, name=name, width=22)
        add = Button("Add", "plain", icon="plus", small=True, name=f"Add to {name.lower()}")
        add.clicked.connect(self._add)
        self.line.returnPressed.connect(self._add)
        self.setAccessibleName(name)
        self.setFocusProxy(self.line)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self._pills)
        layout.addLayout(row(self.line, add, None))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        finder = self.line.completer()
        finder.activated.connect(lambda _: self._add())

    @property
    def values(self) -> tuple[str, ...]:
        """Give the ids, or the free words, that were chosen; what stands typed counts as chosen."""
        typed = self._typed()
        return (*self._chosen, *([typed] if typed and typed not in self._chosen else []))

    def set_values(self, values: Iterable[str]) -> None:
        """Show other values."""
        self._chosen = list(dict.fromkeys(values))
        self._show()

    def _typed(self) -> str:
        return self.line.text().strip() if self._free else self.line.found()

    def _add(self) -> None:
        typed = self._typed()
        if not typed:
            return
        if typed not in self._chosen:
            self._chosen.append(typed)
        self.line.clear()
        self._show()
        self.changed.emit()

    def _remove(self, value: str) -> None:
        self._chosen.remove(value)
        self._show()
        self.line.setFocus(Qt.FocusReason.OtherFocusReason)
        self.changed.emit()

    def _show(self) -> None:
        while (item := self._pills.flow.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for value in self._chosen:
            pill = Pill(self._answers.get(value, value), on=True, removable=True, checkable=False)
            pill.removed.connect(lambda chosen=value: self._remove(chosen))
            self._pills.flow.addWidget(pill)
            pill.show()
        self._pills.setVisible(bool(self._chosen))
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(360), super().sizeHint().height())


class Names(PickSeveral):
    """Names somebody types one after another."""

    def __init__(self, name: str) -> None:
        super().__init__(name, (), free=True)


class Pills(Flow):
    """Several of a few words, all shown."""

    changed = Signal()

    def __init__(self, name: str, answers: Sequence[Option]) -> None:
        super().__init__(name=name)
        self._pills = {o.id: Pill(o.text) for o in answers}
        for pill in self._pills.values():
            pill.toggled.connect(lambda _: self.changed.emit())
            self.flow.addWidget(pill)
        if self._pills:
            self.setFocusProxy(next(iter(self._pills.values())))

    @property
    def values(self) -> tuple[str, ...]:
        """Give the ids that are on."""
        return tuple(key for key, pill in self._pills.items() if pill.isChecked())

    def set_values(self, values: Iterable[str]) -> None:
        """Switch on exactly these."""
        wanted = set(values)
        for key, pill in self._pills.items():
            pill.setChecked(key in wanted)


def choice(lists: Lists, list_id: str, name: str, value: str = "", *, empty: bool = False) -> Choice:
    """Make a choice of a list as a field of a form."""
    return Choice("", options(lists, list_id), value, tall=True, may_be_empty=empty, name=name)
