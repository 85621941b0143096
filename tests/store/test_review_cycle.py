"""The review cycle: what is due when, why in words, and what happened in between."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from assessment_kit import AGREED, draft, ready, risk
from desk_kit import Clock, add_professional, case_draft, contact_draft, meeting_draft, open_case
from sqlalchemy import event

from imsa_desk import paths
from imsa_desk.domain.ids import CaseId
from imsa_desk.domain.people import SafeContactDraft
from imsa_desk.domain.review_cycle import ReviewDue, load_cycle
from imsa_desk.errors import Broken, Refused
from imsa_desk.services import assessments, cases, coordination, history, meetings, people, review_cycle
from imsa_desk.services.desk import Desk
from imsa_desk.services.themes import tiles
from imsa_desk.store.records import CaseRow
from imsa_desk.vocab import AssessmentType

TODAY = date(2026, 11, 20)


def due(desk: Desk, case_id: CaseId) -> ReviewDue:
    found = review_cycle.next_due(desk, case_id)
    assert found is not None
    return found


def test_the_first_meeting_asks_for_a_safety_check_and_opening_for_a_full_review(
    desk: Desk, case_id: CaseId
) -> None:
    first = due(desk, case_id)
    assert (first.what, first.on) == (AssessmentType.INITIAL, TODAY + timedelta(days=14))
    assert first.why == "First full review: 2 weeks after the case was opened on Fri 20 Nov."
    meetings.log_meeting(desk, meeting_draft(case_id))
    screen = due(desk, case_id)
    assert (screen.what, screen.on) == (AssessmentType.SAFETY_SCREEN, TODAY)
    assert screen.why == "No safety check since you first met on Fri 20 Nov."
    made = ready(desk, case_id, header=replace(AGREED, assessment_type="safety_screen"))
    assert due(desk, case_id).draft == made
    assessments.sign_off(desk, made)
    assert due(desk, case_id) == first


@pytest.mark.parametrize(
    ("severity", "days", "why"),
    [
        (2, 84, "12 weeks after the review of Fri 20 Nov."),
        (4, 28, "4 weeks after the review of Fri 20 Nov, because a risk was high."),
    ],
)
def test_a_review_follows_sooner_where_anything_is_high(
    desk: Desk, case_id: CaseId, severity: int, days: int, why: str
) -> None:
    assessments.sign_off(desk, ready(desk, case_id, risk("S2", 3, severity)))
    found = due(desk, case_id)
    assert (found.what, found.on, found.why) == (AssessmentType.REVIEW, TODAY + timedelta(days=days), why)
    assert not found.overdue(found.on)
    assert found.overdue(found.on + timedelta(days=1))


def test_an_untriaged_case_has_no_full_review_and_a_closing_one_ends_the_cycle(desk: Desk) -> None:
    small = cases.open_case(desk, replace(case_draft(), tier="t1"))
    assert review_cycle.next_due(desk, small) is None
    assessments.sign_off(desk, ready(desk, small))
    assert due(desk, small).what is AssessmentType.REVIEW
    assessments.sign_off(desk, ready(desk, small, header=replace(AGREED, assessment_type="closing")))
    assert review_cycle.next_due(desk, small) is None


def test_a_review_of_one_event_brings_the_next_one_forward_and_never_puts_it_off(
    desk: Desk, case_id: CaseId, clock: Clock
) -> None:
    assessments.sign_off(desk, ready(desk, case_id))
    for days, severity, left in ((70, 2, 14), (1, 4, 13)):
        clock.move(days=days)
        happened = replace(AGREED, assessment_type="event_triggered")
        assessments.sign_off(desk, ready(desk, case_id, risk("S2", 3, severity), header=happened))
        assert due(desk, case_id).on == desk.today() + timedelta(days=left)
    second = open_case(desk, "Minh")
    assessments.sign_off(desk, ready(desk, second))
    clock.move(days=1)
    assessments.sign_off(desk, ready(desk, second, risk("S2", 3, 4), header=happened))
    assert due(desk, second).on == desk.today() + timedelta(days=28)


def test_a_form_for_one_occasion_says_which(desk: Desk, case_id: CaseId) -> None:
    made = assessments.start_assessment(desk, case_id, AGREED, "event-risk-review")
    assert assessments.assessment(desk, made).line.assessment_type is AssessmentType.EVENT_TRIGGERED
    assessments.save_header(desk, made, AGREED)
    assert assessments.assessment(desk, made).header.assessment_type == "event_triggered"


def test_feedback_changes_nothing_about_the_cycle(desk: Desk, case_id: CaseId, clock: Clock) -> None:
    assessments.sign_off(desk, ready(desk, case_id))
    before = due(desk, case_id)
    clock.move(days=3)
    header = replace(AGREED, assessment_type="feedback")
    made = assessments.start_assessment(desk, case_id, header, "survivor-feedback")
    if not assessments.missing(desk, made):
        assessments.sign_off(desk, made)
    assert replace(due(desk, case_id), draft=None) == before


def test_something_that_happened_asks_for_a_review_until_one_is_signed(
    desk: Desk, case_id: CaseId, clock: Clock
) -> None:
    assessments.sign_off(desk, ready(desk, case_id))
    clock.move(days=1)
    review_cycle.note_trigger(desk, case_id, "new_threat", note="A call at night.")
    review_cycle.note_trigger(desk, case_id, "new_threat")
    assert [one.note for one in review_cycle.open_triggers(desk, case_id)] == ["A call at night."]
    found = due(desk, case_id)
    assert (found.what, found.on) == (AssessmentType.EVENT_TRIGGERED, TODAY + timedelta(days=1))
    assert (found.why, found.trigger) == ("A new threat, Sat 21 Nov.", "new_threat")
    assessments.sign_off(
        desk, ready(desk, case_id, header=replace(AGREED, assessment_type="event_triggered"))
    )
    assert review_cycle.open_triggers(desk, case_id) == ()
    assert due(desk, case_id).what is AssessmentType.REVIEW


def test_what_needs_no_review_is_set_aside_with_its_reason(desk: Desk, case_id: CaseId) -> None:
    made = review_cycle.note_trigger(desk, case_id, "complaint", "yesterday")
    for reason, fails in (("", True), ("It was about the lift.", False), ("Again.", True)):
        if fails:
            with pytest.raises(Refused):
                review_cycle.set_trigger_aside(desk, made, reason)
        else:
            review_cycle.set_trigger_aside(desk, made, reason)
    assert review_cycle.open_triggers(desk, case_id) == ()
    act = history.last_act(desk)
    assert act is not None
    history.undo(desk, act.id)
    assert [one.id for one in review_cycle.open_triggers(desk, case_id)] == [made]


@pytest.mark.parametrize(("why", "on", "field"), [("whim", "", "why"), ("move", "tomorrow", "on")])
def test_an_impossible_reason_is_refused(desk: Desk, case_id: CaseId, why: str, on: str, field: str) -> None:
    with pytest.raises(Refused) as refused:
        review_cycle.note_trigger(desk, case_id, why, on)
    assert [problem.field for problem in refused.value.problems] == [field]


def standing(desk: Desk, case_id: CaseId) -> tuple[str, date | None]:
    """Give the case's risk and its next review, as they are kept with it."""
    with desk.store.read() as session:
        row = session.get(CaseRow, case_id)
        assert row is not None
        return row.risk, row.review_on


