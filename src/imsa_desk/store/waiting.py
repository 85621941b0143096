"""Changes that came late: after a case was handed over, a former writer's later bodies wait to be decided.

Which ones follows from records alone, so that it is the same wherever they are: an assignment says after
which number other writers' changes to its case wait, and its own writer's since it ended, until that writer
is given the case again; a late decision of one who may write the case says which of them were taken. Links
never wait. A body is either in the journal or here; `sort_anew` in `store/take_in.py` moves it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Select, delete, exists, func, select, update

from imsa_desk.domain.lines import WHOLE, Line, Link
from imsa_desk.domain.office_cases import LASTING
from imsa_desk.store.records import AssignmentRow, LateDecisionRow
from imsa_desk.store.tables import journal_body, journal_head, journal_link, waiting_body
from imsa_desk.vocab import AssignmentWhy, Kind, LateDecision

_CHUNK = 500
Span = tuple[int, int]
STATISTIC = f'%"kind":"{Kind.STATISTIC.value}"%'
"""What a statistic looks like: it waits like everything else, but nobody decides about it."""
_NEVER = ('%"kind":"access"%', '%"op":"erase"%')
"""What an access and an erasure that was obeyed look like: neither is taken back to wait."""


@dataclass(frozen=True, slots=True)
class LateRules:
    """After which number each writer's changes to a case wait, and which of them were taken since."""

    after: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    taken: Mapping[tuple[str, str], tuple[Span, ...]] = field(default_factory=dict)

    def waits(self, case: str | None, writer: str, seq: int) -> bool:
        """Say whether a body waits to be decided."""
        limit = self.after.get(case or "", {}).get(writer)
        if limit is None or seq <= limit:
            return False
        return not any(first <= seq <= last for first, last in self.taken.get((case or "", writer), ()))

    def but(self, writer: str) -> LateRules:
        """Give these rules without those about one writer."""
        after = {
            case: {w: n for w, n in limits.items() if w != writer} for case, limits in self.after.items()
        }
        return LateRules(after, self.taken)


def rules_of(connection: Connection) -> LateRules:
    """Read which changes wait from the assignments and decisions that are here."""
    row, found, ended = AssignmentRow, dict[str, dict[str, int]](), dict[str, dict[str, int]]()
    limited = (row.after != "", row.deleted_at.is_(None), row.case_id.is_not(None))
    for case, writer, text in connection.execute(select(row.case_id, row.writer, row.after).where(*limited)):
        limits = read_after(text)
        own = {writer: limits.pop(writer)} if writer in limits else {}
        _merge(found.setdefault(str(case), {}), limits)
        _merge(ended.setdefault(str(case), {}), own)
    if not found:
        return LateRules()
    again, lasting = _standing(connection, select(row.case_id).where(*limited))
    makers = _makers(connection, [case for case, limits in ended.items() if limits and case not in lasting])
    # Who has the case again writes it like anybody who has it, and what waited of theirs goes in; so does
    # the one who made it, to whom it falls where nobody else has it any more.
    after, free = dict[str, dict[str, int]](), again | makers
    for case, limits in found.items():
        standing = dict(limits) if case in lasting else {}
        _merge(standing, ended[case])
        after[case] = {writer: seq for writer, seq in standing.items() if (case, writer) not in free}
    return LateRules({case: limits for case, limits in after.items() if limits}, _taken(connection))


def _standing(connection: Connection, cases: Select[str | None]) -> tuple[set[tuple[str, str]], set[str]]:
    """Give cases and writers of assignments to write that have not ended, and the cases of those that last.

    A supervisor who was given the case anew adds to it again, unless they had it as an advocate before.
    """
    row, again, lasting = AssignmentRow, set[tuple[str, str]](), set[str]()
    supervising, others = set[tuple[str, str]](), set[tuple[str, str]]()
    query = select(row.case_id, row.writer, row.why, row.ended_on, row.read_only).where(
        row.case_id.in_(cases), row.deleted_at.is_(None)
    )
    for case, writer, why, ended_on, read_only in connection.execute(query):
        this = (str(case), writer)
        if why != AssignmentWhy.SUPERVISION.value:
            others.add(this)
        if ended_on is not None:
            continue
        if why == AssignmentWhy.SUPERVISION.value:
            supervising.add(this)
        elif not read_only:
            again.add(this)
        if why in LASTING:
            lasting.add(str(case))
    return again | (supervising - others), lasting


