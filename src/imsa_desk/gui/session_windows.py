"""What Windows tells about its session and its sleep, and windows that stay out of pictures of the screen."""

from __future__ import annotations

import ctypes
import sys
from typing import Any

from PySide6.QtCore import QAbstractNativeEventFilter, QByteArray, QObject, Signal

WM_SHOWWINDOW = 0x0018
WM_POWERBROADCAST = 0x0218
WM_WTSSESSION_CHANGE = 0x02B1
_SUSPENDS = 0x4
_LEAVES = {0x2: "user switch", 0x4: "user switch", 0x6: "session end", 0x7: "screen lock"}
"""Of WM_WTSSESSION_CHANGE: the console or the remote line was taken, sign-out, the screen locked."""
_THIS_SESSION = 0
_EXCLUDED, _BLACK = 0x11, 0x1
_TOP_LEVEL = 2  # GA_ROOT


def why_left(message: int, parameter: int) -> str:
    """Say why a message of Windows means that the person is gone; "" when it does not."""
    if message == WM_WTSSESSION_CHANGE:
        return _LEAVES.get(parameter, "")
    if message == WM_POWERBROADCAST and parameter == _SUSPENDS:
        return "sleep"
    return ""


class Message(ctypes.Structure):
    """The head of Windows' MSG."""

    _fields_ = [
        ("window", ctypes.c_void_p),
        ("message", ctypes.c_uint),
        ("parameter", ctypes.c_size_t),
        ("more", ctypes.c_ssize_t),
    ]


class WindowsSession(QObject):
    """`left` when Windows says that nobody is in front of an unlocked screen; it says why."""

    left = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.filter = _Filter(self)

    def register(self, window: int) -> bool:
        """Ask Windows to tell a window, by its number, of the session; say whether it will."""
        if sys.platform != "win32":
            return False
        told = ctypes.WinDLL("wtsapi32").WTSRegisterSessionNotification
        told.argtypes, told.restype = [ctypes.c_void_p, ctypes.c_uint], ctypes.c_int
        return bool(told(window, _THIS_SESSION))


class _Filter(QAbstractNativeEventFilter):
    """Looks at each message for this process's windows; it stops none."""

    def __init__(self, session: WindowsSession) -> None:
        super().__init__()
        self._session = session

    def nativeEventFilter(self, kind: QByteArray | bytes | Any, address: int) -> tuple[bool, int]:
        said = Message.from_address(int(address))
        self.look_at(said.message, said.parameter, said.window or 0)
        return False, 0

    def look_at(self, message: int, parameter: int, window: int) -> None:
        """Hide a window that is about to be shown from pictures of the screen; tell of lock and sleep."""
        if message == WM_SHOWWINDOW and parameter:
            exclude_from_capture(window)
        why = why_left(message, parameter)
        if why:
            self._session.left.emit(why)


def exclude_from_capture(window: int) -> bool:
    """Keep a window out of pictures and shares of the screen; black where Windows is too old for that."""
    if sys.platform != "win32":
        return False
    user32 = ctypes.WinDLL("user32")
    root = user32.GetAncestor
    root.argtypes, root.restype = [ctypes.c_void_p, ctypes.c_uint], ctypes.c_void_p
    if root(window, _TOP_LEVEL) != window:
        return False  # a part of a window: only the whole can be kept out
    keep = user32.SetWindowDisplayAffinity
    keep.argtypes, keep.restype = [ctypes.c_void_p, ctypes.c_uint], ctypes.c_int
    return bool(keep(window, _EXCLUDED)) or bool(keep(window, _BLACK))
