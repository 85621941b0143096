"""Verbs about the eight themes: note how one stands, see all eight, see one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from imsa_desk.domain.ids import CaseId, RecordId
from imsa_desk.domain.themes import LEVEL_WORDS, ThemeEntry, ThemeEntryDraft, ThemePage, ThemeTile
from imsa_desk.services.actions import OPEN, action_values
from imsa_desk.services.cases import case_row
from imsa_desk.services.desk import LOCAL, Desk
from imsa_desk.services.typed import Typed
from imsa_desk.store.records import (
    ActionRow,
    ContactRow,
    ContactThemeRow,
    MeetingRow,
    MeetingThemeRow,
    ThemeEntryRow,
)
from imsa_desk.vocab import NotDiscussed, Sensitivity, Theme


def note_theme(desk: Desk, draft: ThemeEntryDraft) -> RecordId:
    """Note how a theme stands on a day: a need level or why it was not discussed, notes, next step."""
    typed = Typed(desk.today())
    theme = typed.word("theme", Theme, draft.theme, "Choose a theme.")
    day = typed.day("on", draft.on or "today", "the day this was so", past=True) or desk.today()
    level = draft.need_level
    if level is not None and not 0 <= level < len(LEVEL_WORDS):
        typed.wrong("need_level", "Choose one of the five levels.")
    skipped = (
        typed.word("not_discussed", NotDiscussed, draft.not_discussed, "Choose why it was not discussed.")
        if draft.not_discussed
        else None
    )
    row = ThemeEntryRow(
        case_id=draft.case_id,
        theme=theme or "",
        on=day,
        author=desk.actor.id,
        need_level=level,
        not_discussed=skipped or "",
        notes=typed.text("notes", draft.notes),
        next_step=typed.line("next_step", draft.next_step),
    )
    if level is None and skipped is None and not row.notes.strip() and not row.next_step:
        typed.wrong("need_level", "Choose a level, say why it was not discussed, or write a note.")
    row.sensitivity = (
        typed.word("sensitivity", Sensitivity, draft.sensitivity, "Choose who may see this.") or "L2"
    )
    typed.stop_if_wrong()
    with desk.store.begin("note_theme") as session:
        case_row(session, draft.case_id)
        session.add(row)
    return RecordId(row.id)


def _entries(session: Session, case_id: str) -> list[ThemeEntryRow]:
    query = select(ThemeEntryRow).where(ThemeEntryRow.case_id == case_id, ThemeEntryRow.deleted_at.is_(None))
    return list(session.scalars(query.order_by(ThemeEntryRow.on.desc(), ThemeEntryRow.id)))


def _value(row: ThemeEntryRow) -> ThemeEntry:
    return ThemeEntry(
        RecordId(row.id),
        CaseId(row.case_id or ""),
        Theme(row.theme),
        row.on,
        row.need_level,
        NotDiscussed(row.not_discussed) if row.not_discussed else None,
        row.notes,
        row.next_step,
        row.author,
        row.source_kind,
        row.source_id,
        Sensitivity(row.sensitivity),
    )


def _says_level(entry: ThemeEntry) -> bool:
    return entry.need_level is not None or entry.not_discussed is not None


def _touched(desk: Desk, session: Session, case_id: str) -> dict[str, date]:
    """Give the day each theme was last worked on, in meetings and contacts that have been."""
    days: dict[str, date] = {}
    met = (
        select(MeetingThemeRow.theme, func.max(MeetingRow.at))
        .join(MeetingRow, MeetingRow.id == MeetingThemeRow.meeting_id)
        .where(
            MeetingRow.case_id == case_id,
            MeetingRow.at <= desk.now(),
            MeetingRow.deleted_at.is_(None),
            MeetingThemeRow.deleted_at.is_(None),
        )
        .group_by(MeetingThemeRow.theme)
    )
    spoke = (
        select(ContactThemeRow.theme, func.max(ContactRow.at))
        .join(ContactRow, ContactRow.id == ContactThemeRow.contact_id)
        .where(
            ContactRow.case_id == case_id,
            ContactRow.at <= desk.now(),
            ContactRow.deleted_at.is_(None),
            ContactThemeRow.deleted_at.is_(None),
        )
        .group_by(ContactThemeRow.theme)
    )
    for query in (met, spoke):
        for theme, at in session.execute(query):
            day = at.astimezone(LOCAL).date()
            days[theme] = max(day, days.get(theme, day))
    return days


def tiles(desk: Desk, case_id: CaseId) -> tuple[ThemeTile, ...]:
    """Give the eight themes of a case in order, each as it stands now and stood before."""
    with desk.store.read() as session:
        entries = [_value(r) for r in _entries(session, case_id)]
        touched = _touched(desk, session, case_id)
        actions = session.scalars(
            select(ActionRow)
            .where(ActionRow.case_id == case_id, ActionRow.state.in_(OPEN), ActionRow.deleted_at.is_(None))
            .order_by(ActionRow.due_on.is_(None), ActionRow.due_on)
        ).all()
        return tuple(_tile(theme, entries, touched, actions) for theme in Theme)


def _tile(
    theme: Theme, entries: list[ThemeEntry], touched: dict[str, date], actions: Sequence[ActionRow]
) -> ThemeTile:
    own = [e for e in entries if e.theme is theme]
    levels = [e for e in own if _says_level(e)]
    todo = [a for a in actions if a.theme == theme]
    step = next((e.next_step for e in own if e.next_step), "")
    days = [d for d in (touched.get(theme), own[0].on if own else None) if d]
    return ThemeTile(
        theme=theme,
        now=levels[0] if levels else None,
        before=levels[1] if len(levels) > 1 else None,
        last_touched=max(days, default=None),
        next_step=todo[0].text if todo else step,
        next_due=todo[0].due_on if todo else None,
        open_actions=len(todo),
    )


def theme_page(desk: Desk, case_id: CaseId, theme: Theme) -> ThemePage:
    """Give everything one theme's page shows."""
    tile = next(t for t in tiles(desk, case_id) if t.theme is theme)
    with desk.store.read() as session:
        entries = tuple(_value(r) for r in _entries(session, case_id) if r.theme == theme)
        rows = session.scalars(
            select(ActionRow).where(
                ActionRow.case_id == case_id, ActionRow.theme == theme, ActionRow.deleted_at.is_(None)
            )
        ).all()
        return ThemePage(tile, entries, action_values(session, desk, rows))


def entries_of(desk: Desk, case_id: CaseId) -> tuple[ThemeEntry, ...]:
    """Give every theme entry of a case, newest first."""
    with desk.store.read() as session:
        return tuple(_value(r) for r in _entries(session, case_id))
