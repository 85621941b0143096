"""The tables are a projection of the journal: this module computes it.

For each field the lines that nothing replaces are its heads. One head is the value; several are a
conflict, of which one is shown provisionally: the safer one where safety is at stake, else the
latest by clock and line hash. Import order and repetition do not matter. A line that names nothing it
replaces is a proposal of the organisation: it stands beside the value and is never shown in its place.

A record is of the kind its making line says; of two that claim the same id, the one with the lower
hash. Lines of another kind under that id are kept and shown in its history, but project to nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, Table, delete, select

from imsa_desk.domain.canonical import parse_canonical
from imsa_desk.domain.lines import WHOLE
from imsa_desk.store.clock import standing
from imsa_desk.store.fields import class_of, columns_of, empty_of, from_field
from imsa_desk.store.intake import put_rows
from imsa_desk.store.records.base import Record, record_classes
from imsa_desk.store.tables import journal_body, journal_head, journal_link
from imsa_desk.vocab import Kind, Operation, Safe

Body = dict[str, Any]
Lines = list[tuple[str, Body]]
Heads = dict[str, list[str]]
Rows = dict[type[Record], list[dict[str, Any]]]

_SAFE_ORDER = [Safe.NO.value, Safe.ASK_FIRST.value, Safe.UNKNOWN.value, Safe.YES.value]
_CHUNK = 500


def bodies_of(connection: Connection, ids: Sequence[str] | None = None) -> dict[str, Lines]:
    """Give the present bodies by record, each with its line's hash; all records where ids is None."""
    found: dict[str, Lines] = {}
    joined = (journal_link.c.writer == journal_body.c.writer) & (journal_link.c.seq == journal_body.c.seq)
    query = select(journal_body.c.record, journal_link.c.line_hash, journal_body.c.body).join_from(
        journal_body, journal_link, joined
    )
    query = query.where(journal_body.c.body.is_not(None)).order_by(journal_body.c.writer, journal_body.c.seq)
    parts: Iterable[Any] = (
        [query] if ids is None else [query.where(journal_body.c.record.in_(c)) for c in _chunks(ids)]
    )
    for part in parts:
        for record, line, body in connection.execute(part):
            found.setdefault(record, []).append((line, parse_canonical(body.encode())))
    return found


def _chunks(ids: Sequence[str]) -> list[Sequence[str]]:
    return [ids[i : i + _CHUNK] for i in range(0, len(ids), _CHUNK)]


def heads_of(lines: Lines) -> Heads:
    """Give the heads of every field: `*` for the line that made the record."""
    replaced: dict[str, set[str]] = {}
    setting: Heads = {}
    for line, body in _of_one_kind(lines):
        if body["op"] == Operation.CREATE:
            setting.setdefault(WHOLE, []).append(line)
        elif body["op"] == Operation.UPDATE:
            for name in body["fields"]:
                setting.setdefault(name, []).append(line)
                replaced.setdefault(name, set()).update(body["base"].get(name, []))
    made = set(setting.get(WHOLE, []))
    heads = {WHOLE: sorted(made)} if made else {}
    for name in setting.keys() - {WHOLE}:
        gone = replaced[name]
        # A create line that no update of this field names still stands beside the update.
        heads[name] = sorted((set(setting[name]) | made) - gone)
    return heads


def _of_one_kind(lines: Lines) -> Lines:
    kinds = {body["kind"] for _, body in lines}
    if len(kinds) < 2:
        return lines
    made = min(((h, b["kind"]) for h, b in lines if b["op"] == Operation.CREATE), default=None)
    return [] if made is None else [(h, b) for h, b in lines if b["kind"] == made[1]]


def row_of(lines: Lines, heads: Heads | None = None) -> tuple[type[Record], dict[str, Any]] | None:
    """Give the row the lines project to; None while the line that made the record is absent."""
    heads = heads_of(lines) if heads is None else heads
    if WHOLE not in heads:
        return None
    by_hash = dict(lines)
    first = by_hash[heads[WHOLE][0]]
    cls = class_of(first["kind"])
    row: dict[str, Any] = {"id": first["record"], "case_id": first["case"]}
    for name in columns_of(cls):
        at = heads.get(name, heads[WHOLE])
        if len(at) == 1:
            fields = by_hash[at[0]]["fields"]
            if name not in fields:
                row[name] = empty_of(cls, name)
                continue
            value = fields[name]
        else:
            value = _chosen(cls, name, at, by_hash)
        row[name] = _as_column(cls, name, value)
    return cls, row


def _as_column(cls: type[Record], name: str, value: Any) -> Any:
    return (
        empty_of(cls, name)
        if value is None and not columns_of(cls)[name].nullable
        else from_field(cls, name, value)
    )


def value_of(cls: type[Record], name: str, body: Body) -> Any:
    """Give what a line says of a field, as JSON holds it; a making line may leave it empty."""
    return body["fields"].get(name, empty_of(cls, name))


def is_proposal(name: str, body: Body) -> bool:
    """Say whether a line only proposes a value: it changes a field and replaces nothing."""
    return bool(body["op"] == Operation.UPDATE and body["base"].get(name) == [])


