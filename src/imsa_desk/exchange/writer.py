"""Writes a bundle: signed, sealed while it is read from the vault, complete or not there at all."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from imsa_desk.crypto.age import seal_stream
from imsa_desk.crypto.keys import SigningKey, key_id
from imsa_desk.domain.lines import Line
from imsa_desk.errors import Broken, ImsaError
from imsa_desk.exchange import ustar
from imsa_desk.exchange.lines import Tally, line_out
from imsa_desk.exchange.manifest import (
    DOMAIN,
    MAX_ENTRY,
    MAX_TOTAL,
    Entry,
    Manifest,
    Purpose,
    ReceiptFor,
    build_manifest,
    manifest_hash,
)
from imsa_desk.exchange.refusals import refusal


@dataclass(frozen=True, slots=True)
class Blob:
    """A document's bytes: what they must hash to, how many they are, and how to read them in pieces."""

    sha256: str
    size: int
    pieces: Callable[[], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class Shipment:
    """What a bundle is about; `seq` and `prev` place it in the signer's stream to this recipient."""

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
            raise _unwritten(error) from error

    def discard(self) -> None:
        """Remove an unpublished file."""
        self.part.unlink(missing_ok=True)


def write_bundle(
    folder: Path, shipment: Shipment, key: SigningKey, lines: Iterable[Line], blobs: Sequence[Blob] = ()
) -> Written:
    """Write a sealed bundle into `folder` under a random name, flushed to the disk but not yet published.

    `folder` must exist. Raises E_LIMIT beyond the limits of the format, E_RECORD for lines that do not fit
    the shipment, E_HASH for a blob that is not what it says, E_WRITE when the disk refuses.
    """
    tally = Tally(shipment.vault)
    records = _records(lines, tally)
    tally.blobs = len(blobs)
    manifest = _manifest(shipment, key, records, tally, blobs)
    tally.confirm(manifest)
    data = build_manifest(manifest)
    signature = key_id(key.public) + key.sign(DOMAIN + data)
    written = Written(folder / f"{secrets.token_hex(8)}.imsa", manifest, manifest_hash(data))
    _seal(written, _container(data, signature, records, blobs), shipment.recipients)
    return written


def _records(lines: Iterable[Line], tally: Tally) -> bytes:
    buffer = io.BytesIO()
    for line in lines:
        tally.add(line)
        buffer.write(line_out(line))
        if buffer.tell() > MAX_ENTRY:
            raise refusal("E_LIMIT", "too many records for one bundle")
    return buffer.getvalue()


def _manifest(
    shipment: Shipment, key: SigningKey, records: bytes, tally: Tally, blobs: Sequence[Blob]
) -> Manifest:
    entries = [Entry(ustar.RECORDS, len(records), hashlib.sha256(records).hexdigest())] if tally.links else []
    entries += [Entry(ustar.BLOBS + blob.sha256, blob.size, blob.sha256) for blob in blobs]
    if any(e.size > MAX_ENTRY for e in entries) or sum(e.size for e in entries) > MAX_TOTAL:
        raise refusal("E_LIMIT", "choose fewer cases")
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
        entries=tuple(entries),
        practice=shipment.practice,
        cases=shipment.cases,
        receipt=shipment.receipt,
    )


def _container(data: bytes, signature: bytes, records: bytes, blobs: Sequence[Blob]) -> Iterator[bytes]:
    small = [(ustar.MANIFEST, data), (ustar.SIGNATURE, signature)]
    if records:
        small.append((ustar.RECORDS, records))
    for name, content in small:
        yield ustar.header(name, len(content))
        yield content
        yield ustar.padding(len(content))
    for blob in blobs:
        yield ustar.header(ustar.BLOBS + blob.sha256, blob.size)
        yield from _checked(blob)
        yield ustar.padding(blob.size)
    yield ustar.END


def _checked(blob: Blob) -> Iterator[bytes]:
    digest, size = hashlib.sha256(), 0
    for piece in blob.pieces():
        digest.update(piece)
        size += len(piece)
        yield piece
    if (size, digest.hexdigest()) != (blob.size, blob.sha256):
        raise refusal("E_HASH", "a document in the vault")


class _Pieces(io.RawIOBase):
    """An iterator of byte strings as a file to read from; keeps the error that ended it."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = memoryview(b"")
        self.error: Exception | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        while not self._rest:
            try:
                piece = next(self._pieces, None)
            except Exception as error:
                # The sealing library wraps what a reader raises; the caller wants the first cause.
                self.error = error
                raise
            if piece is None:
                return 0
            self._rest = memoryview(piece)
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size


def _seal(written: Written, content: Iterator[bytes], recipients: Sequence[str]) -> None:
    pieces = _Pieces(content)
    whole = False
    try:
        handle = os.open(
            written.part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600
        )
        with os.fdopen(handle, "wb") as file:
            seal_stream(pieces, file, recipients)
            file.flush()
            os.fsync(file.fileno())
        whole = True
    except (ImsaError, OSError) as error:
        raise _unwritten(pieces.error or error) from error
    finally:
        if not whole:
            written.discard()


def _unwritten(error: Exception) -> Exception:
    if not isinstance(error, OSError):
        return error
    full = error.errno == errno.ENOSPC
    reason = "the disk is full" if full else error.strerror or "the disk refused"
    return Broken(f"The bundle could not be written: {reason}.", code="E_DISK_FULL" if full else "E_WRITE")
