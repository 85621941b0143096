"""Taking in lines that others wrote: a set union that repetition and order do not change."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from imsa_desk.domain.lines import WHOLE, Line, verify
from imsa_desk.errors import Broken, Refused
from imsa_desk.store import erase, erase_rights, forget, index, waiting
from imsa_desk.store.clock import STAMP, HybridClock
from imsa_desk.store.fields import class_of, from_field, needed_of
from imsa_desk.store.intake import not_here, of_records, put_rows
from imsa_desk.store.journal import Act, body_row, link_row, tail_of
from imsa_desk.store.project import project
from imsa_desk.store.records.base import record_classes
from imsa_desk.store.tables import journal_body, journal_link, waiting_body
from imsa_desk.vocab import Kind, Operation, Sensitivity

_KEYS = {
    "act",
    "at",
    "base",
    "case",
    "fields",
    "hlc",
    "kind",
    "op",
    "reason",
    "record",
    "salt",
    "sensitivity",
}
_ID = re.compile(r"[0-9a-f]{32}")
_HASH = re.compile(r"[0-9a-f]{64}")
_LARGEST = 2**31 - 1
_CHUNK = 500
SORTING = frozenset({Kind.ASSIGNMENT.value, Kind.LATE_DECISION.value})
"""Kinds of record that say which changes wait."""
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What an import changed; `late` counts bodies that wait to be decided."""

    links: int
    bodies: int
    records: frozenset[str]
    kinds: frozenset[str] = frozenset()
    cases: frozenset[str] = frozenset()
    late: int = 0
    wrote: frozenset[tuple[str, str]] = frozenset()
    """The cases to which something came that counts at once, accesses aside, each with its writer."""


def take_in(session: Session, clock: HybridClock, lines: Sequence[Line]) -> TakenIn:
    """Add lines of other writers, verify their chains, and project what changed.

    A line already here is passed over; its body fills a gap if it was withheld before. Bodies of changes
    that came after their case was handed over wait (`store/waiting.py`). Raises Refused (E_FORK) for another
    line under a known number and for new lines in this vault's own name, (E_GAP) for a missing one, Broken
    (E_CHAIN, E_RECORD) for lines that do not fit. Who may write what was tested while they were read.
    """
    connection = session.connection()
    rules = late_rules(session)
    links, bodies, late = 0, 0, 0
    erased, come_late = erase_rights.erased_here(connection), set[str]()
    found: list[tuple[Line, dict[str, Any]]] = []
    unknown = set[str]()
    of_writer: dict[str, list[Line]] = {}
    for line in lines:
        of_writer.setdefault(line.link.writer, []).append(line)
    for writer, theirs in of_writer.items():
        fresh, filled = sort_out(connection, writer, sorted(theirs, key=lambda line: line.link.seq))
        refuse_own(session, writer, fresh)
        links += len(fresh)
        parsed = [(line, checked(line)) for line in (*fresh, *filled) if line.body is not None]
        come_late |= {str(body["case"]) for _, body in parsed if _makes_case(body)} & erased
        parsed = erase.but_erased(session, parsed, erased)
        put_rows(connection, journal_link, [link_row(line) for line in fresh])
        now, aside = split_late(rules, parsed)
        unknown |= not_here(connection, {str(body["record"]) for _, body in now})
        waiting.put_aside(connection, aside, _now(session))
        _keep(connection, now, {line.link.seq for line in filled}, _now(session))
        if parsed:
            for stamp in sorted(body["hlc"] for _, body in parsed):
                clock.seen(stamp)
        bodies += len(now)
        late += len(aside)
        found += now
    touched = _take_effect(session, found, unknown, come_late)
    return TakenIn(
        links,
        bodies,
        frozenset(touched),
        frozenset(body["kind"] for _, body in found),
        frozenset(body["case"] for _, body in found if body["case"]),
        late,
        frozenset(
            (body["case"], line.link.writer)
            for line, body in found
            if body["case"] and body["kind"] != Kind.ACCESS
        ),
    )


def _take_effect(
    session: Session, found: Sequence[tuple[Line, dict[str, Any]]], unknown: set[str], come_late: set[str]
) -> set[str]:
    """Project what new bodies say, obey the erasures among them, and let changes wait or go on.

    The lines of `unknown` records are all among `found`, so they need no reading back.
    """
    touched = {str(body["record"]) for _, body in found}
    project(session.connection(), sorted(touched), of_records(found, unknown))
    # Only now: an assignment that came with it may say whose the case was.
    erases = {str(body["case"]) for _, body in found if body["op"] == Operation.ERASE} | come_late
    touched |= erase.obey(session, erases)
    kinds = {str(body["kind"]) for _, body in found}
    # Who made a case decides about what waits of it: that line may come after the decision.
    sorts = kinds & SORTING or (Kind.CASE in kinds and waiting.any_here(session.connection()))
    if sorts:
        touched |= sort_anew(session)
    index_anew(session, sorted(touched), None if erases or sorts else kinds)
    return touched


