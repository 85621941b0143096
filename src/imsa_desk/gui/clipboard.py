"""What is copied out of the program: marked as secret, plain text only, and gone after twenty seconds."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QObject, QTimer
from PySide6.QtGui import QClipboard, QGuiApplication

SECONDS = 20
KDE_HINT = "x-kde-passwordManagerHint"
MARKS: dict[str, bytes] = {
    KDE_HINT: b"secret",
    # Windows: keep it out of the clipboard's history, of other devices and of what watches the clipboard.
    'application/x-qt-windows-mime;value="ExcludeClipboardContentFromMonitorProcessing"': b"1",
    'application/x-qt-windows-mime;value="CanIncludeInClipboardHistory"': bytes(4),
    'application/x-qt-windows-mime;value="CanUploadToCloudClipboard"': bytes(4),
    "org.nspasteboard.ConcealedType": b"1",
    "application/x-nspasteboard-concealed-type": b"1",
}
"""What asks clipboard managers not to keep it: a request, not a protection."""
_ALONE = frozenset({"offscreen", "minimal"})
"""Platforms whose clipboard is this process's own memory: Qt does not say there whose it is."""
_MODES = (QClipboard.Mode.Clipboard, QClipboard.Mode.Selection)


def concealed(words: str) -> QMimeData:
    """Wrap text with every mark there is."""
    made = QMimeData()
    made.setText(words)
    for name, value in MARKS.items():
        made.setData(name, value)
    return made


class Clipboard(QObject):
    """Owns what this program copies, whichever part copied it; what others copied is never touched.

    On X11 the text that is only selected goes to a second clipboard, which is treated alike.
    """

    def __init__(self, clipboard: QClipboard, parent: QObject, *, seconds: float = SECONDS) -> None:
        super().__init__(parent)
        self._clipboard = clipboard
        self._timers: dict[QClipboard.Mode, QTimer] = {}
        self._modes = [mode for mode in _MODES if _has(clipboard, mode)]
        for mode in self._modes:
            timer = QTimer(self)
            timer.setSingleShot(True)
            timer.setInterval(round(seconds * 1000))
            timer.timeout.connect(lambda mode=mode: self._clear(mode))
            self._timers[mode] = timer
        clipboard.changed.connect(self._changed)

    def clear(self) -> None:
        """Take back what is still ours: at a lock and at the end."""
        for mode in self._modes:
            self._clear(mode)

    def _changed(self, mode: QClipboard.Mode) -> None:
        if mode not in self._timers:
            return
        data = self._clipboard.mimeData(mode)
        if not self._is_mine(mode) or data is None or not data.formats():
            self._timers[mode].stop()  # somebody else copied, or it was taken back
        elif data.hasFormat(KDE_HINT):
            self._timers[mode].start()
        elif data.text():
            # In the place of what was copied, before anybody can ask for that.
            self._clipboard.setMimeData(concealed(data.text()), mode)
        else:
            self._clipboard.clear(mode)

    def _clear(self, mode: QClipboard.Mode) -> None:
        self._timers[mode].stop()
        if self._is_mine(mode):
            self._clipboard.clear(mode)

    def _is_mine(self, mode: QClipboard.Mode) -> bool:
        if QGuiApplication.platformName() in _ALONE:
            return True
        selection = mode is QClipboard.Mode.Selection
        return self._clipboard.ownsSelection() if selection else self._clipboard.ownsClipboard()


def _has(clipboard: QClipboard, mode: QClipboard.Mode) -> bool:
    return mode is QClipboard.Mode.Clipboard or clipboard.supportsSelection()
