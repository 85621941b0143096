"""Who wrote in a journal: a few names among very many lines."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from imsa_desk.store.tables import journal_link


def writers(connection: Connection) -> list[str]:
    """Give every writer of the journal, sorted.

    Each is looked up after the last in the key: `DISTINCT` would read all lines, at every unlocking.
    """
    writer, found = journal_link.c.writer, list[str]()
    one = connection.scalar(select(func.min(writer)))
    while one is not None:
        found.append(one)
        one = connection.scalar(select(func.min(writer)).where(writer > one))
    return found
