"""Collections of a record (themes touched, languages ...) as rows of their own: added and marked removed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy.orm import Session

from imsa_desk.store.records import Record

Row = TypeVar("Row", bound=Record)


def set_rows(
    session: Session,
    rows: Sequence[Row],
    wanted: Iterable[str],
    key: Callable[[Row], str],
    make: Callable[[str], Row],
    now: datetime,
) -> None:
    """Make the rows not removed say exactly `wanted`; a removed row is marked, never deleted."""
    values = list(dict.fromkeys(wanted))
    standing = {key(row): row for row in rows if row.deleted_at is None}
    for value, row in standing.items():
        if value not in values:
            row.deleted_at = now
    session.add_all([make(value) for value in values if value not in standing])
