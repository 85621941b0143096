"""A case that somebody else has is only read: every tab offers reading, printing, copying, and no more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from shutil import copytree

import desk_kit
import pytest
from assessment_kit import draft, ready
from conflict_kit import lines_of, second_laptop, torn_tier
from gui.case_kit import Settle, Story, page, tell_story
from gui.recorder import Recorder
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QAction, QDragEnterEvent
from PySide6.QtWidgets import QAbstractButton, QLabel, QTabBar
from taking_kit import FORMER, assign, come_late

from imsa_desk.domain.consents import ConsentDraft
from imsa_desk.domain.documents import DocumentDraft
from imsa_desk.gui.actions import ACTIONS, by_id
from imsa_desk.gui.bridge import Notice
from imsa_desk.gui.main_window import MainWindow
from imsa_desk.gui.models.case_standing import CaseStandingLine
from imsa_desk.gui.models.celltable import CellTable
from imsa_desk.gui.needs import Needs
from imsa_desk.gui.pages.case import TABS, CasePage
from imsa_desk.gui.pages.case_documents import CaseDocuments
from imsa_desk.gui.pages.case_timeline import CaseTimeline
from imsa_desk.gui.pages.conflicts import ConflictsPage
from imsa_desk.gui.pages.late_changes import LateChangesPage
from imsa_desk.gui.typing_guard import WORDS as READ_ONLY
from imsa_desk.gui.widgets.rows import Row, RowList
from imsa_desk.gui.widgets.toast import Toast
from imsa_desk.services import assessments, consents, documents, review_cycle
from imsa_desk.services.desk import Desk
from imsa_desk.vocab import AssignmentWhy, Kind

PLACES = (*(tab.id for tab in TABS), "theme", "entry", "history")
"""Every tab, and what the tabs of the themes and the timeline show of one thing."""


@pytest.fixture
def story(desk: Desk, clock: desk_kit.Clock) -> Story:
    """A case with something in every tab."""
    told = tell_story(desk, clock)
    given = ConsentDraft(told.case_id, "professional", told.professional_id, categories=("health",))
    consents.give_consent(desk, replace(given, in_their_words="Yes, the room."))
    documents.add_document(desk, DocumentDraft(told.case_id, "Letter"), b"%PDF-1.7\n" + bytes(600))
    review_cycle.note_trigger(desk, told.case_id, "move")
    assessments.sign_off(desk, ready(desk, told.case_id))
    assessments.save_section(desk, ready(desk, told.case_id), "t2", [draft("2.1", advocate=4)])
    return told


@dataclass
class Walk:
    """Goes to a place of a case, presses one thing there, and looks what became of it."""

    window: MainWindow
    story: Story
    settle: Settle
    recorder: Recorder
    told: list[Notice]

    def go(self, place: str) -> CasePage:
        record: dict[str, str] = {"record": self.story.meeting_id}
        of_one = {"theme": {"theme": "t2"}, "themes": {"theme": ""}, "entry": record, "history": record}
        args: dict[str, str] = of_one.get(place, {})
        tab = {"theme": "themes", "entry": "timeline", "history": "timeline"}.get(place, place)
        self.window.open("today")
        self.window.open("case", case_id=self.story.case_id, tab=tab, **args)
        self.settle(self.window)
        if place == "history":
            page(self.window, CaseTimeline)._ask_history()
            self.settle(self.window)
        return page(self.window, CasePage)

    def buttons(self, place: str) -> list[QAbstractButton]:
        """Give every button in sight but those of the line that says whose the case is."""
        shown = self.go(place)
        return [
            one
            for one in shown.findChildren(QAbstractButton)
            if one.isVisible()
            and not isinstance(one.parentWidget(), QTabBar)
            and not shown.standing.isAncestorOf(one)
        ]

    def written(self) -> int:
        """Count the lines of the vault that say more than that somebody looked."""
        desk = self.window.context.desk
        lines = [line for line in lines_of(desk) if line.body and f'"kind":"{Kind.ACCESS}"' not in line.body]
        return len(lines)

    def only_reads(self, what: str, press: Callable[[], object]) -> None:
        """Press, and see that nothing was refused, asked or written."""
        before = self.written()
        press()
        self.settle(self.window)
        assert not self.told, f"{what}: {self.told[0].words}"
        assert not self.recorder.asked, f"{what}: {self.recorder.asked}"
        assert self.written() == before, f"{what} wrote"
        assert self.window.opened is not None
        self.window.opened.editors.close_all()
        self.settle(self.window)


@pytest.fixture
def walk(window: MainWindow, story: Story, settle: Settle, recorder: Recorder) -> Iterator[Walk]:
    told: list[Notice] = []
    window.bridge.told.connect(told.append)
    yield Walk(window, story, settle, recorder, told)
    window.bridge.told.disconnect(told.append)


@pytest.fixture
def handed(walk: Walk, desk: Desk) -> Walk:
    """The same, after the case was handed over to somebody else."""
    assign(desk, walk.story.case_id, AssignmentWhy.LEAVING, mine=False)
    return walk


@pytest.mark.parametrize("place", PLACES)
def test_whatever_can_be_pressed_in_a_case_of_somebody_else_only_reads(handed: Walk, place: str) -> None:
    pressed = -1
    while (pressed := pressed + 1) < len(found := handed.buttons(place)):
        one = found[pressed]
        if not one.isEnabled():
            assert "B. Practice" in one.toolTip(), one.accessibleName()
            assert "B. Practice" in one.accessibleDescription(), one.accessibleName()
            continue
        handed.only_reads(one.accessibleName() or one.text(), one.click)
        for menu in handed.window.findChildren(QAction):
            if menu.isEnabled() and menu.text() and menu.isVisible():
                handed.only_reads(menu.text(), menu.trigger)


@pytest.mark.parametrize("place", PLACES)
def test_no_row_of_a_case_of_somebody_else_offers_to_write(handed: Walk, place: str) -> None:
    lists = [one for one in handed.go(place).findChildren(RowList) if one.isVisible()]
    for at, one in enumerate(lists):
        for n, entry in enumerate(one.entries):
            if isinstance(entry, Row):
                again = [each for each in handed.go(place).findChildren(RowList) if each.isVisible()][at]
                handed.only_reads(f"{entry.verb} {entry.what}", partial(again.run, again.model().index(n, 0)))
    for table in handed.go(place).findChildren(CellTable):
        if table.isVisible():
            handed.only_reads("the table", partial(table._run, 0))


def test_why_a_case_is_only_read_stands_once_above_every_tab(handed: Walk) -> None:
    for place in PLACES:
        line = handed.go(place).standing
        words = [one.text() for one in line.findChildren(QLabel) if one.isVisible()]
        assert sum("With B. Practice" in one for one in words) == 1 and line.isVisible(), place


@pytest.mark.parametrize("place", PLACES)
def test_a_case_that_comes_back_is_written_again_without_going_away(
    walk: Walk, desk: Desk, place: str
) -> None:
    own = {one.accessibleName(): one.toolTip() for one in walk.buttons(place) if one.isEnabled()}
    verbs = _verbs(page(walk.window, CasePage))
    for mine, day in ((False, "2026-11-10"), (True, "2026-11-12")):
        assign(desk, walk.story.case_id, AssignmentWhy.LEAVING, mine=mine, from_on=day)
        walk.window.bridge.announce_change((Kind.ASSIGNMENT,))
        walk.settle(walk.window)
        shown = page(walk.window, CasePage)
        assert shown.log.isEnabled() is mine
    parts = [one for one in shown.findChildren(QAbstractButton) if one.isVisible() and one.isEnabled()]
    back = {one.accessibleName(): one.toolTip() for one in parts}
    if place == "history":  # the entry itself is shown again
        own = {name: tip for name, tip in own.items() if "version" not in name and "entry" not in name}
    assert own.items() <= back.items()
    assert _verbs(shown) == verbs


def _verbs(shown: CasePage) -> list[str]:
    lists = [one for one in shown.findChildren(RowList) if one.isVisible()]
    return [entry.verb for one in lists for entry in one.entries if isinstance(entry, Row)]


def test_keys_and_the_palette_leave_such_a_case_alone_and_say_why(handed: Walk) -> None:
    handed.go("overview")
    assert handed.window.opened is not None
    deeds = handed.window.opened.deeds
    offered = {line.found.text for line in deeds.lines()}
    for action in (one for one in ACTIONS if one.needs is Needs.CASE and one.id != "safety_plan"):
        assert action.text not in offered, action.id
        handed.only_reads(action.id, partial(deeds.do, action))
        (toast,) = handed.window.findChildren(Toast)
        assert "with B. Practice now" in toast.words, action.id
    assert by_id("safety_plan").text in offered and by_id("handover.ask").text in offered
    for action_id in ("handover.ask", "reflection.write", "safety_plan"):
        handed.only_reads(action_id, partial(deeds.do, by_id(action_id)))


def test_a_file_is_not_dropped_on_such_a_case(handed: Walk) -> None:
    handed.go("documents")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("letter.pdf")])
    keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    event = QDragEnterEvent(QPoint(9, 9), Qt.DropAction.CopyAction, data, *keys)
    event.ignore()
    page(handed.window, CaseDocuments).dragEnterEvent(event)
    assert not event.isAccepted()


def test_a_supervisor_adds_to_a_signed_review_and_changes_nothing_else(walk: Walk, desk: Desk) -> None:
    assign(desk, walk.story.case_id, AssignmentWhy.LEAVING, mine=False)
    assign(desk, walk.story.case_id, AssignmentWhy.SUPERVISION, mine=True, read_only=True)
    found = {one.accessibleName(): one for one in walk.buttons("assessments")}
    assert found["Add to the signed review"].isEnabled() and found["Countersign…"].isEnabled()
    assert not found["Start an assessment"].isEnabled() and not found["Log a meeting"].isEnabled()
    assert not found["Read in a filled form…"].isEnabled()


def test_the_line_that_says_whose_a_case_is_has_its_own_verbs(handed: Walk) -> None:
    line = handed.go("consent").findChild(CaseStandingLine)
    assert line is not None
    (verb,) = [one for one in line.findChildren(QAbstractButton) if one.isVisible()]
    assert verb.isEnabled() and verb.text() == "Let go of it…"


def test_what_came_late_to_a_case_that_went_on_is_read_and_not_decided(walk: Walk, desk: Desk) -> None:
    case = walk.story.case_id
    assign(desk, case, AssignmentWhy.LEAVING, mine=True, after=f'{{"{FORMER}":0}}', from_on="2026-11-10")
    come_late(desk, case, "The landlord called on the last evening.")
    walk.window.open("late_changes")
    walk.settle(walk.window)
    (buttons,) = page(walk.window, LateChangesPage).buttons.values()
    assert all(one.isEnabled() for one in buttons)
    assign(desk, case, AssignmentWhy.LEAVING, mine=False, from_on="2026-11-12")
    walk.window.bridge.announce_change((Kind.ASSIGNMENT,))
    walk.settle(walk.window)
    for one in (button for pair in page(walk.window, LateChangesPage).buttons.values() for button in pair):
        assert not one.isEnabled() and "B. Practice" in one.toolTip()


def test_two_versions_in_a_case_of_somebody_else_are_read_and_not_settled(
    handed: Walk, desk: Desk, fresh_vault: Path, tmp_path: Path, clock: desk_kit.Clock
) -> None:
    with second_laptop(desk, tmp_path / "other", copytree(fresh_vault, tmp_path / "fresh"), clock) as other:
        case = torn_tier(desk, other)
    handed.window.open("conflicts")
    handed.settle(handed.window)
    shown = page(handed.window, ConflictsPage)
    keeps = [one for one in shown.findChildren(QAbstractButton) if one.text() == "Keep this"]
    assert all(one.isEnabled() for one in keeps)
    assign(desk, case, AssignmentWhy.LEAVING, mine=False)
    handed.window.bridge.announce_change((Kind.ASSIGNMENT,))
    handed.settle(handed.window)
    keeps = [
        one for one in shown.findChildren(QAbstractButton) if one.text() == "Keep this" and one.isVisible()
    ]
    assert len(keeps) == 2 and not any(one.isEnabled() for one in keeps)
    assert any("B. Practice" in one.text() for one in shown.findChildren(QLabel) if one.isVisible())
    handed.only_reads("Enter on the row", partial(shown._enter, shown.list.current_id))


def test_a_vault_that_is_open_to_read_only_offers_to_write_in_no_case(
    front: MainWindow, desk: Desk, story: Story, settle: Settle
) -> None:
    desk.store.read_only = True
    front.vault_opened(replace(desk, read_only="The folder cannot be written."))
    for tab in TABS:
        front.open("case", case_id=story.case_id, tab=tab.id)
        settle(front)
        assert not page(front, CasePage).log.isEnabled()
    shown = page(front, CasePage)
    assert shown.pen.why == READ_ONLY == shown.log.toolTip()
    desk.store.read_only = False
    assert front.opened is not None
    front.opened.end()
    settle(front)
