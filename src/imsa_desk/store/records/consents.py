"""Rows of consents: who may be told what, for which purpose."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from imsa_desk.store.records.base import Record
from imsa_desk.vocab import Kind


class ConsentRow(Record, kw_only=True):
    """What a survivor agreed to; withdrawn rather than removed."""

    __tablename__ = "consent"
    kind: ClassVar[Kind] = Kind.CONSENT
    recipient_kind: Mapped[str]
    recipient_id: Mapped[str]
    purpose: Mapped[str]
    given_how: Mapped[str]
    valid_from: Mapped[date]
    author: Mapped[str]
    scope_note: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="")
    explained: Mapped[str] = mapped_column(default="")
    in_their_words: Mapped[str] = mapped_column(default="")
    review_on: Mapped[date | None] = mapped_column(default=None)
    withdrawn_on: Mapped[date | None] = mapped_column(default=None)
    withdrawn_how: Mapped[str] = mapped_column(default="")
    consequences_explained: Mapped[bool] = mapped_column(default=False)
    capacity_concern: Mapped[str] = mapped_column(default="")


class ConsentCategoryRow(Record, kw_only=True):
    """A category of information a consent covers."""

    __tablename__ = "consent_category"
    kind: ClassVar[Kind] = Kind.CONSENT_CATEGORY
    consent_id: Mapped[str] = mapped_column(String(32), index=True)
    category: Mapped[str]
