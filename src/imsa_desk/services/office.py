"""Verbs of the office: enrol advocates, take bundles in, answer with receipts, say what is held, check it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from imsa_desk.crypto.words import fingerprint_words
from imsa_desk.domain.exchange import EnrolledAdvocate, OfficeState
from imsa_desk.domain.ids import OrganisationId
from imsa_desk.exchange.bundle import Counts
from imsa_desk.services.office_intake import Outcome, ingest
from imsa_desk.services.office_opening import (
    ENROLMENT_FILE,
    Office,
    enrolment_file,
    init_office,
    open_office,
    opened_office,
)
from imsa_desk.services.office_receipts import held_of, stream_with
from imsa_desk.services.office_trust import advocates, enrol_vault
from imsa_desk.store.audit import audit
from imsa_desk.store.records import CaseRow, DocumentRow
from imsa_desk.store.tables import journal_link
from imsa_desk.store.writers import writers

__all__ = [
    "ENROLMENT_FILE",
    "CheckReport",
    "Office",
    "Outcome",
    "check",
    "enrol",
    "enrolment_file",
    "ingest",
    "init_office",
    "open_office",
    "opened_office",
    "status",
]


_MOST_PROBLEMS = 1_000


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a check found; no problems means that the tables are what the journal says."""

    problems: tuple[str, ...]
    writers: int
    links: int
    documents: int


def enrol(
    office: Office, data: bytes, fingerprint: str, *, role: str = "", second_of: str = ""
) -> EnrolledAdvocate:
    """Enrol the vault of a joining file, see `office_trust.enrol_vault`."""
    writer = enrol_vault(office, data, fingerprint, role=role, second_of=second_of).writer
    return next(a for a in status(office).advocates if a.writer == writer)


def _count(session: Session, query: Any) -> int:
    return int(session.execute(query).scalar_one())


def status(office: Office) -> OfficeState:
    """Say who is enrolled and what is held."""
    known = advocates(office)
    with office.records.read() as session:
        cases = _count(session, select(func.count()).select_from(CaseRow).where(CaseRow.deleted_at.is_(None)))
        documents = _count(session, select(func.count()).select_from(DocumentRow))
        links = _count(session, select(func.count()).select_from(journal_link))
        held = {writer: held_of(session, writer) for writer in writers(session.connection())}
        bundles = {each.writer: len(stream_with(session, each.writer)["applied"]) for each in known}
    entries = tuple(
        EnrolledAdvocate(
            writer=each.writer,
            name=each.name,
            words=each.words,
            enrolled_at=each.enrolled_at,
            bundles=bundles[each.writer],
            links=held.get(each.writer, Counts()).links,
            bodies=held.get(each.writer, Counts()).bodies,
            revoked=each.withdrawn is not None,
        )
        for each in known
    )
    return OfficeState(
        name=office.about.name,
        organisation_id=OrganisationId(office.about.organisation),
        practice=office.about.practice,
        database=office.database or "encrypted file",
        words=fingerprint_words(office.about.root),
        advocates=entries,
        cases=cases,
        links=links,
        documents=documents,
    )


def check(office: Office) -> CheckReport:
    """Verify every chain and body, replay the journal and compare it with the tables, read every document.

    In constant memory, whatever the office holds.
    """
    with office.records.read() as session:
        problems = tuple(islice(audit(session.connection()), _MOST_PROBLEMS))
        count = len(writers(session.connection()))
        links = _count(session, select(func.count()).select_from(journal_link))
        documents = _count(session, select(func.count()).select_from(DocumentRow))
    return CheckReport(problems, count, links, documents)
