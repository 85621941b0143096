"""A database's journal, what waits, local values and documents as one stream of lines, and back.

Line 1 says what follows: {"format", "version", "about"}. Then {"table", "rows"} with at most 500 rows, each a
list of values in the order of the table's columns (bytes as base64); at the end {"end": rows, "sha256": of
everything before}. Records and heads are not in it: they are projected anew from the journal.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, LargeBinary, Table, func, select

from imsa_desk.domain.canonical import canonical, parse_canonical
from imsa_desk.errors import Broken
from imsa_desk.store.project import project
from imsa_desk.store.tables import blob_chunk, journal_body, journal_link, local_value, waiting_body

FORMAT = "imsa-records"
VERSION = 1
TABLES = (journal_link, journal_body, waiting_body, local_value, blob_chunk)
_ROWS = 500
_BLOBS = 4
"""Rows at once of the table with documents: one chunk may be a megabyte."""
_LONGEST = 64 * 1024 * 1024


def dump(connection: Connection, about: Mapping[str, Any]) -> Iterator[bytes]:
    """Give a database line by line, in one consistent reading of the connection's transaction."""
    digest, rows = hashlib.sha256(), 0
    for value, count in _values(connection, about):
        line = canonical(value) + b"\n"
        digest.update(line)
        rows += count
        yield line
    yield canonical({"end": rows, "sha256": digest.hexdigest()}) + b"\n"


def _values(connection: Connection, about: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], int]]:
    yield {"format": FORMAT, "version": VERSION, "about": dict(about)}, 0
    for table in TABLES:
        size = _BLOBS if table is blob_chunk else _ROWS
        keys = list(table.primary_key.columns)
        found = connection.execution_options(yield_per=size).execute(select(table).order_by(*keys))
        for part in found.partitions(size):
            yield {"table": table.name, "rows": [[_out(v) for v in row] for row in part]}, len(part)


def _out(value: Any) -> Any:
    return base64.b64encode(value).decode() if isinstance(value, bytes | memoryview) else value


class Reading:
    """Reads what `dump` wrote from pieces of bytes; calls `take` with each table's rows, checks the end."""

    def __init__(self, take: Callable[[Table, list[dict[str, Any]]], None]) -> None:
        self._take = take
        self._rest = b""
        self._digest = hashlib.sha256()
        self._rows = 0
        self.about: dict[str, Any] = {}
        self._begun = self._ended = False

    def write(self, data: bytes, /) -> int:
        """Take the next bytes; raises Broken (E_ARCHIVE)."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._line(line)
        _need(len(self._rest) <= _LONGEST)
        return len(data)

    def flush(self) -> None:
        """Do nothing: what was taken is with the taker."""

    def finish(self) -> None:
        """See that the end was there and nothing after it; raises Broken (E_ARCHIVE)."""
        _need(self._ended and not self._rest)

    def _line(self, line: bytes) -> None:
        _need(not self._ended)
        value = parse_canonical(line)
        _need(isinstance(value, dict))
        if "end" in value:
            _need(value == {"end": self._rows, "sha256": self._digest.hexdigest()} and self._begun)
            self._ended = True
            return
        self._digest.update(line + b"\n")
        if not self._begun:
            _need(value.get("format") == FORMAT and value.get("version") == VERSION)
            self.about, self._begun = value["about"], True
            return
        table = next((t for t in TABLES if t.name == value.get("table")), None)
        if table is None:
            raise _broken()
        rows = [_row(table, values) for values in value["rows"]]
        self._rows += len(rows)
        self._take(table, rows)


def _row(table: Table, values: list[Any]) -> dict[str, Any]:
    columns = list(table.columns)
    _need(len(values) == len(columns))
    return {
        c.name: base64.b64decode(v) if isinstance(c.type, LargeBinary) and v is not None else v
        for c, v in zip(columns, values, strict=True)
    }


def project_all(connection: Connection) -> None:
    """Project every record anew, slice by slice."""
    last = ""
    while True:
        record = journal_body.c.record
        query = select(record).distinct().where(record > last).order_by(record).limit(_ROWS)
        ids = list(connection.execute(query).scalars())
        if not ids:
            return
        project(connection, ids)
        last = ids[-1]


def is_empty(connection: Connection) -> bool:
    """Say whether a database holds nothing that an archive would bring."""
    return not any(connection.execute(select(func.count()).select_from(t)).scalar_one() for t in TABLES)


class Pieces:
    """An iterator of bytes as something to read from."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._rest = b""

    def read(self, size: int, /) -> bytes:
        """Give up to `size` bytes; none at the end."""
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return b""
            self._rest = piece
        given, self._rest = self._rest[:size], self._rest[size:]
        return given


def _need(sound: bool) -> None:
    if not sound:
        raise _broken()


def _broken() -> Broken:
    return Broken("The file of the office's records is damaged or incomplete.", code="E_ARCHIVE")
