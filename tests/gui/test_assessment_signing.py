"""Nothing is asked while something is missing, and what is read has the first focus."""

from __future__ import annotations

from dataclasses import replace

from assessment_kit import draft, risk
from desk_kit import Clock
from gui.assessment_window import AGREED, focused, go, open_page, quiet, started, windows_of
from gui.conftest import Settle
from gui.recorder import Recorder

from imsa_desk.domain.forms.expressions import parse_expression
from imsa_desk.domain.ids import AssessmentId, CaseId
from imsa_desk.domain.safety_plans import SafetyPlanDraft
from imsa_desk.gui.forms.safety_plan import SafetyPlanEditor
from imsa_desk.gui.main_window import MainWindow
from imsa_desk.gui.pages.assessment_filling import Filling
from imsa_desk.gui.pages.assessment_words import summary
from imsa_desk.gui.pages.comparison import ComparisonPage
from imsa_desk.gui.widgets.rows import Row
from imsa_desk.services import assessments
from imsa_desk.services.access import accesses_of
from imsa_desk.services.desk import Desk
from imsa_desk.services.safety_plans import save_plan
from imsa_desk.vocab import AssessmentState


def signed(desk: Desk, case_id: CaseId, level: int) -> AssessmentId:
    """Sign a review with one need."""
    found = started(desk, case_id, AGREED)
    assessments.save_section(desk, found, "safety", [draft("S4", present="no"), draft("S8", present="no")])
    assessments.save_section(desk, found, "t2", [draft("2.1", advocate=level)])
    assessments.sign_off(desk, found)
    return found


def test_the_signature_is_not_asked_for_while_something_is_missing(
    window: MainWindow, desk: Desk, case_id: CaseId, recorder: Recorder
) -> None:
    found = started(desk, case_id)
    page = open_page(window, case_id, found)
    go(page, "sign")
    page.places.sign.button.click()
    page.places.sign.button.click()
    quiet(window)
    assert "Sign and seal this review?" not in recorder.asked
    assert page.places.sign._rows.hasFocus()
    entries = page.places.sign._rows.entries
    assert [one.id for one in entries if isinstance(one, Row)] == ["S4", "S8"]
    assert assessments.assessment(desk, found).line.state is AssessmentState.DRAFT
    assessments.save_section(desk, found, "safety", [draft("S4", present="no"), draft("S8", present="no")])
    page = open_page(window, case_id, found)
    go(page, "sign")
    recorder.answers.append(True)
    page.sign_off()
    quiet(window)
    assert recorder.asked.count("Sign and seal this review?") == 1
    assert assessments.assessment(desk, found).line.state is AssessmentState.SIGNED


def test_a_signed_review_and_a_comparison_begin_at_what_is_read(
    window: MainWindow, desk: Desk, case_id: CaseId, clock: Clock
) -> None:
    before = signed(desk, case_id, 4)
    clock.move(days=28)
    now = signed(desk, case_id, 2)
    page = open_page(window, case_id, now)
    assert page.rail.sections.hasFocus()
    window.open("comparison", case_id=case_id, now_id=now, before_id=before)
    quiet(window)
    assert window.opened is not None
    compared = window.opened.frame.page
    assert isinstance(compared, ComparisonPage)
    assert focused() is compared.chart.rows[0]


def test_the_safety_plan_can_be_read_in_a_vault_open_to_read_only(
    front: MainWindow, desk: Desk, case_id: CaseId, settle: Settle
) -> None:
    save_plan(desk, case_id, SafetyPlanDraft(parts={"code_word": "Is the library open?"}))
    looks = len(accesses_of(desk, case_id))
    desk.store.read_only = True
    front.vault_opened(replace(desk, read_only="The folder cannot be written."))
    settle(front)
    front.open_editor("safety_plan", case_id=case_id)
    settle(front)
    (editor,) = windows_of(SafetyPlanEditor)
    assert isinstance(editor, SafetyPlanEditor)
    assert not editor.writes
    assert editor.reading.isVisible()
    assert not editor.change.isVisible()
    assert not editor.save_button.isVisible()
    assert len(accesses_of(desk, case_id)) == looks
    assert front.opened is not None
    front.opened.editors.close_all()
    settle(front)
    front.opened.end()
    settle(front)
    desk.store.read_only = False


def test_what_is_urgent_and_the_highest_risk_are_reckoned_as_on_the_day_of_the_review(
    desk: Desk, case_id: CaseId
) -> None:
    found = started(desk, case_id)
    assessments.save_section(desk, found, "safety", [risk("S1", 5, 5)])
    value = assessments.assessment(desk, found)
    form = assessments.form_of(desk, value)
    since = parse_expression("today() >= '2020-01-01'")
    sections = tuple(
        replace(one, questions=tuple(replace(q, show_if=since) if q.id == "S1" else q for q in one.questions))
        for one in form.sections
    )
    filling = Filling(replace(form, sections=sections), value)
    assert "S1" in filling.visible()
    assert [one.question_id for one in filling.urgents()] == ["S1"]
    assert "Highest risk: very high." in summary(filling)
