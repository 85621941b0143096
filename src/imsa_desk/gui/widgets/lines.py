"""Lines: one line of text, a covered line for a passphrase, and the words and errors round any control."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6 import QtCore, QtGui
from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QColor, QPainter, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from imsa_desk.gui import glyphs, icons, paint, theme
from imsa_desk.gui.widgets.base import Painted, PaintedButton, put
from imsa_desk.gui.widgets.words import label

if TYPE_CHECKING:
    from PySide6.QtGui import QAction, QKeyEvent, QPaintEvent, QResizeEvent


class TextLine(QLineEdit):
    """One line of text; `width` in characters keeps short answers short."""

    _leading: QAction | None = None

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
        if icon:
            self._leading = QtGui.QAction(name or hint or "Type here", self)
            self.addAction(self._leading, QLineEdit.ActionPosition.LeadingPosition)
            self.look_changed()

    def look_changed(self) -> None:
        """Make the icon again: one made for another scheme or text size would be grey and soft."""
        if self._leading is not None:
            self._leading.setIcon(icons.qicon(self._icon))

    def sizeHint(self) -> QSize:
        wide = round(theme.metrics().averageCharWidth() * (self._width or 30)) + theme.px(24)
        return QSize(wide, theme.height("control"))

    def minimumSizeHint(self) -> QSize:
        return QSize(min(self.sizeHint().width(), theme.px(80)), theme.height("control"))


class _Eye(PaintedButton):
    """Shows and covers what was typed; a press of it leaves the cursor where it is."""

    def __init__(self, line: QLineEdit) -> None:
        super().__init__("", line)
        put(self, focusPolicy="NoFocus")
        self.setCheckable(True)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(28), theme.px(28))

    def draw(self, p: QPainter, area: QRectF) -> None:
        side = theme.px(16)
        inset = (area.width() - side) / 2
        role = "text" if self.underMouse() else "muted"
        if self.isChecked():
            paint.icon(p, inset, inset, "eye-off", role, side)
        else:
            glyphs.eye(p, inset, inset, role, side)


class PassphraseLine(TextLine):
    """A covered line with an eye; `caps_lock` tells when letters come out large by mistake.

    It paints its own ground, as the style sheet has it for others: the first page is painted without one.
    """

    caps_lock = Signal(bool)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name=name, parent=parent)
        self.setMaxLength(1000)
        self.setFrame(False)
        self.setProperty("ground", "own")
        clear = QPalette()
        clear.setColor(QPalette.ColorRole.Base, QColor(0, 0, 0, 0))
        self.setPalette(clear)
        put(self, inputMethodHints="ImhSensitiveData|ImhNoPredictiveText|ImhNoAutoUppercase")
        self._eye = _Eye(self)
        self._eye.toggled.connect(self._show_or_cover)
        self._show_or_cover(False)

    def _show_or_cover(self, shown: bool) -> None:
        self.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)
        words = "Cover the passphrase" if shown else "Show the passphrase"
        self._eye.setAccessibleName(words)
        self._eye.setToolTip(f"{words} (Ctrl+E)")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def look_changed(self) -> None:
        """Fit the eye to the text size."""
        super().look_changed()
        self._place()

    def _place(self) -> None:
        side = self._eye.sizeHint().width()
        gap = (self.height() - side) // 2
        self._eye.setGeometry(self.width() - side - gap, gap, side, side)
        self.setTextMargins(theme.px(9) + 1, 0, side + gap, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        wrong = self.property("state") == "error"
        edge = "alert" if wrong else "focus" if self.hasFocus() else "edge"
        ground = "raised" if self.isEnabled() else "neutral_soft"
        paint.box(p, QRectF(self.rect()), ground, edge, theme.radius("control"), 1 if edge == "edge" else 2)
        p.end()
        super().paintEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Notice Caps Lock by a letter whose case does not fit the Shift key."""
        control = QtCore.Qt.KeyboardModifier.ControlModifier
        if event.key() == QtCore.Qt.Key.Key_E and event.modifiers() == control:
            self._eye.toggle()
            return
        typed = event.text()
        if len(typed) == 1 and typed.isalpha() and typed.lower() != typed.upper():
            shift = bool(event.modifiers() & QtCore.Qt.KeyboardModifier.ShiftModifier)
            self.caps_lock.emit(typed.isupper() != shift)
        super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(320), theme.px(40))


class _ErrorLine(Painted):
    """The icon and the words of what is to be put right."""

    def __init__(self) -> None:
        super().__init__("")
        self._label = label("", "alert", wrap=True)
        self._layout = QHBoxLayout(self)
        self._layout.addWidget(self._label)
        self.look_changed()

    def look_changed(self) -> None:
        """Leave room for the icon at another text size too."""
        self._layout.setContentsMargins(theme.px(22), 0, 0, 0)

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
        self._error: _ErrorLine | None = None  # few fields are ever wrong
        self._layout = layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._label)
        if help:
            layout.addWidget(label(help, "meta", wrap=True))
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
        return "" if self._error is None else self._error.accessibleName()

    def set_error(self, words: str) -> None:
        """Say what is to be put right; "" takes it away. What was typed stays."""
        if words and self._error is None:
            self._error = _ErrorLine()
            self._layout.insertWidget(2 if self._help else 1, self._error)
        if self._error is not None:
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
        self.control.setFocus()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.error:
            p = QPainter(self)
            paint.fill(p, QRectF(0, 0, 3, self.height()), "alert")
            p.end()
