"""Canonical JSON: one value, one spelling."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imsa_desk.domain.canonical import MAX_INT, canonical, parse_canonical
from imsa_desk.errors import Broken, Refused

_TEXT = st.text(st.characters(exclude_categories=["Cs"]))
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-MAX_INT, MAX_INT) | _TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXT, inner, max_size=4),
    max_leaves=12,
)


@given(_VALUES)
@settings(max_examples=100, deadline=None)
def test_every_value_comes_back_from_its_one_spelling(value: object) -> None:
    data = canonical(value)
    assert parse_canonical(data) == value
    assert canonical(parse_canonical(data)) == data


def test_keys_are_sorted_and_characters_stand_as_themselves() -> None:
    assert canonical({"b": "ሰ", "a": [1, True, None]}) == '{"a":[1,true,null],"b":"ሰ"}'.encode()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" 1",
        b"1\n",
        b"1.0",
        b"1e3",
        b"-0",
        b"NaN",
        b"Infinity",
        b"9007199254740993",
        b"9" * 1_000_000,
        b'{"a":1,"a":1}',
        b'{"b":1,"a":2}',
        b'{"a": 1}',
        b'"\\u0041"',
        b'"\\ud800"',
        b'"\xff"',
        b"\xef\xbb\xbf1",
        b"[" * 33 + b"]" * 33,
        b"[" * 100_000,
        b"[" * 40 + b'"\\"' * 200_000,
    ],
)
def test_any_other_spelling_is_refused(data: bytes) -> None:
    with pytest.raises(Broken) as caught:
        parse_canonical(data)
    assert caught.value.code == "E_CANONICAL"


@pytest.mark.parametrize("value", [1.5, float("nan"), MAX_INT + 1, {1: "a"}, {"a": {1, 2}}, b"bytes"])
def test_values_that_have_no_spelling_are_refused(value: object) -> None:
    with pytest.raises(Broken):
        canonical(value)


def test_half_a_character_is_refused_as_something_to_retype() -> None:
    with pytest.raises(Refused):
        canonical({"notes": "\ud800"})


def test_depth_is_counted_the_same_way_in_both_directions() -> None:
    deep: object = []
    for _ in range(31):
        deep = [deep]
    assert parse_canonical(canonical(deep)) == deep
    with pytest.raises(Broken):
        canonical([deep])


def test_both_readers_agree_on_every_character_and_on_the_order_of_names() -> None:
    every = "".join(map(chr, [*range(0xD800), *range(0xE000, 0x11000), 0x1F600]))
    value = {"texts": every, "\uffff": 1, "\U0001f600": 2, "": 3, "\u00e9": 4}
    assert msgspec.json.Encoder(order="sorted").encode(value) == canonical(value)
    assert parse_canonical(canonical(value)) == value
