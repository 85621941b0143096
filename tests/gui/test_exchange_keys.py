"""By keyboard alone: cases are chosen, looked at and sent, and a conflict is settled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from shutil import copytree

import pytest
from conflict_kit import second_laptop, torn_tier
from desk_kit import Clock
from exchange_kit import PASSPHRASE, Meeting, new_case
from gui.access import amiss
from gui.assessment_window import quiet
from gui.case_kit import activate
from gui.conftest import Settle
from gui.exchange_window import open_page
from gui.recorder import Recorder
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget

from imsa_desk.gui.main_window import MainWindow
from imsa_desk.gui.pages.conflicts import ConflictsPage
from imsa_desk.gui.pages.exchange import ExchangePage
from imsa_desk.gui.widgets.rows import Row, RowList
from imsa_desk.services import conflicts, exchange
from imsa_desk.services.desk import Desk
from imsa_desk.services.office_trust import trust_texts

KEY = Qt.Key


def press(key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press a key where the focus is."""
    focus = QApplication.focusWidget()
    assert focus is not None, "nothing has the focus"
    QTest.keyClick(focus, key, modifiers)


def tab_to(wanted: Callable[[QWidget], bool]) -> QWidget:
    """Go from part to part with Tab until one is as wanted."""
    for _ in range(80):
        focus = QApplication.focusWidget()
        assert focus is not None
        if wanted(focus):
            return focus
        press(KEY.Key_Tab)
    raise AssertionError("Tab does not lead there")


def named(words: str) -> Callable[[QWidget], bool]:
    """Look for a button by its words."""
    return lambda part: isinstance(part, QAbstractButton) and part.text().startswith(words)


def shown(window: MainWindow, kind: type[QWidget]) -> QWidget:
    assert window.opened is not None
    page = window.opened.frame.page
    assert isinstance(page, kind)
    return page


def test_cases_are_chosen_looked_at_and_sent(joined: MainWindow, met: Meeting, recorder: Recorder) -> None:
    for name in ("Besa", "Selam"):
        new_case(met.desk, name)
    joined.setFocus()
    press(KEY.Key_3, Qt.KeyboardModifier.ControlModifier)
    quiet(joined)
    page = shown(joined, ExchangePage)
    assert isinstance(page, ExchangePage)
    cases = page.leaving.cases
    tab_to(lambda part: part is cases)
    press(KEY.Key_Down)
    press(KEY.Key_Return)
    quiet(joined)
    assert [row.verb for row in cases.entries if isinstance(row, Row)] == ["Leave out", "Put in"]
    assert page.prepare.words == "Prepare bundle of 1"
    tab_to(named("See one case in full"))
    press(KEY.Key_Return)
    quiet(joined)
    assert page.leaving.case.isVisible()
    recorder.answers.extend([met.out, PASSPHRASE])
    tab_to(lambda part: part is page.prepare)
    press(KEY.Key_Return)
    quiet(joined)
    assert len(list(met.out.glob("*.imsa"))) == 1
    (sent,) = exchange.held(met.desk).sent
    assert len(sent.cases) == 1


def test_who_has_just_joined_is_led_to_the_joining_request(
    window: MainWindow, met: Meeting, recorder: Recorder, tmp_path: Path
) -> None:
    file = tmp_path / "enrolment.json"
    file.write_text(trust_texts(met.office)[0], "utf-8")
    page = open_page(window)
    recorder.answers.append(file)
    tab_to(named("Open the enrolment file"))
    press(KEY.Key_Return)
    quiet(window)
    tab_to(named("The words are the same: join"))
    press(KEY.Key_Return)
    quiet(window)
    focus = window.focusWidget()
    assert isinstance(focus, QAbstractButton) and focus.text() == "Save the joining request…"
    window.resize(720, 768)
    quiet(window)
    assert (
        page.request.mapTo(page, page.request.rect().topLeft()).y()
        < page.leaving.mapTo(page, page.leaving.rect().topLeft()).y()
    )


def test_an_organisation_that_went_back_is_said_with_what_to_do(
    joined: MainWindow, met: Meeting, recorder: Recorder
) -> None:
    met.deliver(new_case(met.desk, "Selam"))
    page = open_page(joined)
    assert page.less.isHidden() and page.state is not None
    less = "The organisation now holds less than it confirmed."
    page._show(replace(page.state, held=replace(page.state.held, less=less)))
    assert page.less.isVisible()
    assert less in [each.text() for each in page.less.findChildren(QLabel)]
    assert amiss(joined) == []
    page._show(replace(page.state, held=replace(page.state.held, less=less, behind="It is older.")))
    assert page.less.isHidden() and page.behind.isVisible()  # a vault that is behind is put right first


@pytest.fixture
def other(desk: Desk, fresh_vault: Path, tmp_path: Path, clock: Clock) -> Path:
    return copytree(fresh_vault, tmp_path / "fresh")


def test_a_conflict_is_settled_and_the_list_goes_on(
    window: MainWindow, desk: Desk, other: Path, tmp_path: Path, clock: Clock, settle: Settle
) -> None:
    with second_laptop(desk, tmp_path / "other", other, clock) as laptop:
        for _ in range(9):
            torn_tier(desk, laptop)
    window.open("conflicts")
    settle(window)
    activate(window)
    window.setFocus()
    page = shown(window, ConflictsPage)
    assert isinstance(page, ConflictsPage)
    assert page.list.sizeHint().height() < 5 * page.list.columns.height(page.list.entries[0])
    tab_to(lambda part: part is page.list)
    for _ in range(8):
        press(KEY.Key_Down)
    last = page.list.current_id
    assert page.list.viewport().rect().intersects(page.list.visualRect(page.list.currentIndex()))
    press(KEY.Key_Return)
    focus = window.focusWidget()
    assert isinstance(focus, QAbstractButton) and focus.text() == "Keep this"
    press(KEY.Key_Return)
    settle(window)
    assert conflicts.count(desk) == 8
    assert last not in [row.id for row in page.list.entries if isinstance(row, Row)]
    assert window.focusWidget() is page.list
    assert amiss(window) == []


def test_a_list_shows_no_more_rows_at_once_than_it_may(window: MainWindow) -> None:
    made = RowList("Rows", most=3)
    made.show_rows([Row(str(n), "Row") for n in range(4)])
    four = made.sizeHint().height()
    made.show_rows([Row(str(n), "Row") for n in range(40)])
    assert 0 < made.sizeHint().height() < four
