"""What the office holds of each vault, and the signed receipts that say so.

Local values of the records: `office.stream.<vault>` {"applied": {number: manifest hash}, "receipt": number of
the last receipt, "digest": its manifest hash, "last": the bundle it was about, "refused": {number: code} of
bundles that the vault signed and that were turned away since}.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from imsa_desk.domain.digests import CaseDigest
from imsa_desk.errors import Problem, Refused
from imsa_desk.exchange.bundle import (
    FIRST_PREV,
    NO_BUNDLE,
    About,
    Counts,
    Manifest,
    Purpose,
    ReceiptFor,
    Shipment,
    write_bundle,
)
from imsa_desk.exchange.refusals import CODES
from imsa_desk.services.office_opening import Office
from imsa_desk.services.office_rotation import signing_key
from imsa_desk.services.office_trust import REVOCATION_FILE, advocates, trust_texts
from imsa_desk.services.outgoing_state import begins_after
from imsa_desk.store import local
from imsa_desk.store.atomic import replace_file
from imsa_desk.store.digest import case_digests
from imsa_desk.store.records import DocumentRow
from imsa_desk.store.tables import journal_body, journal_link, waiting_body
from imsa_desk.store.waiting import rules_of

STREAM = "office.stream."
_AT_ONCE = 25
"""Cases whose digests are computed together."""
_NO_STREAM: dict[str, Any] = {"applied": {}, "receipt": 0, "digest": FIRST_PREV, "refused": {}}
_NOTHING: dict[str, Any] = {"bundle": NO_BUNDLE, "digest": FIRST_PREV, "number": 0, "cases": []}
_PASSING = frozenset({"E_GAP", "E_REPLAY", "E_FOLDER"})
_REFUSED = 50
"""Bundles turned away that are remembered, the newest of each vault."""


def stream_with(session: Session, writer: str) -> dict[str, Any]:
    """Give what was exchanged with a vault so far."""
    found = local.get(session, STREAM + writer) or {"receipt": begins_after(session)}
    return _NO_STREAM | found


def note_taken(session: Session, manifest: Manifest, digest: str) -> None:
    """Note that a bundle was taken in, within the act that did it."""
    stream = stream_with(session, manifest.vault)
    stream["applied"] = stream["applied"] | {str(manifest.seq): digest}
    stream["refused"] = {seq: code for seq, code in stream["refused"].items() if int(seq) > manifest.seq}
    cases = sorted(manifest.cases)
    last = {"bundle": manifest.bundle_id, "digest": digest, "number": manifest.seq, "cases": cases}
    local.put(session, STREAM + manifest.vault, stream | {"last": last})


def note_refused(office: Office, manifest: Manifest, code: str) -> None:
    """Note that a bundle was turned away whose signature was good: its vault is told with what comes next.

    What says nothing about the bundle, and one that waits for an earlier one, is passed over.
    """
    if code not in CODES - _PASSING:
        return
    number = str(manifest.seq)
    with office.records.begin("receipt") as session:
        stream = stream_with(session, manifest.vault)
        if number not in stream["applied"]:
            known = stream["refused"] | {number: code}
            newest = sorted(known, key=int)[-_REFUSED:]
            value = stream | {"refused": {seq: known[seq] for seq in newest}}
            local.put(session, STREAM + manifest.vault, value)


def refused_of(session: Session, writer: str) -> tuple[tuple[str, str], ...]:
    """Give number and code of the bundles of a vault that were turned away."""
    return tuple(sorted(stream_with(session, writer)["refused"].items(), key=lambda pair: int(pair[0])))


def write_receipt(office: Office, manifest: Manifest, digest: str, folder: Path) -> str:
    """Write a receipt for one bundle into a folder; give its path."""
    about = ReceiptFor(manifest.bundle_id, digest, manifest.vault, manifest.seq, Counts())
    return _write(office, about, sorted(manifest.cases), folder)


def write_receipts(office: Office, folder: Path, writers: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Write the newest receipt of every vault, or of some, once more under a new number; give their paths.

    A restored office says it also to those of whom it holds nothing: they may have had receipts of it before.
    Raises E_FOLDER where the folder is not there, E_NOT_ENROLLED for a vault nobody knows.
    """
    if not folder.is_dir():
        raise Refused([Problem("receipts", "The folder for receipts is not there.")], code="E_FOLDER")
    known = {each.writer for each in advocates(office)}
    if strangers := set(writers) - known:
        raise Refused(f"No vault {sorted(strangers)[0]} is enrolled.", code="E_NOT_ENROLLED")
    written = []
    for writer in sorted(writers or known):
        with office.records.read() as session:
            last = stream_with(session, writer).get("last")
            last = last or (_NOTHING if begins_after(session) else None)
        if last is not None:
            about = ReceiptFor(last["bundle"], last["digest"], writer, last["number"], Counts())
            written.append(_write(office, about, last["cases"], folder))
    return tuple(path for path in written if path)


