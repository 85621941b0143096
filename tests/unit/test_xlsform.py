"""From the rows of an XLSForm workbook to a form: what is carried over, and what is named instead."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from workbook_kit import HEAD, book, made, one, said, turn

from imsa_desk.domain.forms import QuestionKind
from imsa_desk.domain.forms.expressions import write_expression
from imsa_desk.domain.xlsform import convert

STANDARD = Path(__file__).parents[2] / "resources/forms/needs-strengths-safety/1.toml"


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (QuestionKind.SHORT_TEXT, "text"),
        (QuestionKind.NUMBER, "integer"),
        (QuestionKind.NUMBER, "decimal"),
        (QuestionKind.NUMBER, "Range"),
        (QuestionKind.DATE, "date"),
        (QuestionKind.CHOICE, "select_one yes_no"),
        (QuestionKind.CHOICE, "select one from yes_no"),
        (QuestionKind.CHOICE, "select_one  yes_no or_other"),
        (QuestionKind.CHOICES, "select_multiple home"),
        (QuestionKind.CHOICES, "select all that apply from home or specify other"),
        (QuestionKind.CHOICE, "acknowledge"),
        (QuestionKind.INSTRUCTION, "note"),
    ],
)
def test_each_type_becomes_its_kind(kind: QuestionKind, words: str) -> None:
    found = turn([words, "q", "Words"], ["text", "last", "Last"])
    question = one(made(found), "q")
    assert (question.kind, question.text) == (kind, "Words")
    assert question.other is ("other" in words)
    assert found.carried == {2: "q", 3: "last"}
    assert found.notes[0].words() == 'settings, form_title: There is no title; "house visit" stands instead.'


def test_choices_numbers_and_appearances_are_carried() -> None:
    head = [*HEAD, "appearance", "parameters", "rows"]
    form = made(
        turn(
            ["select_one home", "where", "Where"],
            ["decimal", "sum", "Sum"],
            ["range", "how", "How", "", "start=1 end=5 step=0.5"],
            ["text", "long", "Long", "multiline"],
            ["text", "tall", "Tall", "", "", "5"],
            ["date", "month", "Month", "month-year"],
            head=head,
        )
    )
    assert [(o.value, o.label) for o in one(form, "where").options] == [("house", "House"), ("none", "None")]
    assert one(form, "sum").decimals == 4
    how = one(form, "how")
    assert (how.minimum, how.maximum, how.decimals) == (1, 5, 1)
    assert {one(form, "long").kind, one(form, "tall").kind} == {QuestionKind.LONG_TEXT}
    assert one(form, "month").kind is QuestionKind.PARTIAL_DATE


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("geopoint", "map"),
        ("image", "documents of the case"),
        ("audio", "no file"),
        ("barcode", "scanning"),
        ("time", "time of day"),
        ("dateTime", "time of day"),
        ("rank yes_no", "in order"),
        ("select_one_from_file towns.csv", "another file"),
        ("select_one_external towns", "another file"),
        ("xml-external", "another file"),
        ("csv-external", "another file"),
        ("start", "device"),
        ("deviceid", "device"),
        ("start-geopoint", "device"),
        ("hidden", "nothing to calculate"),
    ],
)
def test_a_type_without_a_counterpart_is_named_by_row_and_reason(words: str, why: str) -> None:
    found = turn(["text", "q", "Words"], [words, "x", "X"])
    assert made(found).question("x") is None
    assert why in said(found, 3) and 3 not in found.carried


def test_rules_are_carried_with_the_names_they_refer_to() -> None:
    head = [*HEAD, "relevant", "constraint", "constraint_message", "required", "calculation"]
    long = "a_name_that_is_longer_than_forty_characters_by_some"
    found = turn(
        ["select_multiple home", long, "Home"],
        ["integer", "age", "Age", f"selected(${{{long}}}, ‘house’)", ". >= 0 and . < 120", "No age", "yes"],
        ["text", "why", "Why", "", "", "", "${age} > 17"],
        ["calculate", "older", "", "", "", "", "", "${age} + 1"],
        ["today", "now"],
        ["date", "born", "Born", "", ". <= ${now}"],
        head=head,
    )
    form = made(found)
    home, age, older, born = form.questions()[0], one(form, "age"), one(form, "older"), one(form, "born")
    assert (home.id, len(home.id)) == ("a_name_that_is_longer_than_forty_charact", 40)
    assert 'it is called "a_name_that' in said(found, 2)
    assert age.show_if and write_expression(age.show_if) == f"selected(${{{home.id}}}, 'house')"
    assert age.limit and write_expression(age.limit) == ". >= 0 and . < 120"
    assert (age.limit_words, age.required) == ("No age", True)
    why = one(form, "why").required_if
    assert why and write_expression(why) == "${age} > 17"
    assert older.kind is QuestionKind.CALCULATED and older.calculation
    assert born.limit and write_expression(born.limit) == ". <= today()"


@pytest.mark.parametrize(
    ("column", "expression", "what"),
    [
        ("relevant", "regex(${a}, '[0-9]+')", "always shown"),
        ("relevant", "${nobody} = 1", 'no question "nobody"'),
        ("relevant", "${place} != ''", '"place" (row 3) is not carried over'),
        ("relevant", "${row_a} = 'x'", "can only be used inside it"),
        ("relevant", "${a} = ", "A value is missing"),
        ("relevant", "(" * 400 + "1" + ")" * 400, "levels"),
        ("constraint", "string-length(.) < 10", "left out"),
        ("required", "pulldata('a', 'b')", "may be left"),
        ("default", "${a}", "not filled in"),
        ("read_only", "yes", "can be typed"),
        ("choice_filter", "cf = ${a}", "Every choice"),
        ("appearance", "ex:org.example", "asked as usual"),
        ("required_message", "Do it", "own words"),
        ("image", "a.png", "Pictures"),
        ("trigger", "${a}", "reckoned"),
    ],
)
def test_what_cannot_be_carried_is_named_with_row_column_and_reason(
    column: str, expression: str, what: str
) -> None:
    found = turn(
        ["text", "a", "A"],
        ["geopoint", "place", "Place"],
        ["begin repeat", "rows", "Rows"],
        ["text", "row_a", "Row"],
        ["end repeat"],
        ["select_one yes_no", "q", "Q", expression],
        head=[*HEAD, column],
    )
    question = one(made(found), "q")
    assert (question.show_if, question.limit, question.required_if) == (None, None, None)
    assert f"survey, row 7, {column}: " in said(found, 7) and what in said(found, 7)


def test_a_calculation_outside_the_subset_is_asked_only_if_others_need_it() -> None:
    head = [*HEAD, "calculation", "relevant"]
    found = turn(
        ["text", "q", "Q"],
        ["calculate", "lost", "Lost", "once(random())"],
        ["calculate", "needed", "Needed", "once(random())"],
        ["text", "then", "Then", "", "${needed} = '1'"],
        head=head,
    )
    form = made(found)
    assert form.question("lost") is None and "The row is left out" in said(found, 3)
    assert one(form, "needed").kind is QuestionKind.SHORT_TEXT and "asked instead" in said(found, 4)
    assert one(form, "then").show_if is not None


def test_groups_become_sections_and_inner_groups_are_taken_apart() -> None:
    head = [*HEAD, "relevant", "hint"]
    found = turn(
        ["text", "a", "A"],
        ["begin_group", "home", "Your home", "${a} = 'x'", "Take your time"],
        ["begin group", "inner", "About it", "${a} != 'y'", "Told"],
        ["text", "b", "B", "${a} > 1"],
        ["text", "c", "C"],
        ["end group", "inner"],
        ["end_group"],
        ["text", "d", "D"],
        head=head,
    )
    form = made(found)
    assert [section.title for section in form.sections] == ["Questions", "Your home", "More questions"]
    home = form.sections[1]
    assert (home.id, home.intro) == ("home", "Take your time")
    assert home.show_if and write_expression(home.show_if) == "${a} = 'x'"
    told, b, c = home.questions
    assert (told.kind, told.text, told.help) == (QuestionKind.INSTRUCTION, "About it", "Told")
    assert b.show_if and write_expression(b.show_if) == "${a} != 'y' and ${a} > 1"
    assert c.show_if == told.show_if
    assert set(found.carried) == set(range(2, 10)) and not said(found, 4)


def test_a_repeat_becomes_a_group_and_rules_inside_mean_the_same_row() -> None:
    head = [*HEAD, "repeat_count", "relevant"]
    found = turn(
        ["begin repeat", "people", "People", "3"],
        ["text", "who", "Who"],
        ["text", "more", "More", "", "${who} != ''"],
        ["begin repeat", "deeper", "Deeper"],
        ["text", "lost", "Lost"],
        ["end repeat"],
        ["end repeat"],
        ["note", "many", "Many", "", "count(${people}) > 2"],
        ["begin repeat", "free", "Free", "${many}"],
        ["text", "z", "Z"],
        ["end repeat"],
        head=head,
    )
    form = made(found)
    people = one(form, "people")
    assert (people.kind, people.least_rows, people.most_rows) == (QuestionKind.GROUP, 3, 3)
    assert [member.id for member in people.members] == ["who", "more"]
    many = one(form, "many").show_if
    assert many and write_expression(many) == "count-selected(${people}) > 2"
    assert (
        "repeat inside a repeat" in said(found, 5) and "row 5" in said(found, 6) and "row 5" in said(found, 7)
    )
    assert "Rows are added as they are needed" in said(found, 10)


def test_languages_are_carried_by_their_codes() -> None:
    survey = [
        ["type", "name", "label::English (en)", "label::Arabic (ar)", "hint::Tigrinya", "label::Klingon"],
        ["select_one yes_no", "safe", "Are you safe?", "هل أنت بأمان؟", "", "x"],
        ["text", "why", "Why", "لماذا", "ስለምንታይ"],
    ]
    choices = [
        ["list_name", "name", "label::English (en)", "label::Arabic (ar)"],
        ["yes_no", "yes", "Yes", "نعم"],
    ]
    found = convert(book(survey, choices, [["default_language"], ["English (en)"]]), name="a.xlsx")
    form = made(found)
    assert (form.language, set(form.languages)) == ("en-GB", {"ar", "ti"})
    arabic = form.in_language("ar")
    assert one(arabic, "safe").text == "هل أنت بأمان؟"
    assert one(arabic, "safe").options[0].label == "نعم"
    assert one(form.in_language("ti"), "why").help == "ስለምንታይ"
    assert any('language "Klingon" is not known' in note.words() for note in found.notes)


def test_a_form_in_another_language_of_its_own_is_that_language() -> None:
    survey = [["type", "name", "label::English", "label::Français (fr)"], ["text", "q", "Name", "Nom"]]
    form = made(convert(book(survey, (), [["default_language"], ["French (fr)"]]), name="a.xlsx"))
    assert (form.language, one(form, "q").text) == ("fr", "Nom")
    assert one(form.in_language("en-GB"), "q").text == "Name"


def test_settings_give_title_id_and_version() -> None:
    settings = [
        ["Form Title", "form_id", "version", "instance_name"],
        ["Visit", "house visit/1", "2.1", "x"],
    ]
    found = turn(["text", "q", "Q"], settings=settings)
    form = made(found)
    assert (form.title, form.id, form.version) == ("Visit", "house-visit-1", 1)
    told = [note.words() for note in found.notes]
    assert told[0] == "settings, row 1, instance_name: This column is not read. It has entries on row 2."
    assert 'called "house-visit-1"' in told[1] and "the form is version 1" in told[2]
    dated = turn(["text", "q", "Q"], settings=[["version"], ["2026112201"]])
    assert made(dated).version == 2_026_112_201
    other = convert(book([HEAD, ["text", "q", "Q"]]), name="b.xlsx", form_id="mine", version=7)
    assert (made(other).id, made(other).version) == ("mine", 7)


def test_headers_are_read_however_they_are_written() -> None:
    head = [
        "Type",
        " NAME ",
        "Label:English",
        "Constraint Message",
        "bind::relevant",
        "requiredMsg",
        "jr:count",
    ]
    found = turn(["text", "a", "A"], ["text", "b", "B", "", "${a} = '1'"], head=head)
    assert one(made(found), "b").show_if is not None


def test_what_the_form_says_beside_the_questions_is_the_standards() -> None:
    made_form = turn(["text", "q", "Q"]).toml
    assert made_form is not None
    own, standard = tomllib.loads(made_form), tomllib.loads(STANDARD.read_text(encoding="utf-8"))
    for scale in ("not_discussed", "source"):
        assert own["scales"][scale] == standard["scales"][scale]
    by_id = {field["id"]: field for field in standard["header"]}
    assert all(field == by_id[field["id"]] for field in own["header"])
