"""Verbs about meetings: log one, change it, list them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from imsa_desk.domain.ids import CaseId, MeetingId
from imsa_desk.domain.meetings import Meeting, MeetingDraft
from imsa_desk.errors import Refused
from imsa_desk.services.actions import actions_from, attach, not_there_yet, read_actions
from imsa_desk.services.cases import case_row
from imsa_desk.services.collections import restrict_alike, set_rows
from imsa_desk.services.desk import Desk
from imsa_desk.services.typed import Typed, same_minute
from imsa_desk.store.records import ActionRow, DocumentRow, MeetingAttendeeRow, MeetingRow, MeetingThemeRow
from imsa_desk.vocab import ContactType, Instructed, Kind, Sensitivity, Theme

NO_MEETING = "This meeting is not in this vault."
_BELOW = (
    (MeetingThemeRow, MeetingThemeRow.meeting_id),
    (MeetingAttendeeRow, MeetingAttendeeRow.meeting_id),
    (ActionRow, ActionRow.source_id),
    (DocumentRow, DocumentRow.belongs_id),
)
"""What belongs to a meeting and is at least as restricted as it."""


def log_meeting(desk: Desk, draft: MeetingDraft) -> MeetingId:
    """Log a meeting with its themes, people and actions; shown as late when written days after."""
    typed = Typed(desk.today())
    row = MeetingRow(
        at=desk.now(), recorded_at=desk.now(), author=desk.actor.id, how="", case_id=draft.case_id
    )
    _write(desk, row, draft, typed)
    themes = typed.words("themes", Theme, draft.themes)
    actions = read_actions(typed, draft.actions)
    typed.stop_if_wrong()
    with desk.store.begin("log_meeting") as session:
        case_row(session, draft.case_id)
        session.add(row)
        session.add_all([_theme(row, theme) for theme in themes])
        session.add_all([_attendee(row, name) for name in _names(typed, draft)])
        session.add_all(attach(actions, draft.case_id, Kind.MEETING, row.id, row.sensitivity))
    return MeetingId(row.id)


def _write(desk: Desk, row: MeetingRow, draft: MeetingDraft, typed: Typed) -> None:
    at = typed.moment(draft.on, draft.time, "the date of the meeting", desk.now())
    if at is not None and not same_minute(at, row.at):
        row.at = at
    row.how = typed.word("how", ContactType, draft.how, "Choose how you met.") or ""
    row.minutes = typed.minutes("minutes", draft.minutes)
    row.place = typed.line("place", draft.place)
    row.title = typed.line("title", draft.title)
    row.interpreter = typed.line("interpreter", draft.interpreter)
    row.instruction = typed.text("instruction", draft.instruction)
    row.instructed = (
        typed.word("instructed", Instructed, draft.instructed, "Say whether the person asked for this.") or ""
    )
    row.instructed_reason = typed.text("instructed_reason", draft.instructed_reason)
    row.notes = typed.text("notes", draft.notes)
    row.opinion = typed.text("opinion", draft.opinion)
    row.evidence_discussed = draft.evidence_discussed
    row.sensitivity = (
        typed.word("sensitivity", Sensitivity, draft.sensitivity, "Choose who may see this.")
        or row.sensitivity
    )
    if not (row.notes.strip() or row.title or row.instruction.strip()):
        typed.wrong("notes", "Write what happened, or at least a title.")


def _names(typed: Typed, draft: MeetingDraft) -> list[str]:
    return [name for a in draft.attendees if (name := typed.line("attendees", a))]


def _theme(row: MeetingRow, theme: str) -> MeetingThemeRow:
    return MeetingThemeRow(case_id=row.case_id, meeting_id=row.id, theme=theme, sensitivity=row.sensitivity)


def _attendee(row: MeetingRow, name: str) -> MeetingAttendeeRow:
    return MeetingAttendeeRow(case_id=row.case_id, meeting_id=row.id, name=name, sensitivity=row.sensitivity)


def change_meeting(desk: Desk, meeting_id: MeetingId, draft: MeetingDraft) -> MeetingId:
    """Change a meeting; what it said before stays in its history. New actions are added, old ones kept."""
    typed = Typed(desk.today())
    with desk.store.begin("change_meeting") as session:
        row = _row(session, meeting_id)
        level = row.sensitivity
        _write(desk, row, draft, typed)
        themes = typed.words("themes", Theme, draft.themes)
        actions = read_actions(typed, draft.actions)
        typed.stop_if_wrong()
        _set_collections(desk, session, row, themes, _names(typed, draft))
        fresh = not_there_yet(session, row.id, actions)
        session.add_all(attach(fresh, row.case_id or "", Kind.MEETING, row.id, row.sensitivity))
        restrict_alike(session, row, level, _BELOW)
    return meeting_id


def _set_collections(
    desk: Desk, session: Session, row: MeetingRow, themes: Sequence[str], names: Sequence[str]
) -> None:
    set_rows(
        session,
        session.scalars(select(MeetingThemeRow).where(MeetingThemeRow.meeting_id == row.id)).all(),
        themes,
        lambda r: r.theme,
        lambda theme: _theme(row, theme),
        desk.now(),
    )
    set_rows(
        session,
        session.scalars(select(MeetingAttendeeRow).where(MeetingAttendeeRow.meeting_id == row.id)).all(),
        names,
        lambda r: r.name,
        lambda name: _attendee(row, name),
        desk.now(),
    )


def delete_meeting(desk: Desk, meeting_id: MeetingId, reason: str) -> None:
    """Remove a meeting from the case with a reason; it stays in history and can be brought back."""
    with desk.store.begin("delete_meeting", reason=reason) as session:
        row = _row(session, meeting_id)
        row.deleted_at, row.deleted_reason = desk.now(), reason


def _row(session: Session, meeting_id: str) -> MeetingRow:
    row = session.get(MeetingRow, meeting_id)
    if row is None or row.deleted_at is not None:
        raise Refused(NO_MEETING)
    return row


def meeting(desk: Desk, meeting_id: MeetingId) -> Meeting:
    """Give one meeting."""
    with desk.store.read() as session:
        return _values(desk, session, [_row(session, meeting_id)])[0]


def meetings_of(desk: Desk, case_id: CaseId, limit: int = 2_000) -> tuple[Meeting, ...]:
    """Give the meetings of a case, newest first."""
    with desk.store.read() as session:
        rows = session.scalars(
            select(MeetingRow)
            .where(MeetingRow.case_id == case_id, MeetingRow.deleted_at.is_(None))
            .order_by(MeetingRow.at.desc())
            .limit(limit)
        ).all()
        return _values(desk, session, rows)


def _values(desk: Desk, session: Session, rows: Sequence[MeetingRow]) -> tuple[Meeting, ...]:
    ids = [r.id for r in rows]
    themes: dict[str, list[Theme]] = {i: [] for i in ids}
    for t in session.scalars(select(MeetingThemeRow).where(MeetingThemeRow.meeting_id.in_(ids))):
        if t.deleted_at is None:
            themes[t.meeting_id].append(Theme(t.theme))
    people: dict[str, list[str]] = {i: [] for i in ids}
    for a in session.scalars(select(MeetingAttendeeRow).where(MeetingAttendeeRow.meeting_id.in_(ids))):
        if a.deleted_at is None:
            people[a.meeting_id].append(a.name)
    actions = actions_from(session, desk, ids)
    return tuple(
        Meeting(
            id=MeetingId(r.id),
            case_id=CaseId(r.case_id or ""),
            at=r.at,
            minutes=r.minutes,
            how=ContactType(r.how),
            place=r.place,
            title=r.title,
            interpreter=r.interpreter,
            attendees=tuple(sorted(set(people[r.id]))),
            themes=tuple(sorted(set(themes[r.id]))),
            instruction=r.instruction,
            instructed=Instructed(r.instructed),
            instructed_reason=r.instructed_reason,
            notes=r.notes,
            opinion=r.opinion,
            evidence_discussed=r.evidence_discussed,
            author=r.author,
            recorded_at=r.recorded_at,
            sensitivity=Sensitivity(r.sensitivity),
            actions=actions[r.id],
        )
        for r in rows
    )
