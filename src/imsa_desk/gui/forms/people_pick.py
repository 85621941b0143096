"""PeoplePick: who took part, as pills of the people on the case's board, with a way to add somebody new."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from imsa_desk.domain.coordination import Professional
from imsa_desk.gui.forms.flow import Flow
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.pill import Pill
from imsa_desk.gui.widgets.tips import set_tip


class PeoplePick(Flow):
    """`values` are ids of professionals."""

    changed = Signal()

    def __init__(self, add: Callable[[], None], parent: QWidget | None = None) -> None:
        super().__init__(name="With", parent=parent)
        self._pills: dict[str, Pill] = {}
        self._add = Button("Somebody new", "link", icon="plus", small=True)
        self._add.clicked.connect(add)
        self.flow.addWidget(self._add)
        self.setFocusProxy(self._add)

    @property
    def values(self) -> tuple[str, ...]:
        """Give who took part."""
        return tuple(key for key, pill in self._pills.items() if pill.isChecked())

    def set_people(self, people: Sequence[Professional]) -> None:
        """Offer these people; who was chosen stays chosen."""
        for person in people:
            if person.id not in self._pills:
                pill = Pill(person.name)
                set_tip(pill, person.organisation)
                pill.setAccessibleDescription(person.organisation)
                pill.toggled.connect(lambda _: self.changed.emit())
                self._pills[person.id] = pill
                self.insert_before_last(pill)
        first = next(iter(self._pills.values()), None)
        self.setFocusProxy(first or self._add)

    def set_values(self, values: Iterable[str]) -> None:
        """Mark exactly these as present."""
        wanted = set(values)
        for key, pill in self._pills.items():
            pill.setChecked(key in wanted)
