"""Copies everything an office holds from one database into another, and compares the two."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator
from contextlib import closing
from typing import Any

from sqlalchemy import Connection, Engine, Table, delete, func, select

from imsa_desk.progress import Progress
from imsa_desk.store import index
from imsa_desk.store.intake import put_rows
from imsa_desk.store.records.base import record_classes
from imsa_desk.store.tables import journal_link, local_value, metadata, search_row

_ROWS = 1_000
Moves = Callable[[str], bool]
"""Says of a local value's name whether it goes with the records."""
Fingerprint = tuple[int, int]


def tables() -> tuple[Table, ...]:
    """Give every table that is copied; the search index is made anew where it is needed."""
    return tuple(table for table in metadata.sorted_tables if table is not search_row)


def copy_all(source: Connection, target: Connection, moves: Moves, progress: Progress) -> None:
    """Copy all rows into empty tables, by slices, within the target's transaction."""
    total = sum(_count(source, table) for table in tables())
    done = 0
    target.info["projecting"] = True
    try:
        for table in tables():
            with closing(_slices(source, table, moves)) as slices:
                for rows in slices:
                    put_rows(target, table, rows)
                    done += len(rows)
                    progress(done, total)
    finally:
        if not target.invalidated:
            target.info.pop("projecting", None)


def differing(source: Connection, target: Connection, moves: Moves) -> tuple[str, ...]:
    """Name the tables whose number of rows or content differ."""
    both = ((table, _print(source, table, moves), _print(target, table, moves)) for table in tables())
    return tuple(str(table.name) for table, one, other in both if one != other)


def is_empty(connection: Connection) -> bool:
    """Say whether no line was ever taken in here."""
    return connection.execute(select(journal_link).limit(1)).first() is None


def index_all(connection: Connection) -> None:
    """Make the search index of an encrypted file anew."""
    for cls in record_classes():
        last = ""
        while cls.searched:
            # Rows are read as plain columns and made into records that belong to no session.
            table: Any = cls.__table__
            query = select(table).where(table.c.id > last).order_by(table.c.id).limit(_ROWS)
            rows = [dict(row._mapping) for row in connection.execute(query)]
            index.put(connection, [cls(**row) for row in rows], [])
            if len(rows) < _ROWS:
                break
            last = rows[-1]["id"]


def erase_file(connection: Connection, moves: Moves) -> None:
    """Empty an encrypted file's tables, within its transaction, after all was copied elsewhere and compared.

    The triggers that keep the journal append-only are taken off for it and put back.
    """
    kept = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all()
    for name, _ in kept:
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
    connection.info["projecting"] = True
    try:
        for table in tables():
            if table is not local_value:
                connection.execute(delete(table))
    finally:
        connection.info.pop("projecting", None)
    names = connection.execute(select(local_value.c.name)).scalars().all()
    for name in (n for n in names if moves(n)):
        connection.execute(delete(local_value).where(local_value.c.name == name))
    connection.exec_driver_sql("INSERT INTO search(search) VALUES ('delete-all')")
    connection.execute(delete(search_row))
    for _, sql in kept:
        connection.exec_driver_sql(sql)


def shrink_file(engine: Engine) -> None:
    """Give the room of what was erased back to the disk, after the transaction that erased it."""
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        driver.execute("VACUUM")


def drop_all(engine: Engine) -> None:
    """Drop every table, view and function of a server's database, as their owner."""
    with engine.begin() as connection:
        for name in connection.exec_driver_sql(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        ).scalars():
            connection.exec_driver_sql(f'DROP TABLE "{name}" CASCADE')
        for function in connection.exec_driver_sql(
            "SELECT p.oid::regprocedure::text FROM pg_proc AS p JOIN pg_namespace AS n "
            "ON n.oid = p.pronamespace WHERE n.nspname = 'public'"
        ).scalars():
            connection.exec_driver_sql(f"DROP FUNCTION {function} CASCADE")


def _slices(
    connection: Connection, table: Table, moves: Moves
) -> Generator[list[dict[str, Any]], None, None]:
    with connection.execute(select(table).execution_options(yield_per=_ROWS)) as result:
        for part in result.mappings().partitions():
            rows = [dict(row) for row in part]
            if table is local_value:
                rows = [row for row in rows if moves(row["name"])]
            yield rows


def _print(connection: Connection, table: Table, moves: Moves) -> Fingerprint:
    """Sum the rows' hashes: the order in which two databases give them does not matter."""
    count, total = 0, 0
    for rows in _slices(connection, table, moves):
        for row in rows:
            text = repr([bytes(v) if isinstance(v, memoryview) else v for v in row.values()])
            total += int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest())
        count += len(rows)
    return count, total % 2**256


def _count(connection: Connection, table: Table) -> int:
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())
