"""Version 2: what goes beside the records, lines of several writers, a backup; version 1 is still read."""

from __future__ import annotations

import hashlib
import json
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bundle_kit import NOW, WRITER, Pair, blob_of, lines_of, split_container

from imsa_desk.crypto.age import Identity
from imsa_desk.crypto.keys import key_id
from imsa_desk.domain.canonical import canonical, parse_canonical
from imsa_desk.errors import Cancelled, ImsaError, Refused
from imsa_desk.exchange import ustar
from imsa_desk.exchange.about import NOTHING, About
from imsa_desk.exchange.bundle import (
    MAIN,
    RECEIPTS,
    Blob,
    Counts,
    Line,
    Purpose,
    ReceiptFor,
    Role,
    Trust,
    TrustedSigner,
    open_bundle,
    write_bundle,
)
from imsa_desk.exchange.deposit import deposit_of

DATA = Path(__file__).parents[1] / "data"
OTHER = "be" * 16
MB = 1024 * 1024


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    """A sender and a reader that know each other."""
    return Pair(tmp_path)


def ends(lines: list[Line]) -> dict[str, Any]:
    """Give the promises about the last line of each writer."""
    last = {line.link.writer: line.link for line in lines}
    return {
        "high_water": {writer: link.seq for writer, link in last.items()},
        "heads": {writer: link.line_hash for writer, link in last.items()},
    }


def refused(pair: Pair, path: Path, trust: Trust | None = None) -> str:
    """Read a bundle that must be refused and give the code."""
    with pytest.raises(ImsaError) as caught:
        pair.read(path, trust)
    return caught.value.code


def test_a_bundle_of_version_1_is_still_read() -> None:
    kept = json.loads((DATA / "bundle_v1.json").read_text("utf-8"))
    signer = TrustedSigner(bytes.fromhex(kept["public"]), Role.ADVOCATE, "A. Advocate", kept["writer"])
    trust = Trust({key_id(signer.public): signer}, frozenset({kept["recipient"]}), practice=False)
    identity = Identity.from_string(kept["identity"])
    with open_bundle(DATA / "bundle_v1.imsa", [identity], trust) as bundle:
        lines = list(bundle.lines())
        blobs = [b"".join(pieces) for _, pieces in bundle.blobs()]
        bundle.finish()
    assert (bundle.manifest.version, bundle.digest, bundle.about) == (1, kept["digest"], NOTHING)
    assert [line.body is None for line in lines] == [False, True, False, False, False]
    assert lines == lines_of(kept["writer"], 5, withheld=[2])
    assert blobs == [b"a page that was scanned", b""]


def test_a_newer_reader_is_asked_for_only_where_something_new_is_inside(pair: Pair) -> None:
    assert pair.write().manifest.min_reader == 1
    assert pair.write(about=About(reason="x")).manifest.min_reader == 2
    assert pair.write(lines_of(WRITER, 1), purpose=Purpose.SNAPSHOT).manifest.min_reader == 2


def test_members_of_version_2_are_refused_where_version_1_is_promised(pair: Pair) -> None:
    path = pair.write(about=About(reason="x")).path
    assert refused(pair, pair.resigned(path, lambda value: value.update(min_reader=1))) == "E_CONTAINER"
    changed = pair.resigned(path, lambda value: value.update(version=1, min_reader=1))
    assert refused(pair, changed) == "E_CONTAINER"


def test_what_is_said_beside_the_records_comes_through(pair: Pair) -> None:
    said = About(reason="because", part=(2, 3), taken={RECEIPTS: {7: "ab" * 32}})
    written = pair.write(about=said)
    assert list(split_container(pair.plain(written.path)))[2:4] == [ustar.ABOUT, ustar.RECORDS]
    with open_bundle(written.path, [pair.office], pair.trust()) as bundle:
        assert bundle.about == said
        bundle.finish()


def test_what_is_said_is_read_only_if_it_is_what_was_signed(pair: Pair) -> None:
    path = pair.write(about=About(reason="because")).path
    parts = split_container(pair.plain(path))
    assert refused(
        pair, pair.resigned(path, lambda _: None, **{ustar.ABOUT: b"x" * len(parts[ustar.ABOUT])})
    ) == ("E_HASH")


def office(pair: Pair, **changes: Any) -> Trust:
    """Trust the sender as an office."""
    return pair.trust(role=Role.OFFICE, **changes)


