"""Starting an assessment: what it is for, on which form, and whether it begins from the last one."""

from __future__ import annotations

import desk_kit
import pytest
from assessment_kit import draft
from desk_kit import Clock
from gui.access import amiss
from gui.assessment_window import AGREED, quiet, started, windows_of
from gui.conftest import wait_until
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from imsa_desk.domain.ids import AssessmentId, CaseId
from imsa_desk.gui.forms.start_assessment import StartAssessment
from imsa_desk.gui.main_window import MainWindow
from imsa_desk.gui.pages.assessment import AssessmentPage
from imsa_desk.services import assessments
from imsa_desk.services.desk import Desk
from imsa_desk.services.forms import add_form
from imsa_desk.vocab import AssessmentType

TWO_LANGUAGES = """
id = "own-closing-talk"
version = 1
title = "How it ended"
language = "en-GB"
languages = ["ar"]
serves = ["closing"]

[scales.not_discussed]
title = "Not discussed"
point = [
  { value = "not_now", label = "Not now" },
  { value = "declined", label = "Declined" },
  { value = "not_relevant", label = "Does not apply" },
  { value = "no_time", label = "No time" },
  { value = "unsafe_place", label = "Not safe here" },
]

[[section]]
id = "end"
title = "The end"

[[section.question]]
id = "E1"
number = "E1"
kind = "long_text"
text = "What helped?"
text_in = { ar = "ما الذي ساعد؟" }
"""


def opened(window: MainWindow, case_id: str, **args: str) -> StartAssessment:
    """Open the editor."""
    window.open_editor("start_assessment", case_id=case_id, **args)
    quiet(window)
    (found,) = windows_of(StartAssessment)
    assert isinstance(found, StartAssessment)
    return found


def signed(desk: Desk, case_id: CaseId, level: int = 3) -> AssessmentId:
    """Sign a review with one need."""
    found = started(desk, case_id, AGREED)
    assessments.save_section(desk, found, "safety", [draft("S4", present="no"), draft("S8", present="no")])
    assessments.save_section(desk, found, "t2", [draft("2.1", advocate=level)])
    assessments.sign_off(desk, found)
    return found


def test_the_shortcut_and_enter_start_what_is_usual(window: MainWindow, desk: Desk, case_id: CaseId) -> None:
    window.open("case", case_id=case_id)
    quiet(window)
    QTest.keyClick(
        window, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    wait_until(lambda: bool(windows_of(StartAssessment)))
    quiet(window)
    (editor,) = windows_of(StartAssessment)
    assert isinstance(editor, StartAssessment)
    assert editor.chosen_type == AssessmentType.INITIAL
    wait_until(lambda: editor.window().focusWidget() is editor.save_button)
    QTest.keyClick(editor.save_button, Qt.Key.Key_Return)
    quiet(window)
    (line,) = assessments.assessments_of(desk, case_id)
    assert (line.form_id, line.assessment_type) == ("needs-strengths-safety", AssessmentType.INITIAL)
    assert window.opened is not None
    assert isinstance(window.opened.frame.page, AssessmentPage)
    assert windows_of(StartAssessment) == []


def test_a_review_begins_from_the_last_one_unless_it_is_told_not_to(
    window: MainWindow, desk: Desk, case_id: CaseId, clock: Clock
) -> None:
    earlier = signed(desk, case_id)
    clock.move(days=28)
    editor = opened(window, case_id)
    assert editor.chosen_type == AssessmentType.REVIEW
    assert editor.begin.isChecked()
    assert "First full review" in editor.begin.words
    editor.save()
    quiet(window)
    new = assessments.assessments_of(desk, case_id)[0]
    value = assessments.assessment(desk, new.id)
    assert value.begun_from == earlier
    assert value.answers["2.1"].carried_from == earlier


def test_each_purpose_offers_its_own_form_first(window: MainWindow, desk: Desk, case_id: CaseId) -> None:
    editor = opened(window, case_id)
    for kind, form_id in (
        (AssessmentType.SAFETY_SCREEN, "safety-screen"),
        (AssessmentType.PRE_MOVE_ON, "move-on-review"),
        (AssessmentType.CLOSING, "closing-review"),
        (AssessmentType.FEEDBACK, "survivor-feedback"),
        (AssessmentType.EVENT_TRIGGERED, "event-risk-review"),
    ):
        editor.types[kind].setChecked(True)
        assert editor.form.value == form_id
        assert editor.fields["review_trigger"].isHidden() == (kind is not AssessmentType.EVENT_TRIGGERED)
    editor.types[AssessmentType.FEEDBACK].setChecked(True)
    editor.save()
    quiet(window)
    assert assessments.assessments_of(desk, case_id)[0].form_id == "survivor-feedback"


def test_what_is_in_hand_is_offered_first_and_enter_goes_on_with_it(
    window: MainWindow, desk: Desk, case_id: CaseId
) -> None:
    started(desk, case_id)
    editor = opened(window, case_id)
    wait_until(lambda: editor.window().focusWidget() is editor.waiting)
    QTest.keyClick(editor.waiting, Qt.Key.Key_Return)
    quiet(window)
    assert len(assessments.assessments_of(desk, case_id)) == 1
    assert window.opened is not None
    assert isinstance(window.opened.frame.page, AssessmentPage)


def test_a_form_in_several_languages_asks_in_which_one_and_shows_its_questions_so(
    window: MainWindow, desk: Desk, case_id: CaseId
) -> None:
    add_form(desk, TWO_LANGUAGES.encode(), "own.toml")
    editor = opened(window, case_id)
    editor.types[AssessmentType.CLOSING].setChecked(True)
    assert editor.form.value == "own-closing-talk"
    assert not editor.fields["language"].isHidden()
    editor.language.set_value("ar")
    editor.save()
    quiet(window)
    assert window.opened is not None
    page = window.opened.frame.page
    assert isinstance(page, AssessmentPage)
    assert page.opened is not None
    question = page.opened.form.question("E1")
    assert question is not None
    assert question.text == "ما الذي ساعد؟"


@pytest.mark.parametrize("size", [(640, 640), (560, 420)])
def test_every_part_has_a_name_and_can_be_reached(
    window: MainWindow, desk: Desk, size: tuple[int, int]
) -> None:
    case_id = desk_kit.open_case(desk)
    signed(desk, case_id)
    started(desk, case_id)
    editor = opened(window, case_id)
    editor.window().resize(*size)
    quiet(window)
    assert amiss(editor.window()) == []
