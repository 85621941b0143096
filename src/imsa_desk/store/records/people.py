"""Rows of people: the person, other names, languages, nationalities, safe contact."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from imsa_desk.store.records.base import Record
from imsa_desk.vocab import Kind


class AdvocateRow(Record, kw_only=True):
    """An advocate, so that authorship travels with the record."""

    __tablename__ = "advocate"
    kind: ClassVar[Kind] = Kind.ADVOCATE
    name: Mapped[str]
    organisation: Mapped[str] = mapped_column(default="")


class PersonRow(Record, kw_only=True):
    """A person; other names are rows of `person_name`."""

    __tablename__ = "person"
    kind: ClassVar[Kind] = Kind.PERSON
    searched: ClassVar[tuple[str, ...]] = ("known_as", "known_as_script")
    known_as: Mapped[str]
    known_as_script: Mapped[str] = mapped_column(default="")
    pronouns: Mapped[str] = mapped_column(default="")
    born: Mapped[str] = mapped_column(default="")
    born_approximate: Mapped[bool] = mapped_column(default=False)
    age_disputed: Mapped[bool] = mapped_column(default=False)
    gender: Mapped[str] = mapped_column(default="")
    ethnicity: Mapped[str] = mapped_column(default="")
    religion: Mapped[str] = mapped_column(default="")
    literacy: Mapped[str] = mapped_column(default="")
    adjustments: Mapped[str] = mapped_column(default="")
    interpreter_needed: Mapped[bool] = mapped_column(default=False)
    interpreter_gender: Mapped[str] = mapped_column(default="")
    interpreter_note: Mapped[str] = mapped_column(default="")


class PersonNameRow(Record, kw_only=True):
    """Another name: legal (restricted), alias, as in papers."""

    __tablename__ = "person_name"
    kind: ClassVar[Kind] = Kind.PERSON_NAME
    searched: ClassVar[tuple[str, ...]] = ("name",)
    person_id: Mapped[str] = mapped_column(String(32), index=True)
    name_kind: Mapped[str]
    name: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    used_from: Mapped[str] = mapped_column(default="")
    used_to: Mapped[str] = mapped_column(default="")


class PersonLanguageRow(Record, kw_only=True):
    """A language the person speaks."""

    __tablename__ = "person_language"
    kind: ClassVar[Kind] = Kind.PERSON_LANGUAGE
    person_id: Mapped[str] = mapped_column(String(32), index=True)
    language: Mapped[str]
    dialect: Mapped[str] = mapped_column(default="")
    preferred: Mapped[bool] = mapped_column(default=False)


class PersonNationalityRow(Record, kw_only=True):
    """A nationality of the person."""

    __tablename__ = "person_nationality"
    kind: ClassVar[Kind] = Kind.PERSON_NATIONALITY
    person_id: Mapped[str] = mapped_column(String(32), index=True)
    nationality: Mapped[str]


class SafeContactRow(Record, kw_only=True):
    """What is safe on one channel."""

    __tablename__ = "safe_contact"
    kind: ClassVar[Kind] = Kind.SAFE_CONTACT
    searched: ClassVar[tuple[str, ...]] = ("address",)
    person_id: Mapped[str] = mapped_column(String(32), index=True)
    channel: Mapped[str]
    safe: Mapped[str]
    address: Mapped[str] = mapped_column(default="")
    when: Mapped[str] = mapped_column(default="")
    who_else_can_see: Mapped[str] = mapped_column(default="")
    ok_voicemail: Mapped[bool] = mapped_column(default=False)
    say_we_are: Mapped[str] = mapped_column(default="")
    code_word: Mapped[str] = mapped_column(default="")
    number_withheld: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(default="")
    last_confirmed: Mapped[date | None] = mapped_column(default=None)
