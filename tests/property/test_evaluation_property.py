"""The evaluator agrees with a slow one on random forms; expressions and answers survive being written."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_forms import OPTIONS, SCALE, Maker
from slow_evaluator import Slow

from imsa_desk.domain.assessments import Answer, AnswerDraft
from imsa_desk.domain.canonical import canonical, parse_canonical
from imsa_desk.domain.forms import (
    Form,
    Question,
    QuestionKind,
    carry_forward,
    evaluate,
    highest_band,
    parse_answer,
    parse_expression,
    theme_levels,
    urgents,
    write_expression,
)
from imsa_desk.domain.forms.check_rules import circle_faults
from imsa_desk.domain.forms.evaluate import dependencies
from imsa_desk.domain.forms.expressions import Call, Expr, Ref
from imsa_desk.errors import Refused
from imsa_desk.vocab import Band

FORMS = int(os.environ.get("IMSA_FORMS", "300"))
"""How many random forms are tried; 10,000 in the long run."""
ON = date(2026, 11, 22)
NUMBERS = st.integers(0, 2**40)
SIZES = st.integers(1, 14)
UNHURRIED = settings(max_examples=FORMS, deadline=None, suppress_health_check=[HealthCheck.too_slow])
WORDS = st.text(st.characters(codec="utf-8"), max_size=20)
TYPED: dict[QuestionKind, dict[str, st.SearchStrategy[Any]]] = {
    QuestionKind.NUMBER: {"number": st.integers(-50, 50) | st.sampled_from(["2.5", "1,000", "-3.25", "07"])},
    QuestionKind.MONEY: {
        "pence": st.integers(0, 10**9) | st.sampled_from(["£49.18", "1,250", "0.5", " 12 "]),
        "per": st.sampled_from(["", "once", "day", "week", "month", "year"]),
    },
    QuestionKind.DATE: {"day": st.dates(date(1950, 1, 1), date(2050, 1, 1)).map(str)},
    QuestionKind.PARTIAL_DATE: {
        "when": st.dates(date(1950, 1, 1), date(2090, 1, 1))
        .map(str)
        .flatmap(lambda day: st.sampled_from([day, day[:7], day[:4], f"about {day[:4]}"]))
        | st.sampled_from(["May 2019", "about 1990", "yesterday", "3/2030"]),
        "about": st.sampled_from(["", "yes"]),
    },
    QuestionKind.YES_NO_UNKNOWN: {"choice": st.sampled_from(["yes", "no", "unknown"]), "note": WORDS},
    QuestionKind.CHOICE: {"choice": st.sampled_from("abc"), "other": WORDS},
    QuestionKind.CHOICES: {"choices": st.lists(st.sampled_from("abc"), max_size=4), "other": WORDS},
    QuestionKind.LIST_CHOICE: {"choice": st.sampled_from(["safe_house", "nass"]), "other": WORDS},
    QuestionKind.SCALE: {"step": st.integers(0, 3), "note": WORDS},
    QuestionKind.PERSON: {"who": st.sampled_from(["", "person:" + "0" * 32]), "name": WORDS, "role": WORDS},
    QuestionKind.AGREEMENT: {
        "how": st.sampled_from(["signed", "spoken", "not_agreed"]),
        "name": WORDS,
        "on": st.sampled_from(["", "4/11/26", "2026-11-04"]),
        "words": WORDS,
        "strokes": st.sampled_from(["", "0,0 10,20;5,5", "1000,1000"]),
    },
    QuestionKind.GROUP: {"rows": st.lists(st.integers(1, 50), unique=True, max_size=6)},
    QuestionKind.SHORT_TEXT: {"text": WORDS},
    QuestionKind.LONG_TEXT: {"text": WORDS},
}
"""What people may type or choose, part by part, for every kind but need and risk items."""


def question_of(kind: QuestionKind) -> Question:
    chooses = kind in (QuestionKind.CHOICE, QuestionKind.CHOICES)
    other = chooses or kind is QuestionKind.LIST_CHOICE
    return Question(
        "q",
        kind,
        "Ask",
        options=OPTIONS if chooses else (),
        other=other,
        scale="steps",
        list="accommodation_type",
        decimals=2 if kind is QuestionKind.NUMBER else 0,
    )


FORM = Form("small", 1, "Small", "en-GB", "", (), {"steps": SCALE})


@given(NUMBERS, SIZES)
@UNHURRIED
def test_the_evaluator_agrees_with_the_slow_one(number: int, size: int) -> None:
    maker = Maker(number, size)
    form = maker.form()
    assert list(circle_faults(form)) == []
    answers = maker.answers(form)
    found, slow = evaluate(form, answers, ON), Slow(form, answers, ON)
    assert found.visible == slow.visible()
    assert {key: str(words) for key, words in found.calculated.items()} == slow.calculated()
    lacking = ("Answer this", "Carried over")
    said = [(one.field, "required" if one.text.startswith(lacking) else "limit") for one in found.problems]
    assert sorted(said) == sorted(slow.problems())


@given(NUMBERS, SIZES)
@UNHURRIED
def test_the_score_agrees_with_the_slow_one(number: int, size: int) -> None:
    maker = Maker(number, size)
    form = maker.form()
    answers = maker.answers(form)
    slow = Slow(form, answers, ON)
    bands = slow.bands()
    highest = highest_band(form, answers, ON)
    assert highest == (list(Band)[max(bands.values())] if bands else None)
    assert theme_levels(form, answers, ON) == slow.levels()
    urgent = {one.question_id for one in urgents(form, answers, ON)}
    least = {one.id: list(Band).index(Band(one.urgent)) for one in form.questions() if one.urgent}
    present = {key for key in bands if answers[key].value.get("present") == "yes"}
    assert urgent == {key for key in present if bands[key] >= least.get(key.split("#")[0], 4)}


@given(NUMBERS, st.integers(2, 14))
@UNHURRIED
def test_a_circle_is_found_and_even_then_the_evaluator_ends(number: int, size: int) -> None:
    maker = Maker(number, size)
    form = maker.form()
    users = [(one, need) for one, needs in dependencies(form).items() for need in needs if one != need]
    if not users:
        return
    user, needed = maker.rng.choice(users)
    circle = with_rule(form, needed, Call("answered", (Ref(user),)))
    assert {one.question for one in circle_faults(circle)} >= {user, needed}
    assert evaluate(circle, maker.answers(form), ON).form is circle


def with_rule(form: Form, question_id: str, rule: Expr) -> Form:
    """Give one question another rule about when it is asked."""

    def changed(one: Question) -> Question:
        members = tuple(changed(inner) for inner in one.members)
        return replace(one, members=members, show_if=rule if one.id == question_id else one.show_if)

    sections = tuple(
        replace(section, questions=tuple(changed(one) for one in section.questions))
        for section in form.sections
    )
    return replace(form, sections=sections)


@given(NUMBERS, SIZES)
@UNHURRIED
def test_counting_agrees_with_what_is_asked(number: int, size: int) -> None:
    maker = Maker(number, size)
    form = maker.form()
    answers = maker.answers(form)
    found = evaluate(form, answers, ON)
    keys = [one.key for one in found.asked()]
    assert len(keys) == len(set(keys))
    assert set(keys) == found.visible
    done, total = found.progress_all()
    assert 0 <= done <= total <= len(keys)
    hidden = {key: answer for key, answer in answers.items() if key not in found.visible}
    without = evaluate(form, {key: one for key, one in answers.items() if key not in hidden}, ON)
    assert (without.visible, without.calculated, without.problems) == (
        found.visible,
        found.calculated,
        found.problems,
    )


@given(NUMBERS, st.integers(1, 5))
@UNHURRIED
def test_an_expression_written_reads_back_the_same(number: int, depth: int) -> None:
    maker = Maker(number, 5)
    maker.form()
    expr = maker.expression(
        [one for one in maker.kinds if maker.kinds[one] is not QuestionKind.INSTRUCTION], depth
    )
    assert parse_expression(write_expression(expr)) == expr


@given(st.text(max_size=60) | st.text("()'\"$<>=!.,{}#+-* andortifselcu0123q", max_size=80))
@settings(max_examples=300, deadline=None)
def test_any_text_is_an_expression_or_refused_with_its_place(text: str) -> None:
    try:
        expr = parse_expression(text)
    except Refused as error:
        assert error.code == "E_EXPRESSION"
        assert error.message.startswith("Character ")
    else:
        assert parse_expression(write_expression(expr)) == expr


@pytest.mark.parametrize(
    "text", ["(" * 9_000, "-" * 7_000 + "1", "not(" * 2_000, "1 + " * 1_999 + "1", "if(" * 500]
)
def test_a_deep_expression_is_refused_and_nothing_falls_over(text: str) -> None:
    with pytest.raises(Refused):
        parse_expression(text)


@pytest.mark.parametrize("kind", TYPED)
@given(st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_an_answer_of_every_kind_is_kept_and_reads_back_the_same(
    kind: QuestionKind, data: st.DataObject
) -> None:
    question = question_of(kind)
    drafted = AnswerDraft("q", data.draw(st.fixed_dictionaries({}, optional=TYPED[kind])))
    answer = parse_answer(FORM, question, drafted, ON)
    assert parse_canonical(canonical(answer.value)) == answer.value
    assert parse_answer(FORM, question, AnswerDraft("q", answer.value), date(2031, 5, 1)) == answer


@given(NUMBERS, SIZES)
@UNHURRIED
def test_carrying_to_the_next_version_loses_nothing_silently(number: int, size: int) -> None:
    maker = Maker(number, size)
    form = maker.form()
    given = {key: one for key, one in maker.answers(form).items() if _carries(form, one)}
    before = dict(given)
    newer = maker.next_version(form)
    carried = carry_forward(form, newer, given)
    assert given == before
    kept = {(one.question_id, one.repeat) for one in carried.answers.values()}
    left = {(one.question_id, one.repeat) for one in carried.left}
    assert kept | left == {(one.question_id, one.repeat) for one in given.values()}
    assert len(carried.answers) + len(carried.left) == len(given)
    assert all(one.why and one.text for one in carried.left)
    for key, answer in carried.answers.items():
        assert answer == given[key]
        assert newer.question(answer.question_id) is not None


def _carries(form: Form, answer: Answer) -> bool:
    question = form.question(answer.question_id)
    return question is not None and question.kind is not QuestionKind.CALCULATED
