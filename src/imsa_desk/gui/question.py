"""Question: a small window that stops everything until it is answered."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from imsa_desk.gui.ask import WINDOW_TITLE
from imsa_desk.gui.widgets.band import PracticeBand
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.heading import label
from imsa_desk.gui.widgets.layout import column, row


class Question(QDialog):
    """A question that stops everything until it is answered."""

    def __init__(
        self,
        owner: QWidget,
        question: str,
        words: str,
        verb: str,
        *,
        leave: str = "Cancel",
        practice: bool = False,
    ) -> None:
        super().__init__(owner.window())
        self.setWindowTitle(WINDOW_TITLE)
        self.setAccessibleName(question)
        self.setMinimumWidth(420)
        self.go = Button(verb, "primary")
        self.go.clicked.connect(self.accept)
        self.body = QVBoxLayout()
        self.body.setSpacing(12)
        self.body.addWidget(label(question, "title", wrap=True))
        if words:
            self.body.addWidget(label(words, wrap=True))
        buttons = row(self.go, space=8)
        if leave:
            stay = Button(leave, "quiet")
            stay.clicked.connect(self.reject)
            buttons.addWidget(stay)
        buttons.addStretch(1)
        around = column(self.body, 8, buttons, margins=(28, 24, 28, 24))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        if practice:
            layout.addWidget(PracticeBand())
        layout.addLayout(around)
        self.go.setFocus(Qt.FocusReason.OtherFocusReason)

    def answered(self) -> bool:
        """Show it and wait; False when the person thought better of it."""
        self.setMaximumWidth(min(640, self.screen().availableGeometry().width() - 32))
        given = self.exec() == QDialog.DialogCode.Accepted
        self.deleteLater()
        return given
