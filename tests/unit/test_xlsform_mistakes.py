"""Mistakes in an XLSForm workbook: what stops it, what is filled in, and where each is said to be."""

from __future__ import annotations

import pytest
from workbook_kit import HEAD, LISTS, book, made, one, said, stops, turn

from imsa_desk.domain.xlsform import Sheet, Workbook, convert, workbook_of
from imsa_desk.errors import Broken


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([["text", "a", "A"], ["text", "A", "B"]], 'row 3, name: The name "A" is already used on row 2'),
        ([["select_one missing", "a", "A"]], 'row 2, type: There is no list "missing"'),
        ([["riddle", "a", "A"]], 'row 2, type: There is no type "riddle"'),
        ([["begin group", "a", "A"], ["text", "b", "B"]], "row 2, type: This group has no end"),
        ([["text", "b", "B"], ["end repeat"]], "row 3, type: This ends a repeat that was not begun"),
        (
            [["begin group", "a", "A"], ["text", "b", "B"], ["end repeat"]],
            "row 4, type: This ends a repeat, but the group of row 2 is open",
        ),
        ([["begin loop over home", "a", "A"], ["text", "b", "B"]], 'no type "begin loop over home"'),
        ([], "There is no question that can be carried over"),
    ],
)
def test_a_mistake_in_the_workbook_stops_it_and_is_named(rows: list[list[str]], words: str) -> None:
    assert words in stops(turn(*rows))


def test_skip_logic_in_a_circle_is_named_by_its_rows() -> None:
    head = [*HEAD, "relevant", "calculation"]
    found = turn(
        ["text", "a", "A", "${b} = 'x'"],
        ["calculate", "b", "B", "", "${c} + 1"],
        ["text", "c", "C", "${a} = 'x'"],
        head=head,
    )
    assert "(rows 2, 3, 4). Break the circle." in stops(found)
    assert {note.row for note in found.stopped} == {2, 3, 4}
    assert "depends on itself. Break" in stops(turn(["text", "a", "A", "${a} = 'x'"], head=head))


def test_a_rule_with_two_faults_is_left_out_once_and_stops_nothing() -> None:
    head = [*HEAD, "relevant"]
    found = turn(
        ["note", "n", "Read this"],
        ["text", "t", "T", "${n} = 'x' and . >= 0"],
        head=head,
    )
    assert found.toml is not None and not found.stopped
    assert said(found, 3).count("Not carried over") == 1


def test_five_thousand_questions_are_refused_with_the_count_and_the_limit() -> None:
    found = turn(*(["text", f"q{number}", "Q"] for number in range(5_000)))
    assert "It has 5,000 questions; a form may have 2,000. Divide it" in stops(found)
    assert "10,002 rows; a form may have 2,000" in stops(turn(*([["text"]] * 10_001)))
    wide = [["text", f"q{number}", "Words " * 100] for number in range(1_500)]
    assert "it may have 700,000" in stops(turn(*wide))


def test_a_choice_that_stands_twice_stops_unless_the_workbook_allows_it() -> None:
    twice = [*LISTS, ["home", "house", "Another house"]]
    survey = [HEAD, ["select_one home", "q", "Q"]]
    assert 'choices, row 6, name: The choice "house" stands twice' in stops(
        convert(book(survey, twice), name="a")
    )
    allowed = [["allow_choice_duplicates"], ["yes"]]
    assert (
        made(convert(book(survey, twice, allowed), name="a")).questions()[0].option_label("house") == "House"
    )
    nameless = [*LISTS, ["home", "", "Another"]]
    assert "The choice has no name" in stops(convert(book(survey, nameless), name="a"))


def test_missing_words_and_names_are_filled_and_said() -> None:
    found = turn(
        ["text", "q", ""],
        ["text", "", "No name"],
        ["text", "שם", "Other letters"],
        ["", "", "A remark"],
        ["note", "n", "You said ${q} and ${x}"],
        ["text", "x", "How are you"],
    )
    form = made(found)
    assert [question.id for question in form.questions()] == ["q", "row_3", "row_4", "n", "x"]
    assert one(form, "q").text == "q" and "The question has no words" in said(found, 2)
    assert 'called "row_3"' in said(found, 3) and 'called "row_4"' in said(found, 4)
    assert "counts as a remark" in said(found, 5)
    assert one(form, "n").text == "You said [q] and [How are you]"


def test_names_in_two_groups_stay_apart_and_what_refers_to_them_is_said() -> None:
    head = [*HEAD, "relevant"]
    found = turn(
        ["begin group", "g1", "G1"],
        ["text", "name", "A"],
        ["end group"],
        ["begin group", "g2", "G2"],
        ["text", "name", "B"],
        ["end group"],
        ["text", "q", "Q", "${name} = 'x'"],
        head=head,
    )
    assert [one.id for one in made(found).questions()] == ["name", "name-2", "q"]
    assert 'called "name-2"' in said(found, 6) and "always shown" in said(found, 8)


def test_a_comparison_that_can_never_be_is_left_out_with_the_readers_reason() -> None:
    head = [*HEAD, "relevant"]
    found = turn(["select_one yes_no", "a", "A"], ["text", "b", "B", "${a} = 'maybe'"], head=head)
    assert one(made(found), "b").show_if is None
    assert "it can be: yes, no" in said(found, 3) and "always shown" in said(found, 3)


def test_a_sheet_that_is_missing_or_has_no_header_is_said() -> None:
    assert "no sheet named survey" in stops(convert(Workbook(()), name="a"))
    two = Workbook((Sheet("survey", (("type",),)), Sheet("Survey ", (("type",),)), Sheet("notes")))
    assert "two sheets of this name" in stops(convert(two, name="a"))
    assert "names no column type" in stops(convert(book([["a", "b"], ["text", "q"]]), name="a"))
    assert "Two columns mean the same" in stops(turn(["text", "q", "Q", "R"], head=[*HEAD, "caption"]))


def test_answers_of_another_shape_from_the_reading_process_are_not_taken() -> None:
    wrong: tuple[object, ...] = (None, [], {"sheets": [{"name": 1}]}, {"sheets": [], "more": 1})
    for data in wrong:
        with pytest.raises(Broken):
            workbook_of(data)
