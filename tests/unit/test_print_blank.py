"""Empty forms on paper: places for every question, hints in words, and a form that needs no vault."""

from __future__ import annotations

from dataclasses import replace

import pytest
from blank_kit import ASKED, AT, FORM, blank
from msgspec import structs
from printing_samples import flat, page_texts
from structure_walk import faults_of

from imsa_desk import paths
from imsa_desk.domain.fillable import rows_on_paper, slots_of, state_of
from imsa_desk.domain.forms import Question, QuestionKind, Shelf
from imsa_desk.domain.forms.expressions import parse_expression
from imsa_desk.printing.hints import only_if
from imsa_desk.services.prints.blanks import blank_pdf as blank_of

K = QuestionKind
SHELF = Shelf(paths.resources() / "forms")


def text_of(pdf: bytes) -> str:
    """Give the text as a reader copies it."""
    return flat(" ".join(page_texts(pdf)))


def test_every_kind_has_its_place_on_paper() -> None:
    pdf = blank()
    text = text_of(pdf)
    for words in (
        "Case code",
        "Only if 1 “I have a home” is “Yes”.",
        "a week",
        "Not safe Afraid",
        "A friend",
        "ሓው",
        "Something else",
        "About then; not known exactly",
        "A hostel",
        "Signature",
        "rooms",
        "Child 1",
        "Child 3",
        "Stop if it is too much.",
        "reckons",
        "Not talked about, and why",
        "page 1 of 2",
    ):
        assert words in text
    assert "Child 4" not in text
    assert faults_of(pdf) == []


@pytest.mark.parametrize("form_id", [form.id for form in SHELF.newest()])
def test_every_form_that_ships_prints_empty_with_each_of_its_questions(form_id: str) -> None:
    form = SHELF.find(form_id)
    assert form is not None
    pdf = blank_of(form, practice=True, organisation="A Practice Group", at=AT)
    text = text_of(pdf)
    assert f"{flat(form.title)}, version {form.version}" in text
    assert "Printed by A Practice Group on 22 November 2026 at 10:00" in text
    assert [one.text for one in form.questions() if flat(one.text) not in text] == []
    if form_id != "needs-strengths-safety":  # walking its forty pages takes seconds
        assert faults_of(pdf) == []


def test_what_a_scale_is_called_stands_as_its_form_writes_it() -> None:
    review = SHELF.find("needs-strengths-safety")
    assert review is not None
    own = {name: structs.replace(scale, title="Need of a GP") for name, scale in review.scales.items()}
    text = text_of(blank(replace(review, scales=own), section="t2"))
    assert "What the words mean: Need of a GP" in text


def test_equal_forms_give_equal_bytes_and_one_section_alone_leaves_out_the_rest() -> None:
    assert blank() == blank()
    review = SHELF.find("needs-strengths-safety")
    assert review is not None
    text = text_of(blank(review, section="own_view"))
    assert "What matters to me" in text and "The place where I sleep" not in text


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("${home} != 'yes'", "1 “I have a home” is not “Yes”"),
        ("${feel} >= 1", "3 “How safe I feel” is “Safe” or more"),
        ("selected(${help}, 'a')", "4 “Who helps” includes “A friend”"),
        ("not(selected(${help}, 'a'))", "4 “Who helps” does not include “A friend”"),
        ("answered(${says})", "6 “In my words” is answered"),
        ("not(answered(${says}))", "6 “In my words” is not answered"),
        ("${says} = ''", "6 “In my words” is not answered"),
        ("count-selected(${child}) > 2", "the number chosen in 11 “My children” is more than 2"),
        ("${n} + 1 <= 3", "10 “How many” plus 1 is at most 3"),
        ("${when} < today()", "5 “Since when” is less than today"),
        (
            "${home} = 'yes' and (${n} > 1 or ${n} = 0)",
            "1 “I have a home” is “Yes” and (10 “How many” is more than 1 or 10 “How many” is 0)",
        ),
        ("${pay#per} = 'week'", "2 “What I am paid” (per) is “week”"),
        ("not(${home} = 'yes' and ${n} > 1)", "this is not so: 1 “I have a home” is “Yes” and"),
        ("if(${n} > 1, 1, 0) = 1", "1 (where 10 “How many” is more than 1) or 0 is 1"),
        ("${says}", "6 “In my words” is answered"),
    ],
)
def test_skip_logic_is_said_in_words(rule: str, words: str) -> None:
    assert flat(only_if(FORM, parse_expression(rule))).startswith(f"Only if {words}")


def test_a_question_that_is_always_asked_has_no_hint() -> None:
    assert only_if(FORM, None) == ""


def test_a_group_leaves_as_many_rows_as_the_form_needs() -> None:
    group = ASKED[10]
    assert list(rows_on_paper(group)) == [1, 2, 3]
    few = Question("g", K.GROUP, "Few", most_rows=2)
    many = Question("g", K.GROUP, "Many", least_rows=5)
    assert (len(rows_on_paper(few)), len(rows_on_paper(many))) == (2, 5)


def test_names_of_fields_and_states_are_such_as_a_pdf_can_hold() -> None:
    review = SHELF.find("needs-strengths-safety")
    assert review is not None
    names = [*slots_of(review), *slots_of(FORM)]
    assert names and not any("." in name for name in names)
    assert state_of("yes", 0) == "yes"
    assert [state_of(value, 4) for value in ("off", "Off", 3, "a b", "ሓው", "")] == ["n4"] * 6
