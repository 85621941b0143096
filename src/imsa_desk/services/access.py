"""Verbs about accesses: what was looked at, printed or sent becomes a record like any other."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from imsa_desk.domain.access import AccessLine
from imsa_desk.domain.ids import CaseId
from imsa_desk.services.desk import Desk
from imsa_desk.store.records import AccessRow
from imsa_desk.vocab import AccessKind


def note_access(
    desk: Desk,
    session: Session,
    kind: AccessKind,
    *,
    case_id: str = "",
    subject_kind: str = "",
    subject_id: str = "",
    detail: str = "",
) -> None:
    """Add an access within an open act. `detail` never holds case content."""
    session.add(
        AccessRow(
            case_id=case_id or None,
            access_kind=kind,
            at=desk.now(),
            author=desk.actor.id,
            subject_kind=subject_kind,
            subject_id=subject_id,
            detail=detail,
        )
    )


def record_access(
    desk: Desk,
    kind: AccessKind,
    *,
    case_id: str = "",
    subject_kind: str = "",
    subject_id: str = "",
    detail: str = "",
) -> None:
    """Record an access as an act of its own."""
    with desk.store.begin(f"access_{kind}") as session:
        note_access(
            desk,
            session,
            kind,
            case_id=case_id,
            subject_kind=subject_kind,
            subject_id=subject_id,
            detail=detail,
        )


def accesses_of(desk: Desk, case_id: CaseId) -> tuple[AccessLine, ...]:
    """Give the accesses to a case, newest first."""
    with desk.store.read() as session:
        rows = session.scalars(
            select(AccessRow).where(AccessRow.case_id == case_id).order_by(AccessRow.at.desc())
        )
        return tuple(
            AccessLine(
                r.id,
                AccessKind(r.access_kind),
                r.at,
                r.case_id or "",
                r.subject_kind,
                r.subject_id,
                r.detail,
                r.author,
            )
            for r in rows
        )
