"""Reviews begun from the last one: what is carried over stays marked until it is asked again or confirmed."""

from __future__ import annotations

from datetime import date

import pytest
from arrival_kit import FORM_ID, add_first, add_second
from assessment_kit import AGREED, draft, ready, risk
from desk_kit import Clock, open_case

from imsa_desk.domain.assessments import AnswerDraft, Assessment
from imsa_desk.domain.ids import AssessmentId, CaseId
from imsa_desk.domain.safety import SafetyResponseDraft
from imsa_desk.errors import Broken, Refused
from imsa_desk.services import assessments, carrying, history, safety
from imsa_desk.services.actions import actions_of, set_action_state
from imsa_desk.services.desk import Desk
from imsa_desk.services.themes import tiles
from imsa_desk.store.project import differences
from imsa_desk.store.records import AnswerRow, FormRow
from imsa_desk.vocab import ActionState, AnswerSource

FIRST_DAY = date(2026, 11, 20)
ROOM: dict[str, object] = {"advocate": 3, "survivor": 4, "words": "ክፍሉ ቀዝቃዛ ነው"}


def first_talk(desk: Desk, case_id: CaseId) -> AssessmentId:
    """Sign the own form's first version with an answer of every kind."""
    add_first(desk)
    made = assessments.start_assessment(desk, case_id, AGREED, FORM_ID)
    assessments.save_section(
        desk,
        made,
        "living",
        [
            AnswerDraft("room", ROOM, source="told_by_survivor"),
            draft("sleep", step=3),
            draft("rent", pence=40_000, per="month"),
            draft("helps", choices=["tea"]),
            draft("words", text="Warm days."),
        ],
    )
    family = [
        draft("children", rows=[1, 3]),
        AnswerDraft("child_name", {"text": "Hana"}, repeat=1),
        AnswerDraft("child_age", {"number": 4}, repeat=1),
        AnswerDraft("child_name", {"text": "Yusuf"}, repeat=3),
        draft("old_only", text="Only then."),
        draft("agreed", how="spoken", name="Selam"),
    ]
    assessments.save_section(desk, made, "family", family)
    assessments.sign_off(desk, made)
    return made


def second_talk(desk: Desk, case_id: CaseId, clock: Clock) -> AssessmentId:
    """Begin a review on the second version from the first talk, four weeks later."""
    earlier = first_talk(desk, case_id)
    clock.move(weeks=4)
    add_second(desk)
    return assessments.start_assessment(desk, case_id, AGREED, FORM_ID, begin_from=earlier)


def opened(desk: Desk, made: AssessmentId) -> Assessment:
    return assessments.assessment(desk, made)


def test_answers_are_carried_to_the_next_version_with_who_said_them_and_when(
    desk: Desk, case_id: CaseId, clock: Clock
) -> None:
    made = second_talk(desk, case_id, clock)
    found = opened(desk, made)
    assert (found.line.form_version, found.begun_from != "") == (2, True)
    home = found.answers["home"]
    assert home.value == ROOM
    assert (home.asked_on, home.source) == (FIRST_DAY, AnswerSource.TOLD_BY_SURVIVOR)
    assert {one.carried_from for one in found.answers.values()} == {found.begun_from}
    assert found.answers["child_name#3"].value == {"text": "Yusuf"}
    assert found.answers["children"].value == {"rows": [1, 3]}
    assert found.line.answered == 0


def test_what_does_not_fit_is_named_and_what_is_given_anew_each_time_is_not_carried(
    desk: Desk, case_id: CaseId, clock: Clock
) -> None:
    made = second_talk(desk, case_id, clock)
    assert [(one.question_id, one.text) for one in carrying.left_behind(desk, made)] == [
        ("old_only", "Asked in the first version only")
    ]
    assert not {"old_only", "agreed", "how_many"} & set(opened(desk, made).answers)


