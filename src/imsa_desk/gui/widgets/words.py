"""Words: labels of plain text; nothing a person typed is ever read as markup."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QLabel

from imsa_desk.gui import theme

LabelKind = Literal[
    "body", "muted", "small", "meta", "caps", "strong", "title", "good", "caution", "alert", "info"
]


class _Words(QLabel):
    """A label whose height is reckoned for the width it will really have."""

    measure = 0

    def keep_measure(self) -> None:
        """Let lines be as long as `measure` says at the present text size."""
        if self.measure:
            self.setMaximumWidth(round(theme.metrics().averageCharWidth() * self.measure))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.keep_measure()

    def heightForWidth(self, width: int) -> int:
        return super().heightForWidth(min(width, self.maximumWidth()))


def label(
    words: str,
    kind: LabelKind = "body",
    *,
    wrap: bool = False,
    selectable: bool = False,
    measure: int = 0,
) -> QLabel:
    """Make a label of plain text; `measure` keeps wrapped lines to that many characters."""
    made = _Words()
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("kind", kind)
    made.setText(words)
    made.setWordWrap(wrap)
    made.measure = measure
    made.keep_measure()
    if selectable:
        made.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        made.setAccessibleName(words)
    return made
