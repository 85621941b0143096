"""The evaluator of forms: groups, rules, limits, values that are reckoned, and answers carried over."""

from __future__ import annotations

import time
from datetime import date

import pytest

from imsa_desk.domain.assessments import Answer, AnswerValue
from imsa_desk.domain.forms import Form, carry_forward, evaluate, read_form, theme_levels, urgents, visible
from imsa_desk.errors import Refused
from imsa_desk.vocab import NotDiscussed

REASONS = ", ".join(f'{{ value = "{one}", label = "{one}" }}' for one in NotDiscussed)
TOP = """id = "own"
version = 1
title = "Own"
language = "en-GB"
languages = ["ar"]
title_in = { ar = "استمارة" }
"""
SCALES = f"""
[scales.not_discussed]
title = "Not discussed"
point = [{REASONS}]
[scales.mood]
title = "How I am"
point = [
  {{ value = 0, label = "Low", meaning = "A bad week", colour = "level3", label_in = {{ ar = "سيئ" }} }},
  {{ value = 1, label = "Good", meaning = "A good week", colour = "good" }},
]
"""
FAMILY = """
[[section]]
id = "family"
title = "Family"
[[section.question]]
id = "children"
kind = "yes_no_unknown"
text = "Children?"
text_in = { ar = "أطفال؟" }
required = true
[[section.question]]
id = "each"
kind = "group"
text = "Each child"
item_title = "Child"
least_rows = 1
show_if = "${children} = 'yes'"
[[section.question.question]]
id = "name"
kind = "short_text"
text = "Name"
required = true
[[section.question.question]]
id = "age"
kind = "number"
text = "Age"
minimum = 0
maximum = 30
[[section.question.question]]
id = "school"
kind = "short_text"
text = "School"
show_if = "${age} >= 4 and ${age} < 18"
[[section.question.question]]
id = "months"
kind = "calculated"
text = "Age in months"
calculation = "${age} * 12"
unit = "months"
"""
MONEY = """
[[section]]
id = "money"
title = "Money"
[[section.question]]
id = "in"
kind = "money"
text = "Comes in"
[[section.question]]
id = "out"
kind = "money"
text = "Goes out"
limit = ". <= ${in}"
limit_words = "More goes out than comes in."
[[section.question]]
id = "left"
kind = "calculated"
text = "Left over"
calculation = "${in} - ${out}"
[[section.question]]
id = "why"
kind = "long_text"
text = "Where it goes"
required_if = "${left} < 10 or count-selected(${each}) > 1"
[[section.question]]
id = "due"
kind = "calculated"
text = "Next check"
calculation = "today() + 28"
[[section.question]]
id = "mood"
kind = "scale"
scale = "mood"
text = "How are you?"
"""


def read(text: str) -> Form:
    return read_form(text.encode(), "own.toml")


FORM = read(TOP + SCALES + FAMILY + MONEY)


def given(key: str, carried: str = "", **value: object) -> Answer:
    question_id, _, repeat = key.partition("#")
    return Answer(question_id, dict(value), int(repeat or 0), carried_from=carried)


def answers(*all_given: Answer) -> dict[str, Answer]:
    return {one.key: one for one in all_given}


YES = given("children", choice="yes")
TWO = answers(YES, given("each", rows=[2, 5]), given("age#2", number=9), given("age#5", number=2))


def test_the_members_of_a_group_are_asked_once_in_each_row() -> None:
    assert visible(FORM, {}) & {"each", "name", "name#1"} == set()
    found = evaluate(FORM, TWO)
    family = FORM.section("family")
    assert family is not None
    assert [one.key for one in found.asked(family)] == [
        *("children", "each", "name#2", "age#2", "school#2", "months#2", "name#5", "age#5", "months#5")
    ]
    assert found.calculated == {"months#2": 108, "months#5": 24}
    assert found.progress(family) == (4, 7)


def test_a_row_taken_away_keeps_its_answers_but_they_no_longer_count() -> None:
    less = TWO | answers(given("each", rows=[5]))
    assert evaluate(FORM, less).calculated == {"months#5": 24}
    assert "age#2" not in visible(FORM, less)
    assert visible(FORM, TWO | answers(given("children", choice="no"))) == visible(FORM, {}) | {"children"}


