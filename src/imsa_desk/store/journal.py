"""The journal: every change to a record becomes one line, in the same transaction.

One `before_flush` listener writes it; no verb does so by hand. Changing a record table any other
way is refused, because the listener would not see it.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, delete, event, inspect, select
from sqlalchemy.orm import Session

from imsa_desk.domain.ids import new_id
from imsa_desk.domain.lines import FIRST, REMOVED, WHOLE, Line, make_line
from imsa_desk.errors import Broken, Refused
from imsa_desk.store import index, removals
from imsa_desk.store.clock import HybridClock
from imsa_desk.store.fields import OUTSIDE, columns_of, from_field, is_empty, to_field
from imsa_desk.store.project import Lines, bodies_of
from imsa_desk.store.records.base import Record, record_classes
from imsa_desk.store.tables import journal_body, journal_head, journal_link
from imsa_desk.vocab import Kind, Operation

LONGEST_BODY = 1_000_000
"""Bytes of one body: with its link it fits the 1 MiB that a line of a bundle may have."""


TOO_LONG = (
    "This entry is longer than one entry can be, so it was not saved. Put part of it into a second entry or "
    "a document."
)

TOLD_APART = frozenset(
    {"sensitivity", "deleted_at", "deleted_reason", "withdrawn_on", "safe", "ok_voicemail"}
)
"""Fields that get a line of their own, away from anybody's words.

Who holds a record must learn that it was restricted, removed or withdrawn, or is not safe any more.
"""


@dataclass(frozen=True, slots=True)
class Closed:
    """Why nothing is written to a case here any more, in plain words, and which kinds of record still are."""

    words: str
    but: frozenset[Kind] = frozenset({Kind.ACCESS})


@dataclass(slots=True)
class Act:
    """What one verb is doing: its name, why, and the chain's end within this transaction."""

    verb: str
    reason: str
    writer: str
    clock: HybridClock
    now: datetime
    id: str
    tail: tuple[int, str] | None = None


def new_act(verb: str, reason: str, writer: str, clock: HybridClock, now: datetime) -> Act:
    """Make an act with an id of its own."""
    return Act(verb, reason, writer, clock, now, new_id())


class JournalledSession(Session):
    """A session whose every flush writes journal lines."""


def tail_of(connection: Connection, writer: str) -> tuple[int, str]:
    """Give the last (seq, line hash) of a writer; (0, zeros) before the first."""
    row = connection.execute(
        select(journal_link.c.seq, journal_link.c.line_hash)
        .where(journal_link.c.writer == writer)
        .order_by(journal_link.c.seq.desc())
        .limit(1)
    ).first()
    return (row[0], row[1]) if row else (0, FIRST)


def changed_fields(record: Record) -> dict[str, Any]:
    """Give the fields of a loaded record that differ from what is stored.

    Raises Broken (E_JOURNAL) where its id or case changed: no line could say so.
    """
    state = inspect(record)
    if any(state.attrs[name].history.has_changes() for name in OUTSIDE):
        raise Broken("A record's id and case never change.", code="E_JOURNAL")
    changed = {}
    for name in columns_of(type(record)):
        history = state.attrs[name].history
        if history.has_changes() and list(history.added) != list(history.deleted):
            changed[name] = _field(record, name)
    return changed


def _field(record: Record, name: str) -> Any:
    """Give a column as its line says it, having seen that every reader would take it."""
    value = to_field(getattr(record, name))
    from_field(type(record), name, value)
    return value


def _created_fields(record: Record) -> dict[str, Any]:
    cls = type(record)
    filled = [name for name in columns_of(cls) if not is_empty(cls, name, getattr(record, name))]
    return {name: _field(record, name) for name in filled}


def _heads(connection: Connection, ids: list[str]) -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = {i: {} for i in ids}
    rows = connection.execute(select(journal_head).where(journal_head.c.record.in_(ids)))
    for record, name, line in rows:
        found[record].setdefault(name, []).append(line)
    return found


