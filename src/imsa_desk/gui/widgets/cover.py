"""Cover: a blank sheet over a window, at once, with nothing lost under it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from imsa_desk.gui import theme


class Cover(QWidget):
    """Covers a whole window until F12 or Esc; the focus returns to where it was."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._before = window.focusWidget()
        self.setAccessibleName("Covered. F12 or Escape uncovers.")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setGeometry(window.rect())
        window.installEventFilter(self)
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def uncover(self) -> None:
        """Go, and put the focus back."""
        self._window.removeEventFilter(self)
        self.hide()
        if self._before is not None and self._window.isActiveWindow():
            self._before.setFocus(Qt.FocusReason.OtherFocusReason)
        self.deleteLater()

    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        p.fillRect(self.rect(), theme.colour("canvas"))
        p.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take every key, so that nothing is done unseen."""
        if event.key() == Qt.Key.Key_Escape:
            uncover_all()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Keep the focus from what is covered."""
        if self.isVisible() and event.reason() in (
            Qt.FocusReason.TabFocusReason,
            Qt.FocusReason.BacktabFocusReason,
        ):
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.setGeometry(self._window.rect())
        return super().eventFilter(watched, event)


def _covers() -> list[Cover]:
    windows = QApplication.topLevelWidgets()
    return [cover for window in windows for cover in window.findChildren(Cover) if not cover.isHidden()]


def covered() -> bool:
    """Say whether the windows are covered."""
    return bool(_covers())


def cover_all() -> None:
    """Cover every window that is open, dialogs too."""
    for popup in iter(QApplication.activePopupWidget, None):
        popup.close()
    for window in QApplication.topLevelWidgets():
        if window.isVisible() and window.windowType() in (Qt.WindowType.Window, Qt.WindowType.Dialog):
            Cover(window)


def uncover_all() -> None:
    """Show every window again."""
    for cover in _covers():
        cover.uncover()
