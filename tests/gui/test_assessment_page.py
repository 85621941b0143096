"""The assessment page: typed by key alone, kept, committed, brought back, signed and read."""

from __future__ import annotations

import time
from collections.abc import Callable

from assessment_kit import draft, risk
from gui.assessment_window import (
    block,
    focused,
    go,
    open_page,
    press,
    quiet,
    started,
    whole,
    windows_of,
)
from gui.conftest import Until
from gui.recorder import Recorder
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from imsa_desk.domain.forms import PARSERS, QuestionKind
from imsa_desk.domain.ids import CaseId
from imsa_desk.gui.forms.answers import EDITORS
from imsa_desk.gui.forms.answers_plain import LongTextBody, NumberBody
from imsa_desk.gui.forms.need_item import NeedBody
from imsa_desk.gui.forms.risk_item import RiskBody
from imsa_desk.gui.forms.safety_response import SafetyResponseEditor
from imsa_desk.gui.main_window import MainWindow
from imsa_desk.gui.pages.assessment_filling import Unsaved
from imsa_desk.gui.widgets.fields import TextArea
from imsa_desk.gui.widgets.layout import PageScroll
from imsa_desk.printing.answers import PRINTERS
from imsa_desk.services import assessments, drafts, safety
from imsa_desk.services.desk import Desk
from imsa_desk.vocab import AssessmentState, NotDiscussed

CTRL = Qt.KeyboardModifier.ControlModifier


def test_every_kind_of_question_has_its_editor_parser_and_printer() -> None:
    assert set(EDITORS) == set(QuestionKind) == set(PARSERS) == set(PRINTERS)


def test_a_new_assessment_opens_at_what_stands_above_the_questions(
    window: MainWindow, desk: Desk, case_id: CaseId
) -> None:
    page = open_page(window, case_id, started(desk, case_id))
    assert page.places.place == "header"
    assert window.windowTitle().endswith(" - Desk")
    assert "Selam" not in window.windowTitle()


def test_a_rating_by_digit_is_stored_on_the_way_to_the_next_question(
    window: MainWindow, desk: Desk, case_id: CaseId
) -> None:
    found = started(desk, case_id)
    page = open_page(window, case_id, found)
    go(page, "t2")
    press("3")
    press(Qt.Key.Key_Tab)
    press("4")
    assert block(page, "2.1").body.remark == "You see this differently. Both are kept."
    page.step(1)
    quiet(window)
    stored = assessments.assessment(desk, found).answers["2.1"]
    assert stored.value == {"advocate": 3, "survivor": 4}
    assert page.places.view.current == "2.2"


def test_the_shortcuts_go_from_question_to_question_and_from_section_to_section(
    window: MainWindow, desk: Desk, case_id: CaseId
) -> None:
    page = open_page(window, case_id, started(desk, case_id))
    go(page, "t2")
    QTest.keySequence(focused(), QKeySequence("Ctrl+Down"))
    whole(page)
    assert page.places.view.current == "2.2"
    QTest.keySequence(focused(), QKeySequence("Ctrl+Up"))
    whole(page)
    assert page.places.view.current == "2.1"
    QTest.keySequence(focused(), QKeySequence("Ctrl+PgDown"))
    whole(page)
    assert page.places.place == "t3"
    QTest.keySequence(focused(), QKeySequence("Ctrl+PgUp"))
    whole(page)
    assert page.places.place == "t2"


def test_typing_is_in_the_vault_within_two_seconds(
    window: MainWindow, desk: Desk, case_id: CaseId, until: Until
) -> None:
    found = started(desk, case_id)
    page = open_page(window, case_id, found)
    go(page, "own_view")
    begun = time.monotonic()
    QTest.keyClicks(focused(), "My children")
    until(lambda: drafts.draft(desk, "assessment", found, case_id) is not None)
    assert time.monotonic() - begun < 2.0
    kept = drafts.draft(desk, "assessment", found, case_id)
    assert kept is not None
    assert "My children" in kept.payload
    assert kept.cursor == "OV1"
    assert "OV1" not in assessments.assessment(desk, found).answers


def test_what_was_typed_and_not_stored_comes_back_where_it_was(
    window: MainWindow, desk: Desk, case_id: CaseId, until: Until
) -> None:
    found = started(desk, case_id)
    page = open_page(window, case_id, found)
    go(page, "t2", "2.3")
    press("2")
    until(lambda: drafts.draft(desk, "assessment", found, case_id) is not None)
    quiet(window)
    # As after kill -9: the page opens from the vault alone, and the old one has nothing to say.
    assert page.filling is not None
    page.filling.unsaved = Unsaved()
    again = open_page(window, case_id, found)
    assert again.places.place == "t2"
    assert again.places.view.current == "2.3"
    assert again.filling is not None
    assert again.filling.draft("2.3").value == {"advocate": 2}


