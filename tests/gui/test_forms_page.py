"""The page of forms: what there is, taking one in, and retiring it, by keyboard too."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import openpyxl
from gui.access import amiss
from gui.conftest import Settle
from gui.recorder import Recorder
from own_form_kit import own_form
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from imsa_desk.domain.forms.shelf import Shelf
from imsa_desk.gui.main_window import MainWindow
from imsa_desk.gui.pages.forms import FormsPage
from imsa_desk.gui.pages.settings import SettingsPage
from imsa_desk.gui.widgets.rows import Row
from imsa_desk.paths import resources

Shot = Callable[[QWidget, str], None]


def opened(window: MainWindow, settle: Settle) -> FormsPage:
    window.open("forms")
    settle(window)
    page = window.opened.frame.page if window.opened else None
    assert isinstance(page, FormsPage)
    return page


def titles(page: FormsPage) -> list[str]:
    return [one.what for one in page.list.entries if isinstance(one, Row)]


def workbook(path: Path, *, photograph: bool = False, broken: bool = False) -> Path:
    """Write a small XLSForm workbook."""
    book = openpyxl.Workbook()
    survey = book.active
    assert survey is not None
    survey.title = "survey"
    survey.append(["type", "name", "label", "relevant"])
    survey.append(["text", "door", "Who opened the door", ""])
    survey.append(["integer", "people", "How many people live here", ""])
    if photograph:
        survey.append(["image", "photo", "Photograph of the room", ""])
    if broken:
        survey.append(["text", "why", "Why", "pulldata('a', 'b') = 1"])
    settings = book.create_sheet("settings")
    settings.append(["form_title", "form_id", "version"])
    settings.append(["House visit", "house_visit", "1"])
    book.save(path)
    return path


def test_the_forms_that_come_with_desk_are_listed_and_the_empty_page_says_what_belongs_here(
    window: MainWindow, settle: Settle, shot: Shot
) -> None:
    page = opened(window, settle)
    assert {"First safety check", "Closing review", "Review after an event"} <= set(titles(page))
    assert page.none_own.isVisible()
    assert not page.panel.isVisible()
    assert amiss(window) == []
    shot(window, "forms-empty")


def test_a_shipped_form_that_was_changed_is_named_and_the_others_are_offered(
    window: MainWindow, settle: Settle, tmp_path: Path
) -> None:
    folder = tmp_path / "forms"
    shutil.copytree(resources() / "forms", folder)
    (folder / "closing-review" / "1.toml").write_text("changed", "utf-8")
    page = opened(window, settle)
    assert not page.broken.isVisible()
    desk = page._context.desk
    page._context = page._context._replace(vault=replace(desk, forms=Shelf(folder)))
    page.refresh()
    settle(window)
    assert page.broken.isVisible()
    assert "closing-review/1.toml was changed since it was released" in page.broken.text()
    assert "First safety check" in titles(page) and "Closing review" not in titles(page)


def test_settings_lead_to_the_forms(window: MainWindow, settle: Settle) -> None:
    window.open("settings")
    settle(window)
    page = window.opened.frame.page if window.opened else None
    assert isinstance(page, SettingsPage)
    page.forms.click()
    settle(window)
    assert window.opened is not None
    assert isinstance(window.opened.frame.page, FormsPage)


def test_a_form_file_is_taken_in_shown_and_retired_by_keyboard(
    window: MainWindow, settle: Settle, recorder: Recorder, tmp_path: Path, shot: Shot
) -> None:
    page = opened(window, settle)
    path = tmp_path / "visit.toml"
    path.write_bytes(own_form())
    recorder.answers.append(path)
    page.open_file()
    settle(window)
    assert titles(page)[0] == "House visit"
    assert not page.none_own.isVisible()
    page.list.setFocus()
    QTest.keyClick(page.list, Qt.Key.Key_Home)
    assert page.chosen is not None
    assert page.chosen.id == "house-visit"
    assert page.retire.isVisible()
    assert amiss(window) == []
    shot(window, "forms-own")
    recorder.answers.append(True)
    page.retire.setFocus()
    QTest.keyClick(page.retire, Qt.Key.Key_Space)
    settle(window)
    assert "House visit" not in titles(page)
    assert page.none_own.isVisible()


def test_a_shipped_form_cannot_be_retired(window: MainWindow, settle: Settle) -> None:
    page = opened(window, settle)
    page.list.setFocus()
    QTest.keyClick(page.list, Qt.Key.Key_Home)
    assert page.panel.isVisible()
    assert not page.retire.isVisible()
    assert page.see_it.isVisible()


def test_a_form_is_seen_as_it_prints(window: MainWindow, settle: Settle) -> None:
    page = opened(window, settle)
    page.list.setFocus()
    QTest.keyClick(page.list, Qt.Key.Key_Home)
    QTest.keyClick(window, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    settle(window)
    assert window.opened is not None
    [kept] = window.opened.editors.state()
    args = kept["args"]
    assert kept["id"] == "print"
    assert isinstance(args, dict)
    assert (args["what"], args["form_id"], args["form_version"]) == ("blank", "safety-screen", "1")


def test_every_fault_of_a_file_is_listed_with_its_line_and_can_be_copied(
    window: MainWindow, settle: Settle, recorder: Recorder, tmp_path: Path, shot: Shot
) -> None:
    page = opened(window, settle)
    path = tmp_path / "visit.toml"
    path.write_bytes(own_form().replace(b"short_text", b"guess"))
    recorder.answers.append(path)
    page.open_file()
    settle(window)
    assert page.taking.isVisible()
    assert "visit.toml, line" in page.taking.list.text
    assert page.taking.list.isReadOnly()
    assert page.taking.list.hasFocus()
    assert not page.taking.take_it.isVisible()
    assert amiss(window) == []
    shot(window, "forms-faults")
    page.taking.leave_it.click()
    assert not page.taking.isVisible()
    assert page.none_own.isVisible()


def test_a_workbook_is_shown_with_what_it_loses_before_it_is_kept(
    window: MainWindow, settle: Settle, recorder: Recorder, tmp_path: Path, shot: Shot
) -> None:
    page = opened(window, settle)
    recorder.answers.append(workbook(tmp_path / "visit.xlsx", photograph=True))
    page.open_file()
    settle(window)
    assert "survey, row 4" in page.taking.list.text
    assert page.none_own.isVisible()
    shot(window, "forms-workbook")
    page.taking.take_it.click()
    settle(window)
    assert titles(page)[0] == "House visit"
    assert not page.taking.isVisible()


def test_a_workbook_that_cannot_be_carried_is_not_offered(
    window: MainWindow, settle: Settle, recorder: Recorder, tmp_path: Path
) -> None:
    page = opened(window, settle)
    recorder.answers.append(workbook(tmp_path / "visit.xlsx", broken=True))
    page.open_file()
    settle(window)
    assert "survey, row 4" in page.taking.list.text


def test_what_is_no_form_at_all_is_said_so(
    window: MainWindow, settle: Settle, recorder: Recorder, tmp_path: Path
) -> None:
    page = opened(window, settle)
    path = tmp_path / "holiday.xlsx"
    path.write_bytes(b"PK\x03\x04" + bytes(400))
    recorder.answers.append(path)
    page.open_file()
    settle(window)
    assert page.taking.isVisible()
    assert not page.taking.take_it.isVisible()
