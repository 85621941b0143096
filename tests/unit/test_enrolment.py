"""The enrolment and joining files: whole and self-consistent, or refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from bundle_kit import NOW

from imsa_desk.crypto.age import Identity
from imsa_desk.crypto.keys import SigningKey
from imsa_desk.domain.canonical import canonical, parse_canonical
from imsa_desk.errors import ImsaError
from imsa_desk.exchange.enrolment import (
    DEFAULT_POLICY,
    Enrolment,
    JoinRequest,
    SharePolicy,
    read_enrolment,
    read_request,
    write_enrolment,
    write_request,
)
from imsa_desk.vocab import Sensitivity

ROOT, OFFICE, ADVOCATE = (SigningKey.generate() for _ in range(3))
ENROLMENT = Enrolment(
    organisation="0a" * 16,
    name="Llais Advocacy — ድጋፍ",
    writer="0b" * 16,
    root=ROOT.public,
    office=OFFICE.public,
    recipients=(Identity.generate().recipient,),
    escrow=(),
    policy=DEFAULT_POLICY,
    practice=True,
    serial=1,
    created=NOW,
)
REQUEST = JoinRequest(
    organisation="0a" * 16,
    writer="0c" * 16,
    name="A. Advocate",
    public=ADVOCATE.public,
    recipient=Identity.generate().recipient,
    practice=True,
    created=NOW,
)


def _code(read: Callable[[bytes], object], data: bytes) -> str:
    with pytest.raises(ImsaError) as caught:
        read(data)
    return caught.value.code


def _changed(data: bytes, word: str, key: SigningKey | None, **fields: Any) -> bytes:
    """Change fields of a file and, given a key, sign it again."""
    outer = parse_canonical(data.strip())
    outer[word].update(fields)
    if key is not None:
        outer["signature"] = key.sign(f"imsa-{word}-v1\0".encode() + canonical(outer[word])).hex()
    return canonical(outer)


def test_both_files_come_back_as_they_were_written() -> None:
    assert read_enrolment(write_enrolment(ENROLMENT, ROOT)) == ENROLMENT
    assert read_request(write_request(REQUEST, ADVOCATE)) == REQUEST


def test_the_default_policy_asks_for_restricted_and_never_sends_sealed_entries() -> None:
    assert DEFAULT_POLICY[Sensitivity.L3] is SharePolicy.ASK
    assert DEFAULT_POLICY[Sensitivity.L4] is SharePolicy.NEVER


def test_one_changed_word_breaks_the_signature() -> None:
    data = write_enrolment(ENROLMENT, ROOT)
    assert _code(read_enrolment, _changed(data, "enrolment", None, name="Other")) == "E_SIGNATURE"
    assert _code(read_enrolment, _changed(data, "enrolment", OFFICE, serial=2)) == "E_SIGNATURE"
    data = write_request(REQUEST, ADVOCATE)
    assert _code(read_request, _changed(data, "request", None, name="Other")) == "E_SIGNATURE"


@pytest.mark.parametrize(
    "fields",
    [
        {"organisation": "x"},
        {"name": " "},
        {"name": "x" * 201},
        {"office": "zz"},
        {"recipients": []},
        {"recipients": ["ssh-rsa AAAA"]},
        {"escrow": None},
        {"policy": {"L1": "always"}},
        {"policy": {"L1": "always", "L2": "always", "L3": "ask", "L4": "maybe"}},
        {"practice": "yes"},
        {"serial": "1"},
        {"serial": 0},
        {"created": "2026-13-01T00:00:00Z"},
        {"created": 5},
        {"format": "imsa-join-request"},
        {"more": 1},
    ],
)
def test_a_malformed_enrolment_file_is_refused_though_signed(fields: dict[str, Any]) -> None:
    data = _changed(write_enrolment(ENROLMENT, ROOT), "enrolment", ROOT, **fields)
    assert _code(read_enrolment, data) == "E_ENROLMENT"


@pytest.mark.parametrize(
    "fields",
    [{"writer": "x"}, {"recipient": "age1"}, {"name": ""}, {"practice": 1}, {"created": ""}, {"more": 1}],
)
def test_a_malformed_joining_file_is_refused_though_signed(fields: dict[str, Any]) -> None:
    data = _changed(write_request(REQUEST, ADVOCATE), "request", ADVOCATE, **fields)
    assert _code(read_request, data) == "E_ENROLMENT"


def test_a_newer_version_is_not_guessed_at() -> None:
    data = _changed(write_enrolment(ENROLMENT, ROOT), "enrolment", ROOT, version=2)
    assert _code(read_enrolment, data) == "E_VERSION"


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"\xff", b"[" * 60_000, b"x" * 100_000, b'{"a": 1}'])
def test_other_files_are_refused(data: bytes) -> None:
    assert _code(read_enrolment, data) == "E_ENROLMENT"
    assert _code(read_request, data) == "E_ENROLMENT"


def test_one_file_is_never_taken_for_the_other() -> None:
    assert _code(read_request, write_enrolment(ENROLMENT, ROOT)) == "E_ENROLMENT"
    assert _code(read_enrolment, write_request(REQUEST, ADVOCATE)) == "E_ENROLMENT"
