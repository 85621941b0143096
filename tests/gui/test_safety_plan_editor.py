"""The safety plan: read as it stands, changed into the next version, older ones kept readable."""

from __future__ import annotations

from desk_kit import Clock
from gui.access import amiss
from gui.assessment_window import quiet, windows_of
from PySide6.QtWidgets import QLabel

from imsa_desk.domain.ids import CaseId
from imsa_desk.domain.safety_plans import PARTS, SafetyPlanDraft
from imsa_desk.gui.forms.safety_plan import SafetyPlanEditor
from imsa_desk.gui.forms.safety_response import SafetyResponseEditor
from imsa_desk.gui.main_window import MainWindow
from imsa_desk.gui.pages.case_overview import CaseOverview
from imsa_desk.gui.widgets.button import Button
from imsa_desk.services.access import accesses_of
from imsa_desk.services.desk import Desk
from imsa_desk.services.safety_plans import plan_of, plans_of, save_plan
from imsa_desk.vocab import AccessKind, Kind


def opened(window: MainWindow, case_id: str) -> SafetyPlanEditor:
    """Open the editor."""
    window.open_editor("safety_plan", case_id=case_id)
    quiet(window)
    (found,) = windows_of(SafetyPlanEditor)
    assert isinstance(found, SafetyPlanEditor)
    return found


def read_words(editor: SafetyPlanEditor) -> str:
    """Give what is shown to be read."""
    return "\n".join(part.text() for part in editor.reading.findChildren(QLabel))


def test_the_first_plan_is_written_part_by_part_and_kept_as_version_one(
    window: MainWindow, desk: Desk, case_id: CaseId
) -> None:
    editor = opened(window, case_id)
    assert editor.writes
    assert list(editor.parts) == list(PARTS)
    assert amiss(editor.window()) == []
    editor.parts["safe_people"].setPlainText("My friend from the choir.")
    editor.how.set_value("spoken")
    editor.copy_no.setChecked(True)
    editor.save()
    quiet(window)
    found = plan_of(desk, case_id)
    assert found is not None
    assert (found.version, dict(found.parts)) == (1, {"safe_people": "My friend from the choir."})
    assert (found.agreed_how, found.agreed_on, found.copy_safe) == ("spoken", desk.today(), "no")
    assert windows_of(SafetyPlanEditor) == []


def test_a_plan_opens_to_be_read_and_changing_it_makes_the_next_version(
    window: MainWindow, desk: Desk, case_id: CaseId, clock: Clock
) -> None:
    save_plan(desk, case_id, SafetyPlanDraft(parts={"code_word": "Is the library open?"}))
    clock.move(days=14)
    editor = opened(window, case_id)
    assert not editor.writes
    assert "Is the library open?" in read_words(editor)
    editor.save()
    quiet(window)
    assert len(plans_of(desk, case_id)) == 1
    editor.change.click()
    assert editor.parts["code_word"].text == "Is the library open?"
    editor.parts["code_word"].setPlainText("Did the post come?")
    editor.save()
    quiet(window)
    newest, oldest = plans_of(desk, case_id)
    assert (newest.version, newest.replaces) == (2, oldest.id)
    again = opened(window, case_id)
    again.versions.chosen.emit(oldest.id)
    quiet(window)
    assert "Is the library open?" in read_words(again)
    assert amiss(again.window()) == []


def test_saving_a_plan_that_was_only_looked_at_says_that_the_version_stands(
    window: MainWindow, desk: Desk, case_id: CaseId, clock: Clock
) -> None:
    save_plan(desk, case_id, SafetyPlanDraft(parts={"after": "Tea"}, agreed_how="spoken", copy_safe="no"))
    clock.move(days=14)
    editor = opened(window, case_id)
    editor.change.click()
    editor.save()
    quiet(window)
    assert "Nothing was changed, so version 1 stands." in editor.summary.accessibleName()
    assert len(plans_of(desk, case_id)) == 1


def looks(desk: Desk, case_id: CaseId) -> list[str]:
    """Name the plans of which the record says that they were looked at, the latest first."""
    found = (one for one in accesses_of(desk, case_id) if one.subject_kind == Kind.SAFETY_PLAN)
    return [one.subject_id for one in found if one.kind is AccessKind.REVEAL]


