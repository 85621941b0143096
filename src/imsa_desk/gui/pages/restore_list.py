"""BackupList: the backups beside the vault, the newest first, or a file from elsewhere; one is chosen."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from imsa_desk.gui.ask import Ask
from imsa_desk.gui.pages.alone import say_moment, shorten
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.fields import Dot
from imsa_desk.gui.widgets.layout import column, row
from imsa_desk.gui.widgets.words import label
from imsa_desk.services.backups import BackupInfo

_SHOWN = 5


class BackupList(QWidget):
    """`file` is the backup that is chosen, None while there is none."""

    def __init__(self, ask: Ask) -> None:
        super().__init__()
        self._ask = ask
        self.file: Path | None = None
        self._dots: list[Dot] = []
        self._words = label("", "muted", wrap=True)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(2)
        self.older = Button("", "link", small=True)
        self.older.clicked.connect(self._show_older)
        self.older.hide()
        self.choose = Button("Choose a backup file…", "link", small=True)
        self.choose.clicked.connect(self._choose_file)
        self._chosen = label("", "small", wrap=True)
        self._chosen.hide()
        buttons = row(self.choose, self.older, None, space=20)
        self.setLayout(column(self._words, self._rows, buttons, self._chosen, space=8))

    def say(self, words: str) -> None:
        """Say something in the place of the backups."""
        self._words.setText(words)

    def show_backups(self, found: tuple[BackupInfo, ...]) -> None:
        """Show these and choose the newest, or lead to a file where there is none."""
        self._words.setText("" if found else "None was found beside the vault.")
        self._words.setVisible(not found)
        for number, info in enumerate(found):
            dot = Dot(_say(info), on=number == 0)
            dot.toggled.connect(lambda on, info=info: self._take(info.file) if on else None)
            dot.setVisible(number < _SHOWN)
            self._rows.addWidget(dot)
            self._dots.append(dot)
        if found:
            self._take(found[0].file)
        (self._dots[0] if found else self.choose).setFocus(Qt.FocusReason.OtherFocusReason)
        older = len(found) - _SHOWN
        self.older.set_words(f"Show {older} older")
        self.older.setVisible(older > 0)

    def _show_older(self) -> None:
        for dot in self._dots:
            dot.show()
        self.older.hide()
        self._dots[_SHOWN].setFocus(Qt.FocusReason.OtherFocusReason)

    def _take(self, file: Path) -> None:
        self.file = file
        self._chosen.hide()

    def _choose_file(self) -> None:
        chosen = self._ask.open_file(self, "Choose a backup file", "Backups (*.imsabackup)")
        if chosen is None:
            return
        for dot in self._dots:
            dot.setAutoExclusive(False)
            dot.setChecked(False)
            dot.setAutoExclusive(True)
        self.file = chosen
        self._chosen.setText(f"Chosen: {shorten(chosen)}")
        self._chosen.show()


def _say(info: BackupInfo) -> str:
    where = ", on the second place" if info.place == "second" else ""
    return f"{say_moment(info.made)}, {_size(info.bytes)}{where}"


def _size(count: int) -> str:
    if count < 1_000_000:
        return f"{max(1, count // 1000)} kB"
    return f"{count / 1_000_000:.0f} MB" if count < 1_000_000_000 else f"{count / 1e9:.1f} GB"
