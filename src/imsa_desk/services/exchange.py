"""Verbs of the exchange on the Desk's side; this module sends, its neighbours join and take receipts in."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from imsa_desk.domain.exchange import Leaving, Sent
from imsa_desk.domain.ids import CaseId
from imsa_desk.errors import Broken, Problem, Refused
from imsa_desk.exchange.bundle import (
    FIRST_PREV,
    Blob,
    Deposit,
    Purpose,
    Shipment,
    Written,
    write_bundle,
)
from imsa_desk.exchange.parts import Part
from imsa_desk.exchange.refusals import refusal
from imsa_desk.progress import Progress, quiet
from imsa_desk.services.access import note_access
from imsa_desk.services.backup_making import SCALE, part_of
from imsa_desk.services.cargo import blobs_of
from imsa_desk.services.deposits import deposit as sealed_backup
from imsa_desk.services.deposits import offered
from imsa_desk.services.desk import Desk
from imsa_desk.services.desk_trust import refuse_withdrawn
from imsa_desk.services.exchange_shipment import about_of, asked_for, lines_in, note_of, vector_of
from imsa_desk.services.held_state import held, joined_up, sent_value
from imsa_desk.services.holding import DIFFERS, SENT
from imsa_desk.services.joining import join, joined, place_of, read_offer, request_file
from imsa_desk.services.leaving_plan import Plan, gather, said
from imsa_desk.services.lost_files import Open, lacks_consent, not_confirmed
from imsa_desk.services.receipts import resend_case, take_in, take_receipt
from imsa_desk.services.second_writer import is_behind
from imsa_desk.services.statistics import changed_facts, write_statistics
from imsa_desk.services.vaults import keep_anchor
from imsa_desk.services.went_back import less_words, must_send_again
from imsa_desk.store import local
from imsa_desk.vocab import AccessKind, ShareBasis

__all__ = [
    "export",
    "held",
    "join",
    "joined",
    "leaves_again",
    "read_offer",
    "request_file",
    "resend_case",
    "send_again",
    "take_in",
    "take_receipt",
    "will_leave",
]

_AT_ONCE = 20
"""Cases whose sending is noted in one act."""


@dataclass(frozen=True, slots=True)
class _Load:
    """What one sending is made of, beside its records."""

    folder: Path
    backup: tuple[Deposit, tuple[Blob, ...]] | None
    include: tuple[str, ...]
    again: bool


def will_leave(
    desk: Desk, case_ids: Sequence[CaseId], include: Collection[str] = (), progress: Progress = quiet
) -> Leaving:
    """Say what a bundle of these cases would hold; `include` names restricted entries chosen one by one.

    It is read in turns, so it may run beside other work; `progress` may stop it.
    """
    return said(desk, gather(desk, case_ids, include, progress))


def export(
    desk: Desk,
    case_ids: Sequence[CaseId],
    folder: Path,
    include: Collection[str] = (),
    *,
    basis: str = "",
    reason: str = "",
    deposit: bool = False,
    progress: Progress = quiet,
) -> Sent:
    """Seal the chosen cases for the organisation into a file in `folder`; several where one has no room.

    What restricts or removes something the organisation holds leaves in any case, and so do the numbers of
    all cases: `case_ids` may be empty. Where a consent is missing, `basis` (a `ShareBasis` other than
    consent) and `reason` are needed and kept in the journal; otherwise E_CONSENT. With `deposit` the newest
    backup goes along, sealed as it is. New wishes to hand a case over make it a bundle that asks for that.
    Raises E_NOT_JOINED, E_REVOKED, E_BEHIND, E_LESS, E_DIFFERS, E_LIMIT, E_WRITE, E_DISK_FULL, E_CHANGED and
    Cancelled. A file appears under its name only after the vault noted that it was sent; until then nothing
    was.
    """
    return _send(desk, case_ids, folder, include, basis, reason, progress, deposit=deposit)


def send_again(
    desk: Desk, folder: Path, *, basis: str = "", reason: str = "", progress: Progress = quiet
) -> Sent:
    """Seal everything again that was sent and is not confirmed: a file was lost, or it was held once.

    The organisation takes it in over the gap that is left; earlier files it needs no more. A backup that was
    among them is deposited anew, in a file of its own. A case whose consent is missing by now stays, unless
    `basis` and `reason` are given. Raises what `export` does.
    """
    lost = _lost(desk, basis)
    share = part_of(progress, 0, 1, 2) if lost.backup else progress
    sent = _send(desk, lost.cases, folder, lost.include, basis, reason, share, again=True)
    if lost.backup:
        # A snapshot carries no backup: that goes in the next file.
        last = _send(desk, (), folder, (), "", "", part_of(progress, 1, 1, 2), deposit=True)
        sent = joined_up(sent, last)
    return replace(sent, without_consent=lost.without_consent)


def _lost(desk: Desk, basis: str) -> Open:
    with desk.store.read() as session:
        lost = not_confirmed(session)
    if basis:
        return lost
    plan = gather(desk, lost.cases, lost.include)
    without = {case for case in lost.cases if lacks_consent(plan.scopes[case], plan.consents[case])}
    may = tuple(case for case in lost.cases if case not in without)
    return replace(lost, cases=may, without_consent=tuple(sorted(without)))


def leaves_again(desk: Desk, progress: Progress = quiet) -> Leaving:
    """Say what `send_again` would hold."""
    lost = _lost(desk, "")
    found = will_leave(desk, lost.cases, lost.include, progress)
    found = replace(found, without_consent=lost.without_consent)
    return replace(found, deposit=offered(desk).size, parts=found.parts + 1) if lost.backup else found


def _send(
    desk: Desk,
    case_ids: Sequence[CaseId],
    folder: Path,
    include: Collection[str],
    basis: str,
    reason: str,
    progress: Progress,
    *,
    deposit: bool = False,
    again: bool = False,
) -> Sent:
    plan = gather(desk, case_ids, include, part_of(progress, 0, 1, 10))
    _refuse_unsound(desk, plan, again)
    why = _why(plan, basis, reason)
    if not folder.is_dir():
        raise Refused([Problem("folder", "Choose a folder that is there.")], code="E_FOLDER")
    _settle(desk)
    backup = sealed_backup(desk, part_of(progress, 1, 2, 10)) if deposit else None
    write_statistics(desk, changed_facts(desk))
    _note(desk, plan, why)
    load = _Load(folder, backup, tuple(sorted(include)), again)
    try:
        made = _sealed(desk, case_ids, include, load, part_of(progress, 3, 7, 10))
    except Broken as error:
        if error.code != "E_CHANGED":
            raise
        # Something was erased while it was sealed: what is left goes.
        made = _sealed(desk, case_ids, include, load, part_of(progress, 3, 7, 10))
    _publish(desk, made)
    keep_anchor(desk)
    progress(SCALE, SCALE)
    return _summed([entry for _, entry in made])


def _refuse_unsound(desk: Desk, plan: Plan, again: bool) -> None:
    """Refuse to send while both sides are known to hold something else."""
    if is_behind(desk) is not None:
        raise refusal("E_BEHIND")
    with desk.store.read() as session:
        refuse_withdrawn(session)
        if not again and must_send_again(session):
            raise Refused(less_words(session), code="E_LESS")
        differs = local.get(session, DIFFERS) or {}
    if any(case in differs and not differs[case]["again"] for case in plan.cases):
        raise Refused(
            "The organisation holds something else of this case than the vault. Choose “Send again from the "
            "beginning” for it first.",
            code="E_DIFFERS",
        )


def _why(plan: Plan, basis: str, reason: str) -> str:
    """Give the reason to be kept where a consent is missing."""
    if not any(lacks_consent(plan.scopes[case], plan.consents[case]) for case in plan.cases):
        return ""
    if basis not in {b.value for b in ShareBasis if b is not ShareBasis.CONSENT} or not reason.strip():
        words = "A consent is missing. Choose on what other basis this is shared, and say why."
        raise Refused([Problem("basis", words)], code="E_CONSENT")
    return f"{basis}: {reason.strip()}"


def _note(desk: Desk, plan: Plan, why: str) -> None:
    """Write down that the cases are sent; a sending without cases is written down too."""
    name = plan.place.office.name
    cases: Sequence[CaseId | str] = plan.cases or [""]
    for at in range(0, len(cases), _AT_ONCE):
        with desk.store.begin("export", reason=why, last=True) as session:
            for case in cases[at : at + _AT_ONCE]:
                note_access(desk, session, AccessKind.EXPORT, case_id=case, detail=name)


def _sealed(
    desk: Desk, case_ids: Sequence[CaseId], include: Collection[str], load: _Load, progress: Progress
) -> list[tuple[Written, dict[str, Any]]]:
    """Write every part beside its name; none of them is left where one fails."""
    plan = gather(desk, case_ids, include)
    sizes = [blob.size for blob in load.backup[1]] if load.backup is not None else []
    parts = plan.parts(sizes)
    with desk.store.read() as session:
        number, prev = _next_in_stream(session)
    made: list[tuple[Written, dict[str, Any]]] = []
    try:
        for part in parts:
            share = part_of(progress, part.number - 1, 1, part.of)
            written, entry = _seal(desk, plan, part, load, number, prev, share)
            made.append((written, entry))
            number, prev = number + 1, written.digest
    except BaseException:
        for written, _ in made:
            written.discard()
        raise
    files = [written.path.name for written, _ in made]
    for _, entry in made:
        entry["files"] = files
    return made


def _seal(
    desk: Desk, plan: Plan, part: Part, load: _Load, number: int, prev: str, progress: Progress
) -> tuple[Written, dict[str, Any]]:
    office = plan.place.office
    _, last = part.ranges.get(plan.cargo.writer, (1, 0))
    handover = asked_for(desk, plan)
    deposit, pieces = load.backup if load.backup is not None and part.backup else (None, ())
    purpose = Purpose.HANDOVER if handover else Purpose.SYNC
    shipment = Shipment(
        purpose=Purpose.SNAPSHOT if load.again else purpose,
        vault=desk.store.writer,
        recipients=(*office.recipients, *office.escrow, plan.place.identity.recipient),
        seq=number,
        prev=prev,
        created=desk.now(),
        practice=desk.practice,
        cases=plan.cases,
        about=about_of(desk, plan, part, handover, deposit),
        **vector_of(desk, plan, last),
    )
    wanted = set(part.blobs)
    blobs = blobs_of(desk.store, (scan for scan in plan.documents if scan.sha256 in wanted))
    written = write_bundle(
        load.folder,
        shipment,
        plan.place.key,
        partial(lines_in, desk, plan, part),
        blobs,
        pieces,
        progress,
    )
    return written, note_of(desk, plan, part, written, deposit, load.include, again=load.again)


def _publish(desk: Desk, made: Sequence[tuple[Written, dict[str, Any]]]) -> None:
    """Note everything as sent, then give each file its name, in the order of their numbers."""
    try:
        with desk.store.begin("note_sent") as session:
            for written, entry in made:
                local.put(session, f"{SENT}{written.manifest.seq:08d}", entry)
    except BaseException:
        for written, _ in made:
            written.discard()
        raise
    try:
        for written, _ in made:
            written.publish()
    except BaseException:
        _settle(desk)
        raise


def _settle(desk: Desk) -> None:
    """Finish or forget bundles whose sending was cut off between being noted and getting their name."""
    with desk.store.begin("settle_sent") as session:
        entries = local.under(session, SENT)
        for last in sorted(entries, reverse=True):
            part, file = Path(entries[last]["part"]), Path(entries[last]["file"])
            if entries[last]["confirmed"] or file.exists() or not part.exists():
                return
            # Nobody can have taken in what never had its name: the number may be used again.
            part.unlink()
            local.drop(session, SENT + last)


def _next_in_stream(session: Session) -> tuple[int, str]:
    place_of(session)
    entries = local.under(session, SENT)
    if not entries:
        return 1, FIRST_PREV
    last = entries[max(entries)]
    return last["number"] + 1, last["digest"]


def _summed(entries: Sequence[dict[str, Any]]) -> Sent:
    """Give one value for a sending of several parts."""
    parts = [sent_value(entry) for entry in entries]
    return replace(
        parts[-1],
        changes=sum(part.changes for part in parts),
        withheld=sum(part.withheld for part in parts),
        documents=sum(part.documents for part in parts),
        size=sum(part.size for part in parts),
        deposit=max(part.deposit for part in parts),
    )