def test_that_a_restricted_plan_was_opened_is_noted_once_for_each_opening(
    window: MainWindow, desk: Desk, case_id: CaseId, clock: Clock
) -> None:
    first = save_plan(desk, case_id, SafetyPlanDraft(parts={"after": "Tea"}))
    clock.move(days=1)
    second = save_plan(desk, case_id, SafetyPlanDraft(parts={"after": "A walk"}, based_on=first))
    editor = opened(window, case_id)
    assert looks(desk, case_id) == [second]
    editor.refresh()
    clock.move(minutes=1)
    for plan_id in (first, second, first):
        editor.versions.chosen.emit(plan_id)
        quiet(window)
    assert looks(desk, case_id) == [first, second]
    editor.window().close()
    quiet(window)
    clock.move(minutes=1)
    opened(window, case_id)
    assert looks(desk, case_id) == [second, first, second]


def test_of_a_plan_that_is_not_restricted_nothing_is_noted(
    window: MainWindow, desk: Desk, case_id: CaseId
) -> None:
    save_plan(desk, case_id, SafetyPlanDraft(parts={"after": "Tea"}, sensitivity="L2"))
    opened(window, case_id)
    assert looks(desk, case_id) == []


def test_closing_keeps_a_draft_only_once_something_was_typed(
    window: MainWindow, desk: Desk, case_id: CaseId
) -> None:
    first = save_plan(desk, case_id, SafetyPlanDraft(parts={"after": "Tea"}))
    save_plan(desk, case_id, SafetyPlanDraft(parts={"after": "A walk"}, based_on=first))
    editor = opened(window, case_id)
    assert editor.leave.words == "Close"
    editor.versions.set_value(first)
    editor.versions.chosen.emit(first)
    quiet(window)
    assert editor.leave.words == "Close"
    editor.change.click()
    assert editor.leave.words == "Close"
    editor.parts["after"].setPlainText("A long walk")
    assert editor.leave.words == "Close, keep draft"
    editor.window().close()
    quiet(window)
    assert opened(window, case_id).leave.words == "Close, keep draft"


def test_what_is_half_written_is_kept_and_comes_back_to_be_gone_on_with(
    window: MainWindow, desk: Desk, case_id: CaseId
) -> None:
    save_plan(desk, case_id, SafetyPlanDraft(parts={"code_word": "Is the library open?"}))
    editor = opened(window, case_id)
    editor.change.click()
    editor.parts["safe_places"].setPlainText("The day centre")
    editor.window().close()
    quiet(window)
    again = opened(window, case_id)
    assert again.writes
    assert again.parts["safe_places"].text == "The day centre"
    assert len(plans_of(desk, case_id)) == 1


def test_a_newer_version_saved_meanwhile_is_not_written_over(
    window: MainWindow, desk: Desk, case_id: CaseId
) -> None:
    editor = opened(window, case_id)
    editor.parts["after"].setPlainText("Tea")
    save_plan(desk, case_id, SafetyPlanDraft(parts={"after": "A walk"}))
    editor.save()
    quiet(window)
    assert [one.parts["after"] for one in plans_of(desk, case_id)] == ["A walk"]
    assert editor.isVisible()
    assert not editor.summary.isHidden()


def test_what_was_done_about_a_danger_leads_on_to_the_plan(
    window: MainWindow, desk: Desk, case_id: CaseId
) -> None:
    window.open_editor("safety_response", case_id=case_id)
    quiet(window)
    (response,) = windows_of(SafetyResponseEditor)
    plan = next(one for one in response.findChildren(Button) if one.words == "Open the safety plan")
    plan.click()
    quiet(window)
    assert len(windows_of(SafetyPlanEditor)) == 1


def test_the_case_says_which_plan_stands_and_opens_it(
    window: MainWindow, desk: Desk, case_id: CaseId
) -> None:
    save_plan(desk, case_id, SafetyPlanDraft(parts={"after": "Tea"}, agreed_how="spoken"))
    window.open("case", case_id=case_id)
    quiet(window)
    (overview,) = (one for one in window.findChildren(CaseOverview) if one.isVisible())
    assert overview.plan.words.text().startswith("Version 1")
    assert overview.plan.words.text().endswith("agreed in words")
    overview.plan.pressed.emit()
    quiet(window)
    assert len(windows_of(SafetyPlanEditor)) == 1
