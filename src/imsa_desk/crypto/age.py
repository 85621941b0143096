"""Seals files so that only the named recipients can open them (age, X25519, binary form only)."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol, Self

import pyrage
from pyrage import x25519

from imsa_desk.crypto.age_writing import BLOCK, START, Sealer, Sink, no_recipient, point_of
from imsa_desk.errors import Broken, ImsaError, Refused


class Reader(Protocol):
    """Something bytes can be read from."""

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes; none at the end."""


class Writer(Protocol):
    """Something bytes can be written to."""

    def write(self, data: bytes, /) -> int:
        """Take bytes."""

    def flush(self) -> None:
        """Hand on what was taken."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A private key that opens sealed files, and its public recipient; the secret is never in a repr."""

    secret: str = field(repr=False)
    recipient: str

    @classmethod
    def generate(cls) -> Self:
        """Make a new random identity."""
        return cls._of(x25519.Identity.generate())

    @classmethod
    def from_string(cls, secret: str) -> Self:
        """Read an identity from its `AGE-SECRET-KEY-1...` text; raises `Broken` (E_KEY)."""
        try:
            return cls._of(x25519.Identity.from_str(secret))
        except pyrage.IdentityError:
            # Not chained: the text of the cause might repeat a part of the secret.
            raise Broken(
                "A key for sealed files is damaged. Restore the vault from a backup.", code="E_KEY"
            ) from None

    @classmethod
    def _of(cls, identity: x25519.Identity) -> Self:
        return cls(str(identity), str(identity.to_public()))


def check_recipient(recipient: str) -> None:
    """Refuse text that is no X25519 recipient (E_RECIPIENT)."""
    _recipients([recipient])


def seal_stream(reader: Reader, writer: Sink, recipients: Sequence[str]) -> None:
    """Seal everything that `reader` gives into `writer`; see `seal_pieces`."""
    seal_pieces(iter(partial(reader.read, BLOCK), b""), writer, recipients)


def seal_pieces(pieces: Iterable[bytes], writer: Sink, recipients: Sequence[str]) -> None:
    """Seal pieces, one after the other, into `writer`, for one or more `age1...` recipients.

    Raises `Refused` (E_RECIPIENT); errors of the pieces and the writer pass through.
    """
    keys = _recipients(recipients)
    sealer = Sealer(writer, [point_of(str(key)) for key in keys])
    for piece in pieces:
        sealer.write(piece)
    sealer.finish()


def open_stream(reader: Reader, writer: Writer, identities: Sequence[Identity]) -> None:
    """Open a sealed file into `writer`; raises `Broken` (E_DECRYPT).

    **Plaintext reaches `writer` before the end of the file has been checked**: a truncated or damaged file
    may have given many megabytes by the time this raises. The writer must be able to drop what it was given,
    and must not be a file on disk. Only X25519 identities are tried, never a passphrase; text armour is
    refused.
    """
    keys = [x25519.Identity.from_str(identity.secret) for identity in identities]
    ends = _Ends(_Binary(reader), writer)
    try:
        pyrage.decrypt_io(ends, ends, keys)
    except (pyrage.DecryptError, OSError, ValueError, ImsaError) as error:
        if isinstance(ends.failed, ImsaError):
            raise ends.failed from None
        raise _unopened() from error


def seal(plain: bytes, recipients: Sequence[str]) -> bytes:
    """Seal a short text; see `seal_stream`."""
    sealed = io.BytesIO()
    seal_stream(io.BytesIO(plain), sealed, recipients)
    return sealed.getvalue()


def open_sealed(sealed: bytes, identities: Sequence[Identity]) -> bytes:
    """Open a short sealed text; raises `Broken` (E_DECRYPT)."""
    plain = io.BytesIO()
    open_stream(io.BytesIO(sealed), plain, identities)
    return plain.getvalue()


class _Ends:
    """Both ends of a run, remembering what went wrong at them: pyrage replaces exceptions by its own."""

    def __init__(self, reader: Reader, writer: Writer) -> None:
        self._reader, self._writer = reader, writer
        self.failed: Exception | None = None

    def read(self, size: int = -1) -> bytes:
        try:
            return self._reader.read(size)
        except Exception as error:
            self.failed = error
            raise

    def write(self, data: bytes) -> int:
        try:
            return self._writer.write(data)
        except Exception as error:
            self.failed = error
            raise

    def flush(self) -> None:
        self._writer.flush()


class _Binary:
    """Passes a reader on after checking that it starts as a binary age file."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._ahead: bytes | None = None

    def read(self, size: int = -1) -> bytes:
        if self._ahead is None:
            self._ahead = self._start()
        if not self._ahead:
            return self._reader.read(size)
        part = self._ahead if size < 0 else self._ahead[:size]
        self._ahead = self._ahead[len(part) :]
        return part

    def _start(self) -> bytes:
        start = b""
        while len(start) < len(START):
            part = self._reader.read(len(START) - len(start))
            if not part:
                break
            start += part
        if start != START:
            raise _unopened()
        return start


def _recipients(recipients: Sequence[str]) -> list[x25519.Recipient]:
    if not recipients:
        raise Refused("Choose at least one recipient.", code="E_RECIPIENT")
    try:
        return [x25519.Recipient.from_str(recipient) for recipient in recipients]
    except pyrage.RecipientError as error:
        raise no_recipient() from error


def _unopened() -> Broken:
    return Broken(
        "The file cannot be opened: it is not sealed for this key, is incomplete, or is damaged. "
        "Ask the sender for the file again.",
        code="E_DECRYPT",
    )
