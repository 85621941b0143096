"""Skip logic as data: which questions are asked, and what counts."""

from __future__ import annotations

import pytest

from imsa_desk import paths
from imsa_desk.domain.assessments import AnswerDraft
from imsa_desk.domain.forms import Form, load_forms, progress, progress_of, read_form, visible
from imsa_desk.vocab import NotDiscussed

FORM = next(one for one in load_forms(paths.resources() / "forms") if one.id == "needs-strengths-safety")
HEAD = """id = "small"
version = 1
title = "Small"
language = "en-GB"
[scales.not_discussed]
title = "Not discussed"
point = [REASONS]
[[section]]
id = "one"
title = "One"
[[section.question]]
id = "Y"
kind = "yes_no_unknown"
text = "Yes?"
[[section.question]]
id = "N"
kind = "number"
text = "How many?"
[[section.question]]
id = "C"
kind = "choices"
text = "Which?"
option = [{ value = "a", label = "A" }, { value = "b", label = "B" }]
""".replace("REASONS", ", ".join(f'{{ value = "{one}", label = "{one}" }}' for one in NotDiscussed))


def form_with(condition: str, more: str = "") -> Form:
    asked = f'[[section.question]]\nid = "Q"\nkind = "long_text"\ntext = "Q"\nshow_if = {condition}\n'
    return read_form((HEAD + asked + more).encode(), "small.toml")


def draft(question_id: str, **value: object) -> AnswerDraft:
    return AnswerDraft(question_id, dict(value))


YES, NO = draft("Y", choice="yes"), draft("Y", choice="no")


@pytest.mark.parametrize(
    ("condition", "answers", "asked"),
    [
        ('{ question = "Y", is = "yes" }', {"Y": YES}, True),
        ('{ question = "Y", is = "yes" }', {"Y": NO}, False),
        ('{ question = "Y", is = "yes" }', {}, False),
        ('{ question = "Y", part = "note", is = "x" }', {"Y": draft("Y", choice="yes", note="x")}, True),
        ('{ question = "Y", is_not = "yes" }', {"Y": NO}, True),
        ('{ question = "Y", is_not = "yes" }', {}, True),
        ('{ question = "Y", answered = true }', {"Y": NO}, True),
        ('{ question = "Y", answered = true }', {"Y": AnswerDraft("Y", {}, not_discussed="no_time")}, True),
        ('{ question = "Y", answered = false }', {}, True),
        ('{ question = "N", at_least = 2 }', {"N": draft("N", number=2)}, True),
        ('{ question = "N", at_least = 2 }', {"N": draft("N", number=1)}, False),
        ('{ question = "N", at_least = 2, at_most = 3 }', {"N": draft("N", number=4)}, False),
        ('{ question = "N", at_most = 3 }', {}, False),
        ('{ question = "C", includes = "b" }', {"C": draft("C", choices=["a", "b"])}, True),
        ('{ question = "C", includes = "b" }', {"C": draft("C", choices=["a"])}, False),
        ('{ not = { question = "Y", is = "yes" } }', {"Y": NO}, True),
        (
            '{ all = [{ question = "Y", is = "yes" }, { question = "N", at_least = 1 }] }',
            {"Y": YES, "N": draft("N", number=0)},
            False,
        ),
        (
            '{ any = [{ question = "Y", is = "yes" }, { question = "N", at_least = 1 }] }',
            {"Y": NO, "N": draft("N", number=1)},
            True,
        ),
    ],
)
def test_a_condition_decides_whether_a_question_is_asked(
    condition: str, answers: dict[str, AnswerDraft], asked: bool
) -> None:
    assert ("Q" in visible(form_with(condition), answers)) is asked


def test_what_depends_on_a_hidden_question_is_hidden_though_its_answer_is_kept() -> None:
    after = '[[section.question]]\nid = "R"\nkind = "date"\ntext = "R"\n'
    after += 'show_if = { question = "Q", answered = true }\n'
    form = form_with('{ question = "Y", is = "yes" }', after)
    answers = {"Y": YES, "Q": draft("Q", text="Words")}
    assert visible(form, answers) == {"Y", "N", "C", "Q", "R"}
    assert visible(form, answers | {"Y": NO}) == {"Y", "N", "C"}


def test_a_whole_section_may_wait_for_an_answer() -> None:
    later = '[[section]]\nid = "two"\ntitle = "Two"\nshow_if = { question = "Y", is = "yes" }\n'
    later += '[[section.question]]\nid = "T"\nkind = "date"\ntext = "T"\n'
    form = form_with('{ question = "Y", is = "yes" }', later)
    assert "T" in visible(form, {"Y": YES})
    assert "T" not in visible(form, {})


def test_hidden_answers_and_instructions_are_not_counted() -> None:
    safety = FORM.section("safety")
    assert safety is not None
    assert progress(FORM, safety, {}) == (0, 14)
    answers = {
        "S7": draft("S7", present="yes", likelihood=2, severity=2),
        "S7a": draft("S7a", choice="offered"),
        "S8": draft("S8", present="yes"),
        "S1": AnswerDraft("S1", {}, not_discussed="not_now"),
    }
    assert progress(FORM, safety, answers) == (3, 15)
    assert progress(FORM, safety, answers | {"S7": draft("S7", present="no")}) == (2, 14)


def test_a_section_skipped_by_choice_asks_nothing() -> None:
    whole = progress_of(FORM, {})[1]
    assert whole == 97
    assert progress_of(FORM, {}, frozenset({"t5"})) == (0, whole - 9)
