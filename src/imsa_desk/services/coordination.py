"""Verbs about coordination: contacts with professionals, what was shared and on what basis."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from imsa_desk.domain.actions import Action
from imsa_desk.domain.consents import Recipient
from imsa_desk.domain.coordination import Contact, ContactDraft, Professional, Sharing, SharingDraft
from imsa_desk.domain.ids import CaseId, ConsentId, ContactId, ProfessionalId, RecordId
from imsa_desk.errors import Refused
from imsa_desk.services.actions import actions_from, attach, not_there_yet, read_actions
from imsa_desk.services.cases import case_row
from imsa_desk.services.collections import restrict_alike, set_rows
from imsa_desk.services.consents import answer
from imsa_desk.services.desk import LOCAL, Desk
from imsa_desk.services.professionals import professional_values
from imsa_desk.services.triggers import DECISION, note_in
from imsa_desk.services.typed import Typed, same_minute
from imsa_desk.store.records import (
    ActionRow,
    ContactParticipantRow,
    ContactRow,
    ContactThemeRow,
    DocumentRow,
    ProfessionalRow,
    SharingRow,
)
from imsa_desk.vocab import (
    Direction,
    EntryType,
    InfoCategory,
    Kind,
    RecipientKind,
    Sensitivity,
    ShareBasis,
    Theme,
)

_BELOW = (
    (ContactThemeRow, ContactThemeRow.contact_id),
    (ContactParticipantRow, ContactParticipantRow.contact_id),
    (SharingRow, SharingRow.contact_id),
    (ActionRow, ActionRow.source_id),
    (DocumentRow, DocumentRow.belongs_id),
)
"""What belongs to a contact and is at least as restricted as it."""


def record_contact(desk: Desk, draft: ContactDraft) -> ContactId:
    """Record a contact. Each category shared needs the survivor's consent for that recipient, or
    another basis with a written reason; refused otherwise, naming the field."""
    typed = Typed(desk.today())
    row = ContactRow(
        case_id=draft.case_id,
        at=desk.now(),
        recorded_at=desk.now(),
        author=desk.actor.id,
        entry_type="",
        direction="",
    )
    _write(desk, row, draft, typed)
    themes = typed.words("themes", Theme, draft.themes)
    actions = read_actions(typed, draft.actions)
    with desk.store.begin("record_contact") as session:
        case_row(session, draft.case_id)
        _check_participants(session, typed, draft)
        shared = [_read_sharing(desk, session, typed, row, n, s) for n, s in enumerate(draft.shared)]
        typed.stop_if_wrong()
        session.add(row)
        session.add_all([_participant(row, p) for p in dict.fromkeys(draft.participants)])
        session.add_all([_theme(row, theme) for theme in themes])
        session.add_all([s for s in shared if s is not None])
        session.add_all(attach(actions, draft.case_id, Kind.CONTACT, row.id, row.sensitivity))
        _note_decision(desk, session, row)
    return ContactId(row.id)


def _note_decision(desk: Desk, session: Session, row: ContactRow) -> None:
    """Let a decision that came ask for a review."""
    if row.entry_type == EntryType.DECISION_RECEIVED:
        note_in(desk, session, row.case_id or "", DECISION, row.at.astimezone(LOCAL).date())


def _write(desk: Desk, row: ContactRow, draft: ContactDraft, typed: Typed) -> None:
    at = typed.moment(draft.on, draft.time, "the date of the contact", desk.now())
    if at is not None and not same_minute(at, row.at):
        row.at = at
    row.entry_type = typed.word("entry_type", EntryType, draft.entry_type, "Choose what this was.") or ""
    row.direction = typed.word("direction", Direction, draft.direction, "Choose who contacted whom.") or ""
    row.minutes = typed.minutes("minutes", draft.minutes)
    row.purpose = typed.line("purpose", draft.purpose)
    row.survivor_present = draft.survivor_present
    for name in (
        "instruction",
        "summary",
        "opinions",
        "asked_for",
        "information_received",
        "not_shared",
        "outcome",
    ):
        setattr(row, name, typed.text(name, getattr(draft, name)))
    row.survivor_told_on = typed.day(
        "survivor_told_on", draft.survivor_told_on, "the day you told the person"
    )
    row.next_contact_on = typed.day(
        "next_contact_on", draft.next_contact_on, "the day to chase this", ahead=True
    )
    row.sensitivity = (
        typed.word("sensitivity", Sensitivity, draft.sensitivity, "Choose who may see this.")
        or row.sensitivity
    )
    if not row.summary.strip() and not row.purpose:
        typed.wrong("summary", "Write what was said, or at least what it was about.")


def _check_participants(session: Session, typed: Typed, draft: ContactDraft) -> None:
    if not draft.participants:
        typed.wrong("participants", "Choose who the contact was with.")
    for p in draft.participants:
        if session.get(ProfessionalRow, p) is None:
            typed.wrong("participants", "Choose somebody from the list of professionals.")


def _read_sharing(
    desk: Desk, session: Session, typed: Typed, row: ContactRow, n: int, draft: SharingDraft
) -> SharingRow | None:
    field = f"shared.{n}"
    category = typed.word(f"{field}.category", InfoCategory, draft.category, "Choose what was shared.")
    basis = typed.word(f"{field}.basis", ShareBasis, draft.basis, "Choose on what basis it was shared.")
    if not draft.professional_id:
        typed.wrong(f"{field}.professional_id", "Choose who was told.")
    if category is None or basis is None or not draft.professional_id or row.case_id is None:
        return None
    recipient = Recipient(RecipientKind.PROFESSIONAL, draft.professional_id)
    if session.get(ProfessionalRow, draft.professional_id) is None:
        typed.wrong(f"{field}.professional_id", "Choose somebody from the list of professionals.")
    on = row.at.astimezone(LOCAL).date()
    found = answer(desk, session, row.case_id, recipient, [category], None, on=min(on, desk.today()))
    reason = typed.text(f"{field}.override_reason", draft.override_reason)
    if basis is ShareBasis.CONSENT and not found.all_allowed:
        why = "was withdrawn" if found.withdrawn else "is not recorded"
        label = desk.lists.label("info_category", category)
        typed.wrong(
            f"{field}.basis",
            f"Consent to share “{label}” with this recipient {why}. Record the consent first, or choose "
            "another basis and write why it was shared.",
        )
    if basis is not ShareBasis.CONSENT and not reason.strip():
        typed.wrong(f"{field}.override_reason", "Write the risk, why now, and who was consulted.")
    return SharingRow(
        case_id=row.case_id,
        contact_id=row.id,
        professional_id=draft.professional_id,
        category=category,
        basis=basis,
        method=typed.line(f"{field}.method", draft.method),
        consent_id=found.relied_on[0].id if basis is ShareBasis.CONSENT and found.relied_on else None,
        override_reason=reason,
        survivor_told=draft.survivor_told,
        sensitivity=row.sensitivity,
    )


def _participant(row: ContactRow, professional_id: str) -> ContactParticipantRow:
    return ContactParticipantRow(
        case_id=row.case_id, contact_id=row.id, professional_id=professional_id, sensitivity=row.sensitivity
    )


def _theme(row: ContactRow, theme: str) -> ContactThemeRow:
    return ContactThemeRow(case_id=row.case_id, contact_id=row.id, theme=theme, sensitivity=row.sensitivity)


def change_contact(desk: Desk, contact_id: ContactId, draft: ContactDraft) -> ContactId:
    """Change a contact; what was shared is only added to, because it cannot be unsaid."""
    typed = Typed(desk.today())
    with desk.store.begin("change_contact") as session:
        row = _row(session, contact_id)
        level, was = row.sensitivity, row.entry_type
        _write(desk, row, draft, typed)
        themes = typed.words("themes", Theme, draft.themes)
        actions = read_actions(typed, draft.actions)
        _check_participants(session, typed, draft)
        known = _shared_before(session, contact_id)
        shared = [
            _read_sharing(desk, session, typed, row, n, s)
            for n, s in enumerate(draft.shared)
            if (s.category, s.professional_id) not in known
        ]
        typed.stop_if_wrong()
        session.add_all([s for s in shared if s is not None])
        _set_collections(desk, session, row, themes, draft.participants)
        new = not_there_yet(session, row.id, actions)
        session.add_all(attach(new, row.case_id or "", Kind.CONTACT, row.id, row.sensitivity))
        restrict_alike(session, row, level, _BELOW)
        if was != EntryType.DECISION_RECEIVED:
            _note_decision(desk, session, row)
    return contact_id


def _shared_before(session: Session, contact_id: str) -> set[tuple[str, str]]:
    rows = session.scalars(select(SharingRow).where(SharingRow.contact_id == contact_id))
    return {(r.category, r.professional_id) for r in rows if r.deleted_at is None}


def _set_collections(
    desk: Desk, session: Session, row: ContactRow, themes: Sequence[str], participants: Sequence[str]
) -> None:
    set_rows(
        session,
        session.scalars(select(ContactThemeRow).where(ContactThemeRow.contact_id == row.id)).all(),
        themes,
        lambda r: r.theme,
        lambda theme: _theme(row, theme),
        desk.now(),
    )
    set_rows(
        session,
        session.scalars(
            select(ContactParticipantRow).where(ContactParticipantRow.contact_id == row.id)
        ).all(),
        participants,
        lambda r: r.professional_id,
        lambda p: _participant(row, p),
        desk.now(),
    )


def _row(session: Session, contact_id: str) -> ContactRow:
    row = session.get(ContactRow, contact_id)
    if row is None or row.deleted_at is not None:
        raise Refused("This contact is not in this vault.")
    return row


def contact(desk: Desk, contact_id: ContactId) -> Contact:
    """Give one contact."""
    with desk.store.read() as session:
        return _values(desk, session, [_row(session, contact_id)])[0]


def contacts_of(desk: Desk, case_id: CaseId, limit: int = 2_000) -> tuple[Contact, ...]:
    """Give the contacts of a case, newest first."""
    with desk.store.read() as session:
        rows = session.scalars(
            select(ContactRow)
            .where(ContactRow.case_id == case_id, ContactRow.deleted_at.is_(None))
            .order_by(ContactRow.at.desc())
            .limit(limit)
        ).all()
        return _values(desk, session, rows)


def _values(desk: Desk, session: Session, rows: Sequence[ContactRow]) -> tuple[Contact, ...]:
    ids = [r.id for r in rows]
    themes: dict[str, list[Theme]] = {i: [] for i in ids}
    for t in session.scalars(select(ContactThemeRow).where(ContactThemeRow.contact_id.in_(ids))):
        if t.deleted_at is None:
            themes[t.contact_id].append(Theme(t.theme))
    who: dict[str, list[str]] = {i: [] for i in ids}
    for p in session.scalars(select(ContactParticipantRow).where(ContactParticipantRow.contact_id.in_(ids))):
        if p.deleted_at is None:
            who[p.contact_id].append(p.professional_id)
    shared = [
        s
        for s in session.scalars(select(SharingRow).where(SharingRow.contact_id.in_(ids)))
        if not s.deleted_at
    ]
    named = {p for ps in who.values() for p in ps} | {s.professional_id for s in shared}
    people = professional_values(session, sorted(named))
    actions = actions_from(session, desk, ids)
    return tuple(
        _value(
            r,
            tuple(people[p] for p in dict.fromkeys(who[r.id]) if p in people),
            tuple(sorted(set(themes[r.id]))),
            tuple(_sharing(s, people) for s in shared if s.contact_id == r.id),
            actions[r.id],
        )
        for r in rows
    )


def _sharing(row: SharingRow, people: dict[str, Professional]) -> Sharing:
    found = people.get(row.professional_id)
    return Sharing(
        RecordId(row.id),
        InfoCategory(row.category),
        ProfessionalId(row.professional_id),
        found.name if found else "Unknown",
        row.method,
        ShareBasis(row.basis),
        ConsentId(row.consent_id) if row.consent_id else None,
        row.override_reason,
        row.survivor_told,
    )


def _value(
    row: ContactRow,
    participants: tuple[Professional, ...],
    themes: tuple[Theme, ...],
    shared: tuple[Sharing, ...],
    actions: tuple[Action, ...],
) -> Contact:
    return Contact(
        id=ContactId(row.id),
        case_id=CaseId(row.case_id or ""),
        at=row.at,
        recorded_at=row.recorded_at,
        author=row.author,
        entry_type=EntryType(row.entry_type),
        direction=Direction(row.direction),
        purpose=row.purpose,
        participants=participants,
        themes=themes,
        instruction=row.instruction,
        survivor_present=row.survivor_present,
        summary=row.summary,
        opinions=row.opinions,
        asked_for=row.asked_for,
        information_received=row.information_received,
        not_shared=row.not_shared,
        outcome=row.outcome,
        survivor_told_on=row.survivor_told_on,
        next_contact_on=row.next_contact_on,
        minutes=row.minutes,
        sensitivity=Sensitivity(row.sensitivity),
        shared=shared,
        actions=actions,
    )
