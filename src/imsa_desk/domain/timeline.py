"""The timeline: everything in a case, in order; and what history and search show of records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from imsa_desk.domain.ids import CaseId
from imsa_desk.vocab import Kind, Operation, Sensitivity, Theme


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of the timeline. The text of L3 and L4 entries is empty until revealed."""

    kind: Kind
    id: str
    at: datetime
    title: str
    summary: str
    icon: str
    sensitivity: Sensitivity
    themes: tuple[Theme, ...] = ()
    recorded_at: datetime | None = None
    state: str = ""
    covered: bool = False


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of one record before and after, as words."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One journal line of a record, newest first in lists."""

    act_id: str
    verb: str
    at: datetime
    operation: Operation
    changes: tuple[FieldChange, ...]
    reason: str
    writer: str
    seq: int
    readable: bool


@dataclass(frozen=True, slots=True)
class Act:
    """What one verb did: enough to say it and to undo it."""

    id: str
    verb: str
    at: datetime
    records: int


@dataclass(frozen=True, slots=True)
class Found:
    """One search hit; `excerpt` is empty for restricted and sealed records."""

    kind: Kind
    id: str
    case_id: CaseId | None
    case_code: str
    known_as: str
    title: str
    excerpt: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Lack:
    """Something the record lacks, with what mends it."""

    case_id: CaseId
    known_as: str
    what: str
    why: str
    fix: str


@dataclass(frozen=True, slots=True)
class Due:
    """A day that somebody must not miss, with why."""

    case_id: CaseId
    known_as: str
    known_as_script: str
    what: str
    why: str
    on: date
    kind: Kind
    id: str
