"""Who has a case as its reader sees it, what was asked and what became of it, and changes that came late."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from imsa_desk.domain.ids import CaseId
from imsa_desk.vocab import AssignmentWhy, HandoverWhy, Kind, LateDecision, Sensitivity


@dataclass(frozen=True, slots=True)
class CaseStanding:
    """Whose a case is, seen from one vault; without an assignment it belongs to the vault that made it.

    `holder` has it now; `from_name` made it, where that was somebody else. `waiting` counts late changes.
    """

    may_write: bool = True
    why: AssignmentWhy | None = None
    since: date | None = None
    until: date | None = None
    most: Sensitivity = Sensitivity.L4
    holder: str = ""
    from_name: str = ""
    reason: str = ""
    waiting: int = 0
    expired: bool = False
    """Whether a cover or a supervisor's reading was given to this vault and has ended."""
    forgotten: date | None = None
    """Since when the case's contents are not in this vault any more."""


@dataclass(frozen=True, slots=True)
class HandoverDraft:
    """What was typed into the hand-over editor; days as a person types them."""

    why: str = ""
    last_day: str = ""
    until: str = ""
    to_name: str = ""
    note: str = ""


class HandoverState(StrEnum):
    """What became of a hand-over that was asked for."""

    ASKED = "asked"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Handover:
    """A hand-over that an advocate asked for, and the organisation's answer."""

    id: str
    case_id: CaseId
    code: str
    known_as: str
    why: HandoverWhy
    asked_at: datetime
    to_name: str
    last_day: date | None
    until: date | None
    note: str
    state: HandoverState
    answer: str = ""
    """Who has the case since, in the organisation's words."""


@dataclass(frozen=True, slots=True)
class LateChange:
    """One act of a former advocate, or a run of lines of it, that came after the case was handed over.

    Where something of it is `restricted`, `what` says of that only the kind, never a word of it.
    """

    case_id: CaseId
    writer: str
    who: str
    first: int
    last: int
    at: datetime
    what: tuple[str, ...]
    kinds: frozenset[Kind]
    since: datetime
    decision: LateDecision | None = None
    reason: str = ""
    decided_at: datetime | None = None
    restricted: bool = False

    @property
    def urgent(self) -> bool:
        """Say whether it is about a person's safety or agreement, which is looked at first."""
        return not self.kinds.isdisjoint(_URGENT)


_URGENT = frozenset({Kind.SAFE_CONTACT, Kind.CONSENT, Kind.SAFETY_RESPONSE, Kind.SAFETY_PLAN})


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What is left here of a case that was handed over: no content, only that it was there."""

    case_id: CaseId
    code: str
    on: date
    why: str
    lines: int
    backups_until: date


@dataclass(frozen=True, slots=True)
class Taken:
    """What taking one bundle of the organisation in did; `news` is false where it was taken in before."""

    purpose: str
    number: int
    news: bool
    cases: tuple[CaseId, ...] = ()
    lines: int = 0
    documents: int = 0
    waiting: int = 0
    words: tuple[str, ...] = ()
    part: tuple[int, int] | None = None
    changed: frozenset[Kind] = frozenset()
    differs: bool = False
    """Whether a receipt showed that the organisation holds something else than this vault."""


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """What became of one file of a folder: taken in, or why not and what to do."""

    file_name: str
    taken: Taken | None
    code: str = ""
    words: str = ""
    cure: str = ""


def many(count: int, one: str, more: str) -> str:
    """Say a number of things."""
    return f"1 {one}" if count == 1 else f"{count:,} {more}"


def and_so_on(names: Collection[str], most: int = 3) -> str:
    """Name a few things, then say how many more there are."""
    named = list(names)
    if len(named) <= most:
        return ", ".join(named)
    return f"{', '.join(named[:most])} and {len(named) - most} more"
