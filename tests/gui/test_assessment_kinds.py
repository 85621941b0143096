"""The assessment page asks every kind of question: by key alone, kept, refused in words, and read again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from gui.access import amiss
from gui.assessment_window import (
    AGREED,
    EVERY_KIND,
    block,
    every_kind,
    focused,
    go,
    open_page,
    press,
    quiet,
    undo_last,
    whole,
)
from gui.conftest import Until
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from imsa_desk.domain.assessments import AnswerDraft
from imsa_desk.domain.ids import AssessmentId, CaseId
from imsa_desk.gui.forms.answers_agreement import AgreementBody
from imsa_desk.gui.forms.answers_group import GroupBody
from imsa_desk.gui.forms.answers_more import ScaleBody, read_pence, write_pounds
from imsa_desk.gui.forms.answers_origin import Origin
from imsa_desk.gui.main_window import MainWindow
from imsa_desk.gui.pages.assessment import AssessmentPage
from imsa_desk.gui.pages.assessment_rows import GroupFoot, RowHead
from imsa_desk.gui.widgets.signature import read_strokes, write_strokes
from imsa_desk.services import assessments, drafts
from imsa_desk.services.assessments import start_assessment
from imsa_desk.services.desk import Desk
from imsa_desk.services.forms import add_form


@pytest.fixture
def found(desk: Desk, case_id: CaseId) -> AssessmentId:
    """An assessment on a form with every kind of question."""
    return every_kind(desk, case_id)


@pytest.fixture
def page(window: MainWindow, case_id: CaseId, found: AssessmentId) -> AssessmentPage:
    """Its page, at the section that asks one of each."""
    opened = open_page(window, case_id, found)
    go(opened, "all")
    return opened


def at(page: AssessmentPage, key: str) -> None:
    """Put the cursor into a question."""
    assert page.go_to_question(key)
    whole(page)


def leave(window: MainWindow, page: AssessmentPage, by: int = 1) -> None:
    """Go on from a question; a list of proposals takes the window's place here, on no real screen."""
    proposals = QApplication.activePopupWidget()
    if proposals is not None:
        proposals.close()
    window.activateWindow()
    assert QTest.qWaitForWindowActive(window, 2000)
    page.step(by)


def kept(window: MainWindow, page: AssessmentPage, desk: Desk, found: AssessmentId, key: str) -> object:
    """Go on to the next question and give what the vault holds of this one."""
    leave(window, page)
    quiet(window)
    answer = assessments.assessment(desk, found).answers.get(key)
    return answer.value if answer is not None else None


def test_numbers_money_and_half_known_days_are_typed_by_key_alone(
    window: MainWindow, desk: Desk, page: AssessmentPage, found: AssessmentId
) -> None:
    at(page, "k2")
    QTest.keyClicks(focused(), "2.5")
    assert "in km" in focused().accessibleName()
    whole(page)
    reckoned = block(page, "k10").body
    assert any("5 km" in one.accessibleName() for one in reckoned.findChildren(QLabel))
    assert not reckoned.stops(), "what is reckoned is not typed"
    leave(window, page)
    QTest.keyClicks(focused(), "1,250.5")
    press(Qt.Key.Key_Tab)
    press("a")
    leave(window, page)
    press(Qt.Key.Key_Tab)
    press("m")
    press(Qt.Key.Key_Tab)
    QTest.keyClicks(focused(), "2019")
    press(Qt.Key.Key_Tab)
    press(Qt.Key.Key_Space)
    leave(window, page)
    quiet(window)
    answers = assessments.assessment(desk, found).answers
    assert answers["k2"].value == {"number": "2.5"}
    assert answers["k3"].value == {"pence": 125050, "per": "day"}
    assert answers["k4"].value == {"when": "2019-03", "about": "yes"}


