"""The caseload: narrowing, sorting, closed cases, keys, and a thousand rows."""

from __future__ import annotations

import time
from dataclasses import replace

import desk_kit
from gui.case_kit import Settle, editor, has_cursor, page, press, tell_story
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from imsa_desk.domain.ids import CaseId, new_case_code, new_id
from imsa_desk.gui.forms.case_editor import CaseEditor
from imsa_desk.gui.forms.meeting import MeetingEditor
from imsa_desk.gui.main_window import MainWindow
from imsa_desk.gui.pages.caseload import CaseloadPage
from imsa_desk.services import cases
from imsa_desk.services.caseload import caseload
from imsa_desk.services.desk import Desk


def go(window: MainWindow, settle: Settle) -> CaseloadPage:
    window.open("caseload")
    settle(window)
    return page(window, CaseloadPage)


def names(shown: CaseloadPage) -> list[str]:
    return [row.known_as for row in shown.table.model().values]  # type: ignore[attr-defined]  # its own model


def test_an_empty_caseload_says_how_to_begin(window: MainWindow, settle: Settle) -> None:
    shown = go(window, settle)
    assert shown.empty.isVisible()
    shown.empty.pressed.emit()
    settle(window)
    assert editor(window, CaseEditor).save_button.words == "Save case"


def test_typing_narrows_by_name_script_and_code(window: MainWindow, desk: Desk, settle: Settle) -> None:
    for name in ("Selam", "Linh", "Farah"):
        desk_kit.open_case(desk, name)
    shown = go(window, settle)
    code = next(r.code for r in caseload(desk) if r.known_as == "Linh")
    for typed, wanted in (("lin", ["Linh"]), ("ሰላም far", ["Farah"]), (code.replace("-", ""), ["Linh"])):
        shown.filter_line.setText(typed)
        assert names(shown) == wanted
    shown.filter_line.setText("nobody at all")
    assert names(shown) == []
    assert shown.nothing.isVisible()
    shown.nothing.click()
    assert len(names(shown)) == 3


def test_pills_keep_what_fits_and_all_open_lets_go(
    window: MainWindow, desk: Desk, clock: desk_kit.Clock, settle: Settle
) -> None:
    tell_story(desk, clock)
    desk_kit.open_case(desk, "Linh")
    shown = go(window, settle)
    silent = shown._pills["silent"]
    silent.click()
    assert names(shown) == ["Linh"]
    assert not shown._pills["open"].isChecked()
    shown._pills["open"].click()
    assert len(names(shown)) == 2
    assert not silent.isChecked()


def test_closed_cases_are_announced_and_shown_on_asking(
    window: MainWindow, desk: Desk, settle: Settle
) -> None:
    desk_kit.open_case(desk, "Selam")
    cases.close_case(desk, desk_kit.open_case(desk, "Wei"), "goals_met")
    shown = go(window, settle)
    assert names(shown) == ["Selam"]
    assert shown._hidden.text() == "1 closed case hidden"
    shown._show.click()
    settle(window)
    assert names(shown) == ["Selam", "Wei"]


def test_a_heading_sorts_and_a_second_press_turns_it_round(
    window: MainWindow, desk: Desk, settle: Settle
) -> None:
    for name in ("Selam", "Adunni", "Linh"):
        desk_kit.open_case(desk, name)
    shown = go(window, settle)
    header = shown.table.horizontalHeader()
    at = QPoint(header.sectionViewportPosition(0) + 20, 10)
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert names(shown) == ["Adunni", "Linh", "Selam"]
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert names(shown) == ["Selam", "Linh", "Adunni"]
    shown._order._choose("1")
    assert names(shown) == [r.known_as for r in sorted(caseload(desk), key=lambda r: r.code)]


def test_enter_opens_the_case_and_ctrl_m_logs_a_meeting_for_the_row(
    window: MainWindow, desk: Desk, settle: Settle
) -> None:
    case_id = desk_kit.open_case(desk)
    shown = go(window, settle)
    assert has_cursor(shown.table)
    press(shown.table, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier)
    settle(window)
    assert editor(window, MeetingEditor).case_id == case_id
    press(shown.table, Qt.Key.Key_Return)
    settle(window)
    assert window.opened is not None
    assert window.opened.frame.route.page_id == "case"


def test_every_cell_says_its_column_to_a_screen_reader(
    window: MainWindow, desk: Desk, clock: desk_kit.Clock, settle: Settle
) -> None:
    tell_story(desk, clock)
    model = go(window, settle).table.model()
    said = [model.index(0, n).data(Qt.ItemDataRole.AccessibleTextRole) for n in range(model.columnCount())]
    heads = [model.headerData(n, Qt.Orientation.Horizontal) for n in range(model.columnCount())]
    assert said[0] == "Selam, ሰላም"
    assert heads[5] == "Risk"
    assert all(said) and all(heads)


def test_a_thousand_cases_are_shown_and_narrowed_quickly(
    window: MainWindow, desk: Desk, settle: Settle
) -> None:
    desk_kit.open_case(desk)
    shown = go(window, settle)
    one = caseload(desk)[0]
    many = tuple(
        replace(one, id=CaseId(new_id()), code=new_case_code(), known_as=f"Lilo{n}") for n in range(1000)
    )
    start = time.perf_counter()
    shown._came((many, 0))
    shown.table.grab()
    painted = time.perf_counter() - start
    start = time.perf_counter()
    shown.filter_line.setText("lilo77")
    narrowed = time.perf_counter() - start
    assert len(names(shown)) == 11
    print(painted, narrowed)
    assert painted < 0.5
    assert narrowed < 0.2
