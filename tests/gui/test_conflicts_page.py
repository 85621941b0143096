"""The conflict desk: two versions side by side, settled by mouse or keyboard, taken back, and counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conflict_kit import change, give, meet, proposal, second_laptop
from desk_kit import Clock, meeting_draft
from gui.access import amiss
from gui.assessment_window import undo_last
from gui.conftest import Settle, Until
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget

from imsa_desk.domain.ids import CaseId, MeetingId
from imsa_desk.gui.main_window import MainWindow
from imsa_desk.gui.models.conflict_sides import MarkedText, ThirdValue
from imsa_desk.gui.pages.conflicts import ConflictsPage
from imsa_desk.gui.widgets.choice import Choice
from imsa_desk.gui.widgets.fields import TextArea
from imsa_desk.services import cases, conflicts, meetings
from imsa_desk.services.desk import Desk
from imsa_desk.store.records import CaseRow, MeetingRow

Shot = Callable[[QWidget, str], None]


@pytest.fixture
def other(desk: Desk, fresh_vault: Path, tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    with second_laptop(desk, tmp_path / "other", fresh_vault, clock) as opened:
        yield opened


@pytest.fixture
def meeting(desk: Desk, other: Desk, case_id: CaseId) -> str:
    """A meeting whose notes were changed on two laptops, in a case whose tier was."""
    made = meetings.log_meeting(desk, meeting_draft(case_id, "We looked at three areas."))
    meet(desk, other)
    for side, notes, tier in (
        (desk, "We looked at three areas on the map; she wants to live near the school.", "t1"),
        (other, "We looked at two areas on the map; she wants to live near her friends.", "t2"),
    ):
        meetings.change_meeting(side, made, meeting_draft(case_id, notes))
        change(side, CaseRow, case_id, tier=tier)
    meet(desk, other)
    return made


def open_page(window: MainWindow, settle: Settle, **args: str) -> ConflictsPage:
    window.open("conflicts", **args)
    settle(window)
    assert window.opened is not None
    page = window.opened.frame.page
    assert isinstance(page, ConflictsPage)
    return page


def buttons(page: QWidget, words: str) -> list[QAbstractButton]:
    return [b for b in page.findChildren(QAbstractButton) if b.text() == words and b.isVisible()]


def in_navigation(window: MainWindow) -> list[str]:
    assert window.opened is not None
    items = window.opened.frame.navigation.findChildren(QAbstractButton)
    return [item.accessibleName() for item in items if not item.isHidden()]


def test_the_page_stands_in_the_navigation_only_while_something_waits(
    window: MainWindow, settle: Settle, until: Until
) -> None:
    until(lambda: "Caseload" in " ".join(in_navigation(window)))
    assert not any("Conflicts" in name for name in in_navigation(window))
    page = open_page(window, settle)
    assert page.empty.isVisible()
    assert "Conflicts" in in_navigation(window)
    assert amiss(window) == []
    window.open("today")
    settle(window)
    assert not any("Conflicts" in name for name in in_navigation(window))


def test_both_versions_stand_beside_each_other_with_differing_words_marked(
    meeting: str, window: MainWindow, settle: Settle, until: Until, shot: Shot
) -> None:
    page = open_page(window, settle, record=meeting, field="notes")
    until(lambda: "Conflicts, 2" in in_navigation(window))
    texts = page.findChildren(MarkedText)
    assert len(texts) == 2
    marked = [mark.cursor.selectedText() for mark in texts[0].extraSelections()]
    assert marked == ["three", "the school"]
    assert amiss(window) == []
    shot(window, "conflicts")


def test_a_version_is_kept_by_keyboard_alone_and_the_toast_takes_it_back(
    meeting: str, desk: Desk, window: MainWindow, settle: Settle
) -> None:
    page = open_page(window, settle, record=meeting, field="notes")
    page.list.setFocus()
    QTest.keyClick(page.list, Qt.Key.Key_Return)
    settle(window)
    focused = window.focusWidget()
    assert isinstance(focused, QAbstractButton)
    assert focused.text() == "Keep this"
    QTest.keyClick(focused, Qt.Key.Key_Space)
    settle(window)
    assert conflicts.count(desk) == 1
    undo_last(window)
    settle(window)
    assert conflicts.count(desk) == 2


def test_a_third_version_is_written_and_found_under_settled_lately(
    meeting: str, desk: Desk, window: MainWindow, settle: Settle
) -> None:
    page = open_page(window, settle, record=meeting, field="notes")
    area = page.findChild(ThirdValue).findChild(TextArea)  # type: ignore[union-attr]
    assert isinstance(area, TextArea)
    area.setPlainText("Three areas on the map; near the school and her friends.")
    buttons(page, "Settle with this")[0].click()
    settle(window)
    assert meetings.meeting(desk, meeting).notes.startswith("Three areas")  # type: ignore[arg-type]
    assert page.settled_list.isVisible()
    page.settled_list.acted.emit(page.settled_list.model().index(0, 0).data(Qt.ItemDataRole.UserRole).id)
    settle(window)
    assert conflicts.count(desk) == 2
    assert not page.settled_list.isVisible()


def test_something_removed_here_and_changed_there_is_told_in_plain_words(
    meeting: str, other: Desk, desk: Desk, window: MainWindow, settle: Settle, until: Until, shot: Shot
) -> None:
    meetings.delete_meeting(other, MeetingId(meeting), "Written in the wrong case.")
    change(desk, MeetingRow, meeting, instruction="A flat near the school.")
    meet(desk, other)
    page = open_page(window, settle, record=meeting, field="deleted_at")
    until(lambda: "Conflicts, 3" in in_navigation(window))
    texts = [text.toPlainText() for text in page.findChildren(MarkedText)]
    assert texts == [
        "Changed: What the person wants: A flat near the school.",
        "Removed: Written in the wrong case.",
    ]
    assert not any(text.extraSelections() for text in page.findChildren(MarkedText))
    assert any("It counts as removed until you choose" in part.text() for part in page.findChildren(QLabel))
    assert not page.findChildren(ThirdValue)
    assert amiss(window) == []
    shot(window, "conflicts-removed")
    buttons(page, "Keep the change")[0].click()
    settle(window)
    assert meetings.meeting(desk, MeetingId(meeting)).notes
    undo_last(window)
    settle(window)
    assert conflicts.count(desk) == 3


def test_a_value_of_a_list_is_chosen_as_a_third(
    meeting: str, desk: Desk, case_id: CaseId, window: MainWindow, settle: Settle
) -> None:
    page = open_page(window, settle, record=case_id, field="tier")
    choice = page.findChild(ThirdValue).findChild(Choice)  # type: ignore[union-attr]
    assert isinstance(choice, Choice)
    choice.set_value("t3")
    buttons(page, "Settle with this")[0].click()
    settle(window)
    assert cases.case_head(desk, case_id).tier == "t3"


def test_what_is_typed_stays_while_the_list_is_read_again(
    meeting: str, desk: Desk, case_id: CaseId, window: MainWindow, settle: Settle
) -> None:
    page = open_page(window, settle, record=meeting, field="notes")
    area = page.findChild(ThirdValue).findChild(TextArea)  # type: ignore[union-attr]
    assert isinstance(area, TextArea)
    area.setPlainText("Half a sentence")
    page.refresh()
    settle(window)
    assert area.text == "Half a sentence"
    assert area.isVisible()


def test_restricted_values_are_covered_until_they_are_asked_for(
    meeting: str, desk: Desk, window: MainWindow, settle: Settle
) -> None:
    change(desk, MeetingRow, meeting, sensitivity="L3")
    page = open_page(window, settle, record=meeting, field="notes")
    assert page.findChildren(MarkedText) == []
    assert not buttons(page, "Keep this")[0].isEnabled()
    buttons(page, "Show")[0].click()
    settle(window)
    assert len(page.findChildren(MarkedText)) == 2
    assert buttons(page, "Keep this")[0].isEnabled()


def test_a_proposal_of_the_organisation_is_told_apart(
    desk: Desk, other: Desk, case_id: CaseId, window: MainWindow, settle: Settle, shot: Shot
) -> None:
    give(desk, [proposal(desk, case_id, {"police_force": "Northgate Police"})])
    page = open_page(window, settle, case_id=case_id)
    names = [b.accessibleName() for b in buttons(page, "Keep this")]
    assert names == ["Keep what Ann Practice (here) wrote", "Keep what the organisation proposes"]
    assert any("The police wrote so." in part.text() for part in page.findChildren(QLabel))
    shot(window, "conflict-proposal")


def test_what_one_removed_and_another_changed_is_kept_by_what_that_does(
    window: MainWindow, desk: Desk, other: Desk, case_id: CaseId, settle: Settle
) -> None:
    made = meetings.log_meeting(desk, meeting_draft(case_id, "We looked at three areas."))
    meet(desk, other)
    meetings.delete_meeting(desk, made, "Logged twice by mistake.")
    meetings.change_meeting(other, made, meeting_draft(case_id, "We looked at two areas."))
    meet(desk, other)
    page = open_page(window, settle)
    assert buttons(page, "Keep this") == []
    (removed,), (changed,) = buttons(page, "Keep it removed"), buttons(page, "Keep the change")
    assert "Ann Practice" in removed.accessibleName() and "Ben Practice" in changed.accessibleName()
    assert amiss(window) == []
    changed.click()
    settle(window)
    assert conflicts.count(desk) == 0
    assert [one.notes for one in meetings.meetings_of(desk, case_id)] == ["We looked at two areas."]
