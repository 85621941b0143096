"""How the answers to the review form print: every kind of question, in the form's own words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from printing_samples import PRINTED, flat, fonts, page_texts, sheet
from structure_walk import faults_of

from imsa_desk import paths
from imsa_desk.domain.assessments import Answer, AnswerValue
from imsa_desk.domain.forms import Form, Question, QuestionKind, Scale, ScalePoint, Section, Shelf
from imsa_desk.domain.forms.expressions import parse_expression
from imsa_desk.domain.lists import load_lists
from imsa_desk.printing.answers import PRINTERS, printed_sections
from imsa_desk.printing.assessment import assessment_pdf
from imsa_desk.printing.sheet import (
    AddendumSheet,
    AgreementItem,
    ChoiceItem,
    Countersigned,
    Fact,
    GroupItem,
    Item,
    NeedItem,
    RiskItem,
    ScaleItem,
    SignOff,
    TextItem,
)
from imsa_desk.printing.sheet import Section as PrintedSection
from imsa_desk.vocab import AnswerSource, NotDiscussed

FORMS = Path(__file__).parents[2] / "resources" / "forms"


@pytest.fixture(scope="module")
def form() -> Form:
    found = Shelf(FORMS).find("needs-strengths-safety", 1)
    assert found is not None
    return found


def printed(form: Form, *answers: Answer, skipped: frozenset[str] = frozenset()) -> dict[str, PrintedSection]:
    """Print answers and give the sections by title."""
    found = printed_sections(form, {answer.question_id: answer for answer in answers}, skipped)
    return {section.title: section for section in found}


def only_item(form: Form, question_id: str, value: AnswerValue, **more: object) -> Item:
    """Print one answer and give its item."""
    section = form.section_of(question_id)
    assert section is not None
    answer = Answer(question_id, value, **more)  # type: ignore[arg-type]  # each test names its own fields
    (item,) = printed(form, answer)[section.title].items
    return item


def test_each_kind_of_question_has_a_printer() -> None:
    assert set(PRINTERS) == set(QuestionKind)


def test_a_need_prints_both_ratings_and_every_part_in_words(form: Form) -> None:
    value: AnswerValue = {
        "advocate": 3,
        "survivor": 4,
        "words": "Near the school.",
        "importance": 3,
        "confidence": "high",
        "owner": "imsa",
        "next_step": "Ask the council.",
        "consent_to_refer": "yes",
    }
    item = only_item(form, "2.2", value, source=AnswerSource.TOLD_BY_SURVIVOR, valid_on=date(2026, 11, 4))
    assert isinstance(item, NeedItem)
    assert item.advocate is not None and item.own is not None
    assert (item.advocate.word, item.advocate.level) == ("Pressing", 3)
    assert (item.own.word, item.own.level) == ("Urgent", 4)
    said = {fact.value for fact in item.details}
    assert {"Very much", "Sure", "Advocate", "Yes", "The person told me", "Ask the council."} <= said
    assert Fact("As it was on", "Wednesday 4 November 2026") in item.details


def test_a_risk_prints_its_band_in_words_with_what_it_asks_for(form: Form) -> None:
    value: AnswerValue = {
        "present": "yes",
        "likelihood": 4,
        "severity": 3,
        "imminence": "week",
        "who_at_risk": ["survivor", "child_or_dependant"],
        "residual_band": "medium",
    }
    item = only_item(form, "S1", value)
    assert isinstance(item, RiskItem)
    assert item.likelihood == Fact("How likely is harm", "Very likely")
    assert item.severity == Fact("How serious would it be", "Serious harm")
    assert item.band == Fact("Risk", "High")
    assert item.band_level == 3
    assert item.reason.startswith("Agree a safety plan now")
    assert Fact("Who is at risk", "The person, A child or dependant") in item.details
    assert Fact("Risk with this plan", "Medium") in item.details


def test_a_judged_band_says_what_the_scale_gave_and_why_it_was_moved(form: Form) -> None:
    value: AnswerValue = {
        "present": "yes",
        "likelihood": 2,
        "severity": 3,
        "judged_band": "high",
        "judgement_reason": "He was seen outside.",
    }
    item = only_item(form, "S1", value)
    assert isinstance(item, RiskItem)
    assert item.band == Fact("Risk", "High")
    assert "the scale alone gives “Medium”" in item.reason
    assert item.reason.endswith("Reason: He was seen outside.")


def test_a_risk_that_is_not_there_prints_its_no_and_no_band(form: Form) -> None:
    item = only_item(form, "S2", {"present": "no"})
    assert isinstance(item, RiskItem)
    assert item.present == Fact("Is this so now", "No")
    assert item.band is None and item.reason == ""


def test_what_was_not_discussed_prints_its_reason(form: Form) -> None:
    item = only_item(form, "2.3", {}, not_discussed=NotDiscussed.NOT_NOW)
    assert isinstance(item, NeedItem)
    assert item.not_discussed == "Not now, their choice"


def test_choices_and_own_pages_print_in_words(form: Form) -> None:
    sections = printed(
        form,
        Answer("ST2", {"choices": ["safe_home", "pet"], "other": "My sister"}),
        Answer("OV1", {"text": "My children."}),
        Answer("OV7", {"choice": "yes"}),
    )
    (chosen,) = sections["Strengths"].items
    assert isinstance(chosen, ChoiceItem)
    assert chosen.chosen == ("A safe home", "A pet")
    assert chosen.note == "My sister"
    own, read = sections["My own page"].items
    assert isinstance(own, TextItem) and own.quoted
    assert isinstance(read, ChoiceItem) and read.chosen == ("Yes",)


def test_questions_that_were_not_asked_are_neither_printed_nor_counted(form: Form) -> None:
    hidden = Answer("S4a", {"text": "a church hall"})
    without = printed(form, Answer("S4", {"present": "no"}), hidden)["Safety"]
    assert [item.number for item in without.items] == ["S4"]
    assert "S4a" not in without.unanswered and "S5" in without.unanswered
    asked = printed(form, Answer("S4", {"present": "yes"}), hidden)["Safety"]
    assert [item.number for item in asked.items] == ["S4", "S4a"]


def test_a_section_skipped_by_choice_says_so_and_lists_nothing(form: Form) -> None:
    section = printed(form, skipped=frozenset({"t5"}))["Criminal justice"]
    assert section.status == "Skipped by choice"
    assert section.items == () and section.unanswered == ()


def test_every_question_of_the_form_can_be_printed_and_read(form: Form) -> None:
    values: dict[QuestionKind, AnswerValue] = {
        QuestionKind.NEED_ITEM: {"advocate": 2},
        QuestionKind.RISK_ITEM: {"present": "yes", "likelihood": 3, "severity": 5},
        QuestionKind.DATE: {"day": "2026-12-01"},
        QuestionKind.NUMBER: {"number": 3},
        QuestionKind.YES_NO_UNKNOWN: {"choice": "yes"},
    }
    answers = []
    for question in form.questions():
        said: AnswerValue = {"text": f"said {question.id}", "words": f"said {question.id}"}
        chosen = [option.value for option in question.options]
        picked: AnswerValue = {"choice": chosen[0], "choices": chosen} if chosen else {}
        answers.append(Answer(question.id, values.get(question.kind, {}) | said | picked))
    sections = printed_sections(form, {answer.question_id: answer for answer in answers})
    assert [section.title for section in sections] == [section.title for section in form.sections]
    assert all(section.unanswered == () for section in sections)
    text = flat(" ".join(page_texts(assessment_pdf(replace(sheet(), sections=sections), fonts()))))
    for question in form.questions():
        if question.takes_answer:
            assert flat(question.text) in text
        if question.kind in {QuestionKind.NEED_ITEM, QuestionKind.LONG_TEXT, QuestionKind.RISK_ITEM}:
            assert f"said {question.id}" in text


K = QuestionKind
STEPS = Scale(
    "How safe I feel",
    (
        ScalePoint("not", "Not safe", "I look over my shoulder", "alert"),
        ScalePoint("safe", "Safe", "I sleep through the night", "good"),
    ),
)
FIVE = parse_expression("2 + 3")
CHILD = (
    Question("child.name", K.SHORT_TEXT, "First name", number="9a"),
    Question("child.pay", K.MONEY, "What it costs", number="9b"),
)
ASKED = (
    Question("pay", K.MONEY, "What I am paid", number="1"),
    Question("since", K.PARTIAL_DATE, "Since when", number="2"),
    Question("where", K.LIST_CHOICE, "What kind of place", number="3", list="accommodation_type"),
    Question("feel", K.SCALE, "How safe I feel", number="4", scale="safe"),
    Question("who", K.PERSON, "Who helps", number="5"),
    Question("agreed", K.AGREEMENT, "How I agreed", number="6"),
    Question(
        "sum", K.CALCULATED, "Together", number="7", unit="points", calculation=parse_expression("2 + 3")
    ),
    Question("weight", K.NUMBER, "Weight", number="8", unit="kg", decimals=1),
    Question("child", K.GROUP, "My children", number="9", members=CHILD, item_title="Child"),
)
EVERY = Form(
    "every", 1, "Every kind", "en-GB", "d" * 64, (Section("all", "All kinds", ASKED),), {"safe": STEPS}
)
GIVEN = (
    Answer("pay", {"pence": 12_000, "per": "week"}),
    Answer("since", {"when": "2019-05", "about": "yes"}),
    Answer("where", {"choice": "safe_house"}),
    Answer("feel", {"step": "not", "note": "At night."}),
    Answer("who", {"who": "involvement:1", "name": "M. Okafor", "role": "Housing officer"}),
    Answer("agreed", {"how": "spoken", "name": "S.", "on": "2026-11-04", "strokes": "0,0 500,300;900,1200"}),
    Answer("weight", {"number": "52.5"}),
    Answer("child", {"rows": [2, 1]}),
    Answer("child.name", {"text": "Ali"}, repeat=1),
    Answer("child.name", {"text": "Besa"}, repeat=2),
    Answer("child.pay", {"pence": 500, "per": "day"}, repeat=2),
    Answer("child.name", {"text": "taken away"}, repeat=3),
)


def every_item(*answers: Answer, on: date | None = None) -> dict[str, Item]:
    """Print answers to the form of every kind and give the items by number."""
    lists = load_lists(paths.resources() / "lists")
    (section,) = printed_sections(EVERY, {one.key: one for one in answers}, label=lists.label, on=on)
    return {item.number: item for item in section.items}


def test_money_dates_and_reckoned_values_print_as_people_say_them() -> None:
    items = every_item(*GIVEN)
    said = {number: item.answer for number, item in items.items() if isinstance(item, TextItem)}
    assert said == {"1": "£120.00 a week", "2": "about May 2019", "7": "5 points", "8": "52.5 kg"}


def test_lists_scales_and_people_print_their_words_and_never_their_ids() -> None:
    items = every_item(*GIVEN)
    where, feel, who = items["3"], items["4"], items["5"]
    assert isinstance(where, ChoiceItem) and where.chosen == ("Safe house",)
    assert isinstance(feel, ScaleItem)
    assert (feel.step, feel.meaning, feel.colour) == ("Not safe", "I look over my shoulder", "alert")
    assert feel.note == "At night."
    assert isinstance(who, ChoiceItem) and who.chosen == ("M. Okafor, Housing officer",)


def test_an_agreement_prints_how_by_whom_and_the_signature_as_it_was_drawn() -> None:
    agreed = every_item(*GIVEN)["6"]
    assert isinstance(agreed, AgreementItem)
    assert [fact.value for fact in agreed.facts] == ["Agreed in words", "S.", "Wednesday 4 November 2026"]
    assert agreed.strokes == (((0.0, 0.0), (500.0, 300.0)), ((900.0, 1000.0),))


def test_a_group_prints_its_rows_in_order_without_those_that_were_taken_away() -> None:
    group = every_item(*GIVEN)["9"]
    assert isinstance(group, GroupItem)
    assert [row.title for row in group.rows] == ["Child 1", "Child 2"]
    told = [[item.answer for item in row.items if isinstance(item, TextItem)] for row in group.rows]
    assert told == [["Besa", "£5.00 a day"], ["Ali"]]


def test_an_answer_that_was_carried_over_says_when_it_was_asked() -> None:
    carried = Answer("pay", {"pence": 100}, asked_on=date(2026, 8, 3), carried_from="a" * 32)
    item = every_item(carried, on=date(2026, 11, 20))["1"]
    assert item.carried == "As answered on 3 August 2026; not asked again."
    assert not item.details


def test_days_print_only_where_they_differ_from_the_day_of_the_review() -> None:
    day, before = date(2026, 11, 20), date(2026, 11, 3)
    same = every_item(Answer("pay", {"pence": 1}, asked_on=day, valid_on=day), on=day)["1"]
    other = every_item(Answer("pay", {"pence": 1}, asked_on=before, valid_on=before), on=day)["1"]
    assert same.details == ()
    assert [fact.label for fact in other.details] == ["Asked on", "As it was on"]


def test_every_kind_can_be_drawn_with_its_structure_whole() -> None:
    sections = printed_sections(EVERY, {one.key: one for one in GIVEN})
    pdf = assessment_pdf(replace(sheet(), sections=sections), fonts())
    text = flat(" ".join(page_texts(pdf)))
    for words in ("£120.00 a week", "about May 2019", "Not safe", "Child 1", "Besa", "5 points"):
        assert words in text
    assert "taken away" not in text
    assert faults_of(pdf) == []


def test_what_was_added_prints_after_the_original_and_countersigned_in_the_sign_off() -> None:
    added = AddendumSheet(
        "Correction", "It was the 3rd.", "Ada Example", PRINTED, "5e" * 32, "2.1 Where I sleep"
    )
    signed = SignOff(
        "Ada Example",
        PRINTED,
        "3f" * 32,
        (Countersigned("B. Lead", "Supervisor", PRINTED, "7a" * 32, "Read."),),
    )
    pdf = assessment_pdf(replace(sheet(), signed=signed, addenda=(added,)), fonts())
    text = flat(" ".join(page_texts(pdf)))
    assert "Countersigned by" in text and "B. Lead, Supervisor" in text
    assert (
        text.index("Seal of the signed content")
        < text.index("Added afterwards")
        < text.index("It was the 3rd.")
    )
    assert "About: 2.1 Where I sleep" in text and "5e5e5e5e" in text
    assert faults_of(pdf) == []
