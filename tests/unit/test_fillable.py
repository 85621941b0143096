"""Forms that are filled in on a screen: what a viewer stores is read back exactly, in the limited child."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from functools import cache

import pikepdf
import pytest
from blank_kit import FORM, blank
from hypothesis import given, settings
from hypothesis import strategies as st
from printing_samples import LEFT_TO_RIGHT, RIGHT_TO_LEFT, flat, page_texts
from structure_walk import faults_of

from imsa_desk.domain.fillable import FORM_FIELD, slots_of
from imsa_desk.domain.prints import SAVED_IN_CLEAR
from imsa_desk.errors import Refused
from imsa_desk.preview.fields import form_fields
from imsa_desk.services.fillable import FilledForm, read_filled
from imsa_desk.services.previews import read_data

WORDS = "\n".join([*LEFT_TO_RIGHT.values(), *RIGHT_TO_LEFT.values(), "👩‍👧 𐎀 (a) \\b", "ç"])


@pytest.fixture(scope="module")
def empty() -> bytes:
    """The small form, to be filled in on a screen."""
    return blank(fillable=True)


def fill(pdf: bytes, values: Mapping[str, str]) -> bytes:
    """Fill in a form as a viewer does: the value of each field, and the state of each button."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for field in document.Root.AcroForm.Fields:
            value = values.get(str(field.T))
            if value is None:
                continue
            if str(field.FT) != "/Btn":
                field.V = pikepdf.String(value)
                continue
            field.V = pikepdf.Name(f"/{value}")
            for button in field.get("/Kids", [field]):
                state = f"/{value}" if f"/{value}" in button.AP.N else "/Off"
                button.AS = pikepdf.Name(state)
        out = io.BytesIO()
        document.save(out)
        return out.getvalue()


def read(pdf: bytes) -> dict[str, str]:
    """Read a form back and give what is not empty."""
    return {one.name: one.value for one in read_filled(pdf).fields if one.value}


def test_every_field_has_the_name_of_a_part_and_words_for_those_who_cannot_see_it(empty: bytes) -> None:
    with pikepdf.open(io.BytesIO(empty)) as document:
        names = [str(field.T) for field in document.Root.AcroForm.Fields]
        tips = [str(field.TU) for field in document.Root.AcroForm.Fields]
    assert set(names) - {FORM_FIELD} == set(slots_of(FORM))
    assert len(set(names)) == len(names) and all(tips)
    assert faults_of(empty) == []


def test_the_warning_stands_on_the_form(empty: bytes) -> None:
    assert flat(SAVED_IN_CLEAR) in flat(page_texts(empty)[0])


def test_an_empty_form_says_which_it_is_and_nothing_else(empty: bytes) -> None:
    found = read_filled(empty)
    assert (found.form_id, found.version, found.digest) == ("small", 1, FORM.digest)
    assert not any(one.value for one in found.fields)
    assert {one.name for one in found.fields} == set(slots_of(FORM))


def test_what_was_typed_ticked_and_chosen_comes_back_exactly_in_any_script(empty: bytes) -> None:
    typed = {
        "says:text": WORDS,
        "home:choice": "yes",
        "feel:step": "n1",
        "help:choices:b": "yes",
        "help:other": "ሓፍተይ",
        "place:choice": "hostel",
        "when:when": "May 2019",
        "when:about": "yes",
        "pay:pence": "120",
        "pay:per": "week",
        "child~name#2:text": "Ali",
    }
    typed["child~name#2:text"] = "علي"
    assert read(fill(empty, typed)) == typed


def test_a_state_that_was_taken_back_is_empty_again(empty: bytes) -> None:
    once = fill(empty, {"home:choice": "no", "help:choices:a": "yes"})
    assert read(fill(once, {"home:choice": "Off", "help:choices:a": "Off"})) == {}


def test_lines_of_a_text_are_kept_however_the_viewer_ends_them(empty: bytes) -> None:
    assert read(fill(empty, {"says:text": "one\rtwo\r\nthree"})) == {"says:text": "one\ntwo\nthree"}


