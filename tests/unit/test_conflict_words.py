"""Words of conflicts: differing words are marked, and every field that a person may meet has words."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imsa_desk.domain.conflicts import (
    COMPANIONS,
    LISTS,
    asked_of,
    companions_of,
    label_of,
    protects,
)
from imsa_desk.domain.differences import mark_differences
from imsa_desk.services.lists import shipped_lists
from imsa_desk.store.fields import class_of, columns_of
from imsa_desk.store.records import record_classes
from imsa_desk.vocab import Kind


def test_only_words_that_differ_are_marked() -> None:
    one, other = mark_differences("Near the school, at 9.", "Near her friends, at 9.")
    assert one == (("Near ", False), ("the school", True), (", at 9.", False))
    assert other == (("Near ", False), ("her friends", True), (", at 9.", False))


def test_texts_with_no_word_in_common_are_not_marked() -> None:
    assert mark_differences("Tier 1", "Paused") == ((("Tier 1", False),), (("Paused", False),))


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200), st.text(max_size=200))
def test_the_pieces_are_the_texts_again(one: str, other: str) -> None:
    for text, pieces in zip((one, other), mark_differences(one, other), strict=True):
        assert "".join(piece for piece, _ in pieces) == text


def test_a_very_long_text_is_compared_soon_enough() -> None:
    words = [f"word{n % 97}" for n in range(60_000)]
    begun = time.monotonic()
    mark_differences(" ".join(words), " ".join(reversed(words)))
    assert time.monotonic() - begun < 5


def test_every_table_names_fields_that_exist_and_lists_that_ship() -> None:
    lists = shipped_lists()
    fields = {cls.kind: set(columns_of(cls)) for cls in record_classes()}
    anywhere = {name for names in fields.values() for name in names}
    for (kind, name), list_id in LISTS.items():
        assert name in (fields[kind] if kind is not None else anywhere), name
        assert list_id in lists.files, list_id
    for (kind, name), others in COMPANIONS.items():
        assert {name, *others} <= (fields[kind] if kind is not None else anywhere)


@pytest.mark.parametrize("kind", list(Kind))
def test_every_field_has_words(kind: Kind) -> None:
    for name in columns_of(class_of(kind)):
        label = label_of(kind, name)
        assert label and label[0].isupper() and "_" not in label


def test_what_goes_with_a_field_or_is_reckoned_is_no_question_of_its_own() -> None:
    assert asked_of(Kind.ANSWER, ["value", "words", "author", "asked_on", "not_discussed"]) == ("value",)
    assert asked_of(Kind.CASE, ["status", "closed_on"]) == ("status",)
    assert asked_of(Kind.CASE, ["closed_on"]) == ("closed_on",)
    assert asked_of(Kind.STATISTIC, ["facts"]) == ()
    assert "deleted_reason" in companions_of(Kind.MEETING, "deleted_at")


def test_safety_is_what_protects() -> None:
    assert protects(Kind.SAFE_CONTACT, "safe") and protects(Kind.CONSENT, "withdrawn_on")
    assert protects(Kind.MEETING, "sensitivity") and protects(Kind.DOCUMENT, "private")
    assert not protects(Kind.CASE, "tier")
