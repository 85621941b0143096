"""Verbs of the exchange on the Desk's side; this module sends, its neighbours join and take receipts in.

What is noted about a bundle sent (local value `exchange.sent.<number>`): number, bundle id, digest of its
manifest, part and file path, time, {case: lines counted then}, ranges of the bodies inside, counts, and when
a receipt confirmed it ("" before).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from imsa_desk.domain.consents import Answered, Recipient
from imsa_desk.domain.exchange import EMPLOYER, Leaving, LeavingCase, Sent
from imsa_desk.domain.ids import CaseId
from imsa_desk.errors import Problem, Refused
from imsa_desk.exchange.bundle import FIRST_PREV, Purpose, Shipment, Written, write_bundle
from imsa_desk.exchange.enrolment import Enrolment
from imsa_desk.services.access import note_access
from imsa_desk.services.consents import answer
from imsa_desk.services.desk import Desk
from imsa_desk.services.holding import HELD, lines_by_case
from imsa_desk.services.joining import join, joined, place_of, read_offer, request_file
from imsa_desk.services.leaving import Cargo, Selection, blobs_of, load, select_records
from imsa_desk.services.receipts import BODIES, SENT, from_ranges, held, sent_value, take_in, to_ranges
from imsa_desk.services.vaults import keep_anchor
from imsa_desk.store import local
from imsa_desk.store.records import CaseRow
from imsa_desk.vocab import AccessKind, ConsentPurpose, InfoCategory, RecipientKind, ShareBasis

__all__ = [
    "export",
    "held",
    "join",
    "joined",
    "read_offer",
    "request_file",
    "take_in",
    "will_leave",
]


def will_leave(desk: Desk, case_ids: Sequence[CaseId], include: Collection[str] = ()) -> Leaving:
    """Say what a bundle of these cases would hold; `include` names restricted entries chosen one by one."""
    with desk.store.read() as session:
        place = place_of(session)
        selection, cargo = _gather(desk, session, place.office, case_ids, include)
        rows = {row.id: row for row in session.scalars(select(CaseRow).where(CaseRow.id.in_(case_ids)))}
        cases = tuple(
            LeavingCase(
                case_id=case,
                code=rows[case].code,
                changes=cargo.by_case.get(case, 0),
                documents=sum(d.case_id == case for d in cargo.documents),
                stays=selection.stays.get(case, 0),
                restricted=tuple(r for r in selection.restricted if r.case_id == case),
                consent=_consent(desk, session, case, place.office),
            )
            for case in case_ids
        )
    return Leaving(
        organisation=place.office.name,
        cases=cases,
        changes=len(cargo.bodies),
        withheld=len(cargo.lines) - len(cargo.bodies),
        documents=len(cargo.documents),
        document_bytes=sum(d.size for d in cargo.documents),
    )


def export(
    desk: Desk,
    case_ids: Sequence[CaseId],
    folder: Path,
    include: Collection[str] = (),
    *,
    basis: str = "",
    reason: str = "",
) -> Sent:
    """Seal the chosen cases for the organisation into a file in `folder`.

    Where a consent is missing, `basis` (a `ShareBasis` other than consent) and `reason` are needed and kept
    in the journal; otherwise E_CONSENT. Raises E_NOT_JOINED, E_LIMIT, E_WRITE and E_DISK_FULL. The file
    appears under its name only after the vault noted that it was sent.
    """
    plan = will_leave(desk, case_ids, include)
    why = _why(plan, basis, reason)
    if not folder.is_dir():
        raise Refused([Problem("folder", "Choose a folder that is there.")], code="E_FOLDER")
    _settle(desk)
    with desk.store.begin("export", reason=why) as session:
        for case in case_ids:
            note_access(desk, session, AccessKind.EXPORT, case_id=case, detail=plan.organisation)
    written, entry = _seal(desk, case_ids, folder, include)
    try:
        with desk.store.begin("note_sent") as session:
            local.put(session, f"{SENT}{written.manifest.seq:08d}", entry)
    except BaseException:
        written.discard()
        raise
    try:
        written.publish()
    except BaseException:
        _settle(desk)
        raise
    keep_anchor(desk)
    return sent_value(entry)


def _why(plan: Leaving, basis: str, reason: str) -> str:
    if not plan.needs_reason:
        return ""
    if basis not in {b.value for b in ShareBasis if b is not ShareBasis.CONSENT} or not reason.strip():
        raise Refused(
            [
                Problem(
                    "basis", "A consent is missing. Choose on what other basis this is shared, and say why."
                )
            ],
            code="E_CONSENT",
        )
    return f"{basis}: {reason.strip()}"


def _seal(
    desk: Desk, case_ids: Sequence[CaseId], folder: Path, include: Collection[str]
) -> tuple[Written, dict[str, Any]]:
    vector = desk.store.heads()
    with desk.store.read() as session:
        place = place_of(session)
        _, cargo = _gather(desk, session, place.office, case_ids, include)
        number, prev = _next_in_stream(session)
        shipment = Shipment(
            purpose=Purpose.SYNC,
            vault=desk.store.writer,
            recipients=(*place.office.recipients, *place.office.escrow, place.identity.recipient),
            seq=number,
            prev=prev,
            created=desk.now(),
            practice=desk.practice,
            high_water={writer: seq for writer, (seq, _) in vector.items()},
            heads={writer: head for writer, (_, head) in vector.items()},
            cases=tuple(case_ids),
        )
        counted = lines_by_case(desk, session)
        blobs = blobs_of(session, cargo.documents)
        written = write_bundle(folder, shipment, place.key, cargo.lines, blobs)
    entry = {
        "number": number,
        "bundle": written.manifest.bundle_id,
        "digest": written.digest,
        "part": str(written.part),
        "file": str(written.path),
        "at": desk.now().isoformat(),
        "cases": {case: counted.get(case, 0) for case in case_ids},
        "bodies": to_ranges(cargo.bodies),
        "changes": len(cargo.bodies),
        "withheld": len(cargo.lines) - len(cargo.bodies),
        "confirmed": "",
    }
    return written, entry


def _settle(desk: Desk) -> None:
    """Finish or forget a bundle whose sending was cut off between being noted and getting its name."""
    with desk.store.begin("settle_sent") as session:
        entries = local.under(session, SENT)
        last = max(entries, default="")
        if not last or entries[last]["confirmed"]:
            return
        part, file = Path(entries[last]["part"]), Path(entries[last]["file"])
        if part.exists() and not file.exists():
            # Nobody can have taken in what never had its name: the number may be used again.
            part.unlink()
            local.drop(session, SENT + last)


def _gather(
    desk: Desk, session: Session, office: Enrolment, case_ids: Sequence[CaseId], include: Collection[str]
) -> tuple[Selection, Cargo]:
    if not case_ids:
        raise Refused([Problem("cases", "Choose at least one case.")])
    there = set(session.scalars(select(CaseRow.id).where(CaseRow.id.in_(case_ids))))
    if there != set(case_ids):
        raise Refused([Problem("cases", "One of these cases is not in this vault.")])
    held = local.get(session, HELD)
    selection = select_records(session, case_ids, office.policy, include)
    bodies = from_ranges(local.get(session, BODIES) or [])
    cargo = load(session, desk.store.writer, selection, held["seq"] if held else 0, bodies)
    return selection, cargo


def _consent(desk: Desk, session: Session, case_id: CaseId, office: Enrolment) -> Answered:
    """Ask `may_share` about the organisation, by its id and as the advocate's employer."""
    by_id = Recipient(RecipientKind.ORGANISATION, office.organisation, office.name)
    found = answer(desk, session, case_id, by_id, tuple(InfoCategory), ConsentPurpose.ADVOCACY)
    if not found.missing:
        return found
    by_role = Recipient(RecipientKind.ROLE, EMPLOYER, office.name)
    more = answer(desk, session, case_id, by_role, found.missing, ConsentPurpose.ADVOCACY)
    return Answered(
        allowed=found.allowed + more.allowed,
        missing=more.missing,
        withdrawn=found.withdrawn + more.withdrawn,
        relied_on=found.relied_on + more.relied_on,
        line=more.line if more.relied_on and not found.relied_on else found.line,
    )


def _next_in_stream(session: Session) -> tuple[int, str]:
    entries = local.under(session, SENT)
    if not entries:
        return 1, FIRST_PREV
    last = entries[max(entries)]
    return last["number"] + 1, last["digest"]