def test_confirming_asks_again_and_only_what_is_named(desk: Desk, case_id: CaseId, clock: Clock) -> None:
    made = second_talk(desk, case_id, clock)
    carrying.confirm_carried(desk, made, ["sleep", "child_name#1"])
    answers = opened(desk, made).answers
    assert (answers["sleep"].carried_from, answers["sleep"].asked_on) == ("", date(2026, 12, 18))
    assert answers["child_name#1"].carried_from == ""
    assert answers["child_name#3"].carried_from != ""
    assert opened(desk, made).line.answered == 2


def test_saving_the_same_words_keeps_the_mark_and_other_words_end_it(
    desk: Desk, case_id: CaseId, clock: Clock
) -> None:
    made = second_talk(desk, case_id, clock)
    same = draft("rent", pence=40_000, per="month")
    assessments.save_section(desk, made, "living", [same, draft("sleep", step=1)])
    answers = opened(desk, made).answers
    assert answers["rent"].carried_from != ""
    assert answers["rent"].asked_on == FIRST_DAY
    assert answers["sleep"].carried_from == ""
    assert answers["sleep"].asked_on == date(2026, 12, 18)


def test_a_required_answer_must_be_confirmed_and_the_rest_may_stay_as_it_was(
    desk: Desk, case_id: CaseId, clock: Clock
) -> None:
    made = second_talk(desk, case_id, clock)
    assert [problem.field for problem in assessments.missing(desk, made)] == ["words"]
    carrying.confirm_carried(desk, made, ["words"])
    assessments.sign_off(desk, made)
    found = opened(desk, made)
    assert found.answers["home"].carried_from == found.begun_from
    assert found.answers["home"].asked_on == FIRST_DAY
    assert assessments.seal_is_whole(desk, made)
    assert [tile.now.on for tile in tiles(desk, case_id) if tile.now] == [FIRST_DAY]
    with pytest.raises(Refused):
        carrying.confirm_carried(desk, made, ["home"])


def test_the_seal_covers_that_an_answer_was_only_carried_over(
    desk: Desk, case_id: CaseId, clock: Clock
) -> None:
    made = second_talk(desk, case_id, clock)
    carrying.confirm_carried(desk, made, ["words"])
    assessments.sign_off(desk, made)
    with desk.store.begin("tamper") as session:
        for row in session.query(AnswerRow).filter_by(assessment_id=made, question_id="home"):
            row.carried_from = ""
    assert not assessments.seal_is_whole(desk, made)


def test_a_calculated_result_is_kept_with_the_signature(desk: Desk, case_id: CaseId, clock: Clock) -> None:
    made = second_talk(desk, case_id, clock)
    assert "how_many" not in opened(desk, made).answers
    assessments.save_section(desk, made, "family", [draft("children", rows=[3])])
    carrying.confirm_carried(desk, made, ["words"])
    assessments.sign_off(desk, made)
    answers = opened(desk, made).answers
    assert answers["how_many"].value == {"result": 1}
    assert answers["child_name#1"].value == {"text": "Hana"}


def test_the_earlier_answers_are_read_beside_the_questions_of_the_next_version(
    desk: Desk, case_id: CaseId, clock: Clock
) -> None:
    made = second_talk(desk, case_id, clock)
    before = assessments.previous(desk, made)
    assert before is not None
    assert (before.line.form_version, before.answers["home"].value) == (1, ROOM)
    assert before.answers["child_name#3"].value == {"text": "Yusuf"}
    assert not {"room", "old_only"} & set(before.answers)


def test_an_assessment_is_begun_only_from_a_signed_one_of_the_same_case(
    desk: Desk, case_id: CaseId, clock: Clock
) -> None:
    signed = first_talk(desk, case_id)
    drafted = assessments.start_assessment(desk, case_id, AGREED, FORM_ID)
    other = open_case(desk, "Minh")
    for case, earlier in ((case_id, drafted), (other, signed), (case_id, AssessmentId("0" * 32))):
        with pytest.raises(Refused):
            assessments.start_assessment(desk, case, AGREED, FORM_ID, begin_from=earlier)
    assert len(assessments.assessments_of(desk, other)) == 0


