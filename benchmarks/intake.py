"""What the intake of a bundle costs over a bare COPY of the rows it ends in, into the same tables."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
from psycopg import sql

from benchmarks.figures import Figure, seconds
from benchmarks.journals import PER_ADVOCATE, Patterns, read_patterns
from benchmarks.postgresql import DURABLE, Server, new_database, running_server
from benchmarks.senders import enrolled
from imsa_desk.crypto.kdf import PRACTICE
from imsa_desk.services import office
from imsa_desk.store.engine import postgres_engine
from imsa_desk.store.migrate import upgrade

LIMIT = 10.0
"""At least 10 % of the rows a second of the bare COPY."""
ROUNDS, FULL_ROUNDS = 1, 5
Tables = dict[str, tuple[bytes, int]]


def measure(full: bool) -> list[Figure]:
    """Take an advocate's year in, then copy the same rows into an empty database of the same server."""
    with tempfile.TemporaryDirectory() as place, running_server(DURABLE) as server:
        patterns = read_patterns(Path(place))
        rounds = [
            _round(Path(place) / str(n), server, patterns, n) for n in range(FULL_ROUNDS if full else ROUNDS)
        ]
    ours, bare, rows = sorted(rounds, key=lambda r: r[0] / r[1])[len(rounds) // 2]
    detail = f"{rows} rows: {rows / ours:.0f} a second, bare COPY {rows / bare:.0f}"
    return [Figure("intake of a bundle / bare COPY of its rows", ours / bare, LIMIT, detail)]


def _round(folder: Path, server: Server, patterns: Patterns, seed: int) -> tuple[float, float, int]:
    folder.mkdir()
    with new_database(server) as first, new_database(server) as second:
        place, _ = office.init_office(
            folder / "office", "bench", "Bench", database=first, practice=True, params=PRACTICE
        )
        try:
            sender = enrolled(place, patterns, PER_ADVOCATE, seed, 1)
            files = [file for file, _ in sender.bundles(folder)]
            before = _counts(first)
            ours = seconds(lambda: _taken_in(place, files))
        finally:
            place.close()
        made = postgres_engine(second)
        upgrade(made)
        made.dispose()
        tables = dict(_tables(first, before))
        bare = seconds(lambda: _copy(second, tables))
    return ours, bare, sum(rows for _, rows in tables.values())


def _taken_in(place: office.Office, files: list[Path]) -> None:
    for outcome in office.ingest(place, files):
        assert outcome.done is not None and outcome.done.news, outcome.error


def _names(connection: psycopg.Connection) -> list[str]:
    found = connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' "
        "AND tablename NOT IN ('alembic_version', 'local_value') ORDER BY tablename"
    )
    return [name for (name,) in found]


def _counts(url: str) -> dict[str, int]:
    with psycopg.connect(url) as connection:
        return {name: _count(connection, name) for name in _names(connection)}


def _count(connection: psycopg.Connection, name: str) -> int:
    row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))).fetchone()
    assert row is not None
    return int(row[0])


def _tables(url: str, before: dict[str, int]) -> Iterator[tuple[str, tuple[bytes, int]]]:
    """Give what each table holds as COPY writes it, and how many rows are new."""
    with psycopg.connect(url) as connection:
        for name in _names(connection):
            rows = _count(connection, name) - before[name]
            if rows:
                out = sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(name))
                with connection.cursor() as cursor, cursor.copy(out) as copy:
                    yield name, (b"".join(bytes(piece) for piece in copy), rows)


def _copy(url: str, tables: Tables) -> None:
    """Copy everything in one transaction, durably."""
    with psycopg.connect(url) as connection:
        for name, (data, _) in tables.items():
            into = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(name))
            with connection.cursor() as cursor, cursor.copy(into) as copy:
                copy.write(data)
