"""Lines that say which of several heads is in force: settled by a person, or by what was just written.

The listener journals what changed. Here a line is written although nothing may have changed: it names every
head of its fields as replaced. Nothing is lost by it; `reopen` makes the same values stand again.

A record whose making line lost its body was made anew; what its later lines say then stands beside that. The
new line knows best, so one more line says that it replaces them (`settle`).
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from imsa_desk.domain.lines import REMOVED, WHOLE
from imsa_desk.store import index, removals
from imsa_desk.store.fields import columns_of, empty_of, from_field, to_field
from imsa_desk.store.journal import TOLD_APART, Act, append, refuse_closed
from imsa_desk.store.project import bodies_of, heads_of, is_proposal, project, row_of, value_of
from imsa_desk.store.records.base import Record
from imsa_desk.store.tables import journal_link
from imsa_desk.vocab import Operation

_Lines = list[tuple[str, dict[str, Any]]]


def settle(session: Session, ids: Sequence[str]) -> None:
    """Bring rows and heads of just written records to the journal, with what was written in force."""
    if not ids:
        return
    connection = session.connection()
    act: Act = session.info["act"]
    own = set(
        connection.execute(
            select(journal_link.c.line_hash).where(journal_link.c.writer == act.writer)
        ).scalars()
    )
    bodies = [body for lines in bodies_of(connection, ids).values() for body in _replacing(act, lines, own)]
    append(connection, act, bodies)
    project(connection, ids)
    session.expire_all()


def _replacing(act: Act, lines: _Lines, own: set[str]) -> list[dict[str, Any]]:
    """Give the bodies that put this act's values in force where older lines stand beside them."""
    made = row_of(lines)
    torn = {
        name: at for name, at in heads_of(lines).items() if name != WHOLE and len(at) > 1 and own & set(at)
    }
    if not torn or made is None:
        return []
    cls, row = made
    by_hash = dict(lines)
    values = {}
    for name, at in torn.items():
        newest = by_hash[max(own & set(at), key=lambda line: by_hash[line]["hlc"])]
        values[name] = newest["fields"].get(name, empty_of(cls, name))
    return _bodies(act, cls, row, values, torn, lines)


def put_in_force(session: Session, row: Record, values: Mapping[str, Any]) -> None:
    """Say of fields of a record, as JSON holds them, that they replace every head; within an open act.

    Raises Refused (E_CASE_CLOSED), Broken (E_RECORD) for a value that the field does not hold.
    """
    session.flush()
    refuse_closed(session, [row])
    for name, value in values.items():
        from_field(type(row), name, value)
    lines = _lines(session, row)
    heads = _heads(row, lines)
    _write(session, row, _bodies(session.info["act"], type(row), _said(row), values, heads, lines))


def reopen(session: Session, row: Record, sides: Mapping[str, Sequence[str]]) -> None:
    """Make the values of former lines stand beside one another again, by field; within an open act.

    Each line is said once more in this act's name. What was only proposed comes first, so that it is not
    shown in place of the rest. A removal has again against it what stood against it when it was settled.
    """
    session.flush()
    refuse_closed(session, [row])
    lines = _lines(session, row)
    by_hash, heads, cls = dict(lines), _heads(row, lines), type(row)
    settling = [by_hash[h] for h in heads[REMOVED]]
    bodies = []
    hashes = {line for at in sides.values() for line in at}
    proposed = {h for h in hashes if any(is_proposal(name, by_hash[h]) for name in sides)}
    for line in sorted(hashes, key=lambda h: (h not in proposed, by_hash[h]["hlc"], h)):
        values = {n: value_of(cls, n, by_hash[line]) for n, at in sides.items() if line in at}
        made = _bodies(session.info["act"], cls, _said(row), values, heads, lines)
        for body in made:
            again = removals.removes(body)
            entry = removals.seen_again(lines, line, settling) if again else removals.knew(lines, line)
            bodies.append(_said_again(body, entry))
    _write(session, row, bodies)


def _said_again(body: dict[str, Any], entry: dict[str, list[str]]) -> dict[str, Any]:
    """Give a body with what it knows of removals as the line knew that it says again."""
    if REMOVED in body["fields"] and not removals.removes(body):
        return body
    base = {name: at for name, at in body["base"].items() if name != WHOLE}
    return body | {"base": base | entry}


def _lines(session: Session, row: Record) -> _Lines:
    return bodies_of(session.connection(), [row.id]).get(row.id, [])


def _heads(row: Record, lines: _Lines) -> dict[str, list[str]]:
    heads = heads_of(lines)
    return {name: heads.get(name) or heads.get(WHOLE, []) for name in columns_of(type(row))}


def _said(row: Record) -> dict[str, Any]:
    return {"id": row.id, "case_id": row.case_id, "sensitivity": row.sensitivity}


def _write(session: Session, row: Record, bodies: list[dict[str, Any]]) -> None:
    """Append lines of one record, and bring its row and its words in the index to them."""
    connection = session.connection()
    append(connection, session.info["act"], bodies)
    project(connection, [row.id])
    session.refresh(row)
    index.put(connection, [], [row])


def _bodies(
    act: Act,
    cls: type[Record],
    row: dict[str, Any],
    values: Mapping[str, Any],
    heads: dict[str, list[str]],
    lines: _Lines,
) -> list[dict[str, Any]]:
    """Make the bodies that replace these heads, restrictions and removals in one of their own."""
    parts = [[name for name in values if (name in TOLD_APART) is apart] for apart in (True, False)]
    return [
        _body(act, cls, row, {n: values[n] for n in part}, {n: heads[n] for n in part} | seen)
        for part in parts
        if part
        for seen in [removals.seen(lines, part)]
    ]


def _body(
    act: Act, cls: type[Record], row: dict[str, Any], values: dict[str, Any], base: dict[str, list[str]]
) -> dict[str, Any]:
    return {
        "act": {"id": act.id, "verb": act.verb},
        "at": to_field(act.now.astimezone(UTC)),
        "base": base,
        "case": row["case_id"],
        "fields": values,
        "hlc": act.clock.tick(),
        "kind": cls.kind.value,
        "op": Operation.UPDATE.value,
        "reason": act.reason,
        "record": row["id"],
        "salt": secrets.token_hex(16),
        "sensitivity": row["sensitivity"],
    }
