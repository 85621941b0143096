"""Assessments in a real vault: sections, rows, urgent answers, signing, the seal and what follows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from shutil import copytree

import pytest
from assessment_kit import AGREED, Clock, draft, make_case, make_desk, ready, risk
from desk_kit import open_desk
from sqlalchemy import select
from vault_kit import PASSPHRASE

from imsa_desk.domain.assessments import Answer, AnswerDraft, Assessment, AssessmentHeader, AssessmentLine
from imsa_desk.domain.ids import AssessmentId, CaseId
from imsa_desk.domain.safety import SafetyResponseDraft
from imsa_desk.domain.seals import seal_digest, seal_holds
from imsa_desk.errors import Broken, Refused
from imsa_desk.services import assessments, history, safety, vaults
from imsa_desk.services.actions import actions_of
from imsa_desk.services.cases import case_head
from imsa_desk.services.desk import Desk
from imsa_desk.services.sealing import refuse_sealed
from imsa_desk.services.themes import tiles
from imsa_desk.store.project import differences
from imsa_desk.store.records import AnswerRow, AssessmentRow, AssessmentSectionRow, CaseRow
from imsa_desk.vocab import (
    AnswerSource,
    AssessmentState,
    AssessmentType,
    Band,
    Kind,
    NotDiscussed,
    OwnerKind,
    Sensitivity,
    Theme,
)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(fresh_vault: Path, tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    desk = open_desk(copytree(fresh_vault, tmp_path / "vault"), clock)
    yield desk
    with desk.store.read() as session:
        assert differences(session.connection()) == []
    desk.store.close()


@pytest.fixture
def case_id(desk: Desk) -> CaseId:
    return make_case(desk)


def refusal(verb: object, *arguments: object) -> Refused:
    assert callable(verb)
    with pytest.raises(Refused) as refused:
        verb(*arguments)
    return refused.value


def answer_count(desk: Desk) -> int:
    with desk.store.read() as session:
        return len(session.scalars(select(AnswerRow)).all())


def lines_by(desk: Desk, verb: object, *arguments: object) -> int:
    """Count the journal lines a verb writes."""
    assert callable(verb)
    before = desk.store.lines()
    verb(*arguments)
    return desk.store.lines() - before


def review_day(desk: Desk, case_id: CaseId) -> date | None:
    with desk.store.read() as session:
        row = session.get(CaseRow, case_id)
        assert row is not None
        return row.review_on


def test_a_started_assessment_keeps_its_form_and_header(desk: Desk, case_id: CaseId) -> None:
    header = AssessmentHeader(
        assessment_type="review",
        on="yesterday",
        place="Library",
        consent_to_assess="partial",
        wants_today="ሰላም",
    )
    found = assessments.assessment(desk, assessments.start_assessment(desk, case_id, header))
    form = desk.forms.find(assessments.STANDARD_FORM)
    assert form is not None
    assert (found.line.form_id, found.line.form_version, found.form_digest) == (form.id, 1, form.digest)
    assert found.header.wants_today == "ሰላም"
    assert (found.line.on, found.header.on) == (date(2026, 11, 20), "2026-11-20")
    assert (found.line.state, found.line.author) == (AssessmentState.DRAFT, "Ann Practice")
    assert (found.line.answered, found.line.total, found.line.highest) == (0, 97, None)
    assert assessments.form_of(desk, found) is form


@pytest.mark.parametrize(
    ("header", "field"),
    [
        (AssessmentHeader(on="31/02/2026"), "on"),
        (AssessmentHeader(on="tomorrow"), "on"),
        (AssessmentHeader(assessment_type="exam"), "assessment_type"),
        (AssessmentHeader(consent_to_assess="maybe"), "consent_to_assess"),
        (AssessmentHeader(review_trigger="whim"), "review_trigger"),
        (AssessmentHeader(place="x" * 501), "place"),
    ],
)
def test_an_impossible_header_is_refused_and_changes_nothing(
    desk: Desk, case_id: CaseId, header: AssessmentHeader, field: str
) -> None:
    assert field in [
        one.field for one in refusal(assessments.start_assessment, desk, case_id, header).problems
    ]
    assert assessments.assessments_of(desk, case_id) == ()


def test_an_assessment_needs_its_case_and_its_form(desk: Desk, case_id: CaseId) -> None:
    refusal(assessments.start_assessment, desk, CaseId("0" * 32), AGREED)
    refusal(assessments.start_assessment, desk, case_id, AGREED, "no-such-form")
    refusal(assessments.assessment, desk, AssessmentId("0" * 32))


def test_only_changed_answers_change_rows(desk: Desk, case_id: CaseId, clock: Clock) -> None:
    one = assessments.start_assessment(desk, case_id, AGREED)
    answers = [draft("2.1", advocate=1, survivor=2), draft("2.2", advocate=3, words="Near the school.")]
    assert lines_by(desk, assessments.save_section, desk, one, "t2", answers) == 3
    clock.forward(days=1)
    assert lines_by(desk, assessments.save_section, desk, one, "t2", answers) == 0
    changed = [answers[0], draft("2.2", advocate=4, words="Near the school.")]
    assert lines_by(desk, assessments.save_section, desk, one, "t2", changed) == 1
    found = assessments.assessment(desk, one)
    assert found.answers["2.1"].asked_on == date(2026, 11, 21)
    assert found.answers["2.2"].asked_on == date(2026, 11, 22)
    assert found.answers["2.2"].value == {"advocate": 4, "words": "Near the school."}
    assert answer_count(desk) == 2


def test_an_answer_keeps_where_it_comes_from_and_from_when_it_holds(desk: Desk, case_id: CaseId) -> None:
    one = assessments.start_assessment(desk, case_id, AGREED)
    drafted = AnswerDraft("3.9", {"advocate": 2}, source="document", valid_on="4/11/26")
    assessments.save_section(desk, one, "t3", [drafted, AnswerDraft("3.10", {}, not_discussed="declined")])
    answers = assessments.assessment(desk, one).answers
    assert (answers["3.9"].source, answers["3.9"].valid_on) == (AnswerSource.DOCUMENT, date(2026, 11, 4))
    assert answers["3.10"].not_discussed is NotDiscussed.DECLINED
    assert answers["3.9"].author == desk.actor.id
    assert assessments.assessments_of(desk, case_id)[0].answered == 2


def test_an_answer_taken_back_leaves_and_can_return_in_its_row(desk: Desk, case_id: CaseId) -> None:
    one = assessments.start_assessment(desk, case_id, AGREED)
    assessments.save_section(desk, one, "t2", [draft("2.1", advocate=1)])
    assessments.save_section(desk, one, "t2", [draft("2.1")])
    assert "2.1" not in assessments.assessment(desk, one).answers
    assert assessments.assessments_of(desk, case_id)[0].answered == 0
    assessments.save_section(desk, one, "t2", [draft("2.1", advocate=2)])
    assert assessments.assessment(desk, one).answers["2.1"].value == {"advocate": 2}
    assert answer_count(desk) == 1


def test_a_section_with_one_impossible_answer_keeps_none_of_it(desk: Desk, case_id: CaseId) -> None:
    one = assessments.start_assessment(desk, case_id, AGREED)
    drafts = [
        draft("2.1", advocate=1),
        draft("2.2", advocate=9),
        draft("S1", present="yes"),
        draft("2.3", words=1),
    ]
    problems = refusal(assessments.save_section, desk, one, "t2", drafts).problems
    assert [problem.field for problem in problems] == ["2.2", "S1", "2.3"]
    assert answer_count(desk) == 0
    refusal(assessments.save_section, desk, one, "t9", [])


def test_a_skipped_section_is_an_answer_and_can_be_taken_up_again(desk: Desk, case_id: CaseId) -> None:
    one = assessments.start_assessment(desk, case_id, AGREED)
    assessments.save_section(desk, one, "t5", [], skipped=True)
    found = assessments.assessment(desk, one)
    assert (found.skipped_sections, found.line.total) == (frozenset({"t5"}), 88)
    assessments.save_section(desk, one, "t5", [])
    found = assessments.assessment(desk, one)
    assert (found.skipped_sections, found.line.total) == (frozenset(), 97)


def test_hostile_and_foreign_words_are_kept_and_found(desk: Desk, case_id: CaseId) -> None:
    one = assessments.start_assessment(desk, case_id, AGREED)
    words = {"OV1": "<img src=x>", "OV2": "=1+1", "OV3": "ሰላም እንዴት ነህ", "OV4": "مرحبا", "OV5": "x" * 6_000}
    assessments.save_section(desk, one, "own_view", [draft(key, text=said) for key, said in words.items()])
    answers = assessments.assessment(desk, one).answers
    assert {key: answers[key].value["text"] for key in words} == words


def test_a_very_high_risk_asks_until_it_is_recorded_what_was_done(desk: Desk, case_id: CaseId) -> None:
    one = ready(desk, case_id)
    asked = assessments.save_section(desk, one, "safety", [risk("S1", 4, 5), risk("S2", 1, 2)])
    assert [(urgent.question_id, urgent.why) for urgent in asked] == [("S1", "Risk: very high.")]
    assert assessments.urgent_of(desk, one) == asked
    assert "S1" in [problem.field for problem in assessments.missing(desk, one)]
    assert refusal(assessments.sign_off, desk, one).code == "E_NOT_COMPLETE"
    done = SafetyResponseDraft(
        assessment_id=one, question_id="S1", done_now="Moved to a refuge.", told_who="Duty manager"
    )
    safety.record_response(desk, done)
    assert assessments.urgent_of(desk, one) == ()
    assessments.sign_off(desk, one)
    response = safety.open_responses(desk)[0]
    assert (response.case_id, response.told_at) == (case_id, desk.now())
    assert response.why == "Anyone who hurt or controlled me may find me. Risk: very high."


def test_thoughts_of_ending_life_ask_at_once_and_have_their_own_protocol(desk: Desk, case_id: CaseId) -> None:
    one = ready(desk, case_id)
    asked = assessments.save_section(desk, one, "safety", [draft("S8", present="yes")])
    assert [urgent.question_id for urgent in asked] == ["S8"]
    assert "call 999" in safety.protocol(desk, "S8")
    assert "Stay with the person" not in safety.protocol(desk, "S1")
    assert "Your organisation should replace it" in safety.protocol(desk)


def test_signing_needs_consent_required_answers_and_whole_risks(desk: Desk, case_id: CaseId) -> None:
    one = assessments.start_assessment(desk, case_id, AssessmentHeader())
    assert [problem.field for problem in assessments.missing(desk, one)] == ["consent_to_assess", "S4", "S8"]
    assessments.save_header(desk, one, AGREED)
    later = AnswerDraft("S8", {}, not_discussed="unsafe_place")
    assessments.save_section(desk, one, "safety", [draft("S4", present="yes"), later])
    assert [problem.field for problem in assessments.missing(desk, one)] == ["S4"]
    assessments.save_section(desk, one, "safety", [risk("S4", 2, 2, judged_band="high")])
    assert "reason" in assessments.missing(desk, one)[0].text
    assessments.save_section(
        desk, one, "safety", [risk("S4", 2, 2, judged_band="high", judgement_reason="Seen twice.")]
    )
    assert assessments.missing(desk, one) == ()


def test_a_skipped_safety_section_or_a_refusal_to_talk_may_be_signed(desk: Desk, case_id: CaseId) -> None:
    one = assessments.start_assessment(desk, case_id, AGREED)
    assessments.save_section(desk, one, "safety", [], skipped=True)
    assert assessments.missing(desk, one) == ()
    two = assessments.start_assessment(desk, case_id, AssessmentHeader(consent_to_assess="no"))
    assert assessments.missing(desk, two) == ()
    assessments.sign_off(desk, two)
    assert case_head(desk, case_id).risk is None


def test_a_signed_assessment_is_sealed_and_every_change_refused(desk: Desk, case_id: CaseId) -> None:
    one = ready(desk, case_id)
    _, head = desk.store.heads()[desk.store.writer]
    assessments.sign_off(desk, one)
    found = assessments.assessment(desk, one)
    assert (found.line.state, found.line.signed_at, found.line.author) == (
        AssessmentState.SIGNED,
        desk.now(),
        "Ann Practice",
    )
    assert found.journal_head == head
    assert len(found.seal_digest) == 64
    assert assessments.seal_is_whole(desk, one)
    before = desk.store.lines()
    for verb, arguments in (
        (assessments.save_header, (AGREED,)),
        (assessments.save_section, ("t2", [draft("2.1", advocate=1)])),
        (assessments.sign_off, ()),
    ):
        assert refusal(verb, desk, one, *arguments).code == "E_SIGNED"
    assert desk.store.lines() == before


def test_every_part_of_a_signed_assessment_is_guarded(desk: Desk, case_id: CaseId) -> None:
    one = ready(desk, case_id)
    assessments.save_section(desk, one, "t5", [], skipped=True)
    parts = (AssessmentRow, AnswerRow, AssessmentSectionRow)
    with desk.store.read() as session:
        for record in (row for part in parts for row in session.scalars(select(part))):
            refuse_sealed(session, record)
    assessments.sign_off(desk, one)
    with desk.store.read() as session:
        for part in parts:
            assert refusal(refuse_sealed, session, session.scalars(select(part)).first()).code == "E_SIGNED"
        refuse_sealed(session, session.get_one(CaseRow, case_id))


def test_a_seal_breaks_when_anything_it_covers_is_changed(desk: Desk, case_id: CaseId) -> None:
    one = ready(desk, case_id, risk("S2", 2, 3))
    assessments.sign_off(desk, one)
    with desk.store.begin("tamper") as session:
        row = session.scalars(select(AnswerRow).where(AnswerRow.question_id == "S2")).one()
        kept, row.value = row.value, row.value.replace('"severity":3', '"severity":1')
        assert row.value != kept
    assert not assessments.seal_is_whole(desk, one)
    with desk.store.begin("tamper") as session:
        session.scalars(select(AnswerRow).where(AnswerRow.question_id == "S2")).one().value = kept
        header = session.get(AssessmentRow, one)
        assert header is not None
        header.wants_today = "Nothing."
    assert not assessments.seal_is_whole(desk, one)


def test_an_assessment_whose_form_was_changed_is_not_touched(desk: Desk, case_id: CaseId) -> None:
    one = assessments.start_assessment(desk, case_id, AGREED)
    with desk.store.begin("tamper") as session:
        row = session.get(AssessmentRow, one)
        assert row is not None
        row.form_digest = "0" * 64
    with pytest.raises(Broken, match="Install the newest program"):
        assessments.save_section(desk, one, "t2", [])


def test_signing_carries_needs_into_themes_and_next_steps_into_actions(desk: Desk, case_id: CaseId) -> None:
    one = ready(desk, case_id)
    assessments.save_section(
        desk,
        one,
        "t2",
        [
            draft("2.1", advocate=1),
            draft("2.2", advocate=3, survivor=4, owner="imsa", next_step="Ask the council for a review."),
            draft("2.5", advocate=3, next_step="Think about it."),
        ],
    )
    assessments.save_section(desk, one, "t6", [AnswerDraft("6.1", {}, not_discussed="not_now")])
    assessments.sign_off(desk, one)
    housing = tiles(desk, case_id)[list(Theme).index(Theme.HOUSING)]
    assert housing.now is not None
    assert housing.now.need_level == 3
    assert housing.now.notes == "Pressing: Where I can live for the next three months; Money coming in"
    assert (housing.now.source_kind, housing.now.source_id) == (Kind.ASSESSMENT, one)
    assert [tile.theme for tile in tiles(desk, case_id) if tile.now is not None] == [Theme.HOUSING]
    actions = actions_of(desk, case_id)
    assert [(one.text, one.owner, one.theme) for one in actions] == [
        ("Ask the council for a review.", OwnerKind.IMSA, Theme.HOUSING)
    ]
    assert (actions[0].source_kind, actions[0].source_id) == (Kind.ASSESSMENT, one)


def test_signing_sets_the_risk_of_the_case_and_the_next_review(
    desk: Desk, case_id: CaseId, clock: Clock
) -> None:
    assessments.sign_off(desk, ready(desk, case_id, risk("S2", 3, 4)))
    assert case_head(desk, case_id).risk is Band.HIGH
    assert review_day(desk, case_id) == date(2026, 12, 19)
    clock.forward(weeks=4)
    assessments.sign_off(desk, ready(desk, case_id, risk("S2", 2, 2)))
    assert case_head(desk, case_id).risk is Band.LOW
    assert review_day(desk, case_id) == date(2027, 3, 13)
    late = AssessmentHeader(on="22 nov 2026", consent_to_assess="yes")
    assessments.sign_off(desk, ready(desk, case_id, risk("S2", 3, 4), header=late))
    assert case_head(desk, case_id).risk is Band.LOW
    assert review_day(desk, case_id) == date(2027, 3, 13)


def test_the_previous_signed_review_of_the_same_case_is_compared(
    desk: Desk, case_id: CaseId, clock: Clock
) -> None:
    first = ready(desk, case_id, risk("S2", 3, 4))
    assert assessments.previous(desk, first) is None
    assessments.sign_off(desk, first)
    other = ready(desk, make_case(desk, "Minh"))
    clock.forward(weeks=4)
    second = ready(desk, case_id)
    drafted = ready(desk, case_id)
    for one in (second, drafted):
        before = assessments.previous(desk, one)
        assert before is not None
        assert before.line.id == first
    assessments.sign_off(desk, second)
    latest = assessments.previous(desk, drafted)
    assert latest is not None
    assert latest.line.id == second
    assert assessments.previous(desk, other) is None
    assert assessments.previous(desk, first) is None
    assert [line.on.day for line in assessments.assessments_of(desk, case_id)] == [19, 19, 21]


def test_another_form_that_asked_the_same_is_read_beside_it(
    desk: Desk, case_id: CaseId, clock: Clock
) -> None:
    first = ready(desk, case_id, risk("S2", 3, 4))
    assessments.sign_off(desk, first)
    clock.forward(days=3)
    event = assessments.start_assessment(desk, case_id, AGREED, "event-risk-review")
    before = assessments.previous(desk, event)
    assert before is not None
    assert before.line.id == first
    assert before.answers["S2"].value["severity"] == 4
    feedback = assessments.start_assessment(desk, case_id, AGREED, "survivor-feedback")
    assert assessments.previous(desk, feedback) is None


def test_undo_takes_back_the_last_section(desk: Desk, case_id: CaseId) -> None:
    one = assessments.start_assessment(desk, case_id, AGREED)
    assessments.save_section(desk, one, "t2", [draft("2.1", advocate=1)])
    act = history.last_act(desk)
    assert act is not None
    history.undo(desk, act.id)
    found = assessments.assessment(desk, one)
    assert (dict(found.answers), found.line.answered) == ({}, 0)


def test_an_unsigned_review_can_be_locked_away_and_taken_up_again(tmp_path: Path, clock: Clock) -> None:
    desk = make_desk(tmp_path / "again", clock)
    one = ready(desk, make_case(desk), risk("S2", 3, 4))
    vaults.lock(desk)
    desk = vaults.unlock(tmp_path / "again", PASSPHRASE, now=clock)
    assert assessments.assessment(desk, one).answers["S2"].value["severity"] == 4
    assessments.sign_off(desk, one)
    assert assessments.seal_is_whole(desk, one)
    vaults.lock(desk)


def sealed_once() -> Assessment:
    """A review as the first version of the program stored and sealed it."""
    line = AssessmentLine(
        id=AssessmentId("a" * 32),
        case_id=CaseId("c" * 32),
        form_id="needs-strengths-safety",
        form_version=1,
        form_title="Needs, strengths and safety review",
        assessment_type=AssessmentType.INITIAL,
        on=date(2026, 11, 4),
        state=AssessmentState.SIGNED,
        signed_at=datetime(2026, 11, 4, 15, 30, 0, 123456, tzinfo=UTC),
        author="Robin Practice",
        answered=2,
        total=97,
        highest=Band.LOW,
        review_on=None,
    )
    answers = [
        Answer("S2", {"present": "yes", "likelihood": 2, "severity": 3}, author="b" * 32),
        Answer(
            "2.1",
            {"advocate": 1, "words": "ሰላም"},
            source=AnswerSource.DOCUMENT,
            asked_on=date(2026, 11, 4),
            valid_on=date(2026, 11, 1),
            author="b" * 32,
        ),
        Answer("6.1", not_discussed=NotDiscussed.NOT_NOW, asked_on=date(2026, 11, 4), author="b" * 32),
    ]
    return Assessment(
        line=line,
        form_digest="d" * 64,
        header=AssessmentHeader(on="2026-11-04", consent_to_assess="yes", place="Library"),
        answers={one.key: one for one in answers},
        skipped_sections=frozenset({"t5"}),
        seal_digest="65b1ef1fd149179ae96cf38289832c85275f107f015682819eddb8c620b9c24b",
        journal_head="e" * 64,
        sensitivity=Sensitivity.L2,
    )


def test_a_seal_of_the_first_format_holds_byte_for_byte() -> None:
    sealed = sealed_once()
    signer = "b" * 32
    assert seal_holds(sealed, signer)
    at = sealed.line.signed_at
    assert at is not None
    assert seal_digest(sealed, at, signer, 1) == sealed.seal_digest
    assert seal_digest(sealed, at, signer) != sealed.seal_digest
    assert not seal_holds(replace(sealed, skipped_sections=frozenset()), signer)
    marked = {key: replace(one, carried_from="f" * 32) for key, one in sealed.answers.items()}
    assert not seal_holds(replace(sealed, answers=marked), signer)
    assert not seal_holds(replace(sealed, begun_from="f" * 32), signer)


def test_the_second_format_covers_what_was_carried_over_and_is_frozen() -> None:
    sealed = sealed_once()
    at = sealed.line.signed_at
    assert at is not None
    marked = {key: replace(one, carried_from="f" * 32) for key, one in sealed.answers.items()}
    begun = replace(sealed, answers=marked, begun_from="f" * 32)
    digest = "77f35ba01892b4e9e18a5dfc4978bb745532ab95f9c1069250453375c31e0ea7"
    assert seal_digest(begun, at, "b" * 32) == digest
    assert seal_holds(replace(begun, seal_digest=digest), "b" * 32)
    assert not seal_holds(replace(sealed, seal_digest=digest), "b" * 32)