def _write(office: Office, about: ReceiptFor, cases: list[str], folder: Path) -> str:
    """Write a receipt for everything held of a bundle's writer; give "" where its key was withdrawn.

    Then the signed list of withdrawn keys is put into the folder, for a person to pass on.

    Its number is used up before the file has its name: a Desk takes a missing number for a lost receipt, but
    two receipts under one number for an alarm.
    """
    writer = about.writer
    with office.records.read() as session:
        stream = stream_with(session, writer)
        held, (seq, head) = held_of(session, writer), journal_end(session, writer)
    vault = next(each for each in advocates(office) if each.writer == writer)
    if vault.withdrawn is not None:
        # Nothing is sealed any more for a key that was withdrawn: that it was is said beside the receipts.
        replace_file(folder / REVOCATION_FILE, trust_texts(office)[1].encode())
        return ""
    shipment = Shipment(
        purpose=Purpose.RECEIPT,
        vault=office.vault.vault_id,
        recipients=(vault.recipient, office.identity.recipient),
        seq=stream["receipt"] + 1,
        prev=stream["digest"],
        created=office.now(),
        practice=office.about.practice,
        high_water={writer: seq} if seq else {},
        heads={writer: head} if seq else {},
        receipt=ReceiptFor(about.bundle_id, about.manifest, writer, about.seq, held),
        about=_said(office, writer, cases),
    )
    written = write_bundle(folder, shipment, signing_key(office, writer), tuple)
    try:
        with office.records.begin("receipt") as session:
            used = {"receipt": shipment.seq, "digest": written.digest}
            local.put(session, STREAM + writer, stream_with(session, writer) | used)
    except BaseException:
        written.discard()
        raise
    written.publish()
    return str(written.path)


def _said(office: Office, writer: str, cases: list[str]) -> About:
    """Say beside the counts what is held of each case, what waits there, and the newest signed files.

    A case whose later changes of this writer wait, or once waited, has no digest: the vault cannot know
    which of them were taken.
    """
    enrolment, revocations = trust_texts(office)
    digests: dict[str, CaseDigest] = {}
    with office.records.read() as session:
        connection = session.connection()
        barriers = rules_of(connection).after
        query = (
            select(waiting_body.c.case_id, func.count())
            .where(waiting_body.c.writer == writer)
            .group_by(waiting_body.c.case_id)
        )
        waiting = {case: int(count) for case, count in connection.execute(query)}
        refused = refused_of(session, writer)
    plain = [case for case in cases if writer not in barriers.get(case, {})]
    for at in range(0, len(plain), _AT_ONCE):
        with office.records.read() as session:
            digests |= case_digests(session.connection(), plain[at : at + _AT_ONCE], writer)
    return About(
        enrolment=enrolment, revocations=revocations, digests=digests, waiting=waiting, rejected=refused
    )


def journal_end(session: Session, writer: str) -> tuple[int, str]:
    """Give the number and hash of a writer's last line; (0, "") where there is none."""
    query = select(journal_link.c.seq, journal_link.c.line_hash).where(journal_link.c.writer == writer)
    row = session.execute(query.order_by(journal_link.c.seq.desc()).limit(1)).first()
    return (row.seq, row.line_hash) if row else (0, "")


def held_of(session: Session, writer: str) -> Counts:
    """Count what is here of a writer."""
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