def _makers(connection: Connection, cases: Iterable[str]) -> set[tuple[str, str]]:
    """Give these cases with the writer whose line made each, as the projection chooses it."""
    head, link, found = journal_head.c, journal_link.c, dict[str, str]()
    joined = select(head.record, link.writer).join_from(
        journal_head, journal_link, head.line == link.line_hash
    )
    query = joined.where(head.field == WHOLE).order_by(head.line.desc())
    wanted = sorted(set(cases))
    for at in range(0, len(wanted), _CHUNK):
        found |= dict(connection.execute(query.where(head.record.in_(wanted[at : at + _CHUNK]))).all())
    return set(found.items())


def _taken(connection: Connection) -> dict[tuple[str, str], tuple[Span, ...]]:
    """Give the runs of lines that were taken by somebody whose decision counts."""
    row, taken = LateDecisionRow, dict[tuple[str, str], tuple[Span, ...]]()
    query = select(row.id, row.case_id, row.writer, row.first, row.last).where(
        row.decision == LateDecision.TAKEN.value, row.deleted_at.is_(None)
    )
    found = connection.execute(query).all()
    ignored = not_counting(connection) if found else set()
    for decision, case, writer, first, last in found:
        of = (str(case), writer)
        if decision not in ignored:
            taken[of] = (*taken.get(of, ()), (first, last))
    return taken


def not_counting(connection: Connection) -> set[str]:
    """Give the decisions of those who were given the case only to read: they count nowhere.

    What a stranger decides waits itself. What one took who had the case counts on when it went to another.
    """
    row, head, link, given = LateDecisionRow, journal_head.c, journal_link.c, AssignmentRow
    query = (
        select(row.id, row.case_id, link.writer, given.why, given.read_only)
        .join(journal_head, (head.record == row.id) & (head.field == WHOLE))
        .join(journal_link, head.line == link.line_hash)
        .join(given, (given.case_id == row.case_id) & (given.writer == link.writer))
        .where(given.deleted_at.is_(None))
    )
    by, writes = dict[str, tuple[str, str]](), set[str]()
    for decision, case, writer, why, read_only in connection.execute(query):
        by[decision] = (str(case), writer)
        if why != AssignmentWhy.SUPERVISION.value and not read_only:
            writes.add(decision)
    makers = _makers(connection, [case for decision, (case, _) in by.items() if decision not in writes])
    return {decision for decision, of in by.items() if decision not in writes and of not in makers}


def read_after(text: str) -> dict[str, int]:
    """Read the vector of an assignment; what is no number of a line is passed over."""
    try:
        value = json.loads(text) if text else {}
    except ValueError:
        return {}
    pairs = value.items() if isinstance(value, dict) else ()
    return {writer: seq for writer, seq in pairs if type(seq) is int and seq >= 0}


def _merge(into: dict[str, int], limits: Mapping[str, int]) -> None:
    """The later of two limits counts: what was there when the case went on was never late."""
    for writer, seq in limits.items():
        into[writer] = max(into.get(writer, 0), seq)


def put_aside(connection: Connection, found: Iterable[tuple[Line, Mapping[str, Any]]], now: datetime) -> None:
    """Keep bodies that wait; one that waits already stays as it is."""
    for line, body in found:
        link = line.link
        if waits_here(connection, link.writer, link.seq):
            continue
        connection.execute(
            waiting_body.insert().values(
                writer=link.writer,
                seq=link.seq,
                record=body["record"],
                case_id=body["case"],
                act=body["act"]["id"],
                body=line.body,
                since=now.astimezone(UTC).isoformat(),
            )
        )


def any_here(connection: Connection) -> bool:
    """Say whether anything waits."""
    return connection.execute(select(waiting_body.c.seq).limit(1)).first() is not None


def waits_here(connection: Connection, writer: str, seq: int) -> bool:
    """Say whether a body is kept here."""
    table = waiting_body.c
    query = select(table.seq).where(table.writer == writer, table.seq == seq)
    return connection.execute(query).first() is not None


