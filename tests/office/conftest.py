"""A real PostgreSQL for the office's tests."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from postgresql_kit import running_server
from psycopg import sql


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Path]:
    """Start a server on a socket in an empty folder; stop it and remove everything afterwards."""
    with running_server() as server:
        yield server.folder


@pytest.fixture
def postgresql_url(postgresql_server: Path) -> Iterator[str]:
    """Give the address of a new, empty database."""
    name = f"office_{time.monotonic_ns()}"
    with psycopg.connect(
        host=str(postgresql_server), user="imsa", dbname="postgres", autocommit=True
    ) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield f"postgresql://imsa@/{name}?host={postgresql_server}"
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
