"""What every painted part shares: a focus ring for the keyboard, Enter that presses, and announcements."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

_BY_MOUSE = Qt.FocusReason.MouseFocusReason
_KEEPS = {Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason}


def announce(widget: QWidget, words: str) -> None:
    """Have a screen reader say something that changed on the screen."""
    from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent  # not wanted before the first paint

    QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, words))


class PaintedButton(QAbstractButton):
    """A button that draws itself; subclasses give `sizeHint` and `draw`."""

    def __init__(self, words: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(words.replace("&", "&&"))
        self.setAccessibleName(words)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._ringed = False

    @property
    def words(self) -> str:
        """Give the text as it is read, without mnemonics."""
        return self.text().replace("&&", "&")

    @property
    def ringed(self) -> bool:
        """Say whether the focus ring is to be drawn: always for the keyboard, never for the mouse."""
        return self._ringed and self.hasFocus()

    def draw(self, p: QPainter, area: QRectF) -> None:
        """Paint the part; drawing the ring is its business."""

    def minimumSizeHint(self) -> QSize:
        """Ask for the whole part."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Hand a smooth painter to `draw`."""
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.draw(p, QRectF(self.rect()))
        p.end()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Remember whether the keyboard brought the focus here."""
        if event.reason() not in _KEEPS:
            self._ringed = event.reason() != _BY_MOUSE
        super().focusInEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Enter press as Space does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self._ringed = True
            self.click()
            return
        super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Measure again when the text size changed."""
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self.updateGeometry()
        super().changeEvent(event)


class Painted(QWidget):
    """A part that only shows something; subclasses give `sizeHint` and `draw`."""

    def __init__(self, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)

    def draw(self, p: QPainter, area: QRectF) -> None:
        """Paint the part."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Hand a smooth painter to `draw`."""
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.draw(p, QRectF(self.rect()))
        p.end()
