"""What a bundle says about itself: the signed list of its members and its place in the stream."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from imsa_desk.domain.canonical import canonical, parse_canonical
from imsa_desk.errors import Broken
from imsa_desk.exchange.limits import (
    MAX_ABOUT,
    MAX_BACKUP,
    MAX_CASES,
    MAX_ENTRIES,
    MAX_ENTRY,
    MAX_MANIFEST,
    MAX_TOTAL,
    bounded,
)
from imsa_desk.exchange.refusals import refusal
from imsa_desk.exchange.ustar import ABOUT, BACKUP, BLOBS, RECORDS, backup_name
from imsa_desk.exchange.words import HEX32, HEX64, MAIN, RECEIPTS, is_count, matches, moment_in, moment_out

FORMAT = "imsa-bundle"
VERSION = 2
"""Version 1 knew neither `about.json` nor `backup/...`, and only lines of the signer's own."""
SCHEMA = 1
"""Version of the record bodies; not the version of the tables they are kept in."""
DOMAIN = b"imsa-bundle-manifest-v1\0"
FIRST_PREV = "0" * 64
NO_BUNDLE = "0" * 32
_RECIPIENT = re.compile(r"age1[0-9a-z]{10,200}")
_NAMED = re.compile(r"about\.json|records\.jsonl|backup/[0-9]{4}|blobs/[0-9a-f]{64}")
_NAMED_1 = re.compile(r"records\.jsonl|blobs/[0-9a-f]{64}")
_FIELDS = frozenset(
    "format version min_reader purpose bundle_id vault signer recipients seq prev created schema counts"
    " high_water heads entries practice cases receipt".split()
)


class Purpose(StrEnum):
    """Why a bundle travels; the allow-list of the format."""

    SYNC = "sync"
    HANDOVER = "handover"
    CORRECTION = "correction"
    RECEIPT = "receipt"
    SNAPSHOT = "snapshot"
    REFERENCE = "reference"
    REVOCATION = "revocation"


FORWARDING = frozenset({Purpose.SNAPSHOT, Purpose.CORRECTION, Purpose.REFERENCE, Purpose.REVOCATION})
"""The purposes whose bundles may hold lines of writers other than their signer, where its role passes on."""


def stream_of(purpose: Purpose) -> str:
    """Name the stream in which a bundle of this purpose is numbered."""
    return RECEIPTS if purpose is Purpose.RECEIPT else MAIN


@dataclass(frozen=True, slots=True)
class Entry:
    """One member after the signature: its name, its length in bytes and its SHA-256."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Counts:
    """How many journal lines travel, how many with and without their body, and how many blobs."""

    links: int = 0
    bodies: int = 0
    withheld: int = 0
    blobs: int = 0


@dataclass(frozen=True, slots=True)
class ReceiptFor:
    """What a receipt acknowledges: the bundle, and what is held of its writer after it.

    Number 0, with an id and a hash of zeros, says that no bundle of this writer is there.
    """

    bundle_id: str
    manifest: str
    writer: str
    seq: int
    held: Counts


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything that is signed; `seq` counts from 1 in each signer-to-recipient stream."""

    purpose: Purpose
    bundle_id: str
    vault: str
    signer: str
    recipients: tuple[str, ...]
    seq: int
    prev: str
    created: datetime
    counts: Counts
    high_water: Mapping[str, int]
    heads: Mapping[str, str]
    entries: tuple[Entry, ...]
    practice: bool
    cases: tuple[str, ...] = ()
    receipt: ReceiptFor | None = None
    version: int = VERSION
    min_reader: int = 1
    schema: int = SCHEMA


def manifest_hash(data: bytes) -> str:
    """Name a manifest by its SHA-256; the next one in the stream carries it as `prev`."""
    return hashlib.sha256(data).hexdigest()


