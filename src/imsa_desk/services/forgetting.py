"""Verbs about forgetting: what was handed over leaves this vault once a receipt says that all is held.

Nothing is erased by it: the organisation and the new advocate keep everything. Links of the lines stay here,
so the chain still verifies. Backups made before hold the contents until the day that is named.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from imsa_desk.domain.handover import Forgotten, many
from imsa_desk.domain.ids import CaseId
from imsa_desk.domain.retention import RetentionRule
from imsa_desk.errors import Refused
from imsa_desk.services.assignments import givens, own_writers, settle_standing, standing_of
from imsa_desk.services.desk import Desk
from imsa_desk.services.holding import BODIES, HELD, not_held_by_case
from imsa_desk.services.retention import rule
from imsa_desk.services.runs import from_ranges
from imsa_desk.services.taken import ANEW
from imsa_desk.store import local
from imsa_desk.store.forget import FORGOTTEN, forget_bodies
from imsa_desk.store.records import AccessRow, CaseRow
from imsa_desk.store.tables import journal_body
from imsa_desk.vocab import AssignmentWhy

YOURS = "This case is yours, so it stays."
NOT_HELD = (
    "The organisation has not confirmed that it holds everything you wrote here. Send a bundle, take in its "
    "receipt, then try again."
)
_WHYS = {
    AssignmentWhy.COVER: "your cover ended",
    AssignmentWhy.SUPERVISION: "your time as its reader ended",
}


@dataclass(frozen=True, slots=True)
class Turned:
    """What became of cases that were given for a time: forgotten, and what must be sent before others are."""

    forgotten: tuple[Forgotten, ...]
    waiting: tuple[tuple[CaseId, str], ...]
    words: tuple[str, ...]


def may_forget(desk: Desk, case_id: CaseId) -> str:
    """Say why a case must stay for now; "" where it may be forgotten."""
    with desk.store.read() as session:
        return _stays(desk, session, case_id)


def _stays(desk: Desk, session: Session, case_id: CaseId) -> str:
    if session.get(CaseRow, case_id) is None:
        return "This case is not in this vault."
    made = standing_of(
        session, desk.store.writer, case_id, givens(session, case_id).get(case_id, ()), desk.today()
    )
    if made.may_write:
        return YOURS
    own = _own_lines(desk, session, case_id)
    if not own:
        return ""
    held = local.get(session, HELD) or {"cases": {}}
    if case_id not in held["cases"] or not_held_by_case(desk, session).get(case_id):
        return NOT_HELD
    return ""


def only_here(desk: Desk, case_id: CaseId) -> int:
    """Count the entries this vault wrote in a case that never left it, because they are restricted."""
    with desk.store.read() as session:
        return len(_only_here(desk, session, case_id))


def _only_here(desk: Desk, session: Session, case_id: CaseId) -> set[int]:
    return _own_lines(desk, session, case_id) - from_ranges(local.get(session, BODIES) or [])


def _own_lines(desk: Desk, session: Session, case_id: CaseId) -> set[int]:
    """Give the numbers of this vault's own lines of a case whose content is here; accesses do not count."""
    table = journal_body.c
    accesses = select(AccessRow.id).where(AccessRow.case_id == case_id)
    query = select(table.seq).where(
        *(table.writer == desk.store.writer, table.case_id == case_id),
        *(table.body.is_not(None), table.record.not_in(accesses)),
    )
    return set(session.scalars(query))