REFUSED = replace(AGREED, consent_to_assess="no")


def test_a_review_that_the_person_refused_leaves_all_that_is_due_as_it_was(
    desk: Desk, case_id: CaseId, clock: Clock
) -> None:
    assessments.sign_off(desk, ready(desk, case_id, risk("S2", 3, 4)))
    clock.move(days=27)
    review_cycle.note_trigger(desk, case_id, "arrest")
    clock.move(days=1)
    tried = ready(desk, case_id, risk("S2", 1, 1), header=replace(REFUSED, assessment_type="review"))
    assessments.save_section(desk, tried, "t2", [draft("2.1", advocate=4)])
    themes = tiles(desk, case_id)
    assessments.sign_off(desk, tried)
    assert assessments.assessment(desk, tried).line.review_on is None
    assert reasons(desk, case_id) == ["arrest"]
    assert tiles(desk, case_id) == themes
    assert standing(desk, case_id) == ("high", date(2026, 12, 18))
    asked = "Asked on Fri 18 Dec: the person did not want it then."
    found = due(desk, case_id)
    assert (found.trigger, found.why) == ("arrest", f"An arrest, Thu 17 Dec. {asked}")
    review_cycle.set_trigger_aside(desk, review_cycle.open_triggers(desk, case_id)[0].id, "Let go at once.")
    words = "4 weeks after the review of Fri 20 Nov, because a risk was high."
    assert (due(desk, case_id).on, due(desk, case_id).why) == (date(2026, 12, 18), f"{words} {asked}")
    clock.move(hours=1)
    assessments.sign_off(desk, ready(desk, case_id, header=replace(AGREED, assessment_type="review")))
    assert reasons(desk, case_id) == []
    assert "did not want" not in due(desk, case_id).why


