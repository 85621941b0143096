"""Ring: the focus ring around words that stand on a line with others, drawn with room at their sides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6 import QtCore
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from imsa_desk.gui import paint, theme
from imsa_desk.gui.widgets.base import Painted

if TYPE_CHECKING:
    from PySide6.QtCore import QEvent, QObject, QRectF
    from PySide6.QtGui import QPainter

_ROOM = 4
"""How far it stands off at each side, at 100 % text: the words themselves keep their line."""


class Ring(Painted):
    """Follows its part while that has the focus; a part cannot paint outside itself, so this is its own."""

    def __init__(self, part: QWidget) -> None:
        chain = _chain(part)
        host = chain[-1].parentWidget() or chain[-1]
        super().__init__("", host)
        self._part, self._host = part, host
        self.setAttribute(QtCore.Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        for one in chain:
            one.installEventFilter(self)
        self._place()
        self.show()
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move along when the part, or what it stands in, is placed anew."""
        if event.type() in (QtCore.QEvent.Type.Move, QtCore.QEvent.Type.Resize):
            self._place()
        return False

    def let_go(self) -> None:
        """Go away."""
        self.hide()
        self.deleteLater()

    def _place(self) -> None:
        self.setGeometry(_around(self._part, self._host))

    def draw(self, p: QPainter, area: QRectF) -> None:
        """Paint the ring."""
        paint.ring(p, area, theme.radius("control"))


def _around(part: QWidget, host: QWidget) -> QRect:
    room = theme.px(_ROOM)
    return QRect(part.mapTo(host, QPoint(0, 0)), part.size()).adjusted(-room, 0, room, 0)


def _chain(part: QWidget) -> list[QWidget]:
    """Give the part and what it stands in, up to just below the first that has room for the ring.

    What scrolls is never left: the ring would stay behind, and stand over what does not scroll.
    """
    chain, host = [part], part.parentWidget()
    while host is not None and not _ends(host) and not host.rect().contains(_around(part, host)):
        chain.append(host)
        host = host.parentWidget()
    return chain


def _ends(host: QWidget) -> bool:
    above = host.parentWidget()
    return host.isWindow() or isinstance(above and above.parentWidget(), QAbstractScrollArea)
