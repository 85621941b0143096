"""Filling: what is typed lies over what is stored, and only what is stored is forgotten."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from assessment_kit import draft

from imsa_desk.domain.assessments import Answer, Assessment, AssessmentHeader, AssessmentLine
from imsa_desk.domain.forms import Form, Shelf
from imsa_desk.domain.ids import AssessmentId, CaseId
from imsa_desk.errors import Problem
from imsa_desk.gui.pages.assessment_earlier import say_days
from imsa_desk.gui.pages.assessment_filling import Filling
from imsa_desk.gui.pages.assessment_words import live_missing
from imsa_desk.paths import resources
from imsa_desk.vocab import AssessmentState, AssessmentType, Sensitivity

TODAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def form() -> Form:
    found = Shelf(resources() / "forms").find("needs-strengths-safety", 1)
    assert found is not None
    return found


@pytest.fixture
def filling(form: Form) -> Filling:
    line = AssessmentLine(
        AssessmentId("a"),
        CaseId("c"),
        form.id,
        form.version,
        form.title,
        AssessmentType.REVIEW,
        TODAY,
        AssessmentState.DRAFT,
        None,
        "Ann",
        1,
        90,
        None,
        None,
    )
    answers = {"2.1": Answer("2.1", {"advocate": 1})}
    header = AssessmentHeader(on="2026-11-20")
    value = Assessment(line, form.digest, header, answers, frozenset({"t5"}), "", "", Sensitivity.L2)
    return Filling(form, value)


def test_a_typed_answer_lies_over_the_stored_one_until_it_is_the_same_again(filling: Filling) -> None:
    filling.put(draft("2.1", advocate=3))
    assert filling.draft("2.1").value == {"advocate": 3}
    assert not filling.is_clean
    filling.put(draft("2.1", advocate=1))
    assert filling.is_clean


def test_what_changed_while_it_was_being_stored_stays_typed(filling: Filling) -> None:
    filling.put(draft("2.1", advocate=3))
    sent = filling.to_save("t2", TODAY)
    filling.put(draft("2.1", advocate=4))
    filling.settle(sent, None, {})
    assert filling.unsaved.answers["2.1"].value == {"advocate": 4}


def test_an_answer_that_cannot_be_stored_holds_up_no_other(filling: Filling) -> None:
    filling.put(draft("1.9a", number="many"))
    filling.put(draft("1.1", advocate=2))
    assert [one.question_id for one in filling.to_save("t1", TODAY)] == ["1.1"]
    assert filling.sections_to_save() == ("t1",)
    question = filling.form.question("1.9a")
    assert question is not None
    assert "whole number" in filling.wrong(question, TODAY)


def test_a_draft_comes_back_whole_and_without_what_was_stored_since(filling: Filling, form: Form) -> None:
    filling.put(draft("2.2", survivor=4, words="ሰላም"))
    filling.put(draft("2.1", advocate=2))
    filling.skip("t5", False)
    filling.put_header(replace(filling.header, place="A café"))
    payload = filling.payload()
    later = replace(filling.assessment, answers={"2.1": Answer("2.1", {"advocate": 2})})
    again = Filling(form, later)
    assert again.restore(payload)
    assert set(again.unsaved.answers) == {"2.2"}
    assert again.draft("2.2").value == {"survivor": 4, "words": "ሰላም"}
    assert again.header.place == "A café"
    assert not again.is_skipped("t5")


def test_a_draft_that_cannot_be_read_is_left_alone(filling: Filling) -> None:
    assert not filling.restore('{"answers": 3}')
    assert filling.is_clean


def test_answers_of_rows_are_kept_apart_by_their_keys(filling: Filling) -> None:
    filling.put(replace(draft("2.1", advocate=3), repeat=2))
    assert filling.draft("2.1", 2).value == {"advocate": 3}
    assert filling.draft("2.1").value == {"advocate": 1}
    assert list(filling.unsaved.answers) == ["2.1#2"]
    assert filling.sections_to_save() == ("t2",)


def carried(filling: Filling) -> Filling:
    """Let the stored answer be one that was carried over."""
    answer = replace(filling.assessment.answers["2.1"], carried_from="old", asked_on=date(2026, 8, 3))
    filling.rebase(replace(filling.assessment, answers={"2.1": answer}))
    return filling


def test_an_answer_carried_over_is_not_counted_until_it_is_confirmed(filling: Filling) -> None:
    now = carried(filling)
    assert now.carried() == ("2.1",)
    assert now.carried_on("2.1") == date(2026, 8, 3)
    assert now.progress_of()[0] == 0
    assert now.days() == ()
    now.put(replace(now.draft("2.1"), carried_from=""))
    assert now.carried() == ()
    assert now.progress_of()[0] == 1
    assert [one.key for one in now.to_confirm()] == ["2.1"]
    assert now.to_save("t2", TODAY) == ()


def test_an_answer_carried_over_and_changed_is_stored_as_any_other(filling: Filling) -> None:
    now = carried(filling)
    now.put(replace(now.draft("2.1"), carried_from="", value={"advocate": 4}))
    assert now.to_confirm() == ()
    assert [one.value for one in now.to_save("t2", TODAY)] == [{"advocate": 4}]


def test_what_follows_is_reckoned_once_for_each_change(filling: Filling) -> None:
    first = filling.evaluation
    assert filling.evaluation is first
    filling.put(draft("2.1", advocate=2))
    assert filling.evaluation is not first


def test_what_is_missing_is_known_before_it_is_stored(filling: Filling) -> None:
    stored = (Problem("consent_to_assess", "Say whether the person agreed."),)
    fields = [one.field for one in live_missing(filling, stored)]
    assert "consent_to_assess" in fields
    assert "S4" in fields
    assert filling.lacks("S4")
    filling.put(draft("S4", present="no"))
    assert "S4" not in [one.field for one in live_missing(filling, stored)]
    assert not filling.lacks("S4")
    filling.put_header(replace(filling.header, consent_to_assess="yes"))
    assert "consent_to_assess" not in [one.field for one in live_missing(filling, stored)]


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ((), ""),
        ((date(2026, 11, 3),), "3 November"),
        ((date(2026, 11, 3), date(2026, 11, 10), date(2026, 11, 17)), "3, 10 and 17 November"),
        ((date(2025, 12, 30), date(2026, 1, 5)), "30 December 2025 and 5 January"),
        ((date(2026, 10, 30), date(2026, 11, 5), date(2026, 11, 6)), "30 October, 5 and 6 November"),
    ],
)
def test_days_are_said_in_one_line(days: tuple[date, ...], words: str) -> None:
    assert say_days(days, TODAY) == words
