"""Verbs about drafts: what stands in open editors, never journalled and never exported."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from imsa_desk.domain.drafts import Draft
from imsa_desk.services.desk import Desk
from imsa_desk.store.tables import draft as table


def save_draft(desk: Desk, draft: Draft) -> None:
    """Keep a draft in place of the one before for the same editor, subject and case, or of its own id."""
    place = (
        (table.c.editor == draft.editor)
        & (table.c.subject == draft.subject)
        & (table.c.case_id == draft.case_id)
    )
    with desk.store.begin("save_draft") as session:
        session.execute(delete(table).where(place | (table.c.id == draft.id)))
        session.execute(
            table.insert().values(
                id=draft.id,
                editor=draft.editor,
                case_id=draft.case_id,
                subject=draft.subject,
                title=draft.title,
                payload=draft.payload,
                cursor=draft.cursor,
                saved_at=draft.saved_at.isoformat(),
            )
        )


def drafts(desk: Desk) -> tuple[Draft, ...]:
    """Give every draft, the latest first."""
    with desk.store.read() as session:
        rows = session.execute(select(table).order_by(table.c.saved_at.desc()))
        return tuple(_value(row) for row in rows)


def draft(desk: Desk, editor: str, subject: str, case_id: str) -> Draft | None:
    """Give the draft of one editor, if there is one."""
    query = select(table).where(
        table.c.editor == editor, table.c.subject == subject, table.c.case_id == case_id
    )
    with desk.store.read() as session:
        row = session.execute(query).one_or_none()
        return None if row is None else _value(row)


def drop_draft(desk: Desk, draft_id: str) -> None:
    """Throw a draft away, after saving or because the person said so."""
    with desk.store.begin("drop_draft") as session:
        session.execute(delete(table).where(table.c.id == draft_id))


def _value(row: Any) -> Draft:
    return Draft(
        row.id,
        row.editor,
        row.case_id,
        row.subject,
        row.title,
        row.payload,
        row.cursor,
        datetime.fromisoformat(row.saved_at),
    )
