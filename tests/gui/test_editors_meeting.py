"""The meeting editor: what is typed is kept, saved, refused in words, undone, and never lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import desk_kit
from gui.case_kit import Settle, activate, editor, editors, has_cursor, press, tell_story
from gui.conftest import wait_until
from gui.recorder import Recorder
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from imsa_desk.domain.ids import CaseId
from imsa_desk.gui.forms.meeting import MeetingEditor
from imsa_desk.gui.main_window import MainWindow
from imsa_desk.services import actions, drafts, meetings, vaults
from imsa_desk.services.desk import Desk

CONTROL = Qt.KeyboardModifier.ControlModifier


def write(window: MainWindow, settle: Settle, case_id: CaseId, **args: str) -> MeetingEditor:
    window.open_editor("meeting", case_id=case_id, **args)
    settle(window)
    made = editor(window, MeetingEditor)
    activate(made)
    return made


def test_a_meeting_is_written_and_saved_with_the_keyboard_alone(
    window: MainWindow, desk: Desk, case_id: CaseId, settle: Settle
) -> None:
    made = write(window, settle, case_id)
    assert has_cursor(made.instruction)
    QTest.keyClicks(made.instruction, "I want to stay near the school.")
    press(made.instruction, Qt.Key.Key_Tab)
    assert has_cursor(made.notes)
    QTest.keyClicks(made.notes, "Looked at three areas.")
    made.themes._pills["t2"].setFocus()
    press(made.themes._pills["t2"], Qt.Key.Key_Space)
    press(made.notes, Qt.Key.Key_Return, CONTROL)
    settle(window)
    stored = meetings.meetings_of(desk, case_id)[0]
    assert stored.instruction == "I want to stay near the school."
    assert stored.notes == "Looked at three areas."
    assert [str(t) for t in stored.themes] == ["t2"]
    assert editors(window, MeetingEditor) == []
    assert drafts.drafts(desk) == ()


def test_agreed_lines_become_actions_of_the_right_owner(
    window: MainWindow, desk: Desk, clock: desk_kit.Clock, settle: Settle
) -> None:
    story = tell_story(desk, clock)
    made = write(window, settle, story.case_id)
    made.notes.setPlainText("Agreed a few things.")
    made.agreed._add_pressed()
    line = made.agreed._lines[0]
    assert has_cursor(line.what)
    line.what.setText("Send the tenancy papers")
    line.who._choose(f"professional:{story.professional_id}")
    line.due.setText("in 4 days")
    made.save()
    settle(window)
    found = next(a for a in actions.actions_of(desk, story.case_id) if a.text == "Send the tenancy papers")
    assert found.professional_id == story.professional_id
    assert found.due_on is not None and (found.due_on - desk.today()).days == 4


def test_what_is_wrong_is_said_beside_the_field_and_on_top_and_nothing_is_lost(
    window: MainWindow, desk: Desk, case_id: CaseId, settle: Settle
) -> None:
    made = write(window, settle, case_id)
    made.on.set_typed("31/11/26")
    made.agreed._add_pressed()
    made.agreed._lines[0].what.setText("Ring the school")
    made.agreed._lines[0].due.setText("nonsense")
    made.save()
    settle(window)
    assert meetings.meetings_of(desk, case_id) == ()
    assert has_cursor(made.summary)
    assert "no 31 November" in made.fields["on"].error
    assert made.fields["notes"].error
    assert made.agreed._lines[0].wrong.isVisible()
    assert made.on.typed == "31/11/26"
    made.on.set_typed("20 nov")
    made.notes.setPlainText("Talked.")
    made.agreed._lines[0].due.setText("in 3 days")
    made.save()
    settle(window)
    assert len(meetings.meetings_of(desk, case_id)) == 1


def test_a_saved_meeting_is_undone_from_its_toast(
    window: MainWindow, desk: Desk, case_id: CaseId, settle: Settle
) -> None:
    made = write(window, settle, case_id)
    made.notes.setPlainText("Written by mistake.")
    made.save()
    settle(window)
    window.saying.undo()
    settle(window)
    assert meetings.meetings_of(desk, case_id) == ()


def test_typing_is_in_the_vault_within_two_seconds_and_back_with_the_cursor(
    window: MainWindow, desk: Desk, case_id: CaseId, settle: Settle
) -> None:
    made = write(window, settle, case_id)
    made.notes.setFocus()
    QTest.keyClicks(made.notes, "She said yes")
    cursor = made.notes.textCursor()
    cursor.setPosition(4)
    made.notes.setTextCursor(cursor)
    wait_until(lambda: bool(drafts.drafts(desk)), 2.0)
    settle(window)
    assert made.tag.isVisible()
    assert made.state.words.startswith("saved ")
    press(made.notes, Qt.Key.Key_Escape)
    settle(window)
    assert editors(window, MeetingEditor) == []
    again = write(window, settle, case_id)
    assert again.notes.text == "She said yes"
    assert has_cursor(again.notes)
    assert again.notes.textCursor().position() == 4


def test_leaving_a_field_stores_the_draft_at_once(
    window: MainWindow, desk: Desk, case_id: CaseId, settle: Settle
) -> None:
    made = write(window, settle, case_id)
    made.notes.setFocus()
    QTest.keyClicks(made.notes, "Half a sentence")
    made.place.setFocus()
    settle(window)
    assert "Half a sentence" in drafts.drafts(desk)[0].payload


def test_a_draft_can_be_thrown_away_after_asking(
    window: MainWindow, desk: Desk, case_id: CaseId, settle: Settle, recorder: Recorder
) -> None:
    made = write(window, settle, case_id)
    made.notes.setPlainText("Not this")
    made.keep()
    settle(window)
    recorder.answers.extend([False, True])
    made.throw.click()
    assert len(drafts.drafts(desk)) == 1
    made.throw.click()
    settle(window)
    assert drafts.drafts(desk) == ()
    assert editors(window, MeetingEditor) == []


def test_opening_and_closing_without_typing_leaves_no_draft(
    window: MainWindow, desk: Desk, case_id: CaseId, settle: Settle
) -> None:
    write(window, settle, case_id).window().close()
    settle(window)
    assert drafts.drafts(desk) == ()


def test_long_notes_markup_and_any_script_are_stored_as_typed(
    window: MainWindow, desk: Desk, case_id: CaseId, settle: Settle
) -> None:
    words = "<img src=x> =1+1 ሰላም سلام đời sống " * 170
    made = write(window, settle, case_id)
    made.notes.setPlainText(words)
    made.save()
    settle(window)
    assert meetings.meetings_of(desk, case_id)[0].notes == words


KILLED = """
import os, sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from imsa_desk.gui import theme
from imsa_desk.gui.forms.meeting import MeetingEditor
from imsa_desk.gui.main_window import MainWindow, Start
from imsa_desk.services import vaults
folder, case_id = Path(sys.argv[1]), sys.argv[2]
app = QApplication([])
theme.apply(app, theme.Scheme.LIGHT)
start = Start(folder, practice=True, settings_file=folder.parent / "settings.json")
window = MainWindow(app, start, leave=lambda state: None)
window.show()
window.vault_opened(vaults.unlock(folder, sys.argv[3]))
window.open_editor("meeting", case_id=case_id)
def type_it():
    found = window.findChildren(MeetingEditor)
    if not found or found[0].loaded is None:
        QTimer.singleShot(20, type_it)
        return
    found[0].notes.setPlainText("Typed just before the power went")
    QTimer.singleShot(2000, lambda: print("typed", flush=True))
type_it()
app.exec()
"""


def test_a_draft_is_back_after_the_program_is_killed(tmp_path: Path) -> None:
    folder = tmp_path / "vault"
    desk = desk_kit.new_desk(folder)
    case_id = desk_kit.open_case(desk)
    vaults.lock(desk)
    root = Path(__file__).parents[2] / "src"
    command = [sys.executable, "-c", KILLED, str(folder), case_id, desk_kit.PASSPHRASE]
    env = {**os.environ, "PYTHONPATH": str(root)}
    child = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert child.stdout is not None
        assert child.stdout.readline() == "typed\n"
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait()
        assert child.stdout is not None
        child.stdout.close()
    again = vaults.unlock(folder, desk_kit.PASSPHRASE)
    assert "Typed just before the power went" in drafts.drafts(again)[0].payload
    again.store.close()
