"""Verbs about receipts: take one in, and say what the organisation holds. Only a receipt makes that so.

A receipt carries digests of what the organisation holds of each case of the bundle. The vault computes the
same over the lines that it believes to be there; where they differ, nothing of that case counts as held.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from imsa_desk.domain.exchange import Confirmed
from imsa_desk.domain.ids import CaseId
from imsa_desk.errors import Refused
from imsa_desk.exchange.bundle import OpenBundle, ReceiptFor, open_bundle
from imsa_desk.exchange.refusals import refusal
from imsa_desk.progress import quiet
from imsa_desk.services.access import note_access
from imsa_desk.services.backups import make_backup, state
from imsa_desk.services.desk import Desk
from imsa_desk.services.desk_trust import take_trust, trust_of
from imsa_desk.services.former_lines import count_nothing, formers, note_held
from imsa_desk.services.holding import BODIES, DIFFERS, HELD, SENT, own_cases
from imsa_desk.services.joining import identities
from imsa_desk.services.lost_files import Entry, shown_held, told_apart
from imsa_desk.services.runs import Runs, from_ranges, to_ranges
from imsa_desk.services.second_writer import note_behind, seen_behind
from imsa_desk.services.taken import RECEIPT_STREAM, applied
from imsa_desk.services.went_back import (
    Believed,
    believed,
    less,
    less_words,
    lost_there,
    note_lost,
    note_whole,
)
from imsa_desk.store import local
from imsa_desk.store.digest import case_digests
from imsa_desk.store.records import ErasureRow
from imsa_desk.store.tables import journal_body
from imsa_desk.vocab import AccessKind, BackupWhy

_AT_ONCE = 5
"""Cases compared in one turn at the vault's connection."""
_NEWEST = 1_000
"""Receipts remembered by their number and hash."""
_NOT_SENT = "This receipt is for something that this vault did not send."


@dataclass(slots=True)
class _Counted:
    """This vault's lines up to the confirmed one, by case: not sent, held with content, kept back."""

    open: dict[str, int] = field(default_factory=dict)
    have: dict[str, int] = field(default_factory=dict)
    kept: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Settled:
    """What follows from a receipt: bodies held, cases settled up to a line, cases of which sides differ."""

    up_to: int
    at: str
    bodies: Runs
    cases: Mapping[str, int]
    differs: tuple[str, ...]
    counted: _Counted


def take_in(desk: Desk, path: Path) -> Confirmed:
    """Take a receipt of the organisation in; from then on what it names counts as held.

    Raises the codes of the bundle format, and what `take_receipt` does.
    """
    with desk.store.read() as session:
        trust, keys = trust_of(desk, session, applied(session)), identities(session)
    with open_bundle(path, keys, trust) as bundle:
        return take_receipt(desk, bundle)


def take_receipt(desk: Desk, bundle: OpenBundle) -> Confirmed:
    """Take in an opened receipt, having read it to its last byte; a second time it changes nothing.

    A backup is made first, if anything changed since the last. Cases of which the organisation holds
    something else than this vault believes are named in `Confirmed.differs`: nothing of theirs counts as
    held. Raises E_ROLE for what is no receipt, E_RECEIPT for one of something this vault did not send,
    E_BEHIND and E_FORK where the organisation holds later or other lines of this vault than the vault (that
    is noted and stays until the vault goes on as a new writer), and what `make_backup` raises.
    """
    manifest, receipt = bundle.manifest, bundle.manifest.receipt
    if receipt is None:
        raise refusal("E_ROLE")
    if bundle.already:
        return _confirmed(bundle, receipt, ())
    bundle.finish()
    writer = desk.store.writer
    if receipt.writer != writer:
        raise Refused(_NOT_SENT, code="E_RECEIPT")
    _refuse_behind(desk, manifest.high_water.get(writer, 0), manifest.heads.get(writer, ""))
    up_to = manifest.high_water.get(writer, 0)
    with desk.store.read() as session:
        entries, doubtful = _named(session, receipt, up_to)
        lost, before = lost_there(session, entries, doubtful, up_to), believed(session)
    left = less(before, entries, lost, up_to, writer)
    if state(desk).changed_since:
        make_backup(desk, BackupWhy.IMPORT, quiet)
    settled = _settled(desk, bundle, entries, doubtful, left)
    with desk.store.begin("take_in_receipt") as session:
        note_access(desk, session, AccessKind.IMPORT, detail=f"receipt {manifest.seq}")
        found = take_trust(desk, session, bundle.about.enrolment, bundle.about.revocations)
        note_lost(session, lost, before, manifest.created.isoformat(), writer)
        _keep(session, bundle, entries, settled)
        _replace(session, doubtful, manifest.created.isoformat(), writer)
        said = less_words(session) if lost else ""
    return replace(_confirmed(bundle, receipt, settled.differs), words=found.sentences, less=said)


