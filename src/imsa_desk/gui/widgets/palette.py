"""Palette: everything there is to do, and whatever can be found, over the window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from imsa_desk.gui import icons, paint, theme
from imsa_desk.gui.widgets.base import announce
from imsa_desk.gui.widgets.fields import TextLine
from imsa_desk.gui.widgets.heading import label
from imsa_desk.gui.widgets.layout import Line
from imsa_desk.gui.widgets.palettelist import Found, PaletteList

Group = Literal["Do", "Cases", "Written"]
Finder = Callable[[str, Callable[[Sequence[Found]], None]], None]
"""Asked with what was typed and whom to give what was found to, on the GUI thread."""

_PAUSE = 120
_SHADOW = 28


@dataclass(frozen=True, slots=True)
class Doing:
    """An action as the palette shows it."""

    found: Found
    also: str = ""

    def fits(self, words: str) -> bool:
        """Say whether each word that was typed begins or stands in the action's words."""
        text = f"{self.found.text} {self.also}".casefold()
        return all(word in text for word in words.casefold().split())


class _Sheet(QFrame):
    """The raised sheet with its shadow; the scrim is the parent's."""


class Palette(QWidget):
    """Opened by Ctrl+K over a window; `closed` is sent when it goes."""

    closed = Signal()

    def __init__(self, window: QWidget, actions: Sequence[Doing], finder: Finder | None) -> None:
        super().__init__(window)
        self._window, self._actions, self._finder = window, tuple(actions), finder
        self._before = window.focusWidget()
        self._line = TextLine(name="Search or do anything", hint="Search or do anything…")
        self._line.setProperty("state", "bare")
        self._list = PaletteList("What was found")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE)
        self._timer.timeout.connect(self._find)
        self._sheet = _Sheet(self)
        self._build()
        self._line.textChanged.connect(self._typed)
        self._line.installEventFilter(self)
        self._list.run.connect(self._run)
        window.installEventFilter(self)
        self._typed("")
        self._place()
        self.show()
        self.raise_()
        self._line.setFocus(Qt.FocusReason.OtherFocusReason)

    def _build(self) -> None:
        search = label("")
        search.setPixmap(icons.qicon("search", "accent_text", 20).pixmap(theme.px(20), theme.px(20)))
        top = QHBoxLayout()
        top.setContentsMargins(20, 8, 20, 8)
        top.setSpacing(14)
        top.addWidget(search)
        top.addWidget(self._line, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(20, 6, 20, 8)
        foot.addWidget(label("Enter runs · ↑ ↓ move · Esc closes", "meta"))
        foot.addStretch(1)
        foot.addWidget(label("Names and numbers are found however they are spelt or spaced", "meta"))
        layout = QVBoxLayout(self._sheet)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(Line())
        layout.addWidget(self._list, 1)
        layout.addWidget(Line())
        layout.addLayout(foot)

    def _place(self) -> None:
        self.setGeometry(self._window.rect())
        wide = min(theme.px(640), self.width() - 32)
        high = min(theme.px(436), self.height() - 48)
        top = min(theme.px(92), (self.height() - high) // 2)
        self._sheet.setGeometry((self.width() - wide) // 2, top, wide, high)

    def _typed(self, words: str) -> None:
        doing = [a.found for a in self._actions if a.fits(words)]
        looking = self._finder is not None and bool(words.strip())
        self._list.show_found(doing, words.strip(), looking=looking)
        if looking:
            self._timer.start()
        else:
            self._timer.stop()

    def _find(self) -> None:
        asked = self._line.text().strip()
        if self._finder is None or not asked:
            return

        def arrived(found: Sequence[Found]) -> None:
            if self._line.text().strip() == asked:
                doing = [a.found for a in self._actions if a.fits(asked)]
                self._list.show_found([*doing, *found], asked)
                announce(self, f"{len(doing) + len(found)} found")

        self._finder(asked, arrived)

    def _run(self, found: Found) -> None:
        self.dismiss()
        found.run()

    def dismiss(self) -> None:
        """Go, and put the focus back where it was."""
        self._window.removeEventFilter(self)
        self.hide()
        if self._before is not None:
            self._before.setFocus(Qt.FocusReason.OtherFocusReason)
        self.closed.emit()
        self.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the cursor in the line while the arrows move in the list."""
        if watched is self._window and event.type() == QEvent.Type.Resize:
            self._place()
        if watched is self._line and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._take_key(Qt.Key(event.key()))
        return super().eventFilter(watched, event)

    def _take_key(self, key: Qt.Key) -> bool:
        if key == Qt.Key.Key_Escape:
            self.dismiss()
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Tab):
            self._list.step(1)
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Backtab):
            self._list.step(-1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._list.run_current()
        else:
            return False
        return True

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self._sheet.geometry().contains(event.position().toPoint()):
            self.dismiss()

    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.fillRect(self.rect(), theme.colour("scrim", 0.45))
        area = QRectF(self._sheet.geometry())
        paint.shadow(p, area, theme.radius("card"), _SHADOW, 0.30)
        paint.box(p, area, "raised", "edge_soft", theme.radius("card"))
        p.end()
