"""Documents' bytes: chunks inside the database, found by their hash, each kept once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from imsa_desk.domain.documents import CHUNK
from imsa_desk.errors import Broken
from imsa_desk.store.tables import blob_chunk


def put_blob(session: Session, data: bytes) -> str:
    """Keep bytes; give their SHA-256. Bytes already here are not stored twice."""
    sha256 = hashlib.sha256(data).hexdigest()
    if not has_blob(session, sha256):
        chunks = [data[i : i + CHUNK] for i in range(0, len(data), CHUNK)] or [b""]
        session.execute(
            blob_chunk.insert(), [{"sha256": sha256, "n": n, "data": chunk} for n, chunk in enumerate(chunks)]
        )
    return sha256


def put_pieces(session: Session, sha256: str, pieces: Iterable[bytes]) -> None:
    """Keep a document that comes in pieces, in constant memory; all pieces are read in any case.

    Raises Broken (E_HASH) after the last piece where they are not what `sha256` names: nothing that was read
    may be committed then.
    """
    digest, rest, n = hashlib.sha256(), b"", 0
    known = has_blob(session, sha256)
    for piece in pieces:
        digest.update(piece)
        if known:
            continue
        rest += piece
        while len(rest) >= CHUNK:
            _put_chunk(session, sha256, n, rest[:CHUNK])
            rest, n = rest[CHUNK:], n + 1
    if digest.hexdigest() != sha256:
        raise Broken("A document did not arrive whole.", code="E_HASH")
    if not known and (rest or not n):
        _put_chunk(session, sha256, n, rest)


def _put_chunk(session: Session, sha256: str, n: int, data: bytes) -> None:
    session.execute(blob_chunk.insert().values(sha256=sha256, n=n, data=data))


def has_blob(session: Session, sha256: str) -> bool:
    """Say whether bytes of this hash are here."""
    query = select(func.count()).select_from(blob_chunk).where(blob_chunk.c.sha256 == sha256)
    return bool(session.execute(query).scalar_one())


def chunks_of(session: Session, sha256: str) -> Iterator[bytes]:
    """Give the chunks of a document in order."""
    query = select(blob_chunk.c.data).where(blob_chunk.c.sha256 == sha256).order_by(blob_chunk.c.n)
    for data in session.execute(query).scalars():
        yield bytes(data)


def get_blob(session: Session, sha256: str) -> bytes:
    """Give a document's bytes. Raises Broken (E_BLOB) where they are missing or altered."""
    data = b"".join(chunks_of(session, sha256))
    if hashlib.sha256(data).hexdigest() != sha256:
        raise Broken("This document's content is missing or damaged.", code="E_BLOB")
    return data
