"""Removed on one laptop, changed on another: a conflict like any other, told once, until somebody chooses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import permutations
from pathlib import Path

import pytest
from assessment_kit import draft, ready
from conflict_kit import change, give, lines_of, meet, second_laptop
from desk_kit import Clock, meeting_draft, open_case
from sqlalchemy import event, select

from imsa_desk.domain.conflicts import Conflict, Seal, Shape, Why
from imsa_desk.domain.ids import CaseId, MeetingId
from imsa_desk.domain.lines import WHOLE, Line, make_line
from imsa_desk.errors import Broken, Refused
from imsa_desk.exchange.schema import check_body
from imsa_desk.services import assessments, cases, conflicts, history, meetings, retention
from imsa_desk.services.conflicts_settled import choose_again, settled
from imsa_desk.services.desk import Desk
from imsa_desk.store.project import differences
from imsa_desk.store.records import AnswerRow, AssessmentRow, ConsentRow, MeetingRow, Record
from imsa_desk.store.settle import put_in_force
from imsa_desk.store.take_in import checked
from imsa_desk.store.torn import removed_and_changed
from imsa_desk.vocab import Sensitivity

WHY = "Written in the wrong case."


@pytest.fixture
def other(desk: Desk, fresh_vault: Path, tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    with second_laptop(desk, tmp_path / "other", fresh_vault, clock) as opened:
        yield opened


@pytest.fixture
def meeting(desk: Desk, other: Desk) -> MeetingId:
    """A meeting that both laptops hold."""
    made = meetings.log_meeting(desk, meeting_draft(open_case(desk), "First."))
    meet(desk, other)
    return made


@pytest.fixture
def apart(desk: Desk, other: Desk, meeting: MeetingId, clock: Clock) -> MeetingId:
    """The meeting, removed on one laptop and changed on the other."""
    meetings.delete_meeting(desk, meeting, WHY)
    clock.move(hours=1)
    meetings.change_meeting(other, meeting, meeting_draft(case_of(other, meeting), "Second."))
    meet(desk, other)
    return meeting


def case_of(desk: Desk, meeting: str) -> str:
    with desk.store.read() as session:
        return session.get_one(MeetingRow, meeting).case_id or ""


def is_removed(desk: Desk, record: str, cls: type[Record] = MeetingRow) -> bool:
    with desk.store.read() as session:
        return session.get_one(cls, record).deleted_at is not None


def only(desk: Desk) -> Conflict:
    found = conflicts.conflicts(desk)
    assert len(found) == conflicts.count(desk) == 1
    return found[0]


def keep_change(desk: Desk) -> str:
    found = only(desk)
    line = next(side.line for side in found.sides if side.value is None)
    return conflicts.settle(desk, found.record, found.field, keep=line, seen=found.seen)


def keep_removed(desk: Desk) -> str:
    found = only(desk)
    line = next(side.line for side in found.sides if side.value is not None)
    return conflicts.settle(desk, found.record, found.field, keep=line, seen=found.seen)


def none_left(*desks: Desk) -> None:
    for desk in desks:
        assert conflicts.conflicts(desk) == ()
        assert conflicts.count(desk) == 0
        with desk.store.read() as session:
            assert differences(session.connection()) == []


def test_it_is_told_once_on_both_sides_with_who_when_and_what(
    desk: Desk, other: Desk, apart: MeetingId
) -> None:
    for side, theirs in ((desk, "Ben Practice"), (other, "Ann Practice")):  # a copy of her vault
        found = only(side)
        assert (found.record, found.field, found.why, found.shape) == (
            *(apart, "deleted_at", Why.REMOVED),
            Shape.KEPT,
        )
        assert {(s.author, s.words, s.reason, s.shown) for s in found.sides} == {
            ("Ann Practice", f"Removed: {WHY}", "", True),
            (theirs, "Changed: What happened: Second.", "", False),
        }
        assert [s.own for s in found.sides] == [True, False]
        assert is_removed(side, apart)
    assert only(desk).seen == only(other).seen
    assert conflicts.count(desk, CaseId(case_of(desk, apart))) == 1


def test_keeping_the_change_brings_it_back_with_the_change_on_both_sides(
    desk: Desk, other: Desk, apart: MeetingId
) -> None:
    keep_change(desk)
    none_left(desk)
    meet(desk, other)
    none_left(desk, other)
    for side in (desk, other):
        assert meetings.meeting(side, apart).notes == "Second."
    with desk.store.read() as session:
        assert session.get_one(MeetingRow, apart).deleted_reason == ""


def test_keeping_it_removed_settles_it_on_both_sides(desk: Desk, other: Desk, apart: MeetingId) -> None:
    keep_removed(other)
    none_left(other)
    meet(desk, other)
    none_left(desk, other)
    assert is_removed(desk, apart)
    assert is_removed(other, apart)


@pytest.mark.parametrize("choose", [keep_change, keep_removed])
@pytest.mark.parametrize("where", [0, 1])
def test_undoing_makes_both_stand_again_with_their_own_authors_and_dates(
    desk: Desk, other: Desk, apart: MeetingId, clock: Clock, choose: object, where: int
) -> None:
    side = (desk, other)[where]
    before = only(side)
    for _ in range(2):
        clock.move(hours=1)
        act = (keep_change if choose is keep_change else keep_removed)(side)
        assert [(one.act_id, one.labels) for one in settled(side)] == [(act, ("Removed or kept",))]
        choose_again(side, act)
        again = only(side)
        parts = [(s.words, s.author, s.at, s.shown, s.own) for s in again.sides]
        assert parts == [(s.words, s.author, s.at, s.shown, s.own) for s in before.sides]
        assert again.why is Why.REMOVED
        assert settled(side) == ()
    meet(desk, other)
    assert only(desk).seen == only(other).seen
    assert is_removed(desk, apart)
    keep_change(desk)
    meet(desk, other)
    none_left(desk, other)
    assert meetings.meeting(other, apart).notes == "Second."


def test_whatever_order_the_lines_come_in_it_is_told_once_and_gone_when_settled(
    desk: Desk, other: Desk, apart: MeetingId, fresh_vault: Path, tmp_path: Path, clock: Clock
) -> None:
    mine, theirs = lines_of(desk, desk.store.writer), lines_of(other, other.store.writer)
    keep_change(desk)
    after = lines_of(desk, desk.store.writer)
    for n, order in enumerate(permutations((mine, theirs, after))):
        with second_laptop(desk, tmp_path / f"third{n}", fresh_vault, clock) as third:
            for lines in order:
                give(third, lines)
                assert conflicts.count(third) <= 1
            none_left(third)
            assert not is_removed(third, apart)
        if n == 1:
            break


def test_two_removals_are_no_question_even_for_different_reasons(
    desk: Desk, other: Desk, meeting: MeetingId, clock: Clock
) -> None:
    meetings.delete_meeting(desk, meeting, WHY)
    clock.move(hours=1)
    meetings.delete_meeting(other, meeting, "Entered twice.")
    meet(desk, other)
    none_left(desk, other)
    assert is_removed(desk, meeting)


def test_a_change_that_was_known_when_it_was_removed_is_no_question(
    desk: Desk, other: Desk, meeting: MeetingId
) -> None:
    meetings.change_meeting(other, meeting, meeting_draft(case_of(other, meeting), "Second."))
    meet(desk, other)
    meetings.delete_meeting(desk, meeting, WHY)
    meet(desk, other)
    none_left(desk, other)


def test_a_change_of_something_known_to_be_removed_is_no_question(
    desk: Desk, other: Desk, meeting: MeetingId
) -> None:
    meetings.delete_meeting(desk, meeting, WHY)
    meet(desk, other)
    change(other, MeetingRow, meeting, sensitivity="L3")
    change(desk, MeetingRow, meeting, private=True)
    meet(desk, other)
    none_left(desk, other)


def test_a_change_that_was_taken_back_before_they_met_is_no_question(
    desk: Desk, other: Desk, meeting: MeetingId
) -> None:
    meetings.delete_meeting(desk, meeting, WHY)
    change(other, MeetingRow, meeting, notes="Second.")
    change(other, MeetingRow, meeting, notes="First.")
    meet(desk, other)
    none_left(desk, other)


def test_what_a_removal_emptied_and_a_change_filled_is_one_question(desk: Desk, other: Desk) -> None:
    review = ready(desk, open_case(desk), draft("S1", present="no", words="Not now."))
    meet(desk, other)
    with desk.store.read() as session:
        answer = session.scalars(select(AnswerRow.id).where(AnswerRow.question_id == "S1")).one()
    change(desk, AnswerRow, answer, source="told_by_survivor")
    meet(desk, other)
    assessments.save_section(desk, review, "safety", [draft("S1")])
    change(other, AnswerRow, answer, source="observed")
    meet(desk, other)
    before = {side.words for side in only(desk).sides}
    for choose in (keep_removed, keep_change):
        history.undo(desk, choose(desk))
        assert only(desk).field == "deleted_at"
        assert {side.words for side in only(desk).sides} == before
    keep_change(desk)
    meet(desk, other)
    none_left(desk, other)
    with other.store.read() as session:
        stands = session.get_one(AnswerRow, answer)
        assert (stands.source, stands.words, stands.deleted_at) == ("observed", "Not now.", None)


def test_a_removal_that_one_of_two_made_knowing_the_change_stands(
    desk: Desk, other: Desk, meeting: MeetingId
) -> None:
    meetings.delete_meeting(desk, meeting, WHY)
    change(other, MeetingRow, meeting, notes="Second.")
    meetings.delete_meeting(other, meeting, "Entered twice.")
    meet(desk, other)
    none_left(desk, other)


def test_settling_another_field_of_it_does_not_settle_the_removal(
    desk: Desk, other: Desk, meeting: MeetingId
) -> None:
    change(desk, MeetingRow, meeting, notes="Mine.")
    change(other, MeetingRow, meeting, notes="Theirs.")
    meetings.delete_meeting(desk, meeting, WHY)
    meet(desk, other)
    assert {one.field for one in conflicts.conflicts(desk)} == {"notes", "deleted_at"}
    act = conflicts.settle(desk, meeting, "notes", value="Both.")
    found = only(desk)
    assert "Changed: What happened: Both." in {side.words for side in found.sides}
    meet(desk, other)
    assert only(other).seen == found.seen
    history.undo(desk, act)
    assert {one.field for one in conflicts.conflicts(desk)} == {"notes", "deleted_at"}
    meet(desk, other)
    assert conflicts.count(other) == 2


def test_what_one_wrote_in_several_goes_is_one_side(
    desk: Desk, other: Desk, meeting: MeetingId, clock: Clock
) -> None:
    meetings.delete_meeting(desk, meeting, WHY)
    change(other, MeetingRow, meeting, notes="Second.")
    clock.move(hours=1)
    change(other, MeetingRow, meeting, instruction="A flat.")
    meet(desk, other)
    words = {side.words for side in only(desk).sides}
    assert words == {
        f"Removed: {WHY}",
        "Changed:\nWhat happened: Second.\nWhat the person wants: A flat.",
    }
    keep_change(other)
    meet(desk, other)
    none_left(desk, other)
    assert meetings.meeting(desk, meeting).notes == "Second."


def test_two_who_choose_differently_leave_one_question(desk: Desk, other: Desk, apart: MeetingId) -> None:
    keep_change(desk)
    keep_removed(other)
    meet(desk, other)
    assert {side.words for side in only(desk).sides} == {"Not removed", f"Removed: {WHY}"}
    assert only(desk).seen == only(other).seen
    keep_change(other)
    meet(desk, other)
    none_left(desk, other)
    assert not is_removed(desk, apart)


def test_another_change_that_comes_while_it_is_settled_is_told(
    desk: Desk, other: Desk, apart: MeetingId
) -> None:
    before = only(desk)
    change(other, MeetingRow, apart, notes="Third.")
    give(desk, lines_of(other, other.store.writer))
    with pytest.raises(Refused) as refused:
        conflicts.settle(desk, apart, "deleted_at", keep=before.sides[0].line, seen=before.seen)
    assert refused.value.code == "E_CHANGED"
    keep_removed(desk)
    change(other, MeetingRow, apart, notes="Fourth.")
    meet(desk, other)
    assert "Changed: What happened: Fourth." in {side.words for side in only(desk).sides}


def test_an_erased_case_has_nothing_to_report(desk: Desk, other: Desk, apart: MeetingId) -> None:
    case_id = CaseId(case_of(desk, apart))
    cases.close_case(desk, case_id, "goals_met")
    retention.erase_case(desk, case_id, "The person asked.")
    assert conflicts.conflicts(desk) == ()
    meet(desk, other)
    none_left(desk, other)


def test_removals_of_an_older_version_say_nothing_of_it_and_are_read(
    desk: Desk, other: Desk, meeting: MeetingId
) -> None:
    before = {line.link.line_hash for line in lines_of(other)}
    meetings.delete_meeting(other, meeting, WHY)
    (line,) = (one for one in lines_of(other) if one.link.line_hash not in before)
    body = line.parsed()
    assert body["base"].pop(WHOLE)
    give(desk, [make_line(line.link.writer, line.link.seq, line.link.prev, body)])
    change(desk, MeetingRow, meeting, notes="Second.")
    none_left(desk)
    assert is_removed(desk, meeting)


def test_an_answer_taken_back_here_comes_back_whole_with_what_was_changed_there(
    desk: Desk, other: Desk
) -> None:
    review = ready(desk, open_case(desk), draft("S1", present="no", words="Not now."))
    meet(desk, other)
    with desk.store.read() as session:
        answer = session.scalars(select(AnswerRow.id).where(AnswerRow.question_id == "S1")).one()
    assessments.save_section(desk, review, "safety", [draft("S1")])
    change(other, AnswerRow, answer, valid_on=date(2026, 11, 3))
    meet(desk, other)
    act = keep_change(other)
    assert assessments.assessment(other, review).answers["S1"].value["words"] == "Not now."
    meet(desk, other)
    none_left(desk, other)
    history.undo(other, act)
    assert only(other).field == "deleted_at"
    keep_removed(other)
    assert "S1" not in assessments.assessment(other, review).answers


def test_a_review_removed_here_and_signed_there_can_only_be_kept(desk: Desk, other: Desk) -> None:
    review = ready(desk, open_case(desk), draft("S1", present="no", words="Not now."))
    meet(desk, other)
    change(desk, AssessmentRow, review, deleted_at=desk.now(), deleted_reason=WHY)
    assessments.sign_off(other, review)
    meet(desk, other)
    found = next(one for one in conflicts.conflicts(desk) if one.kind == "assessment")
    assert (found.field, found.seal) == ("deleted_at", Seal.KNOWN)
    assert [side.may_keep for side in found.sides] == [side.value is None for side in found.sides]
    with pytest.raises(Refused):
        keep_removed(desk)
    keep_change(desk)
    assert assessments.seal_is_whole(desk, review)
    meet(desk, other)
    none_left(desk, other)


@pytest.fixture
def consent(desk: Desk, other: Desk) -> str:
    """A consent that both laptops hold."""
    with desk.store.begin("give_consent") as session:
        row = ConsentRow(
            case_id=open_case(other),
            recipient_kind="role",
            recipient_id="housing_officer",
            purpose="housing",
            given_how="spoken",
            valid_from=date(2026, 11, 1),
            author=desk.actor.id,
        )
        session.add(row)
    meet(desk, other)
    return row.id


def test_a_consent_removed_here_and_withdrawn_there_is_told_and_stays_withdrawn(
    desk: Desk, other: Desk, consent: str
) -> None:
    change(desk, ConsentRow, consent, deleted_at=desk.now(), deleted_reason="undone")
    change(other, ConsentRow, consent, withdrawn_on=date(2026, 11, 10), withdrawn_how="phone")
    meet(desk, other)
    keep_change(desk)
    with desk.store.read() as session:
        stands = session.get_one(ConsentRow, consent)
        assert (stands.deleted_at, stands.withdrawn_on) == (None, date(2026, 11, 10))


@pytest.mark.parametrize("kept, told", [(5, 0), (10, 1)])
def test_what_the_remover_wrote_along_is_no_question_and_what_another_did_is(
    desk: Desk, other: Desk, consent: str, clock: Clock, kept: int, told: int
) -> None:
    change(desk, ConsentRow, consent, deleted_at=desk.now(), withdrawn_on=date(2026, 11, 5))
    change(other, ConsentRow, consent, withdrawn_on=date(2026, 11, 10))
    meet(desk, other)
    clock.move(hours=1)
    with desk.store.begin("choose") as session:
        put_in_force(
            session, session.get_one(ConsentRow, consent), {"withdrawn_on": date(2026, 11, kept).isoformat()}
        )
    meet(desk, other)

    for side in (desk, other):
        assert [one.field for one in conflicts.conflicts(side)] == ["deleted_at"] * told


def test_a_restricted_removal_is_covered_like_any_conflict(desk: Desk, other: Desk, apart: MeetingId) -> None:
    change(desk, MeetingRow, apart, sensitivity=Sensitivity.L3.value)
    assert only(desk).restricted
    meet(desk, other)
    assert conflicts.count(other) == 1


def removal_of(desk: Desk, meeting: MeetingId) -> Line:
    before = {line.link.line_hash for line in lines_of(desk)}
    meetings.delete_meeting(desk, meeting, WHY)
    return next(one for one in lines_of(desk) if one.link.line_hash not in before)


def test_what_a_removal_had_seen_passes_the_tests_of_form_and_only_there(
    desk: Desk, meeting: MeetingId
) -> None:
    line = removal_of(desk, meeting)
    body = line.parsed()
    check_body(body)
    assert checked(line) == body
    assert len(body["base"][WHOLE]) == 1
    for wrong in (
        body | {"fields": body["fields"] | {WHOLE: "x"}},
        body | {"base": body["base"] | {WHOLE: ["x"]}},
        body | {"base": body["base"] | {WHOLE: "0" * 64}},
        body | {"base": body["base"] | {"+": []}},
    ):
        with pytest.raises(Broken):
            check_body(wrong)
        with pytest.raises(Broken):
            checked(make_line(line.link.writer, line.link.seq, line.link.prev, wrong))
    made = next(one for one in lines_of(desk) if one.parsed()["op"] == "create")
    with pytest.raises(Broken):
        checked(make_line("a" * 32, 1, "0" * 64, made.parsed() | {"base": {WHOLE: []}}))


def test_bodies_of_what_was_removed_are_found_by_keys(desk: Desk, other: Desk, apart: MeetingId) -> None:
    records = [apart, case_of(desk, apart)]
    with desk.store.read() as session:
        connection = session.connection()
        options = {"literal_binds": True}
        query = removed_and_changed(records).compile(connection, compile_kwargs=options)
        plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}")]
    assert plan
    assert [step for step in plan if step.startswith("SCAN")] == []


def test_what_one_writer_wrote_alone_is_not_looked_through(desk: Desk) -> None:
    meetings.delete_meeting(desk, meetings.log_meeting(desk, meeting_draft(open_case(desk))), WHY)
    asked: list[str] = []
    event.listen(desk.store.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    assert conflicts.count(desk) == 0
    assert not any("journal_head" in words or "journal_body" in words for words in asked)
