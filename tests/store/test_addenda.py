"""Additions to signed reviews: the original stays as it was signed, and each addition is sealed too."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from assessment_kit import ready, risk
from desk_kit import Clock
from printing_samples import flat, page_texts

from imsa_desk.domain.addenda import Addendum, AddendumDraft, addendum_digest
from imsa_desk.domain.ids import AddendumId, AssessmentId, CaseId
from imsa_desk.domain.prints import PrintKind, PrintWish
from imsa_desk.errors import Refused
from imsa_desk.printing.assessment import BROKEN, HOLDS
from imsa_desk.services import addenda, assessments, checking, history
from imsa_desk.services.desk import Desk
from imsa_desk.services.printing import print_pdf
from imsa_desk.store.project import differences
from imsa_desk.store.records import AddendumRow
from imsa_desk.vocab import AddendumKind

COUNTERSIGNED = AddendumDraft("countersignature", name="Jo Practice", role="Service manager")


@pytest.fixture
def signed(desk: Desk, case_id: CaseId) -> AssessmentId:
    made = ready(desk, case_id, risk("S2", 2, 2))
    assessments.sign_off(desk, made)
    return made


def test_what_is_added_stands_beside_the_original(desk: Desk, signed: AssessmentId, clock: Clock) -> None:
    before = assessments.assessment(desk, signed)
    clock.move(days=1)
    addenda.add_addendum(desk, signed, AddendumDraft("correction", "It was the sister.", "S2"))
    clock.move(days=1)
    addenda.add_addendum(desk, signed, COUNTERSIGNED)
    found = addenda.addenda_of(desk, signed)
    assert [one.what for one in found] == [AddendumKind.CORRECTION, AddendumKind.COUNTERSIGNATURE]
    assert (found[0].text, found[0].question_id, found[0].author) == (
        "It was the sister.",
        "S2",
        "Ann Practice",
    )
    assert (found[1].name, found[1].role) == ("Jo Practice", "Service manager")
    assert assessments.assessment(desk, signed) == before
    assert assessments.seal_is_whole(desk, signed)
    assert addenda.addenda_hold(desk, signed)


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (AddendumDraft("remark", "Words."), "what"),
        (AddendumDraft("correction", "  "), "text"),
        (AddendumDraft("addition", "Words.", "Z9"), "question_id"),
        (AddendumDraft("countersignature", name="Jo Practice"), "role"),
    ],
)
def test_an_addition_that_says_nothing_is_refused(
    desk: Desk, signed: AssessmentId, draft: AddendumDraft, field: str
) -> None:
    with pytest.raises(Refused) as refused:
        addenda.add_addendum(desk, signed, draft)
    assert [problem.field for problem in refused.value.problems] == [field]
    assert addenda.addenda_of(desk, signed) == ()


def test_the_same_supervisor_countersigns_again_only_once_something_was_added(
    desk: Desk, signed: AssessmentId, clock: Clock
) -> None:
    addenda.add_addendum(desk, signed, COUNTERSIGNED)
    clock.move(hours=1)
    addenda.add_addendum(desk, signed, replace(COUNTERSIGNED, name="Sam Practice"))
    clock.move(hours=1)
    with pytest.raises(Refused) as refused:
        addenda.add_addendum(desk, signed, replace(COUNTERSIGNED, name="jo  practice", text="Read."))
    (problem,) = refused.value.problems
    assert problem.field == "name"
    assert problem.text.startswith("Jo Practice countersigned this review already, as Service manager.")
    addenda.add_addendum(desk, signed, AddendumDraft("correction", "It was the sister.", "S2"))
    clock.move(hours=1)
    addenda.add_addendum(desk, signed, COUNTERSIGNED)
    assert len(addenda.addenda_of(desk, signed)) == 4


def test_a_draft_is_changed_itself(desk: Desk, case_id: CaseId) -> None:
    made = ready(desk, case_id)
    with pytest.raises(Refused) as refused:
        addenda.add_addendum(desk, made, AddendumDraft("addition", "Words."))
    assert refused.value.code == "E_NOT_SIGNED"


def test_a_changed_or_missing_addition_breaks_the_chain(
    desk: Desk, signed: AssessmentId, clock: Clock
) -> None:
    for words in ("One.", "Two.", "Three."):
        clock.move(hours=1)
        addenda.add_addendum(desk, signed, AddendumDraft("addition", words))
    with desk.store.begin("tamper") as session:
        row = session.query(AddendumRow).filter_by(text="Two.").one()
        row.text = "Other."
    assert not addenda.addenda_hold(desk, signed)
    with desk.store.begin("tamper") as session:
        row = session.query(AddendumRow).filter_by(text="Other.").one()
        row.text, row.seal_digest = "Two.", "0" * 64
    assert not addenda.addenda_hold(desk, signed)


def test_the_last_addition_is_undone_and_one_that_was_built_on_is_not(
    desk: Desk, signed: AssessmentId, clock: Clock
) -> None:
    addenda.add_addendum(desk, signed, AddendumDraft("addition", "One."))
    first = history.last_act(desk)
    clock.move(hours=1)
    addenda.add_addendum(desk, signed, COUNTERSIGNED)
    second = history.last_act(desk)
    assert first is not None
    assert second is not None
    with pytest.raises(Refused) as refused:
        history.undo(desk, first.id)
    assert refused.value.code == "E_SIGNED"
    history.undo(desk, second.id)
    assert [one.text for one in addenda.addenda_of(desk, signed)] == ["One."]
    clock.move(hours=1)
    addenda.add_addendum(desk, signed, AddendumDraft("addition", "Two."))
    assert addenda.addenda_hold(desk, signed)
    with desk.store.read() as session:
        assert differences(session.connection()) == []


def test_the_seal_of_an_addition_is_frozen() -> None:
    addendum = Addendum(
        id=AddendumId("a" * 32),
        assessment_id=AssessmentId("c" * 32),
        what=AddendumKind.CORRECTION,
        text="ሰላም",
        author="Robin Practice",
        author_id="b" * 32,
        written_at=datetime(2026, 11, 4, 15, 30, tzinfo=UTC),
        question_id="S2",
        name="",
        role="",
        seal_digest="",
    )
    digest = "de2582d5fea8ae23f732bb5d7b025c6a165413a0716393a4e8b58523862cbaed"
    assert addendum_digest(addendum, "d" * 64, "e" * 64) == digest


def test_an_addition_changed_past_its_verb_is_told_on_the_page_on_paper_and_by_the_check(
    desk: Desk, signed: AssessmentId
) -> None:
    addenda.add_addendum(desk, signed, AddendumDraft("correction", "It was the sister.", "S2"))
    assert addenda.seals_hold(desk, signed)
    assert HOLDS in printed(desk, signed)
    with desk.store.begin("tamper") as session:
        for row in session.query(AddendumRow).filter_by(assessment_id=signed):
            row.text = "It was the brother."
    assert not addenda.seals_hold(desk, signed)
    assert BROKEN in printed(desk, signed)
    assert checking.check_open(desk).problems == (f"{signed}: seal of an addition broken",)


def printed(desk: Desk, signed: AssessmentId) -> str:
    """Give the text of a review's print."""
    pdf = print_pdf(desk, PrintWish(PrintKind.ASSESSMENT, assessment_id=signed))
    return flat(" ".join(page_texts(pdf)))
