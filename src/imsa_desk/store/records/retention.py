"""Rows of retention: what was decided about a closed case, and what an erasure leaves."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from imsa_desk.store.records.base import Record
from imsa_desk.vocab import Kind


class RetentionRow(Record, kw_only=True):
    """Somebody decided to keep a case longer, or put it under a legal hold; the newest row counts."""

    __tablename__ = "retention"
    kind: ClassVar[Kind] = Kind.RETENTION
    decided_at: Mapped[datetime]
    author: Mapped[str]
    reason: Mapped[str]
    hold: Mapped[bool] = mapped_column(default=False)
    keep_until: Mapped[date | None] = mapped_column(default=None)


class ErasureRow(Record, kw_only=True):
    """That a case was erased. Belongs to no case: it would be erased with it."""

    __tablename__ = "erasure"
    kind: ClassVar[Kind] = Kind.ERASURE
    erased_case: Mapped[str] = mapped_column(String(32), index=True)
    case_code: Mapped[str]
    erased_on: Mapped[date]
    reason: Mapped[str]
    author: Mapped[str]
    lines: Mapped[int]
    documents: Mapped[int]
    backups_until: Mapped[date]
    sent: Mapped[bool] = mapped_column(default=False)
