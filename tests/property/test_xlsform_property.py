"""Any rows make a form that can be read, or notes that stop it; no row is lost without a word."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from workbook_kit import book

from imsa_desk.domain.forms import read_form
from imsa_desk.domain.xlsform import Conversion, Sheet, Workbook, convert
from imsa_desk.domain.xlsform.types import PLAIN

SOUND = (
    *PLAIN,
    *(
        "select_one l",
        "select_multiple l or_other",
        "select_one l",
        "today",
        "geopoint",
        "rank l",
        "start",
        "text",
    ),
)
TYPES = (
    *SOUND,
    *(
        "begin group",
        "end group",
        "begin repeat",
        "end repeat",
        "begin_group",
        "",
        "riddle",
        "select_one gone",
    ),
)
EXPRESSIONS = (
    *("", "", "yes", "true()", "${n2} = 'x'", "${n3} > 1 and . < 3", "not(selected(${n4}, 'p'))", "${n5}"),
    *(
        "${missing} = 1",
        "${n2} + ${n3}",
        "regex(., 'x')",
        "today() - ${n4}",
        "count(${n3}) > 1",
        "((",
        "${n3#part}",
    ),
    *(
        ". >= 0 and . <= 120",
        "${_n6} = “x”",
        "if(${n5} = 1, 2, 3)",
        "-${n2} mod 2",
        "answered(${n3})",
        "3",
        "no",
    ),
)
HEADS = (
    *("type", "name", "label", "label::Arabic (ar)", "hint", "relevant", "constraint", "constraint_message"),
    *("required", "calculation", "appearance", "repeat_count", "default", "image", "parameters", "unknown"),
)
LISTS = (("list_name", "name", "label"), ("l", "p", "P"), ("l", "x", "X"))
SETTINGS = ("form_title", "form_id", "version")
ANY = st.text(max_size=12)
RULED = frozenset({"relevant", "constraint", "required", "calculation", "repeat_count"})
Row = tuple[str, ...]
Branch = tuple[str, Row, "list[Branch]"]


def cell(head: str) -> st.SearchStrategy[str]:
    """Give what may stand in a column beside type and name: mostly what belongs there."""
    if head == "parameters":
        return st.sampled_from(("", "start=1 end=9 step=2", "start=x end=", "=")) | ANY
    if head in RULED:
        return st.sampled_from(EXPRESSIONS)
    return st.sampled_from(("", "", "Words", "Seen ${n2} and ${missing}")) | ANY


CELLS = st.tuples(*map(cell, HEADS[2:]))
LEAF = st.tuples(st.sampled_from(SOUND), CELLS, st.just([]))
TREE = st.lists(
    st.recursive(
        LEAF,
        lambda inner: st.tuples(
            st.sampled_from(("begin group", "begin repeat")), CELLS, st.lists(inner, max_size=4)
        ),
        max_leaves=8,
    ),
    max_size=6,
)
NAME = st.sampled_from(("n{}", "n{}", "n{}", "_n{}", "a very long name, with signs, number {}", "{} שם", ""))
WILD = st.lists(st.tuples(st.sampled_from(TYPES) | ANY, NAME | ANY, *map(cell, HEADS[2:])), max_size=8)
SETTING = st.tuples(
    ANY, st.sampled_from(("", "form", "my form")) | ANY, st.sampled_from(("", "3", "x", "9" * 30))
)
CHOICE = st.tuples(st.sampled_from(("l", "m", "")), st.sampled_from(("p", "q", "", "x y")), ANY)


def flat(branches: list[Branch], name: str) -> list[Row]:
    """Write a tree as the rows of a survey, each with a name of its own; names are filled in afterwards."""
    rows: list[Row] = []
    for kind, cells, inside in branches:
        rows.append((kind, name, *cells))
        if kind.startswith("begin"):
            rows += [*flat(inside, name), (kind.replace("begin", "end"),)]
    return rows


def check(survey: list[Row], choices: list[Row], setting: Row) -> Conversion:
    """Convert, and see that the form can be read and that no row is lost."""
    found = convert(book([HEADS, *survey], [*LISTS, *choices], [SETTINGS, setting]), name="any.xlsx")
    assert (found.toml is None) is bool(found.stopped)
    if found.toml is None:
        return found
    form = read_form(found.toml.encode(), "any.toml", own=True)
    ids = {one.id for one in form.sections} | {one.id for one in form.questions()}
    named = {note.row for note in found.notes if note.sheet == "survey"}
    for number, row in enumerate(survey, start=2):
        if any(cell.strip() for cell in row):
            assert found.carried.get(number) in ids or number in named
    assert set(found.carried.values()) <= ids
    return found


@given(TREE, NAME, SETTING)
@settings(max_examples=120, deadline=None)
def test_a_sound_workbook_makes_a_form_and_every_row_is_in_it_or_named(
    tree: list[Branch], name: str, setting: Row
) -> None:
    rows = [
        (row[0], row[1].format(number), *row[2:]) if len(row) > 1 else row
        for number, row in enumerate(flat(tree, name), start=2)
    ]
    found = check(rows, [], setting)
    allowed = ("Break the circle", "no question that can be carried over")
    assert all(any(words in note.words() for words in allowed) for note in found.stopped)


@given(WILD, st.lists(CHOICE, max_size=3), SETTING)
@settings(max_examples=100, deadline=None)
def test_any_rows_make_a_form_or_say_why_not(rows: list[Row], choices: list[Row], setting: Row) -> None:
    check(rows, choices, setting)


@given(
    st.lists(
        st.builds(
            lambda name, rows, merged: Sheet(name, tuple(map(tuple, rows)), tuple(merged)),
            st.sampled_from(("survey", "choices", "Settings", "survey ", "")) | ANY,
            st.lists(st.lists(st.sampled_from((*HEADS, *TYPES)) | ANY, max_size=6), max_size=6),
            st.lists(ANY, max_size=2),
        ),
        max_size=4,
    ),
    ANY,
)
@settings(max_examples=100, deadline=None)
def test_any_sheets_at_all_make_a_form_or_say_why_not(sheets: list[Sheet], name: str) -> None:
    found = convert(Workbook(tuple(sheets)), name=name)
    assert (found.toml is None) is bool(found.stopped)
    if found.toml is not None:
        read_form(found.toml.encode(), "any.toml", own=True)
