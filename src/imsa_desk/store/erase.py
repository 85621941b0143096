"""Erasure: the bodies of a case's lines become absent; their links stay and the chain still verifies.

One line with the operation "erase" names them by writer and number, so that whoever takes that line in drops
the same bodies. It names only lines of its own case, and a reader honours it for the writer's own lines only:
nobody can erase what somebody else wrote by sending a line.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import UTC
from typing import Any

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.orm import Session

from imsa_desk.domain.lines import Line
from imsa_desk.errors import Broken
from imsa_desk.store import index
from imsa_desk.store.fields import to_field
from imsa_desk.store.journal import Act, append
from imsa_desk.store.project import project
from imsa_desk.store.records import AccessRow, DocumentRow, ErasureRow
from imsa_desk.store.tables import blob_chunk, draft, journal_body
from imsa_desk.vocab import Kind, Operation, Sensitivity

Span = tuple[str, int, int]
"""A writer and the first and last number of a run of lines."""

SPANS = "lines"
"""The one field of an erase line: a list of [writer, first, last]."""
_ERASE_LINES = '%"op":"erase"%'  # no text of a person spells this: quotes inside a text are escaped
_LARGEST = 2**31 - 1


def erase_case(session: Session, case_id: str) -> int:
    """Erase what a case's lines say, within an open act; give how many lines. Accesses stay: they hold none.

    Rows, search index, drafts and documents that nothing else refers to go with them.
    """
    connection = session.connection()
    act: Act = session.info["act"]
    session.flush()
    spans = _spans_of(connection, case_id)
    if not spans:
        return 0
    append(connection, act, [_body(act, case_id, spans)])
    erased = drop_bodies(session, case_id, spans)
    connection.execute(delete(draft).where(draft.c.case_id == case_id))
    return erased


def _spans_of(connection: Connection, case_id: str) -> list[Span]:
    table = journal_body.c
    accesses = select(AccessRow.id).where(AccessRow.case_id == case_id)
    query = (
        select(table.writer, table.seq)
        .where(table.case_id == case_id, table.body.is_not(None), table.body.not_like(_ERASE_LINES))
        .where(table.record.not_in(accesses))
        .order_by(table.writer, table.seq)
    )
    spans: list[Span] = []
    for writer, seq in connection.execute(query):
        if spans and spans[-1][0] == writer and spans[-1][2] == seq - 1:
            spans[-1] = (writer, spans[-1][1], seq)
        else:
            spans.append((writer, seq, seq))
    return spans


def _body(act: Act, case_id: str, spans: Sequence[Span]) -> dict[str, Any]:
    return {
        "act": {"id": act.id, "verb": act.verb},
        "at": to_field(act.now.astimezone(UTC)),
        "base": {},
        "case": case_id,
        "fields": {SPANS: [list(span) for span in spans]},
        "hlc": act.clock.tick(),
        "kind": Kind.CASE.value,
        "op": Operation.ERASE.value,
        "reason": act.reason,
        "record": case_id,
        "salt": secrets.token_hex(16),
        "sensitivity": Sensitivity.L2.value,
    }


def read_spans(body: dict[str, Any]) -> tuple[Span, ...]:
    """Give what an erase line names. Raises Broken (E_RECORD) for anything but that."""
    spans = body["fields"].get(SPANS) if body["fields"].keys() == {SPANS} else None
    if not isinstance(spans, list) or not spans or body["base"] or body["record"] != body["case"]:
        raise Broken("An erasing line does not have the agreed form.", code="E_RECORD")
    for span in spans:
        sound = (
            isinstance(span, list)
            and len(span) == 3
            and isinstance(span[0], str)
            and all(type(n) is int for n in span[1:])
            and 0 < span[1] <= span[2] <= _LARGEST
        )
        if not sound:
            raise Broken("An erasing line does not have the agreed form.", code="E_RECORD")
    return tuple((writer, first, last) for writer, first, last in spans)


def erasing_lines(connection: Connection, writer: str) -> dict[int, str]:
    """Give a writer’s erase lines and their cases: each leaves with every bundle until it was told."""
    table = journal_body.c
    query = select(table.seq, table.record).where(
        table.writer == writer,
        table.record.in_(select(ErasureRow.erased_case)),
        table.record == table.case_id,
        table.body.like(_ERASE_LINES),
    )
    return dict(connection.execute(query).all())


def obey(session: Session, line: Line, body: dict[str, Any]) -> set[str]:
    """Drop what an erase line from elsewhere names of its own writer's; give the records it touched."""
    own = [span for span in read_spans(body) if span[0] == line.link.writer]
    touched = _records(session.connection(), body["case"], own)
    drop_bodies(session, body["case"], own)
    return touched


def drop_bodies(session: Session, case_id: str, spans: Iterable[Span]) -> int:
    """Make bodies of one case absent, then what is projected from them; give how many."""
    connection = session.connection()
    wanted = list(spans)
    touched = _records(connection, case_id, wanted)
    table, dropped = journal_body.c, 0
    for writer, first, last in wanted:
        statement = update(journal_body).where(
            table.writer == writer,
            table.seq.between(first, last),
            table.case_id == case_id,
            table.body.is_not(None),
            table.body.not_like(_ERASE_LINES),
        )
        dropped += connection.execute(statement.values(body=None)).rowcount
    project(connection, sorted(touched))
    if connection.dialect.name == "sqlite":
        for at in range(0, len(touched), 500):
            index.drop(connection, sorted(touched)[at : at + 500])
    session.expire_all()
    connection.execute(delete(blob_chunk).where(blob_chunk.c.sha256.not_in(select(DocumentRow.sha256))))
    return dropped


def _records(connection: Connection, case_id: str, spans: Iterable[Span]) -> set[str]:
    table, found = journal_body.c, set[str]()
    for writer, first, last in spans:
        query = select(table.record).where(
            table.writer == writer, table.seq.between(first, last), table.case_id == case_id
        )
        found |= set(connection.execute(query).scalars())
    return found