def _refuse_behind(desk: Desk, held: int, head: str) -> None:
    with desk.store.read() as session:
        behind = seen_behind(session, desk.store.writer, held, head)
    if not behind:
        return
    note_behind(desk, held, head)
    raise refusal("E_BEHIND" if held > desk.store.lines() else "E_FORK")


def _named(
    session: Session, receipt: ReceiptFor, up_to: int
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Give what was noted about every bundle that a receipt says was taken in, in order; then the doubtful.

    They are the one it names and all before it; and up to a later one of which it names lines that none of
    those has: a receipt may be written once more when the next bundle has been taken in already. Those that
    a snapshot passed over may never have come: of them the receipt says nothing. One of number 0 names none.
    """
    entries = {e["number"]: e for e in local.under(session, SENT).values()}
    entry = entries.get(receipt.seq)
    if receipt.seq and (
        entry is None or (receipt.manifest, receipt.bundle_id) != (entry["digest"], entry["bundle"])
    ):
        raise Refused(_NOT_SENT, code="E_RECEIPT")
    high = max((int(e["high"]) for number, e in entries.items() if number <= receipt.seq), default=0)
    shown = (number for number, e in entries.items() if high < int(e["last"]) <= up_to)
    last = max(receipt.seq, max(shown, default=0))
    return told_apart([entries[number] for number in sorted(entries) if number <= last], receipt.seq)


def _settled(
    desk: Desk, bundle: OpenBundle, entries: Sequence[Entry], doubtful: Sequence[Entry], before: Believed
) -> _Settled:
    """Work out what a receipt makes held, and compare the digests of both sides case by case.

    What a bundle brought counts when it is confirmed first: of a case that is to leave once more since, an
    old bundle says nothing any more.
    """
    with desk.store.read() as session:
        erased = set(session.scalars(select(ErasureRow.erased_case)))
    new, cases, up_to = set(before.bodies), dict(before.cases), before.seq
    for entry in entries:
        if not entry["confirmed"]:
            new |= from_ranges(entry["bodies"])
            up_to = max(up_to, int(entry["high"]))
            for case in entry["cases"]:
                cases[case] = max(cases.get(case, 0), int(entry["high"]))
    differs = tuple(_differing(desk, bundle, Runs(to_ranges(new)), erased))
    if doubtful:
        shown = {c: shown_held(desk, c, bundle.about.digests[c], new, doubtful) for c in differs}
        new |= set().union(*shown.values())
        differs = tuple(case for case in differs if not shown[case])
    if differs:
        new -= _of_cases(desk, differs, up_to)
        cases = {case: settled for case, settled in cases.items() if case not in differs}
    bodies = Runs(to_ranges(new))
    at = entries[-1]["at"] if entries else before.at
    return _Settled(up_to, at, bodies, cases, differs, _count(desk, bodies, cases, up_to))


def _differing(desk: Desk, bundle: OpenBundle, bodies: Runs, erased: set[str]) -> Iterator[str]:
    """Give the cases of which the organisation holds something else than this vault believes."""
    theirs, waiting = bundle.about.digests, bundle.about.waiting
    cases = [case for case in theirs if case not in erased and not waiting.get(case)]
    for at in range(0, len(cases), _AT_ONCE):
        with desk.store.read(last=True) as session:
            here = _all_here(session, desk.store.writer, cases[at : at + _AT_ONCE], bodies)
            ours = case_digests(session.connection(), here, desk.store.writer, bodies)
        yield from (case for case, found in ours.items() if found != theirs[case])


def _all_here(session: Session, writer: str, cases: Sequence[str], bodies: Runs) -> list[str]:
    """Give the cases of which no held body is absent here: what was forgotten cannot be compared."""
    table = journal_body.c
    query = select(table.case_id, table.seq).where(
        table.writer == writer, table.case_id.in_(cases), table.body.is_(None)
    )
    gone = {case for case, seq in session.execute(query) if seq in bodies}
    return [case for case in cases if case not in gone]


def _of_cases(desk: Desk, cases: Iterable[str], up_to: int) -> set[int]:
    wanted = set(cases)
    return {seq for seq, case, _ in own_cases(desk.store, up_to) if case in wanted}


def _count(desk: Desk, bodies: Runs, cases: Mapping[str, int], up_to: int) -> _Counted:
    found = _Counted()
    for seq, case, _ in own_cases(desk.store, up_to):
        part = found.have if seq in bodies else found.kept if seq <= cases.get(case, 0) else found.open
        part[case] = part.get(case, 0) + 1
    return found


def _keep(session: Session, bundle: OpenBundle, entries: Iterable[dict[str, Any]], settled: _Settled) -> None:
    manifest, held = bundle.manifest, local.get(session, HELD) or {}
    confirmed = manifest.created.isoformat()
    writer = manifest.receipt.writer if manifest.receipt is not None else ""
    deposit, whole = "", set(held.get("settled", ()))
    for entry in entries:
        if entry.get("deposit") and not entry.get("replaced"):
            deposit = entry["deposit"]["at"]
        if not entry["confirmed"]:
            note_held(session, {one: from_ranges(runs) for one, runs in entry.get("former", {}).items()})
            whole |= set(entry["cases"]) if entry.get("whole") else set()
            _note_there(session, entry | {"refused": ""}, confirmed, writer)
    since = {case: held.get("since", {}).get(case, confirmed) for case in settled.cases}
    value = {
        "seq": settled.up_to,
        "at": settled.at,
        "bundle": manifest.receipt.bundle_id if manifest.receipt is not None else "",
        "cases": dict(settled.cases),
        "open": settled.counted.open,
        "have": settled.counted.have,
        "kept": settled.counted.kept,
        "since": since,
        "settled": sorted(whole & set(settled.cases)) if formers(session) else [],
        "waiting": held.get("waiting", {}) | dict(bundle.about.waiting),
        "deposit": deposit,
    }
    local.put(session, HELD, value)
    local.put(session, BODIES, settled.bodies.ranges)
    _keep_differing(session, bundle, settled.differs)
    keep_rejected(session, bundle.about.rejected)
    known = local.get(session, RECEIPT_STREAM) or {}
    known |= {str(manifest.seq): bundle.digest}
    newest = sorted(known, key=int)[-_NEWEST:]
    local.put(session, RECEIPT_STREAM, {seq: known[seq] for seq in newest})
    note_whole(session, settled.up_to)


def _note_there(session: Session, entry: Entry, at: str, writer: str, **more: bool) -> None:
    """Note, within an open act, that nobody waits for a bundle any more, and what it carried."""
    carried = {**entry.get("former", {}), writer: entry["bodies"]}
    done = {"bodies": [], "former": {}, "carried": carried, "confirmed": at, "lost": False}
    local.put(session, f"{SENT}{entry['number']:08d}", dict(entry) | done | more)


def _replace(session: Session, doubtful: Iterable[Entry], at: str, writer: str) -> None:
    """Note, within an open act, that what was in these bundles came with a later one."""
    for entry in doubtful:
        _note_there(session, entry, at, writer, replaced=True)


def _keep_differing(session: Session, bundle: OpenBundle, differs: Sequence[str]) -> None:
    """Note what differs, and forget what agrees again."""
    found = {c: d for c, d in (local.get(session, DIFFERS) or {}).items() if c not in bundle.about.digests}
    number, at = bundle.manifest.seq, bundle.manifest.created.isoformat()
    found |= {case: {"at": at, "number": number, "again": False} for case in differs}
    local.put(session, DIFFERS, found)


def keep_rejected(session: Session, rejected: Iterable[tuple[str, str]]) -> None:
    """Note, within an open act, at each bundle that the organisation names as refused why that was."""
    codes = dict(rejected)
    for name, entry in local.under(session, SENT).items():
        code = codes.get(str(entry["number"])) or codes.get(Path(entry["file"]).name)
        if code and not entry["confirmed"]:
            local.put(session, SENT + name, entry | {"refused": code})


def _confirmed(bundle: OpenBundle, receipt: ReceiptFor, differs: Iterable[str]) -> Confirmed:
    held = receipt.held
    cases = tuple(CaseId(case) for case in differs)
    return Confirmed(
        receipt.seq, bundle.manifest.created, held.bodies, held.withheld, not bundle.already, cases
    )


def resend_case(desk: Desk, case_id: CaseId) -> None:
    """Count nothing of a case as held: the next bundle with it brings it whole, from its beginning.

    Nothing is taken away at the organisation, which passes over what it has.
    """
    with desk.store.read() as session:
        held = local.get(session, HELD)
    mine = _of_cases(desk, [case_id], int(held["seq"])) if held else set()
    with desk.store.begin("resend_case") as session:
        differs = local.get(session, DIFFERS) or {}
        if case_id in differs:
            local.put(session, DIFFERS, differs | {case_id: differs[case_id] | {"again": True}})
        for name, entry in local.under(session, SENT).items():
            if not entry["confirmed"] and case_id in entry["cases"]:
                rest = [case for case in entry["cases"] if case != case_id]
                bodies = from_ranges(entry["bodies"]) - mine
                local.put(session, SENT + name, entry | {"cases": rest, "bodies": to_ranges(bodies)})
        if held is None:
            return
        bodies = from_ranges(local.get(session, BODIES) or []) - mine
        local.put(session, BODIES, to_ranges(bodies))
        count_nothing(session, case_id)
        local.put(session, HELD, _without(local.get(session, HELD) or held, case_id, len(mine)))


def _without(held: dict[str, Any], case: str, lines: int) -> dict[str, Any]:
    """Give what is held without a case; its lines are open again."""
    kept = {
        name: {one: value for one, value in held.get(name, {}).items() if one != case}
        for name in ("cases", "have", "kept", "since", "open")
    }
    kept["open"][case] = lines
    return held | kept | {"settled": [one for one in held.get("settled", ()) if one != case]}
