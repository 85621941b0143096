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
    return value


def is_empty(value: Any) -> bool:
    """Say whether a value may be left out of a create line."""
    return value is None or value is False or value == ""


@cache
def empty_of(cls: type[Record], name: str) -> Any:
    """Give what a field holds when no line names it: None, false or the empty text."""
    column = columns_of(cls)[name]
    if column.nullable:
        return None
    return {bool: False, str: ""}.get(column.type.python_type)


def from_field(cls: type[Record], name: str, value: Any) -> Any:
    """Give a JSON value as the column holds it. Raises Broken (E_RECORD) where it does not fit."""
    column = columns_of(cls).get(name)
    if column is None:
        raise Broken("A line speaks of a field this version does not know.", code="E_RECORD")
    if value is None:
        if column.nullable:
            return None
        raise Broken("A line leaves a field empty that must be filled.", code="E_RECORD")
    wanted = datetime if isinstance(column.type, Utc) else column.type.python_type
    try:
        if wanted is datetime and isinstance(value, str):
            return datetime.fromisoformat(value.replace("Z", "+00:00")).astimezone(UTC)
        if wanted is date and isinstance(value, str):
            return date.fromisoformat(value)
    except ValueError as error:
        raise Broken("A line holds a date that does not exist.", code="E_RECORD") from error
    if type(value) is not wanted:
        raise Broken("A line holds a value of the wrong kind.", code="E_RECORD")
    return value
