"""What the journal and the search index add to saving a meeting, both sides durable in one vault."""

from __future__ import annotations

import tempfile
from pathlib import Path

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from benchmarks.figures import Figure, ratio, seconds, side_by_side
from imsa_desk.crypto.kdf import PRACTICE
from imsa_desk.domain.actions import ActionDraft
from imsa_desk.domain.cases import CaseDraft
from imsa_desk.domain.ids import CaseId, MeetingId, new_id
from imsa_desk.domain.meetings import MeetingDraft
from imsa_desk.domain.people import PersonDraft
from imsa_desk.services import vaults
from imsa_desk.services.cases import open_case
from imsa_desk.services.desk import Desk
from imsa_desk.services.meetings import log_meeting
from imsa_desk.store.records import ActionRow, MeetingAttendeeRow, MeetingRow, MeetingThemeRow
from imsa_desk.store.records.base import Record
from imsa_desk.vocab import OwnerKind, Theme

LIMIT = 3.0
NOTES = "We went through the letter from the council and agreed what to ask them. " * 20


def measure(full: bool) -> list[Figure]:
    """Save the same meeting in turn through the verb and as bare rows through the same engine."""
    with tempfile.TemporaryDirectory() as folder:
        desk, _ = vaults.create(
            Path(folder) / "vault", "bench", advocate_name="Bench", practice=True, params=PRACTICE
        )
        try:
            draft = _draft(open_case(desk, CaseDraft(person=PersonDraft(known_as="Bench"), nation="england")))
            rows = _rows_of(desk, log_meeting(desk, draft))
            works = (
                lambda: seconds(lambda: log_meeting(desk, draft)),
                lambda: _bare_insert(desk, [_copy(row) for row in rows]),
            )
            side_by_side(10, *works)
            ours, bare = side_by_side(2_000 if full else 150, *works)
        finally:
            vaults.lock(desk)
    return [ratio("saving a meeting / bare insert of its rows", LIMIT, ours, bare)]


def _draft(case_id: CaseId) -> MeetingDraft:
    return MeetingDraft(
        case_id=case_id,
        on="today",
        minutes="75",
        place="the library",
        title="Council letter",
        attendees=("an interpreter", "a housing officer"),
        themes=tuple(Theme)[:3],
        instruction="I want to stay near the school.",
        notes=NOTES,
        actions=(
            ActionDraft(text="Ask the council for the decision in writing", owner=OwnerKind.IMSA),
            ActionDraft(text="Find the tenancy papers", owner=OwnerKind.SURVIVOR),
        ),
    )


def _rows_of(desk: Desk, meeting_id: MeetingId) -> list[Record]:
    """Read back every row that saving the meeting wrote."""
    with desk.store.read() as session:
        rows: list[Record] = [session.get_one(MeetingRow, meeting_id)]
        rows += session.query(MeetingThemeRow).filter_by(meeting_id=meeting_id)
        rows += session.query(MeetingAttendeeRow).filter_by(meeting_id=meeting_id)
        rows += session.query(ActionRow).filter_by(source_id=meeting_id)
        session.expunge_all()  # kept as they are: leaving the session would empty them
    return rows


def _copy(row: Record) -> Record:
    """Make the same row anew under an id of its own."""
    names = [column.key for column in inspect(type(row)).column_attrs]
    return type(row)(**{name: getattr(row, name) for name in names} | {"id": new_id()})


def _bare_insert(desk: Desk, rows: list[Record]) -> float:
    """Time a plain session, which writes neither journal nor index; the guard is told to let it."""

    def insert() -> None:
        with Session(desk.store.engine) as session, session.begin():
            connection = session.connection()
            connection.info["projecting"] = True
            try:
                session.add_all(rows)
                session.flush()
            finally:
                connection.info.pop("projecting")

    return seconds(insert)
