"""Where a bundle's lines wait until its last byte was verified: the journal is not touched before.

On PostgreSQL that is `staging_line`, a temporary table of the connection: two intakes never meet there, it
costs no log, and nothing of it is left when either is cut off. It is filled by COPY and emptied at the end of
the transaction. An encrypted file has one connection and one transaction: there the lines go straight in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from sqlalchemy import Connection, text

from imsa_desk.domain.lines import Line, Link
from imsa_desk.store.intake import copies, copy_in

SLICE = 4_000
"""Lines that are in memory at a time: some megabytes."""
_NAMES = ("n", "writer", "seq", "prev", "body_hash", "line_hash", "body")
_MAKE = (
    "CREATE TEMPORARY TABLE IF NOT EXISTS staging_line (n integer PRIMARY KEY, writer text, seq integer, "
    "prev text, body_hash text, line_hash text, body text) ON COMMIT DELETE ROWS"
)
_READ = text(
    "SELECT writer, seq, prev, body_hash, line_hash, body FROM staging_line "
    "WHERE n >= :first AND n < :last ORDER BY n"
)


def slices(lines: Iterable[Line], size: int = SLICE) -> Iterator[list[Line]]:
    """Cut lines into runs that fit into memory."""
    rest = iter(lines)
    while some := list(islice(rest, size)):
        yield some


class Staging:
    """The lines of one bundle within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._count = 0
        if copies(connection):
            connection.execute(text(_MAKE))

    @staticmethod
    def serves(connection: Connection) -> bool:
        """Say whether this database has room for lines that wait."""
        return copies(connection)

    def put(self, lines: Iterable[Line]) -> None:
        """Add lines after those that are here."""
        for some in slices(lines):
            rows = ((self._count + n, *_row(line)) for n, line in enumerate(some))
            copy_in(self._connection, "staging_line", _NAMES, rows)
            self._count += len(some)

    def take(self) -> Iterator[list[Line]]:
        """Give the lines in order, by slices."""
        for first in range(0, self._count, SLICE):
            rows = self._connection.execute(_READ, {"first": first, "last": first + SLICE})
            yield [Line(Link(*row[:5]), row[5]) for row in rows]


def _row(line: Line) -> tuple[str | int | None, ...]:
    link = line.link
    return link.writer, link.seq, link.prev, link.body_hash, link.line_hash, line.body
