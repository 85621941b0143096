"""Safety plans, additions to reviews and reasons for a review in the timeline, on Today and in counts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from assessment_kit import ready
from desk_kit import Clock
from sqlalchemy import event

from imsa_desk.domain.actions import ActionDraft
from imsa_desk.domain.addenda import Added, AddendumDraft
from imsa_desk.domain.ids import CaseId
from imsa_desk.domain.safety_plans import SafetyPlanDraft
from imsa_desk.services import (
    actions,
    addenda,
    assessments,
    cases,
    history,
    review_cycle,
    safety_plans,
    timeline,
)
from imsa_desk.services.desk import Desk
from imsa_desk.services.today import today_page
from imsa_desk.vocab import Kind

PLAN = SafetyPlanDraft(parts={"code_word": "Is the library open?"}, agreed_how="spoken")
LATER = {"code_word": "Is the library still open?"}
BY = {"name": "Jo Practice", "role": "Service manager"}
NEW = (Kind.SAFETY_PLAN, Kind.ADDENDUM, Kind.REVIEW_TRIGGER)


@pytest.fixture
def told(desk: Desk, case_id: CaseId, clock: Clock) -> CaseId:
    """A case with two versions of a plan, a corrected and countersigned review, and a reason for another."""
    first = safety_plans.save_plan(desk, case_id, PLAN)
    clock.move(days=1)
    review = ready(desk, case_id)
    assessments.sign_off(desk, review)
    clock.move(days=1)
    addenda.add_addendum(desk, review, AddendumDraft("correction", "It was the sister."))
    clock.move(days=1)
    addenda.add_addendum(desk, review, AddendumDraft("countersignature", **BY))
    clock.move(days=1)
    safety_plans.save_plan(desk, case_id, replace(PLAN, agreed_how="", parts=LATER, based_on=first))
    clock.move(days=1)
    review_cycle.note_trigger(desk, case_id, "new_threat", note="A call from an unknown number")
    return case_id


def test_plans_additions_and_reasons_stand_in_the_timeline_in_order(desk: Desk, told: CaseId) -> None:
    found = timeline.timeline(desk, told, kinds=NEW)
    assert [one.title for one in found] == [
        "Reason for a review: a new threat",
        "Safety plan, version 2",
        "Countersigned by Jo Practice, Service manager: the review of 21 November",
        "Correction to the review of 21 November",
        "Safety plan, version 1, agreed in words",
    ]
    assert [one.summary for one in found][3] == "It was the sister."
    assert found[0].state == "open"
    every = timeline.timeline(desk, told)
    assert [one for one in every if one.kind in NEW] == list(found)


def test_the_words_of_a_restricted_plan_are_covered_in_the_timeline(desk: Desk, told: CaseId) -> None:
    plans = timeline.timeline(desk, told, kinds=[Kind.SAFETY_PLAN])
    assert [(one.covered, one.summary) for one in plans] == [(True, ""), (True, "")]
    assert timeline.timeline(desk, told, text="library") == ()


def test_a_reason_that_was_set_aside_stays_in_the_timeline_and_says_why(desk: Desk, told: CaseId) -> None:
    (why,) = review_cycle.open_triggers(desk, told)
    review_cycle.set_trigger_aside(desk, why.id, "It was the dentist.")
    (found,) = timeline.timeline(desk, told, kinds=[Kind.REVIEW_TRIGGER])
    assert (found.state, found.summary) == (
        "closed",
        "A call from an unknown number · Set aside: It was the dentist.",
    )


def test_what_was_undone_leaves_the_timeline(desk: Desk, told: CaseId) -> None:
    act = history.last_act(desk)
    assert act is not None
    history.undo(desk, act.id)
    assert timeline.timeline(desk, told, kinds=[Kind.REVIEW_TRIGGER]) == ()


def test_additions_of_a_case_are_counted_in_one_query(desk: Desk, told: CaseId) -> None:
    (review,) = assessments.assessments_of(desk, told)
    asked: list[str] = []

    def note(*args: object) -> None:
        asked.append(str(args[2]))

    with desk.store.read() as session:
        engine = session.connection().engine
    event.listen(engine, "before_cursor_execute", note)
    counts = addenda.addenda_counts(desk, told)
    event.remove(engine, "before_cursor_execute", note)
    assert counts == {review.id: Added(1, "Jo Practice")}
    assert len([one for one in asked if "addendum" in one]) == 1


def test_a_plan_whose_day_has_come_stands_among_what_is_due_until_the_next_version(
    desk: Desk, case_id: CaseId, clock: Clock
) -> None:
    first = safety_plans.save_plan(desk, case_id, replace(PLAN, review_on="in 3 days"))
    clock.move(days=2)
    assert [one for one in today_page(desk).due if one.kind is Kind.SAFETY_PLAN] == []
    clock.move(days=3)
    (due,) = (one for one in today_page(desk).due if one.kind is Kind.SAFETY_PLAN)
    assert (due.what, due.why, due.id) == ("Safety plan to be looked at again", "version 1", first)
    assert (desk.today() - due.on).days == 2
    assert "nothing overdue" in today_page(desk).sentence, "it hurries nobody"
    safety_plans.save_plan(desk, case_id, replace(PLAN, review_on="in 4 weeks", based_on=first))
    assert [one for one in today_page(desk).due if one.kind is Kind.SAFETY_PLAN] == []


def test_a_plan_long_waiting_comes_after_what_is_overdue_and_before_what_is_to_come(
    desk: Desk, case_id: CaseId, clock: Clock
) -> None:
    safety_plans.save_plan(desk, case_id, replace(PLAN, review_on="in 3 days"))
    for text, day in (("Ring the landlord", "in 60 days"), ("Write the letter", "in 70 days")):
        actions.add_action(desk, case_id, ActionDraft(text, "imsa", "", day, "t2"))
    clock.move(days=65)
    assert [one.what for one in today_page(desk).due] == [
        "Ring the landlord",
        "Safety plan to be looked at again",
        "Write the letter",
    ]


def test_a_plan_of_a_closed_case_asks_for_nothing(desk: Desk, case_id: CaseId, clock: Clock) -> None:
    safety_plans.save_plan(desk, case_id, replace(PLAN, review_on="in 3 days"))
    clock.move(days=5)
    cases.close_case(desk, case_id, "goals_met")
    assert [one for one in today_page(desk).due if one.kind is Kind.SAFETY_PLAN] == []
