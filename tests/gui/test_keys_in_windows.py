"""Keys as the system delivers them, to a window and not to a part: covering and locking work everywhere."""

from __future__ import annotations

import pytest
from gui.conftest import Settle
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from imsa_desk.domain.ids import CaseId
from imsa_desk.gui.editors import EditorWindow
from imsa_desk.gui.main_window import MainWindow, State
from imsa_desk.gui.widgets.cover import covered


def _press(window: QWidget, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    handle = window.windowHandle()
    assert handle is not None
    QTest.keyClick(handle, key, held)
    QApplication.processEvents()


@pytest.fixture
def editor(window: MainWindow, case_id: CaseId, settle: Settle) -> EditorWindow:
    """A meeting that is being written, in the window with the keyboard."""
    window.open_editor("meeting", case_id=case_id)
    (found,) = window.findChildren(EditorWindow)
    assert QTest.qWaitForWindowActive(found, 2000)
    settle(window)
    return found


def test_f12_covers_once_and_uncovers(window: MainWindow) -> None:
    _press(window, Qt.Key.Key_F12)
    assert covered()
    _press(window, Qt.Key.Key_F12)
    assert not covered()


def test_f12_in_an_editor_covers_the_editor_too(editor: EditorWindow) -> None:
    _press(editor, Qt.Key.Key_F12)
    assert covered()
    _press(editor, Qt.Key.Key_Escape)
    assert not covered()
    assert editor.isVisible()


def test_ctrl_l_in_an_editor_locks(editor: EditorWindow, left: list[State], qtbot: QtBot) -> None:
    _press(editor, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: bool(left), timeout=10_000)
    assert [kept["id"] for kept in left[0]["editors"]] == ["meeting"]
