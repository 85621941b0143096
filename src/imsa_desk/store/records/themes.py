"""Rows of theme entries: the need in one theme on one day."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from imsa_desk.store.records.base import Record
from imsa_desk.vocab import Kind


class ThemeEntryRow(Record, kw_only=True):
    """A need level with notes; the newest in a theme is how it stands."""

    __tablename__ = "theme_entry"
    kind: ClassVar[Kind] = Kind.THEME_ENTRY
    searched: ClassVar[tuple[str, ...]] = ("notes", "next_step")
    theme: Mapped[str]
    on: Mapped[date]
    author: Mapped[str]
    need_level: Mapped[int | None] = mapped_column(default=None)
    not_discussed: Mapped[str] = mapped_column(default="")
    notes: Mapped[str] = mapped_column(default="")
    next_step: Mapped[str] = mapped_column(default="")
    source_kind: Mapped[str] = mapped_column(default="")
    source_id: Mapped[str] = mapped_column(String(32), default="")
