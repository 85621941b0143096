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

from sqlalchemy import ColumnElement, Connection, delete, select, update
from sqlalchemy.orm import Session

from imsa_desk.domain.canonical import parse_canonical
from imsa_desk.domain.lines import Line
from imsa_desk.errors import Broken
from imsa_desk.store import index, waiting
from imsa_desk.store.fields import to_field
from imsa_desk.store.journal import Act, append, refuse_closed
from imsa_desk.store.project import project
from imsa_desk.store.records import AccessRow, CaseRow, DocumentRow, ErasureRow
from imsa_desk.store.tables import blob_chunk, draft, journal_body
from imsa_desk.vocab import Kind, Operation, Sensitivity

Span = tuple[str, int, int]
"""A writer and the first and last number of a run of lines."""

SPANS = "lines"
"""The one field of an erase line: a list of [writer, first, last]."""
ERASE_LINES = '%"op":"erase"%'
"""What an erase line's body looks like; no text of a person spells this: quotes inside a text are escaped."""
_LARGEST = 2**31 - 1


def erase_case(session: Session, case_id: str) -> int:
    """Erase what a case's lines say, within an open act; give how many lines. Accesses stay: they hold none.

    Rows, search index, drafts and documents that nothing else refers to go with them. Raises Refused
    (E_CASE_CLOSED) for a case that is somebody else's by now.
    """
    connection = session.connection()
    row = session.get(CaseRow, case_id)
    refuse_closed(session, [row] if row is not None else [])
    act: Act = session.info["act"]
    session.flush()
    accesses = journal_body.c.record.in_(select(AccessRow.id).where(AccessRow.case_id == case_id))
    spans = spans_of(connection, case_id, but=accesses)
    waiting.drop(connection, case_id)
    if not spans:
        return 0
    append(connection, act, [_body(act, case_id, spans)])
    erased = drop_bodies(session, case_id, spans)
    connection.execute(delete(draft).where(draft.c.case_id == case_id))
    return erased


def spans_of(connection: Connection, case_id: str, but: ColumnElement[bool]) -> list[Span]:
    """Give the runs of lines of a case whose body is here, without erase lines and those that `but` picks."""
    table = journal_body.c
    query = (
        select(table.writer, table.seq)
        .where(table.case_id == case_id, table.body.is_not(None), table.body.not_like(ERASE_LINES))
        .where(~but)
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
        table.body.like(ERASE_LINES),
    )
    return dict(connection.execute(query).all())


def but_erased(connection: Connection, writer: str, lines: Sequence[Line]) -> list[Line]:
    """Leave out lines whose content their own writer has erased by now, as an erase line here says.

    A bundle that was written before the erasure would bring back what this reader never held.
    """
    cases = {line.link.seq: line.parsed().get("case") for line in lines}
    table, erased = journal_body.c, set[int]()
    for case_id in {case for case in cases.values() if isinstance(case, str)}:
        query = select(table.body).where(
            table.writer == writer, table.record == case_id, table.body.like(ERASE_LINES)
        )
        for text in connection.execute(query).scalars():
            spans = [span for span in read_spans(parse_canonical(text.encode())) if span[0] == writer]
            erased |= {n for n, case in cases.items() if case == case_id and _within(n, spans)}
    return [line for line in lines if line.link.seq not in erased]


def _within(seq: int, spans: Iterable[Span]) -> bool:
    return any(first <= seq <= last for _, first, last in spans)


def obey(session: Session, line: Line, body: dict[str, Any]) -> set[str]:
    """Drop what an erase line from elsewhere names of its own writer's; give the records it touched."""
    own = [span for span in read_spans(body) if span[0] == line.link.writer]
    touched = _records(session.connection(), body["case"], own)
    waiting.drop(session.connection(), body["case"], own)
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
            table.body.not_like(ERASE_LINES),
        )
        dropped += connection.execute(statement.values(body=None)).rowcount
    project(connection, sorted(touched))
    if connection.dialect.name == "sqlite":
        for at in range(0, len(touched), 500):
            index.drop(connection, sorted(touched)[at : at + 500])
    session.expire_all()
    unused = blob_chunk.c.sha256.not_in(select(DocumentRow.sha256))
    kept = waiting.documents(connection)
    connection.execute(delete(blob_chunk).where(unused, blob_chunk.c.sha256.not_in(kept)))
    return dropped


def _records(connection: Connection, case_id: str, spans: Iterable[Span]) -> set[str]:
    table, found = journal_body.c, set[str]()
    for writer, first, last in spans:
        query = select(table.record).where(
            table.writer == writer, table.seq.between(first, last), table.case_id == case_id
        )
        found |= set(connection.execute(query).scalars())
    return found
