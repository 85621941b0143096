"""Verbs about history: what was changed by which act, undo an act, bring an earlier version back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from imsa_desk.domain.canonical import parse_canonical
from imsa_desk.domain.lines import REMOVED
from imsa_desk.domain.timeline import Act, FieldChange, HistoryLine
from imsa_desk.errors import Refused
from imsa_desk.services.desk import Desk
from imsa_desk.services.late_changes import take_back
from imsa_desk.services.sealing import refuse_sealed
from imsa_desk.store.fields import class_of, columns_of, empty_of, from_field
from imsa_desk.store.project import bodies_of, heads_of, row_of, value_of
from imsa_desk.store.records import (
    AssessmentRow,
    CaseRow,
    ConsentRow,
    ErasureRow,
    FormRow,
    LateDecisionRow,
    Record,
    record_classes,
)
from imsa_desk.store.removals import settled_by
from imsa_desk.store.settle import reopen
from imsa_desk.store.tables import journal_body, journal_link
from imsa_desk.store.take_in import sort_anew
from imsa_desk.vocab import Kind, Operation

Body = dict[str, Any]
CHANGED_SINCE = "This was changed again since. Bring back an earlier version from its history."
WITHDRAWN = "A consent that was withdrawn is not brought back. Record a new one when the person agrees again."
HAS_ENTRIES = "This case has entries since. Remove them first, or close the case."
FORM_IN_USE = "A review was started on this form since, so it stays. Retire it on the page Forms."
_ENTRIES = frozenset(
    {
        Kind.MEETING,
        Kind.ACTION,
        Kind.THEME_ENTRY,
        Kind.INVOLVEMENT,
        Kind.CONTACT,
        Kind.CONSENT,
        Kind.ASSESSMENT,
        Kind.SAFETY_RESPONSE,
        Kind.SAFETY_PLAN,
        Kind.REVIEW_TRIGGER,
        Kind.DOCUMENT,
    }
)
"""What stands in a case by itself; the rest belongs to one of these or to the case."""
FINAL = "What was erased cannot be brought back."
_UNDO = "undo of "
QUIET_VERBS = frozenset({"create_vault"})
"""Acts that nobody means when they ask to undo the last thing; accesses are told by their name."""


def history(desk: Desk, kind: Kind, record_id: str) -> tuple[HistoryLine, ...]:
    """Give every journal line of a record, newest first; absent ones say that they cannot be read."""
    with desk.store.read() as session:
        joined = (journal_link.c.writer == journal_body.c.writer) & (journal_link.c.seq == journal_body.c.seq)
        rows = session.execute(
            select(journal_link.c.writer, journal_link.c.seq, journal_link.c.line_hash, journal_body.c.body)
            .join(journal_body, joined)
            .where(journal_body.c.record == record_id)
        ).all()
        bodies = {r.line_hash: parse_canonical(r.body.encode()) for r in rows if r.body}
        lines = [_line(desk, kind, r, bodies) for r in rows]
        order = {r.line_hash: bodies[r.line_hash]["hlc"] if r.line_hash in bodies else "" for r in rows}
        paired = sorted(zip(lines, rows, strict=True), key=lambda p: order[p[1].line_hash], reverse=True)
        return tuple(line for line, _ in paired)


def _line(desk: Desk, kind: Kind, row: Any, bodies: dict[str, Body]) -> HistoryLine:
    body = bodies.get(row.line_hash)
    if body is None:
        return HistoryLine("", "", desk.now(), Operation.ERASE, (), "", row.writer, row.seq, False)
    return HistoryLine(
        act_id=body["act"]["id"],
        verb=body["act"]["verb"],
        at=from_field(class_of(Kind.ACCESS), "at", body["at"]),
        operation=Operation(body["op"]),
        changes=tuple(_changes(kind, body, bodies)),
        reason=body["reason"],
        writer=row.writer,
        seq=row.seq,
        readable=True,
    )


def _changes(kind: Kind, body: Body, bodies: dict[str, Body]) -> list[FieldChange]:
    cls = class_of(kind)
    return [
        FieldChange(name, _words(_before(cls, name, body, bodies)), _words(value))
        for name, value in body["fields"].items()
        if name not in ("id", "case_id")
    ]


def _words(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _before(cls: type[Record], name: str, body: Body, bodies: dict[str, Body]) -> Any:
    """Give what a field said before a line, as JSON holds it."""
    replaced = [bodies[h] for h in body["base"].get(name, []) if h in bodies]
    if not replaced:
        return None
    latest = max(replaced, key=lambda b: (b["hlc"], b["salt"]))
    return latest["fields"].get(name, empty_of(cls, name))


def last_act(desk: Desk) -> Act | None:
    """Give the newest act of this vault that changed a record and can be undone: not one undone before."""
    with desk.store.read() as session:
        query = (
            select(journal_body.c.act, journal_body.c.body)
            .where(journal_body.c.writer == desk.store.writer, journal_body.c.body.is_not(None))
            .order_by(journal_body.c.seq.desc())
            .limit(1_000)
        )
        undone: set[str] = set()
        for act_id, text in session.execute(query):
            body = parse_canonical(text.encode())
            verb = body["act"]["verb"]
            if verb == "undo":
                undone.add(body["reason"].removeprefix(_UNDO))
            if body["kind"] == Kind.ACCESS or verb in QUIET_VERBS or verb == "undo" or act_id in undone:
                continue
            return _act(session.connection(), act_id, body)
        return None


def _act(connection: Connection, act_id: str, body: Body) -> Act:
    records = (
        connection.execute(select(journal_body.c.record).where(journal_body.c.act == act_id)).scalars().all()
    )
    return Act(
        act_id, body["act"]["verb"], from_field(class_of(Kind.ACCESS), "at", body["at"]), len(set(records))
    )


def undo(desk: Desk, act_id: str) -> None:
    """Take back everything one act did: what it made is marked removed, what it changed goes back.

    Raises Refused where something it touched was changed again since: bring back an earlier version
    from that record's history instead; and where the act did nothing that can be taken back.
    """
    with desk.store.begin("undo", reason=f"{_UNDO}{act_id}") as session:
        connection = session.connection()
        rows = connection.execute(
            select(journal_body.c.record).where(
                journal_body.c.act == act_id, journal_body.c.body.is_not(None)
            )
        )
        records = list(dict.fromkeys(rows.scalars()))
        if session.scalar(select(ErasureRow.id).where(ErasureRow.id.in_(records))) is not None:
            raise Refused(FINAL)
        found = bodies_of(connection, records)
        taken_back = [_undo_record(desk, session, record, lines, act_id) for record, lines in found.items()]
        if not any(taken_back):
            raise Refused("There is nothing to undo here.")
        _refuse_orphans(session, records)
        _wait_again(session, records)


def _undo_record(
    desk: Desk, session: Session, record: str, lines: list[tuple[str, Body]], act_id: str
) -> bool:
    """Take back what an act did to one record; False where that is never taken back (an access)."""
    heads = heads_of(lines)
    bodies = dict(lines)
    own = [(h, b) for h, b in lines if b["act"]["id"] == act_id]
    cls = class_of(own[0][1]["kind"])
    row = session.get(cls, record)
    if row is None or cls.kind is Kind.ACCESS or own[0][1]["act"]["verb"] in QUIET_VERBS:
        return False
    refuse_sealed(session, row)
    ours = {h for h, _ in own}
    if any(b["op"] == Operation.CREATE for _, b in own):
        if any(not set(at) <= ours for at in heads.values()):
            raise Refused(CHANGED_SINCE)
        row.deleted_at, row.deleted_reason = desk.now(), "undone"
        return True
    first: dict[str, Body] = {}
    for _, body in own:
        for name in body["fields"]:
            first.setdefault(name, body)
    if any(not set(heads.get(name, [])) <= ours for name in first):
        raise Refused(CHANGED_SINCE)
    stood = {name: _stood_before(cls, name, body, bodies) for name, body in first.items()}
    torn = {name: lines for name, lines in stood.items() if lines}
    for name, body in first.items():
        if name not in torn:
            _set(row, name, _before(cls, name, body, bodies))
    if torn:
        reopen(session, row, torn)
    return True


def _stood_before(cls: type[Record], name: str, body: Body, bodies: dict[str, Body]) -> tuple[str, ...]:
    """Give the lines that an act settled between, if they said different things: they stand again.

    Also a removal, if something stood against it.
    """
    replaced = [h for h in body["base"].get(name, []) if h in bodies]
    if name == REMOVED and settled_by(list(bodies.items()), body):
        return tuple(replaced)
    values = {repr(value_of(cls, name, bodies[h])) for h in replaced}
    return tuple(replaced) if len(values) > 1 else ()


def _wait_again(session: Session, records: list[str]) -> None:
    """Let changes that came late wait again where the decision about them was taken back."""
    rows = [row for record in records if (row := session.get(LateDecisionRow, record)) is not None]
    for row in rows:
        take_back(session, row)
    if rows:
        session.flush()
        sort_anew(session)


def _refuse_orphans(session: Session, records: list[str]) -> None:
    """Refuse to take a case away from under what was written in it since, or a form from its reviews."""
    for record in records:
        form = session.get(FormRow, record)
        if form is not None and form.deleted_at is not None:
            answers = select(AssessmentRow.id).where(
                AssessmentRow.form_digest == form.digest, AssessmentRow.deleted_at.is_(None)
            )
            if session.scalar(answers.limit(1)) is not None:
                raise Refused(FORM_IN_USE)
    gone = [r for r in records if (case := session.get(CaseRow, r)) is not None and case.deleted_at]
    for cls in record_classes() if gone else ():
        if cls.kind in _ENTRIES:
            inside = select(cls.id).where(cls.case_id.in_(gone), cls.deleted_at.is_(None))
            if session.scalar(inside.limit(1)) is not None:
                raise Refused(HAS_ENTRIES)


def _set(row: Record, name: str, value: Any) -> None:
    cls = type(row)
    setattr(row, name, empty_of(cls, name) if value is None else from_field(cls, name, value))


def bring_back(desk: Desk, kind: Kind, record_id: str, writer: str, seq: int) -> None:
    """Make a record say again what it said after one of its journal lines.

    Never less restricted than it is now, and never a consent that was withdrawn: those are decisions of
    their own.
    """
    with desk.store.begin("bring_back") as session:
        connection = session.connection()
        hashes = connection.execute(
            select(journal_link.c.line_hash).where(journal_link.c.writer == writer, journal_link.c.seq == seq)
        ).scalar_one_or_none()
        lines = bodies_of(connection, [record_id]).get(record_id, [])
        wanted = dict(lines).get(hashes or "")
        row = session.get(class_of(kind), record_id)
        if wanted is None or row is None:
            raise Refused("This version is not in this vault.")
        refuse_sealed(session, row)
        until = [(h, b) for h, b in lines if (b["hlc"], h) <= (wanted["hlc"], hashes)]
        made = row_of(until)
        if made is None:
            raise Refused("This version is not in this vault.")
        values = made[1] | {"private": row.private or made[1]["private"]}
        values["sensitivity"] = max(row.sensitivity, values["sensitivity"])
        if isinstance(row, ConsentRow) and row.withdrawn_on is not None and values["withdrawn_on"] is None:
            raise Refused(WITHDRAWN)
        for name in columns_of(type(row)):
            setattr(row, name, values[name])
