"""Checks a database in full: pages, tables, references, chains with bodies, projection, documents."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlcipher3 import dbapi2 as sqlcipher

from imsa_desk.errors import Broken
from imsa_desk.progress import Progress, quiet
from imsa_desk.store.migrate import SchemaState, schema_state
from imsa_desk.store.project import differences
from imsa_desk.store.records import DocumentRow
from imsa_desk.store.tables import blob_chunk, journal_link
from imsa_desk.store.verify import verify_chains

PAGES = ("cipher_integrity_check", "integrity_check", "foreign_key_check")
"""What SQLCipher and SQLite check by themselves, in this order."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check of a database found: what is wrong, each writer's last line, how many lines."""

    problems: tuple[str, ...]
    heads: dict[str, tuple[int, str]]
    lines: int


def full_check(engine: Engine, progress: Progress = quiet, *, beside: Engine | None = None) -> Checked:
    """Check a database that nobody else uses.

    A database of an older release is checked without its projection, whose rules that release had. Damage
    is never raised: what stops a part is a problem like any other. Ids only in what is told. A second
    engine `beside`, on the same file, reads the documents meanwhile.
    """
    with _contents_beside(beside) as documents, engine.connect() as connection:
        parts: list[Callable[[Connection], list[str]]] = [told_by(name) for name in PAGES]
        parts.append(chains)
        if is_current(engine):
            parts += [differences, missing]
        parts.append(contents if documents is None else lambda _: documents.result())
        problems: list[str] = []
        for done, part in enumerate(parts):
            progress(done, len(parts))
            problems += attempted(part, connection)
        heads, lines = heads_of(connection)
    progress(len(parts), len(parts))
    return Checked(tuple(problems), heads, lines)


@contextmanager
def _contents_beside(engine: Engine | None) -> Iterator[Future[list[str]] | None]:
    """Let another thread check the documents for the length of a block; it stops when the block fails."""
    if engine is None:
        yield None
        return
    stopped = threading.Event()

    def work() -> list[str]:
        with engine.connect() as connection:
            return attempted(lambda given: contents(given, stopped), connection)

    with ThreadPoolExecutor(1) as pool:
        try:
            yield pool.submit(work)
        except BaseException:
            stopped.set()
            raise


def is_current(engine: Engine) -> bool:
    """Say whether a database's tables are this release's."""
    return schema_state(engine) is SchemaState.CURRENT


def attempted(part: Callable[[Connection], list[str]], connection: Connection) -> list[str]:
    """Run one part; damage that stops it is what it found."""
    try:
        return part(connection)
    except Broken as error:
        return [f"{error.code}: {error.message}"]
    except (SQLAlchemyError, sqlcipher.Error, UnicodeError, LookupError, TypeError, ValueError) as error:
        # Damage may show as any of these; their texts may hold what stands in the record.
        return [f"{getattr(part, '__name__', 'part')}: cannot be read ({type(error).__name__})"]


def told_by(pragma: str) -> Callable[[Connection], list[str]]:
    """Make the part that asks one of `PAGES`; every row of its answer counts."""

    def part(connection: Connection) -> list[str]:
        rows = [str(row[0]) for row in connection.execute(text(f"PRAGMA {pragma}"))]
        return [f"{pragma}: {row}" for row in rows if row != "ok"]

    part.__name__ = pragma
    return part


def chains(connection: Connection) -> list[str]:
    """Follow every writer's links with their bodies."""
    verify_chains(connection, {}, bodies=True)
    return []


def contents(connection: Connection, stopped: threading.Event | None = None) -> list[str]:
    """Hash every document's content, a piece at a time, until the end or until `stopped`."""
    cursor: Any = connection.connection.cursor()
    try:
        cursor.execute("SELECT sha256, n, data FROM blob_chunk ORDER BY sha256, n")
        return list(_wrong(cursor, stopped))
    finally:
        cursor.close()


def _wrong(rows: Iterator[tuple[str, int, bytes]], stopped: threading.Event | None = None) -> Iterator[str]:
    known, expected, digest = "", 0, hashlib.sha256()
    for sha256, n, data in rows:
        if stopped is not None and stopped.is_set():
            return
        if sha256 != known:
            if known and digest.hexdigest() != known:
                yield f"document {known}: content differs"
            known, expected, digest = sha256, 0, hashlib.sha256()
        if n != expected:
            yield f"document {known}: a piece is missing"
        digest.update(data)
        expected = n + 1
    if known and digest.hexdigest() != known:
        yield f"document {known}: content differs"


def content(connection: Connection, sha256: str) -> list[str]:
    """Hash one document's content."""
    query = select(blob_chunk.c.sha256, blob_chunk.c.n, blob_chunk.c.data)
    rows = connection.execute(query.where(blob_chunk.c.sha256 == sha256).order_by(blob_chunk.c.n))
    return list(_wrong((str(r[0]), int(r[1]), bytes(r[2])) for r in rows))


def missing(connection: Connection) -> list[str]:
    """Find documents whose content is not there."""
    there = set(connection.execute(select(blob_chunk.c.sha256).distinct()).scalars())
    rows = connection.execute(select(DocumentRow.id, DocumentRow.sha256)).all()
    return [f"{record}: the document's content is missing" for record, sha256 in rows if sha256 not in there]


def heads_of(connection: Connection) -> tuple[dict[str, tuple[int, str]], int]:
    """Give each writer's last (seq, line hash), and how many lines there are; nothing where unreadable."""
    link = journal_link.c
    try:
        last = select(link.writer, func.max(link.seq).label("seq")).group_by(link.writer).subquery()
        query = select(link.writer, link.seq, link.line_hash).join(
            last, (link.writer == last.c.writer) & (link.seq == last.c.seq)
        )
        rows = connection.execute(query).all()
        lines = connection.execute(select(func.count()).select_from(journal_link)).scalar_one()
    except SQLAlchemyError:
        return {}, 0
    return {writer: (seq, line) for writer, seq, line in rows}, int(lines)
