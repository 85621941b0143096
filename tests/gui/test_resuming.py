"""What comes back by itself after a lock, and after the program stopped without warning."""

from __future__ import annotations

from typing import Any

from desk_kit import Clock
from gui.case_kit import editors, tell_story
from gui.conftest import Settle
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QWidget

from imsa_desk.domain.drafts import Draft
from imsa_desk.domain.ids import CaseId, new_id
from imsa_desk.gui.forms.meeting import MeetingEditor
from imsa_desk.gui.main_window import MainWindow
from imsa_desk.services.desk import Desk
from imsa_desk.services.drafts import save_draft


def keep(desk: Desk, editor: str, case_id: CaseId | str = "") -> None:
    """Store an unreadable draft, which its editor opens without."""
    save_draft(desk, Draft(new_id(), editor, case_id, "", "Typed", "{}", "", desk.now()))


def unlock(front: MainWindow, desk: Desk, settle: Settle, **state: Any) -> None:
    """Open a vault as a worker does that was left this state."""
    front.start = front.start._replace(state=state)
    front.vault_opened(desk)
    settle(front)
    settle(front)


def leave(front: MainWindow, settle: Settle) -> None:
    """Close what is open, before the vault goes."""
    assert front.opened is not None
    front.opened.editors.close_all()
    settle(front)
    front.opened.end()
    settle(front)


def test_after_a_crash_what_was_typed_last_is_open_again(
    front: MainWindow, desk: Desk, clock: Clock, settle: Settle
) -> None:
    story = tell_story(desk, clock)
    keep(desk, "reflection")
    clock.move(minutes=1)
    keep(desk, "meeting", story.case_id)
    unlock(front, desk, settle, crashed=True)
    assert front.opened is not None
    assert [kept["id"] for kept in front.opened.editors.state()] == ["meeting"]
    assert [one.args["case_id"] for one in editors(front, MeetingEditor)] == [story.case_id]
    leave(front, settle)


def test_after_a_crash_an_editor_from_the_lock_before_stays_closed(
    front: MainWindow, desk: Desk, clock: Clock, settle: Settle
) -> None:
    story = tell_story(desk, clock)
    left = [{"id": "meeting", "args": {"case_id": story.case_id}}]
    unlock(front, desk, settle, crashed=True, editors=left)
    assert front.opened is not None
    assert front.opened.editors.state() == []
    leave(front, settle)


def test_an_old_draft_does_not_open_by_itself(
    front: MainWindow, desk: Desk, clock: Clock, settle: Settle
) -> None:
    keep(desk, "reflection")
    clock.move(days=2)
    unlock(front, desk, settle, crashed=True)
    assert front.opened is not None
    assert front.opened.editors.state() == []
    leave(front, settle)


def test_after_a_lock_each_editor_stands_where_it_stood(
    front: MainWindow, desk: Desk, clock: Clock, settle: Settle
) -> None:
    story = tell_story(desk, clock)
    unlock(front, desk, settle)
    front.open_editor("meeting", case_id=story.case_id)
    settle(front)
    assert front.opened is not None
    _window_of(front).setGeometry(QRect(60, 80, 700, 600))
    state = front.state()
    front.opened.editors.close_all()
    settle(front)
    front.opened.begin(state)
    settle(front)
    assert _window_of(front).geometry() == QRect(60, 80, 700, 600)
    leave(front, settle)


def _window_of(front: MainWindow) -> QWidget:
    return editors(front, MeetingEditor)[0].window()
