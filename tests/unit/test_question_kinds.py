"""Each kind of question: what may be typed, what is stored, and how it is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from imsa_desk import paths
from imsa_desk.domain.assessments import Answer, AnswerDraft
from imsa_desk.domain.forms import (
    MONEY_PERIODS,
    Form,
    Option,
    Question,
    QuestionKind,
    Scale,
    ScalePoint,
    Shelf,
    Speech,
    incomplete,
    is_answered,
    is_given,
    one_line,
    parse_answer,
    said,
)
from imsa_desk.domain.lists import load_lists
from imsa_desk.errors import Broken, Refused
from imsa_desk.vocab import NotDiscussed

TODAY = date(2026, 11, 22)
LISTS = load_lists(paths.resources() / "lists")
STEPS = Scale(
    "How safe I feel",
    (
        ScalePoint(0, "Not at all", "I look over my shoulder all day", "alert"),
        ScalePoint(1, "Mostly", "I sleep through the night", "good"),
    ),
)
FORM = Form("small", 1, "Small", "en-GB", "", (), {"safe": STEPS})
K = QuestionKind


def ask(kind: QuestionKind) -> Question:
    options = (Option("a", "First"), Option("b", "Second")) if kind in (K.CHOICE, K.CHOICES) else ()
    return Question(
        "q", kind, "Ask", options=options, other=True, scale="safe", list="accommodation_type", decimals=0
    )


def read(question: Question, **value: object) -> Answer:
    return parse_answer(FORM, question, AnswerDraft("q", dict(value)), TODAY)


def words(question: Question, answer: Answer) -> str:
    return one_line(said(FORM, question, answer, Speech("Selam", "she"), LISTS))


@pytest.mark.parametrize(
    ("kind", "typed", "stored", "told"),
    [
        (K.SHORT_TEXT, {"text": " Hello "}, {"text": "Hello"}, "“Hello”"),
        (K.NUMBER, {"number": "7"}, {"number": 7}, "7"),
        (
            K.MONEY,
            {"pence": "£1,249.18", "per": "week"},
            {"pence": 124_918, "per": "week"},
            "£1,249.18 a week",
        ),
        (K.MONEY, {"pence": "12"}, {"pence": 1_200}, "£12.00"),
        (K.MONEY, {"pence": 1_205, "per": "once"}, {"pence": 1_205, "per": "once"}, "£12.05"),
        (K.DATE, {"day": "4/11/26"}, {"day": "2026-11-04"}, "Wednesday 4 November 2026"),
        (K.PARTIAL_DATE, {"when": "about May 2019"}, {"when": "2019-05", "about": "yes"}, "about May 2019"),
        (K.PARTIAL_DATE, {"when": "2019", "about": "yes"}, {"when": "2019", "about": "yes"}, "about 2019"),
        (K.PARTIAL_DATE, {"when": "3/2027"}, {"when": "2027-03"}, "March 2027"),
        (K.PARTIAL_DATE, {"when": "4 Nov 2026"}, {"when": "2026-11-04"}, "4 November 2026"),
        (K.YES_NO_UNKNOWN, {"choice": "unknown", "note": "Asked"}, None, "Not known · “Asked”"),
        (K.CHOICE, {"choice": "a", "other": "My own"}, None, "First · “My own”"),
        (K.CHOICES, {"choices": ["b", "a"]}, {"choices": ["a", "b"]}, "First, Second"),
        (K.SCALE, {"step": "1", "note": "Better"}, {"step": 1, "note": "Better"}, "Mostly · “Better”"),
        (
            K.PERSON,
            {"name": "Dr Vale", "role": "GP", "who": ""},
            {"name": "Dr Vale", "role": "GP"},
            "Dr Vale, GP",
        ),
        (K.PERSON, {"who": "person:" + "a" * 32}, None, "Somebody of this case"),
        (
            K.AGREEMENT,
            {"how": "spoken", "name": "Selam", "on": "yesterday", "words": "Yes"},
            {"how": "spoken", "name": "Selam", "on": "2026-11-21", "words": "Yes"},
            "Agreed in words · Name: Selam · On: Saturday 21 November 2026 · “Yes”",
        ),
        (K.AGREEMENT, {"how": "signed", "strokes": "0,0 10,9;3,4"}, None, "Signed · With a drawn signature"),
        (K.GROUP, {"rows": [3, 1]}, {"rows": [3, 1]}, "2 entries"),
        (K.GROUP, {"rows": (4,)}, {"rows": [4]}, "1 entry"),
    ],
)
def test_an_answer_is_stored_soundly_and_said_in_words(
    kind: QuestionKind, typed: dict[str, object], stored: dict[str, object] | None, told: str
) -> None:
    answer = read(ask(kind), **typed)
    assert answer.value == (typed if stored is None else stored)
    assert words(ask(kind), answer) == told
    assert is_answered(ask(kind), answer)
    assert not is_answered(ask(kind), replace(answer, carried_from="earlier"))
    assert is_given(ask(kind), replace(answer, carried_from="earlier"))


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (K.NUMBER, {"number": "2.5"}),
        (K.MONEY, {"pence": "12.345"}),
        (K.MONEY, {"pence": "much"}),
        (K.MONEY, {"pence": -1}),
        (K.MONEY, {"pence": 10**11}),
        (K.MONEY, {"pence": 100, "per": "hour"}),
        (K.PARTIAL_DATE, {"when": "31/2/2019"}),
        (K.PARTIAL_DATE, {"when": "long ago"}),
        (K.PARTIAL_DATE, {"when": "2500"}),
        (K.PARTIAL_DATE, {"when": "2019", "about": "no"}),
        (K.LIST_CHOICE, {"choice": "<b>"}),
        (K.SCALE, {"step": 2}),
        (K.SCALE, {"step": True}),
        (K.PERSON, {"who": "somebody"}),
        (K.AGREEMENT, {"how": "winked"}),
        (K.AGREEMENT, {"how": "signed", "on": "someday"}),
        (K.AGREEMENT, {"how": "signed", "strokes": "0,0 1001,5"}),
        (K.AGREEMENT, {"how": "signed", "strokes": "javascript:"}),
        (K.GROUP, {"rows": [1, 1]}),
        (K.GROUP, {"rows": [0]}),
        (K.GROUP, {"rows": [True]}),
        (K.GROUP, {"rows": "1"}),
        (K.GROUP, {"rows": [10_000]}),
        (K.GROUP, {"rows": list(range(1, 202))}),
        (K.CALCULATED, {"result": "5"}),
        (K.INSTRUCTION, {"text": "x"}),
    ],
)
def test_what_cannot_be_an_answer_is_refused_at_its_key(kind: QuestionKind, value: dict[str, object]) -> None:
    with pytest.raises(Refused) as refused:
        parse_answer(FORM, ask(kind), AnswerDraft("q", value, repeat=2), TODAY)
    assert refused.value.problems[0].field == "q#2"


def test_numbers_with_decimals_and_a_unit() -> None:
    question = replace(ask(K.NUMBER), decimals=2, unit="kg", minimum=1, maximum=100)
    assert read(question, number="2.50").value == {"number": "2.5"}
    assert read(question, number="3.00").value == {"number": 3}
    assert words(question, read(question, number="2.5")) == "2.5 kg"
    for typed in ("2.555", "0.99", "100.01", "1e5"):
        with pytest.raises(Refused):
            read(question, number=typed)


def test_money_below_nothing_only_where_the_form_says_so() -> None:
    question = replace(ask(K.MONEY), minimum=-500)
    assert words(question, read(question, pence="-12.50")) == "−£12.50"
    with pytest.raises(Refused):
        read(question, pence="-500.01")
    assert set(MONEY_PERIODS) == {"once", "day", "week", "month", "year"}


def test_a_value_of_a_list_is_said_in_the_words_of_the_list() -> None:
    entry = LISTS.entries("accommodation_type")[0]
    answer = read(ask(K.LIST_CHOICE), choice=entry.id)
    assert words(ask(K.LIST_CHOICE), answer) == entry.label
    later = read(ask(K.LIST_CHOICE), choice="new_kind")
    assert one_line(said(FORM, ask(K.LIST_CHOICE), later, Speech())) == "New kind"


@pytest.mark.parametrize(
    ("result", "told"),
    [(108, "108 months"), ("2.5", "2.5 months"), ("2026-12-20", "Sunday 20 December 2026 months")],
)
def test_what_was_reckoned_is_said_with_its_unit(result: object, told: str) -> None:
    question = replace(ask(K.CALCULATED), unit="months")
    assert words(question, Answer("q", {"result": result})) == told
    assert not question.takes_answer
    assert not is_answered(question, Answer("q", {"result": result}))


def test_a_started_answer_says_what_it_lacks() -> None:
    assert incomplete(FORM, ask(K.MONEY), read(ask(K.MONEY), per="week")) == "Enter the amount."
    started = read(ask(K.AGREEMENT), name="Selam")
    assert incomplete(FORM, ask(K.AGREEMENT), started) == "Say how it was agreed, or that it was not."
    assert incomplete(FORM, ask(K.AGREEMENT), read(ask(K.AGREEMENT), how="not_agreed")) == ""


def test_not_discussed_keeps_only_words_in_every_kind() -> None:
    drafted = AnswerDraft("q", {"step": 1, "note": "Later"}, not_discussed="no_time")
    answer = parse_answer(FORM, ask(K.SCALE), drafted, TODAY)
    assert (answer.value, answer.not_discussed) == ({"note": "Later"}, NotDiscussed.NO_TIME)
    assert is_answered(ask(K.SCALE), answer)


def test_a_form_on_the_shelf_is_read_only_when_it_is_asked_for() -> None:
    shelf = Shelf(paths.resources() / "forms")
    form = shelf.find("needs-strengths-safety", 1)
    assert form is not None
    assert shelf.find("needs-strengths-safety", 1) is form
    assert shelf.find("needs-strengths-safety", 99) is None
    assert shelf.find("nothing") is None
    assert form in shelf.all()
    assert len({one.id for one in shelf.newest()}) == len(shelf.newest())


def test_a_form_that_cannot_be_read_breaks_only_when_it_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "1.toml").write_bytes(b"id =")
    shelf = Shelf(tmp_path)
    assert shelf.find("other") is None
    assert Shelf(tmp_path / "nowhere").all() == ()
    with pytest.raises(Broken, match="Install the program again"):
        shelf.find("bad")
