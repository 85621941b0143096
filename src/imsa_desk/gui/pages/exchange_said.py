"""Said: why something was refused, or what came in, whole and on as many lines as it takes, until closed."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from imsa_desk.errors import ImsaError
from imsa_desk.gui.paint import Tone
from imsa_desk.gui.widgets.base import announce
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.layout import column, empty
from imsa_desk.gui.widgets.notice import NoticeBar

_NEXT = {
    "E_GAP": "Look for the earlier files in the same folder.",
    "E_FORK": "Do not send anything until that is cleared up.",
    "E_NOT_FOR_US": "Look for the file that was made for you.",
}
"""What to do next, where the refusal itself does not say it."""


def with_next(error: ImsaError) -> str:
    """Say why something was refused, and what to do next."""
    return f"{error.message} {_NEXT.get(error.code, '')}".strip()


class Said(QWidget):
    """Hidden until something is said; each sentence stands on a line of its own."""

    def __init__(self) -> None:
        super().__init__()
        self._from: QWidget | None = None
        self._inner = column(space=0)
        self.setLayout(self._inner)
        self.hide()

    def say(self, *sentences: str, tone: Tone = "alert") -> None:
        """Say it and take the focus, so that Enter or Space closes it."""
        before = self.window().focusWidget()
        if before is None or not self.isAncestorOf(before):
            self._from = before
        empty(self._inner)
        words = "\n".join(sentences)
        bar = NoticeBar(words, tone, boxed=True)
        bar.closed.connect(self.close_it)
        self._inner.addWidget(bar)
        self.setAccessibleName(words)
        self.show()
        close = bar.findChild(Button)
        if close is not None:
            close.setFocus()
        announce(self, words)

    def close_it(self) -> None:
        """Go, and lead the keyboard back to where it was."""
        self.hide()
        before, self._from = self._from, None
        if before is not None and isValid(before) and before.isVisible():
            before.setFocus()
