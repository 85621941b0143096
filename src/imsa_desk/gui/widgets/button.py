"""Button: an icon, a verb and its shortcut on one line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QSize

from imsa_desk.gui import paint, theme
from imsa_desk.gui.widgets.base import PaintedButton
from imsa_desk.gui.widgets.ring import Ring

if TYPE_CHECKING:
    from PySide6.QtCore import QRectF
    from PySide6.QtGui import QFocusEvent, QPainter
    from PySide6.QtWidgets import QWidget

ButtonKind = Literal["primary", "plain", "quiet", "link"]

_INK = {"primary": "on_accent", "plain": "text", "quiet": "muted", "link": "accent_text"}


class Button(PaintedButton):
    """A verb to press. One primary button a page; `shortcut` is only shown, an action makes it work."""

    def __init__(
        self,
        words: str,
        kind: ButtonKind = "plain",
        *,
        icon: str = "",
        shortcut: str = "",
        small: bool = False,
        name: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(words, parent)
        self._kind: ButtonKind = kind
        self._icon = icon
        self._shortcut = shortcut
        self._small = small
        self._ring: Ring | None = None
        theme.set_ink(self, _INK[kind])
        if name:
            self.setAccessibleName(name)
        if not words:
            self.setToolTip(name)
        if shortcut:
            self.setToolTip(f"{name or words} ({shortcut})")

    def set_words(self, words: str) -> None:
        """Change the verb."""
        self.setText(words.replace("&", "&&"))
        self.setAccessibleName(words)
        self.updateGeometry()

    @property
    def _size(self) -> theme.Size:
        return "small" if self._small else "body"

    @property
    def _strong(self) -> bool:
        return self._kind in ("primary", "plain")

    @property
    def _pad(self) -> int:
        return theme.px(2 if self._kind == "link" else 10 if self._small else 14)

    @property
    def _icon_size(self) -> int:
        return theme.px(16 if self._small else 18)

    def _content_width(self) -> float:
        used = paint.width_of(self.words, self._size, self._strong)
        if self._icon:
            used += self._icon_size + (theme.px(6) if self.words else 0)
        if self._shortcut:
            used += paint.width_of(self._shortcut, "small") + theme.px(12)
        return used

    def sizeHint(self) -> QSize:
        """Ask for the words, the icon and the shortcut."""
        high = theme.height("control_small" if self._small else "control")
        return QSize(round(self._content_width()) + 2 * self._pad, high)

    def follow_focus(self) -> None:
        """Put the ring around a link's words, which have no room for it of their own."""
        wanted = self.ringed and self._kind == "link"
        if wanted and self._ring is None:
            self._ring = Ring(self)
        elif not wanted and self._ring is not None:
            self._ring.let_go()
            self._ring = None

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Let go of the ring."""
        super().focusOutEvent(event)
        self.follow_focus()

    def draw(self, p: QPainter, area: QRectF) -> None:
        """Paint ground, icon, words, shortcut and ring."""
        ink = _INK[self._kind] if self.isEnabled() else "disabled"
        self._draw_ground(p, area)
        x = area.left() + (area.width() - self._content_width()) / 2
        if self._icon:
            side = self._icon_size
            paint.icon(p, x, (area.height() - side) / 2, self._icon, ink, side)
            x += side + (theme.px(6) if self.words else 0)
        high = area.height()
        x += paint.text(p, x, 0, self.words, role="", size=self._size, strong=self._strong, high=high)
        if self._shortcut:
            paint.text(p, x + theme.px(12), 0, self._shortcut, role=ink, size="small", high=high, alpha=0.9)
        if self._kind == "link" and self.underMouse() and self.isEnabled():
            left = area.left() + self._pad
            base = (high + theme.metrics(self._size).height()) / 2 - 1
            paint.hairline(p, left, area.right() - self._pad, base, ink)

    def _draw_ground(self, p: QPainter, area: QRectF) -> None:
        corner = theme.radius("control")
        hovered = self.underMouse() and self.isEnabled()
        if self._kind == "primary":
            ground = "neutral_soft" if not self.isEnabled() else "accent_hover" if hovered else "accent"
            paint.box(p, area, ground, None, corner)
            if self.ringed:
                paint.box(p, area.adjusted(2, 2, -2, -2), None, "on_accent", corner - 2, 1.5)
                paint.ring(p, area, corner)
            return
        if self._kind == "plain":
            ground = "neutral_soft" if not self.isEnabled() else "hover" if hovered else "raised"
            paint.box(p, area, ground, "edge_soft" if self.isEnabled() else None, corner)
        elif self._kind == "quiet" and hovered:
            paint.box(p, area, "hover", None, corner)
        if self.ringed and self._kind != "link":
            paint.ring(p, area, corner)
