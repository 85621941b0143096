"""Walks what a screen reader and the keyboard meet in a window, and lists what is amiss."""

from __future__ import annotations

from collections import defaultdict

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QRadioButton, QWidget

_PRESSES = 8


def spoken(widget: QWidget, kind: QAccessible.Text = QAccessible.Text.Name) -> str:
    """What a screen reader reads; the interface is asked for each time and never kept."""
    interface = QAccessible.queryAccessibleInterface(widget)
    return interface.text(kind).strip() if interface is not None and interface.isValid() else ""


def _show(widget: QWidget) -> str:
    return f"{type(widget).__name__}({spoken(widget) or '?'})"


def _stops(window: QWidget) -> list[QWidget]:
    """Everything that Tab should reach."""
    return [
        w
        for w in window.findChildren(QWidget)
        if w.isVisible()
        and w.window() is window
        and w.isEnabled()
        and w.focusPolicy().value & Qt.FocusPolicy.TabFocus.value
        and w.focusProxy() is None
        and not w.objectName().startswith("qt_")
        and not (isinstance(w, QRadioButton) and not w.isChecked())  # the arrows reach these
    ]


def amiss(window: QWidget) -> list[str]:
    """List parts without a name, keys that mean two things, and places where Tab is caught or never comes."""
    window.activateWindow()
    assert QTest.qWaitForWindowActive(window, 2000)
    QApplication.processEvents()  # parts that were shown just now have no size before
    stops = _stops(window)
    found = [f"no name: {_show(w)} in {_show(w.parentWidget() or w)}" for w in stops if not spoken(w)]
    found += [
        f"no name: {_show(w)}"
        for w in window.findChildren(QAbstractButton)
        if w.isVisible() and w not in stops and not spoken(w) and not w.objectName().startswith("qt_")
    ]
    keys: defaultdict[str, int] = defaultdict(int)
    for shortcut in window.findChildren(QShortcut):
        if shortcut.isEnabled() and shortcut.parent() is window:
            keys[shortcut.key().toString()] += 1
    found += [f"two meanings: {key}" for key, count in keys.items() if count > 1]
    return found + _tab_round(window, stops)


def _tab_round(window: QWidget, stops: list[QWidget]) -> list[str]:
    found: list[str] = []
    reached: list[QWidget] = []
    here = stops[0] if stops else None
    while here is not None and here not in reached:
        reached.append(here)
        here.setFocus(Qt.FocusReason.TabFocusReason)
        following = _after_tab(here)
        if following is here and len(stops) > 1:
            found.append(f"Tab is caught: {_show(here)}")
            return found
        here = following if following is not None and following.window() is window else None
    found += [f"never reached: {_show(w)}" for w in stops if w not in reached]
    tops = [(w, w.mapTo(window, QPoint(0, 0)).y()) for w in reached]
    return found + [f"never seen: {_show(w)}" for w, _ in tops if w.width() <= 0 or w.height() <= 0]


def _after_tab(here: QWidget) -> QWidget | None:
    for _ in range(_PRESSES):
        QTest.keyClick(here, Qt.Key.Key_Tab)
        if QApplication.focusWidget() is not here:
            break
    return QApplication.focusWidget()
