"""A clock that is a year off is taken in, carries no other clock with it, and is not first for ever."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from conflict_kit import change, give, lines_of, meet, second_laptop
from desk_kit import Clock, meeting_draft, open_case

from imsa_desk.services import conflicts, meetings
from imsa_desk.services.desk import Desk
from imsa_desk.store.clock import HybridClock, milliseconds, standing
from imsa_desk.store.project import differences
from imsa_desk.store.records import MeetingRow

YEAR = timedelta(days=365)


@pytest.fixture
def far(clock: Clock) -> Clock:
    """The other laptop's clock, which may be set wrong."""
    return Clock(clock.at)


@pytest.fixture
def other(desk: Desk, fresh_vault: Path, tmp_path: Path, far: Clock) -> Iterator[Desk]:
    with second_laptop(desk, tmp_path / "other", fresh_vault, far) as opened:
        yield opened


def stamp(desk: Desk) -> int:
    return int(lines_of(desk, desk.store.writer)[-1].parsed()["hlc"][:12], 16)


def shown(desk: Desk, meeting: str) -> str:
    return meetings.meeting(desk, meeting).notes  # type: ignore[arg-type]  # an id


def test_a_stamp_a_year_ahead_carries_no_other_clock(
    desk: Desk, other: Desk, clock: Clock, far: Clock
) -> None:
    case_id = open_case(desk)
    meet(desk, other)
    far.at += YEAR
    meetings.log_meeting(other, meeting_draft(case_id, "From the future."))
    give(desk, lines_of(other, other.store.writer))
    meetings.log_meeting(desk, meeting_draft(case_id, "Today."))
    assert stamp(desk) < milliseconds(clock.at + timedelta(hours=1))
    desk.store.wind_clock()
    meetings.log_meeting(desk, meeting_draft(case_id, "Today again."))
    assert stamp(desk) < milliseconds(clock.at + timedelta(hours=1))


def test_within_a_day_clocks_still_follow_one_another(desk: Desk, other: Desk, far: Clock) -> None:
    case_id = open_case(desk)
    meet(desk, other)
    far.at += timedelta(hours=20)
    meetings.log_meeting(other, meeting_draft(case_id, "Slightly ahead."))
    give(desk, lines_of(other, other.store.writer))
    meetings.log_meeting(desk, meeting_draft(case_id, "After it."))
    assert stamp(desk) >= stamp(other)


def test_a_line_from_the_future_is_marked_and_replaced_by_the_next_who_saw_it(
    desk: Desk, other: Desk, far: Clock
) -> None:
    case_id = open_case(desk)
    meeting = meetings.log_meeting(desk, meeting_draft(case_id, "First."))
    meet(desk, other)
    far.at += YEAR
    meetings.change_meeting(other, meeting, meeting_draft(case_id, "From the future."))
    meetings.change_meeting(desk, meeting, meeting_draft(case_id, "Today."))
    meet(desk, other)
    (found,) = conflicts.conflicts(desk)
    assert {(side.words, side.ahead) for side in found.sides} == {
        ("From the future.", True),
        ("Today.", False),
    }
    keep = next(side.line for side in found.sides if not side.ahead)
    conflicts.settle(desk, meeting, "notes", keep=keep)
    meet(desk, other)
    assert shown(desk, meeting) == shown(other, meeting) == "Today."
    meetings.change_meeting(desk, meeting, meeting_draft(case_id, "Tomorrow."))
    meet(desk, other)
    assert shown(other, meeting) == "Tomorrow."


def test_once_it_was_put_right_its_lines_stand_where_their_own_time_says(
    desk: Desk, other: Desk, clock: Clock, far: Clock
) -> None:
    case_id = open_case(desk)
    meeting = meetings.log_meeting(desk, meeting_draft(case_id, "First."))
    meet(desk, other)
    far.at += YEAR
    meetings.log_meeting(other, meeting_draft(case_id, "Elsewhere."))
    far.at = clock.at + timedelta(hours=1)  # put right; its stamps stay a year ahead
    change(other, MeetingRow, meeting, notes="An hour later.")
    assert stamp(other) > milliseconds(clock.at + timedelta(days=300))
    clock.move(days=2)
    change(desk, MeetingRow, meeting, notes="Two days later.")
    meet(desk, other)
    assert shown(desk, meeting) == shown(other, meeting) == "Two days later."
    for side in (desk, other):
        with side.store.read() as session:
            assert differences(session.connection()) == []


def test_a_line_stands_no_later_than_one_that_replaced_a_part_of_it(
    desk: Desk, other: Desk, fresh_vault: Path, tmp_path: Path, clock: Clock, far: Clock
) -> None:
    case_id = open_case(desk)
    meeting = meetings.log_meeting(desk, meeting_draft(case_id, "First."))
    meet(desk, other)
    far.at += YEAR
    change(other, MeetingRow, meeting, notes="From the future.", title="From the future")
    later = Clock(clock.at)
    with second_laptop(desk, tmp_path / "third", fresh_vault, later) as third:
        meet(desk, other)
        change(desk, MeetingRow, meeting, title="Seen and changed")
        later.move(hours=1)
        change(third, MeetingRow, meeting, notes="Written today.")
        give(third, lines_of(other, other.store.writer))
        give(third, lines_of(desk, desk.store.writer))
        give(desk, lines_of(third, third.store.writer))
        assert shown(desk, meeting) == shown(third, meeting) == "Written today."


def test_the_clocks_own_last_stamp_is_never_gone_back_behind() -> None:
    now = Clock()
    clock = HybridClock(now)
    now.at += YEAR
    last = clock.tick()
    now.at -= YEAR
    again = HybridClock(now)
    again.resume(last)
    assert again.tick() > last
    assert standing(last, now.at) == milliseconds(now.at + timedelta(days=1))
