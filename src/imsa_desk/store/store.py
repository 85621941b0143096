"""The store: one writer's journal and tables, opened for reading or for one act at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Engine, func, select
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from imsa_desk.domain.canonical import parse_canonical
from imsa_desk.errors import Broken, ImsaError, Refused
from imsa_desk.store.clock import HybridClock
from imsa_desk.store.journal import JournalledSession, guard, new_act, tail_of
from imsa_desk.store.tables import journal_body, journal_link


class Store:
    """A unit of work is `with store.begin("log_meeting") as session:`; it commits at the end.

    A vault has one connection, so one unit of work is open at a time: another thread waits for its turn,
    and the same thread is refused (E_NESTED), because the inner end would end the outer transaction too.
    """

    def __init__(
        self, engine: Engine, writer: str, now: Callable[[], datetime], last_stamp: str = ""
    ) -> None:
        self.engine = engine
        self.writer = writer
        self.now = now
        self.clock = HybridClock(now, last_stamp)
        self._turn = threading.Lock()
        self._owner: int | None = None
        guard(engine)

    @contextmanager
    def begin(self, verb: str, *, reason: str = "", now: datetime | None = None) -> Iterator[Session]:
        """Open one act: all lines it writes share an id. Commits at the end, rolls back on any error.

        Raises Broken (E_DISK_FULL, E_READ_ONLY, E_STORAGE) when the disk is full or cannot be written, and
        Refused (E_TEXT) for text that no file can hold; nothing was changed.
        """
        with (
            self._alone(),
            JournalledSession(self.engine, expire_on_commit=False) as session,
            session.begin(),
        ):
            session.info["act"] = new_act(verb, reason, self.writer, self.clock, now or self.now())
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open for reading. Raises Broken (E_JOURNAL) when anything was changed all the same."""
        with self._alone(), JournalledSession(self.engine, expire_on_commit=False) as session:
            session.connection(execution_options={"reading": True})
            try:
                yield session
            finally:
                session.rollback()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Take this store's only turn; turn what the database says into words."""
        if self._owner == threading.get_ident():
            raise Broken("One unit of work was opened inside another.", code="E_NESTED")
        with self._turn:
            self._owner = threading.get_ident()
            try:
                yield
            except DBAPIError as error:
                raise _storage(error) from error
            except UnicodeEncodeError:
                # Without its cause: that error carries the whole text.
                raise Refused(
                    "The text holds a broken character. Delete it and type it again.", code="E_TEXT"
                ) from None
            finally:
                self._owner = None

    def heads(self) -> dict[str, tuple[int, str]]:
        """Give each writer's last (seq, line hash)."""
        with self.read() as session:
            connection = session.connection()
            writers = connection.execute(select(journal_link.c.writer).distinct()).scalars().all()
            return {writer: tail_of(connection, writer) for writer in writers}

    def wind_clock(self) -> None:
        """Set the clock past every writer's last present body, so that it never runs backwards."""
        body = journal_body.c
        with self.read() as session:
            connection = session.connection()
            writers = connection.execute(select(journal_link.c.writer).distinct()).scalars().all()
            for writer in writers:
                query = select(body.body).where(body.writer == writer, body.body.is_not(None))
                last = connection.execute(query.order_by(body.seq.desc()).limit(1)).scalar_one_or_none()
                if last:
                    self.clock.seen(parse_canonical(last.encode())["hlc"])

    def lines(self) -> int:
        """Count the lines of this store's own writer."""
        with self.read() as session:
            query = select(func.coalesce(func.max(journal_link.c.seq), 0))
            return int(session.execute(query.where(journal_link.c.writer == self.writer)).scalar_one())

    def close(self) -> None:
        """Close the database."""
        self.engine.dispose()


def _storage(error: DBAPIError) -> ImsaError:
    """Say in words what kept the database from doing it; never a value that was to be stored."""
    if isinstance(error, IntegrityError):
        return Broken("This does not fit the rest of the record, so it was not saved.", code="E_RECORD")
    text = str(error.orig).lower()
    if "full" in text or "no space left" in text:
        return Broken(
            "The disk is full, so this was not saved. Free some space and try again; what is typed in an "
            "open editor is still there.",
            code="E_DISK_FULL",
        )
    if "readonly" in text or "read-only" in text:
        return Broken("The vault's folder cannot be written to, so this was not saved.", code="E_READ_ONLY")
    return Broken("The vault could not be read or written, so this was not saved.", code="E_STORAGE")
