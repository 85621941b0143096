"""Verbs about professionals: the directory, their part in a case, and the board."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from imsa_desk.domain.actions import Action
from imsa_desk.domain.consents import Consent, Recipient
from imsa_desk.domain.coordination import BoardRow, Involvement, Organisation, Professional, ProfessionalDraft
from imsa_desk.domain.ids import CaseId, InvolvementId, OrganisationId, ProfessionalId
from imsa_desk.errors import Refused
from imsa_desk.services.actions import actions_of
from imsa_desk.services.cases import case_row
from imsa_desk.services.consents import answer, consent_values
from imsa_desk.services.desk import Desk
from imsa_desk.services.typed import Typed
from imsa_desk.store.records import (
    ContactParticipantRow,
    ContactRow,
    InvolvementRow,
    InvolvementThemeRow,
    OrganisationRow,
    ProfessionalRow,
)
from imsa_desk.vocab import InfoCategory, RecipientKind, Theme

NO_PROFESSIONAL = "This professional is not in this vault."


def _organisation(session: Session, name: str) -> str | None:
    """Find an organisation by name, however it is cased, or add it."""
    if not name:
        return None
    query = select(OrganisationRow).where(func.lower(OrganisationRow.name) == name.lower())
    found = session.scalars(query.where(OrganisationRow.deleted_at.is_(None))).first()
    if found is None:
        found = OrganisationRow(name=name)
        session.add(found)
    return found.id


def _read(desk: Desk, typed: Typed, draft: ProfessionalDraft) -> ProfessionalRow:
    if not desk.lists.has("roles", draft.role):
        typed.wrong("role", "Choose a role from the list.")
    return ProfessionalRow(
        name=typed.line("name", draft.name, needed="Enter the professional's name."),
        role=draft.role,
        phone=typed.line("phone", draft.phone),
        email=typed.line("email", draft.email),
        secure_channel=typed.line("secure_channel", draft.secure_channel),
        note=typed.text("note", draft.note),
    )


def add_professional(desk: Desk, draft: ProfessionalDraft, case_id: CaseId | None = None) -> ProfessionalId:
    """Add a professional to the directory and, with a case, their part in it."""
    typed = Typed(desk.today())
    row = _read(desk, typed, draft)
    organisation = typed.line("organisation", draft.organisation)
    part = _read_part(typed, draft)
    themes = typed.words("themes", Theme, draft.themes)
    typed.stop_if_wrong()
    with desk.store.begin("add_professional") as session:
        row.organisation_id = _organisation(session, organisation)
        session.add(row)
        if case_id is not None:
            _join(session, case_id, row, part, themes)
    return ProfessionalId(row.id)


def change_professional(
    desk: Desk, professional_id: ProfessionalId, draft: ProfessionalDraft
) -> ProfessionalId:
    """Change a directory entry; it changes for every case."""
    typed = Typed(desk.today())
    read = _read(desk, typed, draft)
    organisation = typed.line("organisation", draft.organisation)
    typed.stop_if_wrong()
    with desk.store.begin("change_professional") as session:
        row = session.get(ProfessionalRow, professional_id)
        if row is None:
            raise Refused(NO_PROFESSIONAL)
        for name in ("name", "role", "phone", "email", "secure_channel", "note"):
            setattr(row, name, getattr(read, name))
        row.organisation_id = _organisation(session, organisation)
    return professional_id


def _read_part(typed: Typed, draft: ProfessionalDraft) -> InvolvementRow:
    return InvolvementRow(
        professional_id="",
        role=draft.role,
        lead_for=typed.line("lead_for", draft.lead_for),
        started_on=typed.day("started_on", draft.started_on or "today", "the day they became involved"),
        knows_address=draft.knows_address,
        knows_trafficking=draft.knows_trafficking,
        trust_by_survivor=typed.line("trust_by_survivor", draft.trust_by_survivor),
        safe_contact_note=typed.text("safe_contact_note", draft.safe_contact_note),
    )


def _join(
    session: Session, case_id: str, who: ProfessionalRow, part: InvolvementRow, themes: Sequence[Theme]
) -> None:
    case_row(session, case_id)
    part.case_id, part.professional_id, part.role = case_id, who.id, who.role
    session.add(part)
    session.add_all([InvolvementThemeRow(case_id=case_id, involvement_id=part.id, theme=t) for t in themes])


def involve(
    desk: Desk, case_id: CaseId, professional_id: ProfessionalId, draft: ProfessionalDraft
) -> InvolvementId:
    """Say that somebody from the directory has a part in a case."""
    typed = Typed(desk.today())
    part = _read_part(typed, draft)
    themes = typed.words("themes", Theme, draft.themes)
    typed.stop_if_wrong()
    with desk.store.begin("involve") as session:
        who = session.get(ProfessionalRow, professional_id)
        if who is None:
            raise Refused(NO_PROFESSIONAL)
        _join(session, case_id, who, part, themes)
    return InvolvementId(part.id)


def end_involvement(desk: Desk, involvement_id: InvolvementId, on: str = "today") -> None:
    """Say that a professional no longer has a part in a case."""
    typed = Typed(desk.today())
    day = typed.day("ended_on", on, "the day it ended", needed=True, past=True)
    typed.stop_if_wrong()
    with desk.store.begin("end_involvement") as session:
        row = session.get(InvolvementRow, involvement_id)
        if row is None:
            raise Refused("This involvement is not in this vault.")
        row.ended_on = day


def organisations(desk: Desk) -> tuple[Organisation, ...]:
    """Give every organisation by name."""
    with desk.store.read() as session:
        rows = session.scalars(
            select(OrganisationRow).where(OrganisationRow.deleted_at.is_(None)).order_by(OrganisationRow.name)
        )
        return tuple(Organisation(OrganisationId(r.id), r.name, r.sector) for r in rows)


def professionals(desk: Desk) -> tuple[Professional, ...]:
    """Give the whole directory by name."""
    with desk.store.read() as session:
        ids = session.scalars(select(ProfessionalRow.id).where(ProfessionalRow.deleted_at.is_(None))).all()
        return tuple(sorted(professional_values(session, ids).values(), key=lambda p: p.name.casefold()))


def professional_values(session: Session, ids: Sequence[str]) -> dict[str, Professional]:
    """Turn directory rows into values by id."""
    query = select(ProfessionalRow, OrganisationRow.name).join(
        OrganisationRow, OrganisationRow.id == ProfessionalRow.organisation_id, isouter=True
    )
    return {
        row.id: Professional(
            ProfessionalId(row.id),
            row.name,
            row.role,
            OrganisationId(row.organisation_id) if row.organisation_id else None,
            organisation or "",
            row.phone,
            row.email,
            row.secure_channel,
            row.note,
        )
        for row, organisation in session.execute(query.where(ProfessionalRow.id.in_(ids)))
    }


def involvements_of(desk: Desk, case_id: CaseId) -> tuple[Involvement, ...]:
    """Give who has a part in a case."""
    with desk.store.read() as session:
        return _involvements(session, case_id)


def _involvements(session: Session, case_id: str) -> tuple[Involvement, ...]:
    rows = session.scalars(
        select(InvolvementRow).where(InvolvementRow.case_id == case_id, InvolvementRow.deleted_at.is_(None))
    ).all()
    themes: dict[str, list[Theme]] = {r.id: [] for r in rows}
    for t in session.scalars(select(InvolvementThemeRow).where(InvolvementThemeRow.case_id == case_id)):
        if t.deleted_at is None and t.involvement_id in themes:
            themes[t.involvement_id].append(Theme(t.theme))
    people = professional_values(session, [r.professional_id for r in rows])
    return tuple(
        Involvement(
            InvolvementId(r.id),
            CaseId(case_id),
            people[r.professional_id],
            r.role,
            tuple(sorted(set(themes[r.id]))),
            r.lead_for,
            r.started_on,
            r.ended_on,
            r.knows_address,
            r.knows_trafficking,
            r.trust_by_survivor,
            r.safe_contact_note,
        )
        for r in rows
        if r.professional_id in people
    )


def board(desk: Desk, case_id: CaseId) -> tuple[BoardRow, ...]:
    """Give the professionals board: longest silent first, ended involvements last."""
    promised = [a for a in actions_of(desk, case_id, only_open=True) if a.professional_id]
    with desk.store.read() as session:
        spoke = _last_contacts(desk, session, case_id)
        consents = consent_values(desk, session, case_id)
        rows = [
            _board_row(desk, session, involvement, spoke, promised, consents)
            for involvement in _involvements(session, case_id)
        ]
    return tuple(sorted(rows, key=_silent_first))


def _silent_first(row: BoardRow) -> tuple[bool, int, str]:
    return (
        row.involvement.ended_on is not None,
        -(row.days_silent if row.days_silent is not None else -1),
        row.involvement.professional.name.casefold(),
    )


def _last_contacts(desk: Desk, session: Session, case_id: str) -> dict[str, tuple[datetime, str]]:
    query = (
        select(ContactParticipantRow.professional_id, ContactRow.at, ContactRow.asked_for)
        .join(ContactRow, ContactRow.id == ContactParticipantRow.contact_id)
        .where(
            ContactRow.case_id == case_id,
            ContactRow.at <= desk.now(),
            ContactRow.deleted_at.is_(None),
            ContactParticipantRow.deleted_at.is_(None),
        )
        .order_by(ContactRow.at)
    )
    found: dict[str, tuple[datetime, str]] = {}
    for who, at, asked in session.execute(query):
        found[who] = (at, asked or found.get(who, (at, ""))[1])
    return found


def _board_row(
    desk: Desk,
    session: Session,
    involvement: Involvement,
    spoke: dict[str, tuple[datetime, str]],
    promised: Sequence[Action],
    consents: Sequence[Consent],
) -> BoardRow:
    who = involvement.professional
    last, asked = spoke.get(who.id, (None, ""))
    found = answer(
        desk,
        session,
        involvement.case_id,
        Recipient(RecipientKind.PROFESSIONAL, who.id),
        list(InfoCategory),
        None,
        among=consents,
    )
    return BoardRow(
        involvement=involvement,
        last_contact=last,
        asked=asked,
        promised=next((a for a in promised if a.professional_id == who.id), None),
        days_silent=(desk.now() - last).days if last else None,
        consent_scope=found.allowed,
        consent_withdrawn=bool(found.withdrawn) and not found.allowed,
    )
