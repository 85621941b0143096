"""Verbs about people: names, languages and the safe ways to reach somebody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from imsa_desk.domain.dates import parse_birth
from imsa_desk.domain.ids import CaseId, PersonId, RecordId
from imsa_desk.domain.people import Language, Person, PersonDraft, PersonName, SafeContact, SafeContactDraft
from imsa_desk.errors import Problem, Refused
from imsa_desk.services.access import note_access
from imsa_desk.services.collections import id_at, set_rows
from imsa_desk.services.desk import Desk
from imsa_desk.services.triggers import MOVE, note_in
from imsa_desk.services.typed import Typed
from imsa_desk.store.records import (
    CaseRoleRow,
    PersonLanguageRow,
    PersonNameRow,
    PersonNationalityRow,
    PersonRow,
    SafeContactRow,
)
from imsa_desk.vocab import AccessKind, CaseRoleKind, Channel, Kind, NameKind, Safe, Sensitivity

NO_PERSON = "This person is not in this vault."
_WHERE_THEY_LIVE = (Channel.POST, Channel.IN_PERSON)
"""Channels whose address is where somebody lives: another one means a move, which asks for a review."""


def person_of(session: Session, case_id: str) -> PersonRow:
    """Give the row of the survivor of a case. Raises Refused where the case is unknown."""
    role = (CaseRoleRow.case_id == case_id) & (CaseRoleRow.role == CaseRoleKind.SURVIVOR)
    found = session.scalars(
        select(PersonRow).join(CaseRoleRow, CaseRoleRow.person_id == PersonRow.id).where(role)
    ).first()
    if found is None:
        raise Refused("This case is not in this vault.")
    return found


def person(desk: Desk, person_id: PersonId) -> Person:
    """Give a person; the legal name is left out, see `reveal_legal_name`."""
    with desk.store.read() as session:
        row = session.get(PersonRow, person_id)
        if row is None:
            raise Refused(NO_PERSON)
        return person_value(session, row)


def person_value(session: Session, row: PersonRow) -> Person:
    """Turn a person's rows into a value; restricted names are left out."""
    names = session.scalars(select(PersonNameRow).where(PersonNameRow.person_id == row.id))
    languages = session.scalars(select(PersonLanguageRow).where(PersonLanguageRow.person_id == row.id))
    nationalities = session.scalars(
        select(PersonNationalityRow).where(PersonNationalityRow.person_id == row.id)
    )
    return Person(
        id=PersonId(row.id),
        known_as=row.known_as,
        known_as_script=row.known_as_script,
        pronouns=row.pronouns,
        born=row.born,
        born_approximate=row.born_approximate,
        age_disputed=row.age_disputed,
        gender=row.gender,
        ethnicity=row.ethnicity,
        religion=row.religion,
        literacy=row.literacy,
        adjustments=row.adjustments,
        interpreter_needed=row.interpreter_needed,
        interpreter_gender=row.interpreter_gender,
        interpreter_note=row.interpreter_note,
        languages=tuple(
            Language(RecordId(r.id), r.language, r.dialect, r.preferred)
            for r in languages
            if not r.deleted_at
        ),
        nationalities=tuple(dict.fromkeys(r.nationality for r in nationalities if not r.deleted_at)),
        names=tuple(_name_value(r) for r in names if not r.deleted_at and r.sensitivity < Sensitivity.L3),
        safe_contacts=safe_contacts_of(session, row.id),
    )


def _name_value(row: PersonNameRow) -> PersonName:
    return PersonName(
        RecordId(row.id),
        NameKind(row.name_kind),
        row.name,
        row.note,
        row.used_from,
        row.used_to,
        Sensitivity(row.sensitivity),
    )


def safe_contacts_of(session: Session, person_id: str) -> tuple[SafeContact, ...]:
    """Give the safe-contact rules of a person, safe channels first."""
    rows = session.scalars(
        select(SafeContactRow).where(
            SafeContactRow.person_id == person_id, SafeContactRow.deleted_at.is_(None)
        )
    )
    return tuple(sorted((contact_value(r) for r in rows), key=_safest_first))


def contact_value(row: SafeContactRow) -> SafeContact:
    """Turn a safe-contact row into a value."""
    return SafeContact(
        RecordId(row.id),
        Channel(row.channel),
        Safe(row.safe),
        row.address,
        row.when,
        row.who_else_can_see,
        row.ok_voicemail,
        row.say_we_are,
        row.code_word,
        row.number_withheld,
        row.note,
        row.last_confirmed,
    )


