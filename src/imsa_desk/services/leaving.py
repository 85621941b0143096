"""What may leave the vault: which records of chosen cases, and which journal lines carry them.

Rules: private records never leave; of a chosen case an entry leaves by its present sensitivity and the
organisation's policy for it; what belongs to an entry (themes of a meeting, answers of an assessment) is at
least as restricted as the entry; people in the directory leave when a chosen case refers to them, and forms
of the organisation's own when a leaving assessment answers them.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from imsa_desk.domain.exchange import Restricted
from imsa_desk.domain.ids import CaseId
from imsa_desk.exchange.bundle import Blob, Line, Link
from imsa_desk.exchange.enrolment import SharePolicy
from imsa_desk.store.blobs import chunks_of
from imsa_desk.store.erase import erasing_lines
from imsa_desk.store.journal import TOLD_APART
from imsa_desk.store.records import (
    AdvocateRow,
    AssessmentRow,
    DocumentRow,
    FormRow,
    OrganisationRow,
    ProfessionalRow,
    record_classes,
)
from imsa_desk.store.tables import journal_body, journal_link
from imsa_desk.vocab import Kind, Sensitivity

_PARENTS = (
    "meeting_id",
    "contact_id",
    "involvement_id",
    "assessment_id",
    "source_id",
    "belongs_id",
    "person_id",
)
_CONSENT_PARENT = "consent_id"
_PART = 500
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Scan:
    """A document that leaves: its case, its content's hash and how many bytes it has."""

    case_id: str
    sha256: str
    size: int


@dataclass(slots=True)
class Selection:
    """The records that leave, and what stays behind of each chosen case."""

    leaving: set[str] = field(default_factory=set)
    stays: dict[str, int] = field(default_factory=dict)
    restricted: list[Restricted] = field(default_factory=list)
    documents: dict[str, Scan] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Seen:
    kind: Kind
    case: str
    level: str
    private: bool
    parents: tuple[str, ...]


def select_records(
    session: Session,
    cases: Sequence[CaseId],
    policy: Mapping[Sensitivity, SharePolicy],
    include: Collection[str],
) -> Selection:
    """Choose the records of `cases` that leave; `include` names, by id, entries that leave when asked for."""
    found = _records_of(session, cases)
    made = Selection()
    for record, seen in found.items():
        level = _level(found, record)
        rule = policy[Sensitivity(level)]
        asked = _asked(found, record, include)
        if not _private(found, record) and (
            rule is SharePolicy.ALWAYS or (rule is SharePolicy.ASK and asked)
        ):
            made.leaving.add(record)
            continue
        made.stays[seen.case] = made.stays.get(seen.case, 0) + 1
        if rule is SharePolicy.ASK and not _private(found, record) and not _inside(found, seen):
            made.restricted.append(Restricted(seen.kind, record, CaseId(seen.case), Sensitivity(level)))
    made.leaving |= _directory(session, cases, made.leaving) | _forms(session, cases, made.leaving)
    rows = session.scalars(select(DocumentRow).where(DocumentRow.case_id.in_(cases)))
    made.documents = {
        row.id: Scan(row.case_id or "", row.sha256, row.size) for row in rows if row.id in made.leaving
    }
    return made


def _records_of(session: Session, cases: Sequence[CaseId]) -> dict[str, _Seen]:
    found: dict[str, _Seen] = {}
    for cls in record_classes():
        columns = cls.__table__.c
        # A sharing names the consent it relied on; only a consent's own categories belong to it.
        wanted = [*_PARENTS, *([_CONSENT_PARENT] if cls.kind is Kind.CONSENT_CATEGORY else [])]
        parents = [columns[name] for name in wanted if name in columns]
        query = select(
            columns["id"], columns["case_id"], columns["sensitivity"], columns["private"], *parents
        )
        for part in _parts(cases):
            for record, case, level, private, *above in session.execute(
                query.where(columns["case_id"].in_(part))
            ):
                found[record] = _Seen(cls.kind, case, level, private, tuple(a for a in above if a))
    return found


def _chain(found: Mapping[str, _Seen], record: str) -> Iterator[str]:
    """Give a record and everything it belongs to; a record met twice ends it."""
    met: set[str] = set()
    waiting = [record]
    while waiting:
        at = waiting.pop()
        if at in found and at not in met:
            met.add(at)
            waiting.extend(found[at].parents)
            yield at


def _level(found: Mapping[str, _Seen], record: str) -> str:
    return max(found[at].level for at in _chain(found, record))


def _private(found: Mapping[str, _Seen], record: str) -> bool:
    return any(found[at].private for at in _chain(found, record))


def _asked(found: Mapping[str, _Seen], record: str, include: Collection[str]) -> bool:
    """Say whether every restricted thing in a record's chain was asked for, itself or through its parent."""
    return any(at in include for at in _chain(found, record))


def _inside(found: Mapping[str, _Seen], seen: _Seen) -> bool:
    return any(parent in found and found[parent].level >= seen.level for parent in seen.parents)


