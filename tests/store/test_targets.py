"""What was found becomes something to do in one step, and signing makes no second one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from assessment_kit import AGREED, draft, ready
from desk_kit import Clock, open_case

from imsa_desk.domain.actions import ActionDraft
from imsa_desk.domain.ids import AssessmentId, CaseId
from imsa_desk.errors import Refused
from imsa_desk.services import assessments, carrying, history, targets
from imsa_desk.services.actions import actions_of
from imsa_desk.services.desk import Desk
from imsa_desk.vocab import Kind, Theme

STEP = ActionDraft("Ask the council.", "imsa", due_on="in 3 days")


@pytest.fixture
def made(desk: Desk, case_id: CaseId) -> AssessmentId:
    """A review in which one need has a step with an owner, and another one has none."""
    found = ready(desk, case_id)
    needs = [
        draft("2.1", advocate=3, owner="imsa", next_step="Ask the council."),
        draft("2.2", advocate=2, owner="survivor", next_step="Look at the map."),
    ]
    assessments.save_section(desk, found, "t2", needs)
    return found


def test_a_need_becomes_an_action_that_remembers_it(desk: Desk, case_id: CaseId, made: AssessmentId) -> None:
    action = targets.turn_into(desk, made, "2.1", "action", STEP)
    found = targets.made_from(desk, made)
    assert [str(one.id) for one in found["2.1"]] == [str(action)]
    only = actions_of(desk, case_id)[0]
    assert (only.text, only.theme, only.source_kind, only.source_id) == (
        "Ask the council.",
        Theme.HOUSING,
        Kind.ASSESSMENT,
        made,
    )


def test_signing_makes_no_second_action_for_a_need_that_has_one(
    desk: Desk, case_id: CaseId, made: AssessmentId
) -> None:
    targets.turn_into(desk, made, "2.1", "action", replace(STEP, text="Write to the council."))
    assessments.sign_off(desk, made)
    assert sorted(one.text for one in actions_of(desk, case_id)) == [
        "Look at the map.",
        "Write to the council.",
    ]
    found = targets.made_from(desk, made)
    assert {key: [one.text for one in actions] for key, actions in found.items()} == {
        "2.1": ["Write to the council."],
        "2.2": ["Look at the map."],
    }


def test_a_signed_review_still_leads_to_actions_and_stays_sealed(
    desk: Desk, case_id: CaseId, made: AssessmentId
) -> None:
    assessments.sign_off(desk, made)
    targets.turn_into(desk, made, "S4", "action", replace(STEP, text="Look at the lock."))
    assert [one.text for one in targets.made_from(desk, made)["S4"]] == ["Look at the lock."]
    assert assessments.seal_is_whole(desk, made)


def test_the_same_thing_is_not_made_twice_from_one_answer(
    desk: Desk, case_id: CaseId, made: AssessmentId
) -> None:
    targets.turn_into(desk, made, "2.1", "action", STEP)
    with pytest.raises(Refused, match="already"):
        targets.turn_into(desk, made, "2.1", "action", STEP)
    targets.turn_into(desk, made, "2.1", "action", replace(STEP, text="Write as well."))
    assert len(actions_of(desk, case_id)) == 2


def test_what_was_made_can_be_undone_and_is_then_made_at_signing(
    desk: Desk, case_id: CaseId, made: AssessmentId
) -> None:
    targets.turn_into(desk, made, "2.1", "action", STEP)
    act = history.last_act(desk)
    assert act is not None
    assert act.verb == "turn_into"
    history.undo(desk, act.id)
    assert actions_of(desk, case_id) == ()
    assessments.sign_off(desk, made)
    assert len(actions_of(desk, case_id)) == 2


@pytest.mark.parametrize(
    ("key", "target", "action"),
    [
        ("9.9", "action", STEP),
        ("2.1", "spell", STEP),
        ("2.1", "action", replace(STEP, text="")),
        ("2.1", "action", replace(STEP, due_on="31/02/2026")),
        ("2.1", "action", replace(STEP, owner="professional")),
    ],
)
def test_an_impossible_step_is_refused(
    desk: Desk, case_id: CaseId, made: AssessmentId, key: str, target: str, action: ActionDraft
) -> None:
    with pytest.raises(Refused):
        targets.turn_into(desk, made, key, target, action)
    assert actions_of(desk, case_id) == ()


def test_open_steps_of_the_review_before_are_seen_in_the_next(
    desk: Desk, case_id: CaseId, made: AssessmentId, clock: Clock
) -> None:
    assessments.sign_off(desk, made)
    clock.move(weeks=4)
    second = assessments.start_assessment(desk, case_id, AGREED, begin_from=made)
    assert sorted(targets.made_from(desk, second)) == ["2.1", "2.2"]
    carrying.confirm_carried(desk, second, ["S4", "S8"])
    assessments.sign_off(desk, second)
    assert len(actions_of(desk, case_id)) == 2
    assert targets.made_from(desk, ready(desk, open_case(desk, "Minh"))) == {}
