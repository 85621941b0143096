"""The office takes bundles in: each whole, once, in order, in one transaction; and answers with receipts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from imsa_desk.domain.documents import LIMIT
from imsa_desk.domain.exchange import Ingested
from imsa_desk.domain.lines import Line
from imsa_desk.errors import ImsaError, Problem, Refused
from imsa_desk.exchange.bundle import Manifest, OpenBundle, open_bundle
from imsa_desk.exchange.refusals import refusal
from imsa_desk.services.office_deposits import deposited
from imsa_desk.services.office_opening import Office, anchor
from imsa_desk.services.office_receipts import note_refused, note_taken, stream_with, write_receipt
from imsa_desk.services.office_rotation import note_edition
from imsa_desk.services.office_strangers import Wrote, ends_of, hold_back
from imsa_desk.services.office_trust import identities, trust_of
from imsa_desk.services.office_vaults import Vaults, vaults_of
from imsa_desk.services.outgoing_state import confirm
from imsa_desk.store.blobs import put_pieces
from imsa_desk.store.intake import copies
from imsa_desk.store.journal import tail_of
from imsa_desk.store.records import AccessRow
from imsa_desk.store.staging import Staging, slices
from imsa_desk.store.take_in import take_in
from imsa_desk.vocab import AccessKind

_TURN = 0x494D5342
"""The key of the turn that intakes into one database take; migrations have the one before it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file: taken in, or why not; both where only its receipt could not be written."""

    path: Path
    done: Ingested | None
    error: ImsaError | None = None


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
        return Outcome(path, replace(done, receipt=write_receipt(office, manifest, digest, receipts)))
    except ImsaError as error:
        return Outcome(path, done, error)


def _ingest(office: Office, path: Path) -> tuple[Ingested, Manifest, str]:
    with open_bundle(path, identities(office), trust_of(office)) as bundle:
        try:
            taken = None if bundle.already else _apply(office, bundle)
        except ImsaError as error:
            with suppress(ImsaError):
                note_refused(office, bundle.manifest, error.code)
            raise
        manifest, digest, sender = bundle.manifest, bundle.digest, bundle.signer.name
    news = taken is not None
    if news:
        anchor(office, {*manifest.high_water, manifest.vault, office.vault.vault_id})
    note_edition(office, manifest.vault, manifest.recipients)
    links, bodies = taken or (0, 0)
    documents = manifest.counts.blobs if news else 0
    return Ingested(path.name, sender, manifest.seq, links, bodies, documents, news), manifest, digest


def _apply(office: Office, bundle: OpenBundle) -> tuple[int, int] | None:
    """Take everything in within one transaction, which ends only after the last byte was verified.

    Gives None where another intake did so while this one waited for its turn.
    """
    manifest, known = bundle.manifest, vaults_of(office)
    with deposited(office, bundle) as take_deposit, office.records.begin("ingest") as session:
        _wait_for_turn(session)
        if str(manifest.seq) in stream_with(session, manifest.vault)["applied"]:
            return None
        links, bodies = _take_lines(office, session, bundle, known)
        take_deposit()
        for entry, pieces in bundle.blobs():
            if entry.size > LIMIT:
                raise refusal("E_LIMIT", "a document is too large")
            put_pieces(session, entry.sha256, pieces)
        bundle.finish()
        note_taken(session, manifest, bundle.digest)
        confirm(session, manifest.vault, bundle.about.taken)
        detail = f"bundle {manifest.seq} of {manifest.vault}"
        session.add(
            AccessRow(
                access_kind=AccessKind.IMPORT, at=office.now(), author=office.vault.vault_id, detail=detail
            )
        )
    return links, bodies


def _continuing(connection: Connection, bundle: OpenBundle) -> Iterator[Line]:
    """Yield the lines; those of the signer's other laptops only where they are known here already.

    A laptop may bring what another of the same advocate wrote only under numbers that are here, or when that
    other one was lost: two that both go on under one number would part for good (E_FORK).
    """
    signer, ends = bundle.signer, dict[str, int]()
    checked = signer.writers - signer.ended
    for line in bundle.lines():
        writer = line.link.writer
        if writer in checked:
            if writer not in ends:
                ends[writer], _ = tail_of(connection, writer)
            if line.link.seq > ends[writer]:
                raise refusal("E_FORK", "lines of a laptop that is still in use")
        yield line


def _wait_for_turn(session: Session) -> None:
    """Let one intake at a time into a shared database: the next begins with what this one left."""
    connection = session.connection()
    if copies(connection):
        connection.execute(text("SELECT pg_advisory_xact_lock(:turn)"), {"turn": _TURN})


def _take_lines(office: Office, session: Session, bundle: OpenBundle, known: Vaults) -> tuple[int, int]:
    """Take the lines in, slice by slice; where there is room, only after the last of them was verified.

    What the sender wrote in cases that are not theirs to write waits.
    """
    connection, links, bodies = session.connection(), 0, 0
    wrote = set[Wrote]()
    ends = ends_of(session, {bundle.manifest.vault, bundle.signer.writer, *bundle.signer.writers})
    source = slices(_continuing(connection, bundle))
    if Staging.serves(connection):
        staging = Staging(connection)
        for some in source:
            staging.put(some)
        source = staging.take()
    for some in source:
        taken = take_in(session, office.records.clock, some)
        links, bodies = links + taken.links, bodies + taken.bodies
        wrote |= taken.wrote
    hold_back(office, session, known, wrote, ends)
    return links, bodies
