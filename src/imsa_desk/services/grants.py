"""Verbs about grants: managers see counts, and read a case only by a grant with a reason and a last day.

A grant, its end and every reading stand in the office's journal with the case, so the advocate whose case it
is learns of them with the next bundle. Entries above the grant's sensitivity stay closed.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from imsa_desk.domain.grants import Grant, ReadEntry, ReadField, Reading
from imsa_desk.domain.ids import CaseId
from imsa_desk.errors import Problem, Refused
from imsa_desk.paths import resources
from imsa_desk.printing.fonts import load_fonts
from imsa_desk.printing.page import Frame
from imsa_desk.printing.reading import ReadingSheet, reading_pdf
from imsa_desk.services.desk import LOCAL
from imsa_desk.services.leaving import select_records
from imsa_desk.services.lists import shipped_lists
from imsa_desk.services.office_caseload import known_case
from imsa_desk.services.office_consents import reason_for
from imsa_desk.services.office_opening import Office, anchor
from imsa_desk.services.office_selection import up_to
from imsa_desk.services.office_vaults import today_of
from imsa_desk.store.fields import columns_of, is_empty
from imsa_desk.store.records import AccessRow, CaseRow, GrantRow, Record, record_classes
from imsa_desk.vocab import AccessKind, Kind, Sensitivity

_HIDDEN = frozenset({Kind.ACCESS, Kind.ASSIGNMENT, Kind.GRANT, Kind.STATISTIC, Kind.SHARE_CHOICE})
"""Kinds that say nothing about a person."""
_UNREAD = frozenset({"private", "deleted_at", "deleted_reason", "sha256"})
LONGEST = 366
"""Days that one grant may last: for longer somebody decides again."""


def grant(
    office: Office,
    case: CaseId | None,
    to_name: str,
    reason: str,
    until: date,
    *,
    most: Sensitivity = Sensitivity.L2,
    by: str = "",
    basis: str = "",
) -> Grant:
    """Let somebody at the organisation read a case (None: every one) until a day, at most a year ahead.

    Raises E_CONSENT for a case whose consent was withdrawn, unless a `basis` is given beside the reason.
    """
    today = today_of(office)
    problems = []
    if not to_name.strip():
        problems.append(Problem("to", "Say who may read."))
    if not reason.strip():
        problems.append(Problem("reason", "Say why: the advocate will read it."))
    if not today <= until or (until - today).days > LONGEST:
        problems.append(Problem("until", "Name the last day: today or later, and at most a year ahead."))
    if problems:
        raise Refused(problems)
    if case is not None:
        with office.records.read() as session:
            known_case(session, case)
    why = reason_for(office, [] if case is None else [case], basis, reason)
    with office.records.begin("grant", reason=why) as session:
        row = GrantRow(
            case_id=case,
            sensitivity=Sensitivity.L1,
            to_name=" ".join(to_name.split()),
            reason=why,
            from_on=today,
            until=until,
            author=by.strip() or office.about.name,
            most=most,
        )
        session.add(row)
    anchor(office)
    return _value(row)


def end_grant(office: Office, grant_id: str, reason: str) -> Grant:
    """End a grant before its last day; raises E_NO_GRANT where none of this id stands."""
    if not reason.strip():
        raise Refused([Problem("reason", "Say why.")])
    with office.records.begin("end_grant", reason=reason.strip()) as session:
        row = session.get(GrantRow, grant_id)
        if row is None or row.ended_on is not None:
            raise Refused("No grant of this number stands.", code="E_NO_GRANT")
        row.ended_on = today_of(office)
    anchor(office)
    return _value(row)


def grants(office: Office, *, standing: bool = False) -> tuple[Grant, ...]:
    """Give every grant, the one that ends last first; only those that stand now if `standing`."""
    with office.records.read() as session:
        found = _grants(session)
    today = today_of(office)
    return tuple(g for g in found if not standing or g.stands_on(today))


def may_read(office: Office, case: CaseId, as_name: str) -> Grant | None:
    """Give the grant by which somebody may read a case now, the one that opens most; None where none does."""
    with office.records.read() as session:
        return _opening(session, case, as_name, today_of(office))


def reading_row(office: Office, case: CaseId, grant: Grant, what: str) -> AccessRow:
    """Give the row by which the case itself says that somebody read it: `what` they did, and where."""
    return AccessRow(
        case_id=case,
        sensitivity=Sensitivity.L1,
        access_kind=AccessKind.REVEAL,
        at=office.now(),
        author=office.vault.vault_id,
        subject_kind=Kind.GRANT,
        subject_id=grant.id,
        detail=f"{what} by {grant.to_name} at {office.about.name}",
    )


def read_case(office: Office, case: CaseId, as_name: str, *, basis: str = "", reason: str = "") -> Reading:
    """Open a case to somebody who has a grant, and note it in the journal before anything is shown.

    Raises E_NO_GRANT, E_NO_CASE, and E_CONSENT where the consent was withdrawn and no `basis` (a `ShareBasis`
    other than consent) and `reason` are given; they are kept in the journal.
    """
    today = today_of(office)
    why = reason_for(office, [case], basis, reason) if may_read(office, case, as_name) is not None else ""
    with office.records.begin("read_case", reason=why) as session:
        found = _opening(session, case, as_name, today)
        if found is None:
            raise Refused(
                f"{as_name} has no grant for this case today. Somebody who may decide it gives one with a "
                "reason and a last day.",
                code="E_NO_GRANT",
            )
        row = known_case(session, case)
        chosen = select_records(session, [case], up_to(found.most), ())
        entries = tuple(_entries(session, case, row, chosen.leaving))
        session.add(reading_row(office, case, found, "read"))
        reading = Reading(case, row.code, found, entries, chosen.stays.get(case, 0))
    anchor(office)
    return reading


def reading_print(office: Office, reading: Reading) -> bytes:
    """Set a reading as a PDF that says on every page by whose grant it was opened."""
    given = reading.grant
    frame = Frame(
        title="Case read by grant",
        case_code=reading.code,
        sensitivity=given.most.value,
        state=f"up to {given.most.value}, {reading.left_out} entries left out",
        printed_by=given.to_name,
        printed_at=office.now().astimezone(LOCAL),
        form_line=f"Grant until {given.until:%d/%m/%Y}: {given.reason}",
        consent_line="Opened by the organisation under its grant; not to be passed on.",
        practice=office.about.practice,
    )
    sections = tuple((e.label, tuple((f.label, f.value) for f in e.fields)) for e in reading.entries)
    return reading_pdf(ReadingSheet(frame, sections), load_fonts(resources() / "fonts"))


def _opening(session: Session, case: CaseId, name: str, today: date) -> Grant | None:
    standing = [g for g in _grants(session) if g.opens(case, name, today)]
    return max(standing, key=lambda g: (g.most, g.until, g.id), default=None)


def _grants(session: Session) -> tuple[Grant, ...]:
    query = select(GrantRow).where(GrantRow.deleted_at.is_(None))
    return tuple(_value(row) for row in session.scalars(query.order_by(GrantRow.until.desc(), GrantRow.id)))


def _value(row: GrantRow) -> Grant:
    return Grant(
        id=row.id,
        case_id=None if row.case_id is None else CaseId(row.case_id),
        to_name=row.to_name,
        reason=row.reason,
        from_on=row.from_on,
        until=row.until,
        author=row.author,
        most=Sensitivity(row.most),
        ended_on=row.ended_on,
    )


def _entries(session: Session, case: CaseId, row: CaseRow, leaving: set[str]) -> list[ReadEntry]:
    lists = shipped_lists()
    found = [_entry(row, lists.label("kind", Kind.CASE))] if case in leaving else []
    for cls in record_classes():
        if cls.kind in _HIDDEN or cls.kind is Kind.CASE:
            continue
        query = select(cls).where(cls.case_id == case, cls.deleted_at.is_(None)).order_by(cls.id)
        label = lists.label("kind", cls.kind)
        found += [_entry(each, label) for each in session.scalars(query) if each.id in leaving]
    return found


def _entry(row: Record, label: str) -> ReadEntry:
    cls = type(row)
    fields = tuple(
        ReadField(name, name.replace("_", " ").capitalize(), _said(getattr(row, name)))
        for name in columns_of(cls)
        if name not in _UNREAD and not name.endswith("_id") and not is_empty(cls, name, getattr(row, name))
    )
    return ReadEntry(row.id, cls.kind, label, fields)


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value.astimezone(LOCAL):%d/%m/%Y %H:%M}"
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else str(value)