def _directory(session: Session, cases: Sequence[CaseId], leaving: set[str]) -> set[str]:
    """Find the professionals, their organisations and the advocates that leaving records refer to."""
    professionals: set[str] = set()
    for cls in record_classes():
        table = cls.__table__
        if "professional_id" in table.c:
            query = select(table.c.id, table.c.professional_id).where(table.c.case_id.in_(cases))
            professionals |= {who for record, who in session.execute(query) if record in leaving and who}
    rows = [r for r in session.scalars(select(ProfessionalRow)) if r.id in professionals and not r.private]
    bodies = {row.organisation_id for row in rows if row.organisation_id}
    organisations = {
        row.id for row in session.scalars(select(OrganisationRow)) if row.id in bodies and not row.private
    }
    advocates = {row.id for row in session.scalars(select(AdvocateRow)) if not row.private}
    return {row.id for row in rows} | organisations | advocates


def _forms(session: Session, cases: Sequence[CaseId], leaving: set[str]) -> set[str]:
    """Find the organisation's own forms that leaving assessments answer: without them they say only ids."""
    row = AssessmentRow
    query = select(row.id, row.form_id, row.form_version).where(row.case_id.in_(cases))
    answered = {(form, version) for record, form, version in session.execute(query) if record in leaving}
    forms = session.execute(select(FormRow.id, FormRow.form_id, FormRow.version, FormRow.private))
    return {record for record, form, version, private in forms if (form, version) in answered and not private}


@dataclass(frozen=True, slots=True)
class Cargo:
    """Lines ready to go: every link after `since`, older ones whose body may now leave, and the documents."""

    lines: tuple[Line, ...]
    bodies: frozenset[int]
    by_case: Mapping[str, int]
    documents: tuple[Scan, ...]


def load(session: Session, writer: str, selection: Selection, since: int, held: Collection[int]) -> Cargo:
    """Gather lines of `writer` to send: links after `since`, bodies of `selection` that are not in `held`."""
    going, by_case, first = _bodies_to_go(session, writer, selection, held)
    columns = (journal_link, journal_body.c.body)
    joined = (journal_link.c.writer == journal_body.c.writer) & (journal_link.c.seq == journal_body.c.seq)
    query = (
        select(*columns)
        .join_from(journal_link, journal_body, joined, isouter=True)
        .where(journal_link.c.writer == writer)
        .order_by(journal_link.c.seq)
    )
    lines = []
    sent: set[int] = set()
    for row in session.execute(query.where(journal_link.c.seq > min([since, *(s - 1 for s in going)]))):
        if row.seq <= since and row.seq not in going:
            continue
        body = row.body if row.seq in going else None
        if body is not None:
            sent.add(row.seq)
        lines.append(Line(Link(row.writer, row.seq, row.prev, row.body_hash, row.line_hash), body))
    documents = tuple(d for i, d in selection.documents.items() if first.get(i) in sent)
    return Cargo(tuple(lines), frozenset(sent), by_case, documents)


def _bodies_to_go(
    session: Session, writer: str, selection: Selection, held: Collection[int]
) -> tuple[set[int], dict[str, int], dict[str, int]]:
    """Give the numbers of the bodies to send, how many by case, and each record's first line."""
    table = journal_body.c
    going: set[int] = set()
    by_case: dict[str, int] = {}
    first: dict[str, int] = {}
    known: set[str] = set()
    waiting: list[tuple[int, str]] = []
    query = select(table.seq, table.record, table.case_id).where(table.writer == writer).order_by(table.seq)
    for seq, record, case in session.execute(query):
        first.setdefault(record, seq)
        if seq in held:
            known.add(record)
        elif record in selection.leaving:
            going.add(seq)
            if case:
                by_case[case] = by_case.get(case, 0) + 1
        elif record in known:
            waiting.append((seq, record))
    going |= _restrictions(session, writer, [seq for seq, _ in waiting])
    going |= erasing_lines(session.connection(), writer).keys() - set(held)
    return going, by_case, first


def _restrictions(session: Session, writer: str, seqs: Iterable[int]) -> set[int]:
    """Of lines about records the organisation holds, find those that only restrict or remove them."""
    table = journal_body.c
    found: set[int] = set()
    for part in _parts(list(seqs)):
        query = select(table.seq, table.body).where(table.writer == writer, table.seq.in_(part))
        for seq, body in session.execute(query):
            if body is not None and set(json.loads(body)["fields"]) <= TOLD_APART:
                found.add(seq)
    return found


def blobs_of(session: Session, documents: Iterable[Scan]) -> list[Blob]:
    """Give the bytes of documents, each content once, read from the vault only while they are sealed."""
    made: dict[str, Blob] = {}
    for scan in documents:
        digest = scan.sha256
        made.setdefault(digest, Blob(digest, scan.size, partial(chunks_of, session, digest)))
    return list(made.values())


def _parts(values: Sequence[Value]) -> Iterator[Sequence[Value]]:
    for at in range(0, len(values), _PART):
        yield values[at : at + _PART]
