"""The focus ring of a link has room at its sides, and the words stand where they stood."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from imsa_desk.gui import theme
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.layout import PageScroll
from imsa_desk.gui.widgets.ring import Ring


@pytest.fixture
def page(qapp: QApplication) -> Iterator[PageScroll]:
    """A page with a group without margins, in which a link stands."""
    made = PageScroll((20, 20, 20, 20))
    group = QWidget()
    layout = QVBoxLayout(group)
    layout.setContentsMargins(0, 0, 0, 0)
    for words in ("Ask again", "Open"):
        layout.addWidget(Button(words, "link", small=True))
    made.content.addWidget(group)
    made.resize(400, 300)
    made.show()
    made.activateWindow()
    assert QTest.qWaitForWindowActive(made, 2000)
    link(made, "Open").setFocus(Qt.FocusReason.MouseFocusReason)
    yield made
    made.close()
    made.deleteLater()


def link(page: PageScroll, words: str = "Ask again") -> Button:
    """Find a link."""
    return next(one for one in page.findChildren(Button) if one.words == words)


def rings(page: PageScroll) -> list[Ring]:
    """Find what rings are shown."""
    return [one for one in page.findChildren(Ring) if one.isVisible()]


def left_of(part: QWidget, page: PageScroll) -> int:
    """Give where a part begins."""
    return part.mapTo(page, QPoint(0, 0)).x()


def test_the_ring_stands_off_at_both_sides_and_the_words_do_not_move(page: PageScroll) -> None:
    one = link(page)
    before = one.geometry()
    one.setFocus(Qt.FocusReason.TabFocusReason)
    (ring,) = rings(page)
    assert one.geometry() == before
    assert left_of(ring, page) == left_of(one, page) - theme.px(4)
    assert ring.width() == one.width() + 2 * theme.px(4)
    assert ring.visibleRegion().boundingRect() == ring.rect()


def test_the_ring_follows_its_link_and_the_focus(page: PageScroll) -> None:
    one, other = link(page), link(page, "Open")
    one.setFocus(Qt.FocusReason.TabFocusReason)
    (ring,) = rings(page)
    page.content.setContentsMargins(60, 20, 20, 20)
    page.content.activate()
    QApplication.processEvents()
    assert left_of(ring, page) == left_of(one, page) - theme.px(4)
    other.setFocus(Qt.FocusReason.TabFocusReason)
    (ring,) = rings(page)
    assert ring.mapTo(page, QPoint(0, 0)).y() == other.mapTo(page, QPoint(0, 0)).y()
    other.hide()
    assert all(ring is not one for one in rings(page))


def test_the_ring_lets_a_click_through_and_the_mouse_brings_none(page: PageScroll) -> None:
    one = link(page)
    pressed: list[bool] = []
    one.clicked.connect(lambda: pressed.append(True))
    one.setFocus(Qt.FocusReason.TabFocusReason)
    assert page.childAt(one.mapTo(page, one.rect().center())) is one
    link(page, "Open").setFocus(Qt.FocusReason.MouseFocusReason)
    assert rings(page) == []
    one.setFocus(Qt.FocusReason.MouseFocusReason)
    QTest.keyClick(one, Qt.Key.Key_Return)
    assert pressed == [True]
    assert len(rings(page)) == 1, "whoever goes on with the keys sees where they are"
