"""What follows a review: an addition after it was signed, a next step from a need, what happened since."""

from __future__ import annotations

import pytest
from assessment_kit import draft
from gui.access import amiss
from gui.assessment_window import AGREED, quiet, started, windows_of
from PySide6.QtWidgets import QLabel, QWidget

from imsa_desk.domain.ids import AssessmentId, CaseId
from imsa_desk.gui.forms.addendum import AddendumEditor
from imsa_desk.gui.forms.need_action import NeedActionEditor
from imsa_desk.gui.forms.trigger import TriggerEditor
from imsa_desk.gui.main_window import MainWindow
from imsa_desk.services import actions, addenda, assessments, review_cycle, targets
from imsa_desk.services.desk import Desk
from imsa_desk.vocab import AddendumKind


@pytest.fixture
def signed(desk: Desk, case_id: CaseId) -> AssessmentId:
    """A signed review in which a need has a next step that nobody owns yet."""
    found = started(desk, case_id, AGREED)
    assessments.save_section(desk, found, "safety", [draft("S4", present="no"), draft("S8", present="no")])
    assessments.save_section(desk, found, "t2", [draft("2.1", advocate=3, next_step="Ring the council")])
    assessments.sign_off(desk, found)
    return found


def opened(window: MainWindow, editor: str, kind: type[QWidget], **args: str) -> QWidget:
    """Open an editor."""
    window.open_editor(editor, **args)
    quiet(window)
    (found,) = windows_of(kind)
    return found


def test_a_correction_to_one_question_is_sealed_after_the_review(
    window: MainWindow, desk: Desk, case_id: CaseId, signed: AssessmentId
) -> None:
    args = {"what": "correction", "question_id": "2.1"}
    editor = opened(window, "addendum", AddendumEditor, case_id=case_id, assessment_id=signed, **args)
    assert isinstance(editor, AddendumEditor)
    assert editor.fields["name"].isHidden()
    said = " ".join(part.text() for part in editor.findChildren(QLabel))
    assert "only be taken back with Undo, until something else is added" in said
    assert amiss(editor.window()) == []
    editor.text.setPlainText("The room is hers until Friday, as the letter says.")
    editor.save()
    quiet(window)
    (found,) = addenda.addenda_of(desk, signed)
    assert (found.what, found.question_id) == (AddendumKind.CORRECTION, "2.1")
    assert addenda.addenda_hold(desk, signed)
    assert assessments.seal_is_whole(desk, signed)


def test_a_countersignature_needs_the_name_and_the_role_of_who_signs(
    window: MainWindow, desk: Desk, case_id: CaseId, signed: AssessmentId
) -> None:
    args = {"what": "countersignature"}
    editor = opened(window, "addendum", AddendumEditor, case_id=case_id, assessment_id=signed, **args)
    assert isinstance(editor, AddendumEditor)
    editor.name.setText("Sam Practice")
    editor.save()
    quiet(window)
    assert editor.fields["role"].error == "Enter their role."
    editor.role.setText("Team leader")
    editor.save()
    quiet(window)
    (found,) = addenda.addenda_of(desk, signed)
    assert (found.name, found.role) == ("Sam Practice", "Team leader")


def test_a_need_becomes_something_somebody_does_in_one_step(
    window: MainWindow, desk: Desk, case_id: CaseId, signed: AssessmentId
) -> None:
    args = {"assessment_id": str(signed), "key": "2.1"}
    editor = opened(window, "need_action", NeedActionEditor, case_id=case_id, **args)
    assert isinstance(editor, NeedActionEditor)
    assert (editor.what.text(), editor.theme.value) == ("Ring the council", "t2")
    assert editor.fields["target"].isHidden() == (len(targets.TARGETS) == 1)
    assert amiss(editor.window()) == []
    editor.due.set_typed("in 3 days")
    editor.save()
    quiet(window)
    (made,) = targets.made_from(desk, signed)["2.1"]
    assert made.text == "Ring the council"
    assert [one.id for one in actions.actions_of(desk, case_id, only_open=True)] == [made.id]


def test_something_that_happened_is_noted_in_a_moment(
    window: MainWindow, desk: Desk, case_id: CaseId
) -> None:
    editor = opened(window, "trigger", TriggerEditor, case_id=case_id)
    assert isinstance(editor, TriggerEditor)
    assert amiss(editor.window()) == []
    editor.save()
    quiet(window)
    assert editor.fields["why"].error == "Choose what has happened."
    editor.why.set_value("new_threat")
    editor.note.setPlainText("A man asked for her at the day centre.")
    editor.save()
    quiet(window)
    (found,) = review_cycle.open_triggers(desk, case_id)
    assert (found.why, found.on, found.note) == (
        "new_threat",
        desk.today(),
        "A man asked for her at the day centre.",
    )
