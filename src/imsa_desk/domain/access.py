"""Accesses: unlocks, reveals, prints and exports, kept like any other record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from imsa_desk.vocab import AccessKind


@dataclass(frozen=True, slots=True)
class AccessLine:
    """Who looked at, printed or sent what, and when; never any content."""

    id: str
    kind: AccessKind
    at: datetime
    case_id: str
    subject_kind: str
    subject_id: str
    detail: str
    author: str
