"""Files that were lost on their way: what is sent again over the gap, and what a receipt says nothing about.

A snapshot carries everything that no receipt has confirmed, so the organisation takes it in though earlier
files never came. A receipt for it proves nothing about those: what was in them counts as held only where the
digests of both sides show it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from imsa_desk.domain.consents import Answered
from imsa_desk.domain.digests import CaseDigest
from imsa_desk.domain.ids import CaseId
from imsa_desk.services.desk import Desk
from imsa_desk.services.holding import BACK, SENT
from imsa_desk.services.runs import Runs, from_ranges, to_ranges
from imsa_desk.store import local
from imsa_desk.store.digest import case_digests
from imsa_desk.store.records import CaseRow
from imsa_desk.store.tables import journal_body
from imsa_desk.vocab import ShareScope

Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Open:
    """What was sent and not confirmed: its cases, the restricted entries chosen one by one, and a backup."""

    cases: tuple[CaseId, ...]
    include: frozenset[str]
    backup: bool
    without_consent: tuple[CaseId, ...] = ()
    """Cases left out of `cases`, because their consent is missing now."""


def not_confirmed(session: Session) -> Open:
    """Give what was sent and is not confirmed, or no longer, of cases that are still here."""
    entries = [entry for entry in local.under(session, SENT).values() if not entry["confirmed"]]
    named = {case for entry in entries for case in entry["cases"]}
    named |= set((local.get(session, BACK) or {}).get("cases", ()))
    here = session.scalars(select(CaseRow.id).order_by(CaseRow.id))
    include = frozenset(record for entry in entries for record in entry.get("include", ()))
    backup = any(entry.get("deposit") for entry in entries)
    return Open(tuple(CaseId(case) for case in here if case in named), include, backup)


def lacks_consent(scope: ShareScope, consent: Answered) -> bool:
    """Say whether a case leaves only on another basis. Numbers alone name nobody and need none."""
    return scope is not ShareScope.STATISTICS and not consent.all_allowed


def told_apart(
    named: Sequence[dict[str, Any]], told: int
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Part the bundles before and at number `told`, and later ones that seem to be there, by what is sure.

    Those before a snapshot may never have come. Gives the sure ones and the doubtful ones, in their order.
    """
    starts = [
        entry["number"]
        for entry in named
        if entry.get("again") and (not entry.get("of") or entry["of"][0] == 1)
    ]
    first = max((number for number in starts if number <= told), default=0)
    later = max((number for number in starts if number > told), default=0)
    doubtful = [
        entry
        for entry in named
        if not entry["confirmed"] and (entry["number"] < first or told < entry["number"] < later)
    ]
    numbers = {entry["number"] for entry in doubtful}
    return [entry for entry in named if entry["number"] not in numbers], doubtful


def shown_held(
    desk: Desk, case: str, theirs: CaseDigest, bodies: Iterable[int], doubtful: Sequence[Entry]
) -> set[int]:
    """Give the bodies of doubtful bundles that are held of a case, as its digest shows; none where none fits.

    Bundles come in order, so those that came are the first of them.
    """
    table, believed, more = journal_body.c, set(bodies), set[int]()
    writer = desk.store.writer
    with desk.store.read() as session:
        query = select(table.seq).where(table.writer == writer, table.case_id == case)
        mine = set(session.scalars(query))
        for entry in doubtful:
            more |= (from_ranges(entry["bodies"]) & mine) - believed
            runs = Runs(to_ranges(believed | more))
            if case_digests(session.connection(), [case], writer, runs).get(case) == theirs:
                return more
    return set()
