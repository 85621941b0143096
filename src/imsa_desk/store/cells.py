"""Reads rows from the pages of a SQLite file as far as they are whole; SQLite stops at the first damage.

File format: sqlite.org/fileformat2.html. A leaf whose parents are unreadable is still read: whoever asks
tells by their shape whose rows they are.
"""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from imsa_desk.crypto.pages import PAGE, RESERVED
from imsa_desk.progress import Progress, quiet
from imsa_desk.store.pages import Pages


@dataclass(frozen=True, slots=True)
class Large:
    """A long value that is left where it stands until somebody asks for it: page, and place of its row."""

    page: int
    at: int


Value = None | int | float | str | bytes | Large
Row = tuple[Value, ...]

_USABLE = PAGE - RESERVED
_TABLE_LEAF, _TABLE_INNER = 0x0D, 0x05
_INDEX_LEAF, _INDEX_INNER = 0x0A, 0x02
_INTEGERS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}
_MOST_TABLE = _USABLE - 35
_MOST_INDEX = (_USABLE - 12) * 64 // 255 - 23
_LEAST = (_USABLE - 12) * 32 // 255 - 23
_LONG = 1 << 16
_DEEPEST = 20
_STEP = 256


@dataclass(slots=True)
class Found:
    """What could be read: rows by table, rows of no known table, and how much could not."""

    tables: dict[str, list[Row]] = field(default_factory=dict)
    columns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    strays: list[Row] = field(default_factory=list)
    keys: dict[str, set[Value]] = field(default_factory=dict)
    """By table the first column of its primary key, as the index knows it, also of rows that are lost."""
    cut_rows: int = 0
    """Rows begun on a readable page that cannot be read to their end."""
    bad_pages: int = 0
    """Pages that are missing or do not prove themselves."""


class CellError(Exception):
    """A cell does not read as one."""


def read_all(pages: Pages, progress: Progress = quiet) -> Found:
    """Read every row that is whole; `progress` counts pages."""
    return _Reader(pages).read(progress)


def read_large(pages: Pages, large: Large) -> bytes | None:
    """Read a long value; None where part of it is gone."""
    raw = pages.page(large.page)
    row = _Reader(pages).row(_Page(large.page, raw), large.at, whole=True) if raw is not None else None
    return row[-1] if row and isinstance(row[-1], bytes) else None


class _Reader:
    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._seen: set[int] = set()
        self._found = Found()

    def read(self, progress: Progress) -> Found:
        schema = [row for page in self._leaves(1) for row in self._rows(page)]
        for row in schema:
            if len(row) >= 5 and row[0] == "table" and isinstance(row[3], int) and row[3] > 1:
                self._table(str(row[1]), row[3], row[4])
        for row in schema:
            if len(row) >= 5 and row[0] == "index" and str(row[1]).startswith("sqlite_autoindex_"):
                keys = self._found.keys.setdefault(str(row[2]), set())
                if not keys and isinstance(row[3], int):
                    keys.update(self._index(row[3]))
        self._rest(progress)
        return self._found

    def _rest(self, progress: Progress) -> None:
        """Look at every page that no tree led to."""
        count = max(self._pages.here, self._pages.count)
        for number in range(1, count + 1):
            if number % _STEP == 0:
                progress(number, count)
            if number in self._seen:
                continue
            page = self._pages.page(number)
            if page is None:
                self._found.bad_pages += 1
            elif page[0] == _TABLE_LEAF:
                self._found.strays += self._rows(_Page(number, page))

    def _table(self, name: str, root: int, sql: Value) -> None:
        columns = _columns(sql)
        if columns:
            self._found.columns[name] = columns
            self._found.tables[name] = [row for page in self._leaves(root) for row in self._rows(page)]
        else:
            for _ in self._leaves(root):
                pass  # a table of the search index: its pages belong to nobody else

    def _leaves(self, number: int, depth: int = 0) -> Iterator[_Page]:
        """Walk a table's tree; whatever is below an unreadable page is met later, as a stray."""
        raw = self._pages.page(number) if depth < _DEEPEST and number not in self._seen else None
        if raw is None:
            return
        self._seen.add(number)
        page = _Page(number, raw)
        if page.kind == _TABLE_LEAF:
            yield page
        elif page.kind == _TABLE_INNER:
            for child in page.children():
                yield from self._leaves(child, depth + 1)

    def _index(self, number: int, depth: int = 0) -> Iterator[Value]:
        raw = self._pages.page(number) if depth < _DEEPEST and number not in self._seen else None
        if raw is None:
            return
        self._seen.add(number)
        page = _Page(number, raw)
        if page.kind not in (_INDEX_LEAF, _INDEX_INNER):
            return
        for at in page.cells():
            row = self.row(page, at + 4 if page.kind == _INDEX_INNER else at, index=True)
            if row:
                yield row[0]
        if page.kind == _INDEX_INNER:
            for child in page.children():
                yield from self._index(child, depth + 1)

    def _rows(self, page: _Page) -> list[Row]:
        rows = [self.row(page, at) for at in page.cells()]
        return [row for row in rows if row is not None]

    def row(self, page: _Page, at: int, *, index: bool = False, whole: bool = False) -> Row | None:
        """Read the row that begins at a place; None where it is not whole."""
        try:
            size, start = _varint(page.raw, at)
            if index:
                return _values(self._payload(page.raw, start, size, _MOST_INDEX))
            _, start = _varint(page.raw, start)
            short = _begun(page.raw[start : start + _LEAST]) if size > _LONG and not whole else None
            if short is not None:
                return (*short, Large(page.number, at))
            return _values(self._payload(page.raw, start, size, _MOST_TABLE))
        except (CellError, IndexError, struct.error, UnicodeDecodeError):
            self._found.cut_rows += not index
            return None

    def _payload(self, raw: bytes, at: int, size: int, most: int) -> bytes:
        if size > self._pages.here * PAGE:
            raise CellError
        if size <= most:
            return raw[at : at + size]
        local = _LEAST + (size - _LEAST) % (_USABLE - 4)
        local = local if local <= most else _LEAST
        parts, missing = [raw[at : at + local]], size - local
        follows = int.from_bytes(raw[at + local : at + local + 4], "big")
        while missing > 0:
            page = self._pages.page(follows) if follows else None
            if page is None:
                raise CellError
            parts.append(page[4 : 4 + min(missing, _USABLE - 4)])
            missing -= len(parts[-1])
            follows = int.from_bytes(page[:4], "big")
        return b"".join(parts)


