"""The forms that come with the program: never edited, whole, in plain words, and answerable to the end."""

from __future__ import annotations

import re
from datetime import date

import pytest

from imsa_desk import paths
from imsa_desk.domain.assessments import Answer, AnswerDraft, answer_key
from imsa_desk.domain.forms import (
    Form,
    Question,
    QuestionKind,
    evaluate,
    is_answered,
    parse_answer,
    read_form,
)
from imsa_desk.domain.forms.carry import carry_forward
from imsa_desk.domain.lists import load_lists
from imsa_desk.vocab import AssessmentType

FOLDER = paths.resources() / "forms"
TODAY = date(2026, 11, 21)
RELEASED: dict[str, str] = {
    "safety-screen": "0edefe257fd3a77fd6f8437ed75e29f30619d43e45b22d149b6ad9e0f8aa1a26",
    "event-risk-review": "fa918956e5fcb065736b2480ad6ef5b9dd85b09a7ea23ae715f01e66c0b34afe",
    "move-on-review": "a299a0004ffafe4104b54eb5e10c27cc41a934868af5e4ade4486940f821e606",
    "closing-review": "359b7b8234d29ca2925f20e6d4448b08c4963a6829000841ad0961ae749789a0",
    "survivor-feedback": "98f3284f27a3f04f47e24284f99a9bc8fcf2dcb7eb4c6db1e37938b56b08f94e",
}
"""The digest of version 1 of each form beside the full review. A line is never changed."""
SERVES = {
    "safety-screen": AssessmentType.SAFETY_SCREEN,
    "event-risk-review": AssessmentType.EVENT_TRIGGERED,
    "move-on-review": AssessmentType.PRE_MOVE_ON,
    "closing-review": AssessmentType.CLOSING,
    "survivor-feedback": AssessmentType.FEEDBACK,
}
FILLED: dict[QuestionKind, dict[str, object]] = {
    QuestionKind.SHORT_TEXT: {"text": "Words"},
    QuestionKind.LONG_TEXT: {"text": "More words"},
    QuestionKind.NUMBER: {"number": "3"},
    QuestionKind.MONEY: {"pence": 12_050, "per": "week"},
    QuestionKind.PARTIAL_DATE: {"when": "2019-05", "about": "yes"},
    QuestionKind.YES_NO_UNKNOWN: {"choice": "yes"},
    QuestionKind.NEED_ITEM: {"advocate": 3, "survivor": 2},
    QuestionKind.RISK_ITEM: {"present": "yes", "likelihood": 2, "severity": 2},
    QuestionKind.PERSON: {"name": "A housing officer", "role": "Housing"},
    QuestionKind.AGREEMENT: {"how": "spoken", "on": "2026-11-21"},
}


def read(form_id: str, version: int = 1) -> Form:
    path = FOLDER / form_id / f"{version}.toml"
    return read_form(path.read_bytes(), f"{form_id}/{path.name}")


FULL = read("needs-strengths-safety")
FORMS = {form_id: read(form_id) for form_id in SERVES}
each = pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)


def test_a_released_form_is_never_edited() -> None:
    assert {form.id: form.digest for form in FORMS.values()} == RELEASED


def test_every_occasion_has_its_form() -> None:
    assert {form.id: form.serves for form in FORMS.values()} == {key: (kind,) for key, kind in SERVES.items()}


def test_between_them_they_ask_every_kind_of_question() -> None:
    assert {one.kind for form in FORMS.values() for one in form.questions()} == set(QuestionKind)


@each
def test_a_question_with_the_same_id_is_the_same_question(form: Form) -> None:
    for other in (FULL, *FORMS.values()):
        for question in form.questions():
            same = other.question(question.id)
            if same is not None:
                assert (question.kind, question.text, question.help) == (same.kind, same.text, same.help)
                assert (question.urgent, question.urgent_if_present) == (same.urgent, same.urgent_if_present)
                assert question.options == same.options


@each
def test_scales_that_the_full_review_has_too_say_the_same(form: Form) -> None:
    assert {key: scale for key, scale in form.scales.items() if key in FULL.scales} == {
        key: scale for key, scale in FULL.scales.items() if key in form.scales
    }
    assert {"not_discussed", "source"} <= set(form.scales)


@each
def test_every_step_of_a_scale_says_what_it_means_and_has_its_colour(form: Form) -> None:
    for question in form.questions():
        if question.kind is QuestionKind.SCALE:
            points = form.scale(question.scale).point
            assert all(point.meaning and point.colour for point in points), question.id
            assert len({point.colour for point in points}) == len(points), question.id


@each
def test_lists_that_are_asked_are_there(form: Form) -> None:
    lists = load_lists(paths.resources() / "lists")
    for question in form.questions():
        if question.kind is QuestionKind.LIST_CHOICE:
            assert lists.entries(question.list), question.id


def words_of(form: Form) -> dict[str, tuple[object, ...]]:
    return {one.id: (one.kind, one.text, one.help, one.options, one.required) for one in form.header}


@each
def test_what_stands_above_the_questions_asks_for_the_persons_word(form: Form) -> None:
    asked = {one.id: one for one in form.header}
    assert asked["consent_to_assess"].required
    assert asked["on"].required
    assert words_of(form).items() <= words_of(FULL).items()


@each
def test_nothing_is_asked_before_it_is_known_and_nothing_fails_when_empty(form: Form) -> None:
    asked = evaluate(form, {}, TODAY)
    required = {one.id for one in form.questions() if one.required}
    assert {problem.field for problem in asked.problems} <= required
    assert all(said == 0 for said in asked.calculated.values())


