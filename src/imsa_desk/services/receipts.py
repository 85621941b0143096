"""Verbs about receipts: take one in, and say what the organisation holds. Only a receipt makes that so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from imsa_desk.crypto.keys import key_id
from imsa_desk.domain.exchange import CaseHeld, Confirmed, HeldState, HoldState, Sent
from imsa_desk.domain.ids import CaseId
from imsa_desk.errors import Refused
from imsa_desk.exchange.bundle import Manifest, Role, Trust, TrustedSigner, open_bundle
from imsa_desk.exchange.refusals import refusal
from imsa_desk.progress import quiet
from imsa_desk.services.access import note_access
from imsa_desk.services.backups import make_backup, state
from imsa_desk.services.desk import Desk
from imsa_desk.services.holding import HELD, lines_by_case, not_held_by_case
from imsa_desk.services.joining import OFFICE, place_of
from imsa_desk.store import local
from imsa_desk.store.tables import journal_link
from imsa_desk.vocab import AccessKind, BackupWhy

SENT = "exchange.sent."
"""Local values by number: what was noted about each bundle sent, see `services/exchange.py`."""
BODIES = "exchange.bodies"
"""Local value: ranges of this vault's line numbers whose content the organisation holds."""
RECEIPTS = "exchange.receipts"
"""Local value {number: manifest hash} of the receipts taken in."""


def take_in(desk: Desk, path: Path) -> Confirmed:
    """Take a receipt of the organisation in; from then on what it names counts as held.

    A backup is made first, if anything changed since the last. Raises the codes of the bundle format, what
    `make_backup` raises, and E_RECEIPT for a receipt of something this vault did not send.
    """
    with desk.store.read() as session:
        place = place_of(session)
        applied = {int(seq): digest for seq, digest in (local.get(session, RECEIPTS) or {}).items()}
    office = TrustedSigner(
        place.office.office, Role.OFFICE, place.office.name, place.office.writer, False, applied
    )
    trust = Trust({key_id(office.public): office}, frozenset({place.identity.recipient}), desk.practice)
    with open_bundle(path, [place.identity], trust) as bundle:
        manifest, digest, already = bundle.manifest, bundle.digest, bundle.already
        if not already:
            bundle.finish()
    if not already:
        if state(desk).changed_since:
            make_backup(desk, BackupWhy.IMPORT, quiet)
        _keep_receipt(desk, manifest, digest)
    return _confirmed(manifest, news=not already)


def _keep_receipt(desk: Desk, manifest: Manifest, digest: str) -> None:
    receipt, writer = manifest.receipt, desk.store.writer
    with desk.store.begin("take_in_receipt") as session:
        entries = {e["number"]: e for e in local.under(session, SENT).values()}
        entry = entries.get(receipt.seq) if receipt is not None else None
        if receipt is None or entry is None or receipt.writer != writer:
            raise Refused("This receipt is for something that this vault did not send.", code="E_RECEIPT")
        if (receipt.manifest, receipt.bundle_id) != (entry["digest"], entry["bundle"]):
            raise Refused("This receipt is for something that this vault did not send.", code="E_RECEIPT")
        up_to = manifest.high_water.get(writer, 0)
        query = select(journal_link.c.line_hash).where(
            journal_link.c.writer == writer, journal_link.c.seq == up_to
        )
        if up_to and session.execute(query).scalar_one_or_none() != manifest.heads[writer]:
            raise refusal("E_FORK")
        note_access(desk, session, AccessKind.IMPORT, detail=f"receipt {manifest.seq}")
        _mark_held(session, manifest, [e for n, e in entries.items() if n <= receipt.seq], up_to)
        known = local.get(session, RECEIPTS) or {}
        local.put(session, RECEIPTS, known | {str(manifest.seq): digest})


def _mark_held(session: Session, manifest: Manifest, entries: Iterable[dict[str, Any]], up_to: int) -> None:
    held = local.get(session, HELD) or {"cases": {}}
    cases: dict[str, int] = dict(held["cases"])
    bodies = from_ranges(local.get(session, BODIES) or [])
    at = ""
    for entry in sorted(entries, key=lambda e: int(e["number"])):
        at = entry["at"]
        bodies |= from_ranges(entry["bodies"])
        for case, lines in entry["cases"].items():
            cases[case] = max(cases.get(case, 0), lines)
        settled = entry | {"bodies": [], "confirmed": entry["confirmed"] or manifest.created.isoformat()}
        local.put(session, f"{SENT}{entry['number']:08d}", settled)
    bundle = manifest.receipt.bundle_id if manifest.receipt is not None else ""
    local.put(session, HELD, {"seq": up_to, "at": at, "bundle": bundle, "cases": cases})
    local.put(session, BODIES, to_ranges(bodies))


def _confirmed(manifest: Manifest, *, news: bool) -> Confirmed:
    receipt = manifest.receipt
    if receipt is None:
        raise refusal("E_ROLE")
    return Confirmed(receipt.seq, manifest.created, receipt.held.bodies, receipt.held.withheld, news)


def held(desk: Desk) -> HeldState:
    """Say what the organisation holds, what was sent without a receipt yet, and what was not sent."""
    with desk.store.read() as session:
        if local.get(session, OFFICE) is None:
            return HeldState(joined=False)
        entries = [entry for _, entry in sorted(local.under(session, SENT).items())]
        known = local.get(session, HELD)
        missing = not_held_by_case(desk, session)
        counted = {case: lines for case, lines in lines_by_case(desk, session).items() if case}
    waiting = [entry for entry in entries if not entry["confirmed"]]
    confirmed = [entry["confirmed"] for entry in entries if entry["confirmed"]]
    return HeldState(
        joined=True,
        not_held=sum(missing.values()),
        sent_not_confirmed=len(waiting),
        last_receipt=datetime.fromisoformat(max(confirmed)) if confirmed else None,
        held_up_to=datetime.fromisoformat(known["at"]) if known else None,
        cases={
            CaseId(case): CaseHeld(_state(case, lines, missing.get(case, 0), waiting), missing.get(case, 0))
            for case, lines in counted.items()
        },
        sent=tuple(sent_value(entry) for entry in reversed(entries)),
    )


def _state(case: str, lines: int, missing: int, waiting: Iterable[Mapping[str, Any]]) -> HoldState:
    if not missing:
        return HoldState.HELD
    on_the_way = max((entry["cases"].get(case, 0) for entry in waiting), default=0)
    return HoldState.SENT if on_the_way >= lines else HoldState.NOT_SENT


def sent_value(entry: Mapping[str, Any]) -> Sent:
    """Turn what was noted about a bundle into a value."""
    confirmed = entry["confirmed"]
    return Sent(
        number=entry["number"],
        file_name=Path(entry["file"]).name,
        at=datetime.fromisoformat(entry["at"]),
        cases=tuple(CaseId(case) for case in entry["cases"]),
        changes=entry["changes"],
        withheld=entry["withheld"],
        confirmed_at=datetime.fromisoformat(confirmed) if confirmed else None,
    )


def to_ranges(numbers: Iterable[int]) -> list[list[int]]:
    """Write a set of numbers as [first, last] pairs: the lines held are few long runs."""
    ranges: list[list[int]] = []
    for number in sorted(numbers):
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return ranges


def from_ranges(ranges: Iterable[Sequence[int]]) -> set[int]:
    """Read what `to_ranges` wrote."""
    return {number for first, last in ranges for number in range(first, last + 1)}