@dataclass(frozen=True, slots=True)
class _Page:
    number: int
    raw: bytes

    @property
    def _start(self) -> int:
        return 100 if self.number == 1 else 0

    @property
    def kind(self) -> int:
        return self.raw[self._start]

    def cells(self) -> list[int]:
        """Give where each cell begins."""
        count = int.from_bytes(self.raw[self._start + 3 : self._start + 5], "big")
        first = self._start + (12 if self.kind in (_TABLE_INNER, _INDEX_INNER) else 8)
        count = min(count, (_USABLE - first) // 2)
        return [int.from_bytes(self.raw[first + 2 * n : first + 2 * n + 2], "big") for n in range(count)]

    def children(self) -> list[int]:
        """Give the pages below an inner page, in order."""
        below = [int.from_bytes(self.raw[at : at + 4], "big") for at in self.cells()]
        return [*below, int.from_bytes(self.raw[self._start + 8 : self._start + 12], "big")]


def _varint(raw: bytes, at: int) -> tuple[int, int]:
    value = 0
    for n in range(8):
        byte = raw[at + n]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + n + 1
    return value << 8 | raw[at + 8], at + 9


def _kinds(payload: bytes) -> tuple[list[int], int]:
    """Give the kinds of a row's values, and where the values begin."""
    header, at = _varint(payload, 0)
    kinds = []
    while at < header:
        kind, at = _varint(payload, at)
        kinds.append(kind)
    return kinds, header


def _values(payload: bytes) -> Row:
    kinds, at = _kinds(payload)
    values: list[Value] = []
    for kind in kinds:
        value, at = _value(payload, kind, at)
        values.append(value)
    if at != len(payload):
        raise CellError
    return tuple(values)


def _begun(beginning: bytes) -> list[Value] | None:
    """Give the values before the last one of a long row; None where the last is no run of bytes."""
    kinds, at = _kinds(beginning)
    if not kinds or kinds[-1] < 12 or kinds[-1] % 2:
        return None
    values: list[Value] = []
    for kind in kinds[:-1]:
        value, at = _value(beginning, kind, at)
        values.append(value)
    return values


def _value(payload: bytes, kind: int, at: int) -> tuple[int | float | str | bytes | None, int]:
    if kind == 0:
        return None, at
    if kind in _INTEGERS:
        end = at + _INTEGERS[kind]
        return int.from_bytes(payload[at:end], "big", signed=True), end
    if kind == 7:
        return float(struct.unpack(">d", payload[at : at + 8])[0]), at + 8
    if kind in (8, 9):
        return kind - 8, at
    if kind < 12:
        raise CellError
    end = at + (kind - 12) // 2
    piece = payload[at:end]
    if len(piece) != end - at:
        raise CellError
    return (piece.decode() if kind % 2 else piece), end


def _columns(sql: Value) -> tuple[str, ...]:
    """Give a table's column names in the order of its rows; none for a virtual table."""
    if not isinstance(sql, str) or not sql.startswith("CREATE TABLE"):
        return ()
    scratch = sqlite3.connect(":memory:")
    try:
        scratch.execute(sql)
        name = scratch.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchone()[0]
        return tuple(row[1] for row in scratch.execute("SELECT * FROM pragma_table_info(?)", (name,)))
    except sqlite3.Error:
        return ()
    finally:
        scratch.close()
