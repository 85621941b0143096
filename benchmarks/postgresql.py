"""A PostgreSQL of one's own for a measurement: empty, on a Unix socket, gone afterwards."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
from psycopg import sql

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from postgresql_kit import DURABLE, Server, running_server

__all__ = ["DURABLE", "Server", "new_database", "running_server"]

_NUMBER = count(1)


@contextmanager
def new_database(server: Server) -> Iterator[str]:
    """Give the address of a new, empty database."""
    name = f"bench_{next(_NUMBER)}"
    with psycopg.connect(
        host=str(server.folder), user="imsa", dbname="postgres", autocommit=True
    ) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield f"postgresql://imsa@/{name}?host={server.folder}"
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