def _makes_case(body: dict[str, Any]) -> bool:
    return bool(body["kind"] == Kind.CASE and body["op"] == Operation.CREATE)


def late_rules(session: Session) -> waiting.LateRules:
    """Read which changes wait here: nobody's own changes ever do in their own vault."""
    rules = waiting.rules_of(session.connection())
    act: Act | None = session.info.get("act")
    return rules.but(act.writer) if act is not None else rules


def split_late(
    rules: waiting.LateRules, parsed: Iterable[tuple[Line, dict[str, Any]]]
) -> tuple[list[tuple[Line, dict[str, Any]]], list[tuple[Line, dict[str, Any]]]]:
    """Part bodies into those that count at once and those that wait; accesses never wait."""
    now: list[tuple[Line, dict[str, Any]]] = []
    aside: list[tuple[Line, dict[str, Any]]] = []
    for line, body in parsed:
        waits = body["kind"] != Kind.ACCESS and rules.waits(body["case"], line.link.writer, line.link.seq)
        (aside if waits else now).append((line, body))
    return now, aside


def sort_anew(session: Session) -> set[str]:
    """Let changes wait, or go on, as assignments and decisions say by now; give the records touched.

    Whoever writes an assignment or a decision calls this in the same act, after a flush.
    """
    connection, rules = session.connection(), late_rules(session)
    touched = waiting.retract(connection, rules, _now(session))
    released = waiting.release(connection, rules)
    touched |= {str(body["record"]) for _, body in released}
    project(connection, sorted(touched))
    erases = {str(body["case"]) for _, body in released if body["op"] == Operation.ERASE}
    touched |= erase.obey(session, erases) | erase.obey_anew(session)
    index_anew(session, sorted(touched))
    session.expire_all()
    return touched


def _keep(
    connection: Connection, found: Sequence[tuple[Line, dict[str, Any]]], filled: set[int], now: datetime
) -> None:
    """Put bodies into the journal; one whose place was emptied comes by way of those that wait."""
    emptied = _emptied(connection, found, filled)
    plain = [(line, body) for line, body in found if line.link.seq not in emptied]
    put_rows(connection, journal_body, [body_row(line, body) for line, body in plain])
    back = [(line, body) for line, body in found if line.link.seq in emptied]
    waiting.put_aside(connection, back, now)
    for line, body in back:
        waiting.fill(connection, body_row(line, body))


def _emptied(
    connection: Connection, found: Sequence[tuple[Line, dict[str, Any]]], filled: set[int]
) -> set[int]:
    """Of bodies that fill a gap, find those that have a place without content: forgotten here, and back."""
    seqs = sorted(line.link.seq for line, _ in found if line.link.seq in filled)
    empty: set[int] = set()
    for part in _parts(seqs):
        table = journal_body.c
        query = select(table.seq).where(table.writer == found[0][0].link.writer, table.seq.in_(part))
        empty |= set(connection.execute(query).scalars())
    return empty


def _now(session: Session) -> datetime:
    act: Act | None = session.info.get("act")
    return act.now if act is not None else datetime.now(UTC)


def refuse_own(session: Session, writer: str, fresh: Sequence[Line]) -> None:
    """Refuse lines that this vault never wrote but that carry its name."""
    act: Act | None = session.info.get("act")
    if fresh and act is not None and act.writer == writer:
        raise Refused("These changes carry this vault's own name, but it never made them.", code="E_FORK")


def sort_out(connection: Connection, writer: str, lines: Sequence[Line]) -> tuple[list[Line], list[Line]]:
    """Tell the lines that are new from those whose body was withheld until now; `lines` ascend."""
    known, present = _here(connection, writer, lines[0].link.seq, lines[-1].link.seq)
    seq, prev = tail_of(connection, writer)
    fresh: dict[int, Line] = {}
    filled: dict[int, Line] = {}
    for line in lines:
        at = line.link.seq
        if at in known:
            if known[at] != line.link.line_hash:
                raise Refused("Two different histories carry the same number.", code="E_FORK")
            verify(line, line.link.prev)
            if line.body is not None and at not in present:
                (fresh if at in fresh else filled)[at] = line
            continue
        if at != seq + 1 or at > _LARGEST:
            raise Refused("An earlier part of this record has not arrived yet.", code="E_GAP")
        verify(line, prev)
        fresh[at] = line
        seq, prev = at, line.link.line_hash
        known[at] = prev
    return list(fresh.values()), list(filled.values())


