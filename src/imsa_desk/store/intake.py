"""Writes many rows at once: by COPY on PostgreSQL, by one prepared statement elsewhere.

And what a large intake needs to know so that nothing is read back: which records are new here, and their
lines from memory.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from datetime import UTC
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table, select, text
from sqlalchemy.exc import DBAPIError

from imsa_desk.domain.lines import Line
from imsa_desk.store.records.base import Utc
from imsa_desk.store.tables import journal_body

_CHUNK = 500
_PIECE = 256 * 1024
_KNOWN = text(
    "SELECT asked FROM unnest(CAST(:records AS text[])) AS asked "
    "WHERE EXISTS (SELECT 1 FROM journal_body WHERE record = asked)"
)
"""One look into the index for each record, however many lines there are: so an office may grow."""
_ESCAPES = (("\\", "\\\\"), ("\n", "\\n"), ("\t", "\\t"), ("\r", "\\r"))


def copies(connection: Connection) -> bool:
    """Say whether this database takes rows by COPY."""
    return connection.dialect.name == "postgresql"


def put_rows(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows that name every column of their table."""
    if not rows:
        return
    if not copies(connection):
        connection.execute(table.insert(), rows)
        return
    names, moments = _columns(table)
    for row in rows if moments else ():
        for name in moments:
            # The column has no zone: a moment stands there in UTC, as its type would store it.
            if (at := row[name]) is not None:
                row[name] = at.astimezone(UTC).replace(tzinfo=None)
    copy_in(connection, str(table.name), names, ([row[name] for name in names] for row in rows))


@cache
def _columns(table: Table) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give a table's columns, and those that hold a moment."""
    moments = tuple(column.name for column in table.columns if isinstance(column.type, Utc))
    return tuple(column.name for column in table.columns), moments


def copy_in(connection: Connection, table: str, names: Sequence[str], rows: Iterable[Iterable[Any]]) -> None:
    """Copy rows into a table of PostgreSQL; the driver's errors come as those of any statement."""
    quote = connection.dialect.identifier_preparer.quote
    statement = f"COPY {quote(table)} ({', '.join(map(quote, names))}) FROM STDIN"
    driver: Any = connection.connection.driver_connection
    errors: Any = connection.dialect.loaded_dbapi.Error
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for piece in _pieces(rows):
                copy.write(piece)
    except errors as error:
        lost = bool(driver.closed)
        if lost:
            with suppress(Exception):
                connection.invalidate(error)
        raise DBAPIError.instance(
            statement, None, error, errors, hide_parameters=True, connection_invalidated=lost
        ) from error


def _pieces(rows: Iterable[Iterable[Any]]) -> Iterable[str]:
    gathered, size = list[str](), 0
    for row in rows:
        line = "\t".join(map(_spelled, row)) + "\n"
        gathered.append(line)
        size += len(line)
        if size >= _PIECE:
            yield "".join(gathered)
            gathered, size = [], 0
    yield "".join(gathered)


def _spelled(value: Any) -> str:
    """Spell a value as COPY's text format has it."""
    if value is None:
        return "\\N"
    if isinstance(value, str):
        spelled: str = value
        for raw, escaped in _ESCAPES:
            if raw in spelled:
                spelled = spelled.replace(raw, escaped)
        return spelled
    if isinstance(value, bytes | memoryview):
        return "\\\\x" + bytes(value).hex()
    # Numbers, truth, days and moments need no escape.
    return str(value)


def not_here(connection: Connection, records: Collection[str]) -> set[str]:
    """Give those of these records of which no line has content here yet."""
    wanted, known = sorted(records), set[str]()
    if copies(connection):
        found = connection.execute(_KNOWN, {"records": wanted})
        return set(wanted) - set(found.scalars())
    record = journal_body.c.record
    for at in range(0, len(wanted), _CHUNK):
        query = select(record).where(record.in_(wanted[at : at + _CHUNK])).distinct()
        known |= set(connection.execute(query).scalars())
    return set(wanted) - known


def of_records(
    parsed: Iterable[tuple[Line, dict[str, Any]]], records: Collection[str]
) -> dict[str, list[tuple[str, dict[str, Any]]]]:
    """Group lines by record, for the projection, where these are all the lines a record has here."""
    found: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    for line, body in parsed:
        if body["record"] in records:
            found.setdefault(body["record"], []).append((line.link.line_hash, body))
    return found
