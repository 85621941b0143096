"""Copies a live database piece by piece into another, so that others have their turn in between."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine
from sqlcipher3 import dbapi2 as sqlcipher

from imsa_desk.errors import Broken, ImsaError
from imsa_desk.progress import Progress
from imsa_desk.store.engine import PAGE
from imsa_desk.store.turns import Turns

_PIECE = 512
"""Pages in one turn: some hundredths of a second."""
_DONE = 101
_HEADS = (
    "SELECT writer, seq, line_hash FROM journal_link"
    " WHERE (writer, seq) IN (SELECT writer, max(seq) FROM journal_link GROUP BY writer)"
)


def copy_database(
    engine: Engine,
    target: Any,
    progress: Progress,
    *,
    turns: Turns | None = None,
    is_closed: Callable[[], bool] = lambda: False,
) -> dict[str, tuple[int, str]]:
    """Copy a database, as it is at the end, into another open SQLCipher connection; give its heads of then.

    What others change between the pieces, through the same connection, SQLite puts into the copy too; each
    piece is taken in a turn, so never within an open act. `progress` counts bytes; it may raise to stop.
    Raises Broken (E_CLOSED) when the database is closed meanwhile, (E_DISK_FULL, E_STORAGE) for the disk.
    """
    turns = turns or Turns()

    rows: list[Any] = []

    def piece(status: int, remaining: int, total: int) -> None:
        if status == _DONE:  # the copy is complete: what comes from now on is not in it
            rows.extend(driver.execute(_HEADS).fetchall())
        with turns.pause():
            progress((total - remaining) * PAGE, total * PAGE)
        if is_closed():
            raise Broken("The vault was closed before its backup was done.", code="E_CLOSED")

    with turns.turn(last=True):
        if is_closed():
            raise Broken("The vault is closed. Unlock it again.", code="E_CLOSED")
        try:
            with engine.connect() as connection:
                driver: Any = connection.connection.driver_connection
            driver.backup(target, pages=_PIECE, progress=piece)
        except sqlcipher.Error as error:
            raise said(str(error)) from error
    return {writer: (seq, line) for writer, seq, line in rows}


def said(text: str) -> ImsaError:
    """Turn what the database says about the disk into words."""
    text = text.lower()
    if "full" in text or "no space left" in text:
        return Broken(
            "The disk is full, so this was not saved. Free some space and try again; what is typed in an "
            "open editor is still there.",
            code="E_DISK_FULL",
        )
    if "readonly" in text or "read-only" in text:
        return Broken("The vault's folder cannot be written to, so this was not saved.", code="E_READ_ONLY")
    return Broken("The vault could not be read or written, so this was not saved.", code="E_STORAGE")
