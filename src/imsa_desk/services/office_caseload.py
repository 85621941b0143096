"""What the office knows about who has which case, read from its records: counts and codes, never content."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from typing import TypeVar

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from imsa_desk.domain.dates import say_full
from imsa_desk.domain.ids import CaseId
from imsa_desk.domain.lines import WHOLE
from imsa_desk.domain.office_cases import CaseLine, Given, holder
from imsa_desk.errors import Problem, Refused
from imsa_desk.services.assignments import given_of
from imsa_desk.services.office_opening import Office
from imsa_desk.services.office_vaults import Vaults, today_of, vaults_of
from imsa_desk.store import local
from imsa_desk.store.records import AssignmentRow, CaseRow, HandoverRow
from imsa_desk.store.tables import journal_body, journal_head, journal_link, waiting_body
from imsa_desk.vocab import ENDED_STATUSES, AssignmentWhy, HandoverWhy, SignerRole

MOVED_BACK = "moving.back"
"""Local value: the cases that came back from another organisation and were not given to anybody since."""
_PART = 500
_ANSWERING = frozenset({AssignmentWhy.LEAVING, AssignmentWhy.COVER, AssignmentWhy.ABSENCE})
Value = TypeVar("Value")


def parts(values: Sequence[Value]) -> Iterator[Sequence[Value]]:
    """Cut a list into pieces that one statement can name."""
    for at in range(0, len(values), _PART):
        yield values[at : at + _PART]


def find_cases(office: Office, words: Sequence[str]) -> tuple[CaseId, ...]:
    """Find cases by id or by code; raises E_NO_CASE, and E_TWO_CASES for a code that several cases have."""
    with office.records.read() as session:
        return tuple(dict.fromkeys(_found(session, word) for word in words))


def _found(session: Session, word: str) -> CaseId:
    row = CaseRow
    query = select(row.id).where(row.deleted_at.is_(None))
    by_id = session.scalars(query.where(row.id == word)).first()
    if by_id is not None:
        return CaseId(by_id)
    found = session.scalars(query.where(func.lower(row.code) == word.lower())).all()
    if not found:
        raise Refused([Problem("case", f"The organisation holds no case {word}.")], code="E_NO_CASE")
    if len(found) > 1:
        text = f"Several cases have the code {word}. Give one by its id: {', '.join(found)}."
        raise Refused([Problem("case", text)], code="E_TWO_CASES")
    return CaseId(found[0])


def known_case(session: Session, case: CaseId) -> CaseRow:
    """Give a case's row; raises E_NO_CASE."""
    row = session.get(CaseRow, case)
    if row is None or row.deleted_at is not None:
        raise Refused([Problem("case", "The organisation does not hold this case.")], code="E_NO_CASE")
    return row


def makers_of(session: Session, cases: Collection[CaseId] | None = None) -> dict[CaseId, str]:
    """Give the vault that made each case; all cases where `cases` is None."""
    head, link = journal_head.c, journal_link.c
    query = select(head.record, link.writer).join_from(
        journal_head, journal_link, head.line == link.line_hash
    )
    query = query.where(head.field == WHOLE).order_by(head.line.desc())
    wanted = [select(CaseRow.id)] if cases is None else list(parts(sorted(cases)))
    found: dict[CaseId, str] = {}
    for part in wanted:
        # The lowest line comes last and stays: so the projection chooses too.
        for case, writer in session.execute(query.where(head.record.in_(part))):
            found[CaseId(case)] = writer
    return found


def givens_of(session: Session, cases: Collection[CaseId] | None = None) -> dict[CaseId, tuple[Given, ...]]:
    """Give the assignments of cases, ended ones too; all cases where `cases` is None."""
    query = select(AssignmentRow).where(AssignmentRow.deleted_at.is_(None)).order_by(AssignmentRow.id)
    wanted = [None] if cases is None else list(parts(sorted(cases)))
    found: dict[CaseId, list[Given]] = {}
    for part in wanted:
        for row in session.scalars(query if part is None else query.where(AssignmentRow.case_id.in_(part))):
            found.setdefault(CaseId(row.case_id or ""), []).append(given_of(row))
    return {case: tuple(each) for case, each in found.items()}


