"""The rows of what an organisation published, compared with a folder and brought up to it.

The id of a row follows from what it is, so that the same folder again finds what it wrote before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from imsa_desk.domain.forms import Form
from imsa_desk.domain.reference import AddedEntry, DirectoryEntry, ReferenceChange, Template, refused
from imsa_desk.errors import Problem
from imsa_desk.services.desk import LOCAL
from imsa_desk.services.office_opening import Office
from imsa_desk.services.reference import newest_rule
from imsa_desk.store.records import (
    FormRow,
    ListEntryRow,
    OrganisationRow,
    ProfessionalRow,
    RuleRow,
    TemplateRow,
)
from imsa_desk.store.records.base import Record

_Row = TypeVar("_Row", bound=Record)


@dataclass(slots=True)
class Edition:
    """What a folder holds, read and checked; None for what it says nothing of."""

    forms: list[tuple[str, Form, str]] | None = None
    lists: list[tuple[str, str, tuple[AddedEntry, ...]]] | None = None
    rules: list[tuple[str, str, str]] | None = None
    templates: list[tuple[str, Template]] | None = None
    directory: tuple[str, tuple[DirectoryEntry, ...]] | None = None
    problems: list[Problem] = field(default_factory=list)


def compared(office: Office, session: Session, edition: Edition, *, write: bool) -> Iterator[ReferenceChange]:
    """Give every difference between an edition and the rows that are there; with `write` make them agree."""
    keeper = _Keeper(office, session, write=write)
    yield from _forms(keeper, edition.forms)
    yield from _lists(keeper, edition.lists)
    yield from _rules(keeper, edition.rules)
    yield from _templates(keeper, edition.templates)
    if edition.directory is not None:
        yield from _organisations(keeper, *edition.directory)
        for entry in edition.directory[1]:
            yield from _professional(keeper, edition.directory[0], entry)


class _Keeper:
    """Compares what should be with the rows that are there, and writes the difference where it may."""

    def __init__(self, office: Office, session: Session, *, write: bool) -> None:
        self.session, self.office, self.write = session, office, write
        self.today = office.now().astimezone(LOCAL).date()

    def id_of(self, *parts: str) -> str:
        """Name a row by what it is, the same at every publishing of this organisation."""
        said = "\0".join((self.office.about.organisation, *(part.casefold() for part in parts)))
        return hashlib.sha256(said.encode()).hexdigest()[:32]

    def keep(self, row: Record, known: Record | None, names: tuple[str, ...]) -> str:
        """Add a row, or change the known one where it differs; say which, "" for neither."""
        if known is None:
            if self.write:
                self.session.add(row)
            return "new"
        if all(getattr(known, name) == getattr(row, name) for name in names):
            return ""
        for name in names:
            if self.write:
                setattr(known, name, getattr(row, name))
        return "changed"

    def own(self, kind: type[_Row]) -> list[_Row]:
        """Give the rows of a kind that are still in force."""
        return list(self.session.scalars(select(kind).where(kind.deleted_at.is_(None)).order_by(kind.id)))


def _forms(keeper: _Keeper, forms: list[tuple[str, Form, str]] | None) -> Iterator[ReferenceChange]:
    if forms is None:
        return
    there = set()
    for file, form, text in forms:
        row_id = keeper.id_of("form", form.id, str(form.version))
        known = keeper.session.get(FormRow, row_id)
        if known is not None and known.digest != form.digest:
            cure = f"Give it version {form.version + 1} or later: a version is never edited."
            raise refused(file, f"version {form.version} of “{form.id}” was published with other words", cure)
        there.add(row_id)
        row = FormRow(
            id=row_id,
            form_id=form.id,
            version=form.version,
            digest=form.digest,
            title=form.title,
            text=text,
            origin="toml",
            added_at=keeper.office.now(),
            author=keeper.office.vault.vault_id,
        )
        change = keeper.keep(row, known, ("retired_on", "deleted_at"))
        if change:
            yield ReferenceChange("form", f"{form.title}, version {form.version}", change, file)
    for one in keeper.own(FormRow):
        ours = one.author == keeper.office.vault.vault_id and one.retired_on is None
        # An older version stays, because reviews that answer it must open: only the newest is offered.
        newer = any(form.id == one.form_id and form.version >= one.version for _, form, _ in forms)
        if ours and one.id not in there and not newer:
            if keeper.write:
                one.retired_on = keeper.today
            yield ReferenceChange("form", f"{one.title}, version {one.version}", "ended", "forms")


def _lists(
    keeper: _Keeper, lists: list[tuple[str, str, tuple[AddedEntry, ...]]] | None
) -> Iterator[ReferenceChange]:
    if lists is None:
        return
    there = set()
    for file, name, added in lists:
        for one in added:
            row_id = keeper.id_of("list_entry", name, one.id)
            there.add(row_id)
            row = ListEntryRow(
                id=row_id,
                list_id=name,
                entry_id=one.id,
                label=one.label.strip(),
                valid_from=one.valid_from,
                valid_to=one.valid_to,
            )
            known = keeper.session.get(ListEntryRow, row_id)
            change = keeper.keep(row, known, ("label", "valid_from", "valid_to", "deleted_at"))
            if change:
                yield ReferenceChange("list entry", f"{name}: {one.label}", change, file)
    for kept in keeper.own(ListEntryRow):
        if kept.id not in there and (kept.valid_to is None or kept.valid_to > keeper.today):
            if keeper.write:
                kept.valid_to = keeper.today
            yield ReferenceChange("list entry", f"{kept.list_id}: {kept.label}", "ended", "lists")


def _rules(keeper: _Keeper, rules: list[tuple[str, str, str]] | None) -> Iterator[ReferenceChange]:
    if rules is None:
        return
    for file, name, text in rules:
        known, digest = newest_rule(keeper.session, name), hashlib.sha256(text.encode()).hexdigest()
        if known is not None and known.digest == digest:
            continue
        version = 1 + max(
            keeper.session.scalars(select(RuleRow.version).where(RuleRow.name == name)), default=0
        )
        row_id = keeper.id_of("rule", name, str(version))
        row = RuleRow(id=row_id, name=name, version=version, text=text, digest=digest)
        keeper.keep(row, None, ())
        yield ReferenceChange(
            "rule", f"{name}, version {version}", "new" if known is None else "changed", file
        )
    gone = [one for one in keeper.own(RuleRow) if one.name not in {name for _, name, _ in rules}]
    for one in gone if keeper.write else ():
        one.deleted_at, one.deleted_reason = keeper.office.now(), "no longer published"
    for name in sorted({one.name for one in gone}):
        yield ReferenceChange("rule", name, "ended", "rules")


def _templates(keeper: _Keeper, templates: list[tuple[str, Template]] | None) -> Iterator[ReferenceChange]:
    if templates is None:
        return
    there = set()
    for file, one in templates:
        row_id = keeper.id_of("template", one.name)
        there.add(row_id)
        row = TemplateRow(id=row_id, name=one.name, title=one.title, text=one.text)
        known = keeper.session.get(TemplateRow, row_id)
        change = keeper.keep(row, known, ("title", "text", "retired_on", "deleted_at"))
        if change:
            yield ReferenceChange("text", one.title, change, file)
    for kept in keeper.own(TemplateRow):
        if kept.id not in there and kept.retired_on is None:
            if keeper.write:
                kept.retired_on = keeper.today
            yield ReferenceChange("text", kept.title, "ended", "templates")


def _organisations(
    keeper: _Keeper, file: str, entries: tuple[DirectoryEntry, ...]
) -> Iterator[ReferenceChange]:
    """Keep every organisation named; one ends only by a line of its own that has no person."""
    named: dict[str, tuple[str, str, bool]] = {}
    for entry in entries:
        if entry.organisation:
            name, sector, gone = named.get(entry.organisation.casefold(), (entry.organisation, "", False))
            alone = not entry.name and entry.gone
            named[entry.organisation.casefold()] = name, sector or entry.sector, gone or alone
    for name, sector, gone in named.values():
        row_id = keeper.id_of("organisation", name)
        known = keeper.session.get(OrganisationRow, row_id)
        if gone and (known is None or known.deleted_at):
            continue
        row = OrganisationRow(id=row_id, name=name, sector=sector)
        row.deleted_at = keeper.office.now() if gone else None
        change = keeper.keep(row, known, ("name", "sector", "deleted_at"))
        if change:
            yield ReferenceChange("organisation", name, "ended" if gone else change, file)


def _professional(keeper: _Keeper, file: str, entry: DirectoryEntry) -> Iterator[ReferenceChange]:
    if not entry.name:
        return
    gone = keeper.office.now() if entry.gone else None
    organisation = keeper.id_of("organisation", entry.organisation) if entry.organisation else None
    row = ProfessionalRow(
        id=keeper.id_of("professional", entry.name, entry.organisation),
        name=entry.name,
        role=entry.role,
        organisation_id=organisation,
        phone=entry.phone,
        email=entry.email,
        secure_channel=entry.secure_channel,
        note=entry.note,
        deleted_at=gone,
    )
    known = keeper.session.get(ProfessionalRow, row.id)
    if gone and (known is None or known.deleted_at):
        return
    names = ("name", "role", "organisation_id", "phone", "email", "secure_channel", "note", "deleted_at")
    change = keeper.keep(row, known, names)
    if change:
        yield ReferenceChange("person", entry.name, "ended" if entry.gone else change, file)
