"""Safety plans, additions and reasons for a review in the timeline: narrowed to, uncovered, opened, found."""

from __future__ import annotations

import pytest
from assessment_kit import ready
from desk_kit import Clock
from gui.assessment_window import quiet, windows_of
from gui.case_kit import page
from gui.conftest import wait_until
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit

from imsa_desk.domain.addenda import AddendumDraft
from imsa_desk.domain.ids import AssessmentId, CaseId, PlanId
from imsa_desk.domain.safety_plans import SafetyPlanDraft
from imsa_desk.gui.forms.safety_plan import SafetyPlanEditor
from imsa_desk.gui.main_window import MainWindow
from imsa_desk.gui.pages.assessment import AssessmentPage
from imsa_desk.gui.pages.case_timeline import CaseTimeline
from imsa_desk.gui.pages.today import TodayPage
from imsa_desk.gui.widgets.palettelist import Found, PaletteList
from imsa_desk.gui.widgets.rows import Row
from imsa_desk.services import addenda, assessments, review_cycle
from imsa_desk.services.access import accesses_of
from imsa_desk.services.desk import Desk
from imsa_desk.services.safety_plans import save_plan
from imsa_desk.vocab import AccessKind, Kind


@pytest.fixture
def review(desk: Desk, case_id: CaseId) -> AssessmentId:
    """A signed review with a correction."""
    made = ready(desk, case_id)
    assessments.sign_off(desk, made)
    addenda.add_addendum(desk, made, AddendumDraft("correction", "It was the sister.", "S4"))
    return made


@pytest.fixture
def plan_id(desk: Desk, case_id: CaseId, clock: Clock) -> PlanId:
    """A plan of which the first version was replaced."""
    parts = {"code_word": "Is the library open?"}
    first = save_plan(desk, case_id, SafetyPlanDraft(parts, agreed_how="spoken", review_on="in 2 days"))
    clock.move(days=1)
    later = {"code_word": "Is the library still open?"}
    save_plan(desk, case_id, SafetyPlanDraft(later, review_on="in 2 days", based_on=first))
    return first


def opened(window: MainWindow, case_id: str, **args: str) -> CaseTimeline:
    """Open the timeline."""
    window.open("case", case_id=case_id, tab="timeline", **args)
    quiet(window)
    return page(window, CaseTimeline)


def whats(shown: CaseTimeline) -> list[str]:
    """Give what the list says."""
    return [one.what for one in shown.list.entries if isinstance(one, Row)]


def said(shown: CaseTimeline) -> str:
    """Give what stands beside the list."""
    return "\n".join(part.text() for part in shown.panel.findChildren(QLabel) if part.isVisible())


def test_plans_stand_with_safety_and_additions_and_reasons_with_needs(
    window: MainWindow, desk: Desk, case_id: CaseId, review: AssessmentId, plan_id: PlanId
) -> None:
    review_cycle.note_trigger(desk, case_id, "move")
    shown = opened(window, case_id)
    shown._pills["safety"].click()
    assert whats(shown) == ["Safety plan, version 2", "Safety plan, version 1, agreed in words"]
    shown._show_everything()
    shown._pills["assessments"].click()
    correction = "Correction to the review of 20 November"
    assert {correction, "Reason for a review: a move"} < set(whats(shown))


def test_a_plan_is_uncovered_on_enter_noted_and_opened_at_its_own_version(
    window: MainWindow, desk: Desk, case_id: CaseId, plan_id: PlanId
) -> None:
    shown = opened(window, case_id, record=plan_id)
    assert "library" not in said(shown)
    shown.panel.reveal.emit()
    quiet(window)
    assert "Is there a word that means I need help?\nIs the library open?" in said(shown)
    noted = [one for one in accesses_of(desk, case_id) if one.kind is AccessKind.REVEAL]
    assert [(one.subject_kind, one.subject_id) for one in noted] == [(Kind.SAFETY_PLAN, plan_id)]
    shown.panel.whole.emit()
    quiet(window)
    (editor,) = windows_of(SafetyPlanEditor)
    assert isinstance(editor, SafetyPlanEditor)
    assert editor.versions.value == plan_id and not editor.writes


def test_an_addition_says_what_it_is_about_and_opens_its_review(
    window: MainWindow, desk: Desk, case_id: CaseId, review: AssessmentId
) -> None:
    (one,) = addenda.addenda_of(desk, review)
    shown = opened(window, case_id, record=one.id)
    assert "It was the sister." in said(shown) and "\nS4 " in said(shown)
    shown._ask_history()
    quiet(window)
    assert "Added and sealed" in said(shown)
    shown._back()
    shown.panel.whole.emit()
    quiet(window)
    assert page(window, AssessmentPage).isVisible()


@pytest.mark.parametrize(
    ("words", "title"), [("sister", "Correction to the review"), ("library", "Safety plan, version")]
)
def test_what_the_search_finds_is_shown_in_the_timeline_and_stays_covered_where_it_is_restricted(
    window: MainWindow, review: AssessmentId, plan_id: PlanId, words: str, title: str
) -> None:
    assert window.opened is not None
    window.opened.show_palette()
    line = next(part for part in window.findChildren(QLineEdit) if part.isVisible() and part.hasFocus())
    line.setText(words)
    wait_until(lambda: bool(written(window)))
    written(window)[0].run()
    quiet(window)
    shown = page(window, CaseTimeline)
    assert title in said(shown)
    assert ("sister" in said(shown)) is (words == "sister")


def written(window: MainWindow) -> list[Found]:
    """Give what was written and found; the palette asks a moment after the last letter."""
    (shown,) = (part for part in window.findChildren(PaletteList) if part.isVisible())
    model = shown.model()
    lines = (model.index(n, 0).data(Qt.ItemDataRole.UserRole) for n in range(model.rowCount()))
    return [one for one in lines if isinstance(one, Found) and one.group == "Written"]


def test_today_asks_calmly_to_look_at_a_plan_again_and_opens_it(
    window: MainWindow, case_id: CaseId, plan_id: PlanId, clock: Clock
) -> None:
    clock.move(days=4)
    window.open("today")
    quiet(window)
    shown = page(window, TodayPage)
    (line,) = (
        one
        for one in shown.due.rows.entries
        if isinstance(one, Row) and one.what == "Safety plan to be looked at again"
    )
    assert (line.tone, line.when, line.unit) == ("", "2", "days ago")
    shown.due.rows.acted.emit(line.id)
    quiet(window)
    assert len(windows_of(SafetyPlanEditor)) == 1
