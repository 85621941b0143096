"""TypingGuard: says at once that a vault is open to read only, before somebody types what cannot be kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QWidget

if TYPE_CHECKING:
    from imsa_desk.gui.main_window import MainWindow

WORDS = "This vault is open to read only"
PAGES = frozenset({"assessment"})
"""The pages on which something is written down; on the others there is only narrowing of lists."""


class TypingGuard(QObject):
    """Stands before the long texts and lines of the pages on which something is written down."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._app = QApplication.instance()
        if self._app is not None:
            self._app.installEventFilter(self)

    def end(self) -> None:
        """Stand there no longer."""
        if self._app is not None:
            self._app.removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        if not isinstance(watched, QLineEdit | QPlainTextEdit) or not event.text().isprintable():
            return False
        if not event.text() or not self._written_on(watched):
            return False
        self._window.toast(WORDS)
        return True

    def _written_on(self, part: QWidget) -> bool:
        opened = self._window.opened
        if opened is None or opened.frame.route.page_id not in PAGES:
            return False
        page = opened.frame.page
        return page is not None and page.isAncestorOf(part)