def test_a_refused_first_talk_or_last_one_counts_as_neither(desk: Desk, case_id: CaseId) -> None:
    meetings.log_meeting(desk, meeting_draft(case_id))
    for kind in ("safety_screen", "closing"):
        assessments.sign_off(desk, ready(desk, case_id, header=replace(REFUSED, assessment_type=kind)))
        assert due(desk, case_id).what is AssessmentType.SAFETY_SCREEN
    assert standing(desk, case_id) == ("", None)


def reasons(desk: Desk, case_id: CaseId) -> list[str]:
    return [one.why for one in review_cycle.open_triggers(desk, case_id)]


def test_a_decision_a_move_and_another_tier_are_noted_by_themselves(desk: Desk, case_id: CaseId) -> None:
    who = add_professional(desk, case_id)
    coordination.record_contact(desk, contact_draft(case_id, who))
    assert reasons(desk, case_id) == []
    decided = replace(contact_draft(case_id, who), entry_type="decision_received")
    made = coordination.record_contact(desk, contact_draft(case_id, who, "It has come."))
    coordination.change_contact(desk, made, decided)
    coordination.change_contact(desk, made, decided)
    coordination.record_contact(desk, decided)
    assert reasons(desk, case_id) == ["decision_received"]
    cases.change_case(desk, case_id, replace(case_draft(), tier="t2", local_authority="Northgate"))
    assert sorted(reasons(desk, case_id)) == ["decision_received", "tier_change"]
    cases.change_case(desk, case_id, replace(case_draft(), tier="t2", local_authority="Southgate"))
    assert sorted(reasons(desk, case_id)) == ["decision_received", "move", "tier_change"]


def test_another_address_for_letters_is_a_move_and_another_number_is_not(desk: Desk, case_id: CaseId) -> None:
    for channel, address in (
        ("text", "07700 900124"),
        ("post", "1 First Street"),
        ("post", "1 First Street"),
    ):
        people.set_safe_contact(desk, case_id, SafeContactDraft(channel=channel, safe="yes", address=address))
    assert reasons(desk, case_id) == []
    people.set_safe_contact(desk, case_id, SafeContactDraft(channel="post", safe="yes", address="2 New Road"))
    assert reasons(desk, case_id) == ["move"]


def test_due_reviews_are_found_for_all_cases_in_a_few_queries(desk: Desk, case_id: CaseId) -> None:
    closed = open_case(desk, "Ana")
    cases.close_case(desk, closed, "goals_met")
    for name in ("Minh", "Dara", "Ioana", "Kofi"):
        other = open_case(desk, name)
        review_cycle.note_trigger(desk, other, "arrest")
    asked: list[str] = []
    with desk.store.read() as session:
        engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    found = review_cycle.due_reviews(desk, TODAY + timedelta(days=14))
    assert [one.what for one in found] == [AssessmentType.EVENT_TRIGGERED] * 4 + [AssessmentType.INITIAL]
    assert len([query for query in asked if query.startswith("SELECT")]) <= 5
    assert review_cycle.due_reviews(desk, TODAY - timedelta(days=1)) == ()


def test_the_cycle_is_the_organisations_data(tmp_path: object) -> None:
    file = paths.resources() / "rules" / "review_cycle.toml"
    own = file.read_text("utf-8").replace("# [tier.t3]", "[tier.t3]").replace("# high_days", "high_days")
    written = type(file)(str(tmp_path)) / "cycle.toml"
    written.write_text(own, "utf-8")
    cycle = load_cycle(written)
    assert (cycle.days_after("t3", "high"), cycle.days_after("t3", "low")) == (14, 84)
    assert (cycle.days_after("t2", "very_high"), cycle.days_after("t2", "")) == (28, 84)
    written.write_text(own.replace("initial_days = 14", 'initial_days = "soon"'), "utf-8")
    with pytest.raises(Broken, match=r"cycle\.toml cannot be read"):
        load_cycle(written)