def test_starting_from_an_earlier_one_is_undone_as_one_act(desk: Desk, case_id: CaseId, clock: Clock) -> None:
    second_talk(desk, case_id, clock)
    act = history.last_act(desk)
    assert act is not None
    assert act.verb == "start_assessment"
    history.undo(desk, act.id)
    assert [line.form_version for line in assessments.assessments_of(desk, case_id)] == [1]
    with desk.store.read() as session:
        assert differences(session.connection()) == []


def test_a_danger_carried_over_asks_again_only_once_it_is_confirmed(
    desk: Desk, case_id: CaseId, clock: Clock
) -> None:
    first = ready(desk, case_id, risk("S1", 4, 5))
    done = SafetyResponseDraft(assessment_id=first, question_id="S1", done_now="Moved.", told_who="Manager")
    safety.record_response(desk, done)
    assessments.sign_off(desk, first)
    clock.move(weeks=4)
    second = assessments.start_assessment(desk, case_id, AGREED, begin_from=first)
    assert assessments.urgent_of(desk, second) == ()
    carrying.confirm_carried(desk, second, ["S1"])
    assert [urgent.question_id for urgent in assessments.urgent_of(desk, second)] == ["S1"]


@pytest.mark.parametrize(
    ("state", "asked_again", "expected"),
    [
        (ActionState.AGREED, False, 1),
        (ActionState.AGREED, True, 1),
        (ActionState.DONE, False, 1),
        (ActionState.DONE, True, 2),
    ],
)
def test_a_step_carried_over_is_not_agreed_twice(
    desk: Desk, case_id: CaseId, clock: Clock, state: ActionState, asked_again: bool, expected: int
) -> None:
    first = ready(desk, case_id)
    step = draft("2.1", advocate=3, owner="imsa", next_step="Ask the council.")
    assessments.save_section(desk, first, "t2", [step])
    assessments.sign_off(desk, first)
    set_action_state(desk, actions_of(desk, case_id)[0].id, state)
    clock.move(weeks=4)
    second = assessments.start_assessment(desk, case_id, AGREED, begin_from=first)
    carrying.confirm_carried(desk, second, ["S4", "S8", *(["2.1"] if asked_again else [])])
    assessments.sign_off(desk, second)
    assert len(actions_of(desk, case_id)) == expected


def test_answers_are_read_by_their_ids_where_their_form_is_gone(
    desk: Desk, case_id: CaseId, clock: Clock
) -> None:
    made = second_talk(desk, case_id, clock)
    with desk.store.begin("lose") as session:
        for row in session.query(FormRow).filter_by(version=2):
            row.text = row.text.replace("Where I live", "Where I lived")
            row.digest, row.deleted_at = "0" * 64, desk.now()
    found = opened(desk, made)
    form = assessments.form_of(desk, found)
    assert "arrival-talk, version 2" in form.title
    kept = {one.question_id for one in found.answers.values()}
    assert {question.id for question in form.questions()} == kept
    children = form.question("children")
    assert children is not None
    assert [member.id for member in children.members] == ["child_age", "child_name"]
    for verb in (
        lambda: assessments.save_section(desk, made, "kept", []),
        lambda: assessments.sign_off(desk, made),
        lambda: carrying.confirm_carried(desk, made, ["home"]),
    ):
        with pytest.raises(Broken, match="Version 2 of the form arrival-talk is missing"):
            verb()
    assert carrying.left_behind(desk, made) == ()
    assert assessments.urgent_of(desk, made) == ()
    (lacking,) = assessments.missing(desk, made)
    assert lacking.text.startswith("Version 2 of the form arrival-talk is missing")
    add_second(desk)
    assert assessments.form_of(desk, found).title == "Arrival talk"
    carrying.confirm_carried(desk, made, ["words"])
    assessments.sign_off(desk, made)
