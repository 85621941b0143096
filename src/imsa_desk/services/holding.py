"""What the organisation holds: known only from verified receipts, kept as counts of lines by case."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from imsa_desk.services.desk import Desk
from imsa_desk.store import local
from imsa_desk.store.erase import erasing_lines
from imsa_desk.store.records import ErasureRow
from imsa_desk.store.tables import journal_body

HELD = "exchange.held"
"""Local value {"seq": n, "at": ISO time, "bundle": id, "cases": {case id: lines}}.

`cases` says how many of this vault's lines of each case had left, or were kept back on purpose,
when the newest confirmed bundle was made; `seq` is that bundle's last own line.
"""


def lines_by_case(desk: Desk, session: Session) -> dict[str | None, int]:
    """Count this vault's own journal lines by case; an erased case has none left to tell."""
    query = (
        select(journal_body.c.case_id, func.count())
        .where(journal_body.c.writer == desk.store.writer)
        .group_by(journal_body.c.case_id)
    )
    erased = set(session.scalars(select(ErasureRow.erased_case)))
    return {case: lines for case, lines in session.execute(query) if case not in erased}


def not_held_by_case(desk: Desk, session: Session) -> dict[str, int]:
    """Count, by case, the changes that the organisation does not yet hold; an erasure is one."""
    held = local.get(session, HELD)
    known: dict[str, int] = held["cases"] if held else {}
    counted = lines_by_case(desk, session)
    told = int(held["seq"]) if held else 0
    erasures = erasing_lines(session.connection(), desk.store.writer)
    untold = {case: 1 for seq, case in erasures.items() if seq > told and case in known}
    return untold | {c: n - known.get(c, 0) for c, n in counted.items() if c and n > known.get(c, 0)}
