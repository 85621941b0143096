"""Checking the journal against itself and against the anchor."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, select

from imsa_desk.domain.lines import FIRST, Line, Link, verify
from imsa_desk.errors import Broken
from imsa_desk.store.tables import journal_body, journal_link
from imsa_desk.store.writers import writers

Heads = Mapping[str, tuple[int, str]]


def verify_chains(connection: Connection, since: Heads, *, bodies: bool) -> None:
    """Follow every writer's links from `since` (or the first) to the end, with their bodies if asked.

    Raises Broken (E_CHAIN) for a link or body that does not fit, (E_ROLLBACK) where lines that were
    known before are gone.
    """
    for writer in sorted({*writers(connection), *since}):
        _verify_writer(connection, writer, *since.get(writer, (0, FIRST)), bodies=bodies)


def _verify_writer(connection: Connection, writer: str, seq: int, known: str, *, bodies: bool) -> None:
    query = select(journal_link).where(journal_link.c.writer == writer, journal_link.c.seq >= max(seq, 1))
    links = [Link(*row) for row in connection.execute(query.order_by(journal_link.c.seq))]
    if seq and (not links or links[0].seq != seq or links[0].line_hash != known):
        raise Broken(
            "This vault is older than when it was last used, or parts of it are missing. It may have been "
            "replaced by an earlier copy. Nothing was changed: ask your organisation before going on.",
            code="E_ROLLBACK",
        )
    texts = _bodies(connection, writer, seq) if bodies else {}
    expected = seq + 1
    for link in links[1:] if seq else links:
        if link.seq != expected:
            raise Broken("A line of the record is missing.", code="E_CHAIN")
        verify(Line(link, texts.get(link.seq)), known)
        expected, known = link.seq + 1, link.line_hash


def _bodies(connection: Connection, writer: str, seq: int) -> dict[int, str | None]:
    query = select(journal_body.c.seq, journal_body.c.body).where(
        journal_body.c.writer == writer, journal_body.c.seq > seq
    )
    return dict(connection.execute(query).all())
