"""GroupBody: which rows a repeating group has; the questions of its rows stand under it."""

from __future__ import annotations

from PySide6.QtCore import Signal

from imsa_desk.gui.forms.answers_parts import AnswerBody, Asked
from imsa_desk.gui.widgets.heading import label


class GroupBody(AnswerBody):
    """Keeps the numbers of the rows: a number is never given twice, so that an answer never changes its row.

    `removed` and `added` carry the number of the row.
    """

    added = Signal(int)
    removed = Signal(int)

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        self._given = 0
        self._said = label("", "meta")
        self.content.addWidget(self._said)

    @property
    def rows(self) -> tuple[int, ...]:
        """Give the numbers of the rows in order."""
        found = self.value.get("rows")
        return tuple(one for one in found if isinstance(one, int)) if isinstance(found, (list, tuple)) else ()

    @property
    def full(self) -> bool:
        """Say whether no more rows may be added."""
        most = self.asked.question.most_rows
        return bool(most) and len(self.rows) >= most

    def title_of(self, row: int) -> str:
        """Say which row it is: "Child 2"."""
        at = self.rows.index(row) + 1 if row in self.rows else row
        return f"{self.asked.question.item_title or 'Entry'} {at}"

    def know(self, numbers: tuple[int, ...]) -> None:
        """Take numbers that were given before, also those of rows that were removed."""
        self._given = max((self._given, *numbers, *self.rows), default=0)

    def add_row(self) -> int:
        """Add a row at the end; 0 where no more may be added."""
        if self.full:
            return 0
        self.know(())
        self._given += 1
        row = self._given
        self._set((*self.rows, row))
        self.added.emit(row)
        return row

    def remove_row(self, row: int) -> None:
        """Take a row away; what was answered in it is kept, so that it can come back."""
        if row in self.rows:
            self.know(())
            self._set(tuple(one for one in self.rows if one != row))
            self.removed.emit(row)

    def bring_back(self, row: int, at: int) -> None:
        """Put a removed row back to its place."""
        if row not in self.rows:
            rows = list(self.rows)
            rows.insert(at, row)
            self._set(tuple(rows))
            self.added.emit(row)

    def _set(self, rows: tuple[int, ...]) -> None:
        self.put("rows", list(rows))
        self._say()

    def _say(self) -> None:
        count, question = len(self.rows), self.asked.question
        words = "None yet" if not count else "1 entry" if count == 1 else f"{count} entries"
        if question.least_rows > count:
            words += f"; at least {question.least_rows} are asked for"
        self._said.setText(words)
        self._said.setAccessibleName(f"{question.text}: {words}")

    def show_value(self) -> None:
        self.know(())
        self._say()
