"""LessPart: the organisation went back and holds less than it confirmed; what that means and what to do."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.heading import Heading, label
from imsa_desk.gui.widgets.layout import column, row


class LessPart(QWidget):
    """Hidden while the organisation holds what it confirmed; `again` is sent by its verb."""

    again = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.words = label("", "caution", wrap=True, measure=88)
        self.send = Button("Send everything again…", "plain", icon="send")
        self.send.clicked.connect(self.again)
        title = Heading("Your organisation holds less than it did")
        verb = row(self.send, None)
        self.setLayout(column(title, self.words, verb, space=8, margins=(0, 8, 0, 8)))
        self.hide()

    def show_less(self, words: str) -> None:
        """Show what was noticed; nothing where there is nothing."""
        self.words.setText(words)
        self.setVisible(bool(words))