def _chosen(cls: type[Record], name: str, at: Sequence[str], by_hash: Mapping[str, Body]) -> Any:
    """Choose among heads: a withdrawal, a restriction, privacy and a raised sensitivity always win."""
    values = [value_of(cls, name, by_hash[h]) for h in at]
    if name == "sensitivity":
        return max(values)
    if name == "private":
        return any(values)
    if cls.kind is Kind.CONSENT and name == "withdrawn_on":
        return min((v for v in values if v), default=None)
    latest = _latest(name, at, by_hash)
    if cls.kind is Kind.SAFE_CONTACT and name == "safe":
        known = [v for v in values if v in _SAFE_ORDER]
        return min(known, key=_SAFE_ORDER.index) if known else value_of(cls, name, latest)
    return value_of(cls, name, latest)


def _latest(name: str, at: Sequence[str], by_hash: Mapping[str, Body]) -> Body:
    """Give the line that was written last, as far as the record itself can tell.

    A line cannot be younger than one that replaces it in some field: what a clock far ahead stamped
    stands as late as that one at most.
    """
    mine = [h for h in at if not is_proposal(name, by_hash[h])] or list(at)
    late = {h: standing(by_hash[h]["hlc"], _moment(by_hash[h])) for h in mine}
    for body in by_hash.values():
        replacing = (heads for field, heads in body["base"].items() if field != WHOLE)
        for replaced in {h for heads in replacing for h in heads} & late.keys():
            late[replaced] = min(late[replaced], standing(body["hlc"], _moment(body)))
    return by_hash[max(mine, key=lambda h: (late[h], by_hash[h]["hlc"], h))]


def _moment(body: Body) -> datetime:
    return datetime.fromisoformat(body["at"])


def project(connection: Connection, ids: Sequence[str], fresh: Mapping[str, Lines] | None = None) -> None:
    """Write rows and heads of these records anew from the journal.

    `fresh` are records of which nothing was here before, with all their lines: they need no reading back.
    """
    connection.info["projecting"] = True
    try:
        known = fresh or {}
        for chunk in _chunks([i for i in ids if i not in known]):
            _project_chunk(connection, chunk)
        _insert(connection, known)
    finally:
        # A server that went away took the connection's notes with it.
        if not connection.invalidated:
            connection.info.pop("projecting", None)


def _project_chunk(connection: Connection, ids: Sequence[str]) -> None:
    lines = bodies_of(connection, ids)
    connection.execute(delete(journal_head).where(journal_head.c.record.in_(ids)))
    _insert(connection, lines, ids)


def _insert(connection: Connection, lines: Mapping[str, Lines], there: Sequence[str] = ()) -> None:
    """Write heads and rows of records, in place of the rows of those that may be there."""
    rows: Rows = {}
    heads = []
    for record, found in lines.items():
        at = heads_of(found)
        heads += [{"record": record, "field": n, "line": line} for n, some in at.items() for line in some]
        made = row_of(found, at)
        if made:
            rows.setdefault(made[0], []).append(made[1])
    put_rows(connection, journal_head, heads)
    if there:
        _clear(connection, there, lines, rows)
    for cls, values in rows.items():
        table = cast(Table, cls.__table__)
        if there:
            connection.execute(table.delete().where(table.c.id.in_([v["id"] for v in values])))
        put_rows(connection, table, values)


def _clear(connection: Connection, ids: Sequence[str], lines: Mapping[str, Lines], rows: Rows) -> None:
    """Take away rows that project to nothing any more: erased, or made by a line of another kind."""
    made = {v["id"] for values in rows.values() for v in values}
    mixed = {r for r, found in lines.items() if len({b["kind"] for _, b in found}) > 1}
    gone = sorted((set(ids) - made) | mixed)
    for cls in record_classes() if gone else ():
        table = cls.__table__
        connection.execute(table.delete().where(table.c.id.in_(gone)))  # type: ignore[attr-defined]  # FromClause in the stubs


def differences(connection: Connection) -> list[str]:
    """Compare every table and head with the journal; give what differs as plain lines, ids only."""
    lines = bodies_of(connection)
    wanted = {r: made for r, found in lines.items() if (made := row_of(found))}
    problems = [f"{record}: row differs from the journal" for record in _row_differences(connection, wanted)]
    stored = {(r.record, r.field, r.line) for r in connection.execute(select(journal_head))}
    computed = {
        (record, name, line)
        for record, found in lines.items()
        for name, at in heads_of(found).items()
        for line in at
    }
    return problems + [
        f"{record}: heads differ from the journal" for record, _, _ in sorted(stored ^ computed)
    ]


def _row_differences(
    connection: Connection, wanted: dict[str, tuple[type[Record], dict[str, Any]]]
) -> Iterable[str]:
    from_journal: dict[type[Record], dict[str, dict[str, Any]]] = {}
    for record, (cls, row) in wanted.items():
        from_journal.setdefault(cls, {})[record] = row
    for kind in Kind:
        cls = class_of(kind)
        expected = from_journal.get(cls, {})
        rows = {r.id: dict(r._mapping) for r in connection.execute(select(cls.__table__))}
        yield from sorted(i for i in expected.keys() | rows.keys() if expected.get(i) != rows.get(i))
