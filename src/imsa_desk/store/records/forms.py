"""Rows of the organisation's own forms, kept as the text they were taken in as."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from imsa_desk.store.records.base import Record
from imsa_desk.vocab import Kind


class FormRow(Record, kw_only=True):
    """One version of a form of the organisation's own. Belongs to no case; its text is never changed."""

    __tablename__ = "form"
    kind: ClassVar[Kind] = Kind.FORM
    form_id: Mapped[str]
    version: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64), index=True)
    title: Mapped[str]
    text: Mapped[str]
    origin: Mapped[str]
    added_at: Mapped[datetime]
    author: Mapped[str]
    retired_on: Mapped[date | None] = mapped_column(default=None)
