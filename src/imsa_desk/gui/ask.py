"""Every question put to a person; tests and the tour put something else in its place."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFileDialog, QVBoxLayout, QWidget

from imsa_desk.gui.widgets.banner import PracticeBand
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.fields import Field, PassphraseLine, TextLine
from imsa_desk.gui.widgets.heading import label
from imsa_desk.gui.widgets.layout import column, row

WINDOW_TITLE = "Desk"


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


class Ask:
    """Asks with windows. `practice` puts the band on each of them."""

    def __init__(self) -> None:
        self.practice = False

    def confirm(self, owner: QWidget, question: str, words: str, verb: str, *, leave: str = "Cancel") -> bool:
        """Ask whether to go on; `verb` is the word on the button that does."""
        asked = Question(owner, question, words, verb, leave=leave, practice=self.practice)
        return _answer(asked)

    def error(self, owner: QWidget, title: str, words: str) -> None:
        """Say that something could not be done, and what to do."""
        _answer(Question(owner, title, words, "Close", leave="", practice=self.practice))

    def line(
        self, owner: QWidget, question: str, words: str, verb: str, *, help: str = "", value: str = ""
    ) -> str | None:
        """Ask for one line of text; None when the person thought better of it."""
        asked = Question(owner, question, "", verb, practice=self.practice)
        typed = TextLine(value)
        asked.body.addWidget(Field(words, typed, help=help))
        typed.setFocus(Qt.FocusReason.OtherFocusReason)
        typed.returnPressed.connect(asked.accept)
        return typed.text().strip() if _answer(asked) else None

    def passphrase(self, owner: QWidget, question: str, words: str, verb: str) -> str | None:
        """Ask for the passphrase once more; None when the person thought better of it."""
        asked = Question(owner, question, words, verb, practice=self.practice)
        typed = PassphraseLine("Passphrase")
        asked.body.addWidget(Field("Passphrase", typed))
        typed.setFocus(Qt.FocusReason.OtherFocusReason)
        typed.returnPressed.connect(asked.accept)
        given = typed.text() if _answer(asked) else None
        typed.clear()
        return given

    def open_file(self, owner: QWidget, title: str, patterns: str = "All files (*)") -> Path | None:
        """Ask for a file to read."""
        found, _ = QFileDialog.getOpenFileName(owner.window(), title, "", patterns)
        return Path(found) if found else None

    def save_file(
        self, owner: QWidget, title: str, suggested: str, patterns: str = "All files (*)"
    ) -> Path | None:
        """Ask where to write a file; `suggested` never carries a person's name."""
        found, _ = QFileDialog.getSaveFileName(owner.window(), title, suggested, patterns)
        return Path(found) if found else None

    def folder(self, owner: QWidget, title: str) -> Path | None:
        """Ask for a folder."""
        found = QFileDialog.getExistingDirectory(owner.window(), title)
        return Path(found) if found else None


def _answer(asked: Question) -> bool:
    asked.setMaximumWidth(min(640, asked.screen().availableGeometry().width() - 32))
    given = asked.exec() == QDialog.DialogCode.Accepted
    asked.deleteLater()
    return given
