"""Every question put to a person; tests and the tour put something else in its place."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QWidget

WINDOW_TITLE = "Desk"

# Dialogs are imported when one is asked for: the first paint must not wait for them.


class Ask:
    """Asks with windows. `practice` puts the band on each of them."""

    def __init__(self) -> None:
        self.practice = False

    def confirm(self, owner: QWidget, question: str, words: str, verb: str, *, leave: str = "Cancel") -> bool:
        """Ask whether to go on; `verb` is the word on the button that does."""
        from imsa_desk.gui.question import Question

        return Question(owner, question, words, verb, leave=leave, practice=self.practice).answered()

    def error(self, owner: QWidget, title: str, words: str) -> None:
        """Say that something could not be done, and what to do."""
        from imsa_desk.gui.question import Question

        Question(owner, title, words, "Close", leave="", practice=self.practice).answered()

    def line(
        self, owner: QWidget, question: str, words: str, verb: str, *, help: str = "", value: str = ""
    ) -> str | None:
        """Ask for one line of text; None when the person thought better of it."""
        from imsa_desk.gui.question import Question
        from imsa_desk.gui.widgets.fields import Field, TextLine

        asked = Question(owner, question, "", verb, practice=self.practice)
        typed = TextLine(value)
        asked.body.addWidget(Field(words, typed, help=help))
        typed.setFocus(Qt.FocusReason.OtherFocusReason)
        typed.returnPressed.connect(asked.accept)
        return typed.text().strip() if asked.answered() else None

    def passphrase(
        self, owner: QWidget, question: str, words: str, verb: str, *, wrong: str = ""
    ) -> str | None:
        """Ask for the passphrase once more; None when the person thought better of it.

        `wrong` says beside the field what was wrong with what was typed before.
        """
        from imsa_desk.gui.question import Question
        from imsa_desk.gui.widgets.fields import Field, PassphraseLine

        asked = Question(owner, question, words, verb, practice=self.practice)
        typed = PassphraseLine("Passphrase")
        field = Field("Passphrase", typed)
        field.set_error(wrong)
        asked.body.addWidget(field)
        typed.setFocus(Qt.FocusReason.OtherFocusReason)
        typed.returnPressed.connect(asked.accept)
        given = typed.text() if asked.answered() else None
        typed.clear()
        return given

    def open_file(self, owner: QWidget, title: str, patterns: str = "All files (*)") -> Path | None:
        """Ask for a file to read."""
        from PySide6.QtWidgets import QFileDialog

        found, _ = QFileDialog.getOpenFileName(owner.window(), title, _home(), patterns)
        _forget_folders()
        return Path(found) if found else None

    def save_file(
        self, owner: QWidget, title: str, suggested: str, patterns: str = "All files (*)"
    ) -> Path | None:
        """Ask where to write a file; `suggested` never carries a person's name."""
        from PySide6.QtWidgets import QFileDialog

        at = str(Path(_home()) / suggested)
        found, _ = QFileDialog.getSaveFileName(owner.window(), title, at, patterns)
        _forget_folders()
        return Path(found) if found else None

    def folder(self, owner: QWidget, title: str) -> Path | None:
        """Ask for a folder."""
        from PySide6.QtWidgets import QFileDialog

        found = QFileDialog.getExistingDirectory(owner.window(), title, _home())
        _forget_folders()
        return Path(found) if found else None


def _home() -> str:
    return str(Path.home())


def _forget_folders() -> None:
    """Take out of Qt's own settings the folder names its file dialog keeps: one may hold a person's name."""
    kept = QSettings(QSettings.Scope.UserScope, "QtProject")
    for key in ("FileDialog/history", "FileDialog/lastVisited"):
        kept.remove(key)
    kept.sync()
