"""Rows of meetings, the themes they touched and who was there; and actions that followed."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from imsa_desk.store.records.base import Record
from imsa_desk.vocab import Kind


class MeetingRow(Record, kw_only=True):
    """A meeting with the survivor."""

    __tablename__ = "meeting"
    kind: ClassVar[Kind] = Kind.MEETING
    searched: ClassVar[tuple[str, ...]] = ("title", "place", "instruction", "notes", "opinion")
    at: Mapped[datetime] = mapped_column(index=True)
    recorded_at: Mapped[datetime]
    author: Mapped[str]
    how: Mapped[str]
    minutes: Mapped[int | None] = mapped_column(default=None)
    place: Mapped[str] = mapped_column(default="")
    title: Mapped[str] = mapped_column(default="")
    interpreter: Mapped[str] = mapped_column(default="")
    instruction: Mapped[str] = mapped_column(default="")
    instructed: Mapped[str] = mapped_column(default="")
    instructed_reason: Mapped[str] = mapped_column(default="")
    notes: Mapped[str] = mapped_column(default="")
    opinion: Mapped[str] = mapped_column(default="")
    evidence_discussed: Mapped[bool] = mapped_column(default=False)


class MeetingThemeRow(Record, kw_only=True):
    """A theme a meeting touched."""

    __tablename__ = "meeting_theme"
    kind: ClassVar[Kind] = Kind.MEETING_THEME
    meeting_id: Mapped[str] = mapped_column(String(32), index=True)
    theme: Mapped[str]


class MeetingAttendeeRow(Record, kw_only=True):
    """Somebody who was at a meeting."""

    __tablename__ = "meeting_attendee"
    kind: ClassVar[Kind] = Kind.MEETING_ATTENDEE
    meeting_id: Mapped[str] = mapped_column(String(32), index=True)
    name: Mapped[str]


class ActionRow(Record, kw_only=True):
    """Something agreed, by whoever is to do it."""

    __tablename__ = "action"
    kind: ClassVar[Kind] = Kind.ACTION
    searched: ClassVar[tuple[str, ...]] = ("text",)
    text: Mapped[str]
    owner: Mapped[str]
    state: Mapped[str]
    professional_id: Mapped[str | None] = mapped_column(String(32), index=True, default=None)
    due_on: Mapped[date | None] = mapped_column(index=True, default=None)
    agreed_on: Mapped[date | None] = mapped_column(default=None)
    done_on: Mapped[date | None] = mapped_column(default=None)
    theme: Mapped[str] = mapped_column(default="")
    source_kind: Mapped[str] = mapped_column(default="")
    source_id: Mapped[str] = mapped_column(String(32), index=True, default="")
    source_part: Mapped[str] = mapped_column(default="")
