"""Rows of coordination: organisations, professionals, involvements, contacts, what was shared."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from imsa_desk.store.records.base import Record
from imsa_desk.vocab import Kind


class OrganisationRow(Record, kw_only=True):
    """A body that professionals work for; belongs to no case."""

    __tablename__ = "organisation"
    kind: ClassVar[Kind] = Kind.ORGANISATION
    searched: ClassVar[tuple[str, ...]] = ("name",)
    name: Mapped[str] = mapped_column(index=True)
    sector: Mapped[str] = mapped_column(default="")


class ProfessionalRow(Record, kw_only=True):
    """A directory entry; belongs to no case."""

    __tablename__ = "professional"
    kind: ClassVar[Kind] = Kind.PROFESSIONAL
    searched: ClassVar[tuple[str, ...]] = ("name", "phone", "email")
    name: Mapped[str]
    role: Mapped[str]
    organisation_id: Mapped[str | None] = mapped_column(String(32), index=True, default=None)
    phone: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    secure_channel: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")


class InvolvementRow(Record, kw_only=True):
    """A professional's part in a case."""

    __tablename__ = "involvement"
    kind: ClassVar[Kind] = Kind.INVOLVEMENT
    professional_id: Mapped[str] = mapped_column(String(32), index=True)
    role: Mapped[str]
    lead_for: Mapped[str] = mapped_column(default="")
    started_on: Mapped[date | None] = mapped_column(default=None)
    ended_on: Mapped[date | None] = mapped_column(default=None)
    knows_address: Mapped[bool] = mapped_column(default=False)
    knows_trafficking: Mapped[bool] = mapped_column(default=False)
    trust_by_survivor: Mapped[str] = mapped_column(default="")
    safe_contact_note: Mapped[str] = mapped_column(default="")


class InvolvementThemeRow(Record, kw_only=True):
    """A theme a professional works on in a case."""

    __tablename__ = "involvement_theme"
    kind: ClassVar[Kind] = Kind.INVOLVEMENT_THEME
    involvement_id: Mapped[str] = mapped_column(String(32), index=True)
    theme: Mapped[str]


class ContactRow(Record, kw_only=True):
    """A coordination entry."""

    __tablename__ = "contact"
    kind: ClassVar[Kind] = Kind.CONTACT
    searched: ClassVar[tuple[str, ...]] = (
        "purpose",
        "instruction",
        "summary",
        "opinions",
        "asked_for",
        "information_received",
        "not_shared",
        "outcome",
    )
    at: Mapped[datetime] = mapped_column(index=True)
    recorded_at: Mapped[datetime]
    author: Mapped[str]
    entry_type: Mapped[str]
    direction: Mapped[str]
    minutes: Mapped[int | None] = mapped_column(default=None)
    purpose: Mapped[str] = mapped_column(default="")
    instruction: Mapped[str] = mapped_column(default="")
    survivor_present: Mapped[bool] = mapped_column(default=False)
    summary: Mapped[str] = mapped_column(default="")
    opinions: Mapped[str] = mapped_column(default="")
    asked_for: Mapped[str] = mapped_column(default="")
    information_received: Mapped[str] = mapped_column(default="")
    not_shared: Mapped[str] = mapped_column(default="")
    outcome: Mapped[str] = mapped_column(default="")
    survivor_told_on: Mapped[date | None] = mapped_column(default=None)
    next_contact_on: Mapped[date | None] = mapped_column(index=True, default=None)


class ContactParticipantRow(Record, kw_only=True):
    """A professional who took part in a contact."""

    __tablename__ = "contact_participant"
    kind: ClassVar[Kind] = Kind.CONTACT_PARTICIPANT
    contact_id: Mapped[str] = mapped_column(String(32), index=True)
    professional_id: Mapped[str] = mapped_column(String(32), index=True)


class ContactThemeRow(Record, kw_only=True):
    """A theme a contact was about."""

    __tablename__ = "contact_theme"
    kind: ClassVar[Kind] = Kind.CONTACT_THEME
    contact_id: Mapped[str] = mapped_column(String(32), index=True)
    theme: Mapped[str]


class SharingRow(Record, kw_only=True):
    """One category of information given to one recipient, and why that was allowed."""

    __tablename__ = "sharing"
    kind: ClassVar[Kind] = Kind.SHARING
    contact_id: Mapped[str] = mapped_column(String(32), index=True)
    professional_id: Mapped[str] = mapped_column(String(32), index=True)
    category: Mapped[str]
    basis: Mapped[str]
    method: Mapped[str] = mapped_column(default="")
    consent_id: Mapped[str | None] = mapped_column(String(32), default=None)
    override_reason: Mapped[str] = mapped_column(default="")
    survivor_told: Mapped[bool] = mapped_column(default=False)
