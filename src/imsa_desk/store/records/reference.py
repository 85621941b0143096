"""Rows of the organisation's reference data beside forms and the directory; only the office writes them."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from imsa_desk.store.records.base import Record
from imsa_desk.vocab import Kind


class ListEntryRow(Record, kw_only=True):
    """An entry that the organisation adds to a list."""

    __tablename__ = "list_entry"
    kind: ClassVar[Kind] = Kind.LIST_ENTRY
    list_id: Mapped[str] = mapped_column(index=True)
    entry_id: Mapped[str]
    label: Mapped[str]
    valid_from: Mapped[date | None] = mapped_column(default=None)
    valid_to: Mapped[date | None] = mapped_column(default=None)


class RuleRow(Record, kw_only=True):
    """A rule file of the organisation (its name is that of the shipped file); the newest version counts."""

    __tablename__ = "rule"
    kind: ClassVar[Kind] = Kind.RULE
    name: Mapped[str]
    version: Mapped[int]
    text: Mapped[str]
    digest: Mapped[str] = mapped_column(String(64))


class TemplateRow(Record, kw_only=True):
    """A text of the organisation to begin an entry with."""

    __tablename__ = "template"
    kind: ClassVar[Kind] = Kind.TEMPLATE
    name: Mapped[str]
    title: Mapped[str]
    text: Mapped[str]
    retired_on: Mapped[date | None] = mapped_column(default=None)
