"""What belongs to reviews travels with its case: additions, reasons, forms; a safety plan when chosen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from arrival_kit import FORM_ID, add_first, add_second
from assessment_kit import AGREED, draft
from exchange_kit import Meeting, met_on, new_case
from sqlalchemy import func, select

from imsa_desk.domain.actions import ActionDraft
from imsa_desk.domain.addenda import AddendumDraft
from imsa_desk.domain.ids import CaseId
from imsa_desk.domain.safety_plans import SafetyPlanDraft
from imsa_desk.services import addenda, assessments, exchange, office, review_cycle, safety_plans, targets
from imsa_desk.store.project import differences
from imsa_desk.store.records import (
    ActionRow,
    AddendumRow,
    AnswerRow,
    FormRow,
    Record,
    ReviewTriggerRow,
    SafetyPlanRow,
)
from imsa_desk.vocab import Kind


@pytest.fixture(params=["encrypted file", "postgresql"])
def met(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Meeting]:
    """A Desk and an office that have met; the office keeps its records in each kind of database."""
    database = request.getfixturevalue("postgresql_url") if request.param == "postgresql" else ""
    with met_on(tmp_path, database) as made:
        yield made


def signed_talk(met: Meeting, case: CaseId) -> None:
    made = assessments.start_assessment(met.desk, case, AGREED, FORM_ID)
    living = [draft("room", advocate=3, words="ክፍሉ ቀዝቃዛ ነው"), draft("words", text="Warm days.")]
    assessments.save_section(met.desk, made, "living", living)
    assessments.sign_off(met.desk, made)
    addenda.add_addendum(met.desk, made, AddendumDraft("addition", "Read again together.", "room"))
    targets.turn_into(met.desk, made, "room", "action", ActionDraft("Ask about the heater."))


def count(met: Meeting, row: type[Record]) -> int:
    with met.office.records.read() as session:
        return session.scalar(select(func.count()).select_from(row)) or 0


def test_reviews_arrive_with_their_form_and_all_that_was_added(met: Meeting) -> None:
    case = new_case(met.desk, "Abeba")
    add_first(met.desk)
    signed_talk(met, case)
    add_second(met.desk)
    review_cycle.note_trigger(met.desk, case, "move", note="A new room.")
    plan = safety_plans.save_plan(met.desk, case, SafetyPlanDraft({"code_word": "ቡና"}))
    offered = exchange.will_leave(met.desk, [case]).cases[0].restricted
    assert (Kind.SAFETY_PLAN, plan) in {(one.kind, one.id) for one in offered}
    met.deliver(case)
    assert [count(met, row) for row in (AddendumRow, ReviewTriggerRow, SafetyPlanRow)] == [1, 1, 0]
    with met.office.records.read() as session:
        assert [row.version for row in session.scalars(select(FormRow))] == [1]
        assert "Arrival talk" in session.scalars(select(FormRow)).one().text
        assert {row.source_part for row in session.scalars(select(ActionRow))} == {"room"}
        assert {row.question_id for row in session.scalars(select(AnswerRow))} >= {"room", "words"}
        assert differences(session.connection()) == []
    met.deliver(case, include=(plan,))
    assert count(met, SafetyPlanRow) == 1
    assert office.check(met.office).problems == ()


def test_a_form_that_no_leaving_review_answers_stays_here(met: Meeting) -> None:
    case, other = new_case(met.desk, "Abeba"), new_case(met.desk, "Bran")
    add_first(met.desk)
    signed_talk(met, other)
    met.deliver(case)
    assert count(met, FormRow) == 0
    met.deliver(other)
    assert count(met, FormRow) == 1
    assert office.check(met.office).problems == ()
