"""Working: what is being done, how far it is, and a way to stop it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QProgressBar, QWidget

from imsa_desk.gui.widgets.base import announce
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.heading import label
from imsa_desk.gui.widgets.layout import column, row


class Working(QWidget):
    """Hidden until something begins; `stopped` when the person does not want to wait."""

    stopped = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = label("", "muted", wrap=True)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._stop = Button("Cancel", "quiet", small=True)
        self._stop.clicked.connect(self.stopped)
        bar = row(self._bar, self._stop, space=12)
        bar.setStretch(0, 1)
        self.setLayout(column(self._words, bar, space=4))
        self.hide()

    @property
    def words(self) -> str:
        """Give what is said, "" when nothing is under way."""
        return "" if self.isHidden() else self._words.text()

    def begin(self, words: str, *, can_stop: bool = True) -> None:
        """Say what is being done."""
        self._words.setText(words)
        self._bar.setAccessibleName(words)
        self._bar.setRange(0, 0)
        self._stop.setVisible(can_stop)
        self._stop.setAccessibleName(f"Cancel: {words}")
        self.show()
        announce(self, words)

    def count(self, done: int, total: int) -> None:
        """Show how far it is; in thousandths, because a count of bytes may be too large for a bar."""
        self._bar.setRange(0, 1000 if total else 0)
        self._bar.setValue(done * 1000 // total if total else 0)

    def end(self) -> None:
        """Go; what came of it is said elsewhere."""
        self.hide()
