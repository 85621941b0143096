"""The enrolment and joining files: whole and self-consistent, or refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from bundle_kit import NOW

from imsa_desk.crypto.age import Identity
from imsa_desk.crypto.keys import SigningKey
from imsa_desk.domain.canonical import canonical, parse_canonical
from imsa_desk.domain.trust import Revocation, RevocationReason
from imsa_desk.errors import ImsaError
from imsa_desk.exchange.enrolment import (
    DEFAULT_POLICY,
    Enrolment,
    JoinRequest,
    SharePolicy,
    follow_key,
    follow_root,
    read_enrolment,
    read_request,
    write_enrolment,
    write_request,
)
from imsa_desk.exchange.revocations import RevocationList, read_revocations, write_revocations
from imsa_desk.vocab import Sensitivity, ShareScope, SignerRole

DATA = Path(__file__).parents[1] / "data" / "exchange_v1"

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
        {"serial": True},
        {"scope": "all"},
        {"former": {}},
        {"distrusted": ["x"]},
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
    data = _changed(write_enrolment(ENROLMENT, ROOT), "enrolment", ROOT, version=3)
    assert _code(read_enrolment, data) == "E_VERSION"


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"\xff", b"[" * 60_000, b"x" * 100_000, b'{"a": 1}'])
def test_other_files_are_refused(data: bytes) -> None:
    assert _code(read_enrolment, data) == "E_ENROLMENT"
    assert _code(read_request, data) == "E_ENROLMENT"


def test_one_file_is_never_taken_for_the_other() -> None:
    assert _code(read_request, write_enrolment(ENROLMENT, ROOT)) == "E_ENROLMENT"
    assert _code(read_enrolment, write_request(REQUEST, ADVOCATE)) == "E_ENROLMENT"


def test_a_file_of_version_1_is_read_without_what_came_later() -> None:
    old = read_enrolment((DATA / "enrolment-v1.json").read_bytes())
    assert (old.name, old.serial, old.scope, old.former) == ("Llais Advocacy", 1, ShareScope.FULL, None)
    request = read_request((DATA / "joining-request-v1.json").read_bytes())
    assert (request.name, request.role, request.second_of) == ("A. Advocate", SignerRole.ADVOCATE, "")
    assert request.former is None


def test_a_new_root_key_bears_the_former_ones_signature() -> None:
    new = SigningKey.generate()
    former = follow_root(ENROLMENT.organisation, new.public, ROOT)
    edition = replace(ENROLMENT, root=new.public, serial=2, former=former)
    assert read_enrolment(write_enrolment(edition, new)) == edition
    for wrong in (
        replace(edition, former=replace(former, root=OFFICE.public)),
        replace(edition, organisation="0f" * 16),
    ):
        assert _code(read_enrolment, write_enrolment(wrong, new)) == "E_SIGNATURE"


def test_a_new_key_of_a_vault_bears_the_former_ones_signature() -> None:
    new = SigningKey.generate()
    request = replace(REQUEST, public=new.public, role=SignerRole.SUPERVISOR, second_of="0d" * 16)
    changed = replace(request, former=follow_key(request, ADVOCATE, 7))
    assert read_request(write_request(changed, new)) == changed
    assert changed.former is not None
    for wrong in (
        replace(changed, writer="0e" * 16),
        replace(changed, former=replace(changed.former, last=8)),
        replace(changed, former=replace(changed.former, public=OFFICE.public)),
    ):
        assert _code(read_request, write_request(wrong, new)) == "E_SIGNATURE"


@pytest.mark.parametrize(
    "fields",
    [
        {"role": "office"},
        {"role": 1},
        {"second_of": "0c" * 16},
        {"second_of": "x"},
        {"edition": -1},
        {"former": {}},
        {"former": {"public": "00" * 32, "last": True, "signature": "00" * 64}},
    ],
)
def test_a_joining_file_of_version_2_is_read_strictly(fields: dict[str, Any]) -> None:
    data = _changed(write_request(REQUEST, ADVOCATE), "request", ADVOCATE, **fields)
    assert _code(read_request, data) == "E_ENROLMENT"


LIST = RevocationList(
    organisation="0a" * 16,
    serial=3,
    practice=True,
    created=NOW,
    entries=(
        Revocation("0e" * 16, "0c" * 16, "A. Advocate", RevocationReason.LOST, date(2026, 11, 2), 5),
        Revocation("0f" * 16, "0b" * 16, "Llais", RevocationReason.CHANGED, date(2026, 11, 3), 0),
    ),
)


def test_a_list_of_withdrawn_keys_comes_back_as_it_was_written() -> None:
    assert read_revocations(write_revocations(LIST, ROOT), ROOT.public) == LIST
    found = LIST.of_key("0e" * 16)
    assert found is not None and found.last == 5
    assert LIST.of_key("00" * 16) is None


def test_a_list_that_another_key_signed_or_somebody_changed_is_refused() -> None:
    data = write_revocations(LIST, ROOT)
    assert _code(lambda file: read_revocations(file, OFFICE.public), data) == "E_SIGNATURE"
    changed = _changed(data, "revocations", None, serial=4)
    assert _code(lambda file: read_revocations(file, ROOT.public), changed) == "E_SIGNATURE"


@pytest.mark.parametrize(
    "fields",
    [
        {"serial": 0},
        {"practice": "no"},
        {"entries": [{}]},
        {"entries": {}},
        {"created": "today"},
        {"version": 2},
        {"more": 1},
    ],
)
def test_a_malformed_list_is_refused_though_signed(fields: dict[str, Any]) -> None:
    data = _changed(write_revocations(LIST, ROOT), "revocations", ROOT, **fields)
    wanted = "E_VERSION" if "version" in fields else "E_ENROLMENT"
    assert _code(lambda file: read_revocations(file, ROOT.public), data) == wanted


def test_one_key_stands_in_a_list_once() -> None:
    twice = replace(LIST, entries=(LIST.entries[0], LIST.entries[0]))
    data = write_revocations(twice, ROOT)
    assert _code(lambda file: read_revocations(file, ROOT.public), data) == "E_ENROLMENT"


def test_no_file_with_one_byte_changed_is_believed() -> None:
    files: list[tuple[Callable[[bytes], object], bytes]] = [
        (read_enrolment, write_enrolment(ENROLMENT, ROOT)),
        (read_request, write_request(REQUEST, ADVOCATE)),
        (lambda data: read_revocations(data, ROOT.public), write_revocations(LIST, ROOT)),
    ]
    for read, data in files:
        for at in range(len(data)):
            changed = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
            assert _code(read, changed) in {"E_ENROLMENT", "E_SIGNATURE", "E_VERSION"}
