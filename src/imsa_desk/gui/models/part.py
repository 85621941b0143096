"""Part: a heading over rows, of which the first stand open and the rest wait behind a link."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from imsa_desk.gui.widgets.heading import Heading
from imsa_desk.gui.widgets.layout import overhang
from imsa_desk.gui.widgets.rows import Row, RowList


class Part(QWidget):
    """A heading over rows; it goes when there is nothing to show, and folds what is more than `most`."""

    def __init__(self, words: str, note: str = "", *, most: int = 6) -> None:
        super().__init__()
        self._words, self._note, self._most = words, note, most
        self._values: list[Row] = []
        self._all = False
        self.rows = RowList(words)
        self._heading = Heading(words, note=note)
        self._heading.pressed.connect(self._unfold)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 12)
        layout.setSpacing(0)
        layout.addWidget(self._heading)
        layout.addLayout(overhang(self.rows))
        self.hide()

    def show_rows(self, rows: list[Row], most: int = 0) -> None:
        """Show these rows, or nothing at all; `most`, where it is given, becomes the part's own."""
        self._values, self._most = rows, most or self._most
        self._show()
        self.setVisible(bool(rows))

    def _unfold(self) -> None:
        self._all = not self._all
        self._show()

    def _show(self) -> None:
        rows, most = self._values, self._most
        folds = len(rows) > most + 1
        link = "Fewer" if self._all else f"{len(rows) - most} more"
        self._heading.show_words(self._words, note=self._note, link=link if folds else "")
        self.rows.show_rows(rows[:most] if folds and not self._all else rows)
