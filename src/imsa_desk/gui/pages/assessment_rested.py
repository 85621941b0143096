"""What stands in an answer's place while it is not edited: left by choice, or carried over from before."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from imsa_desk.gui import paint, theme
from imsa_desk.gui.widgets.base import Painted
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.heading import LabelKind, label
from imsa_desk.gui.widgets.layout import column, row

STILL_SO_KEY = "Ctrl+Enter"


class Rested(QWidget):
    """A question that was not discussed: the reason, and the way back."""

    pressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._words = label("", "muted")
        again = Button("Answer it after all", "link", small=True)
        again.clicked.connect(self.pressed)
        self.again = again
        self.setLayout(row(_Icon("skip"), self._words, 8, again, None, space=6, margins=(0, 4, 0, 4)))

    def show_words(self, words: str) -> None:
        """Show the reason."""
        self._words.setText(words)
        self.again.setAccessibleName(f"{words}. Answer it after all")


class Told(QWidget):
    """What is said beside a question: its mark and its words, so that it never hangs on a colour alone."""

    def __init__(self, kind: LabelKind, icon: str, *, wrap: bool) -> None:
        super().__init__()
        self._label = label("", kind, wrap=wrap)
        mark = _Icon(icon, kind)
        parts = row(mark, self._label, space=6)
        parts.setAlignment(mark, Qt.AlignmentFlag.AlignTop)
        parts.setStretch(1, 1)
        self.setLayout(parts)

    def text(self) -> str:
        """Give the words."""
        return self._label.text()

    def setText(self, words: str) -> None:
        """Show other words."""
        self._label.setText(words)
        self.setAccessibleName(words)


class Carried(QWidget):
    """An answer of an earlier review that was not asked again: it still holds, or it changes."""

    confirmed = Signal()
    change_pressed = Signal()

    def __init__(self, when: str, words: str, question: str) -> None:
        super().__init__()
        as_on = f"As on {when}" if when else "As before"
        self._as_on = label(as_on, "caps")
        self._words = label(words, "muted", wrap=True)
        self.still = Button("Still so", "plain", icon="check", shortcut=STILL_SO_KEY, small=True)
        self.still.setAccessibleName(f"Still so: {question}. {as_on}: {words}")
        self.still.clicked.connect(self.confirmed)
        self.change = Button("Change", "link", small=True, name=f"Change: {question}")
        self.change.clicked.connect(self.change_pressed)
        head = row(_Icon("history"), self._as_on, None, space=6)
        buttons = row(self.still, self.change, None, space=10)
        self.setLayout(column(head, self._words, buttons, space=5, margins=(12, 8, 12, 10)))
        self.setAccessibleName(f"{as_on}: {words}")

    def paintEvent(self, event: object) -> None:
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint.box(p, QRectF(self.rect()), "sunken", None, theme.radius("control"))
        p.end()


class _Icon(Painted):
    """A small mark."""

    def __init__(self, name: str, role: str = "muted") -> None:
        super().__init__("")
        self._icon, self._role = name, role

    def sizeHint(self) -> QSize:
        return QSize(theme.px(18), theme.px(18))

    def draw(self, p: QPainter, area: QRectF) -> None:
        paint.icon(p, 0, (area.height() - theme.px(16)) / 2, self._icon, self._role, theme.px(16))
