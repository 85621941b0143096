"""Fingerprint words, shown so that two people can compare them one by one."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QWidget

from imsa_desk.gui import theme
from imsa_desk.gui.widgets.heading import label
from imsa_desk.gui.widgets.layout import Part, column, row
from imsa_desk.gui.widgets.qr import QrCode

_COLUMNS = 4
_CODE = "The same words, for a camera"
_BESIDE_FROM, _WIDEST = 620, 860


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


class WordsAndCode(QWidget):
    """Words to compare with their QR code beside them, or under them where there is no room.

    What is `below` the words, such as what to press, stays with them.
    """

    def __init__(self, words: tuple[str, ...], modules: tuple[tuple[bool, ...], ...], *below: Part) -> None:
        super().__init__()
        code = column(QrCode(modules, words), label(_CODE, "meta"), None, space=4)
        self._across = row(column(Words(words), *below, None, space=12), code, space=24)
        self._across.setStretch(0, 1)
        self.setLayout(self._across)
        self.look_changed()

    def look_changed(self) -> None:
        """Measure again at another text size."""
        self.setMaximumWidth(theme.px(_WIDEST))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the code where there is room for it."""
        super().resizeEvent(event)
        beside = event.size().width() >= theme.px(_BESIDE_FROM)
        across, down = self._across.Direction.LeftToRight, self._across.Direction.TopToBottom
        self._across.setDirection(across if beside else down)
