"""Bundles: a sound one comes through whole, and every unsound one is turned away with its own code."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from bundle_kit import WRITER, Pair, body_of, container, lines_of, split_container

from imsa_desk.crypto.age import Identity
from imsa_desk.crypto.keys import SigningKey, key_id
from imsa_desk.domain import lines as journal
from imsa_desk.domain.canonical import canonical
from imsa_desk.errors import Broken, ImsaError, Refused
from imsa_desk.exchange import sealed, ustar
from imsa_desk.exchange.bundle import (
    FIRST_PREV,
    MAIN,
    RECEIPTS,
    About,
    Counts,
    Line,
    Purpose,
    ReceiptFor,
    Role,
    Trust,
    TrustedSigner,
    open_bundle,
)
from imsa_desk.exchange.lines import line_out
from imsa_desk.exchange.manifest import DOMAIN
from imsa_desk.exchange.refusals import CODES, refusal

SCAN = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 3000


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    """An advocate and an office that know each other."""
    return Pair(tmp_path)


def code_of(pair: Pair, path: Path, trust: Trust | None = None) -> str:
    """Read a bundle that must be refused and give the code."""
    with pytest.raises(ImsaError) as caught:
        pair.read(path, trust)
    assert caught.value.code in CODES
    return caught.value.code


def test_lines_and_documents_come_through_as_they_were(pair: Pair) -> None:
    lines = lines_of(WRITER, 5, withheld=[2, 4])
    written = pair.write(lines, blobs=[SCAN, b"short", b""])
    read, blobs = pair.read(written.path)
    assert read == lines
    assert sorted(blobs.values()) == sorted([SCAN, b"short", b""])
    assert written.manifest.counts.withheld == 2


def test_the_sender_can_open_it_again(pair: Pair) -> None:
    written = pair.write()
    trust = pair.trust(me=frozenset({pair.own.recipient}))
    with open_bundle(written.path, [pair.own], trust) as bundle:
        bundle.finish()


def test_a_bundle_without_lines_is_sound(pair: Pair) -> None:
    assert pair.read(pair.write([]).path) == ([], {})


def test_a_reader_may_leave_members_unread_and_still_verifies_them(pair: Pair) -> None:
    written = pair.write(blobs=[SCAN, b"x"])
    with open_bundle(written.path, [pair.office], pair.trust()) as bundle:
        for _entry, pieces in bundle.blobs():
            next(iter(pieces))
        bundle.finish()


def test_leaving_in_the_middle_ends_the_decrypting(pair: Pair) -> None:
    written = pair.write(blobs=[os.urandom(20_000_000)])
    with open_bundle(written.path, [pair.office], pair.trust()) as bundle:
        next(bundle.lines())


def test_the_next_bundle_follows_the_first(pair: Pair) -> None:
    first = pair.write()
    head = first.manifest.heads[WRITER]
    second = pair.write(lines_of(WRITER, 2, first=4, prev=head), seq=2, prev=first.digest)
    lines, _ = pair.read(second.path, pair.trust(applied={MAIN: {1: first.digest}}))
    assert [line.link.seq for line in lines] == [4, 5]


def test_a_file_that_is_too_big_is_refused_before_it_is_opened(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = pair.folder / "big.imsa"
    with path.open("wb") as file:
        file.truncate(sealed.MAX_FILE + 1)
    assert code_of(pair, path) == "E_TOO_BIG"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"junk",
        b"-----BEGIN AGE ENCRYPTED FILE-----\n",
        b"age-encryption.org/v1\n-> X25519 a\n" + b"-> x\n" * 100_000,
        b"age-encryption.org/v1\n-> scrypt AAAAAAAAAAAAAAAAAAAAAA 30\n" + b"A" * 43 + b"\n--- x\n",
    ],
)
def test_what_is_not_a_binary_age_file_cannot_be_opened(pair: Pair, data: bytes) -> None:
    path = pair.folder / "bad.imsa"
    path.write_bytes(data)
    assert code_of(pair, path) == "E_DECRYPT"


def test_a_file_that_is_not_there_says_so(pair: Pair) -> None:
    with pytest.raises(Broken) as caught:
        pair.read(pair.folder / "absent.imsa")
    assert caught.value.code == "E_READ"


def test_a_bundle_sealed_to_another_organisation_cannot_be_opened(pair: Pair) -> None:
    written = pair.write(recipients=(Identity.generate().recipient,))
    with pytest.raises(Refused) as caught:
        pair.read(written.path)
    assert caught.value.code == "E_DECRYPT"


def test_one_changed_bit_in_the_file_is_noticed(pair: Pair) -> None:
    path = pair.write(blobs=[SCAN]).path
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(Broken) as caught:
        pair.read(path)
    assert caught.value.code == "E_DECRYPT"


def test_a_file_cut_short_is_noticed(pair: Pair) -> None:
    path = pair.write(blobs=[SCAN]).path
    path.write_bytes(path.read_bytes()[:-70_000])
    assert code_of(pair, path) == "E_DECRYPT"


def test_the_manifest_must_come_first_with_its_own_header(pair: Pair) -> None:
    parts = split_container(pair.plain(pair.write().path))
    other_order = {name: parts[name] for name in reversed(parts)}
    assert code_of(pair, pair.sealed(container(other_order))) == "E_CONTAINER"
    plain = bytearray(container(parts))
    plain[257:263] = b"ustar "
    assert code_of(pair, pair.sealed(bytes(plain))) == "E_CONTAINER"
    assert code_of(pair, pair.sealed(b"")) == "E_CONTAINER"


def test_padding_must_be_zero(pair: Pair) -> None:
    parts = split_container(pair.plain(pair.write().path))
    plain = bytearray(container(parts))
    plain[ustar.BLOCK + len(parts[ustar.MANIFEST])] = 1
    assert code_of(pair, pair.sealed(bytes(plain))) == "E_CONTAINER"


def test_a_manifest_beyond_its_limit_is_refused_unread(pair: Pair) -> None:
    assert code_of(pair, pair.sealed(ustar.header(ustar.MANIFEST, 8 * 1024 * 1024 + 1))) == "E_LIMIT"


def test_a_signer_nobody_enrolled_is_refused(pair: Pair) -> None:
    path = pair.write().path
    assert code_of(pair, path, pair.trust(signers={})) == "E_UNKNOWN_SIGNER"
    stranger = SigningKey.generate()
    confused = {key_id(pair.key.public): TrustedSigner(stranger.public, Role.ADVOCATE, "x", WRITER)}
    assert code_of(pair, path, pair.trust(signers=confused)) == "E_UNKNOWN_SIGNER"


def test_a_withdrawn_key_is_refused(pair: Pair) -> None:
    assert code_of(pair, pair.write().path, pair.trust(revoked_after=0)) == "E_REVOKED"


def test_a_changed_manifest_is_refused_before_it_is_read(pair: Pair) -> None:
    parts = split_container(pair.plain(pair.write().path))
    parts[ustar.MANIFEST] = b"[" * 100_000
    assert code_of(pair, pair.sealed(container(parts))) == "E_SIGNATURE"


def test_a_signature_for_something_else_is_refused(pair: Pair) -> None:
    parts = split_container(pair.plain(pair.write().path))
    parts[ustar.SIGNATURE] = key_id(pair.key.public) + pair.key.sign(parts[ustar.MANIFEST])
    assert code_of(pair, pair.sealed(container(parts))) == "E_SIGNATURE"


def test_the_key_must_be_the_one_the_manifest_names(pair: Pair) -> None:
    path = pair.resigned(pair.write().path, lambda value: value.update(signer="00" * 16))
    assert code_of(pair, path) == "E_SIGNATURE"


def test_a_newer_format_is_not_guessed_at(pair: Pair) -> None:
    path = pair.resigned(pair.write().path, lambda value: value.update(version=9, min_reader=9))
    assert code_of(pair, path) == "E_VERSION"


def test_a_bundle_forwarded_to_another_organisation_is_not_for_them(pair: Pair) -> None:
    written = pair.write(recipients=(Identity.generate().recipient,))
    plain_for_us = pair.write(recipients=(pair.office.recipient,))
    forwarded = pair.resigned(
        plain_for_us.path, lambda value: value.update(recipients=list(written.manifest.recipients))
    )
    assert code_of(pair, forwarded) == "E_NOT_FOR_US"


_OF_OFFICES = sorted({Purpose.CORRECTION, Purpose.REFERENCE, Purpose.REVOCATION})


@pytest.mark.parametrize("purpose", _OF_OFFICES)
def test_an_advocate_may_only_send_what_advocates_send(pair: Pair, purpose: Purpose) -> None:
    path = pair.write(purpose=purpose, about=About(revocations="a signed list")).path
    assert code_of(pair, path) == "E_ROLE"


def test_an_advocate_may_not_send_as_another_vault(pair: Pair) -> None:
    assert code_of(pair, pair.write().path, pair.trust(writer="bb" * 16)) == "E_ROLE"


@pytest.mark.parametrize("sent", [True, False])
def test_practice_and_real_never_mix(pair: Pair, sent: bool) -> None:
    path = pair.write(practice=sent).path
    assert code_of(pair, path, pair.trust(practice=not sent)) == "E_PRACTICE"
    assert pair.read(path, pair.trust(practice=sent))


def test_the_same_bundle_twice_is_recognised(pair: Pair) -> None:
    written = pair.write()
    with open_bundle(written.path, [pair.office], pair.trust(applied={MAIN: {1: written.digest}})) as bundle:
        assert bundle.already


def test_an_older_bundle_is_a_replay(pair: Pair) -> None:
    path = pair.write(seq=2, prev="cc" * 32).path
    assert code_of(pair, path, pair.trust(applied={MAIN: {7: "dd" * 32}})) == "E_REPLAY"


def test_a_missing_bundle_holds_the_next_one_back(pair: Pair) -> None:
    assert code_of(pair, pair.write(seq=2, prev="cc" * 32).path) == "E_GAP"


def test_a_snapshot_of_a_vault_passes_a_gap_and_its_second_part_does_not(pair: Pair) -> None:
    later: dict[str, Any] = {"purpose": Purpose.SNAPSHOT, "seq": 4, "prev": "cc" * 32}
    assert pair.read(pair.write(**later).path)
    assert pair.read(pair.write(**later, about=About(part=(1, 2))).path)
    assert code_of(pair, pair.write(**later, about=About(part=(2, 2))).path) == "E_GAP"
    known = pair.trust(applied={MAIN: {3: "cc" * 32}})
    assert pair.read(pair.write(**later, about=About(part=(2, 2))).path, known)
    assert code_of(pair, pair.write(**later).path, pair.trust(applied={MAIN: {3: "dd" * 32}})) == "E_FORK"
    assert code_of(pair, pair.write(**later).path, pair.trust(applied={MAIN: {9: "dd" * 32}})) == "E_REPLAY"


def test_a_snapshot_of_a_vault_holds_nothing_that_others_wrote(pair: Pair) -> None:
    strangers = lines_of("bb" * 16, 2, withheld=[1, 2])
    path = pair.write(
        strangers,
        purpose=Purpose.SNAPSHOT,
        high_water={"bb" * 16: 2},
        heads={"bb" * 16: strangers[-1].link.line_hash},
    ).path
    assert code_of(pair, path) == "E_ROLE"


def test_bundles_of_another_organisation_come_in_any_order_and_parts_one_after_the_other(pair: Pair) -> None:
    third: dict[str, Any] = {"purpose": Purpose.SNAPSHOT, "seq": 3, "prev": "cc" * 32}
    lines = lines_of(WRITER, 2, withheld=[1, 2])
    for applied in ({}, {7: "dd" * 32}, {2: "cc" * 32}, {2: "cc" * 32, 4: "ee" * 32}):
        trust = pair.trust(role=Role.ORGANISATION, applied={MAIN: applied})
        assert pair.read(pair.write(lines, **third).path, trust)[0]
    fork = pair.trust(role=Role.ORGANISATION, applied={MAIN: {2: "dd" * 32}})
    assert code_of(pair, pair.write(lines, **third).path, fork) == "E_FORK"
    part = pair.write(lines, **third, about=About(part=(2, 2))).path
    assert code_of(pair, part, pair.trust(role=Role.ORGANISATION)) == "E_GAP"


def test_a_lost_receipt_is_made_good_by_the_next(pair: Pair) -> None:
    held = ReceiptFor("9a" * 16, "bc" * 32, WRITER, 3, Counts(3, 2, 1, 0))
    third = pair.write([], purpose=Purpose.RECEIPT, seq=3, prev="cc" * 32, receipt=held)
    trust = pair.trust(role=Role.OFFICE, applied={RECEIPTS: {1: "dd" * 32}})
    assert pair.read(third.path, trust) == ([], {})
    later = pair.trust(role=Role.OFFICE, applied={RECEIPTS: {4: "dd" * 32}})
    assert code_of(pair, third.path, later) == "E_REPLAY"


def test_older_lines_may_come_again_with_their_body(pair: Pair) -> None:
    lines = lines_of(WRITER, 6)
    sent = [lines[0], lines[2], lines[4], lines[5]]
    assert pair.read(pair.write(sent).path)[0] == sent


def test_two_bundles_in_one_place_are_an_alarm(pair: Pair) -> None:
    path = pair.write().path
    assert code_of(pair, path, pair.trust(applied={MAIN: {1: "dd" * 32}})) == "E_FORK"
    assert code_of(pair, pair.write(prev="cc" * 32).path) == "E_FORK"
    second = pair.write(seq=2, prev="cc" * 32).path
    assert code_of(pair, second, pair.trust(applied={MAIN: {1: "dd" * 32}})) == "E_FORK"


def test_a_member_other_than_signed_is_refused(pair: Pair) -> None:
    parts = split_container(pair.plain(pair.write(blobs=[b"one", b"two"]).path))
    names = list(parts)
    swapped = {name: parts[name] for name in [*names[:3], names[4], names[3]]}
    assert code_of(pair, pair.sealed(container(swapped))) == "E_CONTAINER"


def test_changed_content_of_the_right_length_is_refused(pair: Pair) -> None:
    parts = split_container(pair.plain(pair.write(blobs=[b"one"]).path))
    for name in [ustar.RECORDS, list(parts)[-1]]:
        changed = parts | {name: bytes([parts[name][0] ^ 1]) + parts[name][1:]}
        # A changed record may be refused by its own hash before the hash of the member is complete.
        assert code_of(pair, pair.sealed(container(changed))) in {"E_HASH", "E_RECORD"}


def test_a_container_cut_short_and_sealed_again_is_refused(pair: Pair) -> None:
    plain = pair.plain(pair.write(blobs=[SCAN]).path)
    for cut in (1, 1024, 1025, 5000):
        assert code_of(pair, pair.sealed(plain[:-cut])) == "E_TRUNCATED"


def test_anything_after_the_end_is_refused(pair: Pair) -> None:
    plain = pair.plain(pair.write().path)
    assert code_of(pair, pair.sealed(plain + b"\0")) == "E_TRAILING"
    assert code_of(pair, pair.sealed(plain[:-1] + b"x")) == "E_TRAILING"


def _records(change: Callable[[list[dict[str, Any]]], object]) -> bytes:
    """Spell three lines after changing their values."""
    values: list[dict[str, Any]] = []
    for line in lines_of(WRITER, 3):
        values.append({"link": asdict(line.link), "body": json.loads(line.body or "null")})
    change(values)
    return b"".join(canonical(value) + b"\n" for value in values)


@pytest.mark.parametrize(
    "records",
    [
        b"{}\n",
        b"null\n",
        b"\n",
        b"{}",
        b"\xff\n",
        _records(lambda v: v[0]["body"].update(kind="case")),
        _records(lambda v: v[0].update(body=[])),
        _records(lambda v: v[0].update(other=1)),
        _records(lambda v: v[1]["link"].update(seq="2")),
        _records(lambda v: v[1]["link"].update(seq=True)),
        _records(lambda v: v[1]["link"].update(seq=0)),
        _records(lambda v: v[1]["link"].update(prev=None)),
        _records(lambda v: v[1]["link"].update(line_hash="00" * 32)),
        _records(lambda v: v[1]["link"].pop("writer")),
        _records(lambda v: v.pop(1)),
        _records(lambda v: v.pop()),
        _records(lambda v: v.append(v[-1])),
        _records(lambda v: v[2].update(body=None)),
        line_out(replace(lines_of(WRITER, 1, prev="aa" * 32)[0])),
    ],
)
def test_a_record_that_breaks_the_rules_is_refused_though_signed(pair: Pair, records: bytes) -> None:
    path = pair.with_records(pair.write(lines_of(WRITER, 3)).path, records)
    assert code_of(pair, path) == "E_RECORD"


@pytest.mark.parametrize(
    "fields",
    [
        {"more": 1},
        {"act": {"id": "ac" * 16}},
        {"act": {"id": "x", "verb": "log_meeting"}},
        {"act": {"id": "ac" * 16, "verb": "Drop table"}},
        {"at": 5},
        {"base": []},
        {"base": {"notes": ["x"]}},
        {"base": {"notes": "ab"}},
        {"case": "x"},
        {"fields": None},
        {"fields": {"Not a name": 1}},
        {"fields": {"notes": "zero \0"}},
        {"hlc": "soon"},
        {"hlc": "ffffffffffff-ffff"},
        {"kind": "spaceship"},
        {"kind": []},
        {"op": "drop"},
        {"reason": None},
        {"record": "../x"},
        {"salt": ""},
        {"sensitivity": "L9"},
    ],
)
def test_a_body_of_another_form_is_refused_though_its_hashes_are_right(
    pair: Pair, fields: dict[str, Any]
) -> None:
    body = canonical(body_of(1) | fields).decode()
    link = lines_of(WRITER, 1)[0].link
    head = journal.line_hash(WRITER, 1, link.prev, journal.digest(body.encode()))
    line = Line(replace(link, body_hash=journal.digest(body.encode()), line_hash=head), body)
    assert code_of(pair, pair.write([line]).path) == "E_RECORD"


def test_a_change_by_somebody_else_is_refused_though_signed(pair: Pair) -> None:
    for withheld in ((), (1,)):
        records = line_out(lines_of("ee" * 16, 1, withheld=withheld)[0])
        assert code_of(pair, pair.with_records(pair.write(lines_of(WRITER, 1)).path, records)) == "E_ROLE"


def test_a_record_beyond_the_limit_is_refused_though_signed(pair: Pair) -> None:
    path = pair.with_records(pair.write().path, b"[" * (1024 * 1024 + 1) + b"\n")
    assert code_of(pair, path) == "E_LIMIT"


def test_every_code_says_what_to_do_in_words() -> None:
    for code in CODES:
        error = refusal(code, "detail")
        assert isinstance(error, (Refused, Broken))
        assert len(error.message) > 20
        assert "detail" in error.message


def test_the_first_bundle_names_no_earlier_one() -> None:
    assert FIRST_PREV == "0" * 64
    assert DOMAIN.endswith(b"\0")
