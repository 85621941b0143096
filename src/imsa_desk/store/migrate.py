"""Brings a database's tables to this version of the program: all of it, or none of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from enum import StrEnum
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from imsa_desk import paths
from imsa_desk.errors import Broken

_VERSIONS = "alembic_version"
_ADVISORY = 0x494D5341  # one migration at a time on a shared server


class SchemaState(StrEnum):
    """How a database's tables stand to this version of the program."""

    CURRENT = "current"
    OLDER = "older"
    NEWER = "newer"
    EMPTY = "empty"


def schema_state(engine: Engine, scripts: Path | None = None) -> SchemaState:
    """Compare a database with the migrations at hand.

    Raises `Broken`: E_SCHEMA for foreign tables, E_DATABASE when it cannot be read.
    """
    directory = ScriptDirectory.from_config(_config(scripts))
    try:
        found = _revisions(engine)
    except DBAPIError as error:
        raise Broken(
            "The database cannot be read: it is damaged, or the disk reported an error. Nothing was changed. "
            "Try again, or restore it from a backup.",
            code="E_DATABASE",
        ) from error
    if found is None:
        return SchemaState.EMPTY
    if found == set(directory.get_heads()):
        return SchemaState.CURRENT
    known = {script.revision for script in directory.walk_revisions()}
    return SchemaState.OLDER if found <= known else SchemaState.NEWER


def _revisions(engine: Engine) -> set[str] | None:
    """Read the schema's revisions; `None` for a database without any table."""
    with engine.connect() as connection:
        tables = inspect(connection).get_table_names()
        if not tables:
            return None
        if _VERSIONS not in tables:
            raise Broken(
                "The database holds tables that IMSA Desk did not make. Nothing was changed. Use an empty "
                "database.",
                code="E_SCHEMA",
            )
        return set(MigrationContext.configure(connection).get_current_heads())


def upgrade(engine: Engine, scripts: Path | None = None) -> None:
    """Run every missing migration in one transaction, check the result, then commit.

    Raises `Broken`: E_NEWER when the database is from a newer program, E_MIGRATION when a step or the check
    failed. In both cases nothing was changed and the version that wrote the database can still use it.
    """
    state = schema_state(engine, scripts)
    if state is SchemaState.CURRENT:
        return
    if state is SchemaState.NEWER:
        raise Broken(
            "These records were written by a newer IMSA Desk. Nothing was changed. Install the newer "
            "version.",
            code="E_NEWER",
        )
    config = _config(scripts)
    try:
        with engine.connect() as connection:
            encrypted = connection.dialect.name == "sqlite"
            with _foreign_keys_off(connection) if encrypted else nullcontext(), connection.begin():
                if not encrypted:
                    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY})
                config.attributes["connection"] = connection
                before = _kept(connection)
                command.upgrade(config, "head")
                if before is not None and _kept(connection) != before:
                    raise _failed()
                if encrypted:
                    _check(connection)
    except (SQLAlchemyError, CommandError) as error:
        raise _failed() from error


@contextmanager
def _foreign_keys_off(connection: Connection) -> Iterator[None]:
    """Switch foreign keys off around a transaction: inside one the setting is ignored without a word.

    With them on, rebuilding a table that others point to would fail at its `DROP TABLE`.
    """
    driver: Any = connection.connection.driver_connection
    _switch(driver, 0)
    try:
        yield
    finally:
        _switch(driver, 1)


def _switch(driver: Any, value: int) -> None:
    driver.execute(f"PRAGMA foreign_keys = {value}").fetchall()
    if driver.execute("PRAGMA foreign_keys").fetchone() != (value,):
        raise _failed()


def _kept(connection: Connection) -> list[Any] | None:
    """Count what no migration may change: the ends of the chains, bodies, documents, drafts, local values."""
    if not inspect(connection).has_table("journal_link"):
        return None
    ends = (
        "SELECT writer, count(*), max(seq), max(line_hash) FROM journal_link GROUP BY writer ORDER BY writer"
    )
    bodies = "SELECT count(*), count(body), sum(length(body)) FROM journal_body"
    chunks = "SELECT count(*), sum(length(data)) FROM blob_chunk"
    rest = "SELECT (SELECT count(*) FROM draft), (SELECT count(*) FROM local_value)"
    return [[tuple(row) for row in connection.execute(text(query))] for query in (ends, bodies, chunks, rest)]


def _check(connection: Connection) -> None:
    if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
        raise _failed()
    if connection.exec_driver_sql("PRAGMA integrity_check").scalars().all() != ["ok"]:
        raise _failed()


def _config(scripts: Path | None) -> Config:
    config = Config()
    # A percent sign would be read as the start of a reference.
    config.set_main_option("script_location", str(scripts or paths.migrations()).replace("%", "%%"))
    return config


def _failed() -> Broken:
    return Broken(
        "The records could not be brought up to this version of the program. Nothing was changed: the "
        "version used before can still open them. Send the error report to your organisation.",
        code="E_MIGRATION",
    )
