"""Conflicts: found, worded, settled one way or a third, undone, and left alone where they are sealed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from assessment_kit import draft, ready
from conflict_kit import OFFICE, change, give, lines_of, meet, proposal, second_laptop, torn_tier
from desk_kit import Clock, meeting_draft, open_case
from sqlalchemy import select

from imsa_desk.domain.conflicts import Conflict, Seal, Shape, Why
from imsa_desk.domain.people import SafeContactDraft
from imsa_desk.errors import Refused
from imsa_desk.services import assessments, cases, conflicts, history, meetings, people, search
from imsa_desk.services.conflicts_settled import choose_again, settled
from imsa_desk.services.desk import Desk
from imsa_desk.store.journal import Closed
from imsa_desk.store.project import differences
from imsa_desk.store.records import (
    AnswerRow,
    CaseRow,
    ConsentRow,
    MeetingRow,
    PersonRow,
    SafeContactRow,
)
from imsa_desk.store.store import Store


@pytest.fixture
def other(desk: Desk, fresh_vault: Path, tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    with second_laptop(desk, tmp_path / "other", fresh_vault, clock) as opened:
        yield opened


def only(desk: Desk) -> Conflict:
    found = conflicts.conflicts(desk)
    assert len(found) == conflicts.count(desk) == 1
    return found[0]


def whole(store: Store) -> None:
    with store.read() as session:
        assert differences(session.connection()) == []


def test_two_values_stand_side_by_side_with_who_and_when(desk: Desk, other: Desk) -> None:
    case_id = torn_tier(desk, other)
    found = only(desk)
    assert (found.record, found.field, found.label, found.shape) == (case_id, "tier", "Tier", Shape.LIST)
    assert {(side.author, side.value) for side in found.sides} == {
        ("Ann Practice", "t1"),
        ("Ben Practice", "t2"),
    }
    assert {side.words for side in found.sides} == {desk.lists.label("tier", t) for t in ("t1", "t2")}
    assert [side.shown for side in found.sides].count(True) == 1
    assert (found.case_code, found.person) == (cases.case_head(desk, case_id).code, "Selam")
    assert only(other).seen == found.seen
    assert conflicts.count(desk, case_id) == 1
    assert conflicts.conflicts(desk, open_case(desk, "Hana")) == ()


def test_keeping_what_is_shown_already_settles_it_on_both_sides(desk: Desk, other: Desk) -> None:
    case_id = torn_tier(desk, other)
    found = only(desk)
    shown = next(side for side in found.sides if side.shown)
    conflicts.settle(desk, case_id, "tier", keep=shown.line, seen=found.seen)
    assert conflicts.count(desk) == 0
    meet(desk, other)
    assert conflicts.count(other) == 0
    assert {cases.case_head(side, case_id).tier for side in (desk, other)} == {shown.value}
    whole(desk.store)
    whole(other.store)


def test_a_third_value_settles_it_and_one_that_the_field_does_not_hold_is_refused(
    desk: Desk, other: Desk
) -> None:
    case_id = torn_tier(desk, other)
    for wrong in ("t9", "", None):
        with pytest.raises(Refused):
            conflicts.settle(desk, case_id, "tier", value=wrong)
    conflicts.settle(desk, case_id, "tier", value="t3")
    assert cases.case_head(desk, case_id).tier == "t3"
    with pytest.raises(Refused) as again:
        conflicts.settle(desk, case_id, "tier", value="t2")
    assert again.value.code == "E_SETTLED"


def test_undoing_makes_both_stand_again_with_their_own_authors_and_dates(desk: Desk, other: Desk) -> None:
    case_id = torn_tier(desk, other)
    before = only(desk)
    for value in ("t1", "t2", "t3"):
        keep = next((side.line for side in only(desk).sides if side.value == value), None)
        act = conflicts.settle(desk, case_id, "tier", keep=keep, value=value)
        assert [one.act_id for one in settled(desk)] == [act]
        history.undo(desk, act)
        again = only(desk)
        parts = [(s.value, s.author, s.at, s.shown, s.own) for s in again.sides]
        assert parts == [(s.value, s.author, s.at, s.shown, s.own) for s in before.sides]
        assert settled(desk) == ()
    meet(desk, other)
    assert conflicts.count(other) == 1
    whole(other.store)


def test_an_ordinary_change_settles_on_the_way_and_is_listed_to_choose_again(desk: Desk, other: Desk) -> None:
    case_id = torn_tier(desk, other)
    change(desk, CaseRow, case_id, tier="t3")
    assert conflicts.count(desk) == 0
    listed = settled(desk)
    assert [(one.on_the_way, one.labels, one.words) for one in listed] == [
        (True, ("Tier",), desk.lists.label("tier", "t3"))
    ]
    choose_again(desk, listed[0].act_id)
    assert {side.value for side in only(desk).sides} == {"t1", "t2"}


def test_settling_refuses_where_something_came_meanwhile(
    desk: Desk, other: Desk, fresh_vault: Path, tmp_path: Path, clock: Clock
) -> None:
    case_id = torn_tier(desk, other)
    found = only(desk)
    change(other, CaseRow, case_id, tier="t3")
    give(desk, lines_of(other, other.store.writer))
    # The other's edit replaced both: nothing is left to settle here.
    with pytest.raises(Refused) as gone:
        conflicts.settle(desk, case_id, "tier", keep=found.sides[0].line, seen=found.seen)
    assert gone.value.code == "E_SETTLED"
    change(desk, CaseRow, case_id, tier="t1")
    change(other, CaseRow, case_id, tier="t2")
    meet(desk, other)
    with pytest.raises(Refused) as changed:
        conflicts.settle(desk, case_id, "tier", keep=found.sides[0].line, seen=found.seen)
    assert changed.value.code == "E_CHANGED"


def test_safety_is_in_force_already_and_listed_first(desk: Desk, other: Desk, clock: Clock) -> None:
    case_id = torn_tier(desk, other)
    with desk.store.read() as session:
        contact = session.scalars(select(SafeContactRow.id)).one()
    change(desk, SafeContactRow, contact, safe="no")
    clock.move(hours=1)
    change(other, SafeContactRow, contact, safe="ask_first")
    meet(desk, other)
    first, second = conflicts.conflicts(desk)
    assert (first.kind, first.why, second.why) == ("safe_contact", Why.PROTECTS, Why.LATEST)
    assert [side.words for side in first.sides if side.shown] == [desk.lists.label("safe", "no")]
    assert first.title == "Safe contact: Text message"
    assert case_id == second.record


def test_a_withdrawn_consent_cannot_be_settled_back(desk: Desk, other: Desk) -> None:
    case_id = open_case(desk)
    with desk.store.begin("give_consent") as session:
        row = ConsentRow(
            case_id=case_id,
            recipient_kind="role",
            recipient_id="housing_officer",
            purpose="housing",
            given_how="spoken",
            valid_from=date(2026, 11, 1),
            author=desk.actor.id,
        )
        session.add(row)
    meet(desk, other)
    for side, day in ((desk, 10), (other, 12)):
        change(side, ConsentRow, row.id, withdrawn_on=date(2026, 11, day), withdrawn_how="phone")
    meet(desk, other)
    found = only(desk)
    assert [s.value for s in found.sides if s.shown] == ["2026-11-10"]
    with pytest.raises(Refused) as refused:
        conflicts.settle(desk, row.id, "withdrawn_on", value=None)
    assert refused.value.message == history.WITHDRAWN
    conflicts.settle(desk, row.id, "withdrawn_on", keep=found.sides[1].line)
    assert conflicts.count(desk) == 0


def test_what_goes_with_a_field_follows_the_side_that_is_kept(desk: Desk, other: Desk) -> None:
    case_id = open_case(desk)
    meet(desk, other)
    change(desk, CaseRow, case_id, status="closed", closed_on=date(2026, 11, 3), closure_reason="goals_met")
    change(other, CaseRow, case_id, status="paused", closed_on=None, closure_reason="")
    change(other, CaseRow, case_id, closed_on=date(2026, 11, 5), closure_reason="moved")
    meet(desk, other)
    found = only(desk)
    keep = next(side.line for side in found.sides if side.value == "closed")
    conflicts.settle(desk, case_id, "status", keep=keep)
    with desk.store.read() as session:
        row = session.get_one(CaseRow, case_id)
        assert (row.status, row.closed_on, row.closure_reason) == ("closed", date(2026, 11, 3), "goals_met")
    assert conflicts.count(desk) == 0


def test_a_proposal_of_the_organisation_is_told_apart_and_never_shown_in_place_of_the_record(
    desk: Desk, other: Desk
) -> None:
    case_id = open_case(desk)
    give(desk, [proposal(desk, case_id, {"police_force": "Northgate Police"})])
    found = only(desk)
    assert found.why is Why.PROPOSED
    assert [(s.proposal, s.shown, s.writer == OFFICE) for s in found.sides] == [
        (False, True, False),
        (True, False, True),
    ]
    act = conflicts.settle(desk, case_id, "police_force", keep=found.sides[1].line)
    with desk.store.read() as session:
        assert session.get_one(CaseRow, case_id).police_force == "Northgate Police"
    history.undo(desk, act)
    assert [(s.proposal, s.shown) for s in only(desk).sides] == [(False, True), (True, False)]
    whole(desk.store)


def test_two_laptops_that_answer_one_question_conflict_instead_of_doubling(desk: Desk, other: Desk) -> None:
    case_id = open_case(desk)
    review = ready(desk, case_id)
    meet(desk, other)
    for side, level in ((desk, 1), (other, 4)):
        given = draft("2.1", advocate=level, words=f"Says {level}.")
        assessments.save_section(side, review, "t2", [given])
    meet(desk, other)
    with desk.store.read() as session:
        rows = session.scalars(select(AnswerRow).where(AnswerRow.question_id == "2.1")).all()
        assert len(rows) == 1
    found = only(desk)
    assert found.review == review
    assert all(side.words for side in found.sides)
    keep = next(side.line for side in found.sides if '"advocate":1' in str(side.value))
    conflicts.settle(desk, found.record, "value", keep=keep)
    stood = assessments.assessment(desk, review).answers["2.1"]
    assert stood.value["words"] == "Says 1."
    assert conflicts.count(desk) == 0
    whole(desk.store)


def test_an_answer_taken_back_here_and_changed_there_is_a_conflict(desk: Desk, other: Desk) -> None:
    case_id = open_case(desk)
    review = ready(desk, case_id, draft("S1", present="no", words="Not now."))
    meet(desk, other)
    assessments.save_section(desk, review, "safety", [draft("S1")])
    assessments.save_section(other, review, "safety", [draft("S1", present="no", words="Not any more.")])
    meet(desk, other)
    found = only(desk)
    assert "Taken back: no answer" in {side.words for side in found.sides}
    keep = next(side.line for side in found.sides if "any more" in side.words)
    act = conflicts.settle(desk, found.record, "value", keep=keep)
    assert assessments.assessment(desk, review).answers["S1"].value["words"] == "Not any more."
    history.undo(desk, act)
    assert conflicts.count(desk) == 1
    whole(desk.store)


def test_in_a_signed_review_only_what_was_signed_can_be_kept(desk: Desk, other: Desk, clock: Clock) -> None:
    case_id = open_case(desk)
    review = ready(desk, case_id, draft("S1", present="no", words="Not now."))
    meet(desk, other)
    assessments.save_section(desk, review, "safety", [draft("S1", present="no", words="Never.")])
    assessments.sign_off(desk, review)
    clock.move(hours=1)
    assessments.save_section(other, review, "safety", [draft("S1", present="no", words="Later words.")])
    meet(desk, other)
    assert not assessments.seal_is_whole(desk, review)
    found = only(desk)
    assert (found.seal, found.shape) == (Seal.KNOWN, Shape.KEPT)
    assert [(s.may_keep, s.shown) for s in found.sides if "Later" in s.words] == [(False, True)]
    for choice in ({"keep": next(s.line for s in found.sides if not s.may_keep)}, {"value": "{}"}):
        with pytest.raises(Refused) as refused:
            conflicts.settle(desk, found.record, "value", **choice)
        assert refused.value.code == "E_SIGNED"
    conflicts.settle(desk, found.record, "value", keep=next(s.line for s in found.sides if s.may_keep))
    assert assessments.seal_is_whole(desk, review)
    assert conflicts.count(desk) == 0


def test_a_channel_set_on_two_laptops_is_one_rule_and_the_safer_one_counts(desk: Desk, other: Desk) -> None:
    case_id = open_case(desk)
    meet(desk, other)
    for side, safe in ((desk, "yes"), (other, "no")):
        people.set_safe_contact(side, case_id, SafeContactDraft(channel="phone", safe=safe))
    meet(desk, other)
    with desk.store.read() as session:
        person = session.scalars(select(PersonRow.id)).one()
        standing = [c.safe for c in people.safe_contacts_of(session, person) if c.channel == "phone"]
    assert standing == ["no"]
    assert [c.field for c in conflicts.conflicts(desk)] == ["safe"]


def test_two_making_lines_of_one_record_conflict_on_the_fields_that_differ(desk: Desk, other: Desk) -> None:
    case_id = open_case(desk)
    meet(desk, other)
    for side, notes in ((desk, "Here."), (other, "There.")):
        with side.store.begin("log_meeting") as session:
            session.add(
                MeetingRow(
                    id="a" * 32,
                    case_id=case_id,
                    at=desk.now(),
                    recorded_at=desk.now(),
                    author=desk.actor.id,
                    how="phone",
                    instructed="yes",
                    notes=notes,
                )
            )
    meet(desk, other)
    found = only(desk)
    assert (found.field, {s.words for s in found.sides}) == ("notes", {"Here.", "There."})
    assert found.shape is Shape.TEXT
    act = conflicts.settle(desk, "a" * 32, "notes", value="Here and there.")
    assert meetings.meeting(desk, "a" * 32).notes == "Here and there."  # type: ignore[arg-type]
    history.undo(desk, act)
    assert {s.words for s in only(desk).sides} == {"Here.", "There."}


def test_equal_changes_on_two_laptops_are_no_question(desk: Desk, other: Desk) -> None:
    case_id = open_case(desk)
    meet(desk, other)
    for side in (desk, other):
        change(side, CaseRow, case_id, tier="t1")
    meet(desk, other)
    assert conflicts.count(desk) == 0


def test_a_case_that_is_somebody_elses_is_not_settled_here(desk: Desk, other: Desk) -> None:
    case_id = torn_tier(desk, other)
    desk.store.closed_cases = {case_id: Closed("This case is with somebody else now.")}
    with pytest.raises(Refused) as refused:
        conflicts.settle(desk, case_id, "tier", value="t3")
    assert refused.value.code == "E_CASE_CLOSED"
    assert conflicts.count(desk) == 1


def test_a_settled_text_is_found_by_its_new_words(desk: Desk, other: Desk) -> None:
    case_id = open_case(desk)
    meeting = meetings.log_meeting(desk, meeting_draft(case_id, "First."))
    meet(desk, other)
    for side, notes in ((desk, "Heliotrope."), (other, "Marigold.")):
        meetings.change_meeting(side, meeting, meeting_draft(case_id, notes))
    meet(desk, other)
    conflicts.settle(desk, meeting, "notes", value="Delphinium.")
    assert search.find_anything(desk, "delphinium")
    assert not search.find_anything(desk, "heliotrope")