def _body(
    act: Act, record: Record, op: Operation, fields: dict[str, Any], base: dict[str, Any]
) -> dict[str, Any]:
    return {
        "act": {"id": act.id, "verb": act.verb},
        "at": to_field(act.now.astimezone(UTC)),
        "base": base,
        "case": record.case_id,
        "fields": fields,
        "hlc": act.clock.tick(),
        "kind": record.kind.value,
        "op": op.value,
        "reason": act.reason,
        "record": record.id,
        "salt": secrets.token_hex(16),
        "sensitivity": record.sensitivity,
    }


def append(connection: Connection, act: Act, bodies: Iterable[dict[str, Any]]) -> list[Line]:
    """Chain bodies to the writer's last line and store them. Raises Refused (E_TOO_LONG)."""
    seq, prev = act.tail or tail_of(connection, act.writer)
    lines = []
    for body in bodies:
        seq += 1
        line = make_line(act.writer, seq, prev, body)
        if len((line.body or "").encode()) > LONGEST_BODY:
            raise Refused(TOO_LONG, code="E_TOO_LONG")
        prev = line.link.line_hash
        lines.append((line, body))
    if lines:
        connection.execute(journal_link.insert(), [link_row(line) for line, _ in lines])
        connection.execute(journal_body.insert(), [body_row(line, body) for line, body in lines])
    act.tail = (seq, prev)
    return [line for line, _ in lines]


def link_row(line: Line) -> dict[str, Any]:
    """Give a link as its table's row."""
    link = line.link
    return {
        "writer": link.writer,
        "seq": link.seq,
        "prev": link.prev,
        "body_hash": link.body_hash,
        "line_hash": link.line_hash,
    }


def body_row(line: Line, body: dict[str, Any]) -> dict[str, Any]:
    """Give a body as its table's row."""
    return {
        "writer": line.link.writer,
        "seq": line.link.seq,
        "record": body["record"],
        "case_id": body["case"],
        "act": body["act"]["id"],
        "body": line.body,
    }


def _write_lines(session: Session, *_: Any) -> None:
    """Journal what this flush is about to do."""
    created = [r for r in session.new if isinstance(r, Record)]
    dirty = [r for r in session.dirty if isinstance(r, Record)]
    changed = {r.id: fields for r in dirty if (fields := changed_fields(r))}
    if any(isinstance(r, Record) for r in session.deleted):
        raise Broken("Records are never deleted; they are marked so.", code="E_JOURNAL")
    if not created and not changed:
        return
    act: Act | None = session.info.get("act")
    if act is None:
        raise Broken("A record was changed outside an act.", code="E_JOURNAL")
    updated = [r for r in dirty if r.id in changed]
    refuse_closed(session, (*created, *updated))
    connection = session.connection()
    heads = _heads(connection, list(changed)) if changed else {}
    bodies = [_body(act, r, Operation.CREATE, _created_fields(r), {}) for r in created]
    bases = {i: {f: sorted(heads[i].get(f) or heads[i].get(WHOLE, [])) for f in changed[i]} for i in changed}
    removed = _removed(connection, changed, heads)
    for record in updated:
        for part in _told_apart(changed[record.id]):
            base = {name: bases[record.id][name] for name in part}
            if record.id in removed:
                base |= removals.seen(removed[record.id], part)
            bodies.append(_body(act, record, Operation.UPDATE, part, base))
    lines = append(connection, act, bodies)
    _move_heads(connection, bodies, lines)
    index.put(connection, created, updated)


def _removed(
    connection: Connection, changed: Mapping[str, Any], heads: Mapping[str, Mapping[str, Any]]
) -> dict[str, Lines]:
    """Give the lines of those records that are removed, or ever were, or are being so."""
    ids = [i for i, fields in changed.items() if REMOVED in fields or REMOVED in heads[i]]
    return bodies_of(connection, ids) if ids else {}


def refuse_closed(session: Session, records: Iterable[Record]) -> None:
    """Refuse a line of a case that is somebody else's by now: the one place that does."""
    closed: Mapping[str, Closed] = session.info.get("closed", {})
    for record in records if closed else ():
        found = closed.get(record.case_id or "")
        if found is not None and record.kind not in found.but:
            raise Refused(found.words, code="E_CASE_CLOSED")


