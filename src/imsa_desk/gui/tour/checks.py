"""What makes a picture wrong: a blank page, a clipped part, a window larger than the screen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QLabel,
    QLineEdit,
    QScrollArea,
    QWidget,
)

from imsa_desk.gui.tour.driver import name_of
from imsa_desk.gui.widgets.base import Painted

_SAMPLE_EVERY = 5
_FEWEST_COLOURS = 16
_MOST_OF_ONE = 0.992
_SLACK = 2


def is_blank(image: QImage, area: QRect) -> bool:
    """Say whether a part of a picture shows next to nothing: too few colours, or one nearly everywhere."""
    part = image.copy(area).convertToFormat(QImage.Format.Format_RGB32)
    pixels = memoryview(part.constBits()).cast("B").cast("I")[::_SAMPLE_EVERY]
    counted = Counter(pixels)
    return len(counted) < _FEWEST_COLOURS or max(counted.values()) / len(pixels) > _MOST_OF_ONE


def clipped(window: QWidget) -> list[str]:
    """Name what does not fit in a window: parts cut off, pages that scroll sideways, the window itself."""
    screen = window.screen().availableGeometry().size()
    wrong = []
    if not _fits(window.size(), screen) or not _fits(window.minimumSizeHint(), screen):
        wrong.append("the window is larger than the screen")
    for part in window.findChildren(QWidget):
        if part.isVisible() and part.window() is window and not part.visibleRegion().isEmpty():
            wrong += [f"“{(name_of(part) or type(part).__name__)[:60]}” {why}" for why in _wrong(part)]
    return wrong


def _fits(size: QSize, room: QSize) -> bool:
    return size.width() <= room.width() and size.height() <= room.height()


def _wrong(part: QWidget) -> Iterator[str]:
    if isinstance(part, QAbstractScrollArea):
        yield from _sideways(part)
    if isinstance(part, QLabel):
        yield from _cut_words(part)
    if isinstance(part.parent(), QLineEdit):
        return  # the icons in a line are the line's business
    if isinstance(part, (QLabel, QAbstractButton, QLineEdit, Painted)):
        need = part.minimumSizeHint().boundedTo(part.maximumSize())
        if part.width() + _SLACK < need.width():
            yield f"is {part.width()} wide and needs {need.width()}"
        elif part.height() + _SLACK < need.height():
            yield f"is {part.height()} high and needs {need.height()}"
        if _leaves_parent(part):
            yield "reaches out of what holds it"


def _sideways(area: QAbstractScrollArea) -> Iterator[str]:
    bar = area.horizontalScrollBar()
    if bar.isVisible() and bar.maximum() > bar.minimum():
        yield "scrolls sideways"
    inner = area.widget() if isinstance(area, QScrollArea) else None
    if inner is not None and inner.minimumSizeHint().width() > area.viewport().width() + _SLACK:
        yield f"needs {inner.minimumSizeHint().width()} and has {area.viewport().width()} in width"


def _cut_words(part: QLabel) -> Iterator[str]:
    if not part.text() or not part.pixmap().isNull():
        return
    inside = part.contentsRect().adjusted(part.margin(), part.margin(), -part.margin(), -part.margin())
    if part.wordWrap():
        flags = Qt.TextFlag.TextWordWrap.value
        need = part.fontMetrics().boundingRect(QRect(0, 0, inside.width(), 100_000), flags, part.text())
        high = inside.height() + part.fontMetrics().descent()
        if need.height() > high or need.width() > inside.width() + _SLACK:
            yield f"shows {inside.width()}×{inside.height()} of {need.width()}×{need.height()}"
    else:
        widest = max(part.fontMetrics().horizontalAdvance(line) for line in part.text().split("\n"))
        if widest > inside.width() + _SLACK:
            yield f"shows {inside.width()} of {widest} in width"


def _leaves_parent(part: QWidget) -> bool:
    """Say whether a part reaches out of a parent that cannot scroll to it."""
    area, above = part.rect(), part.parentWidget()
    inner: QWidget = part
    while above is not None and not inner.isWindow():
        area = QRect(inner.mapTo(above, area.topLeft()), area.size())
        room = above.rect()
        viewport = isinstance(above.parentWidget(), QAbstractScrollArea)
        if area.left() < room.left() - _SLACK or area.right() > room.right() + _SLACK:
            return True
        if viewport:
            return False
        if area.top() < room.top() - _SLACK or area.bottom() > room.bottom() + _SLACK:
            return True
        inner, above = above, above.parentWidget()
    return False


def origin(part: QWidget, window: QWidget) -> QRect:
    """Give where a part stands in its window."""
    return QRect(part.mapTo(window, QPoint(0, 0)), part.size())
