"""The store: one writer's journal and tables, opened for reading or for one act at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Engine, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from imsa_desk.errors import Broken
from imsa_desk.store.clock import HybridClock
from imsa_desk.store.journal import JournalledSession, guard, new_act, tail_of
from imsa_desk.store.tables import journal_link


class Store:
    """A unit of work is `with store.begin("log_meeting") as session:`; it commits at the end."""

    def __init__(
        self, engine: Engine, writer: str, now: Callable[[], datetime], last_stamp: str = ""
    ) -> None:
        self.engine = engine
        self.writer = writer
        self.now = now
        self.clock = HybridClock(now, last_stamp)
        guard(engine)

    @contextmanager
    def begin(self, verb: str, *, reason: str = "", now: datetime | None = None) -> Iterator[Session]:
        """Open one act: all lines it writes share an id. Commits at the end, rolls back on any error.

        Raises Broken (E_STORAGE) when the disk is full or cannot be written; nothing was changed.
        """
        try:
            with JournalledSession(self.engine, expire_on_commit=False) as session, session.begin():
                session.info["act"] = new_act(verb, reason, self.writer, self.clock, now or self.now())
                yield session
        except DBAPIError as error:
            raise _storage(error) from error

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open for reading; a change to a record is refused."""
        try:
            with JournalledSession(self.engine, expire_on_commit=False) as session:
                yield session
                session.rollback()
        except DBAPIError as error:
            raise _storage(error) from error

    def heads(self) -> dict[str, tuple[int, str]]:
        """Give each writer's last (seq, line hash)."""
        with self.read() as session:
            connection = session.connection()
            writers = connection.execute(select(journal_link.c.writer).distinct()).scalars().all()
            return {writer: tail_of(connection, writer) for writer in writers}

    def lines(self) -> int:
        """Count the lines of this store's own writer."""
        with self.read() as session:
            query = select(func.coalesce(func.max(journal_link.c.seq), 0))
            return int(session.execute(query.where(journal_link.c.writer == self.writer)).scalar_one())

    def close(self) -> None:
        """Close the database."""
        self.engine.dispose()


def _storage(error: DBAPIError) -> Broken:
    text = str(error.orig).lower()
    if "full" in text:
        return Broken(
            "The disk is full, so this was not saved. What you typed is still here: free some space and save "
            "again.",
            code="E_DISK_FULL",
        )
    if "readonly" in text or "read-only" in text:
        return Broken("The vault's folder cannot be written to, so this was not saved.", code="E_READ_ONLY")
    return Broken("The vault could not be read or written, so this was not saved.", code="E_STORAGE")
