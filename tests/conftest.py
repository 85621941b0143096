"""What every test starts from: no display, and property tests that do not depend on the machine's speed."""

from __future__ import annotations

import gc
import os
from functools import lru_cache
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Connection, Engine, event
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

from imsa_desk.crypto import kdf

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


def _derive_once() -> None:
    """Let a test run work each key out once.

    Copies of a vault have one salt, and a slot is tried as soon as it is written: the same keys over and over
    were a fifth of the time of all tests. Not kept is what the program measures, which has a salt of zeros;
    and other processes, the program's own among them, work out all of theirs.
    """
    program: Any = kdf
    argon2 = program.Argon2id

    @lru_cache(maxsize=4_000)
    def key(material: bytes, costs: frozenset[tuple[str, Any]]) -> bytes:
        made: bytes = argon2(**dict(costs)).derive(material)
        return made

    class Once:
        def __init__(self, *, salt: bytes, **costs: int) -> None:
            self._measured = not any(salt)
            self._costs = frozenset({"salt": salt, **costs}.items())

        def derive(self, material: bytes) -> bytes:
            return (key.__wrapped__ if self._measured else key)(material, self._costs)

    program.Argon2id = Once


_derive_once()


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Leave what all tests share out of every later collection of garbage: it is there until the end."""
    gc.collect()
    gc.freeze()
