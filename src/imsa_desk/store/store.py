"""The store: one writer's journal and tables, opened for reading or for one act at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, func, select
from sqlalchemy.exc import DBAPIError, IntegrityError, PendingRollbackError
from sqlalchemy.orm import Session

from imsa_desk.domain.canonical import parse_canonical
from imsa_desk.errors import Broken, ImsaError, Refused
from imsa_desk.progress import Progress
from imsa_desk.store.clock import HybridClock
from imsa_desk.store.copying import copy_database, said
from imsa_desk.store.engine import checkpoint
from imsa_desk.store.journal import Closed, JournalledSession, guard, new_act, tail_of
from imsa_desk.store.tables import journal_body, journal_link
from imsa_desk.store.turns import Turns
from imsa_desk.store.writers import writers


class Store:
    """A unit of work is `with store.begin("log_meeting") as session:`; it commits at the end.

    A vault has one connection, so one unit of work is open at a time: another thread waits for its turn,
    and the same thread is refused (E_NESTED), because the inner end would end the outer transaction too.
    """

    def __init__(
        self,
        engine: Engine,
        writer: str,
        now: Callable[[], datetime],
        last_stamp: str = "",
        *,
        read_only: bool = False,
    ) -> None:
        self.engine = engine
        self.writer = writer
        self.now = now
        self.read_only = read_only
        self.disk_failed = False
        """Whether the disk reported an error while something was saved; then nothing is, until reopened."""
        self.closed_cases: Mapping[str, Closed] = {}
        """Cases whose every new line is refused (E_CASE_CLOSED), see `services/assignments.py`."""
        self.clock = HybridClock(now, last_stamp)
        self._turns = Turns()
        self._closed = False
        self.one_copy = threading.Lock()
        """Held by whoever works on the vault's backups: one piece of such work at a time."""
        self._owner: int | None = None
        guard(engine)

    @contextmanager
    def begin(
        self, verb: str, *, reason: str = "", now: datetime | None = None, last: bool = False
    ) -> Iterator[Session]:
        """Open one act: all lines it writes share an id. Commits at the end, rolls back on any error.

        A piece of long work writes as `last`: whoever waits for the connection has it before.

        Raises Broken (E_DISK_FULL, E_READ_ONLY, E_DISK_ERROR, E_STORAGE) when the disk is full or cannot be
        written (after E_DISK_ERROR nothing is saved until the vault was closed and opened again), and
        Refused (E_TEXT) for text that no file can hold, (E_READ_ONLY) where the vault was opened to be read;
        nothing was changed.
        """
        with (
            self._alone(writing=True, last=last),
            JournalledSession(self.engine, expire_on_commit=False) as session,
            session.begin(),
        ):
            session.info["act"] = new_act(verb, reason, self.writer, self.clock, now or self.now())
            session.info["closed"] = self.closed_cases
            yield session

    @contextmanager
    def read(self, *, last: bool = False) -> Iterator[Session]:
        """Open for reading. Raises Broken (E_JOURNAL) when anything was changed all the same.

        A piece of long work reads as `last`: whoever waits for the connection has it before.
        """
        with self._alone(last=last), JournalledSession(self.engine, expire_on_commit=False) as session:
            session.connection(execution_options={"reading": True})
            try:
                yield session
            finally:
                session.rollback()

    @contextmanager
    def _alone(self, *, writing: bool = False, last: bool = False) -> Iterator[None]:
        """Take this store's only turn; turn what the database says into words."""
        if self._owner == threading.get_ident():
            raise Broken("One unit of work was opened inside another.", code="E_NESTED")
        with self._turns.turn(last=last):
            if writing and self.read_only:
                raise Refused("This vault is open to read only, so nothing was changed.", code="E_READ_ONLY")
            if writing and self.disk_failed:
                raise _disk_failed()
            self._owner = threading.get_ident()
            try:
                yield
            except DBAPIError as error:
                # What a disk that failed once still holds is known only after reading it anew.
                if writing and "disk i/o error" in str(error.orig).lower():
                    self.disk_failed = True
                    raise _disk_failed() from error
                raise _storage(error) from error
            except PendingRollbackError as error:
                raise _gone() from error
            except MemoryError as error:
                # So the driver calls a connection that gave up after a page could not be read.
                raise said("") from error
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
            return {writer: tail_of(connection, writer) for writer in writers(connection)}

    def wind_clock(self) -> None:
        """Set the clock past every writer's last present body, so that it never runs backwards.

        What another's clock stamped more than a day ahead does not count.
        """
        body = journal_body.c
        with self.read() as session:
            connection = session.connection()
            for writer in writers(connection):
                query = select(body.body).where(body.writer == writer, body.body.is_not(None))
                last = connection.execute(query.order_by(body.seq.desc()).limit(1)).scalar_one_or_none()
                if last:
                    stamp = parse_canonical(last.encode())["hlc"]
                    (self.clock.resume if writer == self.writer else self.clock.seen)(stamp)

    def lines(self) -> int:
        """Count the lines of this store's own writer."""
        with self.read() as session:
            query = select(func.coalesce(func.max(journal_link.c.seq), 0))
            return int(session.execute(query.where(journal_link.c.writer == self.writer)).scalar_one())

    def copy_to(self, target: Any, progress: Progress) -> dict[str, tuple[int, str]]:
        """Copy the database into another connection, beside other threads' work; see `copy_database`."""
        if self._owner == threading.get_ident():
            raise Broken("One unit of work was opened inside another.", code="E_NESTED")
        return copy_database(self.engine, target, progress, turns=self._turns, is_closed=lambda: self._closed)

    def fold_log(self) -> None:
        """Fold the log into the database, as `checkpoint` does, in this store's turn."""
        with self._turns.turn():
            checkpoint(self.engine)

    def close(self) -> None:
        """Close the database, after whatever has its turn now."""
        if self._owner == threading.get_ident():
            self._closed = True
            self.engine.dispose()
            return
        with self._turns.turn():
            self._closed = True
            self.engine.dispose()


def _disk_failed() -> Broken:
    return Broken(
        "The disk reported an error, so this was not saved, and nothing more is until the vault has been "
        "locked and unlocked again. What was saved before is safe. Have the disk checked soon.",
        code="E_DISK_ERROR",
    )


def _gone() -> Broken:
    return Broken("The organisation's database stopped answering. Nothing was saved.", code="E_DATABASE")


def _storage(error: DBAPIError) -> ImsaError:
    """Say in words what kept the database from doing it; never a value that was to be stored."""
    if isinstance(error, IntegrityError):
        return Broken("This does not fit the rest of the record, so it was not saved.", code="E_RECORD")
    if error.connection_invalidated:
        return _gone()
    return said(str(error.orig))