def test_leaving_a_section_stores_it_and_drops_the_draft(
    window: MainWindow, desk: Desk, case_id: CaseId
) -> None:
    found = started(desk, case_id)
    page = open_page(window, case_id, found)
    go(page, "own_view")
    QTest.keyClicks(focused(), "<img src=x> =1+1")
    go(page, "t1")
    quiet(window)
    assert assessments.assessment(desk, found).answers["OV1"].value == {"text": "<img src=x> =1+1"}
    assert drafts.draft(desk, "assessment", found, case_id) is None


def test_leaving_the_page_stores_what_was_typed(window: MainWindow, desk: Desk, case_id: CaseId) -> None:
    found = started(desk, case_id)
    page = open_page(window, case_id, found)
    go(page, "t1")
    press("1")
    window.open("settings")
    quiet(window)
    assert assessments.assessment(desk, found).answers["1.1"].value == {"advocate": 1}


def test_n_says_that_it_was_not_discussed_and_a_reason_can_be_chosen(
    window: MainWindow, desk: Desk, case_id: CaseId
) -> None:
    found = started(desk, case_id)
    page = open_page(window, case_id, found)
    go(page, "t2")
    press("n")
    asked = block(page, "2.1")
    assert not asked.body.isVisible()
    reasons = asked.reason_menu().actions()
    assert len(reasons) == len(NotDiscussed)
    reasons[1].trigger()
    page.step(1)
    quiet(window)
    stored = assessments.assessment(desk, found).answers["2.1"]
    assert stored.not_discussed is NotDiscussed.DECLINED
    asked.set_reason("")
    assert asked.body.isVisible()


def test_a_section_skipped_by_choice_asks_nothing_and_can_be_asked_after_all(
    window: MainWindow, desk: Desk, case_id: CaseId
) -> None:
    found = started(desk, case_id)
    page = open_page(window, case_id, found)
    go(page, "t5")
    page.places.view.skipped.emit("t5", True)
    quiet(window)
    assert not page.places.view.blocks
    assert assessments.assessment(desk, found).skipped_sections == {"t5"}
    entry = next(one for one in page.rail.sections.entries if one.id == "t5")
    assert entry.sentence == "Criminal justice, skipped"
    page.places.view.skipped.emit("t5", False)
    quiet(window)
    whole(page)
    assert page.places.view.blocks


def test_a_question_appears_when_the_answer_before_it_asks_for_it(
    window: MainWindow, desk: Desk, case_id: CaseId
) -> None:
    page = open_page(window, case_id, started(desk, case_id))
    go(page, "safety", "S4")
    assert block(page, "S4a").isHidden()
    press("1")
    assert not block(page, "S4a").isHidden()
    press("2")
    assert block(page, "S4a").isHidden()


def test_the_band_follows_the_two_ratings_and_judgement_asks_for_a_reason(
    window: MainWindow, desk: Desk, case_id: CaseId
) -> None:
    found = started(desk, case_id)
    page = open_page(window, case_id, found)
    go(page, "safety", "S1")
    press("1")
    whole(page)
    body = block(page, "S1").body
    assert isinstance(body, RiskBody)
    press(Qt.Key.Key_Tab)
    press("3")
    press(Qt.Key.Key_Tab)
    press("3")
    assert body._band.accessibleName() == "Medium"
    body._choices["judged_band"]._choose("high")
    assert body._band.accessibleName() == "High"
    assert not body._reason_part.isHidden()
    page.step(1)
    quiet(window)
    assert any("Give the reason" in one.text for one in assessments.missing(desk, found))


def test_a_yes_to_thoughts_of_ending_life_asks_at_once_what_was_done(
    window: MainWindow, desk: Desk, case_id: CaseId, until: Until
) -> None:
    found = started(desk, case_id)
    page = open_page(window, case_id, found)
    go(page, "safety", "S8")
    press("1")
    until(lambda: bool(windows_of(SafetyResponseEditor)))
    quiet(window)
    (editor,) = windows_of(SafetyResponseEditor)
    assert isinstance(editor, SafetyResponseEditor)
    assert "999" in safety.protocol(desk, "S8")
    assert page.urgent.isVisible()
    editor.window().close()
    quiet(window)
    assert page.urgent.isVisible(), "the page goes on asking"
    page.urgent.pressed.emit()
    quiet(window)
    (editor,) = windows_of(SafetyResponseEditor)
    assert isinstance(editor, SafetyResponseEditor)
    editor.done_now.setPlainText("Stayed with her, called the crisis team.")
    editor.told_who.setText("Crisis team")
    editor.save()
    quiet(window)
    assert len(safety.open_responses(desk)) == 1
    assert not page.urgent.isVisible()


