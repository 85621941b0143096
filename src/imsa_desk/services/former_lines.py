"""What this vault wrote under its former numbers: which of it the organisation holds, and may be sent still.

A vault that was restored from a backup, or went on under a new number, has lines in the name of its former
ones. The organisation may hold some of them only as links: content that was restricted, or of a case that was
not sent yet. What it sends to this vault it holds, and what a receipt confirms. Nothing of a former number is
sent before a bundle of the organisation has shown where both histories end (`services/parting.py`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from imsa_desk.domain.lines import Line
from imsa_desk.services.assignments import FORMER
from imsa_desk.services.parting import COMPARED
from imsa_desk.services.runs import Runs, from_ranges, to_ranges
from imsa_desk.store import local
from imsa_desk.store.records import ErasureRow
from imsa_desk.store.tables import journal_body

FORMER_BODIES = "exchange.former_bodies."
"""Local values by former writer: ranges of its line numbers whose content the organisation holds."""


def formers(session: Session) -> tuple[str, ...]:
    """Give the former writers of this vault, the oldest first."""
    return tuple(local.get(session, FORMER) or ())


def compared(session: Session) -> tuple[str, ...]:
    """Give those whose end was compared with what the organisation holds: their content may be sent."""
    known = set(local.get(session, COMPARED) or ())
    return tuple(writer for writer in formers(session) if writer in known)


def held_of(session: Session, writer: str) -> Runs:
    """Give the numbers of a former writer's lines whose content the organisation is known to hold."""
    return Runs(local.get(session, FORMER_BODIES + writer) or [])


def note_held(session: Session, found: Mapping[str, Iterable[int]]) -> None:
    """Note, within an open act, that the organisation holds the content of lines of former writers."""
    for writer, numbers in found.items():
        before = local.get(session, FORMER_BODIES + writer) or []
        after = to_ranges(from_ranges(before) | set(numbers))
        if after != before:
            local.put(session, FORMER_BODIES + writer, after)


def note_brought(session: Session, lines: Iterable[Line]) -> None:
    """Note, within an open act, what the organisation itself sent of former writers."""
    found: dict[str, list[int]] = {writer: [] for writer in formers(session)}
    for line in lines if found else ():
        if line.body is not None and line.link.writer in found:
            found[line.link.writer].append(line.link.seq)
    note_held(session, {writer: numbers for writer, numbers in found.items() if numbers})


def count_nothing(session: Session, case: str) -> None:
    """Take, within an open act, nothing of a case as held any more."""
    body = journal_body.c
    for writer in formers(session):
        query = select(body.seq).where(body.writer == writer, body.case_id == case)
        kept = from_ranges(local.get(session, FORMER_BODIES + writer) or [])
        local.put(session, FORMER_BODIES + writer, to_ranges(kept - set(session.scalars(query))))


def know_nothing(session: Session) -> None:
    """Take, within an open act, nothing of what former numbers wrote as held any more."""
    for writer in formers(session):
        local.put(session, FORMER_BODIES + writer, [])


def not_held(session: Session, settled: Collection[str]) -> Counter[str]:
    """Count, by case, what is here of former writers and not known to be held; `settled` cases need none."""
    away = {*settled, *session.scalars(select(ErasureRow.erased_case))}
    return Counter(case for case, held in _of_cases(session) if not held and case not in away)


def held_by_case(session: Session) -> Counter[str]:
    """Count, by case, what is here of former writers and held by the organisation too."""
    return Counter(case for case, held in _of_cases(session) if held)


def _of_cases(session: Session) -> Iterator[tuple[str, bool]]:
    """Give the case of each line of a former writer with content, and whether the organisation holds it."""
    body = journal_body.c
    for writer in formers(session):
        runs = held_of(session, writer)
        query = select(body.seq, body.case_id).where(
            body.writer == writer, body.case_id.is_not(None), body.body.is_not(None)
        )
        yield from ((case, seq in runs) for seq, case in session.execute(query))
