"""Who may write which case: what others write waits for the advocate who has it, and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from exchange_kit import new_case, new_meeting
from office_verbs_kit import Between, acknowledge, between, new_desk, notes_at
from sqlalchemy import select
from taking_kit import sound

from imsa_desk.domain.ids import CaseId
from imsa_desk.domain.lines import Line, Link
from imsa_desk.services import late_changes, office, office_cases, vaults
from imsa_desk.services.assignments import settle_standing, standing
from imsa_desk.services.desk import Desk
from imsa_desk.services.office import Office
from imsa_desk.services.office_caseload import givens_of
from imsa_desk.services.office_vaults import today_of
from imsa_desk.store.records import AddendumRow, LateDecisionRow, MeetingRow
from imsa_desk.store.tables import journal_body, journal_link
from imsa_desk.store.take_in import take_in
from imsa_desk.vocab import AssignmentWhy, LateDecision


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Between]:
    with between(tmp_path) as made:
        yield made


def hand_over(place: Between, why: AssignmentWhy, case: CaseId, **more: object) -> None:
    """Hand a case from A to B."""
    a, b = place.a.store.writer, place.b.store.writer
    office_cases.hand_over(place.office, [case], a, b, why, **more)  # type: ignore[arg-type]  # the caller says


def copied(giver: Desk, taker: Desk) -> None:
    """Get another vault's whole record as nobody should: from a copied file, say."""
    link, body = journal_link, journal_body
    joined = (link.c.writer == body.c.writer) & (link.c.seq == body.c.seq)
    query = select(link, body.c.body).join_from(link, body, joined).order_by(link.c.seq)
    with giver.store.read() as session:
        rows = session.execute(query.where(link.c.writer == giver.store.writer)).all()
    with taker.store.begin("copy") as session:
        take_in(session, taker.store.clock, [Line(Link(*row[:5]), row[5]) for row in rows])


def later(desk: Desk | Office, days: int) -> None:
    """Put a clock forward."""
    now = desk.now
    object.__setattr__(desk, "now", lambda: now() + timedelta(days=days))


def stray(desk: Desk, case: CaseId, notes: str) -> None:
    """Write a meeting as a changed program would, which asks nobody whose the case is."""
    closed, desk.store.closed_cases = desk.store.closed_cases, {}
    now = desk.now()
    with desk.store.begin("stray") as session:
        row = MeetingRow(
            case_id=case, at=now, recorded_at=now, author=desk.actor.id, how="phone", notes=notes
        )
        session.add(row)
    desk.store.closed_cases = closed


def decide(place: Between, case: CaseId, decision: LateDecision) -> None:
    """Let A decide about all that waits of a case."""
    for late in late_changes.waiting(place.a, case):
        late_changes.decide(place.a, case, late.writer, late.first, late.last, decision, "Seen")


def test_what_somebody_writes_in_a_case_they_never_had_waits_for_its_advocate(place: Between) -> None:
    case = new_case(place.a, "Abeba")
    place.deliver(place.a, case)
    own = new_case(place.b, "Own")
    new_meeting(place.b, own, "of their own")
    copied(place.a, place.b)
    stray(place.b, case, "by a stranger")
    place.deliver(place.b, own, case)
    assert notes_at(place.office) == {"of their own"}
    place.bring(place.a)
    assert notes_at(place.a) == set()
    assert any(
        "by a stranger" in words for late in late_changes.waiting(place.a, case) for words in late.what
    )
    stray(place.b, case, "again")
    place.deliver(place.b, case)
    assert notes_at(place.office) == {"of their own"}
    assert standing(place.a, case).may_write
    place.bring(place.a)
    decide(place, case, LateDecision.TAKEN)
    place.deliver(place.a, case)
    assert notes_at(place.office) == {"of their own", "by a stranger", "again"}
    sound(place.a)
    assert office.check(place.office).problems == ()


def test_after_a_cover_was_ended_its_later_entries_wait_and_the_earlier_count(place: Between) -> None:
    case = new_case(place.a, "Abeba")
    place.deliver(place.a, case)
    until = today_of(place.office) + timedelta(days=7)
    hand_over(place, AssignmentWhy.COVER, case, until=until, reason="Flu", without_them=True)
    place.bring(place.b)
    new_meeting(place.b, case, "while covering")
    place.deliver(place.b, case)
    office_cases.end_assignment(place.office, case, place.b.store.writer, "Back at work")
    new_meeting(place.b, case, "after the cover")
    place.deliver(place.b, case)
    assert notes_at(place.office) == {"while covering"}
    place.bring(place.a)
    assert notes_at(place.a) == {"while covering"} and late_changes.waiting(place.a, case)
    hand_over(place, AssignmentWhy.COVER, case, until=until, reason="Ill again", without_them=True)
    assert notes_at(place.office) == {"while covering", "after the cover"}
    assert office.check(place.office).problems == ()


