"""What a bundle says beside its lines, and what is noted about it when it was sent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from imsa_desk.exchange.bundle import About, Deposit, HandedOver, Line, Written
from imsa_desk.exchange.parts import Part
from imsa_desk.services.cargo import lines_of
from imsa_desk.services.desk import Desk
from imsa_desk.services.leaving_plan import Plan
from imsa_desk.services.runs import to_ranges
from imsa_desk.services.taken import taken
from imsa_desk.store.records import HandoverRow
from imsa_desk.store.tables import journal_link
from imsa_desk.vocab import HandoverWhy, Kind

_MOST_NAME = 200
_NOBODY = "not said"


def asked_for(desk: Desk, plan: Plan) -> tuple[HandedOver, ...]:
    """Give the wishes to hand a case over that leave with this sending, the newest of each case."""
    cases = [case for case in plan.cases if plan.cargo.changes[(case, Kind.HANDOVER)]]
    if not cases:
        return ()
    query = select(HandoverRow).where(
        HandoverRow.case_id.in_(cases), HandoverRow.withdrawn_on.is_(None), HandoverRow.deleted_at.is_(None)
    )
    with desk.store.read() as session:
        newest = {row.case_id: row for row in session.scalars(query.order_by(HandoverRow.asked_at))}
        return tuple(
            HandedOver(str(case), HandoverWhy(row.why), row.to_name[:_MOST_NAME] or _NOBODY)
            for case, row in newest.items()
        )


def about_of(
    desk: Desk, plan: Plan, part: Part, handover: tuple[HandedOver, ...], deposit: Deposit | None
) -> About:
    """Say what was taken in of the organisation, and what this part carries beside its records."""
    with desk.store.read() as session:
        known = taken(session)
    return About(
        taken=known,
        part=(part.number, part.of) if part.of > 1 else None,
        scopes=dict(plan.scopes),
        handover=handover,
        backup=deposit,
    )


def lines_in(desk: Desk, plan: Plan, part: Part) -> Iterator[Line]:
    """Give the lines of one part, those of each writer together. Raises Broken (E_CHANGED)."""
    for cargo in plan.cargoes:
        first, last = part.ranges.get(cargo.writer, (1, 0))
        yield from lines_of(desk.store, cargo, first, last)()


def vector_of(desk: Desk, plan: Plan, last: int) -> dict[str, Any]:
    """Give how far each writer's lines go, this vault's own as far as this part does; and its former ones."""
    writer = plan.cargo.writer
    high = {name: seq for name, (seq, _) in plan.heads.items()}
    heads = {name: head for name, (_, head) in plan.heads.items()}
    if last and last != high.get(writer):
        table = journal_link.c
        query = select(table.line_hash).where(table.writer == writer, table.seq == last)
        with desk.store.read() as session:
            high[writer], heads[writer] = last, session.execute(query).scalar_one()
    return {"high_water": high, "heads": heads, "former": frozenset(one.writer for one in plan.former)}


def note_of(
    desk: Desk,
    plan: Plan,
    part: Part,
    written: Written,
    deposit: Deposit | None,
    include: tuple[str, ...],
    *,
    again: bool,
) -> dict[str, Any]:
    """Make the note about a bundle sent, kept as local value `exchange.sent.<number>`.

    Number, bundle id, digest of its manifest, part and file path, time, cases, the last own line inside
    (`last`, 0 for none), the line up to which the cases are settled (`high`), ranges of the bodies inside
    (`former`: those of this vault's former writers; once confirmed all of them, by writer, in `carried`),
    counts, bytes, the backup deposited with it, which of how many parts it is, all files of the same sending,
    when a receipt confirmed it ("" before), the code with which it was refused ("" where it was not), the
    restricted entries chosen for it (`include`), whether it was sent again over a gap (`again`), whether such
    a one took its place (`replaced`), and whether an organisation that went back has it no more (`lost`).
    """
    cargo, counts = plan.cargo, written.manifest.counts
    first, last = part.ranges.get(cargo.writer, (1, 0))
    return {
        "number": written.manifest.seq,
        "bundle": written.manifest.bundle_id,
        "digest": written.digest,
        "part": str(written.part),
        "file": str(written.path),
        "at": desk.now().isoformat(),
        "cases": list(plan.cases),
        "high": last or cargo.high,
        "last": last,
        "bodies": to_ranges(seq for seq in cargo.going if first <= seq <= last),
        "former": {
            one.writer: to_ranges(seq for seq in one.going if part.holds(one.writer, seq))
            for one in plan.former
        },
        "whole": plan.whole,
        "changes": counts.bodies,
        "withheld": counts.withheld,
        "documents": counts.blobs,
        "size": written.part.stat().st_size,
        "deposit": None if deposit is None else {"size": deposit.size, "at": deposit.made_at.isoformat()},
        "of": [part.number, part.of] if part.of > 1 else None,
        "files": [],
        "confirmed": "",
        "refused": "",
        "include": list(include),
        "again": again,
    }