def test_a_form_of_somebody_else_is_refused_and_says_why() -> None:
    foreign = pikepdf.new()
    foreign.add_blank_page()
    field = pikepdf.Dictionary(
        FT=pikepdf.Name.Tx,
        T=pikepdf.String("name"),
        Type=pikepdf.Name.Annot,
        Subtype=pikepdf.Name.Widget,
        Rect=[0, 0, 10, 10],
    )
    made = foreign.make_indirect(field)
    foreign.pages[0].obj["/Annots"] = pikepdf.Array([made])
    foreign.Root["/AcroForm"] = pikepdf.Dictionary(Fields=pikepdf.Array([made]))
    out = io.BytesIO()
    foreign.save(out)
    with pytest.raises(Refused, match="does not say which form") as refused:
        read_filled(out.getvalue())
    assert refused.value.code == "E_NOT_OURS"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "E_READ_DAMAGED"),
        (b"%PDF-1.7\n%%EOF", "E_READ_DAMAGED"),
        (b"PK\x03\x04" + b"\x00" * 400, "E_READ_DAMAGED"),
        (b"<html><script>1</script></html>", "E_READ_DAMAGED"),
    ],
)
def test_what_is_no_form_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        read_filled(data)
    assert refused.value.code == code


def test_a_pdf_without_fields_a_locked_one_and_a_torn_one_are_refused(empty: bytes) -> None:
    plain, locked = io.BytesIO(), io.BytesIO()
    without = pikepdf.new()
    without.add_blank_page()
    without.save(plain)
    with pikepdf.open(io.BytesIO(empty)) as document:
        document.save(locked, encryption=pikepdf.Encryption(owner="a", user="b"))
    for data, code in ((plain.getvalue(), "E_READ_EMPTY"), (locked.getvalue(), "E_READ_PASSWORD")):
        with pytest.raises(Refused) as refused:
            read_filled(data)
        assert refused.value.code == code
    for length in (200, len(empty) // 2):
        with pytest.raises(Refused):
            read_filled(empty[:length])


def test_a_field_with_more_text_than_a_form_can_hold_is_refused(empty: bytes) -> None:
    with pytest.raises(Refused) as refused:
        read_filled(fill(empty, {"says:text": "x" * 3_000_000}))
    assert refused.value.code == "E_READ_TOO_LARGE"


def test_scripts_in_a_form_are_never_run(empty: bytes) -> None:
    with pikepdf.open(io.BytesIO(empty)) as document:
        action = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("this.getField('x')"))
        document.Root["/OpenAction"] = action
        for field in document.Root.AcroForm.Fields:
            field["/AA"] = pikepdf.Dictionary(C=action, F=action, V=action)
        out = io.BytesIO()
        document.save(out)
    assert read(fill(out.getvalue(), {"says:text": "safe"})) == {"says:text": "safe"}


def test_the_child_answers_with_plain_data_alone(empty: bytes) -> None:
    found = read_data(fill(empty, {"says:text": WORDS}), "fields")
    assert json.loads(json.dumps(found)) == form_fields(fill(empty, {"says:text": WORDS}))


def test_a_form_that_names_no_version_is_none_of_ours(empty: bytes) -> None:
    for mark in ("", "small", "small|x|d", "small|1", "small|1|d|e", "small|-1|d"):
        with pytest.raises(Refused):
            read_filled(fill(empty, {FORM_FIELD: mark}))
    assert isinstance(read_filled(fill(empty, {FORM_FIELD: "other|7|abc"})), FilledForm)


TYPED = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=60)


@settings(max_examples=40)
@given(TYPED)
def test_any_text_comes_back_as_it_was_typed(typed: str) -> None:
    pdf = fill(small_form(), {"says:text": typed})
    assert [one["value"] for one in form_fields(pdf) if one["name"] == "says:text"] == [typed]


@cache
def small_form() -> bytes:
    """The small form, drawn once."""
    return blank(fillable=True)
