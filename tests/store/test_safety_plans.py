"""Safety plans: every saving is a new version, nobody's words are written over, and each stays readable."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from desk_kit import Clock, open_case

from imsa_desk.domain.ids import CaseId, PlanId
from imsa_desk.domain.safety_plans import PARTS, SafetyPlanDraft
from imsa_desk.errors import Refused
from imsa_desk.services import history, safety_plans
from imsa_desk.services.desk import Desk
from imsa_desk.services.search import find_anything
from imsa_desk.vocab import AgreementHow, Sensitivity

PLAN = SafetyPlanDraft(
    parts={"who_to_call": "999 first.", "warning_signs": "ስልክ ይደውላል\nA car that waits."},
    agreed_how="spoken",
    review_on="in 4 weeks",
    copy_safe="no",
)
MORE = replace(PLAN, parts={**PLAN.parts, "after": "Tea."})


def test_a_plan_keeps_its_parts_in_their_order_and_is_restricted(desk: Desk, case_id: CaseId) -> None:
    assert safety_plans.plan_of(desk, case_id) is None
    made = safety_plans.save_plan(desk, case_id, PLAN)
    found = safety_plans.plan(desk, made)
    assert list(found.parts) == ["warning_signs", "who_to_call"]
    assert found.parts["warning_signs"] == "ስልክ ይደውላል\nA car that waits."
    assert (found.version, found.author, found.copy_safe) == (1, "Ann Practice", "no")
    assert (found.agreed_how, found.agreed_on) == (AgreementHow.SPOKEN, date(2026, 11, 20))
    assert (found.review_on, found.sensitivity) == (date(2026, 12, 18), Sensitivity.L3)


def test_each_saving_is_a_version_of_its_own(desk: Desk, case_id: CaseId, clock: Clock) -> None:
    first = safety_plans.save_plan(desk, case_id, PLAN)
    clock.move(days=2)
    second = safety_plans.save_plan(desk, case_id, replace(PLAN, parts={"after": "Tea."}, based_on=first))
    found = safety_plans.plans_of(desk, case_id)
    assert [(one.id, one.version, one.replaces) for one in found] == [(second, 2, first), (first, 1, "")]
    assert safety_plans.plan(desk, first).parts["who_to_call"] == "999 first."
    assert safety_plans.plan_of(desk, open_case(desk, "Minh")) is None


def test_a_plan_typed_from_an_older_version_is_refused(desk: Desk, case_id: CaseId) -> None:
    first = safety_plans.save_plan(desk, case_id, PLAN)
    safety_plans.save_plan(desk, case_id, replace(MORE, based_on=first))
    for based_on in ("", first):
        with pytest.raises(Refused) as refused:
            safety_plans.save_plan(desk, case_id, replace(PLAN, based_on=based_on))
        assert refused.value.code == "E_CHANGED_SINCE"
    assert len(safety_plans.plans_of(desk, case_id)) == 2


@pytest.mark.parametrize("again", [PLAN, SafetyPlanDraft(parts=PLAN.parts, on="today")])
def test_a_plan_in_which_nothing_was_changed_is_no_new_version(
    desk: Desk, case_id: CaseId, clock: Clock, again: SafetyPlanDraft
) -> None:
    first = safety_plans.save_plan(desk, case_id, PLAN)
    clock.move(minutes=5)
    with pytest.raises(Refused, match="Nothing was changed, so version 1 stands") as refused:
        safety_plans.save_plan(desk, case_id, replace(again, based_on=first))
    assert refused.value.code == "E_UNCHANGED"
    assert len(safety_plans.plans_of(desk, case_id)) == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"agreed_how": "signed"},
        {"on": "tomorrow"},
        {"review_on": "in 8 weeks"},
        {"copy_safe": "yes"},
        {"sensitivity": "L2"},
        {"parts": {"who_to_call": "999 first."}},
    ],
)
def test_the_same_words_agreed_anew_are_a_version_of_their_own(
    desk: Desk, case_id: CaseId, clock: Clock, changed: dict[str, Any]
) -> None:
    first = safety_plans.save_plan(desk, case_id, PLAN)
    if changed == {"on": "tomorrow"}:
        clock.move(days=1)
        changed = {"on": "today"}
    second = safety_plans.save_plan(desk, case_id, replace(PLAN, based_on=first, **changed))
    assert safety_plans.plan(desk, second).version == 2


def test_an_undone_version_leaves_the_one_before_it(desk: Desk, case_id: CaseId) -> None:
    first = safety_plans.save_plan(desk, case_id, PLAN)
    safety_plans.save_plan(desk, case_id, replace(MORE, based_on=first))
    act = history.last_act(desk)
    assert act is not None
    history.undo(desk, act.id)
    standing = safety_plans.plan_of(desk, case_id)
    assert standing is not None
    assert standing.id == first
    third = safety_plans.save_plan(desk, case_id, replace(MORE, based_on=first))
    assert safety_plans.plan(desk, third).version == 3


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (SafetyPlanDraft(), "warning_signs"),
        (SafetyPlanDraft(parts={"horoscope": "Words."}), "horoscope"),
        (SafetyPlanDraft(parts={"after": "ቡ" * 10_001}), "after"),
        (replace(PLAN, agreed_how="nodded"), "agreed_how"),
        (replace(PLAN, on="tomorrow"), "on"),
        (replace(PLAN, agreed_on="31/02/2026"), "agreed_on"),
        (replace(PLAN, copy_safe="perhaps"), "copy_safe"),
    ],
)
def test_an_impossible_plan_is_refused(
    desk: Desk, case_id: CaseId, draft: SafetyPlanDraft, field: str
) -> None:
    with pytest.raises(Refused) as refused:
        safety_plans.save_plan(desk, case_id, draft)
    assert [problem.field for problem in refused.value.problems] == [field]


def test_a_plan_is_found_by_its_words_and_unknown_ones_are_refused(desk: Desk, case_id: CaseId) -> None:
    safety_plans.save_plan(desk, case_id, PLAN)
    assert find_anything(desk, "waits")
    with pytest.raises(Refused):
        safety_plans.plan(desk, PlanId("0" * 32))
    with pytest.raises(Refused):
        safety_plans.save_plan(desk, CaseId("0" * 32), PLAN)


def test_every_part_asks_a_question_and_offers_help() -> None:
    assert len(PARTS) == 12
    assert all(part.question.endswith("?") and part.help.endswith(".") for part in PARTS.values())
