"""Late changes on PostgreSQL: they wait at the organisation too, and follow what the new advocate decides."""

from __future__ import annotations

from pathlib import Path

from exchange_kit import new_case, new_meeting
from sqlalchemy import select
from taking_kit import World, sound, world

from imsa_desk.domain.ids import CaseId
from imsa_desk.services import late_changes, office
from imsa_desk.store.records import MeetingRow


def texts(met: World, case: CaseId) -> list[str]:
    with met.office.records.read() as session:
        rows = session.scalars(select(MeetingRow.notes).where(MeetingRow.case_id == case))
        return sorted(rows)


def test_the_office_follows_a_decision_and_its_undoing(tmp_path: Path, postgresql_url: str) -> None:
    with world(tmp_path / "met", postgresql_url) as met:
        a, b = met.arrive("A. Practice"), met.arrive("B. Practice")
        case = new_case(a, "Selam")
        new_meeting(a, case, "in time")
        met.deliver(a, case)
        met.hand_over(case, a, b)
        met.fetch(b)
        new_meeting(a, case, "late")
        met.deliver(a, case)
        met.fetch(b)
        assert texts(met, case) == ["in time"]
        (late,) = late_changes.waiting(b)
        late_changes.decide(b, case, late.writer, late.first, late.last, "taken", "It belongs here.")
        met.deliver(b, case)
        assert texts(met, case) == ["in time", "late"]
        late_changes.undo_decision(b, case, late.writer, late.first)
        met.deliver(b, case)
        assert texts(met, case) == ["in time"]
        late_changes.decide(b, case, late.writer, late.first, late.last, "taken", "After all.")
        met.deliver(b, case)
        assert texts(met, case) == ["in time", "late"]
        assert office.check(met.office).problems == ()
        sound(b)
