"""Verbs about history: what was changed by which act, undo an act, bring an earlier version back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from imsa_desk.domain.canonical import parse_canonical
from imsa_desk.domain.timeline import Act, FieldChange, HistoryLine
from imsa_desk.errors import Refused
from imsa_desk.services.desk import Desk
from imsa_desk.services.sealing import refuse_sealed
from imsa_desk.store.fields import class_of, empty_of, from_field
from imsa_desk.store.journal import tail_of
from imsa_desk.store.project import bodies_of, heads_of
from imsa_desk.store.records import Record
from imsa_desk.store.tables import journal_body, journal_link
from imsa_desk.vocab import Kind, Operation

Body = dict[str, Any]
CHANGED_SINCE = "This was changed again since. Bring back an earlier version from its history."
QUIET_VERBS = frozenset({"create_vault"})
"""Acts that nobody means when they ask to undo the last thing; accesses are told by their name."""


def history(desk: Desk, kind: Kind, record_id: str) -> tuple[HistoryLine, ...]:
    """Give every journal line of a record, newest first; absent ones say that they cannot be read."""
    with desk.store.read() as session:
        joined = (journal_link.c.writer == journal_body.c.writer) & (journal_link.c.seq == journal_body.c.seq)
        rows = session.execute(
            select(journal_link.c.writer, journal_link.c.seq, journal_link.c.line_hash, journal_body.c.body)
            .join(journal_body, joined)
            .where(journal_body.c.record == record_id)
        ).all()
        bodies = {r.line_hash: parse_canonical(r.body.encode()) for r in rows if r.body}
        lines = [_line(desk, kind, r, bodies) for r in rows]
        order = {r.line_hash: bodies[r.line_hash]["hlc"] if r.line_hash in bodies else "" for r in rows}
        paired = sorted(zip(lines, rows, strict=True), key=lambda p: order[p[1].line_hash], reverse=True)
        return tuple(line for line, _ in paired)


def _line(desk: Desk, kind: Kind, row: Any, bodies: dict[str, Body]) -> HistoryLine:
    body = bodies.get(row.line_hash)
    if body is None:
        return HistoryLine("", "", desk.now(), Operation.ERASE, (), "", row.writer, row.seq, False)
    return HistoryLine(
        act_id=body["act"]["id"],
        verb=body["act"]["verb"],
        at=from_field(class_of(Kind.ACCESS), "at", body["at"]),
        operation=Operation(body["op"]),
        changes=tuple(_changes(kind, body, bodies)),
        reason=body["reason"],
        writer=row.writer,
        seq=row.seq,
        readable=True,
    )


def _changes(kind: Kind, body: Body, bodies: dict[str, Body]) -> list[FieldChange]:
    cls = class_of(kind)
    return [
        FieldChange(name, _words(_before(cls, name, body, bodies)), _words(value))
        for name, value in body["fields"].items()
        if name not in ("id", "case_id")
    ]


def _words(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _before(cls: type[Record], name: str, body: Body, bodies: dict[str, Body]) -> Any:
    """Give what a field said before a line, as JSON holds it."""
    replaced = [bodies[h] for h in body["base"].get(name, []) if h in bodies]
    if not replaced:
        return None
    latest = max(replaced, key=lambda b: (b["hlc"], b["salt"]))
    return latest["fields"].get(name, empty_of(cls, name))


def last_act(desk: Desk) -> Act | None:
    """Give the newest act of this vault that changed a record and can be undone."""
    with desk.store.read() as session:
        query = (
            select(journal_body.c.act, journal_body.c.body)
            .where(journal_body.c.writer == desk.store.writer, journal_body.c.body.is_not(None))
            .order_by(journal_body.c.seq.desc())
            .limit(200)
        )
        for act_id, text in session.execute(query):
            body = parse_canonical(text.encode())
            verb = body["act"]["verb"]
            if body["kind"] == Kind.ACCESS or verb in QUIET_VERBS or verb == "undo":
                continue
            return _act(session.connection(), act_id, body)
        return None


def _act(connection: Connection, act_id: str, body: Body) -> Act:
    records = (
        connection.execute(select(journal_body.c.record).where(journal_body.c.act == act_id)).scalars().all()
    )
    return Act(
        act_id, body["act"]["verb"], from_field(class_of(Kind.ACCESS), "at", body["at"]), len(set(records))
    )


def undo(desk: Desk, act_id: str) -> None:
    """Take back everything one act did: what it made is marked removed, what it changed goes back.

    Raises Refused where something it touched was changed again since: bring back an earlier version
    from that record's history instead.
    """
    with desk.store.begin("undo", reason=f"undo of {act_id}") as session:
        connection = session.connection()
        rows = connection.execute(
            select(journal_body.c.record).where(
                journal_body.c.act == act_id, journal_body.c.body.is_not(None)
            )
        )
        records = list(dict.fromkeys(rows.scalars()))
        if not records:
            raise Refused("There is nothing to undo here.")
        for record, lines in bodies_of(connection, records).items():
            _undo_record(desk, session, record, lines, act_id)


def _undo_record(
    desk: Desk, session: Session, record: str, lines: list[tuple[str, Body]], act_id: str
) -> None:
    heads = heads_of(lines)
    bodies = dict(lines)
    own = [(h, b) for h, b in lines if b["act"]["id"] == act_id]
    cls = class_of(own[0][1]["kind"])
    row = session.get(cls, record)
    if row is None or cls.kind is Kind.ACCESS:
        return
    refuse_sealed(session, row)
    ours = {h for h, _ in own}
    if any(b["op"] == Operation.CREATE for _, b in own):
        if any(not set(at) <= ours for at in heads.values()):
            raise Refused(CHANGED_SINCE)
        row.deleted_at, row.deleted_reason = desk.now(), "undone"
        return
    first: dict[str, Body] = {}
    for _, body in own:
        for name in body["fields"]:
            first.setdefault(name, body)
    if any(not set(heads.get(name, [])) <= ours for name in first):
        raise Refused(CHANGED_SINCE)
    for name, body in first.items():
        _set(row, name, _before(cls, name, body, bodies))


def _set(row: Record, name: str, value: Any) -> None:
    cls = type(row)
    setattr(row, name, empty_of(cls, name) if value is None else from_field(cls, name, value))


def bring_back(desk: Desk, kind: Kind, record_id: str, writer: str, seq: int) -> None:
    """Make a record say again what it said after one of its journal lines."""
    with desk.store.begin("bring_back") as session:
        connection = session.connection()
        hashes = connection.execute(
            select(journal_link.c.line_hash).where(journal_link.c.writer == writer, journal_link.c.seq == seq)
        ).scalar_one_or_none()
        lines = bodies_of(connection, [record_id]).get(record_id, [])
        wanted = dict(lines).get(hashes or "")
        row = session.get(class_of(kind), record_id)
        if wanted is None or row is None:
            raise Refused("This version is not in this vault.")
        refuse_sealed(session, row)
        values: dict[str, Any] = {}
        for _, body in sorted(lines, key=lambda p: p[1]["hlc"]):
            if body["hlc"] <= wanted["hlc"]:
                values |= body["fields"]
        for name in {n for _, b in lines for n in b["fields"]} | {"deleted_at", "deleted_reason"}:
            _set(row, name, values.get(name))


def newest_line(desk: Desk) -> str:
    """Give the hash of this vault's last line."""
    with desk.store.read() as session:
        return tail_of(session.connection(), desk.store.writer)[1]