def test_what_is_required_or_outside_its_limit_is_named_by_its_key() -> None:
    problems = {one.field: one.text for one in evaluate(FORM, TWO).problems}
    assert set(problems) == {"name#2", "name#5", "why"}
    assert problems["name#2"].startswith("Answer this, say why")
    rich = answers(YES, given("each", rows=[]), given("in", pence=5_000), given("out", pence=5_100))
    problems = {one.field: one.text for one in evaluate(FORM, rich).problems}
    assert problems["out"] == "More goes out than comes in."
    assert set(problems) == {"out", "why"}
    assert evaluate(FORM, rich).calculated["left"] == -1


def test_not_discussed_is_an_answer_and_asks_for_nothing_more() -> None:
    told = answers(Answer("children", {}, not_discussed=NotDiscussed.NOT_NOW))
    found = evaluate(FORM, told)
    assert [one.field for one in found.problems] == []
    assert found.progress_all() == (1, 5)


def test_a_carried_answer_steers_what_is_asked_but_does_not_count_as_answered() -> None:
    carried = answers(given("children", "earlier", choice="yes"), given("in", pence=100_000))
    found = evaluate(FORM, carried)
    assert "each" in found.visible
    assert [(one.field, one.text[:12]) for one in found.problems] == [("children", "Carried over")]
    assert found.progress_all()[0] == 1


def test_days_are_reckoned_from_the_day_that_is_given() -> None:
    assert evaluate(FORM, {}, date(2026, 11, 22)).calculated == {"due": "2026-12-20"}
    assert evaluate(FORM, {}).calculated == {}


def test_money_is_reckoned_in_pounds() -> None:
    found = evaluate(FORM, answers(given("in", pence=4_918), given("out", pence=1_250)))
    assert found.calculated == {"left": "36.68"}
    assert [one.field for one in found.problems] == ["children"]


def test_a_form_speaks_another_language_where_it_has_the_words() -> None:
    arabic = FORM.in_language("ar")
    children = arabic.question("children")
    assert children is not None
    assert (arabic.title, arabic.language, children.text) == ("استمارة", "ar", "أطفال؟")
    assert [point.label for point in arabic.scale("mood").point] == ["سيئ", "Good"]
    assert arabic.digest == FORM.digest
    assert FORM.in_language("vi") is FORM
    assert evaluate(arabic, TWO).visible == evaluate(FORM, TWO).visible


def test_a_risk_in_a_row_is_urgent_by_its_own_key() -> None:
    from_review = read_risks()
    told = answers(
        given("people", rows=[1, 2]),
        given("harm#2", present="yes", likelihood=4, severity=5),
        given("harm#1"),
    )
    assert [one.question_id for one in urgents(from_review, told)] == ["harm#2"]
    assert theme_levels(from_review, told) == {}


def read_risks() -> Form:
    """Read a form with a risk in a group, on scales as short as they may be."""
    steps: dict[str, list[int] | list[str]] = {
        "likelihood": [1, 2, 3, 4, 5],
        "severity": [1, 2, 3, 4, 5],
        "band": ["low", "medium", "high", "very_high"],
        "present": ["yes", "no"],
    }
    others = "imminence trend who_at_risk risk_from protective_effect protective_factors survivor_agrees"
    text = TOP + SCALES
    for name in (*steps, *others.split()):
        points = ", ".join(
            f'{{ value = {value!r}, label = "L", meaning = "M" }}' for value in steps.get(name, ["one"])
        )
        text += f'[scales.{name}]\ntitle = "{name}"\npoint = [{points}]\n'
    text += '[[section]]\nid = "s"\ntitle = "S"\n[[section.question]]\nid = "people"\nkind = "group"\n'
    text += 'text = "People"\n[[section.question.question]]\nid = "harm"\nkind = "risk_item"\ntext = "Harm"\n'
    return read(text + 'urgent = "very_high"\n')


def test_answers_move_to_the_next_version_by_the_map_of_the_form() -> None:
    newer = (TOP + SCALES + FAMILY + MONEY).replace("version = 1", "version = 2")
    newer = newer.replace('id = "name"', 'id = "called"').replace('kind = "long_text"', 'kind = "date"')
    newer = newer.replace(
        "[scales.not_d", '[[carry]]\nfrom_version = 1\nold = "name"\nnew = "called"\n[scales.not_d', 1
    )
    told = TWO | answers(given("name#2", text="Sam"), given("why", text="Rent"), given("gone", text="x"))
    carried = carry_forward(FORM, read(newer), told)
    assert carried.answers["called#2"].value == {"text": "Sam"}
    assert carried.answers["each"].value == {"rows": [2, 5]}
    assert [(one.question_id, one.why) for one in carried.left] == [
        ("why", "The answer does not fit the question as it is asked now."),
        ("gone", "This version does not ask it."),
    ]


