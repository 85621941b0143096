"""Lets wait what somebody wrote in a case that was not theirs to write on the day it came in.

A Desk refuses such changes itself, but its word for it is not enough: a program may be changed and a clock
set back, and a Desk that has not heard of the end of a cover goes on. Nothing is lost: the office notes in an
assignment after which number that writer's changes wait, and the advocate who has the case decides.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from imsa_desk.domain.ids import CaseId
from imsa_desk.domain.office_cases import LASTING, Given, holder, read_after, spell_after
from imsa_desk.services.office_caseload import givens_of, makers_of
from imsa_desk.services.office_opening import Office
from imsa_desk.services.office_vaults import Vaults, laptops_of, today_of
from imsa_desk.store.journal import tail_of
from imsa_desk.store.records import AssignmentRow
from imsa_desk.store.take_in import sort_anew
from imsa_desk.store.waiting import rules_of
from imsa_desk.vocab import AssignmentWhy, Sensitivity, SignerRole

Wrote = tuple[str, str]
"""A case and a writer who wrote in it."""


def ends_of(session: Session, writers: Iterable[str]) -> dict[str, int]:
    """Give how far the journal of each writer goes before a bundle is taken in."""
    return {writer: tail_of(session.connection(), writer)[0] for writer in writers}


def hold_back(
    office: Office,
    session: Session,
    known: Vaults,
    wrote: Collection[Wrote],
    ends: Mapping[str, int],
) -> None:
    """Let wait what came after `ends` from writers who may not write these cases today, within an open act.

    The organisation's own day counts, not the sender's. Lines whose links were here before never wait for
    this. A case nobody is known to have made is nobody's to protect.
    """
    cases = tuple(CaseId(case) for case in sorted({case for case, _ in wrote}))
    makers, givens = makers_of(session, cases), givens_of(session, cases)
    today, rules, held = today_of(office), None, False
    for case, writer in sorted(wrote):
        maker, given = makers.get(CaseId(case), ""), givens.get(CaseId(case), ())
        if writer not in ends or _may_write(known, maker, given, writer, today):
            continue
        rules = rules_of(session.connection()) if rules is None else rules
        if writer in rules.after.get(case, {}):
            continue
        _note(office, session, known, CaseId(case), maker, given, writer, ends[writer])
        held = True
    if held:
        session.flush()
        sort_anew(session)


def _may_write(known: Vaults, maker: str, givens: Sequence[Given], writer: str, today: date) -> bool:
    """Say whether an advocate, with any of their laptops, has a case on a day, covers it or supervises it."""
    has = holder(maker, givens, today)
    group = {writer, *(laptops_of(known, writer) if writer in known else ())}
    standing = (g for g in givens if g.writer in group and g.stands_on(today))
    return not has or has in group or any(_writes(g) for g in standing)


def _writes(given: Given) -> bool:
    # What a supervisor may add was tested by kind while the bundle was read.
    return given.why is AssignmentWhy.SUPERVISION or not given.read_only


def _note(
    office: Office,
    session: Session,
    known: Vaults,
    case: CaseId,
    maker: str,
    givens: Sequence[Given],
    writer: str,
    limit: int,
) -> None:
    """Note where a writer's changes begin to wait: in their own assignment, which ends, or the holder's."""
    today = today_of(office)
    own = [g for g in givens if g.writer == writer]
    has = holder(maker, givens, today)
    lasting = [g for g in givens if g.why in LASTING and g.writer == has and g.stands_on(today)]
    if own:
        row = _row(session, max(own, key=lambda g: (g.ended_on is None, g.from_on, g.id)))
        if row.ended_on is None and not (row.until is None and row.read_only):
            row.ended_on = today
    elif lasting:
        row = _row(session, lasting[-1])
    else:
        row = AssignmentRow(
            case_id=case,
            sensitivity=Sensitivity.L1,
            writer=has,
            name=known[has].name if has in known else "",
            role=SignerRole.ADVOCATE,
            why=AssignmentWhy.OWN,
            from_on=today,
            decided_by=office.about.name,
            most=max(Sensitivity),
        )
        session.add(row)
    row.after = spell_after(read_after(row.after or "") | {writer: limit})
    session.flush()


def _row(session: Session, given: Given) -> AssignmentRow:
    return session.scalars(select(AssignmentRow).where(AssignmentRow.id == given.id)).one()
