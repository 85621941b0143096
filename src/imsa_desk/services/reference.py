"""Verbs about what the organisation published: which lists, rules and texts are in force on a Desk.

The organisation's rows come in with its bundles and belong to no case. Added list entries stand at the end
of their list, a rule takes the place of the shipped one of its name, the newest version first.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from imsa_desk.domain.forms import read_form
from imsa_desk.domain.lists import Entry, Lists
from imsa_desk.domain.reference import Origin, Template, check_rule
from imsa_desk.errors import ImsaError, Problem, Refused
from imsa_desk.services.desk import LOCAL, Desk
from imsa_desk.services.joining import office_of
from imsa_desk.services.lists import shipped_lists
from imsa_desk.store.records import FormRow, ListEntryRow, RuleRow, TemplateRow
from imsa_desk.store.store import Store
from imsa_desk.store.tables import journal_body
from imsa_desk.vocab import Kind

REFERENCE = frozenset({Kind.FORM, Kind.LIST_ENTRY, Kind.RULE, Kind.TEMPLATE})
"""The kinds of record that are checked, and put in force, as an edition."""
_CURE = "Ask the organisation to publish it again; nothing of this edition was taken in."
_SHIPPED = "came with the program"


def lists_of(store: Store) -> Lists:
    """Give the lists in force in a vault: the shipped ones and what the organisation added."""
    with store.read() as session:
        added = _added(session)
    # A copy, because what is added later must not reach another vault opened by the same program.
    return shipped_lists().with_entries(added) if added else shipped_lists().copy()


def put_in_force(desk: Desk) -> None:
    """Let everybody who holds the Desk's lists see what was taken in."""
    desk.lists.become(lists_of(desk.store))


def _added(session: Session) -> dict[str, list[Entry]]:
    query = select(ListEntryRow).where(ListEntryRow.deleted_at.is_(None))
    found: dict[str, list[Entry]] = {}
    for row in session.scalars(query.order_by(ListEntryRow.list_id, ListEntryRow.label, ListEntryRow.id)):
        entry = Entry(row.entry_id, row.label, row.valid_from, row.valid_to)
        found.setdefault(row.list_id, []).append(entry)
    return found


def rule_text(session: Session, name: str) -> str | None:
    """Give the organisation's newest rule of a name; None where the shipped one is in force."""
    row = newest_rule(session, name)
    return None if row is None else row.text


def newest_rule(session: Session, name: str) -> RuleRow | None:
    """Give the row of the organisation's newest rule of a name."""
    query = select(RuleRow).where(RuleRow.name == name, RuleRow.deleted_at.is_(None))
    return session.scalars(query.order_by(RuleRow.version.desc(), RuleRow.id).limit(1)).first()


def templates(desk: Desk) -> tuple[Template, ...]:
    """Give the organisation's texts to begin an entry with, by title; retired ones are left out."""
    with desk.store.read() as session:
        rows = session.scalars(_texts())
        return tuple(Template(row.name, row.title, row.text) for row in rows)


def check_reference(session: Session) -> None:
    """Refuse, within the act that takes an edition in, what could not be used afterwards.

    Raises Refused (E_REFERENCE) naming every broken part and the cure; the caller's act ends with it, so
    nothing of the edition stays.
    """
    problems = [*_broken_forms(session), *_broken_rules(session), *_broken_lists(session)]
    for row in session.scalars(select(TemplateRow).where(TemplateRow.deleted_at.is_(None))):
        if not row.title.strip() or not row.text.strip():
            problems.append(Problem(row.name, f"templates/{row.name}.toml is empty. {_CURE}"))
    if problems:
        raise Refused(problems, code="E_REFERENCE")


