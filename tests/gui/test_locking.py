"""Locking while something else has the keyboard."""

from __future__ import annotations

from gui.conftest import Until
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit

from imsa_desk.gui.clock import Watch
from imsa_desk.gui.main_window import MainWindow, State

CONTROL = Qt.KeyboardModifier.ControlModifier


def ask(window: MainWindow) -> QLineEdit:
    """Open a dialog that stops the window below, with the cursor in its line."""
    dialog = QDialog(window)
    line = QLineEdit(dialog)
    dialog.open()
    dialog.activateWindow()
    assert QTest.qWaitForWindowActive(dialog, 2000)
    line.setFocus()
    return line


def test_ctrl_l_locks_while_a_dialog_is_open(window: MainWindow, left: list[State], until: Until) -> None:
    window.watch.look()
    line = ask(window)
    QTest.keyClick(line, Qt.Key.Key_L, CONTROL)
    until(lambda: bool(left))
    assert line.text() == ""
    line.window().close()


def test_without_an_open_vault_ctrl_l_in_a_dialog_asks_for_nothing(front: MainWindow) -> None:
    front.watch.look()
    asked: list[int] = []
    front.watch.idled.connect(lambda: asked.append(1))
    line = ask(front)
    QTest.keyClick(line, Qt.Key.Key_L, CONTROL)
    assert asked == []
    line.window().close()


def test_one_press_asks_once_however_deep_the_part(qapp: QApplication, window: MainWindow) -> None:
    watch = Watch(qapp, 5)
    asked: list[int] = []
    watch.idled.connect(lambda: asked.append(1))
    watch.start()
    line = ask(window)
    window.watch.stop()
    QTest.keyClick(line, Qt.Key.Key_L, CONTROL)
    assert asked == [1]
    qapp.removeEventFilter(watch)
    watch.stop()
    line.window().close()
