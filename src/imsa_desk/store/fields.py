"""How a record's columns become journal fields and back. Names are permanent: see `records/base.py`."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from sqlalchemy.orm import class_mapper
from sqlalchemy.sql.elements import NamedColumn

from imsa_desk.errors import Broken
from imsa_desk.store.records.base import Record, Utc, record_classes

OUTSIDE = frozenset({"id", "case_id"})
"""Columns that stand in the line itself and never change."""
_LARGEST = 2**31 - 1


@cache
def columns_of(cls: type[Record]) -> dict[str, NamedColumn[Any]]:
    """Give the journalled columns of a record class by field name."""
    return {c.key: c.columns[0] for c in class_mapper(cls).column_attrs if c.key not in OUTSIDE}


@cache
def class_of(kind: str) -> type[Record]:
    """Give the record class of a kind. Raises Broken (E_RECORD) for an unknown kind."""
    for cls in record_classes():
        if cls.kind == kind:
            return cls
    raise Broken("A line speaks of a kind of record this version does not know.", code="E_RECORD")


def to_field(value: Any) -> Any:
    """Give a column's value as JSON holds it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, str) else value


def is_empty(cls: type[Record], name: str, value: Any) -> bool:
    """Say whether a create line may leave a value out: a reader would give the same one."""
    return value is None or (type(value) is not int and value == empty_of(cls, name))


@cache
def empty_of(cls: type[Record], name: str) -> Any:
    """Give what a field holds when no line names it: None, false or the empty text."""
    column = columns_of(cls)[name]
    if column.nullable:
        return None
    return {bool: False, str: ""}.get(column.type.python_type)


@cache
def needed_of(cls: type[Record]) -> frozenset[str]:
    """Give the fields that every create line of a record must name, because nothing stands for empty."""
    columns = columns_of(cls).items()
    return frozenset(n for n, c in columns if not c.nullable and empty_of(cls, n) is None)


def from_field(cls: type[Record], name: str, value: Any) -> Any:
    """Give a JSON value as the column holds it. Raises Broken (E_RECORD) where it does not fit.

    A day or moment has the one spelling that `to_field` writes: others could mean another moment on
    another computer.
    """
    wanted, nullable, longest = _shape(cls, name)
    if value is None:
        if nullable:
            return None
        raise Broken("A line leaves a field empty that must be filled.", code="E_RECORD")
    if wanted is datetime or wanted is date:
        return _day_or_moment(wanted, value)
    if type(value) is not wanted or not _storable(value, longest):
        raise Broken("A line holds a value of the wrong kind.", code="E_RECORD")
    return value


@cache
def _shape(cls: type[Record], name: str) -> tuple[type[Any], bool, int | None]:
    """Give what a column holds: the type of its values, whether it may be empty, how long a text may be."""
    column = columns_of(cls).get(name)
    if column is None:
        raise Broken("A line speaks of a field this version does not know.", code="E_RECORD")
    wanted = datetime if isinstance(column.type, Utc) else column.type.python_type
    return wanted, bool(column.nullable), getattr(column.type, "length", None)


def _day_or_moment(wanted: type[Any], value: Any) -> date | datetime:
    try:
        found: date = wanted.fromisoformat(value)
    except (ValueError, TypeError) as error:
        raise Broken("A line holds a date that does not exist.", code="E_RECORD") from error
    if wanted is datetime and not str(value).endswith("Z"):
        raise Broken("A line holds a moment without its zone.", code="E_RECORD")
    if to_field(found) != value:
        raise Broken("A line spells a date in another way than agreed.", code="E_RECORD")
    return found


def _storable(value: Any, longest: int | None) -> bool:
    """Say whether every database that holds records can hold the value: PostgreSQL is the strictest."""
    if isinstance(value, str):
        return "\0" not in value and (longest is None or len(value) <= longest)
    return type(value) is not int or abs(value) <= _LARGEST