def test_an_office_forwards_lines_of_several_writers(pair: Pair) -> None:
    lines = lines_of(OTHER, 4, withheld=[2]) + lines_of(WRITER, 2, kind="assignment")
    written = pair.write(lines, [b"scan"], purpose=Purpose.SNAPSHOT, **ends(lines))
    assert pair.read(written.path, office(pair))[0] == lines


def test_older_lines_of_another_writer_may_come_alone(pair: Pair) -> None:
    lines = lines_of(OTHER, 4)
    written = pair.write(lines[1:2], purpose=Purpose.SNAPSHOT, **ends(lines))
    assert pair.read(written.path, office(pair))[0] == lines[1:2]


def test_each_writers_lines_stand_together_in_order(pair: Pair) -> None:
    one, two = lines_of(OTHER, 2), lines_of(WRITER, 2, kind="grant")
    for wrong in ([one[0], two[0], one[1], two[1]], [one[1], one[0], *two]):
        with pytest.raises(ImsaError) as caught:
            pair.write(wrong, purpose=Purpose.SNAPSHOT, **ends(one + two))
        assert caught.value.code == "E_RECORD"


def test_an_advocate_forwards_nobodys_lines(pair: Pair) -> None:
    lines = lines_of(OTHER, 2)
    with pytest.raises(Refused) as caught:
        pair.write(lines, **ends(lines))
    assert caught.value.code == "E_ROLE"


def test_a_lost_bundle_of_an_office_or_of_an_organisation_leaves_no_gap(pair: Pair) -> None:
    lines = lines_of(OTHER, 2)
    path = pair.write(lines, purpose=Purpose.SNAPSHOT, seq=5, prev="cc" * 32, **ends(lines)).path
    assert pair.read(path, office(pair, applied={MAIN: {3: "dd" * 32}}))
    assert pair.read(path, pair.trust(role=Role.ORGANISATION, applied={MAIN: {3: "dd" * 32}}))
    assert refused(pair, path, office(pair, applied={MAIN: {6: "dd" * 32}})) == "E_REPLAY"
    assert refused(pair, path, office(pair, applied={MAIN: {5: "dd" * 32}})) == "E_FORK"


def test_receipts_have_a_stream_of_their_own(pair: Pair) -> None:
    held = ReceiptFor("9a" * 16, "bc" * 32, OTHER, 3, Counts(3, 2, 1, 0))
    first = pair.write([], purpose=Purpose.RECEIPT, receipt=held).path
    assert pair.read(first, office(pair, applied={MAIN: {1: "dd" * 32}}))
    assert refused(pair, first, office(pair, applied={RECEIPTS: {1: "dd" * 32}})) == "E_FORK"


def test_bundles_sent_before_a_key_was_withdrawn_are_still_taken_in(pair: Pair) -> None:
    path = pair.write(seq=3, prev="dd" * 32).path
    applied = {MAIN: {2: "dd" * 32}}
    assert pair.read(path, pair.trust(revoked_after=3, applied=applied))
    assert refused(pair, path, pair.trust(revoked_after=2, applied=applied)) == "E_REVOKED"
    assert refused(pair, path, pair.trust(revoked_after=0, applied=applied)) == "E_REVOKED"


def test_a_backup_travels_in_pieces_and_comes_out_whole(pair: Pair, tmp_path: Path) -> None:
    file = tmp_path / "x.backup"
    content = bytes(range(256)) * 3000
    file.write_bytes(content)
    deposit, pieces = deposit_of(file, NOW, WRITER, piece=300_000)
    assert [blob.size for blob in pieces] == [300_000, 300_000, 168_000]
    lines = lines_of(WRITER, 2)
    shipment = pair.shipment(lines, about=About(backup=deposit))
    written = write_bundle(pair.folder, shipment, pair.key, lambda: lines, [blob_of(b"scan")], pieces)
    written.publish()
    with open_bundle(written.path, [pair.office], pair.trust()) as bundle:
        assert bundle.about.backup == deposit
        assert b"".join(bundle.backup()) == content
        assert [b"".join(piece) for _, piece in bundle.blobs()] == [b"scan"]
        bundle.finish()
    assert [e.name for e in written.manifest.entries][2:5] == ["backup/0000", "backup/0001", "backup/0002"]


