"""What the organisation holds of this vault's lines: known only from verified receipts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session

from imsa_desk.services import former_lines
from imsa_desk.services.desk import Desk
from imsa_desk.store import local
from imsa_desk.store.erase import erasing_lines
from imsa_desk.store.erase_rights import erased_here
from imsa_desk.store.records import CaseRow, ErasureRow
from imsa_desk.store.store import Store
from imsa_desk.store.tables import journal_body

HELD = "exchange.held"
"""Local value {"seq", "at", "bundle", "cases", "open", "have", "kept", "since", "settled", "waiting",
"deposit"}.

`seq` is the last own line of the newest confirmed bundle, made `at`; `cases` says for each case up to which
line it had left, or was kept back on purpose. Of the lines up to `seq`, by case: `open` counts those that did
not leave at all, `have` those that are held with their content, `kept` those kept back; `since` when the case
was confirmed first, `settled` the cases of which all written under former numbers left or was kept back,
`waiting` how many changes wait there for a decision. `deposit` names the backup kept.
"""
SENT = "exchange.sent."
"""Local values by number: what was noted about each bundle sent, see `exchange_shipment.note_of`."""
BODIES = "exchange.bodies"
"""Local value: ranges of this vault's line numbers whose content the organisation holds."""
DIFFERS = "exchange.differs"
"""Local value {case: {"at", "number", "again"}}: digests differed; `again` once it is to be sent anew."""
BACK = "exchange.back"
"""Local value {"at", "confirmed", "seq", "number", "cases"}: the receipt of `at` named less than one before.

That one was of `confirmed` and named the lines up to `seq`. `number` is the last bundle sent until then,
`cases` those of which something was written under former numbers and counted as held.
"""
BEHIND = "exchange.behind"
"""Local value {"at", "theirs", "ours", "forked"}: the organisation holds more of this vault than it has."""
_ROWS = 4_000


@dataclass(slots=True)
class Newer:
    """This vault's lines after the newest confirmed bundle: how many by case, and the last of each case."""

    counts: dict[str, int] = field(default_factory=dict)
    last: dict[str, int] = field(default_factory=dict)


def newer_lines(desk: Desk, session: Session, told: int, *, last: bool = True) -> Newer:
    """Count this vault's own lines after number `told` by case; an erased case has none left to tell.

    Without `last` the last line of each case is not looked for: then an index alone says it all.
    """
    body = journal_body.c
    end = func.max(body.seq) if last else literal(0)
    query = select(body.case_id, func.count(), end).where(body.writer == desk.store.writer)
    if told:
        query = query.where(body.seq > told)
    erased = _erased(session)
    found = Newer()
    for case, count, seq in session.execute(query.group_by(body.case_id)):
        if case and case not in erased:
            found.counts[case], found.last[case] = count, seq
    return found


def _erased(session: Session) -> set[str]:
    """Give the cases that were erased, here or by the one who has them now."""
    gone = erased_here(session.connection())
    there = select(CaseRow.id).where(CaseRow.id.in_(gone))
    return set(session.scalars(select(ErasureRow.erased_case))) | (gone - set(session.scalars(there)))


def not_held_by_case(desk: Desk, session: Session) -> dict[str, int]:
    """Count, by case, the changes that the organisation does not yet hold; an erasure is one."""
    held = local.get(session, HELD) or {}
    told = int(held.get("seq", 0))
    return missing_by_case(desk, session, held, newer_lines(desk, session, told, last=False))


def missing_by_case(desk: Desk, session: Session, held: dict[str, Any], newer: Newer) -> dict[str, int]:
    """Count the same from what was read already."""
    known, told = held.get("cases", {}), int(held.get("seq", 0))
    erased = _erased(session)
    counted = Counter({case: n for case, n in held.get("open", {}).items() if case not in erased})
    counted.update(newer.counts)
    erasures = erasing_lines(session.connection(), desk.store.writer)
    untold = {case: 1 for seq, case in erasures.items() if seq > told and case in known}
    counted.update(former_lines.not_held(session, held.get("settled", ())))
    return untold | {case: n for case, n in counted.items() if n}


def own_cases(store: Store, up_to: int) -> Iterator[tuple[int, str, bool]]:
    """Give number, case and presence of each own line of a case up to a number, in slices of turns."""
    body, after = journal_body.c, 0
    while after < up_to:
        query = (
            select(body.seq, body.case_id, body.body.is_not(None))
            .where(body.writer == store.writer, body.seq > after, body.seq <= up_to)
            .order_by(body.seq)
            .limit(_ROWS)
        )
        with store.read(last=True) as session:
            rows = session.execute(query).all()
        yield from ((seq, case, bool(present)) for seq, case, present in rows if case)
        after = rows[-1][0] if rows else up_to
