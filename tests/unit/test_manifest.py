"""The manifest: read only when it is exactly what its version says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from imsa_desk.domain.canonical import canonical, parse_canonical
from imsa_desk.errors import ImsaError
from imsa_desk.exchange.limits import MAX_ENTRIES, MAX_ENTRY
from imsa_desk.exchange.manifest import (
    FIRST_PREV,
    NO_BUNDLE,
    Counts,
    Entry,
    Manifest,
    Purpose,
    ReceiptFor,
    build_manifest,
    parse_manifest,
)

WRITER = "ab" * 16
MANIFEST = Manifest(
    purpose=Purpose.SYNC,
    bundle_id="cd" * 16,
    vault=WRITER,
    signer="ef" * 16,
    recipients=("age1" + "q" * 58,),
    seq=1,
    prev=FIRST_PREV,
    created=datetime(2026, 11, 21, 9, 30, tzinfo=UTC),
    counts=Counts(3, 2, 1, 1),
    high_water={WRITER: 3},
    heads={WRITER: "12" * 32},
    entries=(Entry("records.jsonl", 10, "34" * 32), Entry("blobs/" + "56" * 32, 7, "56" * 32)),
    practice=False,
    cases=("78" * 16,),
)


def _code(data: bytes) -> str:
    with pytest.raises(ImsaError) as caught:
        parse_manifest(data)
    return caught.value.code


def test_a_manifest_comes_back_as_it_was_built() -> None:
    assert parse_manifest(build_manifest(MANIFEST)) == MANIFEST


def test_a_receipt_says_what_is_held() -> None:
    held = ReceiptFor("9a" * 16, "bc" * 32, WRITER, 3, Counts(3, 2, 1, 0))
    receipt = replace(MANIFEST, purpose=Purpose.RECEIPT, entries=(), counts=Counts(), receipt=held)
    assert parse_manifest(build_manifest(receipt)) == receipt


def test_a_receipt_of_number_0_says_that_nothing_is_there_and_nothing_else() -> None:
    base = replace(MANIFEST, purpose=Purpose.RECEIPT, entries=(), counts=Counts())
    nothing = ReceiptFor(NO_BUNDLE, FIRST_PREV, WRITER, 0, Counts())
    assert parse_manifest(build_manifest(replace(base, receipt=nothing))).receipt == nothing
    for wrong in (
        replace(nothing, seq=1),
        replace(nothing, bundle_id="9a" * 16),
        replace(nothing, manifest="bc" * 32),
    ):
        assert _code(build_manifest(replace(base, receipt=wrong))) == "E_CONTAINER"


def _set(**fields: object) -> Callable[[dict[str, Any]], object]:
    return lambda value: value.update(fields)


@pytest.mark.parametrize(
    "change",
    [
        _set(format="other"),
        _set(version="1"),
        _set(version=True),
        _set(extra=1),
        lambda value: value.pop("cases"),
        _set(bundle_id="CD" * 16),
        _set(vault="../x"),
        _set(seq=0),
        _set(seq=True),
        _set(prev=""),
        _set(recipients=[]),
        _set(recipients="age1"),
        _set(created="2026-02-30T00:00:00Z"),
        _set(created="yesterday"),
        _set(practice=0),
        _set(counts={"links": 3, "bodies": 3, "withheld": 1, "blobs": 0}),
        _set(counts=[]),
        _set(high_water={WRITER: 0}),
        _set(heads={}),
        _set(heads={WRITER: "zz"}),
        _set(entries=[{"name": "../etc/passwd", "size": 1, "sha256": "34" * 32}]),
        _set(entries=[{"name": "blobs/" + "56" * 32, "size": 1, "sha256": "34" * 32}]),
        _set(entries=[{"name": "records.jsonl", "size": -1, "sha256": "34" * 32}]),
        _set(entries=[{"name": "records.jsonl", "size": 1, "sha256": "34" * 32}] * 2),
        _set(receipt={}),
        _set(cases=["x"]),
        _set(signer=None),
    ],
)
def test_a_malformed_manifest_is_a_malformed_container(change: Callable[[dict[str, Any]], object]) -> None:
    value = parse_canonical(build_manifest(MANIFEST))
    change(value)
    assert _code(canonical(value)) == "E_CONTAINER"


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"null", b"\xff", b"[" * 30_000])
def test_other_bytes_are_a_malformed_container(data: bytes) -> None:
    assert _code(data) == "E_CONTAINER"


@pytest.mark.parametrize("change", [_set(min_reader=3, version=3), _set(schema=2)])
def test_a_manifest_for_a_newer_reader_is_not_guessed_at(change: Callable[[dict[str, Any]], object]) -> None:
    value = parse_canonical(build_manifest(MANIFEST))
    change(value)
    assert _code(canonical(value)) == "E_VERSION"


def test_a_later_writer_may_add_fields_that_this_reader_can_do_without() -> None:
    value = parse_canonical(build_manifest(MANIFEST))
    value.update(version=3, hybrid_recipients=[])
    assert parse_manifest(canonical(value)).version == 3


def test_a_purpose_outside_the_list_is_refused() -> None:
    value = parse_canonical(build_manifest(MANIFEST))
    value["purpose"] = "anything"
    assert _code(canonical(value)) == "E_ROLE"


def test_too_many_or_too_large_parts_are_refused() -> None:
    value = parse_canonical(build_manifest(MANIFEST))
    value["entries"] = [{"name": "records.jsonl", "size": MAX_ENTRY + 1, "sha256": "34" * 32}]
    assert _code(canonical(value)) == "E_LIMIT"
    value["entries"] = [
        {"name": f"blobs/{n:064x}", "size": MAX_ENTRY, "sha256": f"{n:064x}"} for n in range(9)
    ]
    assert _code(canonical(value)) == "E_LIMIT"
    many = tuple(Entry(f"blobs/{n:064x}", 1, f"{n:064x}") for n in range(MAX_ENTRIES + 1))
    with pytest.raises(ImsaError) as caught:
        build_manifest(replace(MANIFEST, entries=many))
    assert caught.value.code == "E_LIMIT"
