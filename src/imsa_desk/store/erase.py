"""Erasure: the bodies of a case's lines become absent; their links stay and the chain still verifies.

One line with the operation "erase" names them by writer and number, so that whoever takes that line in drops
the same bodies. It names only lines of its own case. A reader honours it for the writer's own lines, and for
everybody's where the writer is the one whose case it was by the organisation's assignments, see
`store/erase_rights.py`: nobody else can erase what somebody wrote by sending a line. Who had the case and who
looked at it stays.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, select, update
from sqlalchemy.orm import Session

from imsa_desk.domain.canonical import parse_canonical
from imsa_desk.domain.lines import Line
from imsa_desk.errors import Broken
from imsa_desk.store import erase_rights, index, waiting
from imsa_desk.store.fields import to_field
from imsa_desk.store.journal import Act, append, refuse_closed
from imsa_desk.store.project import project
from imsa_desk.store.records import AccessRow, CaseRow, DocumentRow, ErasureRow
from imsa_desk.store.tables import blob_chunk, draft, journal_body, journal_link
from imsa_desk.vocab import Kind, Operation, Sensitivity

Span = tuple[str, int, int]
"""A writer and the first and last number of a run of lines."""

SPANS = "lines"
"""The one field of an erase line: a list of [writer, first, last]."""
ERASE_LINES = '%"op":"erase"%'
"""What an erase line's body looks like; no text of a person spells this: quotes inside a text are escaped."""
_LARGEST = 2**31 - 1
_STAY = ('%"kind":"access"%', f'%"kind":"{Kind.ASSIGNMENT.value}"%', ERASE_LINES)
"""What lines look like that no erasure takes: who looked at a case, who had it, and who erased it."""
_STAYING = frozenset({Kind.ACCESS.value, Kind.ASSIGNMENT.value})
Parsed = tuple[Line, dict[str, Any]]


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
    erase_rights.note(session, case_id)
    spans = _whole(connection, act.writer, spans)
    append(connection, act, [_body(act, case_id, spans)])
    erased = drop_bodies(session, case_id, spans)
    connection.execute(delete(draft).where(draft.c.case_id == case_id))
    return erased


def _whole(connection: Connection, own: str, spans: Sequence[Span]) -> list[Span]:
    """Name of other writers all that is known here: what was kept back from this vault goes elsewhere too."""
    link, others = journal_link.c, {writer for writer, _, _ in spans} - {own}
    query = select(link.writer, func.max(link.seq)).where(link.writer.in_(others)).group_by(link.writer)
    whole = [(writer, 1, int(last)) for writer, last in connection.execute(query.order_by(link.writer))]
    return [span for span in spans if span[0] == own] + whole


def spans_of(connection: Connection, case_id: str, but: ColumnElement[bool]) -> list[Span]:
    """Give the runs of lines of a case whose body is here, without erase lines and those that `but` picks."""
    table = journal_body.c
    query = (
        select(table.writer, table.seq)
        .where(table.case_id == case_id, table.body.is_not(None))
        .where(~but, *(table.body.not_like(kept) for kept in _STAY))
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


def honoured(connection: Connection, cases: Collection[str]) -> dict[str, list[Span]]:
    """Give what the erase lines that are here rightly name, by case."""
    found: dict[str, list[Span]] = {}
    for writer, body in _erasing(connection, cases):
        found.setdefault(body["case"], []).extend(_rightly(connection, writer, body))
    return found


def _erasing(connection: Connection, cases: Collection[str]) -> list[tuple[str, dict[str, Any]]]:
    table, found = journal_body.c, list[tuple[str, dict[str, Any]]]()
    query = select(table.writer, table.body).where(
        table.record == table.case_id, table.body.like(ERASE_LINES)
    )
    wanted = sorted(cases)
    for at in range(0, len(wanted), 500):
        for writer, text in connection.execute(query.where(table.record.in_(wanted[at : at + 500]))):
            found.append((writer, parse_canonical(text.encode())))
    return found


def _rightly(connection: Connection, writer: str, body: dict[str, Any]) -> list[Span]:
    """Give what an erase line names and may: its own writer's lines, or everybody's of its case."""
    spans = read_spans(body)
    if all(whose == writer for whose, _, _ in spans):
        return list(spans)
    may = erase_rights.may_erase(connection, body["case"], writer, body["at"])
    return [span for span in spans if may or span[0] == writer]


def but_erased(session: Session, found: Sequence[Parsed], erased: Collection[str]) -> list[Parsed]:
    """Leave out lines whose content was erased by now, as an erase line here says of an `erased` case.

    A bundle that was written before the erasure would bring it back, and one that comes late would bring
    what this reader never held.
    """
    cases = {str(body["case"]) for _, body in found if body["case"] in erased} if erased else set()
    if not cases:
        return list(found)
    for line, body in found:
        if body["case"] in cases:
            erase_rights.note_made(session, line.link, body)
    spans = honoured(session.connection(), cases)
    return [
        (line, body)
        for line, body in found
        if body["kind"] in _STAYING
        or body["op"] == Operation.ERASE
        or not _within(line.link.writer, line.link.seq, spans.get(body["case"], ()))
    ]


def _within(writer: str, seq: int, spans: Iterable[Span]) -> bool:
    return any(whose == writer and first <= seq <= last for whose, first, last in spans)


def obey(session: Session, cases: Collection[str]) -> set[str]:
    """Drop what the erase lines of these cases rightly name; give the records it touched."""
    connection, touched = session.connection(), set[str]()
    for case in {body["case"] for _, body in _erasing(connection, cases)}:
        erase_rights.note(session, case)
    for case, spans in honoured(connection, cases).items():
        touched |= _records(connection, case, spans)
        waiting.drop(connection, case, spans)
        drop_bodies(session, case, spans)
    return touched


def obey_anew(session: Session) -> set[str]:
    """Obey every erasure once more: assignments changed what is right."""
    return obey(session, erase_rights.erased_here(session.connection()))


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
            *(table.body.not_like(kept) for kept in _STAY),
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
