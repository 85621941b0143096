"""Verbs about reflection and supervision: notes outside every survivor's file."""

from __future__ import annotations

from sqlalchemy import select

from imsa_desk.domain.ids import ReflectionId
from imsa_desk.domain.learning import Reflection, ReflectionDraft
from imsa_desk.services.desk import Desk
from imsa_desk.services.typed import Typed
from imsa_desk.store.records import ReflectionRow

KINDS = ("reflection", "supervision")


def write_reflection(desk: Desk, draft: ReflectionDraft) -> ReflectionId:
    """Keep a note of the advocate's own; while private it never leaves this vault."""
    typed = Typed(desk.today())
    day = typed.day("on", draft.on or "today", "the day", past=True) or desk.today()
    text = typed.text("text", draft.text, needed="Write the note first.")
    if draft.kind not in KINDS:
        typed.wrong("kind", "Choose reflection or supervision.")
    title = typed.line("title", draft.title)
    typed.stop_if_wrong()
    row = ReflectionRow(
        on=day,
        reflection_kind=draft.kind,
        author=desk.actor.id,
        title=title,
        text=text,
        private=draft.private,
    )
    with desk.store.begin("write_reflection") as session:
        session.add(row)
    return ReflectionId(row.id)


def reflections(desk: Desk) -> tuple[Reflection, ...]:
    """Give the advocate's own notes, newest first."""
    with desk.store.read() as session:
        rows = session.scalars(
            select(ReflectionRow).where(ReflectionRow.deleted_at.is_(None)).order_by(ReflectionRow.on.desc())
        )
        return tuple(
            Reflection(ReflectionId(r.id), r.on, r.reflection_kind, r.title, r.text, r.private) for r in rows
        )