def test_a_scale_is_chosen_by_digit_and_an_agreement_in_words_needs_no_pointer(
    window: MainWindow, desk: Desk, page: AssessmentPage, found: AssessmentId
) -> None:
    at(page, "k6")
    press("3")
    assert focused().accessibleName().startswith("Partly: Enough is settled")
    body = block(page, "k6").body
    assert isinstance(body, ScaleBody)
    assert {part.value.role for part in body._steps.parts} == {"level_1", "level_2", "level_3", "level_4"}
    press(Qt.Key.Key_Down)
    assert kept(window, page, desk, found, "k6") == {"step": 4}
    at(page, "k6")
    press(Qt.Key.Key_Delete)
    assert kept(window, page, desk, found, "k6") is None
    at(page, "k8")
    press(Qt.Key.Key_Right)
    press(Qt.Key.Key_Space)
    whole(page)
    agreed = block(page, "k8").body
    assert isinstance(agreed, AgreementBody)
    assert not agreed._pad.isVisible()
    assert kept(window, page, desk, found, "k8") == {"how": "spoken", "on": desk.today().isoformat()}


@pytest.mark.parametrize(
    ("typed", "pence", "shown"),
    [
        ("49.18", 4918, "49.18"),
        ("£ 12", 1200, "12"),
        ("1,250", 125000, "1,250"),
        ("much", "much", "much"),
        ("0.1", 10, "0.10"),
    ],
)
def test_an_amount_stays_as_typed_where_it_is_none(typed: str, pence: int | str, shown: str) -> None:
    assert read_pence(typed) == pence
    assert write_pounds(read_pence(typed)) == shown


def test_a_value_of_a_long_list_and_somebody_of_the_case_are_found_by_typing(
    window: MainWindow, desk: Desk, page: AssessmentPage, found: AssessmentId
) -> None:
    at(page, "k5")
    QTest.keyClicks(focused(), "palace")
    leave(window, page)
    quiet(window)
    assert "list" in block(page, "k5").error
    assert "k5" not in assessments.assessment(desk, found).answers
    at(page, "k5")
    QTest.keySequence(focused(), QKeySequence("Ctrl+A"))
    QTest.keyClicks(focused(), "hote")
    assert kept(window, page, desk, found, "k5") == {"choice": "hotel"}
    assert not block(page, "k5").error
    at(page, "k7")
    QTest.keyClicks(focused(), "Selam")
    value = kept(window, page, desk, found, "k7")
    assert isinstance(value, dict)
    assert value["name"] == "Selam"
    assert str(value["who"]).startswith("person:")
    at(page, "k7")
    QTest.keySequence(focused(), QKeySequence("Ctrl+A"))
    QTest.keyClicks(focused(), "A neighbour")
    assert kept(window, page, desk, found, "k7") == {"name": "A neighbour"}


def test_a_signature_is_drawn_undone_and_cleared(
    window: MainWindow, desk: Desk, page: AssessmentPage, found: AssessmentId
) -> None:
    at(page, "k8")
    press(Qt.Key.Key_Space)
    whole(page)
    body = block(page, "k8").body
    assert isinstance(body, AgreementBody)
    sheet = body._pad.sheet
    for y in (30, 60):
        QTest.mousePress(sheet, Qt.MouseButton.LeftButton, pos=QPoint(20, y))
        QTest.mouseMove(sheet, QPoint(120, y))
        QTest.mouseRelease(sheet, Qt.MouseButton.LeftButton, pos=QPoint(120, y))
    drawn = read_strokes(body._pad.strokes)
    assert len(drawn) == 2
    assert all(0 <= x <= 1000 and 0 <= y <= 1000 for stroke in drawn for x, y in stroke)
    body._pad.undo.click()
    assert len(read_strokes(body._pad.strokes)) == 1
    body._pad.clear.click()
    assert body._pad.strokes == ""
    body._pad.undo.click()
    value = kept(window, page, desk, found, "k8")
    assert isinstance(value, dict)
    assert read_strokes(str(value["strokes"])) == drawn[:1]
    assert write_strokes(drawn[:1]) == value["strokes"]