def away(session: Session, case: CaseId, today: date) -> Given | None:
    """Give what says that a case is at another organisation; None where it never left, or came back."""
    if case in (local.get(session, MOVED_BACK) or ()):
        return None
    given = (g for g in givens_of(session, [case]).get(case, ()) if g.role == SignerRole.ORGANISATION)
    return next((g for g in given if g.stands_on(today)), None)


def refuse_away(session: Session, cases: Iterable[CaseId], today: date) -> None:
    """Raise E_MOVED where a case is at another organisation."""
    for case in cases:
        found = away(session, case, today)
        if found is not None:
            raise moved(known_case(session, case).code, found)


def moved(code: str, found: Given, more: str = "") -> Refused:
    """Give the refusal that says where a case is, since when, and what may be done."""
    words = f"{code} was moved to {found.name} on {say_full(found.from_on)}. "
    words += more or "It is theirs until they move it back."
    return Refused([Problem("case", words)], code="E_MOVED")


def held_by(session: Session, writers: frozenset[str], today: date) -> tuple[CaseId, ...]:
    """Give the cases that are not closed and whose holder is one of `writers`, covers aside."""
    query = select(CaseRow.id).where(CaseRow.deleted_at.is_(None), CaseRow.status.not_in(ENDED_STATUSES))
    makers, givens = makers_of(session), givens_of(session)
    return tuple(
        CaseId(case)
        for case in session.scalars(query.order_by(CaseRow.code, CaseRow.id))
        if holder(makers.get(CaseId(case), ""), givens.get(CaseId(case), ()), today) in writers
    )


def asked_of(session: Session, cases: Collection[CaseId]) -> dict[CaseId, tuple[HandoverWhy, ...]]:
    """Give what advocates ask of cases and nobody has answered yet."""
    givens = givens_of(session, cases)
    found: dict[CaseId, list[HandoverWhy]] = {}
    row = HandoverRow
    for part in parts(sorted(cases)):
        query = select(row).where(row.case_id.in_(part), row.withdrawn_on.is_(None), row.deleted_at.is_(None))
        for wish in session.scalars(query.order_by(row.asked_at)):
            case = CaseId(wish.case_id or "")
            day = wish.asked_at.date()
            if not any(g.why in _ANSWERING and g.from_on >= day for g in givens.get(case, ())):
                found.setdefault(case, []).append(HandoverWhy(wish.why))
    return {case: tuple(each) for case, each in found.items()}


def caseload(office: Office) -> tuple[CaseLine, ...]:
    """List every case with who has it, how many lines the office holds and how many wait; no content."""
    today, known = today_of(office), vaults_of(office)
    with office.records.read() as session:
        makers, givens = makers_of(session), givens_of(session)
        lines = _counted(session, journal_body)
        waits = _counted(session, waiting_body)
        query = select(CaseRow.id, CaseRow.code, CaseRow.status).where(CaseRow.deleted_at.is_(None))
        rows = session.execute(query.order_by(CaseRow.code, CaseRow.id)).all()
        asked = asked_of(session, [CaseId(r.id) for r in rows])
    found = []
    for case_id, code, status in rows:
        case = CaseId(case_id)
        whose = holder(makers.get(case, ""), givens.get(case, ()), today)
        found.append(
            CaseLine(
                case_id=case,
                code=code,
                status=status,
                holder=whose,
                holder_name=_name(known, givens.get(case, ()), whose),
                givens=givens.get(case, ()),
                lines=lines.get(case, 0),
                waiting=waits.get(case, 0),
                asked=tuple(asked.get(case, ())),
            )
        )
    return tuple(found)


def _name(known: Vaults, givens: Sequence[Given], writer: str) -> str:
    if writer in known:
        return known[writer].name
    return next((g.name for g in givens if g.writer == writer), "")


def _counted(session: Session, table: Table) -> dict[str, int]:
    query = (
        select(table.c.case_id, func.count()).where(table.c.case_id.is_not(None)).group_by(table.c.case_id)
    )
    return {case: int(number) for case, number in session.execute(query)}