def test_an_answer_beyond_the_next_versions_limits_is_left_with_what_does_not_fit() -> None:
    newer = (
        (TOP + SCALES + FAMILY).replace("version = 1", "version = 2").replace("maximum = 30", "maximum = 3")
    )
    (left,) = carry_forward(FORM, read(newer), answers(given("age#2", number=12))).left
    assert left.why == (
        "The answer does not fit the question as it is asked now. Enter a number between 0 and 3."
    )


def test_another_form_takes_only_answers_to_the_same_words() -> None:
    other = read(
        (TOP + SCALES + FAMILY).replace('id = "own"', 'id = "other"').replace('"Age"', '"Number of years"')
    )
    carried = carry_forward(FORM, other, TWO)
    assert set(carried.answers) == {"children", "each"}
    assert {one.why for one in carried.left} == {"The other form asks something else under this number."}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            ("${age} * 12", "${agee} * 12"),
            'months: calculation names the question "agee", which this form does not',
        ),
        (("${age} * 12", "${age#years}"), 'calculation names the part "years" of age, which has: number'),
        (
            ("${age} * 12", "${age} * "),
            "months: calculation cannot be read. Character 9: A value is missing",
        ),
        (("${age} * 12", "${months} + 1"), "months: Its calculation depends on itself"),
        (
            ("${in} - ${out}", "${age} + 1"),
            "each row of the group each. From outside of it, count its rows: count-sel",
        ),
        (
            ("${children} = 'yes'", "${children} = 'ja'"),
            'compares children with "ja"; it can be: yes, no, unknown',
        ),
        (
            ("${children} = 'yes'", "${months} > 3"),
            "each: show_if names months, which has an answer in each row",
        ),
        (("${children} = 'yes'", "."), 'show_if uses ".", which only a limit knows'),
        (("${left} < 10", "answered(${why})"), "required_if asks about the question itself"),
        (
            ('kind = "short_text"\ntext = "School"', 'kind = "group"\ntext = "School"'),
            "cannot stand in a group",
        ),
        (("maximum = 30", "maximum = -1"), "age: The minimum lies above the maximum"),
        (('calculation = "${age} * 12"', ""), "months: It has nothing to reckon. Add calculation"),
        (('scale = "mood"', ""), "mood: It names no scale. Add scale"),
        (('scale = "mood"', 'scale = "moods"'), "mood: It needs the scale moods. Add [scales.moods]"),
        (
            (', meaning = "A bad week"', ""),
            "The step 0 of the scale mood has no meaning. Write what it means.",
        ),
        ((', colour = "good"', ""), 'has no colour of ours (""). Use one of: level0'),
        (('kind = "scale"', 'kind = "list_choice"'), "It names no list to choose from. Add list"),
        (('item_title = "Child"', "most_rows = 900"), "least_rows and most_rows lie between 0 and 200"),
        (('languages = ["ar"]', 'serves = ["exam"]'), 'serves names "exam", which is no assessment type'),
        (('languages = ["ar"]', ""), 'children: It has words in "ar", which languages does not name'),
        (("least_rows = 1", "limit_words = 'x'"), "Add the limit, or remove the words"),
        (('id = "school"', 'id = "name"'), "This question's id is already used on line"),
        (
            ('kind = "number"\ntext = "Age"', 'kind = "riddle"\ntext = "Age"'),
            'age: There is no kind "riddle"',
        ),
        (('text = "Age"', 'txt = "Age"'), "age: There is no field `txt`. Remove it"),
    ],
)
def test_a_fault_in_a_rule_or_a_member_is_named_with_its_line_and_cure(
    change: tuple[str, str], told: str
) -> None:
    text = TOP + SCALES + FAMILY + MONEY
    assert change[0] in text
    with pytest.raises(Refused) as refused:
        read(text.replace(change[0], change[1], 1))
    assert refused.value.code == "E_FORM"
    assert told in refused.value.message


def test_the_line_of_a_member_is_its_own() -> None:
    text = TOP + SCALES + FAMILY + MONEY
    wrong = text.replace("${age} * 12", "${x}")
    line = wrong[: wrong.index('id = "months"')].count("\n")
    with pytest.raises(Refused, match=f"own.toml, line {line}, months:"):
        read(wrong)


def test_lists_are_checked_where_they_are_known() -> None:
    text = (TOP + SCALES + MONEY).replace("count-selected(${each})", "0")
    text = text.replace('kind = "scale"\nscale = "mood"', 'kind = "list_choice"\nlist = "homes"')
    assert read_form(text.encode(), "own.toml").question("mood") is not None
    with pytest.raises(Refused, match=r'mood: There is no list "homes"\. Use one of: accommodation_type'):
        read_form(text.encode(), "own.toml", known_lists=frozenset({"accommodation_type"}))


