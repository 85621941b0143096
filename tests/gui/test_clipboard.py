"""What is copied out of the program: marked, plain, and gone again, unless somebody else copied meanwhile."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import shiboken6
from gui.conftest import Until
from PySide6.QtCore import QMimeData, QObject, Qt
from PySide6.QtGui import QClipboard, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QTextEdit
from pytestqt.qtbot import QtBot

from imsa_desk.gui.clipboard import KDE_HINT, MARKS, SECONDS, Clipboard
from imsa_desk.gui.main_window import MainWindow, State

CONTROL = Qt.KeyboardModifier.ControlModifier
WORDS = "a room in Northgate"


@pytest.fixture
def clipboard(qapp: QApplication) -> Iterator[QClipboard]:
    found = qapp.clipboard()
    found.clear()
    yield found
    found.clear()


@pytest.fixture
def owner(clipboard: QClipboard) -> Iterator[QObject]:
    made = QObject()
    yield made
    shiboken6.delete(made)


def line_with(qtbot: QtBot, words: str) -> QLineEdit:
    """Show a line with everything in it chosen."""
    line = QLineEdit(words)
    qtbot.addWidget(line)
    line.show()
    line.selectAll()
    return line


def test_every_widgets_copy_is_marked_as_secret(qtbot: QtBot, clipboard: QClipboard, owner: QObject) -> None:
    Clipboard(clipboard, owner)
    QTest.keyClick(line_with(qtbot, WORDS), Qt.Key.Key_C, CONTROL)
    kept = clipboard.mimeData()
    assert kept.text() == WORDS
    assert {name: kept.data(name).data() for name in MARKS} == MARKS
    assert MARKS[KDE_HINT] == b"secret"


def test_only_plain_text_leaves(qtbot: QtBot, clipboard: QClipboard, owner: QObject) -> None:
    Clipboard(clipboard, owner)
    text = QTextEdit()
    qtbot.addWidget(text)
    text.setHtml("<b>bold</b> and <i>thin</i>")
    text.selectAll()
    text.copy()
    kept = clipboard.mimeData()
    assert kept.text() == "bold and thin"
    assert set(kept.formats()) == {"text/plain", *MARKS}


def test_something_that_is_no_text_does_not_leave(clipboard: QClipboard, owner: QObject) -> None:
    Clipboard(clipboard, owner)
    data = QMimeData()
    data.setData("application/x-anything", b"1")
    clipboard.setMimeData(data)
    assert clipboard.text() == ""
    assert clipboard.mimeData() is None


def test_what_was_copied_can_be_put_in_elsewhere_in_the_program(
    qtbot: QtBot, clipboard: QClipboard, owner: QObject
) -> None:
    Clipboard(clipboard, owner)
    QTest.keyClick(line_with(qtbot, WORDS), Qt.Key.Key_C, CONTROL)
    there, text = QLineEdit(), QTextEdit()
    for one in (there, text):
        qtbot.addWidget(one)
        one.show()
        QTest.keyClick(one, Qt.Key.Key_V, CONTROL)
    assert (there.text(), text.toPlainText()) == (WORDS, WORDS)


def test_cutting_takes_the_text_away_and_can_be_put_back(
    qtbot: QtBot, clipboard: QClipboard, owner: QObject
) -> None:
    Clipboard(clipboard, owner)
    text = QTextEdit()
    qtbot.addWidget(text)
    text.setPlainText(WORDS)
    text.moveCursor(QTextCursor.MoveOperation.Start)
    text.selectAll()
    text.cut()
    assert text.toPlainText() == ""
    text.paste()
    assert text.toPlainText() == WORDS


def test_it_is_gone_after_a_while(qtbot: QtBot, clipboard: QClipboard, owner: QObject, until: Until) -> None:
    Clipboard(clipboard, owner, seconds=0.1)
    clipboard.setText(WORDS)
    assert clipboard.text() == WORDS
    until(lambda: clipboard.text() == "")
    assert SECONDS == 20


def test_taking_it_back_takes_what_was_copied_last(clipboard: QClipboard, owner: QObject) -> None:
    guard = Clipboard(clipboard, owner)
    clipboard.setText("first")
    clipboard.setText(WORDS)
    assert clipboard.mimeData().hasFormat(KDE_HINT)
    guard.clear()
    assert clipboard.text() == ""


def test_a_lock_takes_it_back(
    window: MainWindow, clipboard: QClipboard, left: list[State], until: Until
) -> None:
    clipboard.setText(WORDS)
    assert clipboard.mimeData().hasFormat(KDE_HINT)
    window.lock()
    assert clipboard.text() == ""
    until(lambda: bool(left))


def test_the_end_of_the_program_takes_it_back(window: MainWindow, clipboard: QClipboard) -> None:
    clipboard.setText(WORDS)
    window.guard.clipboard.clear()
    assert clipboard.text() == ""
