"""Rows of documents, reflections and accesses."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from imsa_desk.store.records.base import Record
from imsa_desk.vocab import Kind


class DocumentRow(Record, kw_only=True):
    """A document; its bytes are chunks found by `sha256`."""

    __tablename__ = "document"
    kind: ClassVar[Kind] = Kind.DOCUMENT
    searched: ClassVar[tuple[str, ...]] = ("title",)
    title: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    added_at: Mapped[datetime]
    author: Mapped[str]
    belongs_kind: Mapped[str] = mapped_column(default="")
    belongs_id: Mapped[str] = mapped_column(String(32), index=True, default="")


class ReflectionRow(Record, kw_only=True):
    """The advocate's own note; belongs to no case."""

    __tablename__ = "reflection"
    kind: ClassVar[Kind] = Kind.REFLECTION
    on: Mapped[date]
    reflection_kind: Mapped[str]
    author: Mapped[str]
    title: Mapped[str] = mapped_column(default="")
    text: Mapped[str] = mapped_column(default="")


class AccessRow(Record, kw_only=True):
    """Somebody unlocked, looked, printed or sent; never any content."""

    __tablename__ = "access"
    kind: ClassVar[Kind] = Kind.ACCESS
    access_kind: Mapped[str]
    at: Mapped[datetime]
    author: Mapped[str]
    subject_kind: Mapped[str] = mapped_column(default="")
    subject_id: Mapped[str] = mapped_column(default="")
    detail: Mapped[str] = mapped_column(default="")
