"""Rows as they were read from pages, given back their names and kinds; what does not fit is left out."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, inspect

from imsa_desk.errors import Broken
from imsa_desk.store.cells import Found, Large, Row
from imsa_desk.store.fields import columns_of, empty_of, from_field, needed_of, to_field
from imsa_desk.store.records.base import Record, Utc, record_classes
from imsa_desk.vocab import Sensitivity

NamedRow = dict[str, Any]

_ID = re.compile(r"[0-9a-f]{32}")
_HASH = re.compile(r"[0-9a-f]{64}")
_OTHERS = ("journal_link", "journal_body", "blob_chunk", "draft", "local_value")


class Tables:
    """The rows that were read, by table, each with its columns' names."""

    def __init__(self) -> None:
        self._rows: dict[str, list[NamedRow]] = {}

    def __getitem__(self, name: str) -> list[NamedRow]:
        return self._rows.get(name, [])

    def add(self, table: str, row: NamedRow) -> None:
        """Add a row."""
        self._rows.setdefault(table, []).append(row)

    def ids(self, cls: type[Record]) -> set[str]:
        """Give the ids of a record class's rows that fit."""
        return {row["id"] for raw in self[name_of(cls)] if (row := typed(cls, raw))}


def name_of(cls: type[Record]) -> str:
    """Give the name of a record class's table."""
    return str(cls.__table__.name)  # type: ignore[attr-defined]  # FromClause has no name


def tables_of(connection: Connection, found: Found) -> Tables:
    """Name the columns of every row, and tell by their shape to which table the strays belong.

    `connection` is to a database with this version's tables. Raises Broken (E_NEWER) for tables or columns
    that this version does not know.
    """
    layout = _layout(connection)
    _refuse_newer(layout, found)
    tables = Tables()
    for name in layout:
        columns = found.columns.get(name, ())
        for row in found.tables.get(name, []):
            tables.add(name, dict(zip(columns, row, strict=False)))
    for row in found.strays:
        table = _table_of(layout, row)
        if table:
            tables.add(table, dict(zip(layout[table], row, strict=False)))
    return tables


def _layout(connection: Connection) -> dict[str, tuple[str, ...]]:
    inspector = inspect(connection)
    wanted = [*_OTHERS, *map(name_of, record_classes())]
    return {name: tuple(column["name"] for column in inspector.get_columns(name)) for name in wanted}


def _refuse_newer(layout: dict[str, tuple[str, ...]], found: Found) -> None:
    unknown = any(set(found.columns.get(name, ())) - set(columns) for name, columns in layout.items())
    if unknown:
        raise Broken(
            "These records were written by a newer IMSA Desk. Nothing was changed. Install the newer "
            "version.",
            code="E_NEWER",
        )


def _table_of(layout: dict[str, tuple[str, ...]], row: Row) -> str:
    """Tell whose row a stray is; "" where it cannot be told for certain."""
    if len(row) == 2 and isinstance(row[0], str) and isinstance(row[1], bytes):
        return "local_value"
    if len(row) == 3 and _is(_HASH, row[0]) and isinstance(row[2], bytes | Large):
        return "blob_chunk"
    if len(row) == 5 and _is(_ID, row[0]) and all(_is(_HASH, value) for value in row[2:]):
        return "journal_link"
    if len(row) == 6 and all(_is(_ID, value) for value in (row[0], row[2], row[4])) and type(row[1]) is int:
        return "journal_body"
    if len(row) > 5 and row[2] in set(Sensitivity) and row[3] in (0, 1):
        fitting = [
            name_of(cls)
            for cls in record_classes()
            if len(row) == len(layout[name_of(cls)])
            and typed(cls, dict(zip(layout[name_of(cls)], row, strict=True)))
        ]
        return fitting[0] if len(fitting) == 1 else ""
    return "draft" if len(row) == len(layout["draft"]) and all(isinstance(v, str) for v in row) else ""


def _is(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def typed(cls: type[Record], row: NamedRow) -> NamedRow | None:
    """Give a record's row with values as its class holds them; None where one does not fit."""
    case_id = row.get("case_id")
    if not _is(_ID, row.get("id")) or not (case_id is None or _is(_ID, case_id)):
        return None
    values: NamedRow = {"id": row["id"], "case_id": case_id}
    try:
        for name, column in columns_of(cls).items():
            if column.name not in row:  # added by a later version than the one that wrote the row
                if name in needed_of(cls):
                    return None
                values[name] = empty_of(cls, name)
                continue
            values[name] = _value(column, row[column.name])
            from_field(cls, name, to_field(values[name]))
    except (Broken, ValueError, TypeError):
        return None
    return values


def _value(column: Any, raw: Any) -> Any:
    """Give a value as SQLAlchemy would from what SQLite stores."""
    if raw is None:
        return None
    if isinstance(column.type, Utc):
        return datetime.fromisoformat(raw).replace(tzinfo=UTC)
    if column.type.python_type is date:
        return date.fromisoformat(raw)
    if column.type.python_type is bool:
        return {0: False, 1: True}.get(raw, raw)
    return raw
