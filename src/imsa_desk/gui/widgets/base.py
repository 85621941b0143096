"""What every painted part shares: a focus ring for the keyboard, Enter that presses, and announcements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6 import QtCore
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

if TYPE_CHECKING:
    from PySide6.QtCore import QObject, QSize
    from PySide6.QtGui import QEnterEvent, QFocusEvent, QKeyEvent, QPaintEvent

# Nothing here may name anything in `Qt` before the first paint: the binding then builds all its enumerations,
# which takes longer than the first paint itself.


def put(part: QObject, **values: object) -> None:
    """Set Qt's own properties by name, enumerations by the names of their values.

    Raises AttributeError for a property or a value that there is not.
    """
    for name, value in values.items():
        if not part.setProperty(name, value):
            raise AttributeError(f"{type(part).__name__} has no {name} {value!r}")


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
        put(self, focusPolicy="StrongFocus")
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

    def follow_focus(self) -> None:
        """Do what else is to be done when `ringed` may have changed."""

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
        reason, known = event.reason(), QtCore.Qt.FocusReason
        if reason not in (known.ActiveWindowFocusReason, known.PopupFocusReason):
            self._ringed = reason != known.MouseFocusReason
        self.follow_focus()
        super().focusInEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Show that this can be pressed."""
        if not self.testAttribute(QtCore.Qt.WidgetAttribute.WA_SetCursor):
            self.setCursor(QtCore.Qt.CursorShape.PointingHandCursor)
        super().enterEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Enter press as Space does."""
        if event.key() in (QtCore.Qt.Key.Key_Return, QtCore.Qt.Key.Key_Enter) and not event.modifiers():
            self._ringed = True
            self.follow_focus()
            self.click()
            return
        super().keyPressEvent(event)


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
