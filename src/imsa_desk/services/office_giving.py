"""How a case is given: the assignment is written, what it replaces ends, and what came late waits for it.

Used within an open act of the office by the verbs of `office_cases`, `moving` and `outgoing`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from imsa_desk.domain.ids import CaseId
from imsa_desk.domain.office_cases import LASTING, Given, holder, read_after, spell_after, writing
from imsa_desk.domain.trust import Enrolled
from imsa_desk.services.office_caseload import MOVED_BACK, away, givens_of, makers_of
from imsa_desk.services.office_opening import Office
from imsa_desk.services.office_vaults import Vaults, laptops_of, today_of
from imsa_desk.store import local
from imsa_desk.store.journal import tail_of
from imsa_desk.store.records import AssignmentRow
from imsa_desk.store.take_in import sort_anew
from imsa_desk.vocab import AssignmentWhy, Sensitivity, SignerRole

_Wanted = Callable[[Given], bool]


def so_far(session: Session, former: Sequence[str]) -> dict[str, int]:
    """Give how far the journals of some vaults go here: what comes after that waits."""
    connection = session.connection()
    return {writer: tail_of(connection, writer)[0] for writer in former}


def assignment_row(
    office: Office,
    case: CaseId,
    vault: Enrolled,
    why: AssignmentWhy,
    until: date | None,
    most: Sensitivity,
    reason: str,
    by: str,
) -> AssignmentRow:
    """Make an assignment from today on; the caller says for whose later changes it waits."""
    return AssignmentRow(
        case_id=case,
        sensitivity=Sensitivity.L1,
        writer=vault.writer,
        name=vault.name,
        role=vault.role,
        why=why,
        from_on=today_of(office),
        decided_by=by.strip() or office.about.name,
        until=until,
        most=most,
        reason=reason.strip(),
    )


def give(office: Office, session: Session, known: Vaults, row: AssignmentRow, after: dict[str, int]) -> None:
    """Add an assignment, end what it takes the place of, and give the receiver's other laptops the same."""
    today, case, why = today_of(office), CaseId(row.case_id or ""), AssignmentWhy(row.why)
    group = laptops_of(known, row.writer)
    if why in LASTING:
        # What waited for the one before waits for the next, but nobody's own changes ever wait.
        before = [g.after for g in givens_of(session, [case]).get(case, ()) if g.stands_on(today)]
        after = _later(before) | after
        after = {writer: seq for writer, seq in after.items() if writer not in group}
        end(session, case, today, lambda given: given.why is not AssignmentWhy.SUPERVISION)
    elif why is AssignmentWhy.COVER:
        end(session, case, today, lambda given: given.why is AssignmentWhy.COVER)
    else:
        end(session, case, today, lambda given: given.writer == row.writer)
    row.after = spell_after(after)
    session.add(row)
    if why is AssignmentWhy.SUPERVISION:
        return
    beside = why if why is AssignmentWhy.COVER else AssignmentWhy.SECOND_LAPTOP
    for writer in group:
        if writer != row.writer and known[writer].withdrawn is None:
            most = Sensitivity(row.most)
            again = assignment_row(
                office, case, known[writer], beside, row.until, most, row.reason, row.decided_by
            )
            again.after = row.after
            session.add(again)


def give_away(
    office: Office,
    session: Session,
    known: Vaults,
    case: CaseId,
    writer: str,
    name: str,
    reason: str,
    by: str,
) -> None:
    """Note within an open act that a case is another organisation's from now on; later changes here wait.

    Where it is that organisation's already, nothing is noted: what waits goes on waiting.
    """
    today = today_of(office)
    there = away(session, case, today)
    if there is not None and there.writer == writer:
        return
    maker, givens = makers_of(session, [case]).get(case, ""), givens_of(session, [case]).get(case, ())
    wrote = {holder(maker, givens, today), *writing(maker, givens, today)} & known.keys()
    after = so_far(session, sorted({w for one in wrote for w in laptops_of(known, one)}))
    after |= _later(g.after for g in givens if g.stands_on(today))
    back = set(local.get(session, MOVED_BACK) or ()) - {case}
    local.put(session, MOVED_BACK, sorted(back))
    end(session, case, today, lambda _: True)
    session.add(
        AssignmentRow(
            case_id=case,
            sensitivity=Sensitivity.L1,
            writer=writer,
            name=name,
            role=SignerRole.ORGANISATION,
            why=AssignmentWhy.LEAVING,
            from_on=today,
            decided_by=by.strip() or office.about.name,
            reason=reason,
            after=spell_after(after),
        )
    )
    settle(session)


def settle(session: Session) -> None:
    """Let changes wait, or go on, as the assignments say by now."""
    session.flush()
    sort_anew(session)


def _later(limits: Iterable[Mapping[str, int]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for after in limits:
        for writer, seq in after.items():
            found[writer] = max(found.get(writer, 0), seq)
    return found


def end(session: Session, case: CaseId, today: date, wanted: _Wanted) -> int:
    """End the assignments of a case that stand and are `wanted`; give how many."""
    ids = {g.id for g in givens_of(session, [case]).get(case, ()) if g.stands_on(today) and wanted(g)}
    for row in _rows(session, ids):
        row.ended_on = today
        if row.why == AssignmentWhy.COVER:
            # A cover who has not heard of the end goes on writing: that waits for the one who has the case.
            row.after = spell_after(read_after(row.after) | so_far(session, [row.writer]))
    session.flush()
    return len(ids)


def _rows(session: Session, ids: Collection[str]) -> list[AssignmentRow]:
    return list(session.scalars(select(AssignmentRow).where(AssignmentRow.id.in_(ids)))) if ids else []
