"""Words: labels of plain text; nothing a person typed is ever read as markup."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from imsa_desk.gui import theme

LabelKind = Literal[
    "body", "muted", "small", "meta", "caps", "strong", "title", "good", "caution", "alert", "info"
]


class _Words(QLabel):
    """A label whose height is reckoned for the width it will really have."""

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
    if measure:
        made.setMaximumWidth(round(theme.metrics().averageCharWidth() * measure))
    if selectable:
        made.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        made.setAccessibleName(words)
    return made