def forget_case(desk: Desk, case_id: CaseId, *, even_only_here: bool = False) -> Forgotten:
    """Let go of what a case says, here only; give what is left.

    Only where the case is somebody else's by now and a receipt says that the organisation holds everything
    that was meant to leave. Restricted entries that never left go too, if `even_only_here` says that a person
    wants that: nobody has them then. Raises Refused (E_NOT_HELD, E_CASE_OPEN, E_ONLY_HERE) and says why.
    """
    with desk.store.begin("forget_case") as session:
        why = _stays(desk, session, case_id)
        if why:
            raise Refused(why, code="E_CASE_OPEN" if why == YOURS else "E_NOT_HELD")
        lacking = _only_here(desk, session, case_id)
        if lacking and not even_only_here:
            raise Refused(_only_here_words(len(lacking)), code="E_ONLY_HERE")
        row = session.get_one(CaseRow, case_id)
        found = givens(session, case_id).get(case_id, ())
        made = standing_of(session, desk.store.writer, case_id, found, desk.today())
        ended = _WHYS.get(made.why) if made.why is not None and made.expired else None
        note: dict[str, Any] = {
            "code": row.code,
            "on": desk.today().isoformat(),
            "why": ended or f"it is with {made.holder or 'somebody else'} now",
        }
        note["lines"] = forget_bodies(session, case_id, note)
        made_of = _value(rule(session), case_id, note)
    settle_standing(desk)
    return made_of


def _only_here_words(count: int) -> str:
    return (
        f"{many(count, 'entry', 'entries')} of yours never left this vault, because they are restricted, and "
        "nobody else would have them. Send them, or let go of them too."
    )


def forgotten(desk: Desk) -> tuple[Forgotten, ...]:
    """Give what is left of every case that was forgotten here, newest first."""
    with desk.store.read() as session:
        kept, years = local.under(session, FORGOTTEN), rule(session)
    return tuple(
        _value(years, CaseId(case), note)
        for case, note in sorted(kept.items(), key=lambda item: str(item[1]["on"]), reverse=True)
    )


def _value(years: RetentionRule, case: CaseId, note: Mapping[str, Any]) -> Forgotten:
    on = date.fromisoformat(note["on"])
    return Forgotten(case, note["code"], on, note["why"], int(note["lines"]), years.backups_until(on))


def look_after(desk: Desk) -> Turned:
    """Close what was given for a time that has ended, and forget it here if everything is held.

    After each unlocking and with each new day.
    """
    settle_standing(desk)
    done: list[Forgotten] = []
    left: list[tuple[CaseId, str]] = []
    for case in _over(desk):
        lacking = only_here(desk, case)
        why = may_forget(desk, case) or (_only_here_words(lacking) if lacking else "")
        if why:
            left.append((case, why))
        else:
            done.append(forget_case(desk, case))
    return Turned(tuple(done), tuple(left), tuple(_words(done, left)))


def _over(desk: Desk) -> list[CaseId]:
    """Find the cases that were given to this vault for a time that has ended, and whose contents are here."""
    today = desk.today()
    with desk.store.read() as session:
        mine, found = own_writers(session, desk.store.writer), []
        for case, given in givens(session).items():
            for_a_time = any(g.writer in mine and g.why in _WHYS for g in given)
            if not for_a_time or session.get(CaseRow, case) is None:
                continue
            made = standing_of(session, desk.store.writer, case, given, today)
            if made.expired and not made.may_write:
                found.append(CaseId(case))
    return found


def _words(done: Iterable[Forgotten], left: Iterable[tuple[CaseId, str]]) -> list[str]:
    said = [
        f"{each.code} is not in this vault any more: {each.why}. Backups hold it until "
        f"{each.backups_until:%-d %B %Y}."
        for each in done
    ]
    kept = list(left)
    if kept:
        count = "A case" if len(kept) == 1 else f"{len(kept)} cases"
        said.append(
            f"{count} that you had for a time {'is' if len(kept) == 1 else 'are'} closed, but not everything "
            "you wrote there is at the organisation yet. Send a bundle on the Exchange page."
        )
    return said


def come_back(session: Session, desk: Desk) -> None:
    """Note, within an import, which forgotten cases are here again, and whether contents must come anew."""
    anew = False
    for case in local.under(session, FORGOTTEN):
        given = givens(session, case).get(case, ())
        if not standing_of(session, desk.store.writer, case, given, desk.today()).may_write:
            continue
        if session.get(CaseRow, case) is None:
            anew = True
        else:
            local.drop(session, FORGOTTEN + case)
    if anew:
        local.put(session, ANEW, True)
    else:
        local.drop(session, ANEW)
