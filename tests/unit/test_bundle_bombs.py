"""Bundles that want to exhaust their reader: each is refused within two seconds and in little memory."""

from __future__ import annotations

import hashlib
import io
import json
import time
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bundle_kit import WRITER, Pair, container, lines_of, split_container

from imsa_desk.crypto.keys import key_id
from imsa_desk.errors import ImsaError
from imsa_desk.exchange import ustar
from imsa_desk.exchange.about import About
from imsa_desk.exchange.limits import MAX_ABOUT, MAX_ENTRIES, MAX_LINE, MAX_MANIFEST
from imsa_desk.exchange.manifest import DOMAIN

SECONDS = 2.0
"""Of the processor: a machine that does other things as well makes no reader slow."""
MEGABYTES = 200
DEEP = 10**5
DIGITS = 10**6
FILLINGS = {
    "lists": b"[],",
    "objects": b"{},",
    "texts": b'"ab",',
    "numbers": b"7,",
    "nothing": b"null,",
}


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    """An advocate and an office; whatever is refused was refused soon."""
    made = Pair(tmp_path)
    started = time.process_time()
    yield made
    assert time.process_time() - started < SECONDS


def code_of(pair: Pair, path: Path) -> str:
    """Read a bundle that must be refused and give the code."""
    with pytest.raises(ImsaError) as caught:
        pair.read(path)
    return caught.value.code


def signed(pair: Pair, manifest: bytes) -> Path:
    """Sign any bytes as a manifest and seal them, as an enrolled signer can."""
    signature = key_id(pair.key.public) + pair.key.sign(DOMAIN + manifest)
    return pair.sealed(container({ustar.MANIFEST: manifest, ustar.SIGNATURE: signature}))


def with_member(pair: Pair, name: str, data: bytes) -> Path:
    """Put other bytes into a member of a sound bundle, rightly named and signed."""
    path = pair.write(lines_of(WRITER, 2), about=About(reason="x")).path

    def change(value: dict[str, Any]) -> None:
        entry = next(one for one in value["entries"] if one["name"] == name)
        entry["size"], entry["sha256"] = len(data), hashlib.sha256(data).hexdigest()

    return pair.resigned(path, change, **{name: data})


def filled(size: int, filling: bytes) -> bytes:
    """Make a list of `size` bytes in all."""
    return b"[" + filling * (size // len(filling) - 1) + b"0]"


def test_a_file_of_five_gigabytes_is_refused_unread(pair: Pair) -> None:
    path = pair.folder / "large.imsa"
    with path.open("wb") as file:
        file.truncate(5 * 1024**3)
    assert code_of(pair, path) == "E_TOO_BIG"


def test_a_file_of_four_gigabytes_of_nothing_ends_at_its_first_bytes(pair: Pair) -> None:
    path = pair.folder / "large.imsa"
    head = pair.write().path.read_bytes()
    with path.open("wb") as file:
        file.write(head[:1000])
        file.truncate(4 * 1024**3)
    assert code_of(pair, path) == "E_DECRYPT"


def test_one_entry_too_many_is_refused(pair: Pair) -> None:
    value = json.loads(split_container(pair.plain(pair.write().path))[ustar.MANIFEST])
    value["entries"] = [
        {"name": f"blobs/{n:064x}", "sha256": f"{n:064x}", "size": 1} for n in range(MAX_ENTRIES + 1)
    ]
    data = json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
    assert code_of(pair, signed(pair, data)) == "E_LIMIT"


@pytest.mark.parametrize(
    "bomb", [b"[" * DEEP + b"]" * DEEP, b'{"a":' * DEEP + b"1" + b"}" * DEEP, b"9" * DIGITS]
)
def test_depth_and_long_numbers_are_refused_wherever_they_stand(pair: Pair, bomb: bytes) -> None:
    assert code_of(pair, signed(pair, bomb)) in {"E_CONTAINER", "E_LIMIT"}
    assert code_of(pair, signed(pair, b'{"format":' + bomb + b"}")) in {"E_CONTAINER", "E_LIMIT"}
    assert code_of(pair, with_member(pair, ustar.ABOUT, b'{"part":' + bomb + b"}")) in {
        "E_CONTAINER",
        "E_LIMIT",
    }
    record = b'{"body":{"fields":' + bomb[: MAX_LINE - 100] + b'},"link":{}}\n'
    assert code_of(pair, with_member(pair, ustar.RECORDS, record)) == "E_RECORD"


@pytest.mark.parametrize("filling", FILLINGS.values(), ids=FILLINGS)
def test_a_manifest_full_of_nothing_is_refused(pair: Pair, filling: bytes) -> None:
    path = signed(pair, filled(MAX_MANIFEST, filling))
    assert code_of(pair, path) in {"E_CONTAINER", "E_LIMIT"}


@pytest.mark.parametrize("filling", FILLINGS.values(), ids=FILLINGS)
def test_members_full_of_nothing_are_refused(pair: Pair, filling: bytes) -> None:
    about = with_member(pair, ustar.ABOUT, filled(MAX_ABOUT, filling))
    assert code_of(pair, about) in {"E_CONTAINER", "E_LIMIT"}
    record = filled(MAX_LINE - 2, filling) + b"\n"
    assert code_of(pair, with_member(pair, ustar.RECORDS, record)) == "E_RECORD"


def test_a_manifest_full_of_nothing_takes_little_memory(pair: Pair) -> None:
    path = signed(pair, filled(MAX_MANIFEST, FILLINGS["objects"]))
    tracemalloc.start()
    try:
        assert code_of(pair, path) == "E_LIMIT"
        assert tracemalloc.get_traced_memory()[1] < MEGABYTES * 1024 * 1024
    finally:
        tracemalloc.stop()


def test_a_manifest_that_claims_more_than_its_limit_is_refused_unread(pair: Pair) -> None:
    for size in (MAX_MANIFEST + 1, 8**11 - 1):
        assert code_of(pair, pair.sealed(ustar.header(ustar.MANIFEST, size))) == "E_LIMIT"


def test_archives_and_passphrases_are_not_tried(pair: Pair) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("manifest.json", b"\0" * 50_000_000)
    scrypt = (
        b"age-encryption.org/v1\n-> scrypt AAAAAAAAAAAAAAAAAAAAAA 30\n" + b"A" * 43 + b"\n--- " + b"A" * 43
    )
    for data in (archive.getvalue(), scrypt + b"\n" + b"x" * 5_000):
        path = pair.folder / "other.imsa"
        path.write_bytes(data)
        assert code_of(pair, path) == "E_DECRYPT"
    assert code_of(pair, pair.sealed(archive.getvalue())) == "E_CONTAINER"
