"""Filling: what is typed lies over what is stored, and only what is stored is forgotten."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from assessment_kit import draft

from imsa_desk.domain.assessments import Answer, Assessment, AssessmentHeader, AssessmentLine
from imsa_desk.domain.forms import Form, find_form, load_forms
from imsa_desk.domain.ids import AssessmentId, CaseId
from imsa_desk.gui.pages.assessment_filling import Filling
from imsa_desk.paths import resources
from imsa_desk.vocab import AssessmentState, AssessmentType, Sensitivity

TODAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def form() -> Form:
    found = find_form(load_forms(resources() / "forms"), "needs-strengths-safety")
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