def _told_apart(fields: dict[str, Any]) -> list[dict[str, Any]]:
    """Part a restriction or removal from other changes of the same record, which may not leave with it."""
    apart = {name: value for name, value in fields.items() if name in TOLD_APART}
    rest = {name: value for name, value in fields.items() if name not in TOLD_APART}
    return [part for part in (apart, rest) if part]


def _move_heads(connection: Connection, bodies: list[dict[str, Any]], lines: list[Line]) -> None:
    rows = []
    for body, line in zip(bodies, lines, strict=True):
        names = [WHOLE] if body["op"] == Operation.CREATE else list(body["fields"])
        if body["op"] == Operation.UPDATE:
            head = journal_head.c
            connection.execute(
                delete(journal_head).where(head.record == body["record"], head.field.in_(names))
            )
        rows += [{"record": body["record"], "field": n, "line": line.link.line_hash} for n in names]
    connection.execute(journal_head.insert(), rows)


def _refuse_bulk(orm_execute_state: Any) -> None:
    if orm_execute_state.is_insert or orm_execute_state.is_update or orm_execute_state.is_delete:
        mapper = orm_execute_state.bind_mapper
        if mapper is not None and issubclass(mapper.class_, Record):
            raise Broken("Bulk changes would pass the journal by.", code="E_JOURNAL")


event.listen(JournalledSession, "before_flush", _write_lines)
event.listen(JournalledSession, "do_orm_execute", _refuse_bulk)
event.listen(JournalledSession, "after_flush", lambda s, _: s.connection().info.pop("flushing", None))
event.listen(
    JournalledSession, "before_flush", lambda s, *_: s.connection().info.__setitem__("flushing", True)
)
event.listen(JournalledSession, "after_soft_rollback", lambda s, _: _forget_tail(s))


def _forget_tail(session: Session) -> None:
    act: Act | None = session.info.get("act")
    if act is not None:
        act.tail = None


def guard(engine: Engine) -> None:
    """Refuse statements that change a record table past the journal, on every connection of an engine.

    Allowed are a flush (journalled) and projecting (`connection.info["projecting"]`). While a connection is
    lent for reading (execution option `reading`) every change is refused: it would be rolled back unseen.
    """
    names = "|".join(sorted(str(cls.__table__.name) for cls in record_classes()))  # type: ignore[attr-defined]  # FromClause has no name
    before = r"(?:\s|--[^\n]*\n|/\*.*?\*/|WITH\b.*?(?=\b(?:INSERT|REPLACE|UPDATE|DELETE)\b))*"
    verb = r"(?:(?:INSERT(?:\s+OR\s+\w+)?|REPLACE)\s+INTO|UPDATE(?:\s+OR\s+\w+)?|DELETE\s+FROM)(?:\s+ONLY)?"
    wanted = re.compile(
        rf"{before}{verb}\s+(?:[\"'`\[]?\w+[\"'`\]]?\s*\.\s*)?[\"'`\[]?(?:{names})\b",
        re.IGNORECASE | re.DOTALL,
    )

    changing = re.compile(r"\s*(?:INSERT|REPLACE|UPDATE|DELETE)\b", re.IGNORECASE)

    def check(connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        if connection.get_execution_options().get("reading") and changing.match(statement):
            raise Broken("Something was changed while only reading.", code="E_JOURNAL")
        if connection.info.get("flushing") or connection.info.get("projecting"):
            return
        if wanted.match(statement):
            raise Broken("A record table was changed past the journal.", code="E_JOURNAL")

    event.listen(engine, "before_cursor_execute", check)
    # A flush that failed never reaches `after_flush`: without this the guard would stay down.
    event.listen(engine, "rollback", _forget_flush)


def _forget_flush(connection: Connection) -> None:
    if not connection.invalidated:
        connection.info.pop("flushing", None)