def filled(form: Form) -> dict[str, Answer]:
    """Answer every question of a form, two rows in each group."""
    found: dict[str, Answer] = {}
    for section in form.sections:
        for top in section.questions:
            for question, repeat in [(top, 0), *((one, row) for row in (1, 2) for one in top.members)]:
                if question.takes_answer:
                    draft = AnswerDraft(question.id, value_of(form, question), repeat)
                    found[answer_key(question.id, repeat)] = parse_answer(form, question, draft, TODAY)
    return found


def value_of(form: Form, question: Question) -> dict[str, object]:
    match question.kind:
        case QuestionKind.CHOICE:
            return {"choice": question.options[0].value}
        case QuestionKind.CHOICES:
            return {"choices": [option.value for option in question.options]}
        case QuestionKind.LIST_CHOICE:
            return {"choice": "other" if question.list == "accommodation_type" else "partner"}
        case QuestionKind.SCALE:
            return {"step": form.scale(question.scale).point[0].value}
        case QuestionKind.GROUP:
            return {"rows": [1, 2]}
        case QuestionKind.DATE:
            return {"day": "2030-01-01" if question.id == "C21" else "2026-11-21"}
        case _:
            return FILLED[question.kind]


@each
def test_every_question_takes_an_answer_and_then_nothing_is_missing(form: Form) -> None:
    answers = filled(form)
    questions = {one.id: one for one in form.questions()}
    assert all(is_answered(questions[one.question_id], one) for one in answers.values())
    found = evaluate(form, answers, TODAY)
    assert found.problems == ()
    done, asked = found.progress_all()
    assert done == asked > 0


def answers_to(form: Form, **given: dict[str, object]) -> dict[str, Answer]:
    made = {}
    for key, value in given.items():
        question = form.question(key.replace("_", "."))
        assert question is not None
        made[question.id] = parse_answer(form, question, AnswerDraft(question.id, value), TODAY)
    return made


def test_the_weeks_until_support_ends_are_whole_weeks() -> None:
    form = FORMS["move-on-review"]
    for day, weeks in (("2026-12-12", 3), ("2026-12-11", 2), ("2026-11-21", 0), ("2026-11-14", -1)):
        assert evaluate(form, answers_to(form, M2={"day": day}), TODAY).calculated["M2a"] == weeks


def test_a_gap_between_two_places_asks_where_the_nights_are_spent() -> None:
    form = FORMS["move-on-review"]
    gap = evaluate(form, answers_to(form, M2={"day": "2026-12-01"}, M7={"day": "2026-12-05"}), TODAY)
    assert gap.calculated["M7a"] == 4
    assert [one.field for one in gap.problems if one.field.startswith("M")] == ["M7b"]
    none = evaluate(form, answers_to(form, M2={"day": "2026-12-01"}, M7={"day": "2026-12-01"}), TODAY)
    assert "M7b" not in none.visible


def test_the_first_check_counts_what_must_be_looked_at_again() -> None:
    form = FORMS["safety-screen"]
    said = answers_to(form, Q3={"choice": "yes"}, Q5={"choice": "no"}, Q14={"choice": "unknown"})
    assert evaluate(form, said, TODAY).calculated["Q15"] == 2


def test_people_in_danger_are_counted_only_while_somebody_is() -> None:
    form = FORMS["safety-screen"]
    said = answers_to(form, N3={"choice": "yes"}, N4={"rows": [1, 2, 4]})
    assert evaluate(form, said, TODAY).calculated["N5"] == 3
    said |= answers_to(form, N3={"choice": "no"})
    assert "N5" not in evaluate(form, said, TODAY).calculated


def test_of_the_domestic_abuse_checklist_only_the_result_is_kept() -> None:
    form = FORMS["safety-screen"]
    said = answers_to(form, S7={"present": "yes"}, S7b={"choice": "done"})
    result = {one for one in evaluate(form, said, TODAY).visible if one.startswith("S7")}
    assert result == {"S7", "S7b", "S7c", "S7d", "S7e"}
    assert evaluate(form, {}, TODAY).visible.isdisjoint(result - {"S7"})


def test_the_closing_review_counts_what_got_worse_and_what_is_open() -> None:
    form = FORMS["closing-review"]
    said = answers_to(form, C5={"step": -2}, C6={"step": -1}, C7={"step": 0}, C17={"rows": [1]})
    found = evaluate(form, said, TODAY).calculated
    assert (found["C13"], found["C18"]) == (2, 1)


def test_a_danger_in_each_form_asks_at_once_what_was_done() -> None:
    for form in FORMS.values():
        risks = [one for one in form.questions() if one.kind is QuestionKind.RISK_ITEM]
        assert all(one.urgent == "very_high" for one in risks)


def test_nothing_copies_a_licensed_tool_or_names_a_place_or_machine() -> None:
    told = re.compile(r"MARAC|DASH|Outcomes Star|SafeLives|/work|/tmp|TODO", re.IGNORECASE)
    for path in FOLDER.glob("*/*.toml"):
        assert not told.search(path.read_text("utf-8")), path.name


def test_what_the_full_review_asked_too_is_carried_into_the_others() -> None:
    said: dict[str, dict[str, object]] = {
        "S4": {"present": "yes", "likelihood": 3, "severity": 3},
        "2.7": {"advocate": 2},
    }
    answers = {}
    for key, value in said.items():
        question = FULL.question(key)
        assert question is not None
        answers[key] = parse_answer(FULL, question, AnswerDraft(key, value), TODAY)
    event = carry_forward(FULL, FORMS["event-risk-review"], answers)
    assert set(event.answers) == {"S4"}
    assert [left.question_id for left in event.left] == ["2.7"]
    assert set(carry_forward(FULL, FORMS["move-on-review"], answers).answers) == {"S4", "2.7"}
