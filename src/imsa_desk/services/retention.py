"""Verbs about retention: what becomes of closed cases; nothing is ever erased by itself."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from imsa_desk import paths
from imsa_desk.domain.ids import CaseId
from imsa_desk.domain.retention import Erasure, Retention, RetentionDraft, RetentionRule, load_rule, read_rule
from imsa_desk.errors import Refused
from imsa_desk.services.cases import case_row
from imsa_desk.services.desk import Desk
from imsa_desk.services.holding import HELD
from imsa_desk.services.people import person_of
from imsa_desk.services.reference import rule_text
from imsa_desk.services.typed import Typed
from imsa_desk.store import local
from imsa_desk.store.erase import erase_case as erase_lines
from imsa_desk.store.records import CaseRow, DocumentRow, ErasureRow, RetentionRow
from imsa_desk.vocab import CaseStatus

NOT_CLOSED = "Close the case first: only a closed case can be kept or erased by decision."
ON_HOLD = "The case is under a legal hold. Lift the hold first."


def rule(session: Session) -> RetentionRule:
    """Give the years in force: what the organisation published where it did, else the program's."""
    own = rule_text(session, "retention")
    if own is not None:
        return read_rule(own, "of your organisation")
    return load_rule(paths.resources() / "rules" / "retention.toml")


def retention_of(desk: Desk, case_id: CaseId) -> Retention:
    """Say how a closed case stands. Raises Refused for one that is open or not here."""
    with desk.store.read() as session:
        return _value(session, case_row(session, case_id), rule(session))


def retention_due(desk: Desk) -> tuple[Retention, ...]:
    """Give the closed cases about which somebody has to decide now, longest due first."""
    today = desk.today()
    with desk.store.read() as session:
        years = rule(session)
        soonest = today - timedelta(days=365 * min(years.closed_years, years.declined_years))
        rows = session.scalars(
            select(CaseRow).where(CaseRow.deleted_at.is_(None), CaseRow.closed_on <= soonest)
        )
        found = [_value(session, row, years) for row in rows]
    return tuple(sorted((r for r in found if r.due(today)), key=lambda r: r.review_on))


def _value(session: Session, row: CaseRow, years: RetentionRule) -> Retention:
    if row.closed_on is None:
        raise Refused(NOT_CLOSED, code="E_NOT_CLOSED")
    newest = session.scalars(
        select(RetentionRow)
        .where(RetentionRow.case_id == row.id, RetentionRow.deleted_at.is_(None))
        .order_by(RetentionRow.decided_at.desc(), RetentionRow.id)
        .limit(1)
    ).first()
    usual = years.review_on(row.closed_on, CaseStatus(row.status))
    return Retention(
        case_id=CaseId(row.id),
        code=row.code,
        known_as=person_of(session, row.id).known_as,
        closed_on=row.closed_on,
        review_on=(newest.keep_until if newest else None) or usual,
        hold=newest is not None and newest.hold,
        reason=newest.reason if newest else "",
    )


def decide_retention(desk: Desk, case_id: CaseId, draft: RetentionDraft) -> None:
    """Keep a closed case until a day, put it under a legal hold, or lift one.

    Raises Refused with every problem at once.
    """
    typed = Typed(desk.today())
    reason = typed.text("reason", draft.reason, needed="Say why, in a sentence that an auditor would accept.")
    until = typed.day("keep_until", draft.keep_until, "the day until which the case is kept", ahead=True)
    if not draft.hold and until is None and not any(p.field == "keep_until" for p in typed.problems):
        typed.wrong("keep_until", "Enter the day until which the case is kept, or choose a legal hold.")
    if until is not None and until <= desk.today():
        typed.wrong("keep_until", "Choose a day to come.")
    typed.stop_if_wrong()
    with desk.store.begin("decide_retention") as session:
        _value(session, case_row(session, case_id), rule(session))
        session.add(
            RetentionRow(
                case_id=case_id,
                decided_at=desk.now(),
                author=desk.actor.id,
                reason=reason,
                hold=draft.hold,
                keep_until=until,
            )
        )


def erase_case(desk: Desk, case_id: CaseId, reason: str) -> Erasure:
    """Erase a closed case: what every line of it said, its documents, drafts and index; give what is left.

    The links of its lines stay and the chain still verifies. Backups made before hold the case until
    `backups_until`; an organisation that holds it learns of the erasure with the next bundle. Raises Refused
    for an open case, a legal hold and an empty reason.
    """
    typed = Typed(desk.today())
    why = typed.line("reason", reason, needed="Say why the case is erased.")
    typed.stop_if_wrong()
    with desk.store.begin("erase_case", reason=why) as session:
        years = rule(session)
        row = case_row(session, case_id)
        if _value(session, row, years).hold:
            raise Refused(ON_HOLD, code="E_HOLD")
        documents = session.scalars(select(DocumentRow.id).where(DocumentRow.case_id == case_id)).all()
        held = local.get(session, HELD) or {"cases": {}}
        left = ErasureRow(
            erased_case=case_id,
            case_code=row.code,
            erased_on=desk.today(),
            reason=why,
            author=desk.actor.id,
            lines=0,
            documents=len(documents),
            backups_until=years.backups_until(desk.today()),
            sent=case_id in held["cases"],
        )
        left.lines = erase_lines(session, case_id)
        session.add(left)
        session.flush()
        return _erasure(left)


def erasures(desk: Desk) -> tuple[Erasure, ...]:
    """Give what is left of every erased case, newest first."""
    with desk.store.read() as session:
        rows = session.scalars(select(ErasureRow).order_by(ErasureRow.erased_on.desc(), ErasureRow.id))
        return tuple(_erasure(row) for row in rows)


def _erasure(row: ErasureRow) -> Erasure:
    return Erasure(
        case_code=row.case_code,
        erased_on=row.erased_on,
        reason=row.reason,
        author=row.author,
        lines=row.lines,
        documents=row.documents,
        backups_until=row.backups_until,
        sent=row.sent,
    )
