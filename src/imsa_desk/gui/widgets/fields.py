"""Fields: the label above, help under it, the error beside it, and the control below."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QRadioButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from imsa_desk.gui import icons, paint, theme
from imsa_desk.gui.widgets.base import Painted
from imsa_desk.gui.widgets.heading import label


class TextLine(QLineEdit):
    """One line of text; `width` in characters keeps short answers short."""

    def __init__(
        self,
        words: str = "",
        *,
        name: str = "",
        width: int = 0,
        icon: str = "",
        hint: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(words, parent)
        self._width = width
        self.setAccessibleName(name)
        self.setMaxLength(2000)
        self.setPlaceholderText(hint)
        if icon:
            self.addAction(icons.qicon(icon), QLineEdit.ActionPosition.LeadingPosition)

    def sizeHint(self) -> QSize:
        wide = round(theme.metrics().averageCharWidth() * (self._width or 30)) + theme.px(24)
        return QSize(wide, theme.height("control"))

    def minimumSizeHint(self) -> QSize:
        return QSize(min(self.sizeHint().width(), theme.px(80)), theme.height("control"))


class PassphraseLine(TextLine):
    """A covered line with an eye; `caps_lock` tells when letters come out large by mistake."""

    caps_lock = Signal(bool)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name=name, parent=parent)
        self.setMaxLength(1000)
        self.setInputMethodHints(
            Qt.InputMethodHint.ImhSensitiveData
            | Qt.InputMethodHint.ImhNoPredictiveText
            | Qt.InputMethodHint.ImhNoAutoUppercase
        )
        self._eye = QAction(self)
        self._eye.setCheckable(True)
        self._eye.toggled.connect(self._show_or_cover)
        self.addAction(self._eye, QLineEdit.ActionPosition.TrailingPosition)
        self._show_or_cover(False)

    def _show_or_cover(self, shown: bool) -> None:
        self.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)
        self._eye.setIcon(icons.qicon("eye-off" if shown else "eye"))
        words = "Cover the passphrase" if shown else "Show the passphrase"
        self._eye.setText(words)
        self._eye.setToolTip(f"{words} (Ctrl+E)")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Notice Caps Lock by a letter whose case does not fit the Shift key."""
        if event.key() == Qt.Key.Key_E and event.modifiers() == Qt.KeyboardModifier.ControlModifier:
            self._eye.toggle()
            return
        typed = event.text()
        if len(typed) == 1 and typed.isalpha() and typed.lower() != typed.upper():
            shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.caps_lock.emit(typed.isupper() != shift)
        super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(320), theme.px(40))


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
    area = QRectF(1, (high - side) / 2, side, side)
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
    side, high = theme.px(20), float(part.height())
    _draw_indicator(p, side, high, part.isChecked(), part.isEnabled(), square)
    left = side + theme.px(8)
    strong = part.isChecked() and not square
    role = "text" if part.isEnabled() else "disabled"
    paint.text(p, left, 0, part.words, role=role, strong=strong, width=part.width() - left, high=high)
    if part.hasFocus():
        paint.ring(p, QRectF(part.rect()), 6)
    p.end()


class _ErrorLine(Painted):
    """The icon and the words of what is to be put right."""

    def __init__(self) -> None:
        super().__init__("")
        self._label = label("", "alert", wrap=True)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.px(22), 0, 0, 0)
        layout.addWidget(self._label)

    def show_words(self, words: str) -> None:
        self._label.setText(words)
        self.setAccessibleName(words)

    def draw(self, p: QPainter, area: QRectF) -> None:
        paint.icon(p, 0, 2, "alert", "alert", theme.px(16))


class Field(QWidget):
    """A control with its words; a wrong one gets a bar at the left, the message, and a red edge."""

    def __init__(
        self,
        words: str,
        control: QWidget,
        *,
        help: str = "",
        small_label: bool = False,
        stretch: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.control = control
        self._words, self._help = words, help
        self._label = label(words.replace("&", "&&"), "caps" if small_label else "strong", wrap=False)
        self._label.setBuddy(control)
        self._error = _ErrorLine()
        self._error.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._label)
        if help:
            layout.addWidget(label(help, "meta", wrap=True))
        layout.addWidget(self._error)
        if stretch:
            layout.addWidget(control)
        else:
            inner = QHBoxLayout()
            inner.addWidget(control)
            inner.addStretch(1)
            layout.addLayout(inner)
        layout.addStretch(0)
        if not control.accessibleName():
            control.setAccessibleName(words)
        control.setAccessibleDescription(help)

    @property
    def error(self) -> str:
        """Give the words of what is to be put right, "" for nothing."""
        return self._error.accessibleName()

    def set_error(self, words: str) -> None:
        """Say what is to be put right; "" takes it away. What was typed stays."""
        self._error.show_words(words)
        self._error.setVisible(bool(words))
        left = theme.px(16) if words else 0
        margins = self.contentsMargins()
        if margins.left() != left:
            self.setContentsMargins(left, 0, 0, 0)
        described = f"{words} {self._help}".strip()
        self.control.setAccessibleDescription(described)
        theme.restyle(self.control, "state", "error" if words else "")
        self.update()

    def set_words(self, words: str) -> None:
        """Ask for something else."""
        self._label.setText(words.replace("&", "&&"))
        self.control.setAccessibleName(words)

    def focus(self) -> None:
        """Put the cursor into the control."""
        self.control.setFocus(Qt.FocusReason.OtherFocusReason)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.error:
            p = QPainter(self)
            p.fillRect(QRectF(0, 0, 3, self.height()), theme.colour("alert"))
            p.end()
