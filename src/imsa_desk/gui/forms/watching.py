"""Watching: one call when anything in a form changes."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QAbstractButton, QLineEdit, QPlainTextEdit, QWidget

from imsa_desk.gui.widgets.choice import Choice
from imsa_desk.gui.widgets.rating import Rating


def watch(root: QWidget, changed: Callable[[], None]) -> None:
    """Call `changed` whenever a part in `root` changes what it holds."""
    for part in root.findChildren(QWidget):
        watch_part(part, changed)


def watch_part(part: QWidget, changed: Callable[[], None]) -> None:
    """Call `changed` whenever this part changes what it holds."""
    if isinstance(part, QLineEdit | QPlainTextEdit):
        part.textChanged.connect(lambda *_: changed())
    elif isinstance(part, Choice):
        part.chosen.connect(lambda _: changed())
    elif isinstance(part, Rating):
        part.rated.connect(lambda _: changed())
    elif isinstance(part, QAbstractButton) and part.isCheckable():
        part.toggled.connect(lambda _: changed())
    elif hasattr(part, "changed"):
        part.changed.connect(changed)
