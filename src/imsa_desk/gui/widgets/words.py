"""Words: labels of plain text; nothing a person typed is ever read as markup."""

from __future__ import annotations

from typing import Literal

from PySide6.QtWidgets import QLabel

from imsa_desk.gui import theme
from imsa_desk.gui.widgets.base import put

LabelKind = Literal[
    "body", "muted", "small", "meta", "caps", "strong", "title", "good", "caution", "alert", "info"
]


_FONTS: dict[str, tuple[theme.Size, bool]] = {
    "small": ("small", False),
    "meta": ("small", False),
    "caps": ("small", True),
    "strong": ("body", True),
    "title": ("title", True),
}
_MUTED = ("muted", "meta", "caps")


class _Words(QLabel):
    """A label whose height is reckoned for the width it will really have.

    The style sheet says how it looks; the first page is painted before the sheet is there, so the label takes
    the same font and ink by itself.
    """

    kind = ""
    measure = 0

    def take_look(self) -> None:
        """Take the font and ink of its kind in the scheme and at the text size in force."""
        if self.kind in _FONTS:
            size, strong = _FONTS[self.kind]
            self.setFont(theme.font(size, strong))
        if self.kind in _MUTED:
            theme.tint(self, "muted")

    def keep_measure(self) -> None:
        """Let lines be as long as `measure` says at the present text size."""
        if self.measure:
            self.setMaximumWidth(round(theme.metrics().averageCharWidth() * self.measure))

    def look_changed(self) -> None:
        """Measure again at another text size."""
        self.take_look()
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
    put(made, textFormat="PlainText")
    made.setProperty("kind", kind)
    made.kind = kind
    made.take_look()
    made.setText(words)
    made.setWordWrap(wrap)
    made.measure = measure
    made.keep_measure()
    if selectable:
        put(made, textInteractionFlags="TextSelectableByMouse|TextSelectableByKeyboard")
        made.setAccessibleName(words)
    return made
