"""Every page of a case for keyboard and screen reader: names, no trap, nothing sideways on a small screen."""

from __future__ import annotations

import desk_kit
import pytest
from gui.case_kit import Settle, press, tell_story
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QApplication, QScrollArea, QWidget

from imsa_desk.gui.main_window import MainWindow
from imsa_desk.gui.pages.case import TABS
from imsa_desk.services.desk import Desk

PAGES = ("today", "caseload", "learning", *(tab.id for tab in TABS if tab.id != "assessments"))


def go(window: MainWindow, settle: Settle, desk: Desk, clock: desk_kit.Clock, page_id: str) -> None:
    story = tell_story(desk, clock)
    if page_id in ("today", "caseload", "learning"):
        window.open(page_id)
    else:
        window.open("case", case_id=story.case_id, tab=page_id)
    settle(window)


def focusable(window: MainWindow) -> list[QWidget]:
    tab = Qt.FocusPolicy.TabFocus
    return [
        part
        for part in window.findChildren(QWidget)
        if part.isVisible() and part.window() is window and part.focusPolicy() & tab and not part.focusProxy()
    ]


class _Windows(QObject):
    """Notes every window that comes onto the screen."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.shown.append(type(watched).__name__)
        return False


@pytest.mark.parametrize("page_id", PAGES)
def test_no_part_flashes_as_a_window_of_its_own(
    window: MainWindow, desk: Desk, clock: desk_kit.Clock, settle: Settle, page_id: str
) -> None:
    notes = _Windows()
    app = QApplication.instance()
    assert app is not None
    app.installEventFilter(notes)
    go(window, settle, desk, clock, page_id)
    app.removeEventFilter(notes)
    assert notes.shown == []


@pytest.mark.parametrize("page_id", PAGES)
def test_every_part_has_a_name(
    window: MainWindow, desk: Desk, clock: desk_kit.Clock, settle: Settle, page_id: str
) -> None:
    go(window, settle, desk, clock, page_id)
    for part in window.findChildren(QWidget):
        if part.isVisible() and (part in focusable(window) or isinstance(part, QAbstractButton)):
            found = QAccessible.queryAccessibleInterface(part)
            if part.objectName().startswith("qt_") or type(part).__name__ == "QToolButton":
                continue
            assert found.text(QAccessible.Text.Name), f"{type(part).__name__} has no name"


@pytest.mark.parametrize("page_id", PAGES)
def test_tab_goes_round_without_a_trap(
    window: MainWindow, desk: Desk, clock: desk_kit.Clock, settle: Settle, page_id: str
) -> None:
    go(window, settle, desk, clock, page_id)
    parts = focusable(window)
    parts[0].setFocus(Qt.FocusReason.TabFocusReason)
    seen: set[QWidget] = set()
    for _ in range(len(parts) * 2):
        here = QApplication.focusWidget()
        assert here is not None
        if here in seen:
            break
        seen.add(here)
        press(here, Qt.Key.Key_Tab)
        assert QApplication.focusWidget() is not here, f"{type(here).__name__} keeps the focus"
    lists = [part for part in parts if isinstance(part, QAbstractItemView)]
    assert set(lists) <= seen


@pytest.mark.parametrize("page_id", PAGES)
@pytest.mark.parametrize("size", [(683, 384), (911, 512)])
def test_nothing_goes_sideways_on_a_small_screen(
    window: MainWindow,
    desk: Desk,
    clock: desk_kit.Clock,
    settle: Settle,
    page_id: str,
    size: tuple[int, int],
) -> None:
    window.resize(*size)
    go(window, settle, desk, clock, page_id)
    settle(window)
    assert (window.width(), window.height()) == size
    for area in window.findChildren(QScrollArea):
        inner = area.widget()
        if area.isVisible() and inner is not None:
            assert inner.width() <= area.viewport().width(), type(area).__name__
