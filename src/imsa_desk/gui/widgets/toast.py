"""Toast: what was just done, with Undo, for eight seconds; longer while it is hovered or has focus."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, QTimer
from PySide6.QtGui import QEnterEvent, QPainter
from PySide6.QtWidgets import QHBoxLayout, QWidget

from imsa_desk.gui import paint, theme
from imsa_desk.gui.widgets.base import Painted, PaintedButton, announce

_SHADOW = 24
_ABOVE_BOTTOM = 26


class _Verb(PaintedButton):
    """The word Undo on the dark ground."""

    def sizeHint(self) -> QSize:
        wide = paint.width_of(self.words) + paint.width_of("Ctrl+Z", "small") + theme.px(32)
        return QSize(round(wide), theme.px(30))

    def draw(self, p: QPainter, area: QRectF) -> None:
        left, high = theme.px(10), area.height()
        if self.underMouse():
            paint.box(p, area, theme.colour("on_tooltip", 0.12), None, 6)
        left += round(paint.text(p, left, 0, self.words, role="on_tooltip", high=high)) + theme.px(8)
        paint.text(p, left, 0, "Ctrl+Z", role="on_tooltip", size="small", high=high, alpha=0.85)
        if self.ringed:
            paint.box(p, area, None, "on_tooltip", 6, 2)


class Toast(Painted):
    """Lives at the bottom of a window; one at a time, a new one takes the place of the old."""

    def __init__(self, window: QWidget) -> None:
        super().__init__("", window)
        self._window = window
        self._words = ""
        self._undo: Callable[[], None] | None = None
        self._verb = _Verb("Undo", self)
        self._verb.setAccessibleName("Undo")
        self._verb.clicked.connect(self.undo)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, _SHADOW // 2, _SHADOW + 12, _SHADOW * 3 // 2)
        layout.addStretch(1)
        layout.addWidget(self._verb)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._time_is_up)
        window.installEventFilter(self)
        self.hide()

    @property
    def words(self) -> str:
        """Give what the toast says, "" when there is none."""
        return self._words if not self.isHidden() else ""

    def say(self, words: str, undo: Callable[[], None] | None = None) -> None:
        """Show and announce what was done; `undo` offers to take it back."""
        self._words, self._undo = words, undo
        self._verb.setVisible(undo is not None)
        self.setAccessibleName(words)
        self._place()
        self.show()
        self.raise_()
        announce(self, f"{words}. Undo with Control Z" if undo else words)
        self._timer.start(theme.milliseconds("toast_stay"))

    @property
    def can_undo(self) -> bool:
        """Say whether there is something to take back."""
        return self._undo is not None

    def undo(self) -> None:
        """Take the change back and go; Ctrl+Z of the window comes here."""
        act = self._undo
        self.dismiss()
        if act is not None:
            act()

    def dismiss(self) -> None:
        """Go without doing anything."""
        self._undo = None
        self._timer.stop()
        self.hide()

    def _time_is_up(self) -> None:
        if self.underMouse() or self._verb.hasFocus():
            self._timer.start(theme.milliseconds("toast_stay") // 4)
            return
        self.dismiss()

    def sizeHint(self) -> QSize:
        wide = theme.px(38) + paint.width_of(self._words, strong=True) + theme.px(24)
        wide += self._verb.sizeHint().width() + theme.px(30) if self._undo else 0
        return QSize(max(theme.px(220), round(wide)) + 2 * _SHADOW, theme.px(44) + 2 * _SHADOW)

    def _place(self) -> None:
        room = self._window.size()
        size = self.sizeHint()
        wide = min(size.width(), room.width() - 16)
        top = room.height() - size.height() + _SHADOW - _ABOVE_BOTTOM
        self.setGeometry((room.width() - wide) // 2, top, wide, size.height())

    def draw(self, p: QPainter, area: QRectF) -> None:
        """Paint shadow, ground, tick and words."""
        card = area.adjusted(_SHADOW, _SHADOW // 2, -_SHADOW, -_SHADOW * 1.5)
        paint.shadow(p, card, 8, _SHADOW - 4, 0.22)
        paint.box(p, card, "tooltip", None, 8)
        side, high = theme.px(18), card.height()
        left = card.left() + theme.px(14)
        paint.icon(p, left, card.top() + (high - side) / 2, "check", "on_tooltip", side)
        left += theme.px(24)
        right = self._verb.geometry().left() if self._undo else card.right() - theme.px(14)
        paint.text(
            p, left, card.top(), self._words, role="on_tooltip", strong=True, width=right - left, high=high
        )

    def leaveEvent(self, event: QEvent) -> None:
        self._timer.start(theme.milliseconds("toast_stay") // 2)
        super().leaveEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        self._timer.stop()
        super().enterEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and not self.isHidden():
            self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay at the bottom when the window changes size."""
        if event.type() == QEvent.Type.Resize and not self.isHidden():
            self._place()
        return super().eventFilter(watched, event)
