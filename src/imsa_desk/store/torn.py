"""What the projection shows only provisionally: fields with several heads whose values differ, and records
removed by one and changed by another (`removals.py`).

One reading of `journal_head` (its key covers it) finds the first; of removed records only those are looked
into further that several have written. Bodies are read of what was found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select

from imsa_desk.domain.canonical import canonical, parse_canonical
from imsa_desk.domain.lines import REMOVED, REMOVED_WHY, WHOLE
from imsa_desk.store.fields import columns_of, to_field
from imsa_desk.store.project import Body, heads_of, row_of, value_of
from imsa_desk.store.records.base import Record
from imsa_desk.store.removals import is_said_again, unknowing
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
    """A record with fields that more than one standing line speaks for, each with another value.

    A removal and what stands against it are the sides of `deleted_at`.
    """

    record: str
    case_id: str | None
    cls: type[Record]
    fields: dict[str, tuple[Written, ...]]
    """The heads of each field, the first written first."""
    shown: dict[str, Any]
    """What the row holds of those fields, as JSON holds it."""
    lines: dict[str, Written]
    edits: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """The lines that stand against a removal, each with the fields it changed."""

    def value(self, name: str, side: Written) -> Any:
        """Give what one side says of a field."""
        return value_of(self.cls, name, side.body)

    def origin(self, name: str, side: Written) -> Written:
        """Give the line that said a side's value first: taking a settlement back only says it once more."""
        if side.body["act"]["verb"] != "undo":
            return side
        if name == REMOVED and name not in side.body["fields"] and side.line in self.edits:
            name = self.edits[side.line][0]
        wanted = self.value(name, side)
        for settling in side.body["base"].get(name, []):
            known = self.lines.get(settling)
            before = known.body["base"].get(name, []) if known is not None else []
            stood = [self.lines[h] for h in before if h in self.lines]
            again = len(stood) > 1 or (name == REMOVED and is_said_again(side.body, settling))
            for one in stood if again else ():
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
    query = select(head.record, head.field, func.count()).group_by(head.record, head.field)
    query = query.having((func.count() > 1) | (head.field == REMOVED))
    if records is None:
        rows = [] if _one_writer(connection) else connection.execute(query).all()
    else:
        parts = (query.where(head.record.in_(part)) for part in _parts(records))
        rows = [row for part in parts for row in connection.execute(part)]
    found = {record for record, _, count in rows if count > 1}
    removed = sorted({record for record, field_, _ in rows if field_ == REMOVED} - found)
    for part in _parts(removed):
        found.update(connection.execute(removed_and_changed(part)).scalars())
    return sorted(found)


def _parts(records: Sequence[str]) -> list[Sequence[str]]:
    return [records[at : at + _CHUNK] for at in range(0, len(records), _CHUNK)]


def removed_and_changed(records: Sequence[str]) -> Select[Any]:
    """Select those of removed records that have a head which the removal does not say it had seen.

    More may be found than there is: `unknowing` decides. Nothing is read of what one writer wrote alone.
    """
    head, link, body = journal_head.c, journal_link.alias(), journal_body.alias()
    edit, edited, changed = journal_head.alias(), journal_link.alias(), journal_body.alias()
    others = journal_body.alias()
    by_others = select(others.c.seq).where(others.c.record == head.record, others.c.writer != link.c.writer)
    return (
        select(head.record)
        .join(link, link.c.line_hash == head.line)
        .join(body, (body.c.writer == link.c.writer) & (body.c.seq == link.c.seq))
        .join(edit, edit.c.record == head.record)
        .join(edited, edited.c.line_hash == edit.c.line)
        .join(changed, (changed.c.writer == edited.c.writer) & (changed.c.seq == edited.c.seq))
        .where(head.record.in_(records), head.field == REMOVED, by_others.exists())
        .where(body.c.body.contains(f'"{REMOVED}":"'), body.c.body.contains(f'"{WHOLE}":['))
        .where(edit.c.field.not_in([WHOLE, REMOVED, REMOVED_WHY]), edit.c.line != head.line)
        .where(~body.c.body.contains(edit.c.line), ~_accepts(changed.c.body, head.line))
    )


def _accepts(body: ColumnElement[Any], removal: ColumnElement[str]) -> ColumnElement[bool]:
    """Say whether a change names a removal under `*`; without that it may name it as what it replaces."""
    return body.contains(f'"{WHOLE}":[') & body.contains(removal)


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
    for part in _parts(records):
        for record, line, writer, seq, text in connection.execute(query.where(body.record.in_(part))):
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
        if len(at) > 1 and len({_compared(cls, name, one.body) for one in at}) > 1:
            fields[name] = _by_age(at)
    edits = unknowing(pairs, heads)
    if edits:
        fields[REMOVED] = _by_age([by_hash[line] for line in {*heads[REMOVED], *edits}])
    if REMOVED not in fields:
        fields.pop(REMOVED_WHY, None)  # two removals are no question, whatever their reasons
    shown = {name: to_field(row[name]) for name in fields}
    return Torn(record, row["case_id"], cls, fields, shown, by_hash, edits) if fields else None


def _compared(cls: type[Record], name: str, body: Body) -> bytes:
    """Give what tells one value from another: a removal is one, whenever it was."""
    value = value_of(cls, name, body)
    return canonical(value is not None if name == REMOVED else value)


def _by_age(sides: Sequence[Written]) -> tuple[Written, ...]:
    return tuple(sorted(sides, key=lambda one: (one.body["hlc"], one.line)))
