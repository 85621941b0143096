"""What a vault receives of the cases it has: which records, by the rules the advocates' own bundles follow.

A record leaves by its own present sensitivity and that of what it belongs to (`services/leaving.py`); who has
a case, who may read it and whether it was erased is told whatever the level.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from imsa_desk.domain.ids import CaseId
from imsa_desk.domain.office_cases import LASTING
from imsa_desk.exchange.enrolment import SharePolicy
from imsa_desk.services.leaving import Scan, select_records
from imsa_desk.services.office_caseload import parts
from imsa_desk.store.journal import TOLD_APART
from imsa_desk.store.records import (
    AccessRow,
    AdvocateRow,
    AssignmentRow,
    FormRow,
    GrantRow,
    ListEntryRow,
    OrganisationRow,
    ProfessionalRow,
    RuleRow,
    ShareChoiceRow,
    StatisticRow,
    TemplateRow,
)
from imsa_desk.store.tables import journal_body, journal_link, waiting_body
from imsa_desk.vocab import Kind, Operation, Sensitivity

_TOLD = (AssignmentRow, GrantRow)
_REFERENCE = (FormRow, ListEntryRow, RuleRow, TemplateRow, OrganisationRow, ProfessionalRow, AdvocateRow)
_HERE_ONLY = (AccessRow, AssignmentRow, GrantRow, ShareChoiceRow, StatisticRow)
"""What stays with the organisation in which it was written when a case moves to another."""
_ERASES = '%"op":"erase"%'


_SAYS = '%"kind":"{}"%'


@dataclass(frozen=True, slots=True)
class _Said:
    """A line about an assignment or a grant: to whom a case was given, and why, where it says so."""

    writer: str
    seq: int
    act: str
    record: str
    to: str
    why: str


@dataclass(slots=True)
class Wanted:
    """The lines a vault receives, those that wait too, with the case of each, and the documents by record."""

    lines: dict[str, dict[int, str | None]] = field(default_factory=dict)
    documents: dict[str, Scan] = field(default_factory=dict)

    def add(self, writer: str, seq: int, case: str | None) -> None:
        """Count one line in."""
        self.lines.setdefault(writer, {})[seq] = case


def up_to(most: Sensitivity) -> dict[Sensitivity, SharePolicy]:
    """Give the policy that lets everything up to a sensitivity leave, and nothing above it."""
    return {s: SharePolicy.ALWAYS if s <= most else SharePolicy.NEVER for s in Sensitivity}


def left_out(session: Session, cases: Collection[CaseId], most: Sensitivity) -> int:
    """Count the records of cases that are above a sensitivity, themselves or by what they belong to."""
    return sum(select_records(session, tuple(cases), up_to(most), ()).stays.values())


def wanted_by(
    session: Session,
    office: Collection[str],
    vault: str,
    reads: Mapping[CaseId, Sensitivity],
    knew: Collection[CaseId],
    held: Mapping[str, Collection[int]],
    writes: Collection[CaseId],
) -> Wanted:
    """Choose the lines for a vault: `reads` are its cases, `knew` those it made or had, `held` its bodies.

    Changes that wait to be decided go to those who write the case, `writes`, alone. Of a case that it has no
    more a vault learns that it was given on, and nothing of who had it, or was let look at it, after that.
    """
    records, made = set[str](), Wanted()
    for most in Sensitivity:
        cases = tuple(case for case, level in reads.items() if level is most)
        if cases:
            chosen = select_records(session, cases, up_to(most), ())
            records |= chosen.leaving
            made.documents |= chosen.documents
    told = tuple({*reads, *knew})
    for part in parts(tuple(reads)):
        for cls in _TOLD:
            records |= set(session.scalars(select(cls.id).where(cls.case_id.in_(part))))
    _given_on(session, made, tuple(sorted(set(knew) - set(reads))), vault)
    records |= _reference(session, office)
    _lines_of(session, made, records, vault)
    _erasures(session, made, told, vault)
    _restrictions(session, made, told, records, vault, held)
    _waiting(session, made, {case: reads[case] for case in reads if case in writes}, records, vault, held)
    return made


def with_others(session: Session, cases: Collection[CaseId], vault: str) -> set[str]:
    """Find the cases in which somebody else than a vault has written anything."""
    found, others = set[str](), _others(session, vault)
    for table in (journal_body, waiting_body):
        query = (
            select(table.c.case_id).distinct().where(table.c.writer.in_(others), table.c.body.is_not(None))
        )
        for part in parts(sorted(cases)):
            found |= set(session.execute(query.where(table.c.case_id.in_(part))).scalars())
    return found


def _others(session: Session, vault: str) -> list[str]:
    """Give every writer but one, each found by a step in the index: naming them lets others use theirs."""
    found, last = [], ""
    writer = func.min(journal_link.c.writer)
    while (
        at := session.execute(select(writer).where(journal_link.c.writer > last)).scalar_one()
    ) is not None:
        found += [at] if at != vault else []
        last = at
    return found


def wanted_elsewhere(session: Session, cases: Collection[CaseId], most: Sensitivity) -> Wanted:
    """Choose the lines of cases for another organisation: nothing of who had them or looked at them here."""
    made, chosen = Wanted(), select_records(session, tuple(cases), up_to(most), ())
    records, made.documents = set(chosen.leaving), chosen.documents
    for part in parts(tuple(cases)):
        for cls in _HERE_ONLY:
            records -= set(session.scalars(select(cls.id).where(cls.case_id.in_(part))))
    _lines_of(session, made, records, "")
    _waiting(session, made, dict.fromkeys(cases, most), records, "", {})
    return made


def _reference(session: Session, office: Collection[str]) -> set[str]:
    """Find the organisation's own forms, lists, rules, templates and directory."""
    table, found = journal_body.c, set[str]()
    own = select(table.record).where(table.writer.in_(office), table.case_id.is_(None))
    for cls in _REFERENCE:
        found |= set(session.scalars(select(cls.id).where(cls.id.in_(own))))
    return found


