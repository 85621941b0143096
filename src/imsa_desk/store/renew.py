"""Moves a writer's newest lines to another writer: for a vault whose own history had to begin anew.

The one place where lines leave a journal. They never counted anywhere else: the organisation has other lines
under their numbers, or none. What they said stays, under the new writer, in the same order.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, delete, select, text
from sqlalchemy.orm import Session

from imsa_desk.domain.canonical import parse_canonical
from imsa_desk.domain.lines import make_line
from imsa_desk.store.journal import body_row, link_row, tail_of
from imsa_desk.store.project import project
from imsa_desk.store.tables import journal_body, journal_link
from imsa_desk.store.take_in import index_anew

_GUARDS = ("journal_link_no_delete", "journal_body_no_delete")


def move_lines(session: Session, former: str, since: int, new: str) -> int:
    """Move the lines of `former` after number `since` to `new`, within an open act; give how many.

    Lines whose content is gone (erased, forgotten) do not move: nobody else has them.
    """
    connection = session.connection()
    session.flush()
    link, body = journal_link.c, journal_body.c
    joined = (link.writer == body.writer) & (link.seq == body.seq)
    query = (
        select(link.line_hash, body.body)
        .join_from(journal_link, journal_body, joined)
        .where(link.writer == former, link.seq > since, body.body.is_not(None))
        .order_by(link.seq)
    )
    going = connection.execute(query).all()
    touched = set(
        connection.execute(select(body.record).where(body.writer == former, body.seq > since)).scalars()
    )
    with _unguarded(connection):
        for table in (journal_body, journal_link):
            connection.execute(delete(table).where(table.c.writer == former, table.c.seq > since))
    _write(connection, new, [(row.line_hash, row.body) for row in going])
    project(connection, sorted(touched))
    index_anew(session, sorted(touched))
    session.expire_all()
    return len(going)


def _write(connection: Connection, writer: str, going: list[tuple[str, str]]) -> None:
    """Chain bodies to the new writer's; what they replaced goes by its new hash."""
    seq, prev = tail_of(connection, writer)
    renamed: dict[str, str] = {}
    for was, spelt in going:
        seq += 1
        line = make_line(writer, seq, prev, _renamed(parse_canonical(spelt.encode()), renamed))
        prev = renamed[was] = line.link.line_hash
        connection.execute(journal_link.insert().values(**link_row(line)))
        connection.execute(journal_body.insert().values(**body_row(line, line.parsed())))


def _renamed(body: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    base = {name: sorted(names.get(at, at) for at in heads) for name, heads in body["base"].items()}
    return body | {"base": base}


@contextmanager
def _unguarded(connection: Connection) -> Iterator[None]:
    """Take the triggers that keep lines away for one statement each, and put the same ones back."""
    found = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name = :name")
    guards = [connection.execute(found, {"name": name}).one() for name in _GUARDS]
    for name, _ in guards:
        connection.execute(text(f"DROP TRIGGER {name}"))
    yield
    for _, made in guards:
        connection.exec_driver_sql(made)