def test_rows_of_a_group_are_added_filled_removed_and_brought_back(
    window: MainWindow, desk: Desk, page: AssessmentPage, found: AssessmentId
) -> None:
    view = page.places.view
    foot = view.station(("foot", "k9"))
    assert isinstance(foot, GroupFoot)
    assert foot.add.words == "Add a person"
    for name in ("Amina", "Yonas"):
        foot.add.click()
        whole(page)
        QTest.keyClicks(focused(), name)
    view.show_visible()
    head = view.station(("row", "k9#1"))
    assert isinstance(head, RowHead)
    assert head.accessibleName() == "Person 1: Amina"
    page.step(1)
    quiet(window)
    stored = assessments.assessment(desk, found).answers
    assert stored["k9"].value == {"rows": [1, 2]}
    assert stored["k9_name#2"].value == {"text": "Yonas"}
    head.remove_pressed.emit()
    page.step(1)
    quiet(window)
    stored = assessments.assessment(desk, found).answers
    assert stored["k9"].value == {"rows": [2]}
    assert stored["k9_name#1"].value == {"text": "Amina"}, "what was answered in a removed row is kept"
    assert "k9_name#1" not in view.blocks
    group = block(page, "k9").body
    assert isinstance(group, GroupBody)
    assert group.add_row() == 3, "a number is never given twice"
    assert group.title_of(2) == "Person 1"


def test_a_removed_row_comes_back_with_all_that_was_answered_in_it(
    window: MainWindow, desk: Desk, page: AssessmentPage
) -> None:
    group = block(page, "k9").body
    assert isinstance(group, GroupBody)
    group.add_row()
    whole(page)
    QTest.keyClicks(focused(), "Amina")
    head = page.places.view.station(("row", "k9#1"))
    assert isinstance(head, RowHead)
    head.remove_pressed.emit()
    assert "k9_name#1" not in page.places.view.blocks
    undo_last(window)
    whole(page)
    assert block(page, "k9_name#1").draft.value == {"text": "Amina"}


def test_tab_and_the_arrows_reach_every_row_of_a_group(page: AssessmentPage) -> None:
    group = block(page, "k9").body
    assert isinstance(group, GroupBody)
    group.add_row()
    whole(page)
    assert page.places.view.current == "k9_name#1"
    QTest.keySequence(focused(), QKeySequence("Ctrl+Down"))
    whole(page)
    assert page.places.view.current == "k9_age#1"
    press(Qt.Key.Key_Backtab)
    seen: list[str] = []
    while page.places.view.current != "k9" and len(seen) < 20:
        seen.append(focused().accessibleName())
        press(Qt.Key.Key_Backtab)
    assert any(name.startswith("Remove Person 1") for name in seen), seen


def test_a_limit_is_said_beside_the_question_and_a_needed_answer_before_signing(
    window: MainWindow, desk: Desk, page: AssessmentPage, found: AssessmentId
) -> None:
    assert block(page, "k1")._said("needed") == "Needed before it is signed"
    at(page, "k11")
    QTest.keyClicks(focused(), "12")
    page.step(-1)
    quiet(window)
    assert "more rooms than a house has" in block(page, "k11").error
    assert not block(page, "k11").error.startswith("11")
    go(page, "more", "m2")
    asked = block(page, "m4")
    assert asked.isHidden()
    press(Qt.Key.Key_Right)
    press(Qt.Key.Key_Space)
    whole(page)
    assert not asked.isHidden()
    assert asked._said("needed") == "Needed before it is signed"
    quiet(window)
    listed = [problem.field for problem in page.rail.lacking.problems]
    at(page, "m3")
    press("n")
    assert block(page, "m3").draft.not_discussed == "not_now"
    assert listed == ["k1", "k11", "m4"]


def test_what_is_missing_opens_from_the_rail_and_leads_there(
    window: MainWindow, page: AssessmentPage, shot: Callable[[QWidget, str], None]
) -> None:
    assert page.rail.missing.words == "1 still missing"
    page.rail.missing.click()
    whole(page)
    assert page.rail.lacking.isVisible()
    assert not page.rail.sections.isVisible()
    assert focused().accessibleName() == "1 What the place is called"
    shot(window, "assessment-missing")
    press(Qt.Key.Key_Return)
    whole(page)
    assert page.places.view.current == "k1"
    QTest.keyClicks(focused(), "The old mill")
    page.step(1)
    quiet(window)
    assert not page.rail.lacking.problems
    page.rail.missing.click()
    assert page.rail.sections.isVisible()


