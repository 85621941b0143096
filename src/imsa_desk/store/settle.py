"""Makes records that were just written follow the journal, where older lines of them are here in part.

A record whose making line lost its body was made anew; what its later lines say then stands beside that. The
new line knows best, so one more line says that it replaces them.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import UTC
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from imsa_desk.domain.lines import WHOLE
from imsa_desk.store.fields import empty_of, to_field
from imsa_desk.store.journal import TOLD_APART, Act, append
from imsa_desk.store.project import bodies_of, heads_of, project, row_of
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
    parts = [[name for name in torn if (name in TOLD_APART) is apart] for apart in (True, False)]
    return [_body(act, cls, row, {n: values[n] for n in part}, torn) for part in parts if part]


def _body(
    act: Act, cls: type[Record], row: dict[str, Any], values: dict[str, Any], torn: dict[str, list[str]]
) -> dict[str, Any]:
    return {
        "act": {"id": act.id, "verb": act.verb},
        "at": to_field(act.now.astimezone(UTC)),
        "base": {name: torn[name] for name in values},
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