def test_arrow_keys_that_pass_over_a_very_high_risk_open_nothing(
    window: MainWindow, desk: Desk, case_id: CaseId
) -> None:
    page = open_page(window, case_id, started(desk, case_id))
    go(page, "safety", "S2")
    press("1")
    whole(page)
    press(Qt.Key.Key_Tab)
    press("5")
    press(Qt.Key.Key_Tab)
    press("3")
    press("2")
    page.danger.ask_now()
    quiet(window)
    assert not windows_of(SafetyResponseEditor)


def test_a_number_out_of_range_stays_typed_and_says_what_to_do(
    window: MainWindow, desk: Desk, case_id: CaseId
) -> None:
    found = started(desk, case_id)
    assessments.save_section(desk, found, "t1", [draft("1.9", advocate=3)])
    page = open_page(window, case_id, found)
    go(page, "t1", "1.9a")
    assert isinstance(block(page, "1.9a").body, NumberBody)
    QTest.keyClicks(focused(), "many")
    page.step(1)
    quiet(window)
    assert "whole number" in block(page, "1.9a").error
    entry = next(one for one in page.rail.sections.entries if one.id == "t1")
    assert entry.said == "1 to put right"
    kept = drafts.draft(desk, "assessment", found, case_id)
    assert kept is not None
    assert "many" in kept.payload


def test_signing_names_what_is_missing_then_seals_and_opens_to_be_read(
    window: MainWindow, desk: Desk, case_id: CaseId, recorder: Recorder
) -> None:
    found = started(desk, case_id)
    page = open_page(window, case_id, found)
    go(page, "sign")
    assert "2 things" in page.places.sign._sentence.text()
    page.places.sign.gone_to.emit("S4")
    whole(page)
    assert page.places.view.current == "S4"
    press("2")
    go(page, "safety", "S8")
    press("2")
    go(page, "sign")
    quiet(window)
    recorder.answers.append(True)
    page.places.sign.button.click()
    quiet(window)
    assert recorder.asked == ["Sign and seal this review?"]
    assert assessments.assessment(desk, found).line.state is AssessmentState.SIGNED
    assert page.places.currentWidget() is page.places.reading
    assert [one.title for one in page.rail.sections.entries][-1] == "Signed and sealed"


def test_thinking_better_of_the_signature_changes_nothing(
    window: MainWindow, desk: Desk, case_id: CaseId, recorder: Recorder
) -> None:
    found = started(desk, case_id)
    assessments.save_section(desk, found, "safety", [draft("S4", present="no"), draft("S8", present="no")])
    page = open_page(window, case_id, found)
    go(page, "sign")
    recorder.answers.append(False)
    page.sign_off()
    quiet(window)
    assert assessments.assessment(desk, found).line.state is AssessmentState.DRAFT


def test_the_answer_given_before_stands_beside_the_question(
    window: MainWindow, desk: Desk, case_id: CaseId
) -> None:
    old = started(desk, case_id)
    answers = [draft("S4", present="no"), draft("S8", present="no"), risk("S1", 2, 4)]
    assessments.save_section(desk, old, "safety", answers)
    assessments.save_section(desk, old, "t2", [draft("2.1", advocate=4, survivor=3, words="On a sofa.")])
    assessments.sign_off(desk, old)
    page = open_page(window, case_id, started(desk, case_id))
    go(page, "t2")
    asked = block(page, "2.1")
    assert asked.earlier is not None
    assert (
        asked.earlier.accessibleName() == "Before, 20 November: You: Urgent · Selam: Pressing · “On a sofa.”"
    )
    body = asked.body
    assert isinstance(body, NeedBody)
    assert "before: Urgent" in body._ratings["advocate"].accessibleDescription()


def test_pausing_is_noted_and_everything_is_kept(window: MainWindow, desk: Desk, case_id: CaseId) -> None:
    found = started(desk, case_id)
    page = open_page(window, case_id, found)
    go(page, "t1")
    press("2")
    page.pause()
    quiet(window)
    assert page.sheet.isVisible()
    assert not page.places.isVisible()
    assert focused() is page.sheet.go_on
    stored = assessments.assessment(desk, found)
    assert stored.header.person_paused
    assert stored.answers["1.1"].value == {"advocate": 2}
    page.sheet.go_on.click()
    whole(page)
    assert page.places.view.current == "1.1"
    assert block(page, "1.1").isAncestorOf(focused())
    page.pause()
    page.sheet.end.click()
    quiet(window)
    assert window.opened is not None
    assert window.opened.frame.page is not page


