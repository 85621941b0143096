"""Verbs about cases: open one, change it, see it, and see the caseload."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from imsa_desk.domain.cases import Case, CaseDraft, CaseHead
from imsa_desk.domain.ids import CaseId, PersonId, new_case_code, new_id
from imsa_desk.domain.people import Language
from imsa_desk.errors import Refused
from imsa_desk.services.collections import set_rows
from imsa_desk.services.desk import Desk
from imsa_desk.services.people import add_person, person_of, person_value, safe_contacts_of
from imsa_desk.services.triggers import MOVE, TIER_CHANGE, note_in
from imsa_desk.services.typed import Typed
from imsa_desk.store.records import CaseExploitationRow, CaseRoleRow, CaseRow, PersonLanguageRow, PersonRow
from imsa_desk.vocab import ENDED_STATUSES, Band, CaseRoleKind, CaseStatus, Nation, Sensitivity, Tier

NO_CASE = "This case is not in this vault."
WANTED_DAY = "the day the case was opened"


def case_row(session: Session, case_id: str) -> CaseRow:
    """Give a case's row. Raises Refused where it is not here."""
    row = session.get(CaseRow, case_id)
    if row is None or row.deleted_at is not None:
        raise Refused(NO_CASE)
    return row


def _new_code(session: Session) -> str:
    """Make a case code that no other case here has."""
    while True:
        code = new_case_code()
        if session.scalar(select(CaseRow.id).where(CaseRow.code == code)) is None:
            return code


def open_case(desk: Desk, draft: CaseDraft) -> CaseId:
    """Open a case with the person it is about."""
    typed = Typed(desk.today())
    with desk.store.begin("open_case") as session:
        case_id = new_id()
        row = CaseRow(
            id=case_id,
            case_id=case_id,
            code=_new_code(session),
            nation="",
            tier="",
            status="",
            opened_on=desk.today(),
        )
        _write(row, draft, typed)
        person = add_person(desk, session, case_id, draft.person, typed)
        session.add(row)
        session.add(CaseRoleRow(case_id=case_id, person_id=person.id, role=CaseRoleKind.SURVIVOR))
        _write_exploitation(desk, session, case_id, draft)
    return CaseId(case_id)


def _write(row: CaseRow, draft: CaseDraft, typed: Typed) -> None:
    row.nation = typed.word("nation", Nation, draft.nation, "Choose the nation whose rules apply.") or ""
    row.tier = typed.word("tier", Tier, draft.tier, "Choose a tier.") or ""
    row.status = typed.word("status", CaseStatus, draft.status, "Choose how the case stands.") or ""
    if row.status not in ENDED_STATUSES:
        row.closed_on, row.closure_reason = None, ""
    row.opened_on = typed.day("opened_on", draft.opened_on, WANTED_DAY, past=True) or row.opened_on
    row.nrm_status = draft.nrm_status
    row.nrm_status_on = typed.day("nrm_status_on", draft.nrm_status_on, "the day of the NRM decision")
    row.immigration_status = draft.immigration_status
    row.referral_source = draft.referral_source
    row.local_authority = typed.line("local_authority", draft.local_authority)
    row.police_force = typed.line("police_force", draft.police_force)
    matters = typed.text("what_matters", draft.what_matters)
    if matters != row.what_matters:
        row.what_matters, row.what_matters_on = matters, typed.today


def _write_exploitation(desk: Desk, session: Session, case_id: str, draft: CaseDraft) -> None:
    query = select(CaseExploitationRow).where(CaseExploitationRow.case_id == case_id)
    set_rows(
        session,
        session.scalars(query).all(),
        draft.exploitation,
        lambda r: r.exploitation,
        lambda value: CaseExploitationRow(case_id=case_id, exploitation=value),
        desk.now(),
    )


def change_case(desk: Desk, case_id: CaseId, draft: CaseDraft) -> CaseId:
    """Change what is known about a case; the person is changed by `change_person`."""
    typed = Typed(desk.today())
    with desk.store.begin("change_case") as session:
        row = case_row(session, case_id)
        tier, area = row.tier, row.local_authority
        _write(row, draft, typed)
        typed.stop_if_wrong()
        _write_exploitation(desk, session, case_id, draft)
        if row.status not in ENDED_STATUSES:
            if row.tier != tier and Tier.UNTRIAGED not in (tier, row.tier):
                note_in(desk, session, case_id, TIER_CHANGE)
            if area and row.local_authority and row.local_authority != area:
                note_in(desk, session, case_id, MOVE)
    return case_id