def test_a_backup_that_nothing_is_said_about_is_not_sent(pair: Pair, tmp_path: Path) -> None:
    file = tmp_path / "x.backup"
    file.write_bytes(b"sealed")
    deposit, pieces = deposit_of(file, NOW, WRITER)
    for about, given in ((NOTHING, pieces), (About(backup=deposit), ())):
        with pytest.raises(ImsaError) as caught:
            write_bundle(pair.folder, pair.shipment([], about=about), pair.key, tuple, (), given)
        assert caught.value.code == "E_CONTAINER"


def test_a_backup_that_changes_while_it_is_sealed_is_noticed(pair: Pair, tmp_path: Path) -> None:
    file = tmp_path / "x.backup"
    file.write_bytes(b"sealed")
    deposit, pieces = deposit_of(file, NOW, WRITER)
    file.write_bytes(b"SEALED")
    with pytest.raises(ImsaError) as caught:
        write_bundle(pair.folder, pair.shipment([], about=About(backup=deposit)), pair.key, tuple, (), pieces)
    assert caught.value.code == "E_HASH"
    assert [entry.name for entry in pair.folder.iterdir()] == ["x.backup"]


def test_lines_that_change_between_the_two_readings_are_noticed(pair: Pair) -> None:
    lines, calls = lines_of(WRITER, 3), iter((3, 2))
    with pytest.raises(ImsaError) as caught:
        write_bundle(pair.folder, pair.shipment(lines), pair.key, lambda: lines[: next(calls)])
    assert caught.value.code == "E_HASH"
    assert list(pair.folder.iterdir()) == []


def test_stopping_in_the_middle_leaves_no_file(pair: Pair) -> None:
    told: list[tuple[int, int]] = []

    def progress(done: int, total: int) -> None:
        told.append((done, total))
        if done > total // 2:
            raise Cancelled

    lines = lines_of(WRITER, 3)
    with pytest.raises(Cancelled):
        write_bundle(
            pair.folder, pair.shipment(lines), pair.key, lambda: lines, [blob_of(b"x" * MB)], (), progress
        )
    assert list(pair.folder.iterdir()) == []
    assert told[-1][0] <= told[-1][1]


def _large(pieces: int) -> Blob:
    """Make a blob of so many megabytes that is never in memory whole."""
    piece, digest = b"\x17" * MB, hashlib.sha256()
    for _ in range(pieces):
        digest.update(piece)

    def give() -> Iterator[bytes]:
        for n in range(pieces):
            yield bytes([0x17]) * MB if n % 2 else piece

    return Blob(digest.hexdigest(), pieces * MB, give)


def test_memory_does_not_grow_with_what_is_sent_and_read(pair: Pair) -> None:
    lines, blob = lines_of(WRITER, 3), _large(96)
    tracemalloc.start()
    try:
        written = write_bundle(pair.folder, pair.shipment(lines), pair.key, lambda: lines, [blob])
        written.publish()
        with open_bundle(written.path, [pair.office], pair.trust()) as bundle:
            bundle.finish()
        assert tracemalloc.get_traced_memory()[1] < 24 * MB
    finally:
        tracemalloc.stop()


def test_a_receipt_carries_no_records_and_reference_data_no_case(pair: Pair) -> None:
    held = ReceiptFor("9a" * 16, "bc" * 32, OTHER, 3, Counts(3, 2, 1, 0))
    lines = lines_of(WRITER, 2, kind="form")
    with pytest.raises(Refused) as caught:
        pair.write(lines, purpose=Purpose.RECEIPT, receipt=held)
    assert caught.value.code == "E_ROLE"
    path = pair.write(lines, purpose=Purpose.REFERENCE).path
    assert refused(pair, path, office(pair)) == "E_ROLE"
    without = lines_of(WRITER, 2, kind="form", case=None)
    assert pair.read(pair.write(without, purpose=Purpose.REFERENCE).path, office(pair))[0] == without


def test_the_manifest_names_members_in_one_order_only(pair: Pair) -> None:
    path = pair.write(blobs=[b"one", b"two"], about=About(reason="x")).path
    value = parse_canonical(split_container(pair.plain(path))[ustar.MANIFEST])
    for order in ([1, 0, 2, 3], [0, 2, 1, 3], [0, 2, 3, 1], [0, 0, 1, 2, 3], [0, 1, 2, 2, 3]):
        changed = [value["entries"][n] for n in order]
        path = pair.resigned(path, lambda found, changed=changed: found.update(entries=changed))  # type: ignore[misc]
        assert refused(pair, path) == "E_CONTAINER"
    assert canonical(value)
