"""Verbs about changes that came late: what a former advocate wrote after a case was handed over.

They wait until the advocate who has the case takes them or leaves them, each act by itself, with a reason.
What was left stays here unseen by every page but this; either decision can be undone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from imsa_desk.domain.canonical import parse_canonical
from imsa_desk.domain.handover import LateChange
from imsa_desk.domain.ids import CaseId
from imsa_desk.errors import Problem, Refused
from imsa_desk.services.access import note_access
from imsa_desk.services.assignments import name_of
from imsa_desk.services.desk import Desk
from imsa_desk.services.typed import Typed
from imsa_desk.store.fields import class_of, from_field
from imsa_desk.store.records import AccessRow, LateDecisionRow
from imsa_desk.store.tables import journal_body, waiting_body
from imsa_desk.store.take_in import sort_anew
from imsa_desk.store.waiting import not_counting
from imsa_desk.vocab import AccessKind, Kind, LateDecision, Operation, Sensitivity

CHANGED_SINCE = "This was changed again since, so it stays. Change the entry itself instead."
GONE = "These changes are not here any more."
_TELLING = ("title", "name", "known_as", "notes", "text", "summary", "words", "note", "purpose", "why")
_LONGEST = 4_000
_RESTRICTED = frozenset({Sensitivity.L3.value, Sensitivity.L4.value})
Found = tuple[int, dict[str, Any], str]
"""A line's number, its body, and since when it waits ("" for one that was taken)."""


def waiting(desk: Desk, case_id: CaseId | None = None) -> tuple[LateChange, ...]:
    """Give what waits to be decided, of one case or of all; safety and agreement first, then the oldest."""
    found = [each for each in late_changes(desk, case_id) if each.decision is None]
    return tuple(sorted(found, key=lambda each: (not each.urgent, each.at, each.first)))


def late_changes(desk: Desk, case_id: CaseId | None = None) -> tuple[LateChange, ...]:
    """Give every change that came late, decided or not, the newest first."""
    with desk.store.read() as session:
        decided = _decisions(session, case_id)
        lines = _waiting_lines(session, case_id)
        for row in decided:
            if row.decision == LateDecision.TAKEN:
                lines.setdefault((row.case_id or "", row.writer), []).extend(_taken_lines(session, row))
        made = [
            _change(desk, session, case, writer, act, decided)
            for (case, writer), found in lines.items()
            for act in _acts(found)
            if any(body["kind"] != Kind.STATISTIC for _, body, _ in act)
        ]
    return tuple(sorted(made, key=lambda each: (each.at, each.first), reverse=True))


def _decisions(session: Session, case_id: CaseId | None) -> list[LateDecisionRow]:
    query = select(LateDecisionRow).where(LateDecisionRow.deleted_at.is_(None))
    if case_id is not None:
        query = query.where(LateDecisionRow.case_id == case_id)
    ignored = not_counting(session.connection())
    found = session.scalars(query.order_by(LateDecisionRow.decided_at))
    return [row for row in found if row.id not in ignored]


def _waiting_lines(session: Session, case_id: CaseId | None) -> dict[tuple[str, str], list[Found]]:
    found: dict[tuple[str, str], list[Found]] = {}
    query = select(waiting_body).order_by(waiting_body.c.writer, waiting_body.c.seq)
    if case_id is not None:
        query = query.where(waiting_body.c.case_id == case_id)
    for row in session.execute(query):
        line = (row.seq, parse_canonical(row.body.encode()), row.since)
        found.setdefault((row.case_id, row.writer), []).append(line)
    return found


def _taken_lines(session: Session, row: LateDecisionRow) -> list[Found]:
    table = journal_body.c
    query = select(table.seq, table.body).where(
        *(table.case_id == row.case_id, table.writer == row.writer, table.body.is_not(None)),
        table.seq.between(row.first, row.last),
    )
    lines = [(seq, parse_canonical(body.encode()), "") for seq, body in session.execute(query)]
    return [line for line in lines if line[1]["kind"] != Kind.ACCESS]


def _acts(lines: Iterable[Found]) -> list[list[Found]]:
    acts: dict[str, list[Found]] = {}
    for line in sorted(lines, key=lambda each: each[0]):
        acts.setdefault(line[1]["act"]["id"], []).append(line)
    return list(acts.values())


def _change(
    desk: Desk,
    session: Session,
    case: str,
    writer: str,
    lines: list[Found],
    decided: Iterable[LateDecisionRow],
) -> LateChange:
    first, last = lines[0][0], lines[-1][0]
    rows = [r for r in decided if (r.case_id, r.writer) == (case, writer) and r.first <= first <= r.last]
    decision = rows[-1] if rows else None
    at = from_field(AccessRow, "at", lines[0][1]["at"])
    said = ((body, _is_restricted(session, body)) for _, body, _ in lines)
    what = [(_said(desk, body, covered=covered), covered) for body, covered in said]
    return LateChange(
        case_id=CaseId(case),
        writer=writer,
        who=name_of(session, writer) or "A former advocate",
        first=first,
        last=last,
        at=at,
        what=tuple(dict.fromkeys(words for words, _ in what)),
        kinds=frozenset(Kind(body["kind"]) for _, body, _ in lines),
        since=datetime.fromisoformat(lines[0][2]) if lines[0][2] else at,
        decision=LateDecision(decision.decision) if decision else None,
        reason=decision.reason if decision else "",
        decided_at=decision.decided_at if decision else None,
        restricted=any(covered for _, covered in what),
    )


