"""Sheet: one raised card in the middle of a plain ground, for pages that stand alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, QTimer, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from imsa_desk.gui import paint, theme
from imsa_desk.gui.widgets.base import put
from imsa_desk.gui.widgets.words import label

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent, QResizeEvent

_SHADOW = 44
_CORNER = 14
_BESIDE = 42  # margins and a scroll bar

# On the way to the first paint: calls that give back a widget (`viewport`, `parentWidget`) make the binding
# load every kind of widget there is, which takes as long as all the rest.


class _Ground(QWidget):
    """Paints the canvas, and the card with its shadow; `painted` is sent once."""

    painted = Signal()

    def __init__(self, card: QWidget, foot: str) -> None:
        super().__init__()
        self._card = card
        self._unseen = True
        self._layout = layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 24, 16, 20)
        layout.addStretch(3)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(card, 0)
        middle.addStretch(1)
        layout.addLayout(middle)
        layout.addStretch(3)
        if foot:
            said = label(foot, "meta", wrap=True)
            put(said, alignment="AlignHCenter")
            layout.addWidget(said)

    def minimumSizeHint(self) -> QSize:
        """Ask for the room that wrapped words take at this width, so that it is scrolled and not squeezed."""
        least = super().minimumSizeHint()
        return QSize(least.width(), max(least.height(), self._layout.minimumHeightForWidth(self.width())))

    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        paint.fill(p, QRectF(self.rect()), "canvas")  # the whole window: smoothing its edges takes longer
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self._card.geometry())
        paint.shadow(p, area, _CORNER, _SHADOW, 0.20)
        paint.box(p, area, "raised", "line", _CORNER)
        p.end()
        if self._unseen:
            self._unseen = False
            QTimer.singleShot(0, self.painted.emit)


class Sheet(QScrollArea):
    """Put parts into `content`; the card is as tall as they are and scrolls where the screen is short.

    `painted` is sent once, after it has been painted for the first time.
    """

    painted = Signal()
    _card: QWidget | None = None  # the style may change while the sheet is still being made

    def __init__(
        self,
        wide: int,
        *,
        foot: str = "",
        margins: tuple[int, int, int, int] = (40, 40, 40, 36),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        put(self, horizontalScrollBarPolicy="ScrollBarAlwaysOff", focusPolicy="NoFocus")
        self._wide = wide
        self._card = card = QWidget()
        self.content = QVBoxLayout(card)
        self.content.setContentsMargins(*margins)
        self.content.setSpacing(6)
        ground = _Ground(card, foot)
        ground.painted.connect(self.painted)
        self.setWidget(ground)
        self._fit()

    def _fit(self) -> None:
        if self._card is not None:
            self._card.setFixedWidth(max(280, min(theme.px(self._wide), self.width() - _BESIDE)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def look_changed(self) -> None:
        """Fit the card to the text size."""
        self._fit()
