"""Every page can be walked by keyboard and read aloud, and fits a small screen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from gui.access import amiss
from gui.conftest import Settle
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QScrollArea, QWidget

from imsa_desk.domain.ids import CaseId
from imsa_desk.gui import loader, theme
from imsa_desk.gui.main_window import MainWindow
from imsa_desk.gui.tables import PAGES
from imsa_desk.gui.widgets.banner import SafeContactBanner, SafeContactValue

Shot = Callable[[QWidget, str], None]
MAIN = [p.id for p in PAGES if p.group and loader.exists(p.path)]


@pytest.mark.parametrize("page_id", ["unlock", "first_run"])
def test_the_front_pages_are_walked_and_read(front: MainWindow, settle: Settle, page_id: str) -> None:
    front.show_front(page_id)
    settle(front)
    assert amiss(front) == []


def test_every_page_is_walked_and_read(window: MainWindow, case_id: CaseId, settle: Settle) -> None:
    found = {}
    for page_id in MAIN:
        window.open(page_id)
        settle(window)
        found[page_id] = amiss(window)
    assert found == {page_id: [] for page_id in MAIN}


@pytest.mark.parametrize("size", [150, 200])
def test_no_page_scrolls_sideways_when_the_text_is_large(
    window: MainWindow, case_id: CaseId, settle: Settle, qapp: QApplication, size: int, shot: Shot
) -> None:
    theme.apply(qapp, theme.Scheme.DARK, size)
    window.resize(1366, 688)
    for page_id in MAIN:
        window.open(page_id)
        settle(window)
        shot(window, f"{page_id}-dark-{size}")
        assert window.width() == 1366
        page = window.opened.frame.page if window.opened else None
        assert page is not None
        assert sideways(page) == [], page_id


def sideways(page: QWidget) -> list[str]:
    """List the parts of a page that are wider than their room."""
    areas = [a for a in (page, *page.findChildren(QAbstractScrollArea)) if isinstance(a, QAbstractScrollArea)]
    return [
        f"{type(area).__name__} has a bar" for area in areas if area.horizontalScrollBar().isVisible()
    ] + [
        f"{type(area).__name__} {inner.width()} > {area.viewport().width()}"
        for area in areas
        if isinstance(area, QScrollArea) and (inner := area.widget()) is not None
        if inner.width() > area.viewport().width()
    ]


@pytest.mark.parametrize("wide", [1100, 760, 420])
def test_a_safe_contact_rule_is_never_shortened(qapp: QApplication, wide: int) -> None:
    rules = (
        "Text only",
        "after 18:00",
        "say “the library”",
        "no voicemail",
        "never post",
        "wait for a reply",
    )
    banner = SafeContactBanner(SafeContactValue(rules, "Confirmed 6 days ago", "6 days ago"))
    banner.resize(wide, 40)
    placed = banner._placed()
    assert [rule for _, _, rule, _ in placed] == list(rules)
    ends = [x + theme.metrics(strong=strong).horizontalAdvance(rule) for x, _, rule, strong in placed]
    assert max(ends) <= wide
    banner.deleteLater()