def _is_restricted(session: Session, body: Mapping[str, Any]) -> bool:
    """Say whether a line is restricted or sealed, by what it says itself or by the entry that stands here."""
    row = session.get(class_of(body["kind"]), body["record"])
    levels = {body.get("sensitivity"), body["fields"].get("sensitivity"), row.sensitivity if row else None}
    return not _RESTRICTED.isdisjoint(levels)


def reveal(desk: Desk, case_id: CaseId, writer: str, first: int) -> tuple[str, ...]:
    """Give every word of one change; that its restricted entries were looked at is noted in the record.

    Raises Refused for changes that are not here.
    """
    with desk.store.begin("access_reveal") as session:
        lines = list(_waiting_lines(session, case_id).get((case_id, writer), ()))
        for row in _decisions(session, case_id):
            if row.decision == LateDecision.TAKEN and row.writer == writer:
                lines.extend(_taken_lines(session, row))
        found = next((act for act in _acts(lines) if act[0][0] == first), None)
        if found is None:
            raise Refused(GONE)
        bodies = [body for _, body, _ in found]
        looked = {body["record"]: body["kind"] for body in bodies if _is_restricted(session, body)}
        for record, kind in looked.items():
            note_access(
                *(desk, session, AccessKind.REVEAL), case_id=case_id, subject_kind=kind, subject_id=record
            )
        return tuple(dict.fromkeys(_said(desk, body) for body in bodies))


def _said(desk: Desk, body: Mapping[str, Any], *, covered: bool = False) -> str:
    """Say one line: what kind of entry, whether it is new, and how it begins, where it is not covered."""
    kind = desk.lists.label("kind", body["kind"])
    if body["op"] == Operation.ERASE:
        return "The whole case was erased"
    made = "new" if body["op"] == Operation.CREATE else "changed"
    if body["fields"].get("deleted_at"):
        made = "removed"
    if covered:
        return f"{kind}, {made}: covered"
    text = next((str(body["fields"][name]) for name in _TELLING if body["fields"].get(name)), "")
    short = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    return f"{kind}, {made}: {short}" if short else f"{kind}, {made}"


def decide(
    desk: Desk, case_id: CaseId, writer: str, first: int, last: int, decision: str, reason: str
) -> None:
    """Take or leave a run of a former advocate's changes, with a reason; it travels with the next bundle.

    Raises Refused for an empty reason and for changes that are not here or were decided before.
    """
    typed = Typed(desk.today())
    why = typed.line("reason", reason, needed="Say why you take this or leave it.")
    word = typed.word("decision", LateDecision, decision, "Choose whether to take this or to leave it.")
    typed.stop_if_wrong()
    with desk.store.begin("decide_late") as session:
        table = waiting_body.c
        span = table.seq.between(first, last)
        query = select(table.seq).where(table.case_id == case_id, table.writer == writer, span)
        if session.execute(query.limit(1)).first() is None:
            raise Refused(GONE)
        if any(r.writer == writer and r.first <= first <= r.last for r in _decisions(session, case_id)):
            raise Refused("This was decided before. Undo that decision first.")
        session.add(
            LateDecisionRow(
                case_id=case_id,
                writer=writer,
                first=first,
                last=last,
                decision=(word or LateDecision.LEFT).value,
                author=desk.actor.id,
                decided_at=desk.now(),
                reason=why,
            )
        )
        session.flush()
        sort_anew(session)


def undo_decision(desk: Desk, case_id: CaseId, writer: str, first: int) -> None:
    """Take a decision back: the changes wait again. Raises Refused where they were built upon since."""
    with desk.store.begin("undo_late") as session:
        rows = [r for r in _decisions(session, case_id) if r.writer == writer and r.first <= first <= r.last]
        if not rows:
            raise Refused([Problem("", "Nothing was decided about this.")])
        for row in rows:
            take_back(session, row)
            row.deleted_at, row.deleted_reason = desk.now(), "undone"
        session.flush()
        sort_anew(session)


def take_back(session: Session, row: LateDecisionRow) -> None:
    """Refuse to take a decision back where what was taken has been changed by somebody since."""
    if row.decision != LateDecision.TAKEN:
        return
    table = journal_body.c
    this = (table.writer == row.writer) & table.seq.between(row.first, row.last)
    records = select(table.record).where(this, table.case_id == row.case_id, table.body.is_not(None))
    made = select(table.record).where(this, table.body.like('%"op":"create"%'))
    later = select(table.seq).where(
        table.record.in_(records), table.record.in_(made), ~this, table.body.is_not(None)
    )
    if session.execute(later.limit(1)).first() is not None:
        raise Refused(CHANGED_SINCE)
