"""Answers carried over are confirmed by one key, and a signed review is read with what was added since."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from assessment_kit import draft, risk
from desk_kit import Clock
from gui.access import amiss
from gui.assessment_window import (
    AGREED,
    block,
    focused,
    go,
    open_page,
    press,
    quiet,
    started,
    undo_last,
    whole,
    windows_of,
)
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from imsa_desk.domain.addenda import AddendumDraft
from imsa_desk.domain.assessments import AnswerDraft
from imsa_desk.domain.ids import AssessmentId, CaseId
from imsa_desk.gui.forms.addendum import AddendumEditor
from imsa_desk.gui.forms.need_action import NeedActionEditor
from imsa_desk.gui.main_window import MainWindow
from imsa_desk.gui.pages.assessment import AssessmentPage
from imsa_desk.gui.widgets.button import Button
from imsa_desk.services import assessments
from imsa_desk.services.addenda import add_addendum
from imsa_desk.services.desk import Desk

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def signed(desk: Desk, case_id: CaseId) -> AssessmentId:
    """A signed review with three needs and three risks."""
    old = started(desk, case_id)
    risks = [draft("S4", present="no"), draft("S8", present="no"), risk("S1", 2, 4, imminence="longer")]
    assessments.save_section(desk, old, "safety", risks)
    need = draft(
        "2.1", advocate=4, survivor=3, words="On a sofa.", next_step="Call the council", owner="imsa"
    )
    needs = [need, draft("2.2", advocate=3), draft("2.3", advocate=1)]
    assessments.save_section(desk, old, "t2", needs)
    assessments.sign_off(desk, old)
    return old


@pytest.fixture
def carried(
    window: MainWindow, desk: Desk, case_id: CaseId, signed: AssessmentId, clock: Clock
) -> tuple[AssessmentPage, AssessmentId]:
    """The page of a review that was begun from it, four weeks later."""
    clock.move(days=28)
    found = assessments.start_assessment(desk, case_id, AGREED, begin_from=signed)
    page = open_page(window, case_id, found)
    go(page, "t2")
    return page, found


def test_one_key_says_that_an_answer_still_holds_and_goes_to_the_next(
    window: MainWindow, desk: Desk, carried: tuple[AssessmentPage, AssessmentId]
) -> None:
    page, found = carried
    assert block(page, "2.1").is_carried
    assert focused().accessibleName().startswith("Still so: Where I can sleep tonight. As on 20 November")
    assert "6 as last time" in page.rail._count.text()
    entry = next(one for one in page.rail.sections.entries if one.id == "t2")
    assert entry.said == "3 as before"
    QTest.keyClick(focused(), Qt.Key.Key_Return, CTRL)
    whole(page)
    assert page.places.view.current == "2.2"
    press(Qt.Key.Key_Space)
    whole(page)
    assert page.places.view.current == "2.3"
    quiet(window)
    page.turn(1)
    quiet(window)
    answers = assessments.assessment(desk, found).answers
    assert [answers[key].carried_from != "" for key in ("2.1", "2.2", "2.3")] == [False, False, True]
    assert answers["2.1"].asked_on == desk.today()
    assert answers["2.1"].value["words"] == "On a sofa."


def test_an_answer_carried_over_is_opened_to_be_changed(
    window: MainWindow, desk: Desk, carried: tuple[AssessmentPage, AssessmentId]
) -> None:
    page, found = carried
    asked = block(page, "2.2")
    asked._change()
    whole(page)
    assert asked.body.isVisible()
    assert asked.earlier is not None
    assert asked.earlier.isVisible()
    press("1")
    page.step(1)
    quiet(window)
    answer = assessments.assessment(desk, found).answers["2.2"]
    assert answer.value == {"advocate": 1}
    assert not answer.carried_from


def test_all_the_answers_left_in_a_section_are_confirmed_at_once_and_it_can_be_taken_back(
    window: MainWindow, desk: Desk, carried: tuple[AssessmentPage, AssessmentId]
) -> None:
    page, found = carried
    title = page.places.view._section_title
    assert title.still.words == "All 3 still so"
    title.still.click()
    whole(page)
    assert not title.still.isVisible()
    assert not block(page, "2.3").is_carried
    undo_last(window)
    whole(page)
    assert block(page, "2.3").is_carried
    page.places.view._section_title.still.click()
    page.turn(1)
    quiet(window)
    answers = assessments.assessment(desk, found).answers
    assert not any(answers[key].carried_from for key in ("2.1", "2.2", "2.3"))
    assert answers["S1"].carried_from


def test_a_confirmed_answer_survives_a_crash_before_it_is_stored(
    carried: tuple[AssessmentPage, AssessmentId],
) -> None:
    page, _ = carried
    filling = page.filling
    assert filling is not None
    block(page, "2.3").confirm()
    payload = filling.payload()
    filling.unsaved.answers.clear()
    assert filling.restore(payload)
    assert [one.key for one in filling.to_confirm()] == ["2.3"]


def test_the_page_of_a_review_carried_over_is_named_and_walked_by_tab(
    window: MainWindow, carried: tuple[AssessmentPage, AssessmentId]
) -> None:
    assert amiss(window) == []


def test_a_review_over_several_meetings_says_on_which_days(
    window: MainWindow, carried: tuple[AssessmentPage, AssessmentId]
) -> None:
    page, _ = carried
    filling = page.filling
    assert filling is not None
    today = page.context.desk.today()
    answers = dict(filling.assessment.answers)
    answers["2.1"] = replace(answers["2.1"], carried_from="", asked_on=today)
    answers["2.2"] = replace(answers["2.2"], carried_from="", asked_on=today - timedelta(days=7))
    filling.rebase(replace(filling.assessment, answers=answers))
    page._show_rail()
    assert page.rail._days.text() == "Talked through on 11 and 18 December"


def shown(page: AssessmentPage) -> list[str]:
    """Give the words of the signed review that is read."""
    return [one.text() for one in page.places.reading.findChildren(QLabel)]


def test_a_signed_review_shows_what_was_added_and_offers_to_add(
    window: MainWindow, desk: Desk, case_id: CaseId, signed: AssessmentId
) -> None:
    correction = AddendumDraft("correction", "It was a mattress.", question_id="2.1")
    add_addendum(desk, signed, correction)
    add_addendum(desk, signed, AddendumDraft("countersignature", name="Robin", role="Supervisor"))
    page = open_page(window, case_id, signed)
    page.go_to("sign")
    quiet(window)
    words = shown(page)
    assert "It was a mattress." in words
    assert any("Robin, Supervisor" in one for one in words)
    for button in page.places.reading.findChildren(Button):
        if button.words.startswith(("Add a correction", "Countersign")):
            button.click()
    quiet(window)
    opened = [one for one in windows_of(AddendumEditor) if isinstance(one, AddendumEditor)]
    assert {one.args["what"] for one in opened} == {"correction", "countersignature"}
    page.go_to("t2")
    quiet(window)
    assert any("It was a mattress." in one for one in shown(page))
    (make,) = (b for b in page.places.reading.findChildren(Button) if b.words == "Make an action…")
    make.click()
    quiet(window)
    assert len(windows_of(NeedActionEditor)) == 1


def test_a_need_with_a_next_step_becomes_an_action_from_the_draft_too(
    window: MainWindow, desk: Desk, case_id: CaseId
) -> None:
    found = started(desk, case_id)
    step = draft("2.1", advocate=4, next_step="Call the council", owner="imsa")
    assessments.save_section(desk, found, "t2", [step])
    page = open_page(window, case_id, found)
    go(page, "t2", "2.1")
    (make,) = (b for b in block(page, "2.1").findChildren(Button) if b.words == "Make an action…")
    make.click()
    quiet(window)
    (editor,) = windows_of(NeedActionEditor)
    assert isinstance(editor, NeedActionEditor)
    assert editor.args["key"] == "2.1"
    go(page, "t2", "2.2")
    assert not any(
        b.words == "Make an action…" and b.isVisible() for b in block(page, "2.2").findChildren(Button)
    )


def test_a_risk_that_is_far_off_is_said_so_that_it_can_be_understood_alone(
    window: MainWindow, case_id: CaseId, signed: AssessmentId
) -> None:
    page = open_page(window, case_id, signed)
    page.go_to("safety")
    quiet(window)
    assert "How soon: Later than this month" in shown(page)


def test_an_answer_carried_over_and_not_asked_says_so_when_it_was_signed(
    window: MainWindow, desk: Desk, case_id: CaseId, carried: tuple[AssessmentPage, AssessmentId]
) -> None:
    _, found = carried
    assessments.save_section(desk, found, "safety", [_no("S4"), _no("S8")])
    assessments.sign_off(desk, found)
    page = open_page(window, case_id, found)
    page.go_to("t2")
    quiet(window)
    assert any(one.startswith("As answered on") and "not asked again" in one for one in shown(page))


def test_in_a_vault_open_to_read_only_a_draft_is_read_and_nothing_can_be_typed(
    window: MainWindow, desk: Desk, case_id: CaseId
) -> None:
    found = started(desk, case_id)
    assessments.save_section(desk, found, "t2", [draft("2.1", advocate=4)])
    page = open_page(window, case_id, found)
    page.context = page.context._replace(vault=replace(desk, read_only="It is open elsewhere."))
    page.go_to("t2")
    quiet(window)
    assert page.places.currentWidget() is page.places.reading
    assert any("Urgent" in one for one in shown(page))
    assert not page.rail.missing.isVisible()
    assert not page.rail.pause.isVisible()
    page.pause()
    assert not page.sheet.isVisible()
    page.go_to("sign")
    assert "Not signed yet" in shown(page)


def _no(question_id: str) -> AnswerDraft:
    return draft(question_id, present="no", note="Asked again.")
