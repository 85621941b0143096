"""Collections of a record (themes touched, languages ...) as rows of their own: added and marked removed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from imsa_desk.domain.ids import new_id, place_id
from imsa_desk.store.records import DocumentRow, Record

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
    # Two vaults may each have added the same value: both rows stand, and both go.
    standing = [row for row in rows if row.deleted_at is None]
    for row in standing:
        if key(row) not in values:
            row.deleted_at = now
    there = {key(row) for row in standing}
    session.add_all([make(value) for value in values if value not in there])


def id_at(session: Session, cls: type[Record], owner: str, *place: str) -> str:
    """Give the id for a new record in a place of another: the place's own, or a new one where it is taken."""
    own = place_id(owner, cls.kind.value, *place)
    return new_id() if session.get(cls, own) is not None else own


def restrict_alike(
    session: Session,
    parent: Record,
    before: str,
    below: Iterable[tuple[type[Record], InstrumentedAttribute[str]]],
) -> None:
    """Let what belongs to a record follow when its sensitivity changes; `before` is what it was.

    Everything below is raised with it; what was as restricted as it was comes down with it, but for
    documents, which may be restricted for their own sake.
    """
    now = parent.sensitivity
    if now == before:
        return
    session.flush()
    for cls, place in below:
        for row in session.scalars(select(cls).where(place == parent.id)):
            if row.sensitivity < now or (row.sensitivity == before and cls is not DocumentRow):
                row.sensitivity = now