def retract(connection: Connection, rules: LateRules, now: datetime) -> set[str]:
    """Move bodies that wait by now out of the journal; give the records they were about."""
    table, touched = journal_body.c, set[str]()
    for case, limits in rules.after.items():
        for writer, limit in limits.items():
            query = select(journal_body).where(
                *(table.case_id == case, table.writer == writer, table.seq > limit),
                *(table.body.is_not(None), *(table.body.not_like(text) for text in _NEVER)),
            )
            for row in connection.execute(query).all():
                if rules.waits(case, writer, row.seq):
                    _move_out(connection, dict(row._mapping), now)
                    touched.add(row.record)
    return touched


def _move_out(connection: Connection, row: dict[str, Any], now: datetime) -> None:
    table = journal_body.c
    connection.execute(waiting_body.insert().values(**row, since=now.astimezone(UTC).isoformat()))
    this = (table.writer == row["writer"]) & (table.seq == row["seq"])
    connection.execute(update(journal_body).where(this).values(body=None))


def release(connection: Connection, rules: LateRules) -> list[tuple[Line, dict[str, Any]]]:
    """Move bodies that wait no longer into the journal; give their lines, parsed."""
    link, at, released = journal_link, waiting_body, []
    joined = (link.c.writer == at.c.writer) & (link.c.seq == at.c.seq)
    query = select(at, link.c.prev, link.c.body_hash, link.c.line_hash).join_from(at, link, joined)
    for row in connection.execute(query.order_by(at.c.writer, at.c.seq)).all():
        if not rules.waits(row.case_id, row.writer, row.seq):
            fill(connection, {c.name: row._mapping[c.name] for c in journal_body.columns})
            line = Line(Link(row.writer, row.seq, row.prev, row.body_hash, row.line_hash), row.body)
            released.append((line, line.parsed()))
    return released


def fill(connection: Connection, values: Mapping[str, Any]) -> None:
    """Put a body that waits into the journal, also where its place is empty by now."""
    table, at = journal_body.c, waiting_body.c
    this = (table.writer == values["writer"]) & (table.seq == values["seq"])
    if connection.execute(select(table.seq).where(this)).first() is None:
        connection.execute(journal_body.insert().values(**values))
    else:
        connection.execute(update(journal_body).where(this).values(body=values["body"]))
    connection.execute(delete(waiting_body).where(at.writer == values["writer"], at.seq == values["seq"]))


def drop(connection: Connection, case_id: str, spans: Iterable[tuple[str, int, int]] | None = None) -> None:
    """Forget what waits of a case, or only runs of lines of it: it was erased."""
    table = waiting_body.c
    if spans is None:
        connection.execute(delete(waiting_body).where(table.case_id == case_id))
        return
    for writer, first, last in spans:
        connection.execute(
            delete(waiting_body).where(
                table.case_id == case_id, table.writer == writer, table.seq.between(first, last)
            )
        )


def documents(connection: Connection) -> set[str]:
    """Give the content hashes of documents that wait, so that nothing sweeps them away."""
    table = waiting_body.c
    query = select(table.body).where(table.body.like(f'%"kind":"{Kind.DOCUMENT.value}"%'))
    found = (json.loads(text)["fields"].get("sha256", "") for text in connection.execute(query).scalars())
    return {digest for digest in found if digest}


def count(connection: Connection) -> dict[str, int]:
    """Count the bodies that are kept here, by case, those that were left too."""
    table = waiting_body.c
    query = select(table.case_id, func.count()).group_by(table.case_id)
    return {case: int(number) for case, number in connection.execute(query)}


def undecided(connection: Connection, case_id: str = "") -> dict[str, int]:
    """Count the changes that somebody has to decide about, by case; a statistic asks nobody."""
    table, left = waiting_body.c, LateDecisionRow
    decided = exists().where(
        *(left.case_id == table.case_id, left.writer == table.writer, left.deleted_at.is_(None)),
        *(table.seq.between(left.first, left.last), left.id.not_in(not_counting(connection))),
    )
    asks = (~decided, table.body.not_like(STATISTIC))
    query = select(table.case_id, func.count()).where(*asks).group_by(table.case_id)
    wanted = query.where(table.case_id == case_id) if case_id else query
    return {case: int(number) for case, number in connection.execute(wanted)}