def build_manifest(manifest: Manifest) -> bytes:
    """Spell a manifest; raises E_LIMIT when it would pass the limits of the format."""
    receipt = manifest.receipt
    data = canonical(
        {
            "format": FORMAT,
            "version": manifest.version,
            "min_reader": manifest.min_reader,
            "purpose": manifest.purpose.value,
            "bundle_id": manifest.bundle_id,
            "vault": manifest.vault,
            "signer": manifest.signer,
            "recipients": list(manifest.recipients),
            "seq": manifest.seq,
            "prev": manifest.prev,
            "created": moment_out(manifest.created),
            "schema": manifest.schema,
            "counts": _counts_out(manifest.counts),
            "high_water": dict(manifest.high_water),
            "heads": dict(manifest.heads),
            "entries": [{"name": e.name, "size": e.size, "sha256": e.sha256} for e in manifest.entries],
            "practice": manifest.practice,
            "cases": list(manifest.cases),
            "receipt": None if receipt is None else _receipt_out(receipt),
        }
    )
    if len(data) > MAX_MANIFEST or len(manifest.entries) > MAX_ENTRIES or len(manifest.cases) > MAX_CASES:
        raise refusal("E_LIMIT", "too many parts")
    return data


def parse_manifest(data: bytes) -> Manifest:
    """Read a manifest whose signature has been verified.

    Raises E_CONTAINER (malformed), E_VERSION (made for a newer reader), E_ROLE (unknown purpose) and E_LIMIT.
    """
    bounded(data, parts=4 * MAX_ENTRIES + 2 * MAX_CASES, depth=2 * MAX_ENTRIES)
    try:
        value = parse_canonical(data)
    except Broken as error:
        raise refusal("E_CONTAINER", "manifest") from error
    _need(isinstance(value, dict) and value.get("format") == FORMAT)
    version, least = value.get("version"), value.get("min_reader")
    _need(is_count(version) and is_count(least) and 0 < least <= version)
    if least > VERSION:
        raise refusal("E_VERSION", f"it needs reader {least}")
    # A later writer may add fields that it says this reader can do without; known versions are exact.
    _need(value.keys() >= _FIELDS and (version > VERSION or value.keys() == _FIELDS))
    _need(is_count(value["schema"]))
    if value["schema"] > SCHEMA:
        raise refusal("E_VERSION", f"records of schema {value['schema']}")
    if value["purpose"] not in [purpose.value for purpose in Purpose]:
        raise refusal("E_ROLE", "unknown purpose")
    return _manifest_in(value)


def _manifest_in(value: dict[str, Any]) -> Manifest:
    _need(all(matches(HEX32, value[name]) for name in ("bundle_id", "vault", "signer")))
    _need(is_count(value["seq"]) and value["seq"] > 0 and matches(HEX64, value["prev"]))
    _need(isinstance(value["practice"], bool))
    _need(_is_list(value["recipients"], _RECIPIENT) and 0 < len(value["recipients"]) <= 64)
    _need(_is_list(value["cases"], HEX32) and len(value["cases"]) <= MAX_CASES)
    return Manifest(
        purpose=Purpose(value["purpose"]),
        bundle_id=value["bundle_id"],
        vault=value["vault"],
        signer=value["signer"],
        recipients=tuple(value["recipients"]),
        seq=value["seq"],
        prev=value["prev"],
        created=_moment(value["created"]),
        counts=_counts_in(value["counts"]),
        high_water=_vector_in(value["high_water"]),
        heads=_heads_in(value["heads"], value["high_water"]),
        entries=_entries_in(value["entries"], _NAMED if value["min_reader"] > 1 else _NAMED_1),
        practice=value["practice"],
        cases=tuple(value["cases"]),
        receipt=_receipt_in(value["receipt"], value["purpose"]),
        version=value["version"],
        min_reader=value["min_reader"],
        schema=value["schema"],
    )


def check_sizes(entries: Sequence[Entry]) -> None:
    """Raise E_LIMIT where a member, all of them or their number goes beyond the format."""
    if len(entries) > MAX_ENTRIES:
        raise refusal("E_LIMIT", "too many parts")
    if any(entry.size > _most(entry.name) for entry in entries):
        raise refusal("E_LIMIT", "a part is too large")
    if sum(entry.size for entry in entries) > MAX_TOTAL:
        raise refusal("E_LIMIT", "too large in all")


