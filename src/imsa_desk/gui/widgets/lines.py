"""Lines: one line of text, a covered line for a passphrase, and the words and errors round any control."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from imsa_desk.gui import icons, paint, theme
from imsa_desk.gui.widgets.base import Painted
from imsa_desk.gui.widgets.words import label


class TextLine(QLineEdit):
    """One line of text; `width` in characters keeps short answers short."""

    _icon = ""  # the style may change while a line is still being made

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
        self._icon = icon
        self._leading = QAction(name or hint or "Type here", self)
        if icon:
            self.addAction(self._leading, QLineEdit.ActionPosition.LeadingPosition)
            self._tint()

    def _tint(self) -> None:
        """Make icons again: one made for another scheme or text size would be grey and soft."""
        if self._icon:
            self._leading.setIcon(icons.qicon(self._icon))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._tint()
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        wide = round(theme.metrics().averageCharWidth() * (self._width or 30)) + theme.px(24)
        return QSize(wide, theme.height("control"))

    def minimumSizeHint(self) -> QSize:
        return QSize(min(self.sizeHint().width(), theme.px(80)), theme.height("control"))


class PassphraseLine(TextLine):
    """A covered line with an eye; `caps_lock` tells when letters come out large by mistake."""

    caps_lock = Signal(bool)
    _eye: QAction | None = None

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name=name, parent=parent)
        self.setMaxLength(1000)
        self.setInputMethodHints(
            Qt.InputMethodHint.ImhSensitiveData
            | Qt.InputMethodHint.ImhNoPredictiveText
            | Qt.InputMethodHint.ImhNoAutoUppercase
        )
        self._eye = eye = QAction(self)
        eye.setCheckable(True)
        eye.toggled.connect(self._show_or_cover)
        self.addAction(eye, QLineEdit.ActionPosition.TrailingPosition)
        self._show_or_cover(False)

    def _show_or_cover(self, shown: bool) -> None:
        self.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)
        self._tint()
        words = "Cover the passphrase" if shown else "Show the passphrase"
        if self._eye is not None:
            self._eye.setText(words)
            self._eye.setToolTip(f"{words} (Ctrl+E)")

    def _tint(self) -> None:
        if self._eye is not None:
            self._eye.setIcon(icons.qicon("eye-off" if self._eye.isChecked() else "eye", "muted", 20))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Notice Caps Lock by a letter whose case does not fit the Shift key."""
        if event.key() == Qt.Key.Key_E and event.modifiers() == Qt.KeyboardModifier.ControlModifier:
            if self._eye is not None:
                self._eye.toggle()
            return
        typed = event.text()
        if len(typed) == 1 and typed.isalpha() and typed.lower() != typed.upper():
            shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.caps_lock.emit(typed.isupper() != shift)
        super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(320), theme.px(40))


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
