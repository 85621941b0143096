"""Answers that did not fit are all named on the page, and a digit changes what was carried over."""

from __future__ import annotations

import pytest
from assessment_kit import draft
from desk_kit import Clock
from gui.access import amiss
from gui.assessment_window import AGREED, block, every_kind, focused, go, open_page, press, quiet, whole
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget

from imsa_desk.domain.ids import AssessmentId, CaseId
from imsa_desk.gui.main_window import MainWindow
from imsa_desk.gui.pages.assessment import AssessmentPage
from imsa_desk.services import assessments
from imsa_desk.services.desk import Desk
from imsa_desk.services.forms import add_form

TALK = """
id = "talk"
version = 1
title = "A short talk"
language = "en-GB"
serves = ["initial", "review"]

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
id = "s"
title = "Home"
"""
MEMBERS = """
[[section.question]]
id = "h{n}"
number = "{n}"
kind = "{kind}"
text = "Question {n}"
"""


def form(version: int, *kinds: str) -> bytes:
    """Write a form whose questions are of these kinds; an empty one leaves its number out."""
    asked = [MEMBERS.format(n=n, kind=kind) for n, kind in enumerate(kinds, 1) if kind]
    return (TALK.replace("version = 1", f"version = {version}") + "".join(asked)).encode()


def words_in(widget: QWidget) -> list[str]:
    """Give every label."""
    return [one.text() for one in widget.findChildren(QLabel)]


@pytest.fixture
def grown(
    window: MainWindow, desk: Desk, case_id: CaseId, clock: Clock
) -> tuple[AssessmentPage, AssessmentId]:
    """A review on version 2, begun from one on version 1 of whose five answers four do not fit."""
    texts = ["short_text"] * 5
    add_form(desk, form(1, *texts), "talk.toml")
    old = assessments.start_assessment(desk, case_id, AGREED, "talk")
    answers = [draft(f"h{n}", text=f"Said {n}") for n in range(1, 6)]
    assessments.save_section(desk, old, "s", answers)
    assessments.sign_off(desk, old)
    clock.move(days=28)
    add_form(desk, form(2, "short_text", "date", "number", "", ""), "talk.toml")
    found = assessments.start_assessment(desk, case_id, AGREED, "talk", begin_from=old)
    return open_page(window, case_id, found), found


def test_every_answer_that_did_not_fit_is_named_and_stands_beside_its_question(
    window: MainWindow, grown: tuple[AssessmentPage, AssessmentId]
) -> None:
    page, _ = grown
    header = page.places.header
    assert page.places.place == "header"
    assert header.left is not None
    said = "4 answers of the review of 20 November did not fit here and stand only there"
    assert header.left.fold.words == said
    assert not header.left.answers.isVisible()
    assert amiss(window) == []
    header.left.fold.click()
    assert header.left.answers.isVisible()
    told = " ".join(words_in(header.left))
    for n in (2, 3, 4, 5):
        assert f"Question {n}" in told
        assert f"“Said {n}”. Did not fit: " in told
    assert "Question 1" not in told
    go(page, "s")
    earlier = block(page, "h2").earlier
    assert earlier is not None
    assert "Said 2" in earlier.accessibleName()
    assert "Did not fit: The answer does not fit" in earlier.accessibleName()
    first = block(page, "h1").earlier
    assert first is not None
    assert "Did not fit" not in first.accessibleName()


def test_what_did_not_fit_is_still_named_once_it_is_signed(
    window: MainWindow, desk: Desk, case_id: CaseId, grown: tuple[AssessmentPage, AssessmentId]
) -> None:
    _, found = grown
    assessments.save_section(desk, found, "s", [draft("h1", text="Now this")])
    assessments.sign_off(desk, found)
    page = open_page(window, case_id, found)
    page.go_to("header")
    quiet(window)
    told = words_in(page.places.reading)
    assert "Did not fit (20 November): Question 4" in told
    assert any(one.startswith("“Said 4”. Did not fit: ") for one in told)


def test_a_digit_on_still_so_opens_the_answer_with_that_rating(
    window: MainWindow, desk: Desk, case_id: CaseId, clock: Clock
) -> None:
    old = assessments.start_assessment(desk, case_id, AGREED)
    assessments.save_section(desk, old, "safety", [draft("S4", present="no"), draft("S8", present="no")])
    needs = [draft("2.1", advocate=4, survivor=3), draft("2.2", advocate=3)]
    assessments.save_section(desk, old, "t2", needs)
    assessments.sign_off(desk, old)
    clock.move(days=28)
    found = assessments.start_assessment(desk, case_id, AGREED, begin_from=old)
    page = open_page(window, case_id, found)
    go(page, "t2", "2.1")
    assert focused().accessibleName().startswith("Still so")
    press("2")
    whole(page)
    assert not block(page, "2.1").is_carried
    assert dict(block(page, "2.1").draft.value) == {"advocate": 2, "survivor": 3}
    assert block(page, "2.1").isAncestorOf(focused())
    QTest.keyClick(focused(), Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
    whole(page)
    quiet(window)
    go(page, "safety", "S4")
    press("1")
    whole(page)
    asked = block(page, "S4")
    assert asked.body.isVisible()
    assert dict(asked.draft.value) == {"present": "no"}, "what is no rating is only opened"
    page.step(1)
    quiet(window)
    answers = assessments.assessment(desk, found).answers
    assert answers["2.1"].value == {"advocate": 2, "survivor": 3}
    assert not answers["2.1"].carried_from
    assert answers["S4"].carried_from


def test_a_form_without_a_header_still_lets_the_day_be_set(
    window: MainWindow, desk: Desk, case_id: CaseId
) -> None:
    page = open_page(window, case_id, every_kind(desk, case_id))
    page.go_to("header")
    quiet(window)
    header = page.places.header
    assert list(header.fields) == ["on"]
    assert amiss(window) == []
    header.focus_field("on")
    line = focused()
    QTest.keyClick(line, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(line, "18 November 2026")
    page.turn(1)
    quiet(window)
    (stored,) = assessments.assessments_of(desk, case_id)
    assert stored.on.isoformat() == "2026-11-18"