def _safest_first(contact: SafeContact) -> tuple[int, int]:
    order = [Safe.YES, Safe.ASK_FIRST, Safe.UNKNOWN, Safe.NO]
    return order.index(contact.safe), list(Channel).index(contact.channel)


def read_person(typed: Typed, draft: PersonDraft) -> tuple[str, bool]:
    """Check what was typed about a person; give the birth date's text and whether it is approximate."""
    typed.line("known_as", draft.known_as, needed="Enter the name the person wants to be called.")
    if not draft.born.strip():
        return "", False
    try:
        birth = parse_birth(draft.born, typed.today, field="born")
    except Refused as error:
        typed.problems += error.problems
        return "", False
    return birth.text, birth.approximate


def add_person(desk: Desk, session: Session, case_id: str, draft: PersonDraft, typed: Typed) -> PersonRow:
    """Add a person with names, languages and safe contact within an open act."""
    born, approximate = read_person(typed, draft)
    contacts = [_read_contact(typed, c) for c in draft.safe_contacts]
    typed.stop_if_wrong()
    row = PersonRow(case_id=case_id, known_as=typed.line("known_as", draft.known_as))
    _write_person(row, draft, typed, born, approximate)
    session.add(row)
    _write_collections(desk, session, row, draft)
    session.add_all([_new_contact(desk, row, contact) for contact in contacts])
    return row


def _write_person(row: PersonRow, draft: PersonDraft, typed: Typed, born: str, approximate: bool) -> None:
    row.known_as = typed.line("known_as", draft.known_as)
    row.known_as_script = typed.line("known_as_script", draft.known_as_script)
    row.pronouns = typed.line("pronouns", draft.pronouns)
    row.born, row.born_approximate = born, approximate
    row.gender = draft.gender
    row.adjustments = typed.text("adjustments", draft.adjustments)
    row.interpreter_needed = draft.interpreter_needed
    row.interpreter_gender = draft.interpreter_gender


def _write_collections(desk: Desk, session: Session, row: PersonRow, draft: PersonDraft) -> None:
    typed = Typed(desk.today())
    aliases = [line for a in draft.aliases if (line := typed.line("aliases", a))]
    _write_names(desk, session, row, NameKind.ALIAS, aliases, Sensitivity.L2)
    legal = typed.line("legal_name", draft.legal_name)
    if legal:  # an empty field leaves the one that is kept
        _write_names(desk, session, row, NameKind.LEGAL, [legal], Sensitivity.L3)
    _write_languages(desk, session, row, draft.languages)
    _write_nationalities(desk, session, row, draft.nationalities)


def _write_names(
    desk: Desk, session: Session, row: PersonRow, kind: NameKind, names: Sequence[str], level: Sensitivity
) -> None:
    kept = select(PersonNameRow).where(PersonNameRow.person_id == row.id, PersonNameRow.name_kind == kind)

    def new(name: str) -> PersonNameRow:
        return PersonNameRow(
            case_id=row.case_id, person_id=row.id, name_kind=kind, name=name, sensitivity=level.value
        )

    set_rows(session, session.scalars(kept).all(), names, lambda r: r.name, new, desk.now())


def _write_languages(desk: Desk, session: Session, row: PersonRow, languages: Sequence[str]) -> None:
    """Keep the languages; the first is the preferred one."""
    first = next(iter(languages), "")
    kept = session.scalars(select(PersonLanguageRow).where(PersonLanguageRow.person_id == row.id)).all()
    for spoken in (one for one in kept if one.deleted_at is None):
        spoken.preferred = spoken.language == first

    def new(language: str) -> PersonLanguageRow:
        return PersonLanguageRow(
            case_id=row.case_id, person_id=row.id, language=language, preferred=language == first
        )

    set_rows(session, kept, languages, lambda r: r.language, new, desk.now())


def _write_nationalities(desk: Desk, session: Session, row: PersonRow, nationalities: Sequence[str]) -> None:
    kept = select(PersonNationalityRow).where(PersonNationalityRow.person_id == row.id)

    def new(nationality: str) -> PersonNationalityRow:
        return PersonNationalityRow(case_id=row.case_id, person_id=row.id, nationality=nationality)

    set_rows(session, session.scalars(kept).all(), nationalities, lambda r: r.nationality, new, desk.now())


