"""Verbs that move a case to another organisation and take one in: sealed, signed, compared by words.

The survivor's consent names the other organisation, or somebody records on what other basis the case moves
and why. What moves is the case's whole history by everybody, up to a sensitivity; who had it and who looked
at it here stays here. The receiving organisation accepts it with the sender's words and then assigns it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from imsa_desk.crypto.keys import key_id
from imsa_desk.crypto.words import words_match
from imsa_desk.domain.documents import LIMIT
from imsa_desk.domain.ids import CaseId
from imsa_desk.domain.office_cases import MovedIn, MovedOut
from imsa_desk.errors import Problem, Refused
from imsa_desk.exchange.bundle import (
    MAIN,
    About,
    Line,
    OpenBundle,
    Purpose,
    Role,
    Trust,
    TrustedSigner,
    Written,
    open_bundle,
)
from imsa_desk.exchange.enrolment import Enrolment, read_enrolment
from imsa_desk.exchange.parts import Part, plan_parts
from imsa_desk.exchange.refusals import refusal
from imsa_desk.services.desk import LOCAL
from imsa_desk.services.office_caseload import MOVED_BACK, away, known_case, moved
from imsa_desk.services.office_giving import give_away
from imsa_desk.services.office_opening import Office, anchor
from imsa_desk.services.office_selection import left_out, wanted_elsewhere
from imsa_desk.services.office_trust import identities
from imsa_desk.services.office_vaults import today_of, vaults_of, writers_of
from imsa_desk.services.outgoing_lines import documents_of, load_of, pieces_of
from imsa_desk.services.outgoing_parts import Address, Content, write_part
from imsa_desk.services.outgoing_state import Known, note_sent
from imsa_desk.store import local
from imsa_desk.store.blobs import put_pieces
from imsa_desk.store.journal import tail_of
from imsa_desk.store.records import AccessRow, ConsentCategoryRow, ConsentRow, OrganisationRow
from imsa_desk.store.take_in import take_in
from imsa_desk.vocab import (
    AccessKind,
    CaseStatus,
    ConsentPurpose,
    InfoCategory,
    Kind,
    RecipientKind,
    Sensitivity,
    ShareBasis,
)

_APPLIED = "moving.applied."
"""Local values by organisation: {number: manifest hash} of what was taken in from it."""
_SHARED = frozenset({Kind.ORGANISATION, Kind.PROFESSIONAL, Kind.ADVOCATE, Kind.FORM})
"""Kinds without a case that come along with one: who was involved, and the forms it was assessed with."""
_BATCH = 2_000


def move_out(
    office: Office,
    cases: Sequence[CaseId],
    enrolment: bytes,
    fingerprint: str,
    folder: Path,
    *,
    most: Sensitivity = Sensitivity.L2,
    basis: str = "",
    reason: str = "",
    by: str = "",
    again: bool = False,
) -> MovedOut:
    """Seal cases for another organisation, whose enrolment file was compared by its words; they end here.

    Where no standing consent names that organisation, `basis` (a `ShareBasis` other than consent) and
    `reason` are needed (E_CONSENT) and kept in the journal. A case that was moved before is sealed once more
    only `again`: its file was lost. Raises E_MOVED, E_ENROLMENT, E_FINGERPRINT, E_PRACTICE, E_NO_CASE,
    E_FOLDER, E_WRITE and E_DISK_FULL.
    """
    other = _other(office, enrolment, fingerprint)
    if not folder.is_dir():
        raise Refused([Problem("out", "The folder is not there.")], code="E_FOLDER")
    chosen = tuple(dict.fromkeys(cases))
    with office.records.read() as session:
        if not again:
            _refuse_moved(office, session, chosen)
        lacking = [c for c in chosen if not _consented(office, session, c, other)]
        missed = left_out(session, chosen, most)
    why = _why(len(lacking), basis, reason)
    with office.records.begin("move_out", reason=why) as session:
        for case in chosen:
            known_case(session, case)
            detail = f"moved to {other.name}"
            session.add(_access(office, AccessKind.EXPORT, case, detail))
    files, lines, documents = _seal(office, chosen, other, folder, most)
    known = vaults_of(office)
    with office.records.begin("moved_out", reason=why) as session:
        for case in chosen:
            give_away(office, session, known, case, other.writer, other.name, why, by)
            known_case(session, case).status = CaseStatus.TRANSFERRED
    anchor(office)
    return MovedOut(other.name, chosen, files, lines, documents, missed)


def _refuse_moved(office: Office, session: Session, cases: Sequence[CaseId]) -> None:
    for case in cases:
        found = away(session, case, today_of(office))
        if found is not None:
            more = "If its file was lost, seal it once more with --again."
            raise moved(known_case(session, case).code, found, more)


def _other(office: Office, enrolment: bytes, fingerprint: str) -> Enrolment:
    other = read_enrolment(enrolment)
    if other.organisation == office.about.organisation:
        raise Refused([Problem("organisation", "This is your own organisation.")])
    if other.practice != office.about.practice:
        raise refusal("E_PRACTICE")
    if not words_match(other.root, fingerprint):
        raise refusal("E_FINGERPRINT")
    return other


def _why(lacking: int, basis: str, reason: str) -> str:
    if not lacking and not basis:
        return reason.strip()
    if basis not in {b.value for b in ShareBasis if b is not ShareBasis.CONSENT} or not reason.strip():
        text = (
            f"No consent names this organisation for {lacking} of the cases. Say on what other basis they "
            "move, and why."
        )
        raise Refused([Problem("basis", text)], code="E_CONSENT")
    return f"{basis}: {reason.strip()}"


def _consented(office: Office, session: Session, case: CaseId, other: Enrolment) -> bool:
    """Say whether standing consents name the other organisation for every category, for advocacy."""
    today, row = today_of(office), ConsentRow
    ids = {other.organisation} | set(
        session.scalars(select(OrganisationRow.id).where(OrganisationRow.name == other.name))
    )
    query = select(row).where(
        *(row.case_id == case, row.deleted_at.is_(None), row.valid_from <= today),
        *(row.recipient_kind == RecipientKind.ORGANISATION, row.recipient_id.in_(ids)),
        row.purpose == ConsentPurpose.ADVOCACY,
    )
    given = [c.id for c in session.scalars(query) if c.withdrawn_on is None or today < c.withdrawn_on]
    categories = select(ConsentCategoryRow.category).where(
        ConsentCategoryRow.consent_id.in_(given), ConsentCategoryRow.deleted_at.is_(None)
    )
    return set(session.scalars(categories)) >= {category.value for category in InfoCategory}


def _seal(
    office: Office, cases: tuple[CaseId, ...], other: Enrolment, folder: Path, most: Sensitivity
) -> tuple[tuple[str, ...], int, int]:
    with office.records.read() as session:
        wanted = wanted_elsewhere(session, cases, most)
        load = load_of(wanted.lines, {})
        documents = documents_of(session, load, wanted, Known())
        planned = plan_parts(pieces_of(session, load, documents))
    content = Content(load, documents, Purpose.SNAPSHOT, cases, About())
    to = Address(other.recipients, other.organisation)
    files, lines, scans = [], 0, 0
    for part in planned:
        written = write_part(office, folder, office.key, to, content, part)
        _publish(office, other, written, part)
        files.append(written.path.name)
        lines += written.manifest.counts.bodies
        scans += written.manifest.counts.blobs
    return tuple(files), lines, scans


def _publish(office: Office, other: Enrolment, written: Written, part: Part) -> None:
    entry = {"at": office.now().isoformat(), "part": str(written.part), "file": str(written.path)}
    try:
        with office.records.begin("note_moved_out") as session:
            note_sent(session, other.organisation, written.manifest.seq, written.digest, entry)
    except BaseException:
        written.discard()
        raise
    written.publish()


def move_in(office: Office, path: Path, enrolment: bytes, fingerprint: str) -> MovedIn:
    """Accept a case that another organisation sealed for this one; its enrolment file is compared by words.

    Nothing of it may be a case, an advocate or a vault that is this organisation's own. A second time it
    changes nothing. Raises the codes of the bundle format, E_ENROLMENT, E_FINGERPRINT and E_PRACTICE.
    """
    other = _other(office, enrolment, fingerprint)
    with office.records.read() as session:
        applied = local.get(session, _APPLIED + other.organisation) or {}
    signer = TrustedSigner(
        public=other.office,
        role=Role.ORGANISATION,
        name=other.name,
        writer=other.writer,
        applied={MAIN: {int(seq): digest for seq, digest in applied.items()}},
    )
    mine = identities(office)
    me = frozenset(identity.recipient for identity in mine)
    with open_bundle(
        path, list(mine), Trust({key_id(other.office): signer}, me, office.about.practice)
    ) as bundle:
        cases = tuple(CaseId(case) for case in bundle.manifest.cases)
        if bundle.already:
            return MovedIn(other.name, cases, 0, 0, news=False)
        lines = _apply(office, bundle, other)
        documents = bundle.manifest.counts.blobs
    anchor(office)
    return MovedIn(other.name, cases, lines, documents)


def _apply(office: Office, bundle: OpenBundle, other: Enrolment) -> int:
    own = frozenset(vaults_of(office)) | writers_of(office)
    cases, taken = frozenset(bundle.manifest.cases), 0

    with office.records.begin("move_in") as session:
        for batch in _batches(bundle.lines()):
            _refuse_own(session, own, batch)
            _refuse_others(cases, batch)
            taken += take_in(session, office.records.clock, batch).bodies
        for entry, pieces in bundle.blobs():
            if entry.size > LIMIT:
                raise refusal("E_LIMIT", "a document is too large")
            put_pieces(session, entry.sha256, pieces)
        bundle.finish()
        name = _APPLIED + other.organisation
        local.put(session, name, (local.get(session, name) or {}) | {str(bundle.manifest.seq): bundle.digest})
        for case in sorted(cases):
            session.add(_access(office, AccessKind.IMPORT, CaseId(case), f"moved in from {other.name}"))
        _note_back(office, session, cases, bundle.manifest.created)
    return taken


def _note_back(office: Office, session: Session, cases: Iterable[str], sealed: datetime) -> None:
    """Note that cases came back that were sealed since they left: an older bundle brings none back."""
    found = {case: away(session, CaseId(case), today_of(office)) for case in cases}
    day = sealed.astimezone(LOCAL).date()
    back = {case for case, given in found.items() if given is not None and given.from_on <= day}
    local.put(session, MOVED_BACK, sorted({*(local.get(session, MOVED_BACK) or ()), *back}))


def _refuse_own(session: Session, own: frozenset[str], batch: Sequence[Line]) -> None:
    """Refuse new lines in the name of this organisation's own vaults: those come from the vaults alone."""
    for writer in {line.link.writer for line in batch} & own:
        end, _ = tail_of(session.connection(), writer)
        if any(line.link.seq > end for line in batch if line.link.writer == writer):
            raise refusal("E_ROLE", "a change in the name of a vault that is enrolled here")


def _refuse_others(cases: frozenset[str], batch: Sequence[Line]) -> None:
    """Refuse whatever is about a case that does not move, and whatever no case brings along."""
    for body in (line.parsed() for line in batch if line.body is not None):
        if body["case"] not in cases and not (body["case"] is None and body["kind"] in _SHARED):
            raise refusal("E_ROLE", "something beside the cases that move")


def _batches(lines: Iterable[Line]) -> Iterator[list[Line]]:
    rest = iter(lines)
    while batch := list(islice(rest, _BATCH)):
        yield batch


def _access(office: Office, kind: AccessKind, case: CaseId, detail: str) -> AccessRow:
    return AccessRow(
        case_id=case,
        sensitivity=Sensitivity.L1,
        access_kind=kind,
        at=office.now(),
        author=office.vault.vault_id,
        detail=detail,
    )
