"""The painting kit: the same few functions draw a part in a list, in a header and in a widget.

Measures are real pixels; callers turn the drawings' measures into pixels with `theme.px`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Literal

from PySide6 import QtCore
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPixmap

from imsa_desk.gui import icons, theme

if TYPE_CHECKING:
    from PySide6.QtGui import QBrush

Align = Literal["left", "right", "centre"]
Tone = Literal["good", "caution", "alert", "info", "restricted", "neutral"]

TAG_ICONS: dict[Tone, str] = {
    "good": "check",
    "caution": "clock",
    "alert": "alert",
    "info": "info",
    "restricted": "restricted",
    "neutral": "",
}
_SHARE_LEFT: dict[Align, float] = {"left": 0.0, "centre": 0.5, "right": 1.0}
"""How much of the room that is left over lies before the words."""
_PIPS = 4
_FAINTEST = 1 / 510
"""A layer fainter than this leaves no trace on a screen of eight bits a colour."""


def width_of(words: str, size: theme.Size = "body", strong: bool = False, mono: bool = False) -> float:
    """Measure one line of text."""
    return theme.metrics(size, strong, mono).horizontalAdvance(words)


def text(
    p: QPainter,
    x: float,
    y: float,
    words: str,
    *,
    role: str = "text",
    size: theme.Size = "body",
    strong: bool = False,
    width: float | None = None,
    align: Align = "left",
    mono: bool = False,
    high: float = 20,
    alpha: float = 1.0,
) -> float:
    """Draw one line, elided to `width` and centred in `high`; give back the width used.

    Without a role in the painter's own pen: see `theme.set_ink`.
    """
    measure = theme.metrics(size, strong, mono)
    used = measure.horizontalAdvance(words)
    if width is None:
        width = used + 2
    elif used > width:
        words = measure.elidedText(words, QtCore.Qt.TextElideMode.ElideRight, max(0.0, width))
        used = min(width, measure.horizontalAdvance(words))
    p.setFont(theme.font(size, strong, mono))
    if role:
        p.setPen(theme.colour(role, alpha))
    # On the font's own base line: letters of another script bring taller fonts, and would stand higher.
    base = y + (high + measure.ascent() - measure.descent()) / 2
    p.drawText(QPointF(x + max(0.0, width - used) * _SHARE_LEFT[align], base), words)
    return used


def icon(p: QPainter, x: float, y: float, name: str, role: str = "muted", size: int = 18) -> None:
    """Draw an icon with its top left corner at x, y."""
    ratio = p.device().devicePixelRatio()
    p.drawPixmap(QPointF(round(x), round(y)), icons.pixmap(name, role, size, ratio))


def box(
    p: QPainter,
    area: QRectF,
    fill: str | QColor | QBrush | None = None,
    edge: str | QColor | QBrush | None = None,
    radius: float = 6,
    line: float = 1.0,
) -> None:
    """Fill and edge a rounded rectangle; the edge stays inside the area."""
    if edge is not None:
        area = area.adjusted(line / 2, line / 2, -line / 2, -line / 2)
    path = QPainterPath()
    path.addRoundedRect(area, radius, radius)
    if fill is not None:
        p.fillPath(path, theme.brush(fill) if isinstance(fill, str) else fill)
    if edge is not None:
        p.strokePath(path, QPen(theme.brush(edge) if isinstance(edge, str) else edge, line))


def fill(p: QPainter, area: QRectF, role: str) -> None:
    """Fill a rectangle."""
    path = QPainterPath()
    path.addRect(area)
    p.fillPath(path, theme.brush(role))


def hairline(p: QPainter, x1: float, x2: float, y: float, role: str = "line") -> None:
    """Draw the thin line under a heading or between rows."""
    fill(p, QRectF(x1, y, x2 - x1, 1), role)


def ring(p: QPainter, area: QRectF, radius: float = 6) -> None:
    """Draw the focus ring just inside the area."""
    box(p, area, None, "focus", radius, 2.0)


def tag_width(words: str, icon_name: str) -> float:
    """Measure a tag."""
    return width_of(words, "small", True) + theme.px(18 if icon_name else 0) + theme.px(14)


def tag(
    p: QPainter,
    x: float,
    y: float,
    words: str,
    tone: Tone = "neutral",
    icon_name: str | None = None,
    *,
    room: float | None = None,
) -> float:
    """Draw a fact: icon, word and colour on a soft ground; None takes the tone's own icon.

    Where there is too little `room`, the words are shortened.
    """
    shown = TAG_ICONS[tone] if icon_name is None else icon_name
    wide, high = tag_width(words, shown), theme.height("tag")
    if room is not None and wide > room:
        wide = max(room, tag_width("", shown))
        words = theme.metrics("small", True).elidedText(
            words, QtCore.Qt.TextElideMode.ElideRight, wide - tag_width("", shown)
        )
    edge = tone if theme.scheme() is theme.Scheme.CONTRAST else None
    box(p, QRectF(x, y, wide, high), f"{tone}_soft", edge, theme.radius("tag"))
    left = x + theme.px(7)
    if shown:
        small = theme.px(14)
        icon(p, x + theme.px(6), y + (high - small) / 2, shown, tone, small)
        left = x + theme.px(24)
    text(p, left, y, words, role=tone, size="small", strong=True, high=high)
    return wide


def pips_width() -> float:
    """Measure the four pips of a need level."""
    return _PIPS * theme.px(13) + (_PIPS - 1) * theme.px(3)


def pips(p: QPainter, x: float, y: float, level: int) -> float:
    """Draw a need level from 0 to 4 as length and colour; the word stands beside it."""
    wide, high, gap = theme.px(13), theme.px(5), theme.px(3)
    for index in range(_PIPS):
        area = QRectF(x + index * (wide + gap), y, wide, high)
        if index < level:
            box(p, area, f"level_{level}", None, high / 2)
        else:
            box(p, area, None, "edge_soft", high / 2)
    return pips_width()


def key(p: QPainter, right: float, y: float, words: str, high: float) -> float:
    """Draw a shortcut as a small key whose right edge is at `right`; give back its width."""
    wide, tall = width_of(words, "small") + theme.px(16), theme.px(22)
    area = QRectF(right - wide, y + (high - tall) / 2, wide, tall)
    box(p, area, "sunken", "line", theme.radius("tag"))
    text(p, area.left(), area.top(), words, role="muted", size="small", width=wide, align="centre", high=tall)
    return wide


def shadow(p: QPainter, area: QRectF, radius: float = 10, spread: int = 28, strength: float = 0.13) -> None:
    """Draw a soft shadow from thin layers whose opacities add up to `strength` at the edge.

    Nothing is drawn where the part itself will lie, which is most of it. The layers are drawn once, round a
    small part, and that picture's edges are stretched: many layers of a large part take longer than a page.
    """
    ratio = p.device().devicePixelRatio()
    layers = _shadow_layers(spread, strength)
    out, cut = layers[0][0], math.ceil(radius + spread / 2)
    if ratio != int(ratio) or min(area.width(), area.height()) < 2 * cut + 1:
        _shade(p, area, radius, spread, strength)  # stretched pieces would show their seams
        return
    picture = _shadow_picture(theme.colour("shadow").name(), radius, spread, strength, ratio)
    across = (area.left() - out, area.left() + cut, area.right() - cut, area.right() + out)
    down = (area.top() - out, area.top() + cut, area.bottom() - cut, area.bottom() + out)
    taken = [step * ratio for step in (0, out + cut, out + cut + 1, 2 * (out + cut) + 1)]
    for x in range(3):
        for y in range(3):
            if x != 1 or y != 1:
                p.drawPixmap(_between(across, down, x, y), picture, _between(taken, taken, x, y))


def _between(across: Sequence[float], down: Sequence[float], x: int, y: int) -> QRectF:
    return QRectF(across[x], down[y], across[x + 1] - across[x], down[y + 1] - down[y])


@cache
def _shadow_layers(spread: int, strength: float) -> list[tuple[int, float]]:
    """List how far each layer reaches and its opacity, without those too faint to leave a trace.

    Two pixels apart: the eye cannot tell it from one, and each layer takes its time.
    """
    steps = [(step, strength * 6 / spread * (1 - step / spread) ** 2) for step in range(spread, 0, -2)]
    return [(step, alpha) for step, alpha in steps if alpha >= _FAINTEST]


@cache
def _shadow_picture(_colour: str, radius: float, spread: int, strength: float, ratio: float) -> QPixmap:
    """Draw the shadow of the smallest part whose edges can be stretched."""
    out = _shadow_layers(spread, strength)[0][0]
    inner = 2 * math.ceil(radius + spread / 2) + 1
    side = round((inner + 2 * out) * ratio)
    made = QPixmap(side, side)
    made.fill(QColor(0, 0, 0, 0))
    made.setDevicePixelRatio(ratio)
    p = QPainter(made)
    p.setRenderHint(QPainter.RenderHint.Antialiasing)
    _shade(p, QRectF(out, out, inner, inner), radius, spread, strength)
    p.end()
    return made


def _shade(p: QPainter, area: QRectF, radius: float, spread: int, strength: float) -> None:
    drop = spread / 4
    hole = QRectF(area.adjusted(radius, radius, -radius, -radius).toAlignedRect())
    ink = theme.brush("shadow")
    for step, alpha in _shadow_layers(spread, strength):
        path = QPainterPath()
        grown = area.adjusted(drop - step, 2 * drop - step, step - drop, step)
        path.addRoundedRect(grown, radius + step, radius + step)
        path.addRect(hole)
        p.setOpacity(alpha)
        p.fillPath(path, ink)
    p.setOpacity(1)