def _lines_of(session: Session, made: Wanted, records: set[str], vault: str) -> None:
    table = journal_body.c
    others = or_(table.writer != vault, table.case_id.in_(_given_back(session, vault)))
    query = select(table.writer, table.seq, table.case_id).where(table.body.is_not(None), others)
    for part in parts(sorted(records)):
        for writer, seq, case in session.execute(query.where(table.record.in_(part))):
            made.add(writer, seq, case)


def _given_on(session: Session, made: Wanted, cases: Sequence[CaseId], vault: str) -> None:
    """Of cases that a vault has no more, add what was said of them up to the moment it had them no more."""
    table, of_case = journal_body.c, dict[str, list[_Said]]()
    query = select(table.writer, table.seq, table.case_id, table.act, table.record, table.body).where(
        table.body.is_not(None), or_(*(table.body.like(_SAYS.format(cls.kind)) for cls in _TOLD))
    )
    for part in parts(cases):
        for writer, seq, case, act, record, body in session.execute(query.where(table.case_id.in_(part))):
            fields = json.loads(body)["fields"]
            one = _Said(writer, seq, act, record, fields.get("writer", ""), fields.get("why", ""))
            of_case.setdefault(str(case), []).append(one)
    for case, said in of_case.items():
        for one in _until_given_on(sorted(said, key=lambda each: each.seq), vault):
            made.add(one.writer, one.seq, case)


def _until_given_on(said: Sequence[_Said], vault: str) -> Iterator[_Said]:
    """Yield what belongs to a vault's own assignments, and all up to the act that gave the case on."""
    own = {one.record for one in said if one.to == vault}
    mine = max((n for n, one in enumerate(said) if one.to == vault), default=-1)
    on = [one for one in said[mine + 1 :] if one.why in LASTING]
    acts = {one.act for one in said if one.record in own} | {one.act for one in on[:1]}
    last = max((one.seq for one in said if one.act in acts), default=0)
    yield from (one for one in said if one.seq <= last)


def _given_back(session: Session, vault: str) -> list[str]:
    """Find the cases that a vault has again after somebody else: it may have let go of its own lines."""
    lasting, row = sorted(why.value for why in LASTING), AssignmentRow
    given = (row.why.in_(lasting), row.deleted_at.is_(None))
    others = select(row.case_id).where(*given, row.writer != vault, row.ended_on.is_not(None))
    query = select(row.case_id).where(*given, row.writer == vault, row.ended_on.is_(None))
    return [case for case in session.scalars(query.where(row.case_id.in_(others))) if case]


