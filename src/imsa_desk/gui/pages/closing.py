"""ClosingPage: what is left to do before the window goes, and a way not to wait for it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal

from imsa_desk.gui.widgets.base import announce
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.layout import row
from imsa_desk.gui.widgets.sheet import Sheet
from imsa_desk.gui.widgets.words import label
from imsa_desk.gui.widgets.working import Working

_STORED = "Everything you wrote is stored, drafts too."


class ClosingPage(Sheet):
    """`left` when the person does not want to wait, `again` to try once more."""

    kinds: frozenset[str] = frozenset()
    left = Signal()
    again = Signal()

    def __init__(self) -> None:
        super().__init__(520)
        self._title = label("Closing", "title", wrap=True)
        self._words = label(_STORED, wrap=True)
        self.working = Working()
        self.leave = Button("Close without it")
        self.retry = Button("Try again", "primary")
        self.leave.clicked.connect(self.left)
        self.retry.clicked.connect(self.again)
        self.content.addWidget(self._title)
        self.content.addWidget(self._words)
        self.content.addSpacing(8)
        self.content.addWidget(self.working)
        self.content.addSpacing(14)
        self.content.addLayout(row(self.retry, self.leave, None))
        self.show_closing()

    def show_for(self, **args: str) -> None:
        """Nothing depends on where somebody comes from."""

    def refresh(self) -> None:
        """Nothing here is read from records."""

    def flush(self) -> None:
        """Nothing here is a draft."""

    def show_working(self) -> None:
        """Say that a backup is being made."""
        self._title.setText("Making a backup…")
        self._words.setText(f"{_STORED} Desk closes by itself when the backup is made and checked.")
        self.working.begin("Copying and checking the vault", can_stop=False)
        self.retry.hide()
        self.leave.show()
        self.leave.setEnabled(True)
        self.leave.set_words("Close without it")
        self.leave.setFocus(Qt.FocusReason.OtherFocusReason)

    def reached(self, done: int, total: int) -> None:
        """Show how far it is."""
        self.working.count(done, total)

    def show_stopping(self) -> None:
        """Say that the backup is being given up."""
        self._title.setText("Stopping the backup…")
        self.leave.setEnabled(False)

    def show_closing(self) -> None:
        """Say that nothing but closing is left."""
        self._title.setText("Closing…")
        self._words.setText(_STORED)
        for part in (self.working, self.retry, self.leave):
            part.hide()

    def show_failure(self, words: str) -> None:
        """Say why no backup was made; closing stays one press away."""
        self._title.setText("The backup was not made")
        self._words.setText(f"{words} {_STORED} Desk makes a backup the next time it is open.")
        self.working.end()
        self.retry.show()
        self.leave.show()
        self.leave.set_words("Close without a backup")
        self.leave.setFocus(Qt.FocusReason.OtherFocusReason)
        announce(self, f"The backup was not made. {words}")
