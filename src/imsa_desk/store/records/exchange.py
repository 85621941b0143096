"""Rows of the exchange: who has a case, hand-overs, late changes, grants, and what is counted of a case."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from imsa_desk.store.records.base import Record
from imsa_desk.vocab import Kind


class AssignmentRow(Record, kw_only=True):
    """The organisation gave a case to somebody's vault; only the office writes it.

    `most` is the highest sensitivity that vault receives. `after` is JSON {writer: seq}: changes to the case
    that those writers made after that number wait for this vault's advocate.
    """

    __tablename__ = "assignment"
    kind: ClassVar[Kind] = Kind.ASSIGNMENT
    writer: Mapped[str] = mapped_column(String(32), index=True)
    name: Mapped[str]
    role: Mapped[str]
    why: Mapped[str]
    from_on: Mapped[date]
    decided_by: Mapped[str]
    until: Mapped[date | None] = mapped_column(default=None)
    most: Mapped[str] = mapped_column(String(2), default="L2")
    read_only: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(default="")
    ended_on: Mapped[date | None] = mapped_column(default=None)
    after: Mapped[str] = mapped_column(default="")


class HandoverRow(Record, kw_only=True):
    """An advocate asks that a case is handed over; the organisation's answer is an assignment."""

    __tablename__ = "handover"
    kind: ClassVar[Kind] = Kind.HANDOVER
    why: Mapped[str]
    asked_at: Mapped[datetime]
    author: Mapped[str]
    to_name: Mapped[str] = mapped_column(default="")
    last_day: Mapped[date | None] = mapped_column(default=None)
    until: Mapped[date | None] = mapped_column(default=None)
    note: Mapped[str] = mapped_column(default="")
    withdrawn_on: Mapped[date | None] = mapped_column(default=None)


class LateDecisionRow(Record, kw_only=True):
    """What the new advocate decided about a former one's changes `first` to `last` of a writer."""

    __tablename__ = "late_decision"
    kind: ClassVar[Kind] = Kind.LATE_DECISION
    writer: Mapped[str] = mapped_column(String(32))
    first: Mapped[int]
    last: Mapped[int]
    decision: Mapped[str]
    author: Mapped[str]
    decided_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(default="")


class GrantRow(Record, kw_only=True):
    """Somebody at the organisation may read a case until a day; only the office writes it."""

    __tablename__ = "case_grant"
    kind: ClassVar[Kind] = Kind.GRANT
    to_name: Mapped[str]
    reason: Mapped[str]
    from_on: Mapped[date]
    until: Mapped[date]
    author: Mapped[str]
    most: Mapped[str] = mapped_column(String(2), default="L2")
    ended_on: Mapped[date | None] = mapped_column(default=None)


class ShareChoiceRow(Record, kw_only=True):
    """How much of a case the organisation receives; the newest row counts, without one its policy does."""

    __tablename__ = "share_choice"
    kind: ClassVar[Kind] = Kind.SHARE_CHOICE
    scope: Mapped[str]
    chosen_at: Mapped[datetime]
    author: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")


class StatisticRow(Record, kw_only=True):
    """What the organisation may count of a case, as JSON; no name, no code, no words of anybody."""

    __tablename__ = "statistic"
    kind: ClassVar[Kind] = Kind.STATISTIC
    as_of: Mapped[date]
    facts: Mapped[str]