def close_case(desk: Desk, case_id: CaseId, reason: str, on: str = "today") -> None:
    """Close a case with its reason (list `closure_reason`); it can be reopened by changing its status."""
    typed = Typed(desk.today())
    day = typed.day("closed_on", on, "the day the case was closed", needed=True, past=True)
    if not desk.lists.has("closure_reason", reason):
        typed.wrong("closure_reason", "Choose why the case is closed.")
    typed.stop_if_wrong()
    with desk.store.begin("close_case") as session:
        row = case_row(session, case_id)
        row.status, row.closed_on, row.closure_reason = CaseStatus.CLOSED, day, reason


def case(desk: Desk, case_id: CaseId) -> Case:
    """Give a case with its person."""
    with desk.store.read() as session:
        row = case_row(session, case_id)
        exploitation = session.scalars(
            select(CaseExploitationRow.exploitation).where(
                CaseExploitationRow.case_id == case_id, CaseExploitationRow.deleted_at.is_(None)
            )
        )
        return Case(
            id=case_id,
            code=row.code,
            person=person_value(session, person_of(session, case_id)),
            nation=Nation(row.nation),
            tier=Tier(row.tier),
            status=CaseStatus(row.status),
            opened_on=row.opened_on,
            nrm_status=row.nrm_status,
            nrm_status_on=row.nrm_status_on,
            competent_authority=row.competent_authority,
            immigration_status=row.immigration_status,
            referral_source=row.referral_source,
            local_authority=row.local_authority,
            police_force=row.police_force,
            health_body=row.health_body,
            exploitation=tuple(exploitation),
            what_matters=row.what_matters,
            what_matters_on=row.what_matters_on,
            risk=Band(row.risk) if row.risk else None,
            closed_on=row.closed_on,
            closure_reason=row.closure_reason,
            sensitivity=Sensitivity(row.sensitivity),
        )


def case_head(desk: Desk, case_id: CaseId) -> CaseHead:
    """Give what the header of an open case shows."""
    with desk.store.read() as session:
        row = case_row(session, case_id)
        person = person_of(session, case_id)
        return CaseHead(
            id=case_id,
            code=row.code,
            person_id=PersonId(person.id),
            known_as=person.known_as,
            known_as_script=person.known_as_script,
            nation=Nation(row.nation),
            tier=Tier(row.tier),
            status=CaseStatus(row.status),
            nrm_status=row.nrm_status,
            nrm_status_on=row.nrm_status_on,
            risk=Band(row.risk) if row.risk else None,
            interpreter=_interpreter(desk, session, person),
            safe_contacts=safe_contacts_of(session, person.id),
            pronouns=person.pronouns,
        )


def _interpreter(desk: Desk, session: Session, person: PersonRow) -> str:
    if not person.interpreter_needed:
        return ""
    rows = session.scalars(select(PersonLanguageRow).where(PersonLanguageRow.person_id == person.id))
    spoken = [Language(id=r.id, language=r.language, preferred=r.preferred) for r in rows if not r.deleted_at]  # type: ignore[arg-type]  # a stored id is a RecordId
    chosen = sorted(spoken, key=lambda language: not language.preferred)[:1]
    words = [desk.lists.label("languages", language.language) for language in chosen]
    if person.interpreter_gender not in ("", "any"):
        words.append(desk.lists.label("interpreter_gender", person.interpreter_gender).lower())
    return ", ".join(words) or "needed"


def closed_count(desk: Desk) -> int:
    """Count the cases that are no longer worked on."""
    with desk.store.read() as session:
        ended = [CaseStatus.CLOSED, CaseStatus.DECLINED, CaseStatus.TRANSFERRED]
        query = select(func.count()).select_from(CaseRow)
        return int(session.scalar(query.where(CaseRow.status.in_(ended), CaseRow.deleted_at.is_(None))) or 0)
