"""Two laptops remove, change, settle and undo at random: both report the same, and undoing brings it back."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from assessment_kit import draft, ready
from conflict_kit import change, meet, second_laptop
from desk_kit import Clock, meeting_draft, open_case

from imsa_desk.domain.conflicts import Conflict
from imsa_desk.errors import Refused
from imsa_desk.services import assessments, conflicts, history, meetings
from imsa_desk.services.desk import Desk
from imsa_desk.store.project import differences
from imsa_desk.store.records import MeetingRow

_STEPS = 30


@pytest.fixture
def other(desk: Desk, fresh_vault: Path, tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    with second_laptop(desk, tmp_path / "other", fresh_vault, clock) as opened:
        yield opened


def standing(desk: Desk) -> set[tuple[str, str, str]]:
    found = conflicts.conflicts(desk)
    told = {(one.record, one.field, one.seen) for one in found}
    assert len(told) == len(found) == conflicts.count(desk)
    return told


def said(one: Conflict) -> tuple[object, ...]:
    return one.record, one.field, one.why, {(side.words, side.shown) for side in one.sides}


def settle_one(desk: Desk, dice: random.Random, *, then_undo: bool) -> str:
    """Settle a conflict; taken back, it stands as it stood."""
    before = conflicts.conflicts(desk)
    one = dice.choice(before)
    act = conflicts.settle(desk, one.record, one.field, keep=dice.choice(one.sides).line, seen=one.seen)
    assert conflicts.count(desk) < len(before)
    if then_undo:
        history.undo(desk, act)
        after = conflicts.conflicts(desk)
        assert {one.record + one.field: said(one) for one in after} == {
            one.record + one.field: said(one) for one in before
        }
    return act


def write(desk: Desk, dice: random.Random, records: list[str], review: str) -> None:
    record, doing = dice.choice(records), dice.random()
    if doing < 0.3:
        change(desk, MeetingRow, record, deleted_at=desk.now(), deleted_reason=dice.choice("ab"))
    elif doing < 0.4:
        change(desk, MeetingRow, record, sensitivity=dice.choice(["L2", "L3"]))
    elif doing < 0.8:
        change(desk, MeetingRow, record, **{dice.choice(["notes", "instruction"]): dice.choice("wxyz")})
    else:
        given = draft("S1") if dice.random() < 0.4 else draft("S1", present="no", words=dice.choice("pqr"))
        assessments.save_section(desk, review, "safety", [given])  # type: ignore[arg-type]  # an id


@pytest.mark.parametrize("seed", range(10))
def test_both_report_the_same_and_in_the_end_nothing_is_left(
    seed: int, desk: Desk, other: Desk, clock: Clock
) -> None:
    dice, acts = random.Random(seed), list[tuple[Desk, str]]()
    case = open_case(desk)
    records = [str(meetings.log_meeting(desk, meeting_draft(case, f"Meeting {n}."))) for n in range(2)]
    review = ready(desk, case, draft("S1", present="no", words="Not now."))
    meet(desk, other)
    for _ in range(_STEPS):
        clock.move(minutes=7)
        side, doing = dice.choice([desk, other]), dice.random()
        if doing < 0.55:
            write(side, dice, records, review)
        elif doing < 0.75 and conflicts.count(side):
            acts.append((side, settle_one(side, dice, then_undo=dice.random() < 0.5)))
        elif doing < 0.8 and acts:
            whose, act = dice.choice(acts)
            try:
                history.undo(whose, act)
            except Refused as refused:
                assert refused.message == history.CHANGED_SINCE
        else:
            meet(desk, other)
            assert standing(desk) == standing(other)
    meet(desk, other)
    while conflicts.count(desk):
        settle_one(desk, dice, then_undo=False)
    meet(desk, other)
    for side in (desk, other):
        assert standing(side) == set()
        with side.store.read() as session:
            assert differences(session.connection()) == []