def _erasures(session: Session, made: Wanted, cases: Collection[CaseId], vault: str) -> None:
    table = journal_body.c
    query = select(table.writer, table.seq, table.case_id).where(
        table.record == table.case_id, table.body.like(_ERASES), table.writer != vault
    )
    erasers = set[tuple[str, str | None]]()
    for part in parts(sorted(cases)):
        for writer, seq, case in session.execute(query.where(table.record.in_(part))):
            made.add(writer, seq, case)
            erasers.add((writer, case))
    # That the case was theirs is what makes an erasure count for what others wrote.
    row = AssignmentRow
    for eraser, case in sorted(erasers, key=str):
        ids = select(row.id).where(row.case_id == case, row.writer == eraser)
        lines = select(table.writer, table.seq).where(table.body.is_not(None), table.record.in_(ids))
        for writer, seq in session.execute(lines):
            made.add(writer, seq, case)


def _restrictions(
    session: Session,
    made: Wanted,
    cases: Collection[CaseId],
    records: set[str],
    vault: str,
    held: Mapping[str, Collection[int]],
) -> None:
    """Of records that leave no more but that the vault has, let go what only restricts or removes them."""
    table, known = journal_body.c, set[str]()
    later = set[tuple[str, int, str]]()
    query = select(table.writer, table.seq, table.record).where(
        table.body.is_not(None), table.writer.in_(_others(session, vault))
    )
    for part in parts(sorted(cases)):
        for writer, seq, record in session.execute(query.where(table.case_id.in_(part))):
            if record in records:
                continue
            if seq in held.get(writer, ()):
                known.add(record)
            else:
                later.add((writer, seq, record))
    told = sorted({record for _, _, record in later if record in known})
    for some in parts(told):
        for row in session.execute(
            select(journal_body).where(table.record.in_(some), table.body.is_not(None))
        ):
            at = (row.writer, row.seq, row.record)
            if at in later and set(json.loads(row.body)["fields"]) <= TOLD_APART:
                made.add(row.writer, row.seq, row.case_id)


def _waiting(
    session: Session,
    made: Wanted,
    reads: Mapping[CaseId, Sensitivity],
    records: set[str],
    vault: str,
    held: Mapping[str, Collection[int]],
) -> None:
    """Add the changes that wait to be decided, by the highest level that any of them gives their record.

    An entry that was restricted after it was made leaves no more; who has it already learns of that.
    """
    table, known = waiting_body.c, set(records)
    for part in parts(sorted(reads)):
        query = select(waiting_body).where(table.case_id.in_(part), table.writer != vault)
        rows = session.execute(query.order_by(table.writer, table.seq)).all()
        found = [(row, json.loads(row.body)) for row in rows]
        closed = {row.record for row, body in found if not _open(body, reads[row.case_id])}
        there = {row.record for row in rows if row.seq in held.get(row.writer, ())}
        for row, body in found:
            if row.record in closed:
                if row.record in there and set(body["fields"]) <= TOLD_APART:
                    made.add(row.writer, row.seq, row.case_id)
                continue
            if not _fits(body, known):
                continue
            known.add(row.record)
            made.add(row.writer, row.seq, row.case_id)
            if body["kind"] == Kind.DOCUMENT and body["op"] == Operation.CREATE:
                fields = body["fields"]
                made.documents[row.record] = Scan(row.case_id, fields["sha256"], fields["size"])


def _open(body: Mapping[str, Any], most: Sensitivity) -> bool:
    """Say whether a change leaves its record within a sensitivity."""
    fields = body["fields"]
    level = max(body["sensitivity"], fields.get("sensitivity", Sensitivity.L1))
    return level <= most and not fields.get("private")


def _fits(body: Mapping[str, Any], known: set[str]) -> bool:
    """Say whether a change is about what leaves, or adds to it."""
    if body["op"] != Operation.CREATE:
        return body["record"] in known
    return all(parent in known for parent in _parents(body["fields"]))


def _parents(fields: Mapping[str, Any]) -> Iterable[str]:
    names = ("meeting_id", "contact_id", "involvement_id", "assessment_id", "belongs_id", "source_id")
    return [fields[name] for name in names if fields.get(name)]