def _here(connection: Connection, writer: str, first: int, last: int) -> tuple[dict[int, str], set[int]]:
    """Give what is here of a writer between two numbers: hashes of links, numbers of bodies."""
    link, body, aside = journal_link.c, journal_body.c, waiting_body.c
    links = select(link.seq, link.line_hash).where(link.writer == writer, link.seq.between(first, last))
    bodies = select(body.seq).where(body.writer == writer, body.seq.between(first, last))
    waits = select(aside.seq).where(aside.writer == writer, aside.seq.between(first, last))
    present = set(connection.execute(bodies).scalars()) | set(connection.execute(waits).scalars())
    back = forget.may_come_back(connection, writer, first, last)
    return dict(connection.execute(links).all()), present - back


def checked(line: Line) -> dict[str, Any]:
    """Parse a body and see that each field is one this version knows, with a value that fits.

    Raises Broken (E_RECORD, E_CANONICAL): nothing that passes can stop the projection later.
    """
    body = line.parsed()
    try:
        sound = set(body) == _KEYS and set(body["act"]) == {"id", "verb"} and _is_shaped(body)
        if not sound:
            raise Broken("A line does not have the agreed form.", code="E_RECORD")
        cls = class_of(body["kind"])
        from_field(class_of(Kind.ACCESS), "at", body["at"])
        if body["op"] == Operation.ERASE:
            erase.read_spans(body)
            return body
        for name, value in body["fields"].items():
            from_field(cls, name, value)
        lacks = needed_of(cls) - set(body["fields"]) if body["op"] == Operation.CREATE else ()
    except (KeyError, TypeError, AttributeError) as error:
        raise Broken("A line does not have the agreed form.", code="E_RECORD") from error
    if lacks:
        raise Broken("A line leaves a field empty that must be filled.", code="E_RECORD")
    return body


def _is_shaped(body: dict[str, Any]) -> bool:
    ids = (body["record"], body["act"]["id"], body["salt"], *([body["case"]] if body["case"] else []))
    words = (body["act"]["verb"], body["reason"])
    return (
        all(_ID.fullmatch(i) for i in ids)
        and (body["case"] is None or _ID.fullmatch(body["case"]) is not None)
        and (body["kind"] != Kind.CASE or body["case"] == body["record"])
        and all(isinstance(word, str) for word in words)
        and STAMP.fullmatch(body["hlc"]) is not None
        and isinstance(body["fields"], dict)
        and {body["sensitivity"], body["fields"].get("sensitivity", "L2")} <= set(Sensitivity)
        and _names_what_it_replaces(body)
    )


def _names_what_it_replaces(body: dict[str, Any]) -> bool:
    """Say whether a line makes or erases, or changes fields and names for each the lines it replaces."""
    if body["op"] in (Operation.CREATE, Operation.ERASE):
        return isinstance(body["base"], dict) and not body["base"]
    return (
        str(body["op"]) == Operation.UPDATE.value
        and bool(body["fields"])
        and _names(body["base"], body["fields"])
        and all(isinstance(at, list) and all(_HASH.fullmatch(h) for h in at) for at in body["base"].values())
    )


def _names(base: dict[str, Any], fields: dict[str, Any]) -> bool:
    """Say whether a base names these fields, and beside them at most what was seen of the record."""
    return base.keys() - {WHOLE} == fields.keys() and WHOLE not in fields


def index_anew(session: Session, ids: Sequence[str], kinds: Collection[str] | None = None) -> None:
    """Bring the search index to the records just projected.

    `kinds` are those of the lines that came; the index itself knows what the records were before.
    """
    connection = session.connection()
    if connection.dialect.name != "sqlite":
        return
    session.expire_all()
    for part in _parts(ids):
        wanted = None if kinds is None else {*kinds, *index.kinds_of(connection, part)}
        index.drop(connection, part)
        for cls in record_classes():
            if cls.searched and (wanted is None or cls.kind in wanted):
                index.put(connection, session.scalars(select(cls).where(cls.id.in_(part))).all(), [])


def _parts(values: Sequence[Value]) -> Iterator[Sequence[Value]]:
    for at in range(0, len(values), _CHUNK):
        yield values[at : at + _CHUNK]
