"""What is said beside the records: each part comes through, and nothing of another form is believed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imsa_desk.domain.canonical import canonical
from imsa_desk.domain.digests import CaseDigest
from imsa_desk.errors import ImsaError
from imsa_desk.exchange.about import NEWEST, NOTHING, About, Deposit, HandedOver, build_about, parse_about
from imsa_desk.vocab import HandoverWhy, ShareScope

CASE = "ca" * 16
HASH = "ab" * 32
FULL = About(
    taken={"main": {1: HASH, 12: "cd" * 32}, "receipt": {3: HASH}},
    part=(2, 3),
    reason="moving to another organisation",
    scopes={CASE: ShareScope.COORDINATION},
    enrolment='{"enrolment":{}}',
    revocations='{"revocations":{}}',
    handover=(HandedOver(CASE, HandoverWhy.ILLNESS, "B. Advocate"),),
    digests={CASE: CaseDigest(HASH, "cd" * 32)},
    waiting={CASE: 4},
    backup=Deposit(5_000, HASH, datetime(2026, 11, 22, 9, tzinfo=UTC), "ef" * 16),
    you_are="12" * 16,
    signed_for=("A. Advocate",),
    rejected=(("0123.imsa", "E_HASH"),),
)


def code_of(data: bytes) -> str:
    """Read what must be refused and give the code."""
    with pytest.raises(ImsaError) as caught:
        parse_about(data)
    return caught.value.code


def test_every_part_comes_back_as_it_was_said() -> None:
    assert parse_about(build_about(FULL)) == FULL


def test_nothing_said_takes_no_room() -> None:
    assert build_about(NOTHING) == b""
    assert parse_about(b"{}") == NOTHING


def test_each_part_may_be_absent() -> None:
    value = json.loads(build_about(FULL))
    for name in value:
        rest = {key: part for key, part in value.items() if key != name}
        assert getattr(parse_about(canonical(rest)), name) == getattr(NOTHING, name)


def test_only_the_newest_of_what_was_taken_in_are_named() -> None:
    many = About(taken={"main": dict.fromkeys(range(1, NEWEST + 200), HASH)})
    found = parse_about(build_about(many)).taken["main"]
    assert (len(found), max(found)) == (NEWEST, NEWEST + 199)


def test_a_name_only_a_later_writer_knows_is_passed_over_where_it_says_so() -> None:
    data = canonical({"reason": "x", "shape": 1})
    assert code_of(data) == "E_CONTAINER"
    assert parse_about(data, newer=True) == About(reason="x")


@pytest.mark.parametrize(
    "data", [b"", b"null", b"[]", b"{} ", b"\xff", b'{"reason":"a","reason":"b"}', b"[" * 9_000]
)
def test_other_bytes_are_not_believed(data: bytes) -> None:
    assert code_of(data) == "E_CONTAINER"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 2**53) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(json.loads(build_about(FULL)))), JSON)
def test_a_part_of_any_form_is_believed_or_refused(name: str, value: Any) -> None:
    try:
        found = parse_about(canonical({name: value}))
    except ImsaError as error:
        assert error.code == "E_CONTAINER"
    else:
        assert parse_about(build_about(found) or b"{}") == found


def test_more_than_fits_is_not_written() -> None:
    with pytest.raises(ImsaError) as caught:
        build_about(About(waiting={f"{n:032x}": 1 for n in range(120_000)}))
    assert caught.value.code == "E_LIMIT"
