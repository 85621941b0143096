"""Fields with several heads whose values differ: what the projection shows only provisionally.

One reading of `journal_head` (its key covers it) finds them; bodies are read of those records only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from imsa_desk.domain.canonical import canonical, parse_canonical
from imsa_desk.domain.lines import WHOLE
from imsa_desk.store.fields import columns_of, to_field
from imsa_desk.store.project import Body, heads_of, row_of, value_of
from imsa_desk.store.records.base import Record
from imsa_desk.store.tables import journal_body, journal_head, journal_link

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Written:
    """One line of a record that is here: its hash, who wrote it under which number, and what it says."""

    line: str
    writer: str
    seq: int
    body: Body


@dataclass(frozen=True, slots=True)
class Torn:
    """A record with fields that more than one standing line speaks for, each with another value."""

    record: str
    case_id: str | None
    cls: type[Record]
    fields: dict[str, tuple[Written, ...]]
    """The heads of each field, the first written first."""
    shown: dict[str, Any]
    """What the row holds of those fields, as JSON holds it."""
    lines: dict[str, Written]

    def value(self, name: str, side: Written) -> Any:
        """Give what one side says of a field."""
        return value_of(self.cls, name, side.body)

    def origin(self, name: str, side: Written) -> Written:
        """Give the line that said a side's value first: taking a settlement back only says it once more."""
        if side.body["act"]["verb"] != "undo":
            return side
        wanted = self.value(name, side)
        for settling in side.body["base"].get(name, []):
            known = self.lines.get(settling)
            before = known.body["base"].get(name, []) if known is not None else []
            stood = [self.lines[h] for h in before if h in self.lines]
            for one in stood if len(stood) > 1 else ():
                if self.value(name, one) == wanted:
                    return self.origin(name, one)
        return side


def torn(connection: Connection, records: Sequence[str] | None = None) -> list[Torn]:
    """Find every torn record, or those among `records`, in the order of their ids."""
    found = []
    for record, lines in sorted(written(connection, _candidates(connection, records)).items()):
        one = _torn(record, lines)
        if one is not None:
            found.append(one)
    return found


def _candidates(connection: Connection, records: Sequence[str] | None) -> list[str]:
    head = journal_head.c
    query = select(head.record).group_by(head.record, head.field).having(func.count() > 1)
    if records is None:
        alone = _one_writer(connection)
        return [] if alone else sorted(set(connection.execute(query).scalars()))
    found: set[str] = set()
    for at in range(0, len(records), _CHUNK):
        part = records[at : at + _CHUNK]
        found |= set(connection.execute(query.where(head.record.in_(part))).scalars())
    return sorted(found)


def _one_writer(connection: Connection) -> bool:
    """Say whether nobody else ever wrote here: then nothing can be torn, and no head need be read."""
    writer = journal_link.c.writer
    first, last = (connection.scalar(select(end(writer))) for end in (func.min, func.max))
    return bool(first == last)


def written(connection: Connection, records: Sequence[str]) -> dict[str, list[Written]]:
    """Give the lines of records whose bodies are here, by record."""
    link, body = journal_link.c, journal_body.c
    joined = (link.writer == body.writer) & (link.seq == body.seq)
    query = (
        select(body.record, link.line_hash, body.writer, body.seq, body.body)
        .join_from(journal_body, journal_link, joined)
        .where(body.body.is_not(None))
    )
    found: dict[str, list[Written]] = {}
    for at in range(0, len(records), _CHUNK):
        for record, line, writer, seq, text in connection.execute(
            query.where(body.record.in_(records[at : at + _CHUNK]))
        ):
            found.setdefault(record, []).append(Written(line, writer, seq, parse_canonical(text.encode())))
    return found


def _torn(record: str, lines: list[Written]) -> Torn | None:
    pairs = [(one.line, one.body) for one in lines]
    heads = heads_of(pairs)
    made = row_of(pairs)
    if made is None:
        return None
    cls, row = made
    by_hash = {one.line: one for one in lines}
    fields = {}
    for name in columns_of(cls):
        at = [by_hash[line] for line in heads.get(name, heads[WHOLE])]
        if len(at) > 1 and len({canonical(value_of(cls, name, one.body)) for one in at}) > 1:
            fields[name] = tuple(sorted(at, key=lambda one: (one.body["hlc"], one.line)))
    shown = {name: to_field(row[name]) for name in fields}
    return Torn(record, row["case_id"], cls, fields, shown, by_hash) if fields else None
