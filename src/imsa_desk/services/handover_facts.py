"""What a case's dossier says first: safe contact, open promises, dated actions; in numbers, for a preview."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from imsa_desk.domain.dates import say_full
from imsa_desk.domain.handover import many
from imsa_desk.domain.ids import CaseId
from imsa_desk.services.actions import OPEN
from imsa_desk.services.assignments import may_write
from imsa_desk.services.desk import Desk
from imsa_desk.services.people import person_of, safe_contacts_of
from imsa_desk.store.records import ActionRow, CaseRow
from imsa_desk.vocab import ENDED_STATUSES, OwnerKind, Safe


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """One case that can be handed over, and what its dossier begins with."""

    case_id: CaseId
    code: str
    known_as: str
    words: tuple[str, ...]


def facts_of(desk: Desk) -> tuple[CaseFacts, ...]:
    """Give every open case that is this vault's, by the name people know."""
    ended = [status.value for status in ENDED_STATUSES]
    with desk.store.read() as session:
        rows = session.scalars(
            select(CaseRow).where(CaseRow.deleted_at.is_(None), CaseRow.status.not_in(ended))
        )
        found = [_facts(session, row) for row in rows if may_write(desk, CaseId(row.id))]
    return tuple(sorted(found, key=lambda each: (each.known_as.casefold(), each.code)))


def names_of(desk: Desk, case_ids: Iterable[str]) -> dict[str, str]:
    """Give the name people know of each of these cases that is here."""
    with desk.store.read() as session:
        there = [case for case in dict.fromkeys(case_ids) if session.get(CaseRow, case) is not None]
        return {case: person_of(session, case).known_as for case in there}


def _facts(session: Session, row: CaseRow) -> CaseFacts:
    person = person_of(session, row.id)
    contacts = safe_contacts_of(session, person.id)
    safe = sum(each.safe == Safe.YES for each in contacts)
    actions = session.scalars(
        select(ActionRow).where(
            *(ActionRow.case_id == row.id, ActionRow.deleted_at.is_(None)),
            ActionRow.state.in_(OPEN),
        )
    ).all()
    promises = sum(each.owner != OwnerKind.IMSA for each in actions)
    dated = sorted(each.due_on for each in actions if each.due_on is not None)
    words = [
        f"{many(safe, 'safe way', 'safe ways')} of contact" if safe else "no safe way of contact is known",
    ]
    if promises:
        words.append(f"{many(promises, 'open promise', 'open promises')} of others")
    if len(actions) > promises:
        words.append(f"{many(len(actions) - promises, 'thing', 'things')} you promised")
    if dated:
        words.append(f"{many(len(dated), 'date', 'dates')} to keep, the first on {say_full(dated[0])}")
    return CaseFacts(CaseId(row.id), row.code, person.known_as, tuple(words))
