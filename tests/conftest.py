"""What every test starts from: no display, and property tests that do not depend on the machine's speed."""

from __future__ import annotations

import os
from typing import Any

from hypothesis import HealthCheck, settings
from sqlalchemy import Connection, Engine, event
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

pytest_plugins = ["desk_fixtures"]

_COMPILED: LRUCache[Any, Any] = LRUCache(4_000)


def _share_statements() -> None:
    """Let every database of a test run use what was compiled for another of its kind.

    Tests open hundreds of databases, each of which would compile all its statements anew: more than half of
    the time of a test that sends and takes in. The program does not: a vault that was closed leaves nothing.
    """

    def same(one: Any, other: Any) -> bool:
        return type(one) is type(other) and one.dbapi is other.dbapi

    def number(one: Any) -> int:
        return hash((type(one), id(one.dbapi)))

    for dialect in (SQLiteDialect_pysqlite, PGDialect_psycopg):
        made: Any = dialect
        made.__eq__, made.__hash__ = same, number

    @event.listens_for(Engine, "engine_connect")
    def use_shared(connection: Connection) -> None:
        connection.execution_options(compiled_cache=_COMPILED)


_share_statements()
