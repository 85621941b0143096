"""Fields: long texts, boxes to tick and answers to choose; lines and `Field` come from `lines`."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QCheckBox, QPlainTextEdit, QRadioButton, QSizePolicy, QWidget

from imsa_desk.gui import paint, theme
from imsa_desk.gui.widgets.lines import Field, PassphraseLine, TextLine

__all__ = ["Dot", "Field", "PassphraseLine", "TextArea", "TextLine", "Tick"]


class TextArea(QPlainTextEdit):
    """Several lines of plain text that grow with what is written; Tab moves on to the next field."""

    left = Signal()

    def __init__(
        self,
        words: str = "",
        *,
        name: str = "",
        lines: int = 3,
        most_lines: int = 14,
        hint: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(words, parent)
        self._lines, self._most = lines, most_lines
        self.setAccessibleName(name)
        self.setTabChangesFocus(True)
        self.setPlaceholderText(hint)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.textChanged.connect(self._grow)

    @property
    def text(self) -> str:
        """Give what is written."""
        return self.toPlainText()

    def _grow(self) -> None:
        if self._needed() != self.height():
            self.updateGeometry()

    def _needed(self) -> int:
        line = self.fontMetrics().lineSpacing()
        written = max(1, round(self.document().size().height()))
        return (
            max(self._lines, min(self._most, written)) * line
            + 2 * round(self.document().documentMargin())
            + 14
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._grow()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(360), self._needed())

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(120), self._needed())

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell that the person moved on, so that the draft can be stored."""
        super().focusOutEvent(event)
        self.left.emit()


def _draw_indicator(p: QPainter, side: int, high: float, checked: bool, enabled: bool, square: bool) -> None:
    area = QRectF(3, (high - side) / 2, side, side)
    corner = 4.0 if square else side / 2
    if not checked:
        paint.box(p, area, "raised", "edge" if enabled else "edge_soft", corner)
    elif square:
        paint.box(p, area, "accent", None, corner)
        paint.icon(p, area.left() + 2, area.top() + 2, "check", "on_accent", side - 4)
    else:
        paint.box(p, area, "raised", "accent", corner, 2)
        inner = area.adjusted(side / 4 + 1, side / 4 + 1, -side / 4 - 1, -side / 4 - 1)
        paint.box(p, inner, "accent", None, corner)


class Tick(QCheckBox):
    """A box to tick, with plain words."""

    def __init__(self, words: str, *, on: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(words.replace("&", "&&"), parent)
        self.setAccessibleName(words)
        self.setChecked(on)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    @property
    def words(self) -> str:
        """Give the words beside the box."""
        return self.text().replace("&&", "&")

    def sizeHint(self) -> QSize:
        return QSize(theme.px(34) + round(paint.width_of(self.words)) + 4, theme.px(28))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(60), theme.px(28))

    def paintEvent(self, event: QPaintEvent) -> None:
        _paint_choice(self, square=True)


class Dot(QRadioButton):
    """One of a few answers that are all shown."""

    def __init__(self, words: str, *, on: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(words.replace("&", "&&"), parent)
        self.setAccessibleName(words)
        self.setChecked(on)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    @property
    def words(self) -> str:
        """Give the words beside the dot."""
        return self.text().replace("&&", "&")

    def sizeHint(self) -> QSize:
        return QSize(theme.px(34) + round(paint.width_of(self.words, strong=True)) + 4, theme.px(28))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(60), theme.px(28))

    def paintEvent(self, event: QPaintEvent) -> None:
        _paint_choice(self, square=False)


def _paint_choice(part: Tick | Dot, *, square: bool) -> None:
    p = QPainter(part)
    p.setRenderHint(QPainter.RenderHint.Antialiasing)
    side, high = theme.px(18), float(part.height())
    _draw_indicator(p, side, high, part.isChecked(), part.isEnabled(), square)
    left = side + theme.px(10)
    strong = part.isChecked() and not square
    role = "text" if part.isEnabled() else "disabled"
    paint.text(p, left, 0, part.words, role=role, strong=strong, width=part.width() - left, high=high)
    if part.hasFocus():
        paint.ring(p, QRectF(part.rect()), 6)
    p.end()
