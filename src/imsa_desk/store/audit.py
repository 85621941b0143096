"""Checks the whole of a large database in constant memory: chains, projection, documents.

It finds what `verify_chains` and `differences` find, slice by slice, and what has no line at all.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Connection, Table, func, select

from imsa_desk.domain.lines import FIRST, Line, Link, verify
from imsa_desk.errors import Broken
from imsa_desk.store.fields import class_of
from imsa_desk.store.project import Lines, bodies_of, heads_of, row_of
from imsa_desk.store.records import DocumentRow
from imsa_desk.store.records.base import Record, record_classes
from imsa_desk.store.tables import blob_chunk, journal_body, journal_head, journal_link
from imsa_desk.store.writers import writers

_LINES = 4_000
_RECORDS = 2_000
_DOCUMENTS = 500
_GONE = "a line of the record is missing"


def audit(connection: Connection) -> Iterator[str]:
    """Give what is wrong, one plain line each, ids only."""
    yield from _chains(connection)
    yield from _projection(connection)
    yield from _documents(connection)


def _chains(connection: Connection) -> Iterator[str]:
    """Follow every writer's links from the first to the last, with their bodies."""
    for writer in writers(connection):
        try:
            _follow(connection, writer)
        except Broken as error:
            yield f"{error.code}: {error.message}"
    link, body = journal_link.c, journal_body.c
    joined = (link.writer == body.writer) & (link.seq == body.seq)
    stray = select(func.count()).select_from(journal_body.outerjoin(journal_link, joined))
    if connection.execute(stray.where(link.seq.is_(None))).scalar_one():
        yield "E_CHAIN: content of lines that are not there"


def _follow(connection: Connection, writer: str) -> None:
    link, body = journal_link.c, journal_body.c
    joined = (link.writer == body.writer) & (link.seq == body.seq)
    both = journal_link.outerjoin(journal_body, joined)
    query = select(*link, body.body).select_from(both).where(link.writer == writer).order_by(link.seq)
    seq, known = 0, FIRST
    while True:
        rows = connection.execute(query.where(link.seq > seq).limit(_LINES)).all()
        for row in rows:
            if row.seq != seq + 1:
                raise Broken(f"{writer}: {_GONE}.", code="E_CHAIN")
            verify(Line(Link(*row[:5]), row[5]), known)
            seq, known = row.seq, row.line_hash
        if len(rows) < _LINES:
            return


def _projection(connection: Connection) -> Iterator[str]:
    """Compute every record from its lines and compare it with its row and heads."""
    rows, heads = Counter[type[Record]](), 0
    record, last = journal_body.c.record, ""
    query = select(record).where(journal_body.c.body.is_not(None)).distinct().order_by(record)
    while True:
        ids = connection.execute(query.where(record > last).limit(_RECORDS)).scalars().all()
        if not ids:
            break
        last = ids[-1]
        lines = bodies_of(connection, ids)
        made = {i: row for i, found in lines.items() if (row := row_of(found))}
        rows.update(cls for cls, _ in made.values())
        yield from _other_rows(connection, lines, made)
        wanted = {(i, n, h) for i, found in lines.items() for n, at in heads_of(found).items() for h in at}
        heads += len(wanted)
        yield from _other_heads(connection, ids, wanted)
    # What stands there without any line is in none of the slices, so the counts do not agree.
    for cls in record_classes():
        if _count(connection, cast(Table, cls.__table__)) != rows[cls]:
            yield f"{cls.__tablename__}: rows that no line made"
    if _count(connection, journal_head) != heads:
        yield "journal_head: heads that no line made"


def _other_rows(
    connection: Connection,
    lines: Mapping[str, Lines],
    made: Mapping[str, tuple[type[Record], Mapping[str, Any]]],
) -> Iterator[str]:
    of_kind: dict[str, list[str]] = {}
    for record, some in lines.items():
        for kind in {body["kind"] for _, body in some}:
            of_kind.setdefault(kind, []).append(record)
    for kind, ids in sorted(of_kind.items()):
        table = cast(Table, class_of(kind).__table__)
        expected = {i: made[i][1] for i in ids if i in made and made[i][0].kind == kind}
        found: dict[str, dict[str, Any]] = {}
        for part in _parts(ids):
            query = select(table).where(table.c.id.in_(part))
            found |= {row.id: dict(row._mapping) for row in connection.execute(query)}
        for record in sorted(expected.keys() | found.keys()):
            if expected.get(record) != found.get(record):
                yield f"{record}: row differs from the journal"


def _other_heads(
    connection: Connection, ids: Sequence[str], wanted: set[tuple[str, str, str]]
) -> Iterator[str]:
    stored = set[tuple[str, str, str]]()
    for some in _parts(ids):
        query = select(journal_head).where(journal_head.c.record.in_(some))
        stored |= {(row.record, row.field, row.line) for row in connection.execute(query)}
    for record in sorted({record for record, _, _ in stored ^ wanted}):
        yield f"{record}: heads differ from the journal"


def _documents(connection: Connection) -> Iterator[str]:
    """Read every document that a record names, and see that its content is what the record says."""
    row, last = DocumentRow, ""
    while True:
        query = select(row.id, row.sha256).where(row.id > last).order_by(row.id).limit(_DOCUMENTS)
        some = connection.execute(query).all()
        for record, sha256 in some:
            if (wrong := _content(connection, sha256)) is not None:
                yield f"{record}: {wrong}"
        if len(some) < _DOCUMENTS:
            return
        last = some[-1].id


def _content(connection: Connection, sha256: str) -> str | None:
    digest, n = hashlib.sha256(), 0
    while True:
        query = select(blob_chunk.c.data).where(blob_chunk.c.sha256 == sha256, blob_chunk.c.n == n)
        data = connection.execute(query).scalar_one_or_none()
        if data is None:
            break
        digest.update(data)
        n += 1
    if not n:
        return "the document's content is missing"
    return None if digest.hexdigest() == sha256 else "the document's content is damaged"


def _count(connection: Connection, table: Table) -> int:
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def _parts(ids: Sequence[str], size: int = 500) -> Iterator[Sequence[str]]:
    for at in range(0, len(ids), size):
        yield ids[at : at + size]
