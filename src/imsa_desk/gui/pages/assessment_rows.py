"""RowHead and GroupFoot: the title of one row of a repeating group, and what adds another."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QWidget

from imsa_desk.gui import theme
from imsa_desk.gui.forms.answers_group import GroupBody
from imsa_desk.gui.pages.assessment_frame import NUMBER_WIDE
from imsa_desk.gui.pages.assessment_question import step_among
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.heading import label
from imsa_desk.gui.widgets.layout import row


class _Part(QWidget):
    """A part of the stack that is no question, and can be visited by Tab all the same."""

    def __init__(self) -> None:
        super().__init__()
        self.resized = True

    def stops(self) -> list[QWidget]:
        """Give what the Tab key visits."""
        return []

    def step_inside(self, by: int) -> bool:
        """Move the focus to the next or the previous stop; False at the end."""
        return step_among(self.stops(), by)

    def event(self, event: QEvent) -> bool:
        """Note that it may need another height."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.resized = True
        return super().event(event)


class RowHead(_Part):
    """The title of a row, with what was answered first in it, and the way to remove it."""

    remove_pressed = Signal()

    def __init__(self, group: GroupBody, number: int) -> None:
        super().__init__()
        self.number = number
        self._group = group
        self._title = label("", "strong")
        self._remove = Button("Remove", "quiet", icon="trash", small=True)
        self._remove.clicked.connect(self.remove_pressed)
        left = theme.px(NUMBER_WIDE)
        self.setLayout(row(left, self._title, None, self._remove, space=8, margins=(0, 8, 0, 0)))
        self.show_title("")

    def show_title(self, words: str) -> None:
        """Show which row it is, and in a few words whose."""
        title = self._group.title_of(self.number)
        shown = f"{title}: {words}" if words else title
        self._title.setText(shown if len(shown) <= 72 else f"{shown[:70]}…")
        self._remove.setAccessibleName(f"Remove {title}")
        self.setAccessibleName(shown)

    def stops(self) -> list[QWidget]:
        return [self._remove]


class GroupFoot(_Part):
    """Adds another row."""

    def __init__(self, group: GroupBody) -> None:
        super().__init__()
        self._group = group
        what = (group.asked.question.item_title or "entry").lower()
        self.add = Button(f"Add another {what}", "plain", icon="plus", small=True)
        self.add.clicked.connect(group.add_row)
        self._full = label("", "meta")
        left = theme.px(NUMBER_WIDE)
        self.setLayout(row(left, self.add, self._full, None, space=10, margins=(0, 8, 0, 10)))
        self._what = what
        self.line: QWidget | None = None
        """The hairline under it; the section places it."""
        self.show_count()

    def show_count(self) -> None:
        """Say "Add a …" for the first one, and that no more can be added where that is so."""
        some, group = bool(self._group.rows), self._group
        self.add.set_words(f"Add another {self._what}" if some else f"Add {_a(self._what)}")
        self.add.setEnabled(not group.full)
        self._full.setText(f"No more than {group.asked.question.most_rows}" if group.full else "")

    def stops(self) -> list[QWidget]:
        return [self.add]


def _a(what: str) -> str:
    return f"an {what}" if what[:1] in "aeio" else f"a {what}"
