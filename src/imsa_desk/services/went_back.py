"""The organisation went back: restored from a backup, it holds less than its receipts once confirmed.

Its next receipt says so: a later number that names fewer of this vault's lines. What the bundles brought that
it does not name counts as held no longer, and leaves again with "send everything again". Receipts are judged
by their number alone, as ever: an older one is refused as a replay and pushes nothing back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from imsa_desk.domain.dates import say_full
from imsa_desk.services.desk import LOCAL
from imsa_desk.services.former_lines import held_by_case, know_nothing
from imsa_desk.services.holding import BACK, BODIES, HELD, SENT
from imsa_desk.services.runs import from_ranges
from imsa_desk.store import local

Entry = Mapping[str, Any]
LESS = "The organisation now holds less than it confirmed on {}. Send everything again."


@dataclass(frozen=True, slots=True)
class Believed:
    """What counts as held before a receipt is looked at: lines up to `seq`, bodies, cases up to a line."""

    seq: int = 0
    at: str = ""
    bodies: frozenset[int] = frozenset()
    cases: Mapping[str, int] = field(default_factory=dict)


def believed(session: Session) -> Believed:
    """Give what the receipts taken in so far have made held."""
    held = local.get(session, HELD) or {}
    bodies = frozenset(from_ranges(local.get(session, BODIES) or []))
    return Believed(int(held.get("seq", 0)), held.get("at", ""), bodies, dict(held.get("cases", {})))


def lost_there(
    session: Session, named: Iterable[Entry], doubtful: Iterable[Entry], up_to: int
) -> list[dict[str, Any]]:
    """Give the confirmed bundles that the organisation has no more; none where it did not go back.

    `named` are those that its receipt says are there, `up_to` the last line that it names.
    """
    if up_to >= believed(session).seq:
        return []
    there = {entry["number"] for entry in (*named, *doubtful)}
    entries = local.under(session, SENT).values()
    return [entry for entry in entries if entry["confirmed"] and entry["number"] not in there]


def less(before: Believed, named: Sequence[Entry], lost: Sequence[Entry], up_to: int, own: str) -> Believed:
    """Give what is left of what was held, without what only the lost bundles brought."""
    if up_to >= before.seq:
        return before
    at = named[-1]["at"] if named else ""
    gone = set[int]()
    for entry in lost:
        gone |= from_ranges(entry.get("carried", {}).get(own, ()))
    cases: dict[str, int] = {}
    for entry in named:
        came = entry["confirmed"] and not entry.get("replaced")
        for case in set(entry["cases"]) & before.cases.keys() if came else ():
            cases[case] = min(max(cases.get(case, 0), int(entry["high"])), before.cases[case])
    bodies = frozenset(seq for seq in before.bodies - gone if seq <= up_to)
    return Believed(up_to, at, bodies, cases)


def note_lost(session: Session, lost: Sequence[Entry], before: Believed, at: str, own: str) -> None:
    """Note, within an open act, that these bundles are there no more: nobody waits for a receipt for them.

    What former numbers of this vault wrote is not named by any receipt: nothing of it counts as held.
    """
    if not lost:
        return
    known = local.get(session, BACK) or {}
    confirmed = max(entry["confirmed"] for entry in lost)
    local.put(
        session,
        BACK,
        {
            "at": at,
            "confirmed": known.get("confirmed", confirmed),
            "seq": max(int(known.get("seq", 0)), before.seq),
            "number": max(int(name) for name in local.under(session, SENT)),
            "cases": sorted({*known.get("cases", ()), *held_by_case(session)}),
        },
    )
    for entry in lost:
        if not entry.get("replaced"):
            carried = entry.get("carried", {})
            former = {one: runs for one, runs in carried.items() if one != own}
            bodies = carried.get(own, [])
            open_again = {"bodies": bodies, "former": former, "carried": {}, "confirmed": "", "lost": True}
            local.put(session, f"{SENT}{entry['number']:08d}", dict(entry) | open_again)
    know_nothing(session)
    local.put(session, HELD, (local.get(session, HELD) or {}) | {"settled": []})


def note_whole(session: Session, up_to: int) -> None:
    """Forget, within an open act, that it went back, once it holds as many lines as before."""
    known = local.get(session, BACK)
    if known is not None and up_to >= int(known["seq"]):
        local.drop(session, BACK)


def holds_less(session: Session) -> bool:
    """Say whether the organisation went back, and does not hold it all again."""
    return local.get(session, BACK) is not None


def must_send_again(session: Session) -> bool:
    """Say whether only a bundle that carries everything again would be taken in there now."""
    known = local.get(session, BACK)
    entries = local.under(session, SENT).values() if known is not None else ()
    return known is not None and not any(
        entry.get("again") and entry["number"] > int(known["number"]) for entry in entries
    )


def less_words(session: Session) -> str:
    """Say that the organisation went back, and what to do; "" where it did not, or holds it all again."""
    known = local.get(session, BACK)
    if known is None:
        return ""
    return LESS.format(say_full(datetime.fromisoformat(known["confirmed"]).astimezone(LOCAL).date()))
