"""Verbs about whose a case is: the organisation's assignments as this vault sees them, and what they close.

Only the organisation writes assignments. What follows from them is worked out once, when the vault is opened
and after each import, and kept as `Store.closed_cases`: saving costs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from imsa_desk.domain.dates import say_full
from imsa_desk.domain.handover import CaseStanding
from imsa_desk.domain.ids import CaseId
from imsa_desk.domain.office_cases import LASTING, Given, holder, read_after, writing
from imsa_desk.errors import Broken
from imsa_desk.services.desk import Desk
from imsa_desk.store import local, waiting
from imsa_desk.store.forget import FORGOTTEN
from imsa_desk.store.journal import Closed
from imsa_desk.store.records import AdvocateRow, AssignmentRow
from imsa_desk.store.tables import journal_body
from imsa_desk.vocab import AssignmentWhy, Kind, Sensitivity

FORMER = "writers.former"
"""Local value: the writers that this vault's lines carried before, the oldest first."""
_CREATES = '%"op":"create"%'
_READER_MAY = frozenset({Kind.ACCESS, Kind.ADDENDUM, Kind.LATE_DECISION})
"""What a supervisor adds to a case that is only read."""
_TO_READ = "This case is here to read only. Nothing is changed in it."
_OTHERS = "This case is with {who} now. You read it; ask your organisation if that is wrong."
_ENDED = "Your time with this case ended{when}. You read it; ask your organisation if that is wrong."


def standing(desk: Desk, case_id: CaseId) -> CaseStanding:
    """Say whose a case is and whether this vault may write it."""
    with desk.store.read() as session:
        found = givens(session, case_id).get(case_id, ())
        waits = waiting.undecided(session.connection(), case_id).get(case_id, 0)
        gone = local.get(session, FORGOTTEN + case_id)
        made = standing_of(session, desk.store.writer, case_id, found, desk.today())
    forgotten = date.fromisoformat(gone["on"]) if gone else None
    may = made.may_write and forgotten is None
    return replace(made, may_write=may, waiting=waits, forgotten=forgotten)


def settle_standing(desk: Desk) -> frozenset[CaseId]:
    """Work out anew which cases are closed here; give them. At unlock, after an import, each new day."""
    with desk.store.read() as session:
        closed = closed_cases(session, desk.store.writer, desk.today())
    desk.store.closed_cases = closed
    return frozenset(CaseId(case) for case in closed)


def may_write(desk: Desk, case_id: CaseId) -> bool:
    """Say whether this vault writes a case, from what was worked out last; costs nothing."""
    return case_id not in desk.store.closed_cases


def closed_words(desk: Desk, case_id: str, kind: Kind | None = None) -> str:
    """Say why nothing, or nothing of this kind, is written to a case; "" where it is. Costs nothing."""
    found = desk.store.closed_cases.get(case_id)
    return "" if found is None or kind in found.but else found.words


def closed_cases(session: Session, writer: str, today: date) -> dict[str, Closed]:
    """Find the cases to which nothing is written here any more."""
    closed: dict[str, Closed] = {}
    # Most vaults were never given a case: then reading whole rows would cost an unlocking some milliseconds.
    given = session.connection().execute(select(AssignmentRow.__table__.c.id).limit(1)).first()
    for case, found in (givens(session) if given is not None else {}).items():
        made = standing_of(session, writer, case, found, today)
        if not made.may_write:
            closed[case] = _closed(made)
    for case in local.under(session, FORGOTTEN):
        closed.setdefault(case, Closed("What this case said is not in this vault any more."))
    return closed


def _closed(made: CaseStanding) -> Closed:
    if made.why is AssignmentWhy.SUPERVISION and not made.expired:
        return Closed(_TO_READ, _READER_MAY)
    if made.expired:
        when = f" on {say_full(made.until)}" if made.until else ""
        return Closed(_ENDED.format(when=when))
    return Closed(_OTHERS.format(who=made.holder) if made.holder else _TO_READ)


def givens(session: Session, case_id: str = "") -> dict[str, tuple[Given, ...]]:
    """Read the assignments that are here, by case, the oldest first."""
    query = select(AssignmentRow).where(AssignmentRow.deleted_at.is_(None))
    if case_id:
        query = query.where(AssignmentRow.case_id == case_id)
    found: dict[str, tuple[Given, ...]] = {}
    for row in session.scalars(query.order_by(AssignmentRow.from_on, AssignmentRow.id)):
        if row.case_id:
            found[row.case_id] = (*found.get(row.case_id, ()), given_of(row))
    return found


def given_of(row: AssignmentRow) -> Given:
    """Give an assignment as a value; where its numbers cannot be read, nobody's changes wait for it."""
    return Given(
        id=row.id,
        case_id=CaseId(row.case_id or ""),
        writer=row.writer,
        name=row.name,
        role=row.role,
        why=AssignmentWhy(row.why),
        from_on=row.from_on,
        until=row.until,
        most=Sensitivity(row.most),
        read_only=row.read_only,
        reason=row.reason,
        ended_on=row.ended_on,
        after=_after(row.after),
    )


def _after(text: str) -> Mapping[str, int]:
    try:
        return read_after(text)
    except Broken:
        return {}


def standing_of(
    session: Session, writer: str, case: str, found: tuple[Given, ...], today: date
) -> CaseStanding:
    """Work out how a case stands for a vault from its assignments."""
    mine = own_writers(session, writer)
    if not found:
        return CaseStanding()
    maker = maker_of(session, case)
    may = writing(maker, found, today)
    own = [g for g in found if g.writer in mine]
    standing_own = [g for g in own if g.stands_on(today)]
    given = next(reversed(standing_own or own), None)
    has = holder(maker, found, today)
    current = [g for g in found if g.stands_on(today) and g.writer in may]
    who = current[-1] if current else None
    expired = bool(own) and not standing_own and has not in mine and not _handed_on(found, mine, today)
    return CaseStanding(
        may_write=not mine.isdisjoint(may),
        why=(given or who or found[-1]).why,
        since=(given or who or found[-1]).from_on,
        until=given.until if given else (who.until if who else None),
        most=max(g.most for g in standing_own) if standing_own and has not in mine else max(Sensitivity),
        holder=who.name if who else name_of(session, has),
        from_name="" if maker in mine else name_of(session, maker),
        reason=(given or who or found[-1]).reason,
        expired=expired,
    )


def _handed_on(found: tuple[Given, ...], mine: frozenset[str], today: date) -> bool:
    """Say whether a lasting assignment took the case from this vault to another."""
    return any(g.why in LASTING and g.writer not in mine and g.stands_on(today) for g in found) and any(
        g.writer in mine and g.why in LASTING for g in found
    )


def own_writers(session: Session, writer: str) -> frozenset[str]:
    """Give the writer of this vault's lines and those that they carried before."""
    return frozenset({writer, *(local.get(session, FORMER) or ())})


def maker_of(session: Session, case: str) -> str:
    """Give the writer whose line made a case; "" where none is here."""
    table = journal_body.c
    query = select(table.writer).where(table.record == case, table.case_id == case, table.body.like(_CREATES))
    return str(session.execute(query.order_by(table.seq).limit(1)).scalar_one_or_none() or "")


def name_of(session: Session, writer: str) -> str:
    """Name the advocate of a vault, from the row that says whose it is; "" where none is here."""
    table, row = journal_body.c, AdvocateRow
    query = select(row.name).join(journal_body, table.record == row.id).where(table.writer == writer)
    found = session.execute(query.order_by(table.seq).limit(1)).scalar_one_or_none()
    return str(found or "")
