"""Who has a case: the organisation's assignments as values, and what follows from them on a day.

A case without an assignment belongs to the vault that made it. The newest lasting assignment gives it to
another; a cover writes in it while the cover stands, and the one who is covered for reads on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from imsa_desk.domain.canonical import canonical, parse_canonical
from imsa_desk.domain.ids import CaseId
from imsa_desk.errors import Broken
from imsa_desk.vocab import AssignmentWhy, Sensitivity

LASTING = frozenset({AssignmentWhy.OWN, AssignmentWhy.LEAVING, AssignmentWhy.ABSENCE, AssignmentWhy.MOVED_IN})
"""Reasons for which a case changes hands until it is given on."""
BESIDE = frozenset({AssignmentWhy.SECOND_LAPTOP, AssignmentWhy.SUPERVISION})
"""Reasons for which somebody has a case beside the one whose it is."""


@dataclass(frozen=True, slots=True)
class Given:
    """One assignment of a case. At most one that lasts stands at a time: giving a case on ends the former."""

    id: str
    case_id: CaseId
    writer: str
    name: str
    role: str
    why: AssignmentWhy
    from_on: date
    until: date | None = None
    most: Sensitivity = Sensitivity.L2
    read_only: bool = False
    reason: str = ""
    ended_on: date | None = None
    after: Mapping[str, int] = field(default_factory=dict)

    def stands_on(self, day: date) -> bool:
        """Say whether it holds on a day; the last day of a cover still counts, the day it ended does not."""
        begun = self.from_on <= day and (self.ended_on is None or day < self.ended_on)
        return begun and (self.until is None or day <= self.until)


def holder(maker: str, givens: Sequence[Given], day: date) -> str:
    """Give the vault whose case it is on a day, covers aside."""
    lasting = [g for g in givens if g.why in LASTING and g.stands_on(day)]
    return max(lasting, key=_newest).writer if lasting else maker


def writing(maker: str, givens: Sequence[Given], day: date) -> frozenset[str]:
    """Give the vaults that may write a case on a day: the cover's while one stands, else the holder's."""
    standing = [g for g in givens if g.stands_on(day) and not g.read_only]
    covers = frozenset(g.writer for g in standing if g.why is AssignmentWhy.COVER)
    if covers:
        return covers
    second = {g.writer for g in standing if g.why is AssignmentWhy.SECOND_LAPTOP}
    return frozenset({holder(maker, givens, day), *second})


def readers(maker: str, givens: Sequence[Given], day: date) -> dict[str, Sensitivity]:
    """Give every vault that receives a case on a day, with the highest sensitivity it receives.

    The vault that made a case and still has it receives what others added to it at every level it is sent.
    """
    found: dict[str, Sensitivity] = {}
    if holder(maker, givens, day) == maker:
        found[maker] = max(Sensitivity)
    for given in givens:
        current = given.why not in LASTING or given.writer == holder(maker, givens, day)
        if given.stands_on(day) and current:
            found[given.writer] = max(given.most, found.get(given.writer, Sensitivity.L1))
    return found


def _newest(given: Given) -> tuple[date, str]:
    return given.from_on, given.id


def spell_after(after: Mapping[str, int]) -> str:
    """Write {writer: number} as an assignment keeps it; nothing for none."""
    return canonical(dict(after)).decode() if after else ""


def read_after(text: str) -> dict[str, int]:
    """Read what `spell_after` wrote; raises Broken (E_RECORD)."""
    if not text:
        return {}
    value: Any = parse_canonical(text.encode())
    if not isinstance(value, dict) or not all(type(n) is int and n >= 0 for n in value.values()):
        raise Broken("An assignment does not have the agreed form.", code="E_RECORD")
    return value


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One case as the office lists it: who has it and how much waits; never what is in it."""

    case_id: CaseId
    code: str
    status: str
    holder: str
    holder_name: str
    givens: tuple[Given, ...]
    lines: int
    waiting: int
    asked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Handed:
    """What a hand-over did: the cases, to whom, and whose later changes wait from now on."""

    cases: tuple[CaseId, ...]
    to_name: str
    why: AssignmentWhy
    left_out: int
    waits_for: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SentOut:
    """A bundle written for one vault."""

    writer: str
    name: str
    number: int
    purpose: str
    file_name: str
    cases: int
    links: int
    bodies: int
    documents: int
    part: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Until:
    """Something that ends: of which case, for whom, on which last day."""

    code: str
    name: str
    until: date


@dataclass(frozen=True, slots=True)
class NotFetched:
    """Bundles for a vault that it has not acknowledged yet, and since when the oldest waits."""

    writer: str
    name: str
    bundles: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Moved:
    """A case that is at another organisation, and how many changes written here since wait."""

    code: str
    name: str
    since: date
    waiting: int


@dataclass(frozen=True, slots=True)
class Overview:
    """What the office should look at; `withdrawn` are codes of cases that must not be shared any more.

    `asked` counts cases whose advocate asks for a hand-over, `late` changes that wait for the new advocate;
    `nobody` are the codes of cases whose advocate's key was withdrawn, `moved` the cases at another
    organisation in which somebody here wrote since.
    """

    asked: int
    late: int
    nobody: tuple[str, ...]
    covers: tuple[Until, ...]
    grants: tuple[Until, ...]
    not_fetched: tuple[NotFetched, ...]
    withdrawn: tuple[str, ...] = ()
    moved: tuple[Moved, ...] = ()


@dataclass(frozen=True, slots=True)
class MovedOut:
    """Cases sealed for another organisation: the files, and how much of them stays behind."""

    name: str
    cases: tuple[CaseId, ...]
    files: tuple[str, ...]
    lines: int
    documents: int
    left_out: int


@dataclass(frozen=True, slots=True)
class MovedIn:
    """Cases accepted from another organisation; `news` is false when they had been taken in before."""

    name: str
    cases: tuple[CaseId, ...]
    lines: int
    documents: int
    news: bool = True


@dataclass(frozen=True, slots=True)
class OfficeBackup:
    """A verified backup of the office: its vault, its records where they are in PostgreSQL, the deposits."""

    vault: Path
    records: Path | None
    size: int
    deposits: int
