"""What may leave the vault: which records of chosen cases; `services/cargo.py` finds the lines for them.

Rules: private records never leave; of a chosen case the scope says which kinds of record may leave at all,
and of those an entry leaves by its present sensitivity and the organisation's policy for it; what belongs to
an entry (themes of a meeting, answers of an assessment) is at least as restricted as the entry; people in the
directory leave when a chosen case refers to them, and forms of the organisation's own when a leaving
assessment answers them. A record of statistics leaves with every bundle, whichever cases were chosen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from imsa_desk.domain.exchange import Restricted, StayWhy
from imsa_desk.domain.ids import CaseId
from imsa_desk.exchange.enrolment import SharePolicy
from imsa_desk.services.share_choice import kinds_of
from imsa_desk.store.records import (
    AdvocateRow,
    AssessmentRow,
    CaseRow,
    DocumentRow,
    FormRow,
    OrganisationRow,
    ProfessionalRow,
    StatisticRow,
    record_classes,
)
from imsa_desk.vocab import Kind, Sensitivity, ShareScope

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
    """A document that leaves: its case, its content's hash, how many bytes it has, and its title."""

    case_id: str
    sha256: str
    size: int
    title: str = ""


@dataclass(slots=True)
class Selection:
    """The records that leave, and what stays behind of each chosen case."""

    leaving: set[str] = field(default_factory=set)
    kinds: dict[str, Kind] = field(default_factory=dict)
    """The kind of every record of the chosen cases that leaves."""
    counted: set[str] = field(default_factory=set)
    """The records of statistics, of all cases; they leave too."""
    stays: dict[str, int] = field(default_factory=dict)
    why: Counter[tuple[str, Kind, StayWhy]] = field(default_factory=Counter)
    """How many records stay: by case, kind and reason."""
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
    scopes: Mapping[str, ShareScope] | None = None,
) -> Selection:
    """Choose the records of `cases` that leave; `include` names, by id, entries that leave when asked for.

    A case that `scopes` does not name leaves in full.
    """
    found = _records_of(session, cases)
    made = Selection()
    hidden = {seen.case for seen in found.values() if seen.kind is Kind.CASE and seen.private}
    for record, seen in found.items():
        scope = (scopes or {}).get(seen.case, ShareScope.FULL)
        why = _why_it_stays(found, record, policy, include, scope)
        why = StayWhy.PRIVATE if seen.case in hidden else why
        if why is None:
            made.leaving.add(record)
            made.kinds[record] = seen.kind
            continue
        made.stays[seen.case] = made.stays.get(seen.case, 0) + 1
        made.why[(seen.case, seen.kind, why)] += 1
        if why is StayWhy.RESTRICTED and not _inside(found, seen):
            level = Sensitivity(_level(found, record))
            made.restricted.append(Restricted(seen.kind, record, CaseId(seen.case), level))
    wide = [case for case in cases if (scopes or {}).get(case) is not ShareScope.STATISTICS]
    if wide:
        made.leaving |= _directory(session, wide, made.leaving, policy)
        made.leaving |= _forms(session, wide, made.leaving)
    rows = session.scalars(select(DocumentRow).where(DocumentRow.case_id.in_(cases)))
    made.documents = {
        row.id: Scan(row.case_id or "", row.sha256, row.size, row.title)
        for row in rows
        if row.id in made.leaving
    }
    return made


def merge(into: Selection, more: Selection) -> None:
    """Add what was selected of other cases."""
    into.leaving |= more.leaving
    into.kinds |= more.kinds
    into.counted |= more.counted
    into.stays |= more.stays
    into.why += more.why
    into.restricted += more.restricted
    into.documents |= more.documents


def counted_records(session: Session) -> set[str]:
    """Find the records of statistics that leave with every bundle: those of cases that are not private."""
    private = select(CaseRow.id).where(CaseRow.private.is_(True))
    query = select(StatisticRow.id).where(
        StatisticRow.private.is_(False),
        StatisticRow.deleted_at.is_(None),
        StatisticRow.case_id.not_in(private),
    )
    return set(session.scalars(query))


def _why_it_stays(
    found: Mapping[str, _Seen],
    record: str,
    policy: Mapping[Sensitivity, SharePolicy],
    include: Collection[str],
    scope: ShareScope,
) -> StayWhy | None:
    """Say why a record stays; None where it leaves."""
    if _private(found, record):
        return StayWhy.PRIVATE
    if found[record].kind not in kinds_of(scope):
        return StayWhy.SCOPE
    rule = policy[Sensitivity(_level(found, record))]
    if rule is SharePolicy.NEVER:
        return StayWhy.SEALED
    if rule is SharePolicy.ASK and not _asked(found, record, include):
        return StayWhy.RESTRICTED
    return None


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


def _directory(
    session: Session,
    cases: Sequence[CaseId],
    leaving: set[str],
    policy: Mapping[Sensitivity, SharePolicy],
) -> set[str]:
    """Find the professionals, their organisations and the advocates that leaving records refer to.

    A professional or organisation that is restricted stays: nobody chooses those one by one.
    """
    usual = {level.value for level, share in policy.items() if share is SharePolicy.ALWAYS}
    professionals: set[str] = set()
    for cls in record_classes():
        table = cls.__table__
        if "professional_id" in table.c:
            query = select(table.c.id, table.c.professional_id).where(table.c.case_id.in_(cases))
            professionals |= {who for record, who in session.execute(query) if record in leaving and who}
    rows = [
        row
        for row in session.scalars(select(ProfessionalRow))
        if row.id in professionals and not row.private and row.sensitivity in usual
    ]
    bodies = {row.organisation_id for row in rows if row.organisation_id}
    organisations = {
        row.id
        for row in session.scalars(select(OrganisationRow))
        if row.id in bodies and not row.private and row.sensitivity in usual
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


def _parts(values: Sequence[Value]) -> Iterator[Sequence[Value]]:
    for at in range(0, len(values), _PART):
        yield values[at : at + _PART]
