"""Verbs of the office: enrol advocates, take bundles in, answer with receipts, say what is held, check it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from imsa_desk.crypto.keys import key_id
from imsa_desk.crypto.words import fingerprint_words, words_match
from imsa_desk.domain.documents import LIMIT
from imsa_desk.domain.exchange import EnrolledAdvocate, Ingested, OfficeState
from imsa_desk.domain.ids import OrganisationId
from imsa_desk.errors import Broken, ImsaError, Problem, Refused
from imsa_desk.exchange.bundle import (
    FIRST_PREV,
    Counts,
    Line,
    Manifest,
    OpenBundle,
    Purpose,
    ReceiptFor,
    Role,
    Shipment,
    Trust,
    TrustedSigner,
    open_bundle,
    write_bundle,
)
from imsa_desk.exchange.enrolment import JoinRequest, read_request
from imsa_desk.exchange.refusals import refusal
from imsa_desk.services.office_opening import (
    ENROLMENT_FILE,
    Office,
    anchor,
    enrolment_file,
    init_office,
    open_office,
    opened_office,
)
from imsa_desk.store import local
from imsa_desk.store.blobs import has_blob, put_blob
from imsa_desk.store.project import differences
from imsa_desk.store.records import AccessRow, CaseRow, DocumentRow
from imsa_desk.store.tables import journal_body, journal_link
from imsa_desk.store.take_in import take_in
from imsa_desk.store.verify import verify_chains
from imsa_desk.vocab import AccessKind

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

_ADVOCATE = "office.advocate."
_STREAM = "office.stream."
_BATCH = 5_000
_NO_STREAM: dict[str, Any] = {"applied": {}, "receipt": 0, "digest": FIRST_PREV}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file: taken in, or why not; both where only its receipt could not be written."""

    path: Path
    done: Ingested | None
    error: ImsaError | None = None


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a check found; no problems means that the tables are what the journal says."""

    problems: tuple[str, ...]
    writers: int
    links: int
    documents: int


def enrol(office: Office, data: bytes, fingerprint: str) -> EnrolledAdvocate:
    """Enrol the advocate of a joining file, after comparing its words with what the advocate read out.

    The same file again changes nothing. Raises E_ENROLMENT, E_SIGNATURE, E_NOT_FOR_US, E_PRACTICE,
    E_FINGERPRINT, and E_ENROLLED for a vault that is enrolled with another key.
    """
    request = read_request(data)
    if request.organisation != office.about.organisation:
        raise refusal("E_NOT_FOR_US")
    if request.practice != office.about.practice:
        raise refusal("E_PRACTICE")
    if not words_match(request.public, fingerprint):
        raise refusal("E_FINGERPRINT")
    with office.settings.begin("enrol") as session:
        known = local.get(session, _ADVOCATE + request.writer)
        if known is None:
            entry = {"file": data.decode(), "at": office.now().isoformat(), "revoked": False}
            local.put(session, _ADVOCATE + request.writer, entry)
        elif read_request(known["file"].encode()).public != request.public:
            raise Refused("This vault is already enrolled with another key.", code="E_ENROLLED")
    return next(a for a in status(office).advocates if a.writer == request.writer)


def ingest(office: Office, paths: Sequence[Path], receipts: Path | None = None) -> tuple[Outcome, ...]:
    """Take bundle files in, each in one transaction, and write a signed receipt for each into `receipts`.

    Files may come in any order: one that waits for an earlier one is tried again after it. A file that is
    refused changes nothing; the others are still taken in.
    """
    if receipts is not None and not receipts.is_dir():
        raise Refused([Problem("receipts", "The folder for receipts is not there.")], code="E_FOLDER")
    found: dict[Path, Outcome] = {}
    waiting = list(dict.fromkeys(paths))
    while waiting:
        for path in waiting:
            found[path] = _outcome(office, path, receipts)
        held = [p for p in waiting if (e := found[p].error) is not None and e.code == "E_GAP"]
        waiting = held if len(held) < len(waiting) else []
    return tuple(found[path] for path in dict.fromkeys(paths))


def _outcome(office: Office, path: Path, receipts: Path | None) -> Outcome:
    try:
        done, manifest, digest = _ingest(office, path)
    except ImsaError as error:
        return Outcome(path, None, error)
    if receipts is None:
        return Outcome(path, done)
    try:
        return Outcome(path, replace(done, receipt=_write_receipt(office, manifest, digest, receipts)))
    except ImsaError as error:
        return Outcome(path, done, error)


def _ingest(office: Office, path: Path) -> tuple[Ingested, Manifest, str]:
    with open_bundle(path, [office.identity], _trust(office)) as bundle:
        links, bodies = (0, 0) if bundle.already else _apply(office, bundle)
        manifest, digest, sender, news = (
            bundle.manifest,
            bundle.digest,
            bundle.signer.name,
            not bundle.already,
        )
    if news:
        anchor(office)
    documents = manifest.counts.blobs if news else 0
    return Ingested(path.name, sender, manifest.seq, links, bodies, documents, news), manifest, digest


def _apply(office: Office, bundle: OpenBundle) -> tuple[int, int]:
    """Take everything in within one transaction, which ends only after the last byte was verified."""
    manifest, links, bodies = bundle.manifest, 0, 0
    with office.records.begin("ingest") as session:
        for batch in _batches(bundle.lines()):
            taken = take_in(session, office.records.clock, batch)
            links, bodies = links + taken.links, bodies + taken.bodies
        for entry, pieces in bundle.blobs():
            if entry.size > LIMIT:
                raise refusal("E_LIMIT", "a document is too large")
            put_blob(session, b"".join(pieces))
        bundle.finish()
        stream = _stream(session, manifest.vault)
        stream["applied"] = stream["applied"] | {str(manifest.seq): bundle.digest}
        local.put(session, _STREAM + manifest.vault, stream)
        detail = f"bundle {manifest.seq} of {manifest.vault}"
        session.add(
            AccessRow(
                access_kind=AccessKind.IMPORT, at=office.now(), author=office.vault.vault_id, detail=detail
            )
        )
    return links, bodies


def _batches(lines: Iterable[Line]) -> Iterator[list[Line]]:
    rest = iter(lines)
    while batch := list(islice(rest, _BATCH)):
        yield batch


def _trust(office: Office) -> Trust:
    with office.records.read() as session:
        streams = local.under(session, _STREAM)
    signers = {}
    for request, entry in _advocates(office):
        applied = streams.get(request.writer, _NO_STREAM)["applied"]
        signers[key_id(request.public)] = TrustedSigner(
            public=request.public,
            role=Role.ADVOCATE,
            name=request.name,
            writer=request.writer,
            revoked=entry["revoked"],
            applied={int(seq): digest for seq, digest in applied.items()},
        )
    return Trust(signers, frozenset({office.identity.recipient}), office.about.practice)


def _advocates(office: Office) -> list[tuple[JoinRequest, dict[str, Any]]]:
    with office.settings.read() as session:
        entries = local.under(session, _ADVOCATE)
    return [(read_request(entry["file"].encode()), entry) for _, entry in sorted(entries.items())]


def _stream(session: Session, writer: str) -> dict[str, Any]:
    return local.get(session, _STREAM + writer) or dict(_NO_STREAM)


def _write_receipt(office: Office, manifest: Manifest, digest: str, folder: Path) -> str:
    """Write a receipt for everything held of a bundle's writer.

    Its number is used up before the file has its name: a Desk takes a missing number for a lost receipt, but
    two receipts under one number for an alarm.
    """
    writer = manifest.vault
    with office.records.read() as session:
        stream = _stream(session, writer)
        held = _held(session, writer)
        seq, head = journal_end(session, writer)
    request = next(r for r, _ in _advocates(office) if r.writer == writer)
    shipment = Shipment(
        purpose=Purpose.RECEIPT,
        vault=office.vault.vault_id,
        recipients=(request.recipient, office.identity.recipient),
        seq=stream["receipt"] + 1,
        prev=stream["digest"],
        created=office.now(),
        practice=office.about.practice,
        high_water={writer: seq} if seq else {},
        heads={writer: head} if seq else {},
        receipt=ReceiptFor(manifest.bundle_id, digest, writer, manifest.seq, held),
    )
    written = write_bundle(folder, shipment, office.key, ())
    try:
        with office.records.begin("receipt") as session:
            used = {"receipt": shipment.seq, "digest": written.digest}
            local.put(session, _STREAM + writer, _stream(session, writer) | used)
    except BaseException:
        written.discard()
        raise
    written.publish()
    return str(written.path)


def journal_end(session: Session, writer: str) -> tuple[int, str]:
    """Give the number and hash of a writer's last line; (0, "") where there is none."""
    query = select(journal_link.c.seq, journal_link.c.line_hash).where(journal_link.c.writer == writer)
    row = session.execute(query.order_by(journal_link.c.seq.desc()).limit(1)).first()
    return (row.seq, row.line_hash) if row else (0, "")


