"""The two drawings on the unlock page, as shapes: to read them from their files takes longer than the page.

A test compares them with the icons of the same names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath, QPen

from imsa_desk.gui import theme

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

_GRID = 24
_STROKE = 1.75
_HALF = _STROKE / 2

# A pen with round ends is not to be had before the first paint (the binding would build every enumeration of
# `Qt`), so straight lines are narrow boxes with round corners, and corners get a dot.


def mark(p: QPainter, x: float, y: float, role: str, size: float) -> None:
    """Draw the program's mark with its top left corner at x, y."""
    for left, top, right, bottom in (
        (4, 9.5, 20, 9.5),
        (6, 9.5, 6, 19),
        (18, 9.5, 18, 19),
        (9, 6.5, 9, 9.5),
        (12, 13, 12, 16),
    ):
        _fill(p, x, y, role, size, _line(left, top, right, bottom))
    _fill(p, x, y, role, size, _arch(12, 6.5, 3))
    _fill(p, x, y, role, size, _dot(15, 6.5))


def eye(p: QPainter, x: float, y: float, role: str, size: float) -> None:
    """Draw the open eye with its top left corner at x, y."""
    lids = QPainterPath(QPointF(2.5, 12))
    lids.cubicTo(4.5, 8, 8, 6, 12, 6)
    lids.cubicTo(16, 6, 19.5, 8, 21.5, 12)
    lids.cubicTo(19.5, 16, 16, 18, 12, 18)
    lids.cubicTo(8, 18, 4.5, 16, 2.5, 12)
    lids.closeSubpath()
    lids.addEllipse(QPointF(12, 12), 2.8, 2.8)
    p.save()
    p.translate(x, y)
    p.scale(size / _GRID, size / _GRID)
    p.strokePath(lids, QPen(theme.brush(role), _STROKE))
    p.restore()
    for corner in (2.5, 21.5):
        _fill(p, x, y, role, size, _dot(corner, 12))


def _fill(p: QPainter, x: float, y: float, role: str, size: float, path: QPainterPath) -> None:
    p.save()
    p.translate(x, y)
    p.scale(size / _GRID, size / _GRID)
    p.fillPath(path, theme.brush(role))
    p.restore()


def _line(left: float, top: float, right: float, bottom: float) -> QPainterPath:
    path = QPainterPath()
    area = QRectF(left - _HALF, top - _HALF, right - left + _STROKE, bottom - top + _STROKE)
    path.addRoundedRect(area, _HALF, _HALF)
    return path


def _dot(x: float, y: float) -> QPainterPath:
    path = QPainterPath()
    path.addEllipse(QPointF(x, y), _HALF, _HALF)
    return path


def _arch(x: float, y: float, radius: float) -> QPainterPath:
    outer, inner = radius + _HALF, radius - _HALF
    path = QPainterPath()
    path.arcMoveTo(QRectF(x - outer, y - outer, 2 * outer, 2 * outer), 0)
    path.arcTo(QRectF(x - outer, y - outer, 2 * outer, 2 * outer), 0, 180)
    path.arcTo(QRectF(x - inner, y - inner, 2 * inner, 2 * inner), 180, -180)
    path.closeSubpath()
    return path