def _broken_forms(session: Session) -> list[Problem]:
    problems = []
    rows = session.scalars(select(FormRow).where(FormRow.deleted_at.is_(None), FormRow.retired_on.is_(None)))
    for row in rows:
        file = f"forms/{row.form_id}.toml"
        try:
            form = read_form(row.text.encode("utf-8"), file, own=True)
        except ImsaError as error:
            problems.append(Problem(file, f"{error.message} {_CURE}"))
            continue
        if (form.id, form.version, form.digest) != (row.form_id, row.version, row.digest):
            problems.append(Problem(file, f"{file} is not the form it is said to be. {_CURE}"))
    return problems


def _broken_rules(session: Session) -> list[Problem]:
    problems = []
    for row in session.scalars(select(RuleRow).where(RuleRow.deleted_at.is_(None))):
        newest = newest_rule(session, row.name)
        if newest is not None and newest.id == row.id:
            try:
                check_rule(row.text, row.name, f"rules/{row.name}.toml")
            except Refused as error:
                problems.append(Problem(row.name, f"{error.message} {_CURE}"))
    return problems


def _broken_lists(session: Session) -> list[Problem]:
    rows = session.scalars(select(ListEntryRow).where(ListEntryRow.deleted_at.is_(None)))
    return [
        Problem(row.list_id, f"lists/{row.list_id}.toml changes or empties the entry {row.entry_id}. {_CURE}")
        for row in rows
        if not row.label.strip() or shipped_lists().has(row.list_id, row.entry_id)
    ]


def origins(desk: Desk) -> tuple[Origin, ...]:
    """Say where what is in force comes from: shipped, or published by the organisation, and since when."""
    with desk.store.read() as session:
        office = office_of(session)
        who = f"published by {office.name if office is not None else 'your organisation'}"
        found = _form_origins(desk, session, who) + _rule_origins(session, who)
        for list_id, entries in _added(session).items():
            words = f"{len(entries)} added: {', '.join(entry.label for entry in entries[:5])}"
            rows = select(ListEntryRow.id).where(ListEntryRow.list_id == list_id)
            found.append(Origin("list", list_id, words, who, True, _since(session, rows)))
        for one in session.scalars(_texts()):
            found.append(Origin("text", one.title, one.name, who, True, _since(session, [one.id])))
    return tuple(found)


def published(desk: Desk) -> tuple[Origin, ...]:
    """Say what of it the organisation published."""
    return tuple(one for one in origins(desk) if one.published)


def _since(session: Session, records: Any) -> date | None:
    """Give the day of the newest line of some records that is here with its content."""
    table = journal_body.c
    query = select(table.body).where(table.record.in_(records), table.body.is_not(None))
    body = session.execute(query.order_by(table.seq.desc()).limit(1)).scalar_one_or_none()
    return None if body is None else datetime.fromisoformat(json.loads(body)["at"]).astimezone(LOCAL).date()


def _form_origins(desk: Desk, session: Session, who: str) -> list[Origin]:
    found = [Origin("form", form.id, f"version {form.version}", _SHIPPED) for form in desk.forms.newest()]
    query = select(FormRow).where(FormRow.deleted_at.is_(None), FormRow.retired_on.is_(None))
    rows = session.scalars(query.order_by(FormRow.form_id, FormRow.version))
    for row in {row.form_id: row for row in rows}.values():
        mine, version = row.author == desk.actor.id, f"version {row.version}"
        source = "added in this vault" if mine else who
        found.append(Origin("form", row.form_id, version, source, not mine, _since(session, [row.id])))
    return found


def _rule_origins(session: Session, who: str) -> list[Origin]:
    found = []
    for name in ("protocol", "retention", "review_cycle"):
        row = newest_rule(session, name)
        if row is None:
            found.append(Origin("rule", name, "", _SHIPPED))
        else:
            since = _since(session, [row.id])
            found.append(Origin("rule", name, f"version {row.version}", who, True, since))
    return found


def _texts() -> Select[TemplateRow]:
    query = select(TemplateRow).where(TemplateRow.deleted_at.is_(None), TemplateRow.retired_on.is_(None))
    return query.order_by(TemplateRow.title, TemplateRow.id)
