"""What tests of case pages and editors share: going somewhere, finding editors, a case with a story."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import desk_kit
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from imsa_desk.domain.actions import ActionDraft
from imsa_desk.domain.coordination import ContactDraft
from imsa_desk.domain.ids import CaseId, MeetingId, ProfessionalId
from imsa_desk.domain.meetings import MeetingDraft
from imsa_desk.domain.themes import ThemeEntryDraft
from imsa_desk.gui.main_window import MainWindow
from imsa_desk.services import coordination, meetings, themes
from imsa_desk.services.desk import Desk

Settle = Callable[[MainWindow], None]
W = TypeVar("W", bound=QWidget)


@dataclass(frozen=True, slots=True)
class Story:
    """A case in which something has happened."""

    case_id: CaseId
    professional_id: ProfessionalId
    meeting_id: MeetingId
    covered_id: MeetingId


def tell_story(desk: Desk, clock: desk_kit.Clock, known_as: str = "Selam") -> Story:
    """Open a case with meetings, a professional, a promise that was not kept, and a restricted note."""
    case_id = desk_kit.open_case(desk, known_as)
    who = desk_kit.add_professional(desk, case_id)
    clock.move(days=-20)
    promise = ActionDraft("Call back about the room", "professional", who, "in 8 days", "t2")
    coordination.record_contact(
        desk,
        ContactDraft(
            case_id=case_id,
            on="today",
            participants=(who,),
            purpose="A room",
            summary="Asked for a room from Friday.",
            asked_for="A room from Friday",
            actions=(promise,),
        ),
    )
    themes.note_theme(desk, ThemeEntryDraft(case_id, "t2", "today", 3, notes="The notice ends on Friday."))
    clock.move(days=20)
    themes.note_theme(desk, ThemeEntryDraft(case_id, "t2", "today", 4, notes="No room yet."))
    meeting_id = meetings.log_meeting(
        desk,
        MeetingDraft(
            case_id=case_id,
            on="yesterday",
            time="10:00",
            title="Looking at areas",
            notes="Two areas ruled out.",
            themes=("t2", "t4"),
            actions=(ActionDraft("Write the review request", "imsa", "", "in 3 days", "t2"),),
        ),
    )
    covered_id = meetings.log_meeting(
        desk,
        MeetingDraft(
            case_id=case_id, on="yesterday", time="11:00", notes="A very private thing", sensitivity="L3"
        ),
    )
    return Story(case_id, who, meeting_id, covered_id)


def editor(window: MainWindow, kind: type[W]) -> W:
    """Give the open editor of a kind."""
    found = editors(window, kind)
    assert len(found) == 1, f"{len(found)} editors of {kind.__name__}"
    return found[0]


def editors(window: MainWindow, kind: type[W]) -> list[W]:
    """Give all open editors of a kind; their windows belong to the main window."""
    return [e for e in window.findChildren(kind) if e.isVisible()]


def page(window: MainWindow, kind: type[W]) -> W:
    """Give the page or the tab of a kind that is on the screen."""
    found = [p for p in window.findChildren(kind) if p.isVisible()]
    assert len(found) == 1, f"{len(found)} pages of {kind.__name__}"
    return found[0]


def press(
    part: QWidget, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    """Press a key where the focus would be."""
    QTest.keyClick(part, key, modifiers)


def has_cursor(part: QWidget) -> bool:
    """Say whether a part is where its window's focus is, also while another window is in front."""
    return part.window().focusWidget() is part


def activate(part: QWidget) -> None:
    """Bring the window of a part to the front, as keys need."""
    top = part.window()
    top.activateWindow()
    assert QTest.qWaitForWindowActive(top, 2000)
