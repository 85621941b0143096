"""Verbs that look quickly over what was opened or tried, without holding anybody up."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, text

from imsa_desk.progress import Progress, quiet
from imsa_desk.services.desk import Desk
from imsa_desk.store import tries
from imsa_desk.store.tables import blob_chunk

_LEFT_OUT = frozenset({blob_chunk.name})
"""As large as all documents together; each is compared with its digest when it is opened and backed up."""


def look_over(desk: Desk, progress: Progress = quiet) -> tuple[str, ...]:
    """Look through the tables of an open vault, one at a time, and name those that are damaged.

    Everybody else has their turn between two tables. Raises Broken where a page cannot be read at all.
    """
    with desk.store.read() as session:
        names = _tables(session.connection())
    damaged: list[str] = []
    for done, name in enumerate(names):
        progress(done, len(names))
        with desk.store.read() as session:
            quoted = name.replace('"', '""')
            rows = session.connection().execute(text(f'PRAGMA quick_check("{quoted}")')).scalars().all()
        if any(row != "ok" for row in rows):
            damaged.append(name)
    return tuple(damaged)


def _tables(connection: Connection) -> list[str]:
    query = text("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    return sorted(str(name) for name in connection.execute(query).scalars() if name not in _LEFT_OUT)


def failed_tries(folder: Path) -> int:
    """Say how many secrets have failed since the vault was last unlocked."""
    return tries.failed(folder)