def _held(session: Session, writer: str) -> Counts:
    links = _count(session, select(func.count()).where(journal_link.c.writer == writer))
    mine = (journal_body.c.writer == writer) & journal_body.c.body.is_not(None)
    bodies = _count(session, select(func.count()).where(mine))
    records = select(journal_body.c.record).where(mine)
    blobs = _count(
        session, select(func.count(DocumentRow.sha256.distinct())).where(DocumentRow.id.in_(records))
    )
    return Counts(links, bodies, links - bodies, blobs)


def _count(session: Session, query: Any) -> int:
    return int(session.execute(query).scalar_one())


def status(office: Office) -> OfficeState:
    """Say who is enrolled and what is held."""
    with office.records.read() as session:
        streams = local.under(session, _STREAM)
        held = {
            r.writer: _held(session, r.writer)
            for r in session.execute(select(journal_link.c.writer).distinct())
        }
        cases = _count(session, select(func.count()).select_from(CaseRow).where(CaseRow.deleted_at.is_(None)))
        documents = _count(session, select(func.count()).select_from(DocumentRow))
        links = _count(session, select(func.count()).select_from(journal_link))
    advocates = []
    for request, entry in _advocates(office):
        counts = held.get(request.writer, Counts())
        advocates.append(
            EnrolledAdvocate(
                writer=request.writer,
                name=request.name,
                words=fingerprint_words(request.public),
                enrolled_at=datetime.fromisoformat(entry["at"]),
                bundles=len(streams.get(request.writer, _NO_STREAM)["applied"]),
                links=counts.links,
                bodies=counts.bodies,
                revoked=entry["revoked"],
            )
        )
    return OfficeState(
        name=office.about.name,
        organisation_id=OrganisationId(office.about.organisation),
        practice=office.about.practice,
        database=office.database or "encrypted file",
        words=fingerprint_words(office.about.root),
        advocates=tuple(advocates),
        cases=cases,
        links=links,
        documents=documents,
    )


def check(office: Office) -> CheckReport:
    """Verify every chain and body, replay the journal and compare it with the tables, look for documents."""
    problems: list[str] = []
    with office.records.read() as session:
        connection = session.connection()
        try:
            verify_chains(connection, {}, bodies=True)
            problems += differences(connection)
        except Broken as error:
            problems.append(f"{error.code}: {error.message}")
        writers = _count(session, select(func.count(journal_link.c.writer.distinct())))
        links = _count(session, select(func.count()).select_from(journal_link))
        rows = session.scalars(select(DocumentRow)).all()
        lost = [row.id for row in rows if not has_blob(session, row.sha256)]
    problems += [f"{record}: the document's content is missing" for record in lost]
    return CheckReport(tuple(problems), writers, links, len(rows))
