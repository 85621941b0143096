"""The tour sees a blank page, a clipped part, a page that scrolls sideways, and two equal pictures."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from imsa_desk.gui.main_window import MainWindow
from imsa_desk.gui.tour.checks import clipped, is_blank
from imsa_desk.gui.tour.driver import Driver
from imsa_desk.gui.tour.plan import StepDone, read_event, write_event
from imsa_desk.gui.tour.screens import Camera
from imsa_desk.gui.widgets.button import Button

_WHOLE = QRect(0, 0, 400, 300)


def _picture(colours: int, share: float) -> QImage:
    """Make a picture in which one colour covers a share, and the others what is left."""
    made = QImage(_WHOLE.size(), QImage.Format.Format_RGB32)
    made.fill(QColor("white"))
    rest = round(_WHOLE.width() * _WHOLE.height() * (1 - share))
    for at in range(rest):
        made.setPixelColor(at % 400, at // 400, QColor.fromHsv(at * 7 % 360, 200, 100 + at % max(1, colours)))
    return made


def _shown(qtbot: QtBot, part: QWidget) -> QWidget:
    window = QWidget()
    window.resize(300, 200)
    part.setParent(window)
    qtbot.addWidget(window)
    window.show()
    return window


def test_a_page_of_one_colour_is_blank_and_a_written_one_is_not() -> None:
    assert is_blank(_picture(0, 1.0), _WHOLE)
    assert is_blank(_picture(100, 0.999), _WHOLE)
    assert not is_blank(_picture(100, 0.9), _WHOLE)


def test_words_wider_than_their_label_are_clipped(qtbot: QtBot) -> None:
    label = QLabel("More words than there is room for")
    window = _shown(qtbot, label)
    label.setGeometry(0, 0, 60, 20)
    assert any("shows" in why for why in clipped(window))
    label.setGeometry(0, 0, 280, 20)
    assert not clipped(window)


def test_a_button_that_reaches_out_of_its_window_is_clipped(qtbot: QtBot) -> None:
    button = Button("Save")
    window = _shown(qtbot, button)
    button.resize(button.sizeHint())
    button.move(280, 10)
    assert any("reaches out" in why for why in clipped(window))
    button.move(10, 10)
    assert not clipped(window)


def test_a_page_that_needs_more_width_than_there_is_scrolls_sideways(qtbot: QtBot) -> None:
    area, inner = QScrollArea(), QWidget()
    inner.setMinimumSize(900, 50)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
    area.setWidget(inner)
    window = _shown(qtbot, area)
    area.resize(200, 100)
    QApplication.processEvents()
    assert any("sideways" in why for why in clipped(window))


def test_two_equal_pictures_are_noticed(front: MainWindow, qapp: QApplication, tmp_path: Path) -> None:
    front.show_front("unlock")
    qapp.setCursorFlashTime(0)
    camera = Camera(Driver(qapp, front), tmp_path)
    camera.take("unlock")
    assert camera.wrong == []
    camera.take("again")
    assert any("the same picture as 01-unlock" in why for why in camera.wrong)


def test_a_step_is_told_on_one_line_and_read_back() -> None:
    step = StepDone("meeting logged", 1.5, False, "nothing\nthere")
    line = write_event(step)
    assert "\n" not in line
    assert read_event(line) == step
    assert read_event("Qt says something") is None