def test_where_an_answer_comes_from_and_the_day_it_speaks_of_are_kept(
    window: MainWindow, desk: Desk, page: AssessmentPage, found: AssessmentId
) -> None:
    at(page, "k1")
    QTest.keyClicks(focused(), "The mill")
    (origin,) = block(page, "k1").findChildren(Origin)
    origin.line.click()
    origin._source._choose("document")
    QTest.keyClicks(origin._day.line, "1 nov 2026")
    page.step(1)
    quiet(window)
    answer = assessments.assessment(desk, found).answers["k1"]
    assert answer.source == "document"
    assert answer.valid_on is not None
    assert answer.valid_on.isoformat() == "2026-11-01"
    assert "A document says so" in origin.line.words
    asked = block(page, "k1")
    asked.set_reason("declined")
    assert asked.stops()[-1].accessibleName() == "Change why it was not discussed: What the place is called"
    asked.set_reason("")
    assert asked.stops()[-1].accessibleName() == "Not discussed: What the place is called"


def test_every_part_has_a_name_and_is_reached_by_tab(window: MainWindow, page: AssessmentPage) -> None:
    group = block(page, "k9").body
    assert isinstance(group, GroupBody)
    group.add_row()
    whole(page)
    assert amiss(window) == []
    page.pause()
    assert amiss(window) == []


def test_typed_answers_of_a_row_come_back_after_a_crash(
    window: MainWindow, desk: Desk, case_id: CaseId, page: AssessmentPage, found: AssessmentId, until: Until
) -> None:
    group = block(page, "k9").body
    assert isinstance(group, GroupBody)
    group.add_row()
    whole(page)
    QTest.keyClicks(focused(), "Amina")

    def stored() -> bool:
        draft = drafts.draft(desk, "assessment", found, case_id)
        return draft is not None and "Amina" in draft.payload

    until(stored)
    assert page.filling is not None
    payload = page.filling.payload()
    page.filling.unsaved.answers.clear()
    assert page.filling.restore(payload)
    assert page.filling.draft("k9_name", 1) == AnswerDraft("k9_name", {"text": "Amina"}, repeat=1)


def test_a_signed_review_shows_the_rows_and_what_was_reckoned(
    window: MainWindow, desk: Desk, case_id: CaseId, found: AssessmentId
) -> None:
    assessments.save_section(
        desk,
        found,
        "all",
        [
            AnswerDraft("k1", {"text": "The mill"}),
            AnswerDraft("k2", {"number": "2.5"}),
            AnswerDraft("k6", {"step": 2}),
            AnswerDraft("k9", {"rows": [1]}),
            AnswerDraft("k9_name", {"text": "Amina"}, repeat=1),
        ],
    )
    assessments.sign_off(desk, found)
    page = open_page(window, case_id, found)
    page.go_to("all")
    quiet(window)
    shown = [one.text() for one in page.places.reading.findChildren(QLabel)]
    for words in ("Person 1", "“Amina”", "Hardly"):
        assert any(words in one for one in shown), (words, shown)
    assert any(one.startswith("5") for one in shown), shown


def test_every_question_of_a_long_section_is_there_for_a_screen_reader(
    window: MainWindow, desk: Desk, case_id: CaseId
) -> None:
    form = EVERY_KIND[: EVERY_KIND.index("[[section]]")].replace("every-kind", "long-one")
    asked = "".join(
        f'[[section.question]]\nid = "q{n}"\nkind = "short_text"\ntext = "Question {n}"\n' for n in range(120)
    )
    add_form(desk, f'{form}[[section]]\nid = "one"\ntitle = "One"\n{asked}'.encode(), "long-one.toml")
    page = open_page(window, case_id, start_assessment(desk, case_id, AGREED, "long-one"))
    go(page, "one")
    todo = [QAccessible.queryAccessibleInterface(page.places.view)]
    names = []
    while todo:
        one = todo.pop()
        if one.role() is QAccessible.Role.EditableText:
            names.append(one.text(QAccessible.Text.Name))
        todo += [one.child(n) for n in range(one.childCount())]
    assert sorted(names) == sorted(f"Question {n}" for n in range(120))
    assert page.go_to_question("q119")
    whole(page)
    assert page.places.view.verticalScrollBar().value() > 0
    assert block(page, "q119").visibleRegion().boundingRect().height() == block(page, "q119").height()
