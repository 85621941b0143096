"""NoticeBar: something to know over every page, as long as it is so, with what can be done about it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from imsa_desk.gui import paint, theme
from imsa_desk.gui.paint import Tone
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.words import label


class NoticeBar(QWidget):
    """Wraps, so that nothing of it is cut off; `pressed` is sent by its verb, `closed` by Close.

    It reaches across the window, or stands `boxed` among the parts of a page.
    """

    pressed = Signal()
    closed = Signal()

    def __init__(
        self,
        words: str,
        tone: Tone,
        *,
        verb: str = "",
        closes: bool = True,
        boxed: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._boxed = boxed
        self._tone: Tone = tone
        self.words = words
        self.setAccessibleName(words)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self._layout = layout = QHBoxLayout(self)
        layout.setSpacing(theme.px(10))
        layout.addWidget(label(words, wrap=True, selectable=False), 1)
        if verb:
            act = Button(verb, "link", small=True)
            act.clicked.connect(self.pressed)
            layout.addWidget(act)
        if closes:
            close = Button("Close", "link", small=True, name="Close this notice")
            close.clicked.connect(self.closed)
            layout.addWidget(close)
        self.look_changed()

    def look_changed(self) -> None:
        """Keep room for the icon at any text size."""
        left, high = theme.px(40 if self._boxed else 46), theme.px(10 if self._boxed else 7)
        self._layout.setContentsMargins(left, high, theme.px(16), high)

    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect())
        edge = self._tone if theme.scheme() is theme.Scheme.CONTRAST and self._boxed else None
        paint.box(p, area, f"{self._tone}_soft", edge, theme.radius("control") if self._boxed else 0)
        if not self._boxed:
            paint.hairline(p, 0, area.width(), area.height() - 1, self._tone)
        side = theme.px(18)
        icon = paint.TAG_ICONS[self._tone] or "info"
        paint.icon(p, theme.px(12 if self._boxed else 18), (area.height() - side) / 2, icon, self._tone, side)
        p.end()
