"""How the answers to the review form print: every kind of question, in the form's own words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from printing_samples import flat, fonts, page_texts, sheet

from imsa_desk.domain.assessments import Answer, AnswerValue
from imsa_desk.domain.forms import Form, QuestionKind, find_form, load_forms
from imsa_desk.printing.answers import PRINTERS, printed_sections
from imsa_desk.printing.assessment import assessment_pdf
from imsa_desk.printing.sheet import ChoiceItem, Fact, Item, NeedItem, RiskItem, Section, TextItem
from imsa_desk.vocab import AnswerSource, NotDiscussed

FORMS = Path(__file__).parents[2] / "resources" / "forms"


@pytest.fixture(scope="module")
def form() -> Form:
    found = find_form(load_forms(FORMS), "needs-strengths-safety")
    assert found is not None
    return found


def printed(form: Form, *answers: Answer, skipped: frozenset[str] = frozenset()) -> dict[str, Section]:
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
    assert "the scale alone gives medium" in item.reason
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
