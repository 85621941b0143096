"""Any two of five shares give the secret back, and whatever else is typed is refused in words."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest
from shamir_mnemonic import combine_mnemonics, generate_mnemonics

from imsa_desk.crypto.shares import NEEDED, SHARES, WORDS, combine, new_shares, normal
from imsa_desk.errors import Refused


@pytest.fixture(scope="module")
def made() -> tuple[str, ...]:
    return new_shares()


def refusal(*lines: str) -> str:
    with pytest.raises(Refused) as refused:
        combine(lines)
    assert refused.value.code == "E_SHARES"
    assert refused.value.__cause__ is None
    pairs = {f"{a} {b}" for line in lines for a, b in pairwise(line.split())}
    assert not any(pair in refused.value.message for pair in pairs)  # one word alone may be one of ours
    return refused.value.message


def test_every_two_of_five_give_the_same_secret(made: tuple[str, ...]) -> None:
    assert len(made) == SHARES
    assert all(len(share.split()) == WORDS for share in made)
    found = {bytes(combine(pair)) for pair in combinations(made, NEEDED)}
    assert len(found) == 1
    assert len(found.pop()) == 32
    assert combine(made) == combine(made[3:]) == combine(made[:3])


def test_no_two_sets_are_the_same(made: tuple[str, ...]) -> None:
    assert combine(new_shares()[:2]) != combine(made[:2])


def test_another_reader_of_the_same_standard_gives_the_same_secret(made: tuple[str, ...]) -> None:
    assert combine_mnemonics(made[1:3]) == bytes(combine(made[1:3]))


def test_capitals_spaces_and_numbers_do_not_matter(made: tuple[str, ...]) -> None:
    typed = " ".join(f"{n}. {word.upper()}" for n, word in enumerate(made[0].split(), 1))
    assert normal(typed) == made[0]
    assert combine([typed, "", f"  {made[1]}\t"]) == combine(made[:2])


def test_too_few_and_repeated_shares_are_refused(made: tuple[str, ...]) -> None:
    assert "at least 2" in refusal()
    assert "at least 2" in refusal(made[0], "  ")
    assert "twice" in refusal(made[0], made[0])
    assert "twice" in refusal(made[0], made[1], made[0])


def test_shares_of_two_sets_are_refused(made: tuple[str, ...]) -> None:
    other = new_shares()
    assert "different sets" in refusal(made[0], other[1])
    assert "different sets" in refusal(made[0], made[1], other[2])


def test_a_mistyped_share_is_named(made: tuple[str, ...]) -> None:
    words = made[1].split()
    swapped = " ".join([*words[:9], words[10], words[9], *words[11:]])
    if swapped != made[1]:
        assert "Share 2 has a wrong word" in refusal(made[0], swapped)
    assert "Share 1 has a wrong word" in refusal(" ".join([*words[:-1], "elephants"]), made[0])
    assert "Share 2 has 32 words" in refusal(made[0], " ".join(words[:-1]))


def test_shares_of_another_making_are_refused_before_any_work() -> None:
    slow = generate_mnemonics(1, [(2, 5)], b"x" * 32, iteration_exponent=2)[0]
    three = generate_mnemonics(1, [(3, 5)], b"x" * 32, iteration_exponent=0)[0]
    grouped = generate_mnemonics(2, [(2, 5), (2, 5)], b"x" * 32, iteration_exponent=0)[0]
    for foreign in (slow, three, grouped):
        assert "not a recovery share" in refusal(*foreign[:2])
