"""StateLine: how something stands, with an icon, in as many lines as the words need."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from imsa_desk.gui import paint, theme
from imsa_desk.gui.paint import Tone
from imsa_desk.gui.widgets.base import Painted
from imsa_desk.gui.widgets.words import label

_ICONS = {"good": "check-circle", "caution": "alert", "alert": "alert", "info": "info"}


class StateLine(Painted):
    """Plain words with a mark; nothing is cut and nothing has to be hovered."""

    def __init__(self, words: str = "", tone: Tone = "info", parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._tone: Tone = tone
        self._label = label("", wrap=True)
        self._layout = QHBoxLayout(self)
        self._layout.addWidget(self._label)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.look_changed()
        if words:
            self.show_words(words, tone)

    @property
    def words(self) -> str:
        """Give what is said, "" while it is hidden."""
        return "" if self.isHidden() else self._label.text()

    @property
    def tone(self) -> Tone:
        """Give how it is to be taken."""
        return self._tone

    def show_words(self, words: str, tone: Tone) -> None:
        """Say how it stands now."""
        self._tone = tone
        self._label.setText(words)
        self.setAccessibleName(words)
        self.show()
        self.update()

    def look_changed(self) -> None:
        """Leave room for the mark at the present text size."""
        self._layout.setContentsMargins(theme.px(28), 2, 0, 2)

    def draw(self, p: QPainter, area: QRectF) -> None:
        """Paint the mark."""
        icon = _ICONS.get(self._tone, "info")
        role = self._tone if self._tone in _ICONS else "muted"
        paint.icon(p, 0, 3, icon, role, theme.px(18))