def test_words_in_any_script_stand_as_typed(window: MainWindow, desk: Desk, case_id: CaseId) -> None:
    found = started(desk, case_id)
    page = open_page(window, case_id, found)
    go(page, "own_view")
    body = block(page, "OV1").body
    assert isinstance(body, LongTextBody)
    area = focused()
    assert isinstance(area, TextArea)
    long = "ሰላም አለኹ። " * 600
    area.insertPlainText(long)
    page.step(1)
    quiet(window)
    assert assessments.assessment(desk, found).answers["OV1"].value == {"text": long.strip()}


def test_tab_goes_through_a_question_in_order_and_on_to_the_next(
    window: MainWindow, desk: Desk, case_id: CaseId
) -> None:
    page = open_page(window, case_id, started(desk, case_id))
    go(page, "t2")
    names = [focused().accessibleName()]
    while page.places.view.current == "2.1" and len(names) < 30:
        press(Qt.Key.Key_Tab)
        names.append(focused().accessibleName())
    assert page.places.view.current == "2.2"
    assert names[0] == names[1] == "No need", names
    assert names[2].startswith("In ")
    assert [name.partition(":")[0] for name in names[3:7]] == [
        "Source",
        "Matters to them",
        "Sure of it",
        "May refer",
    ]
    assert names[-2].startswith("Not discussed"), names
    press(Qt.Key.Key_Backtab)
    assert page.places.view.current == "2.1"


def test_the_next_question_is_reached_out_of_a_long_text(
    window: MainWindow, desk: Desk, case_id: CaseId
) -> None:
    page = open_page(window, case_id, started(desk, case_id))
    go(page, "own_view")
    QTest.keyClicks(focused(), "One line")
    QTest.keySequence(focused(), QKeySequence("Ctrl+Down"))
    whole(page)
    assert page.places.view.current == "OV2"


def test_nothing_is_cut_at_half_the_screen_or_less(
    window: MainWindow, desk: Desk, case_id: CaseId, shot: Callable[[QWidget, str], None]
) -> None:
    page = open_page(window, case_id, started(desk, case_id))
    for wide, high in ((911, 512), (683, 384)):
        window.resize(wide, high)
        quiet(window)
        assert (window.width(), window.height()) == (wide, high)
        for place in ("safety", "t2", "header", "sign", "strengths"):
            go(page, place)
            shown = page.places.currentWidget()
            assert isinstance(shown, PageScroll)
            inner = shown.widget()
            assert inner is not None
            assert inner.width() <= shown.viewport().width(), place
            for part in page.places.view.blocks.values():
                if place in ("safety", "t2") and not part.isHidden():
                    assert part.height() >= part.heightForWidth(part.width())
        shot(window, f"assessment-{wide}")


def test_the_keyboard_alone_fills_in_a_whole_section(window: MainWindow, desk: Desk, case_id: CaseId) -> None:
    found = started(desk, case_id)
    page = open_page(window, case_id, found)
    go(page, "t7")
    for level in "01234":
        press(level)
        press(Qt.Key.Key_Tab)
        press(level)
        QTest.keySequence(focused(), QKeySequence("Ctrl+Down"))
        whole(page)
    press("n")
    QTest.keySequence(focused(), QKeySequence("Ctrl+Down"))
    whole(page)
    quiet(window)
    stored = assessments.assessment(desk, found)
    section = next(one for one in page.rail.sections.entries if one.id == "t7")
    assert section.finished
    assert page.places.place == "t8"
    assert stored.answers["7.5"].value == {"advocate": 4, "survivor": 4}
    assert stored.answers["7.6"].not_discussed is NotDiscussed.NOT_NOW


def test_building_a_section_never_holds_the_window_up(
    window: MainWindow, desk: Desk, case_id: CaseId
) -> None:
    page = open_page(window, case_id, started(desk, case_id))
    go(page, "t1")
    worst = []
    for place in ("safety", "t1", "safety", "t3", "safety"):
        page.go_to(place)
        turns = []
        while page.places.view.is_building:
            begun = time.perf_counter()
            QApplication.processEvents()
            turns.append(time.perf_counter() - begun)
        worst.append(max(turns))
    assert min(worst) < 0.05, worst