def _most(name: str) -> int:
    if name == ABOUT:
        return MAX_ABOUT
    return MAX_BACKUP if name.startswith(BACKUP) else MAX_ENTRY


def _entries_in(value: Any, known: re.Pattern[str]) -> tuple[Entry, ...]:
    _need(isinstance(value, list))
    if len(value) > MAX_ENTRIES:
        raise refusal("E_LIMIT", "too many parts")
    entries = []
    for item in value:
        _need(isinstance(item, dict) and item.keys() == {"name", "size", "sha256"})
        _need(matches(known, item["name"]) and is_count(item["size"]) and matches(HEX64, item["sha256"]))
        entries.append(Entry(item["name"], item["size"], item["sha256"]))
    check_sizes(entries)
    _need(_in_order([(entry.name, entry.sha256) for entry in entries]))
    return tuple(entries)


def _in_order(named: list[tuple[str, str]]) -> bool:
    """Say whether members stand in the one order of the format, none twice, blobs under their own hash."""
    names = [name for name, _ in named]
    backups = sum(name.startswith(BACKUP) for name in names)
    first = [name for name in (ABOUT, RECORDS) if name in names]
    first += [backup_name(n) for n in range(backups)]
    blobs = named[len(first) :]
    own = all(name == BLOBS + sha256 for name, sha256 in blobs)
    return names[: len(first)] == first and own and len({name for name, _ in blobs}) == len(blobs)


def _vector_in(value: Any) -> dict[str, int]:
    _need(isinstance(value, dict))
    _need(all(matches(HEX32, key) and is_count(seq) and seq > 0 for key, seq in value.items()))
    return dict(value)


def _heads_in(value: Any, high_water: dict[str, int]) -> dict[str, str]:
    _need(isinstance(value, dict) and value.keys() == high_water.keys())
    _need(all(matches(HEX64, head) for head in value.values()))
    return dict(value)


def _counts_out(counts: Counts) -> dict[str, int]:
    return {
        "links": counts.links,
        "bodies": counts.bodies,
        "withheld": counts.withheld,
        "blobs": counts.blobs,
    }


def _counts_in(value: Any) -> Counts:
    _need(isinstance(value, dict) and value.keys() == {"links", "bodies", "withheld", "blobs"})
    _need(all(is_count(number) for number in value.values()))
    _need(value["links"] == value["bodies"] + value["withheld"])
    return Counts(value["links"], value["bodies"], value["withheld"], value["blobs"])


def _receipt_out(receipt: ReceiptFor) -> dict[str, Any]:
    return {
        "bundle_id": receipt.bundle_id,
        "manifest": receipt.manifest,
        "writer": receipt.writer,
        "seq": receipt.seq,
        "held": _counts_out(receipt.held),
    }


def _receipt_in(value: Any, purpose: str) -> ReceiptFor | None:
    _need((value is not None) == (purpose == Purpose.RECEIPT))
    if value is None:
        return None
    _need(isinstance(value, dict) and value.keys() == {"bundle_id", "manifest", "writer", "seq", "held"})
    _need(matches(HEX32, value["bundle_id"]) and matches(HEX64, value["manifest"]))
    _need(matches(HEX32, value["writer"]) and is_count(value["seq"]))
    nothing = (value["bundle_id"], value["manifest"]) == (NO_BUNDLE, FIRST_PREV)
    _need(nothing == (value["seq"] == 0))
    held = _counts_in(value["held"])
    return ReceiptFor(value["bundle_id"], value["manifest"], value["writer"], value["seq"], held)


def _moment(value: Any) -> datetime:
    moment = moment_in(value)
    if moment is None:
        raise refusal("E_CONTAINER", "manifest")
    return moment


def _is_list(value: Any, pattern: re.Pattern[str]) -> bool:
    return isinstance(value, list) and all(matches(pattern, item) for item in value)


def _need(sound: bool) -> None:
    if not sound:
        raise refusal("E_CONTAINER", "manifest")
