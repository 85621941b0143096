"""Words and codes that people say, type and write down survive people."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imsa_desk.crypto.words import (
    fingerprint_words,
    generate_passphrase,
    new_recovery_code,
    parse_recovery_code,
    word_list,
    words_match,
)
from imsa_desk.errors import Refused

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def test_the_list_has_7776_different_plain_words() -> None:
    words = word_list()
    assert len(words) == len(set(words)) == 7776
    assert all(re.fullmatch("[a-z]{3,8}", word) for word in words)


def test_the_list_holds_no_word_that_could_hurt() -> None:
    hard = set(
        "kill rape slave whore slut murder victim knife abuse hostage captive traffic torture naked".split()
    )
    assert not hard & set(word_list())
    assert not [word for word in word_list() if re.search("slav|murder|rapis|whor|fuck|nigg|shit|porn", word)]


def test_a_passphrase_is_five_words_and_never_twice_the_same() -> None:
    phrases = {generate_passphrase() for _ in range(200)}
    assert len(phrases) == 200
    assert all(len(phrase.split(" ")) == 5 and set(phrase.split()) <= set(word_list()) for phrase in phrases)


def test_a_fingerprint_is_eight_words_that_never_change() -> None:
    assert fingerprint_words(b"x") == (
        "circuit",
        "kept",
        "lisp",
        "giant",
        "fussy",
        "bucket",
        "against",
        "eastern",
    )
    assert fingerprint_words(b"x", 3) == ("circuit", "kept", "lisp")
    assert fingerprint_words(b"y") != fingerprint_words(b"x")


@pytest.mark.parametrize("between", [" ", "-", "  ", "\n", ", ", " - ", " \u2013 "])
def test_typed_words_match_whatever_stands_between_them(between: str) -> None:
    words = fingerprint_words(b"key")
    assert words_match(b"key", "  " + between.join(words).upper() + " ")


def test_words_of_another_key_a_missing_word_or_another_order_do_not_match() -> None:
    words = fingerprint_words(b"key")
    assert not words_match(b"kez", " ".join(words))
    assert not words_match(b"key", " ".join(words[:-1]))
    assert not words_match(b"key", " ".join(reversed(words)))
    assert not words_match(b"key", "")


def test_a_recovery_code_reads_back_however_it_is_typed() -> None:
    for _ in range(50):
        code = new_recovery_code()
        assert re.fullmatch(f"([{ALPHABET}]{{5}}-){{8}}[{ALPHABET}]{{5}}", code)
        raw = parse_recovery_code(code)
        assert len(raw) == 20
        assert parse_recovery_code(code.lower().replace("-", " ")) == raw
        assert parse_recovery_code(" " + code.replace("-", "")) == raw


@settings(max_examples=150)
@given(st.integers(0, 44), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_found_in_its_group(place: int, char: str) -> None:
    letters = new_recovery_code().replace("-", "")
    typed = letters[:place] + char + letters[place + 1 :]
    if typed == letters:
        return
    with pytest.raises(Refused) as refused:
        parse_recovery_code(typed)
    assert [problem.text for problem in refused.value.problems] == [
        f"Group {place // 5 + 1} of 9 does not look right."
    ]


@settings(max_examples=100)
@given(st.integers(0, 8), st.integers(0, 3))
def test_two_swapped_characters_are_found_in_their_group(group: int, place: int) -> None:
    groups = new_recovery_code().split("-")
    one = groups[group]
    groups[group] = one[:place] + one[place + 1] + one[place] + one[place + 2 :]
    if groups[group] == one:
        return
    with pytest.raises(Refused) as refused:
        parse_recovery_code("-".join(groups))
    assert f"Group {group + 1} " in str(refused.value)


@settings(max_examples=60)
@given(st.lists(st.integers(0, 8), min_size=2, max_size=2, unique=True))
def test_two_swapped_groups_are_noticed(places: list[int]) -> None:
    groups = new_recovery_code().split("-")
    one, other = places
    groups[one], groups[other] = groups[other], groups[one]
    if groups[one] == groups[other]:
        return
    with pytest.raises(Refused) as refused:
        parse_recovery_code("-".join(groups))
    assert refused.value.code == "E_RECOVERY_CODE"


@pytest.mark.parametrize(
    "text", ["", "ABCDE", "0" * 45, "2" * 45, "Z" * 45, "-".join(["22222"] * 9), "é" * 45]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_recovery_code(text)
    assert refused.value.code == "E_RECOVERY_CODE"


def test_a_group_with_a_missing_character_is_named() -> None:
    groups = new_recovery_code().split("-")
    groups[4] = groups[4][:-1]
    with pytest.raises(Refused, match="Group 5"):
        parse_recovery_code(" ".join(groups))
