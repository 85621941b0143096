"""Writes a bundle: signed, sealed while it is read from the vault, complete or not there at all."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from imsa_desk.crypto.keys import SigningKey, key_id
from imsa_desk.domain.lines import Line
from imsa_desk.exchange import ustar
from imsa_desk.exchange.about import NOTHING, About, build_about
from imsa_desk.exchange.authority import check_contents
from imsa_desk.exchange.limits import MAX_ENTRY
from imsa_desk.exchange.lines import Tally, line_out
from imsa_desk.exchange.manifest import (
    DOMAIN,
    FORWARDING,
    Entry,
    Manifest,
    Purpose,
    ReceiptFor,
    build_manifest,
    check_sizes,
    manifest_hash,
)
from imsa_desk.exchange.refusals import refusal
from imsa_desk.exchange.sealing import Sealing, unwritten
from imsa_desk.progress import Progress, quiet

_GATHERED = 256 * 1024
Lines = Callable[[], Iterable[Line]]
"""Gives the lines of a bundle anew each time it is called, the same each time."""


@dataclass(frozen=True, slots=True)
class Blob:
    """A document's bytes: what they must hash to, how many they are, and how to read them in pieces."""

    sha256: str
    size: int
    pieces: Callable[[], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class _Member:
    """A member of the container under its name."""

    name: str
    blob: Blob

    @property
    def entry(self) -> Entry:
        """What the manifest says about it."""
        return Entry(self.name, self.blob.size, self.blob.sha256)


@dataclass(frozen=True, slots=True)
class Shipment:
    """What a bundle is about; `seq` and `prev` place it in the signer's stream to this recipient.

    `former` are the signer's other writers, whose older lines may go along.
    """

    purpose: Purpose
    vault: str
    recipients: tuple[str, ...]
    seq: int
    prev: str
    created: datetime
    practice: bool
    high_water: Mapping[str, int]
    heads: Mapping[str, str]
    cases: tuple[str, ...] = ()
    receipt: ReceiptFor | None = None
    about: About = NOTHING
    former: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Written:
    """A finished bundle: where it will stand, what it says, and the hash the next one names as `prev`."""

    path: Path
    manifest: Manifest
    digest: str

    @property
    def part(self) -> Path:
        """The file until it is published; nobody takes a file of this name in."""
        return self.path.with_suffix(".part")

    def publish(self) -> None:
        """Give the complete file its name, after the sender has noted that it was sent."""
        try:
            self.part.replace(self.path)
        except OSError as error:
            raise unwritten(error) from error

    def discard(self) -> None:
        """Remove an unpublished file."""
        self.part.unlink(missing_ok=True)


def write_bundle(
    folder: Path,
    shipment: Shipment,
    key: SigningKey,
    lines: Lines,
    blobs: Sequence[Blob] = (),
    backup: Sequence[Blob] = (),
    progress: Progress = quiet,
) -> Written:
    """Write a sealed bundle into `folder` under a random name, flushed to the disk but not yet published.

    `folder` must exist. `lines` is called twice, once for sizes and hashes and once for the bytes, and each
    writer's lines stand together in ascending order. `backup` are the pieces of what `about.backup` names.
    `progress` counts the bytes sealed; where it raises `Cancelled`, no file stays. Raises E_LIMIT beyond the
    limits of the format, E_RECORD and E_ROLE for lines that do not fit the shipment, E_HASH for a blob that
    is not what it says, E_WRITE when the disk refuses.
    """
    tally = Tally(shipment.vault, shipment.purpose in FORWARDING, shipment.former)
    tally.blobs = len(blobs)
    members = _about(shipment.about) + _records(lines, tally)
    members += [_Member(ustar.backup_name(n), blob) for n, blob in enumerate(backup)]
    members += [_Member(ustar.BLOBS + blob.sha256, blob) for blob in blobs]
    manifest = _manifest(shipment, key, tally, members)
    check_contents(manifest, shipment.about)
    tally.confirm(manifest)
    data = build_manifest(manifest)
    signature = key_id(key.public) + key.sign(DOMAIN + data)
    small = [_Member(ustar.MANIFEST, _held(data)), _Member(ustar.SIGNATURE, _held(signature))]
    written = Written(folder / f"{secrets.token_hex(8)}.imsa", manifest, manifest_hash(data))
    _seal(written, [*small, *members], progress)
    return written


def _held(data: bytes) -> Blob:
    return Blob(hashlib.sha256(data).hexdigest(), len(data), lambda: (data,))


def _about(about: About) -> list[_Member]:
    data = build_about(about)
    return [_Member(ustar.ABOUT, _held(data))] if data else []


def _records(lines: Lines, tally: Tally) -> list[_Member]:
    """Go through the lines once, to know how long they are and what they hash to."""
    digest, size = hashlib.sha256(), 0
    for line in lines():
        tally.add(line)
        data = line_out(line)
        digest.update(data)
        size += len(data)
        if size > MAX_ENTRY:
            raise refusal("E_LIMIT", "too many records for one bundle")
    if not tally.links:
        return []
    return [_Member(ustar.RECORDS, Blob(digest.hexdigest(), size, lambda: _gathered(lines())))]


def _gathered(lines: Iterable[Line]) -> Iterator[bytes]:
    buffer = bytearray()
    for line in lines:
        buffer += line_out(line)
        if len(buffer) >= _GATHERED:
            yield bytes(buffer)
            buffer.clear()
    yield bytes(buffer)


def _manifest(shipment: Shipment, key: SigningKey, tally: Tally, members: Sequence[_Member]) -> Manifest:
    entries = tuple(member.entry for member in members)
    check_sizes(entries)
    plain = shipment.purpose in (Purpose.SYNC, Purpose.RECEIPT)
    new = any(entry.name.startswith((ustar.ABOUT, ustar.BACKUP)) for entry in entries)
    return Manifest(
        purpose=shipment.purpose,
        bundle_id=secrets.token_hex(16),
        vault=shipment.vault,
        signer=key_id(key.public).hex(),
        recipients=shipment.recipients,
        seq=shipment.seq,
        prev=shipment.prev,
        created=shipment.created,
        counts=tally.counts(),
        high_water=shipment.high_water,
        heads=shipment.heads,
        entries=entries,
        practice=shipment.practice,
        cases=shipment.cases,
        receipt=shipment.receipt,
        min_reader=1 if plain and not new else 2,
    )


def _seal(written: Written, members: Sequence[_Member], progress: Progress) -> None:
    total, done = sum(entry.size for entry in written.manifest.entries), 0
    with Sealing(written.part, written.manifest.recipients) as sealing:
        for member in members:
            sealing.begin(member.entry)
            for piece in member.blob.pieces():
                done += len(piece)
                progress(min(done, total), total)
                sealing.put(piece)
