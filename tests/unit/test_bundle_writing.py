"""Writing bundles: complete or not there, readable by stock tools, nothing telling in names or modes."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from bundle_kit import NOW, WRITER, Pair, blob_of, lines_of

from imsa_desk.domain import lines as journal
from imsa_desk.domain.canonical import canonical
from imsa_desk.domain.lines import Line
from imsa_desk.errors import Broken, Cancelled, ImsaError, Refused
from imsa_desk.exchange import manifest, ustar, writer
from imsa_desk.exchange.bundle import About, Blob, write_bundle
from imsa_desk.exchange.deposit import deposit_of


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    """An advocate and an office that know each other."""
    return Pair(tmp_path)


def test_the_name_tells_nothing_and_the_file_is_for_its_owner_only(pair: Pair) -> None:
    path = pair.write().path
    assert re.fullmatch(r"[0-9a-f]{16}\.imsa", path.name)
    if sys.platform != "win32":
        assert path.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in pair.folder.iterdir()] == [path.name]


def test_a_file_has_its_name_only_once_it_is_published(pair: Pair) -> None:
    lines = lines_of(WRITER, 1)
    written = write_bundle(pair.folder, pair.shipment(lines), pair.key, lambda: lines)
    assert not written.path.exists()
    assert written.part.stat().st_size > 0
    written.discard()
    assert list(pair.folder.iterdir()) == []
    with pytest.raises(Broken) as caught:
        written.publish()
    assert caught.value.code == "E_WRITE"


def test_nothing_inside_stands_in_the_clear(pair: Pair) -> None:
    data = pair.write(blobs=[b"CANARY-IN-A-SCAN"]).path.read_bytes()
    for telling in (b"CANARY-IN-A-SCAN", b"notes", b"manifest", WRITER.encode()):
        assert telling not in data


def test_a_bundle_opens_with_the_stock_age_and_tar(pair: Pair, tmp_path: Path) -> None:
    """The promise of the archive: whoever has the key needs no program of ours."""
    age, tar = shutil.which("age"), shutil.which("tar")
    assert tar is not None, "install the package tar"
    if age is None and sys.platform != "linux":
        pytest.skip("age is installed by the set-up only where Debian's packages are")
    assert age is not None, "install the package age"
    scan, backup = bytes(range(256)) * 5000, tmp_path / "backup"
    backup.write_bytes(scan[1:])
    deposit, pieces = deposit_of(backup, NOW, WRITER, piece=1_000_000)
    lines = lines_of(WRITER, 3, withheld=[2])
    shipment = pair.shipment(lines, about=About(backup=deposit))
    written = write_bundle(pair.folder, shipment, pair.key, lambda: lines, [blob_of(scan)], pieces)
    key, out = tmp_path / "key.txt", tmp_path / "out"
    key.write_text(pair.office.secret + "\n")
    out.mkdir()
    opened = subprocess.run([age, "-d", "-i", key, written.part], capture_output=True, check=True).stdout
    assert opened == pair.plain(written.part)
    listed = subprocess.run([tar, "-tf", "-"], input=opened, capture_output=True, check=True)
    blob = ustar.BLOBS + hashlib.sha256(scan).hexdigest()
    assert listed.stdout.decode().split() == [
        ustar.MANIFEST,
        ustar.SIGNATURE,
        ustar.ABOUT,
        ustar.RECORDS,
        "backup/0000",
        "backup/0001",
        blob,
    ]
    unpacked = subprocess.run([tar, "-xf", "-", "-C", str(out)], input=opened, capture_output=True)
    assert (unpacked.returncode, unpacked.stderr) == (0, b"")
    assert (out / blob).read_bytes() == scan
    assert (out / "backup/0000").read_bytes() + (out / "backup/0001").read_bytes() == scan[1:]
    assert hashlib.sha256((out / ustar.MANIFEST).read_bytes()).hexdigest() == written.digest


def test_a_failing_document_leaves_no_file_behind(pair: Pair) -> None:
    bad = Blob("00" * 32, 3, lambda: iter((b"abc",)))
    lines = lines_of(WRITER, 1)
    with pytest.raises(ImsaError) as caught:
        write_bundle(pair.folder, pair.shipment(lines), pair.key, lambda: lines, [bad])
    assert caught.value.code == "E_HASH"
    assert list(pair.folder.iterdir()) == []


@pytest.mark.parametrize("stop", [Cancelled(), KeyboardInterrupt(), Broken("gone since", code="E_CHANGED")])
def test_whatever_stops_it_is_raised_and_leaves_neither_file_nor_thread(
    pair: Pair, stop: BaseException
) -> None:
    def pieces() -> Iterator[bytes]:
        yield from [bytes(1_000_000)] * 20
        raise stop

    lines, threads = lines_of(WRITER, 1), threading.active_count()
    blob = Blob("00" * 32, 30_000_000, pieces)
    with pytest.raises(type(stop)) as caught:
        write_bundle(pair.folder, pair.shipment(lines), pair.key, lambda: lines, [blob])
    assert caught.value is stop
    assert list(pair.folder.iterdir()) == []
    assert threading.active_count() == threads


def test_a_full_disk_is_said_and_leaves_no_file_behind(pair: Pair) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"a"
        raise OSError(28, "No space left on device")

    lines = lines_of(WRITER, 1)
    with pytest.raises(Broken) as caught:
        write_bundle(pair.folder, pair.shipment(lines), pair.key, lambda: lines, [Blob("00" * 32, 3, pieces)])
    assert caught.value.code == "E_DISK_FULL"
    assert list(pair.folder.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_disk_that_fills_while_writing_is_said(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    monkeypatch.setattr(os, "open", lambda *_: full)
    with pytest.raises(Broken) as caught:
        pair.write(blobs=[os.urandom(300_000)])
    assert caught.value.code == "E_DISK_FULL"


def test_a_folder_that_has_gone_is_said(pair: Pair) -> None:
    lines = lines_of(WRITER, 1)
    with pytest.raises(Broken) as caught:
        write_bundle(pair.folder / "gone", pair.shipment(lines), pair.key, lambda: lines)
    assert caught.value.code == "E_WRITE"


def test_lines_of_another_vault_are_never_sent(pair: Pair) -> None:
    lines = lines_of("ee" * 16, 1)
    with pytest.raises(Refused) as caught:
        write_bundle(pair.folder, pair.shipment(lines_of(WRITER, 1)), pair.key, lambda: lines)
    assert caught.value.code == "E_ROLE"


def test_what_passes_the_limits_is_not_written(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    body = canonical({"notes": "x" * (1024 * 1024)}).decode()
    link = lines_of(WRITER, 1)[0].link
    line_hash = journal.line_hash(WRITER, 1, link.prev, journal.digest(body.encode()))
    long = Line(type(link)(WRITER, 1, link.prev, journal.digest(body.encode()), line_hash), body)
    with pytest.raises(ImsaError) as caught:
        pair.write([long])
    assert caught.value.code == "E_LIMIT"
    monkeypatch.setattr(writer, "MAX_ENTRY", 100)
    monkeypatch.setattr(manifest, "MAX_ENTRY", 100)
    with pytest.raises(ImsaError) as caught:
        pair.write()
    assert caught.value.code == "E_LIMIT"
    with pytest.raises(ImsaError) as caught:
        write_bundle(pair.folder, pair.shipment([]), pair.key, tuple, [blob_of(b"x" * 101)])
    assert caught.value.code == "E_LIMIT"


def test_the_moment_is_written_in_universal_time(pair: Pair) -> None:
    assert pair.write().manifest.created == NOW


def test_headers_are_those_of_an_ordinary_tar_file() -> None:
    block = ustar.header("records.jsonl", 10)
    assert len(block) == ustar.BLOCK
    assert ustar.claimed_size(block) == 10
    assert ustar.claimed_size(b"") == -1
    assert ustar.claimed_size(b"\0" * 512) == -1