def change_person(desk: Desk, person_id: PersonId, draft: PersonDraft) -> PersonId:
    """Change what is known about a person; an empty legal name leaves the stored one."""
    typed = Typed(desk.today())
    born, approximate = read_person(typed, draft)
    typed.stop_if_wrong()
    with desk.store.begin("change_person") as session:
        row = session.get(PersonRow, person_id)
        if row is None:
            raise Refused(NO_PERSON)
        _write_person(row, draft, typed, born, approximate)
        _write_collections(desk, session, row, draft)
    return person_id


def reveal_legal_name(desk: Desk, case_id: CaseId) -> str:
    """Give the legal name and note in the record that it was looked at; "" if none is kept."""
    with desk.store.begin("reveal_legal_name") as session:
        row = person_of(session, case_id)
        wanted = (PersonNameRow.person_id == row.id) & (PersonNameRow.name_kind == NameKind.LEGAL)
        name = session.scalars(
            select(PersonNameRow).where(wanted, PersonNameRow.deleted_at.is_(None))
        ).first()
        if name is None:
            return ""
        note_access(
            desk,
            session,
            AccessKind.REVEAL,
            case_id=case_id,
            subject_kind=Kind.PERSON_NAME,
            subject_id=name.id,
        )
        return name.name


def _read_contact(typed: Typed, draft: SafeContactDraft) -> SafeContactDraft:
    typed.word("channel", Channel, draft.channel, "Choose the channel this rule is about.")
    typed.word("safe", Safe, draft.safe, "Choose whether this channel is safe.")
    return replace(
        draft,
        address=typed.line("address", draft.address),
        when=typed.line("when", draft.when),
        who_else_can_see=typed.line("who_else_can_see", draft.who_else_can_see),
        say_we_are=typed.line("say_we_are", draft.say_we_are),
        code_word=typed.line("code_word", draft.code_word),
        note=typed.text("note", draft.note),
    )


def _new_contact(desk: Desk, row: PersonRow, draft: SafeContactDraft) -> SafeContactRow:
    contact = SafeContactRow(case_id=row.case_id, person_id=row.id, channel=draft.channel, safe=draft.safe)
    _write_contact(desk, contact, draft)
    return contact


def _write_contact(desk: Desk, row: SafeContactRow, draft: SafeContactDraft) -> None:
    row.safe, row.address, row.when, row.note = draft.safe, draft.address, draft.when, draft.note
    row.who_else_can_see, row.say_we_are, row.code_word = (
        draft.who_else_can_see,
        draft.say_we_are,
        draft.code_word,
    )
    row.ok_voicemail, row.number_withheld = draft.ok_voicemail, draft.number_withheld
    if draft.confirmed_today:
        row.last_confirmed = desk.today()


def set_safe_contact(desk: Desk, case_id: CaseId, draft: SafeContactDraft) -> RecordId:
    """Set the rule for one channel, in place of the one before."""
    typed = Typed(desk.today())
    read = _read_contact(typed, draft)
    typed.stop_if_wrong()
    with desk.store.begin("set_safe_contact") as session:
        person_row = person_of(session, case_id)
        wanted = (SafeContactRow.person_id == person_row.id) & (SafeContactRow.channel == read.channel)
        row = session.scalars(
            select(SafeContactRow).where(wanted, SafeContactRow.deleted_at.is_(None))
        ).first()
        if row is None:
            row = _new_contact(desk, person_row, read)
            row.id = id_at(session, SafeContactRow, person_row.id, read.channel)
            session.add(row)
        else:
            lives = row.address if row.channel in _WHERE_THEY_LIVE else ""
            _write_contact(desk, row, read)
            if lives and row.address and row.address != lives:
                note_in(desk, session, case_id, MOVE)
        return RecordId(row.id)


def confirm_safe_contact(desk: Desk, case_id: CaseId) -> None:
    """Note that the person confirmed today how they may be reached."""
    with desk.store.begin("confirm_safe_contact") as session:
        row = person_of(session, case_id)
        contacts = session.scalars(
            select(SafeContactRow).where(
                SafeContactRow.person_id == row.id, SafeContactRow.deleted_at.is_(None)
            )
        ).all()
        if not contacts:
            raise Refused([Problem("channel", "Enter first how the person may be reached safely.")])
        for contact in contacts:
            contact.last_confirmed = desk.today()
