"""What every record is: an id, the case it belongs to, who may see it, and whether it was removed.

A record's column names stand in journal lines for ever: a column is added, never renamed. Rows
carry no foreign keys to other records, because the body of a parent may be absent (withheld from
this reader) while its child is here; the verbs keep references whole and `check` reports strays.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, ClassVar

from sqlalchemy import Boolean, Date, DateTime, Integer, MetaData, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column
from sqlalchemy.types import TypeDecorator

from imsa_desk.domain.ids import new_id
from imsa_desk.vocab import Kind, Sensitivity

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Utc(TypeDecorator[datetime]):
    """An aware UTC datetime, stored without its zone."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Refuse naive times: they mean different moments on two laptops."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored time needs its zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Give the zone back."""
        return None if value is None else value.replace(tzinfo=UTC)


class Base(MappedAsDataclass, DeclarativeBase, kw_only=True):
    """The declarative base of all records."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text(),
        bool: Boolean(),
        int: Integer(),
        date: Date(),
        datetime: Utc(),
    }


class Record(Base, kw_only=True):
    """The columns every record table has."""

    __abstract__ = True
    kind: ClassVar[Kind]
    searched: ClassVar[tuple[str, ...]] = ()
    """Text columns that the search index holds."""

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default_factory=new_id)
    case_id: Mapped[str | None] = mapped_column(String(32), index=True, default=None)
    sensitivity: Mapped[str] = mapped_column(String(2), default=Sensitivity.L2.value)
    private: Mapped[bool] = mapped_column(default=False)
    deleted_at: Mapped[datetime | None] = mapped_column(default=None)
    deleted_reason: Mapped[str] = mapped_column(default="")


def record_classes() -> tuple[type[Record], ...]:
    """Give every record class, in the order of their kinds."""
    found = {m.class_ for m in Base.registry.mappers if issubclass(m.class_, Record)}
    order = {kind: place for place, kind in enumerate(Kind)}
    return tuple(sorted(found, key=lambda cls: order[cls.kind]))
