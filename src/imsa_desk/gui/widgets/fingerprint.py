"""Fingerprint words, shown so that two people can compare them one by one."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QGridLayout

from imsa_desk.gui.widgets.heading import label
from imsa_desk.gui.widgets.layout import row

_COLUMNS = 4


class Words(QFrame):
    """Fingerprint words in a grid, numbered, so that two people can go through them."""

    def __init__(self, words: tuple[str, ...], columns: int = _COLUMNS) -> None:
        super().__init__()
        self.setProperty("pane", "sunken")
        grid = QGridLayout(self)
        grid.setContentsMargins(20, 14, 20, 14)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(8)
        for at, word in enumerate(words):
            cell = row(label(f"{at + 1}", "meta"), label(word, "strong", selectable=True), None, space=8)
            grid.addLayout(cell, at // columns, at % columns)
        self.setAccessibleName("Words to compare: " + ", ".join(words))
