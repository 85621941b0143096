"""Sheet: one raised card in the middle of a plain ground, for pages that stand alone."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from imsa_desk.gui import paint, theme
from imsa_desk.gui.widgets.words import label

_SHADOW = 44
_CORNER = 14


class _Ground(QWidget):
    """Paints the canvas, and the card with its shadow."""

    def __init__(self, card: QWidget, foot: str) -> None:
        super().__init__()
        self._card = card
        layout = QVBoxLayout(self)
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
            said.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            layout.addWidget(said)

    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.fillRect(self.rect(), theme.colour("canvas"))
        area = QRectF(self._card.geometry())
        paint.shadow(p, area, _CORNER, _SHADOW, 0.20)
        paint.box(p, area, "raised", "line", _CORNER)
        p.end()


class Sheet(QScrollArea):
    """Put parts into `content`; the card is as tall as they are and scrolls where the screen is short."""

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
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._wide = wide
        self._card = QWidget()
        self.content = QVBoxLayout(self._card)
        self.content.setContentsMargins(*margins)
        self.content.setSpacing(6)
        self.setWidget(_Ground(self._card, foot))
        self._fit()

    def _fit(self) -> None:
        self._card.setFixedWidth(max(280, min(theme.px(self._wide), self.viewport().width() - 32)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
