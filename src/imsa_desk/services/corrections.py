"""Verbs by which the office speaks to a case it does not own: proposals, and the few changes that bind.

A proposal is a line that replaces nothing: at the Desk it stands beside the value as a conflict, and the
advocate decides. Binding are a case's status and a legal hold, because the organisation answers for both.
"""

from __future__ import annotations

import secrets
from datetime import UTC
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from imsa_desk.domain.ids import CaseId
from imsa_desk.errors import Broken, Problem, Refused
from imsa_desk.services.office_caseload import known_case
from imsa_desk.services.office_opening import Office, anchor
from imsa_desk.store.fields import columns_of, from_field, to_field
from imsa_desk.store.journal import TOLD_APART, Act, append
from imsa_desk.store.project import project
from imsa_desk.store.records import Record, RetentionRow, record_classes
from imsa_desk.vocab import CaseStatus, Kind, Operation, Sensitivity

_OWN = frozenset({Kind.ASSIGNMENT, Kind.GRANT, Kind.ACCESS, Kind.STATISTIC, Kind.ERASURE, Kind.RETENTION})
_NOT_PROPOSED = TOLD_APART | {"private"}


def propose(office: Office, record: str, field: str, value: Any, reason: str) -> None:
    """Propose another value for one field of an advocate's record; `value` as JSON holds it.

    Raises E_NO_RECORD, E_FIELD for a field that nobody proposes or a value that does not fit, and Refused
    without a reason. Nothing is replaced, here or at the Desk.
    """
    if not reason.strip():
        raise Refused([Problem("reason", "Say why: the advocate will read it.")])
    with office.records.begin("propose", reason=reason.strip()) as session:
        row = _record(session, record)
        cls = type(row)
        if cls.kind in _OWN or field in _NOT_PROPOSED or field not in columns_of(cls):
            raise Refused([Problem("field", "This field cannot be proposed.")], code="E_FIELD")
        try:
            from_field(cls, field, value)
        except (Broken, TypeError, ValueError) as error:
            raise Refused([Problem("value", "This value does not fit the field.")], code="E_FIELD") from error
        if value == to_field(getattr(row, field)):
            raise Refused([Problem("value", "The field says this already.")], code="E_FIELD")
        act: Act = session.info["act"]
        append(session.connection(), act, [_body(act, row, field, value)])
        project(session.connection(), [record])
        session.expire_all()
    anchor(office)


def set_status(office: Office, case: CaseId, status: CaseStatus, reason: str) -> None:
    """Change a case's status, which binds."""
    if not reason.strip():
        raise Refused([Problem("reason", "Say why: the advocate will read it.")])
    with office.records.begin("set_status", reason=reason.strip()) as session:
        row = known_case(session, case)
        if row.status == status:
            raise Refused([Problem("status", "The case has this status already.")])
        row.status = status
    anchor(office)


def legal_hold(office: Office, case: CaseId, reason: str, *, hold: bool = True) -> None:
    """Put a case under a legal hold, or lift it: while it stands nobody erases the case."""
    if not reason.strip():
        raise Refused([Problem("reason", "Say why: the advocate will read it.")])
    with office.records.begin("legal_hold", reason=reason.strip()) as session:
        known_case(session, case)
        session.add(
            RetentionRow(
                case_id=case,
                sensitivity=Sensitivity.L1,
                decided_at=office.now(),
                author=office.about.name,
                reason=reason.strip(),
                hold=hold,
            )
        )
    anchor(office)


def _record(session: Session, record: str) -> Record:
    for cls in record_classes():
        row = session.scalars(select(cls).where(cls.id == record)).first()
        if row is not None and row.deleted_at is None:
            return row
    raise Refused([Problem("record", "The organisation holds no record of this id.")], code="E_NO_RECORD")


def _body(act: Act, row: Record, field: str, value: Any) -> dict[str, Any]:
    return {
        "act": {"id": act.id, "verb": act.verb},
        "at": to_field(act.now.astimezone(UTC)),
        "base": {field: []},
        "case": row.case_id,
        "fields": {field: value},
        "hlc": act.clock.tick(),
        "kind": row.kind.value,
        "op": Operation.UPDATE.value,
        "reason": act.reason,
        "record": row.id,
        "salt": secrets.token_hex(16),
        "sensitivity": row.sensitivity,
    }
