"""Verbs that write what the office sends: for each vault one bundle with all that it does not have yet.

An outgoing bundle carries those bodies that a vault may have and is not known to hold, and the links that
lead to them. What a vault holds the office learns from what that vault says in its own bundles
(`About.taken`). So a bundle counts from the last acknowledgement, a lost one is made good by the next, and
one without news is not written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from imsa_desk.crypto.keys import SigningKey
from imsa_desk.domain.ids import CaseId
from imsa_desk.domain.lines import WHOLE
from imsa_desk.domain.office_cases import Given, SentOut, readers, writing
from imsa_desk.domain.trust import Enrolled
from imsa_desk.errors import Problem, Refused
from imsa_desk.exchange.bundle import About, Purpose, Written
from imsa_desk.exchange.parts import Part, plan_parts
from imsa_desk.services.office_caseload import givens_of, makers_of
from imsa_desk.services.office_cases import follow_second_laptops
from imsa_desk.services.office_consents import held_back
from imsa_desk.services.office_opening import Office
from imsa_desk.services.office_receipts import refused_of
from imsa_desk.services.office_rotation import signing_key
from imsa_desk.services.office_selection import Wanted, wanted_by, with_others
from imsa_desk.services.office_trust import trust_texts
from imsa_desk.services.office_vaults import (
    Vaults,
    laptops_of,
    root_of,
    today_of,
    vault_named,
    vaults_of,
    writers_of,
)
from imsa_desk.services.outgoing_lines import Load, documents_of, load_of, pieces_of
from imsa_desk.services.outgoing_parts import Address, Content, write_part
from imsa_desk.services.outgoing_state import (
    Known,
    drop_unpublished,
    known_of,
    note_sent,
    taken_of,
)
from imsa_desk.services.runs import to_ranges
from imsa_desk.store import waiting
from imsa_desk.store.erase_rights import makers_of_erased
from imsa_desk.store.records import AdvocateRow
from imsa_desk.store.tables import journal_body, journal_head, journal_link


@dataclass(frozen=True, slots=True)
class _Plan:
    """What one vault gets now; `mark` stands for what is said beside the records, "" for nothing."""

    content: Content
    mark: str
    news: bool


def send_out(
    office: Office, folder: Path, writers: Sequence[str] | None = None, *, again: bool = False
) -> tuple[SentOut, ...]:
    """Write a bundle into `folder` for each vault that there is news for; all vaults where none is named.

    With `again` what is on its way and not yet acknowledged goes once more, news or not. Vaults whose key was
    withdrawn get nothing. Raises E_FOLDER, E_NO_VAULT, E_WRITE, E_DISK_FULL.
    """
    if not folder.is_dir():
        raise Refused([Problem("out", "The folder is not there.")], code="E_FOLDER")
    chosen = None if writers is None else {vault_named(office, who).writer for who in writers}
    follow_second_laptops(office)
    known = vaults_of(office)
    wanted = [v for v in known.values() if v.withdrawn is None and (chosen is None or v.writer in chosen)]
    with office.records.read() as session:
        makers, givens = makers_of(session), givens_of(session)
    return tuple(
        sent for vault in wanted for sent in _send(office, folder, known, vault, makers, givens, again)
    )


def _send(
    office: Office,
    folder: Path,
    known: Vaults,
    vault: Enrolled,
    makers: Mapping[CaseId, str],
    givens: Mapping[CaseId, tuple[Given, ...]],
    again: bool,
) -> tuple[SentOut, ...]:
    with office.records.begin("settle_sent_out") as session:
        drop_unpublished(session, vault.writer)
    key, texts, own = signing_key(office, vault.writer), trust_texts(office), writers_of(office)
    with office.records.read() as session:
        plan = _plan(office, session, known, vault, makers, givens, texts, own)
        content = plan.content
        empty = not content.load.bodies and not plan.mark
        if empty or not (plan.news or again):
            return ()
        planned = plan_parts(pieces_of(session, content.load, content.documents))
    return tuple(_send_part(office, folder, key, vault, plan, part) for part in planned)


def _send_part(
    office: Office, folder: Path, key: SigningKey, vault: Enrolled, plan: _Plan, part: Part
) -> SentOut:
    to = Address((vault.recipient,), vault.writer, vault.writer)
    written = write_part(office, folder, key, to, plan.content, part)
    _publish(office, vault, written, plan, part)
    counts = written.manifest.counts
    return SentOut(
        writer=vault.writer,
        name=vault.name,
        number=written.manifest.seq,
        purpose=plan.content.purpose.value,
        file_name=written.path.name,
        cases=len(plan.content.cases),
        links=counts.links,
        bodies=counts.bodies,
        documents=counts.blobs,
        part=(part.number, part.of) if part.of > 1 else None,
    )


def _publish(office: Office, vault: Enrolled, written: Written, plan: _Plan, part: Part) -> None:
    """Note what goes, then give the file its name: a number is never used twice."""
    inside = {w: [s for s in seqs if part.holds(w, s)] for w, seqs in plan.content.load.bodies.items()}
    entry: dict[str, Any] = {
        "at": office.now().isoformat(),
        "part": str(written.part),
        "file": str(written.path),
        "links": {writer: last for writer, (_, last) in part.ranges.items()},
        "bodies": {writer: to_ranges(seqs) for writer, seqs in inside.items() if seqs},
        "cases": list(plan.content.cases),
        "about": plan.mark,
    }
    try:
        with office.records.begin("note_sent_out") as session:
            note_sent(session, vault.writer, written.manifest.seq, written.digest, entry)
    except BaseException:
        written.discard()
        raise
    written.publish()


def _plan(
    office: Office,
    session: Session,
    known: Vaults,
    vault: Enrolled,
    makers: Mapping[CaseId, str],
    givens: Mapping[CaseId, tuple[Given, ...]],
    texts: tuple[str, str],
    own: frozenset[str],
) -> _Plan:
    today, me = today_of(office), vault.writer
    reads = {}
    for case, maker in makers.items():
        level = readers(maker, givens.get(case, ()), today).get(me)
        if level is not None:
            reads[case] = level
    writes = {c for c in reads if me in writing(makers[c], givens.get(c, ()), today)}
    # Any laptop of an advocate may hold what another one had: a new one is filled from an old one's backup.
    group = set(laptops_of(known, me))
    knew = {c for c, maker in makers.items() if maker in group}
    knew |= {c for c, each in givens.items() if any(g.writer in group for g in each)}
    erased = makers_of_erased(session.connection())
    knew |= {CaseId(c) for c, maker in erased.items() if maker in group}
    sure, hoped = known_of(session, me)
    fresh = {c for c in reads if makers[c] not in group and not _has(session, c, hoped)}
    for case in held_back(office, session, fresh, givens, group):
        del reads[case]
    writes &= set(reads)
    # Most cases are one vault's alone: nothing of them goes back to it, and they are not looked through.
    shared = with_others(session, reads, me)
    level_of = {case: level for case, level in reads.items() if case in shared}
    wanted = wanted_by(session, own, me, level_of, knew, hoped.bodies, writes)
    going = {w: {s for s in seqs if not sure.has(w, s)} for w, seqs in wanted.lines.items()}
    load = load_of(going, sure.links)
    about, mark = _about(office, session, known, vault, reads, texts)
    news = mark != hoped.about and bool(mark)
    news = news or any(not hoped.has(w, s) for w, seqs in load.bodies.items() for s in seqs)
    given = {c for c in reads if makers[c] != me}
    purpose, cases = _purpose(load, wanted, given - sure.cases, about)
    documents = documents_of(session, load, wanted, sure, me)
    return _Plan(Content(load, documents, purpose, cases, about), mark, news)


def _has(session: Session, case: CaseId, hoped: Known) -> bool:
    """Say whether a vault has anything of a case, or it is on its way."""
    table = journal_body.c
    query = select(table.writer, table.seq).where(table.record == case, table.case_id == case)
    return any(hoped.has(writer, seq) for writer, seq in session.execute(query))


def _purpose(
    load: Load, wanted: Wanted, fresh: set[CaseId], about: About
) -> tuple[Purpose, tuple[CaseId, ...]]:
    touched = {wanted.lines[w][s] for w, seqs in load.bodies.items() for s in seqs}
    cases = tuple(sorted(CaseId(case) for case in touched if case))
    if fresh & set(cases):
        return Purpose.SNAPSHOT, cases
    if cases:
        return Purpose.CORRECTION, cases
    if load.bodies or not about.revocations:
        return Purpose.REFERENCE, ()
    return Purpose.REVOCATION, ()


def _about(
    office: Office,
    session: Session,
    known: Vaults,
    vault: Enrolled,
    reads: Mapping[CaseId, object],
    texts: tuple[str, str],
) -> tuple[About, str]:
    """Say what goes along, and a mark of what of it is news by itself; "" where none is."""
    enrolment, revocations = texts
    if vault.knows_edition >= office.about.serial:
        enrolment = ""
    you_are = _advocate_of(session, root_of(known, vault.writer)) if vault.second_of else ""
    about = About(
        taken=taken_of(session, vault.writer),
        enrolment=enrolment,
        revocations=revocations,
        you_are=you_are,
        rejected=refused_of(session, vault.writer),
        waiting={c: n for c, n in waiting.count(session.connection()).items() if c in reads},
    )
    refused = " ".join(part for pair in about.rejected for part in pair)
    said = "\n".join((enrolment, revocations, you_are, *([refused] if refused else [])))
    return about, hashlib.sha256(said.encode()).hexdigest() if said.strip() else ""


def _advocate_of(session: Session, writer: str) -> str:
    """Give the id by which a vault's own advocate stands in its records: the first it wrote."""
    head, link = journal_head.c, journal_link.c
    query = (
        select(head.record)
        .join_from(journal_head, journal_link, head.line == link.line_hash)
        .where(link.writer == writer, head.field == WHOLE, head.record.in_(select(AdvocateRow.id)))
    )
    return session.execute(query.order_by(link.seq).limit(1)).scalar_one_or_none() or ""
