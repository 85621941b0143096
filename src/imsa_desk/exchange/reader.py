"""Opens a bundle in the fixed order of the format: each test passes before the next byte is believed."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from imsa_desk.crypto.age import Identity
from imsa_desk.crypto.keys import key_id, verify
from imsa_desk.domain.lines import Line
from imsa_desk.errors import Broken
from imsa_desk.exchange import ustar
from imsa_desk.exchange.about import NOTHING, About, parse_about
from imsa_desk.exchange.authority import check_contents, check_line, check_writing
from imsa_desk.exchange.limits import MAX_MANIFEST
from imsa_desk.exchange.lines import Tally, parsed_line, split_lines
from imsa_desk.exchange.manifest import (
    DOMAIN,
    FORWARDING,
    VERSION,
    Entry,
    Manifest,
    manifest_hash,
    parse_manifest,
)
from imsa_desk.exchange.refusals import refusal
from imsa_desk.exchange.sealed import PlainStream, check_outside
from imsa_desk.exchange.trust import (
    PASSING_ON,
    Trust,
    TrustedSigner,
    already_taken_in,
    check_part,
    check_rights,
)

SIGNATURE_SIZE = 80
_KEY_ID = 16
_STEP = 256 * 1024


@dataclass(slots=True)
class OpenBundle:
    """A bundle whose manifest is verified; its members are verified while they are read, in order.

    Nothing that was read may be kept before `finish` has returned. When `already` is true the same bundle
    was applied before and there is nothing to read. The order is that of the members: lines, the pieces of a
    backup, blobs; what is not asked for is verified and passed over.
    """

    manifest: Manifest
    digest: str
    signer: TrustedSigner
    already: bool
    about: About
    _plain: PlainStream
    _left: deque[Entry]
    _tally: Tally

    def lines(self) -> Iterator[Line]:
        """Yield the journal lines, each with its hashes, author, right and place in the chain verified."""
        if self._next() != ustar.RECORDS:
            return
        signer, purpose = self.signer, self.manifest.purpose
        for raw in split_lines(self._member(self._left.popleft())):
            line, body = parsed_line(raw)
            self._tally.add(line)
            if body is not None:
                check_writing(signer.role, signer.writer, line.link.writer, body, signer.writers)
                check_line(purpose, line, body)
            yield line

    def backup(self) -> Iterator[bytes]:
        """Yield the deposited backup in pieces; only after the last one is its hash known to fit."""
        for _ in self.lines():
            continue
        digest = hashlib.sha256()
        deposit = self.about.backup if self._next().startswith(ustar.BACKUP) else None
        while self._next().startswith(ustar.BACKUP):
            for piece in self._member(self._left.popleft()):
                digest.update(piece)
                yield piece
        if deposit is not None and digest.hexdigest() != deposit.sha256:
            raise refusal("E_HASH", "the backup")

    def blobs(self) -> Iterator[tuple[Entry, Iterator[bytes]]]:
        """Yield each blob and its content in pieces; only after the last piece is its hash known to fit."""
        for _ in self.backup():
            continue
        while self._left:
            entry = self._left.popleft()
            pieces = self._member(entry)
            yield entry, pieces
            for _rest in pieces:
                continue
            self._tally.blobs += 1

    def finish(self) -> None:
        """Verify whatever is left, to the last byte of the file, and compare with what was promised."""
        for _ in self.blobs():
            continue
        end = self._plain.read(len(ustar.END))
        if len(end) < len(ustar.END):
            raise refusal("E_TRUNCATED")
        if end != ustar.END or self._plain.read(1):
            raise refusal("E_TRAILING")
        self._tally.confirm(self.manifest)

    def _next(self) -> str:
        return self._left[0].name if self._left else ""

    def _member(self, entry: Entry) -> Iterator[bytes]:
        return _member(self._plain, entry)


def _member(plain: PlainStream, entry: Entry) -> Iterator[bytes]:
    if _exactly(plain, ustar.BLOCK) != ustar.header(entry.name, entry.size):
        raise refusal("E_CONTAINER")
    digest = hashlib.sha256()
    left = entry.size
    while left:
        piece = plain.read(min(_STEP, left))
        if not piece:
            raise refusal("E_TRUNCATED")
        left -= len(piece)
        digest.update(piece)
        yield piece
    if digest.hexdigest() != entry.sha256:
        raise refusal("E_HASH")
    _padding(plain, entry.size)


@contextmanager
def open_bundle(path: Path, identities: Sequence[Identity], trust: Trust) -> Iterator[OpenBundle]:
    """Open a bundle through steps 1 to 5 of the reader order and give it for reading.

    Raises `Refused` or `Broken` with the code of the first test that fails; changes nothing anywhere.
    """
    try:
        source = path.open("rb")
    except OSError as error:
        raise Broken(f"The file cannot be read: {error.strerror}.", code="E_READ") from error
    with source:
        check_outside(source)
        with PlainStream(source, identities) as plain:
            yield _opened(plain, trust)


def _opened(plain: PlainStream, trust: Trust) -> OpenBundle:
    data = _manifest_bytes(plain)
    signer, signer_id = _verified(data, _signature(plain), trust)
    manifest = parse_manifest(data)
    if manifest.signer != signer_id.hex():
        raise refusal("E_SIGNATURE")
    check_rights(manifest, signer, trust)
    digest = manifest_hash(data)
    already = already_taken_in(manifest, digest, signer)
    left = deque(manifest.entries)
    about = NOTHING
    if left and left[0].name == ustar.ABOUT:
        data = b"".join(_member(plain, left.popleft()))
        about = parse_about(data, newer=manifest.version > VERSION)
    check_contents(manifest, about)
    if not already:
        check_part(manifest, about.part, signer)
    forwards = manifest.purpose in FORWARDING and signer.role in PASSING_ON
    return OpenBundle(
        manifest=manifest,
        digest=digest,
        signer=signer,
        already=already,
        about=about,
        _plain=plain,
        _left=left,
        _tally=Tally(signer.writer, forwards, signer.writers),
    )


def _manifest_bytes(plain: PlainStream) -> bytes:
    block = plain.read(ustar.BLOCK)
    size = ustar.claimed_size(block)
    if size < 0 or block != ustar.header(ustar.MANIFEST, size):
        raise refusal("E_CONTAINER")
    if size > MAX_MANIFEST:
        raise refusal("E_LIMIT", "manifest too large")
    data = _exactly(plain, size)
    _padding(plain, size)
    return data


def _signature(plain: PlainStream) -> bytes:
    if _exactly(plain, ustar.BLOCK) != ustar.header(ustar.SIGNATURE, SIGNATURE_SIZE):
        raise refusal("E_CONTAINER")
    signature = _exactly(plain, SIGNATURE_SIZE)
    _padding(plain, SIGNATURE_SIZE)
    return signature


def _verified(data: bytes, signature: bytes, trust: Trust) -> tuple[TrustedSigner, bytes]:
    """Find the key the signature names and test it, before any of `data` is interpreted."""
    named = signature[:_KEY_ID]
    signer = trust.signers.get(named)
    if signer is None or key_id(signer.public) != named:
        raise refusal("E_UNKNOWN_SIGNER")
    if signer.revoked_after == 0:
        raise refusal("E_REVOKED")
    if not verify(signer.public, signature[_KEY_ID:], DOMAIN + data):
        raise refusal("E_SIGNATURE")
    return signer, named


def _exactly(plain: PlainStream, size: int) -> bytes:
    data = plain.read(size)
    if len(data) < size:
        raise refusal("E_TRUNCATED")
    return data


def _padding(plain: PlainStream, size: int) -> None:
    fill = ustar.padding(size)
    if _exactly(plain, len(fill)) != fill:
        raise refusal("E_CONTAINER")
