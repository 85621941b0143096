"""What one side has of a writer's lines in a case, as two hashes that the other side can compute too.

Two sides that hold the same bodies of a writer in a case give the same digests, whatever else each has: lines
of other writers, later lines, bodies that were kept back.

`lines` is SHA-256 over the sorted hashes of those lines. `rows` is SHA-256 over the rows that these lines
make by themselves, as JSON without empty fields, so that a column added later changes nothing. Where the
present lines of a record are exactly these, its row is taken from the table, so that an altered table shows
too; elsewhere the row is computed from the lines.
"""

from __future__ import annotations

import hashlib
from collections.abc import Container, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, func, select

from imsa_desk.domain.canonical import canonical, parse_canonical
from imsa_desk.domain.digests import CaseDigest
from imsa_desk.store.fields import columns_of, is_empty, to_field
from imsa_desk.store.project import row_of
from imsa_desk.store.records.base import Record, record_classes
from imsa_desk.store.tables import journal_body, journal_link

_CHUNK = 400


def case_digest(
    connection: Connection, case_id: str, writer: str, only: Container[int] | None = None
) -> CaseDigest:
    """Digest a writer's present lines of a case; with `only`, those of them that have these numbers."""
    return case_digests(connection, [case_id], writer, only)[case_id]


def case_digests(
    connection: Connection, cases: Sequence[str], writer: str, only: Container[int] | None = None
) -> dict[str, CaseDigest]:
    """Digest a writer's present lines of some cases, in a few queries for all of them.

    Everything that is digested is in memory at once: ask for a few dozen cases at a time.
    """
    hashes: dict[str, list[str]] = {case: [] for case in cases}
    rows: dict[str, list[bytes]] = {case: [] for case in cases}
    counted: dict[str, int] = {}
    for case, seq, record, line in _lines(connection, cases, writer):
        if only is None or seq in only:
            hashes[case].append(line)
            counted[record] = counted.get(record, 0) + 1
    whole = _whole(connection, counted)
    for case, row in _from_tables(connection, cases, whole):
        rows[case].append(row)
    for case, row in _from_lines(connection, sorted(counted.keys() - whole), writer, only):
        rows[case].append(row)
    return {case: CaseDigest(_sha256(sorted(hashes[case])), _sha256(sorted(rows[case]))) for case in cases}


def _lines(connection: Connection, cases: Sequence[str], writer: str) -> Iterator[tuple[str, int, str, str]]:
    body, link = journal_body.c, journal_link.c
    joined = (link.writer == body.writer) & (link.seq == body.seq)
    query = (
        select(body.case_id, body.seq, body.record, link.line_hash)
        .join_from(journal_body, journal_link, joined)
        .where(body.writer == writer, body.case_id.in_(cases), body.body.is_not(None))
    )
    yield from ((case, seq, record, line) for case, seq, record, line in connection.execute(query))


def _whole(connection: Connection, counted: dict[str, int]) -> set[str]:
    """Find the records whose present lines, of every writer, are as many as those counted."""
    body = journal_body.c
    found: set[str] = set()
    records = sorted(counted)
    for at in range(0, len(records), _CHUNK):
        query = (
            select(body.record, func.count())
            .where(body.record.in_(records[at : at + _CHUNK]), body.body.is_not(None))
            .group_by(body.record)
        )
        found |= {record for record, count in connection.execute(query) if counted[record] == count}
    return found


def _from_tables(
    connection: Connection, cases: Sequence[str], records: set[str]
) -> Iterator[tuple[str, bytes]]:
    for cls in record_classes():
        columns = columns_of(cls)
        query = select(cls.__table__).where(cls.__table__.c.case_id.in_(cases))
        for row in connection.execute(query):
            found = row._mapping
            if found["id"] in records:
                values = {name: found[column.name] for name, column in columns.items()}
                yield found["case_id"], _row(cls, found["id"], values)


def _from_lines(
    connection: Connection, records: Sequence[str], writer: str, only: Container[int] | None
) -> Iterator[tuple[str, bytes]]:
    body, link = journal_body.c, journal_link.c
    joined = (link.writer == body.writer) & (link.seq == body.seq)
    for at in range(0, len(records), _CHUNK):
        query = (
            select(body.seq, body.record, link.line_hash, body.body)
            .join_from(journal_body, journal_link, joined)
            .where(
                body.writer == writer,
                body.record.in_(records[at : at + _CHUNK]),
                body.body.is_not(None),
            )
            .order_by(body.seq)
        )
        lines: dict[str, list[tuple[str, dict[str, Any]]]] = {}
        for seq, record, line, text in connection.execute(query):
            if only is None or seq in only:
                lines.setdefault(record, []).append((line, parse_canonical(text.encode())))
        for record, found in lines.items():
            made = row_of(found)
            if made is not None:
                yield str(made[1]["case_id"]), _row(made[0], record, made[1])


def _row(cls: type[Record], record: str, values: dict[str, Any]) -> bytes:
    filled = {
        name: to_field(values[name]) for name in columns_of(cls) if not is_empty(cls, name, values[name])
    }
    return canonical({"kind": cls.kind.value, "id": record, "fields": filled})


def _sha256(parts: Sequence[str] | Sequence[bytes]) -> str:
    whole = hashlib.sha256()
    for part in parts:
        whole.update(part.encode() if isinstance(part, str) else part)
        whole.update(b"\n")
    return whole.hexdigest()