def test_the_last_day_of_a_cover_is_the_offices_whatever_the_senders_clock_says(place: Between) -> None:
    case = new_case(place.a, "Abeba")
    place.deliver(place.a, case)
    hand_over(place, AssignmentWhy.COVER, case, until=today_of(place.office), reason="Flu", without_them=True)
    place.bring(place.b)
    new_meeting(place.b, case, "on the last day")
    place.deliver(place.b, case)
    later(place.office, 2)
    new_meeting(place.b, case, "dated back")
    place.deliver(place.b, case)
    assert notes_at(place.office) == {"on the last day"}
    place.bring(place.a)
    assert notes_at(place.a) == {"on the last day"} and late_changes.waiting(place.a, case)
    later(place.a, 2)
    settle_standing(place.a)
    decide(place, case, LateDecision.TAKEN)
    assert notes_at(place.a) == {"on the last day", "dated back"}


def test_a_supervisor_adds_only_to_cases_they_were_given_and_decides_nothing(
    place: Between, tmp_path: Path
) -> None:
    case = new_case(place.a, "Abeba")
    place.deliver(place.a, case)
    hand_over(place, AssignmentWhy.ABSENCE, case, reason="In hospital")
    new_meeting(place.a, case, "late")
    place.deliver(place.a, case)
    desk = new_desk(tmp_path, "S", place.office, role="supervisor")
    try:
        supervise(place, case, desk)
        place.bring(desk)
        add(desk, _addendum(desk, case), _decision(desk, case, place.a.store.writer))
        place.deliver(desk, case)
        assert notes_at(place.office) == set() and addenda(place.office) == 1
        later(place.office, 2)
        add(desk, _addendum(desk, case))
        place.deliver(desk, case)
        assert addenda(place.office) == 1
        supervise(place, case, desk)
        assert addenda(place.office) == 2
        place.bring(place.b)
        assert notes_at(place.b) == set() and late_changes.waiting(place.b, case)
    finally:
        vaults.lock(desk)


def supervise(place: Between, case: CaseId, desk: Desk) -> None:
    """Let a supervisor read a case for today."""
    until, why = today_of(place.office), AssignmentWhy.SUPERVISION
    office_cases.assign(place.office, [case], desk.store.writer, why, until=until, reason="Review")


def add(desk: Desk, *rows: AddendumRow | LateDecisionRow) -> None:
    """Write something to a case."""
    with desk.store.begin("add") as session:
        session.add_all(rows)


def addenda(office: Office) -> int:
    """Count the addenda that count."""
    with office.records.read() as session:
        return len(session.query(AddendumRow).all())


def _addendum(desk: Desk, case: CaseId) -> AddendumRow:
    at = desk.now()
    return AddendumRow(
        case_id=case, assessment_id="0" * 32, what="addition", text="So", author=desk.actor.id, written_at=at
    )


def _decision(desk: Desk, case: CaseId, writer: str) -> LateDecisionRow:
    return LateDecisionRow(
        case_id=case, writer=writer, first=1, last=999, decision="taken", author="x", decided_at=desk.now(),
        reason="Mine",
    )  # fmt: skip


def test_giving_a_case_to_the_one_who_has_it_writes_nothing(place: Between) -> None:
    case = new_case(place.a, "Abeba")
    place.deliver(place.a, case)
    given = office_cases.assign(place.office, [case], place.a.store.writer, AssignmentWhy.OWN, reason="x")
    with place.office.records.read() as session:
        assert given == () and givens_of(session, [case]) == {}
    assert office_cases.assign(place.office, [case], place.b.store.writer, AssignmentWhy.OWN) == (case,)
    assert office_cases.assign(place.office, [case], place.b.store.writer, AssignmentWhy.OWN) == ()


def test_a_former_advocate_learns_that_a_case_went_on_and_nothing_of_later(
    place: Between, tmp_path: Path
) -> None:
    case = new_case(place.a, "Abeba")
    place.deliver(place.a, case)
    hand_over(place, AssignmentWhy.ABSENCE, case, reason="KNOWN")
    third = new_desk(tmp_path, "C", place.office)
    try:
        place.bring(place.a)
        acknowledge(place.office, place.a)
        b, c = place.b.store.writer, third.store.writer
        office_cases.hand_over(place.office, [case], b, c, AssignmentWhy.ABSENCE, reason="LATERWORDS")
        place.send_out(place.a)
        for file in place.send_out(place.a, again=True):
            place.take(place.a, file.name)
    finally:
        vaults.lock(third)
    with place.a.store.read() as session:
        texts = "\n".join(text or "" for text in session.scalars(select(journal_body.c.body)))
    assert "KNOWN" in texts and "LATERWORDS" not in texts
    assert not standing(place.a, case).may_write
