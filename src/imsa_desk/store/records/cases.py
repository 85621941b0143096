"""Rows of cases: the case, who has a role in it, and the forms of exploitation."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from imsa_desk.store.records.base import Record
from imsa_desk.vocab import Kind


class CaseRow(Record, kw_only=True):
    """A case; its `case_id` is its own id."""

    __tablename__ = "case_file"
    kind: ClassVar[Kind] = Kind.CASE
    searched: ClassVar[tuple[str, ...]] = ("code", "what_matters")
    code: Mapped[str] = mapped_column(index=True)
    nation: Mapped[str]
    tier: Mapped[str]
    status: Mapped[str]
    opened_on: Mapped[date]
    closed_on: Mapped[date | None] = mapped_column(default=None)
    closure_reason: Mapped[str] = mapped_column(default="")
    referral_source: Mapped[str] = mapped_column(default="")
    nrm_status: Mapped[str] = mapped_column(default="unknown")
    nrm_status_on: Mapped[date | None] = mapped_column(default=None)
    competent_authority: Mapped[str] = mapped_column(default="")
    immigration_status: Mapped[str] = mapped_column(default="unknown")
    local_authority: Mapped[str] = mapped_column(default="")
    police_force: Mapped[str] = mapped_column(default="")
    health_body: Mapped[str] = mapped_column(default="")
    what_matters: Mapped[str] = mapped_column(default="")
    what_matters_on: Mapped[date | None] = mapped_column(default=None)
    risk: Mapped[str] = mapped_column(default="")
    review_on: Mapped[date | None] = mapped_column(default=None)


class CaseRoleRow(Record, kw_only=True):
    """Who somebody is in a case."""

    __tablename__ = "case_role"
    kind: ClassVar[Kind] = Kind.CASE_ROLE
    person_id: Mapped[str] = mapped_column(String(32), index=True)
    role: Mapped[str]


class CaseExploitationRow(Record, kw_only=True):
    """One form of exploitation in a case."""

    __tablename__ = "case_exploitation"
    kind: ClassVar[Kind] = Kind.CASE_EXPLOITATION
    exploitation: Mapped[str]