def test_rules_that_go_round_by_way_of_a_calculation_are_refused() -> None:
    text = (TOP + SCALES + MONEY).replace("count-selected(${each})", "0")
    text = text.replace('id = "in"\nkind = "money"', 'id = "in"\nkind = "money"\nshow_if = "${left} > 0"')
    with pytest.raises(Refused) as refused:
        read(text)
    assert refused.value.message.count("Break the circle") == 2


def test_two_questions_of_which_one_is_required_are_no_circle() -> None:
    text = TOP + SCALES + '[[section]]\nid = "s"\ntitle = "S"\n'
    for one, other in (("phone", "post"), ("post", "phone")):
        text += f'[[section.question]]\nid = "{one}"\nkind = "short_text"\ntext = "{one}"\n'
        text += f'required_if = "not(answered(${{{other}}}))"\n'
    form = read(text)
    assert {one.field for one in evaluate(form, {}).problems} == {"phone", "post"}
    assert evaluate(form, answers(given("post", text="x"))).problems == ()


def big(count: int) -> bytes:
    """Make a form of many questions, every tenth with skip logic."""
    text = TOP + SCALES
    for number in range(count):
        if number % 50 == 0:
            text += f'[[section]]\nid = "s{number}"\ntitle = "S"\n'
        text += f'[[section.question]]\nid = "q{number}"\nkind = "yes_no_unknown"\ntext = "Q"\n'
        if number % 10 == 9:
            text += f"show_if = \"${{q{number - 1}}} = 'yes' or not(answered(${{q{number - 5}}}))\"\n"
    return text.encode()


def test_a_form_of_a_thousand_questions_is_evaluated_in_a_moment() -> None:
    form = read_form(big(1_000), "big.toml")
    told = answers(*(given(f"q{number}", choice="yes") for number in range(0, 1_000, 2)))
    evaluate(form, told)
    taken = []
    for _ in range(10):
        start = time.perf_counter()
        evaluate(form, told)
        taken.append(time.perf_counter() - start)
    assert min(taken) < 0.025


def test_a_long_chain_of_questions_needs_no_deep_stack() -> None:
    text = TOP + SCALES + '[[section]]\nid = "s"\ntitle = "S"\n'
    for number in reversed(range(1_500)):
        text += f'[[section.question]]\nid = "q{number}"\nkind = "yes_no_unknown"\ntext = "Q"\n'
        if number:
            text += f"show_if = \"${{q{number - 1}}} = 'yes'\"\n"
    form = read(text)
    told = answers(*(given(f"q{number}", choice="yes") for number in range(1_500)))
    assert len(visible(form, told)) == 1_500
    assert visible(form, told | answers(given("q700", choice="no"))) == {
        f"q{number}" for number in range(701)
    }


def test_a_form_too_long_is_refused_with_the_count_and_the_limit() -> None:
    with pytest.raises(Refused, match="The form has 5,000 questions; at most 2,000 are possible"):
        read_form(big(5_000), "big.toml")
    long = big(1) + b"# " + b"x" * 700_000
    with pytest.raises(Refused, match=f"too large for a form: {len(long):,} bytes of at most 700,000"):
        read_form(long, "big.toml")


@pytest.mark.parametrize("depth", [60, 300, 5_000])
def test_tables_too_deep_in_one_another_are_refused(depth: int) -> None:
    text = TOP + SCALES + FAMILY + '[[section.question]]\nid = "last"\nkind = "date"\ntext = "Last"\n'
    whole = 'show_if = { question = "children", answered = true }'
    assert read(text + whole).question("last") is not None
    inner = whole.removeprefix("show_if = ")
    for deep in (
        f"show_if = {'{ not = ' * depth}{inner}{' }' * depth}",
        f"help = {'[' * depth}{']' * depth}",
    ):
        with pytest.raises(Refused) as refused:
            read(f"{text}{deep}\n")
        assert refused.value.code == "E_FORM"


@pytest.mark.parametrize(
    "value",
    [{"rows": "x"}, {"rows": [0, -1, "2", None]}, {"number": 10**40}, {"choice": 3.5}, {"number": True}, {}],
)
def test_nonsense_in_an_answer_is_as_good_as_none(value: AnswerValue) -> None:
    told = {key: Answer(key, value) for key in ("children", "each", "in", "out", "mood")}
    assert evaluate(FORM, told).progress_all()[1] >= 5
