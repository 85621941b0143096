"""Grants: somebody at the organisation may read a case until a day; and what such a reading shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from imsa_desk.domain.ids import CaseId
from imsa_desk.vocab import Kind, Sensitivity


@dataclass(frozen=True, slots=True)
class Grant:
    """Who may read which case (None: every one), up to what sensitivity, why, and from when until when."""

    id: str
    case_id: CaseId | None
    to_name: str
    reason: str
    from_on: date
    until: date
    author: str
    most: Sensitivity
    ended_on: date | None = None

    def stands_on(self, day: date) -> bool:
        """Say whether it opens anything on a day; the last day counts, the day it was ended does not."""
        return self.from_on <= day <= self.until and (self.ended_on is None or day < self.ended_on)

    def opens(self, case: CaseId, name: str, day: date) -> bool:
        """Say whether it lets somebody of this name read a case on a day."""
        mine = " ".join(self.to_name.casefold().split()) == " ".join(name.casefold().split())
        return mine and self.case_id in (None, case) and self.stands_on(day)


@dataclass(frozen=True, slots=True)
class ReadField:
    """A field of an entry as a person reads it."""

    name: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class ReadEntry:
    """One entry of a case as it is read by a grant."""

    id: str
    kind: Kind
    label: str
    fields: tuple[ReadField, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """A case opened by a grant; `left_out` counts entries above the grant's sensitivity."""

    case_id: CaseId
    code: str
    grant: Grant
    entries: tuple[ReadEntry, ...]
    left_out: int
