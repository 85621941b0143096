"""Two reviews side by side in a real vault: across versions, in their own words, with who said so and why."""

from __future__ import annotations

import pytest
from arrival_kit import FORM_ID, add_first, add_second
from assessment_kit import AGREED, draft, ready, risk
from desk_kit import Clock, open_case

from imsa_desk.domain.assessments import AnswerDraft
from imsa_desk.domain.comparison import Change, Comparison, ItemChange
from imsa_desk.domain.ids import AssessmentId, CaseId
from imsa_desk.errors import Refused
from imsa_desk.services import assessments
from imsa_desk.services.comparing import compare
from imsa_desk.services.desk import Desk
from imsa_desk.store.records import FormRow


def items(found: Comparison) -> dict[str, ItemChange]:
    return {item.key: item for section in found.sections for item in section.items}


def talk(desk: Desk, case_id: CaseId, **said: AnswerDraft | list[AnswerDraft]) -> AssessmentId:
    """Sign a review of the standard form with more answers, by section."""
    made = ready(desk, case_id)
    for section, answers in said.items():
        drafts = answers if isinstance(answers, list) else [answers]
        assessments.save_section(desk, made, section, drafts)
    assessments.sign_off(desk, made)
    return made


def test_needs_and_risks_are_compared_in_words(desk: Desk, case_id: CaseId, clock: Clock) -> None:
    before = talk(
        desk,
        case_id,
        t2=[draft("2.1", advocate=3, survivor=4), draft("2.2", advocate=1, words="Near the school.")],
        safety=[risk("S1", 2, 2), draft("S2", present="no")],
    )
    clock.move(weeks=4)
    moved = AnswerDraft("2.1", {"advocate": 1, "survivor": 3, "words": "A room."}, source="told_by_survivor")
    judged = risk("S2", 2, 2, judged_band="high", judgement_reason="Seen twice.", survivor_agrees="no")
    after = talk(
        desk,
        case_id,
        t2=[moved, draft("2.2", advocate=1, words="Near the bus.")],
        safety=[draft("S1", present="no"), judged],
    )
    found = compare(desk, after, before)
    said = items(found)
    assert (said["2.1"].change, said["2.1"].words) == (
        Change.EASED,
        "Pressing → Holding; own rating: Urgent → Pressing; also changed: words",
    )
    assert said["2.1"].why == "A room."
    assert said["2.1"].who_said == "Selam told me"
    assert said["2.1"].disagreement == "You: Holding. Selam: Pressing."
    assert (said["2.2"].change, said["2.2"].words) == (Change.CHANGED, "Holding; also changed: words")
    assert (said["S1"].change, said["S1"].words) == (Change.EASED, "Low → Not so now")
    assert (said["S2"].change, said["S2"].words.split(";")[0]) == (Change.WORSE, "Not so now → High")
    assert said["S2"].why == "Seen twice."
    assert said["S2"].disagreement == "Selam sees it another way."
    assert said["S4"].change is Change.SAME
    assert (found.tally.eased, found.tally.worse, found.tally.changed) == (2, 1, 1)
    assert (found.before.author, found.before.version, found.now.signed) == ("Ann Practice", 1, True)


def test_movement_gives_all_eight_themes_with_the_persons_own_rating(
    desk: Desk, case_id: CaseId, clock: Clock
) -> None:
    before = talk(desk, case_id, t2=draft("2.1", advocate=3, survivor=4))
    clock.move(weeks=4)
    after = talk(desk, case_id, t2=draft("2.1", advocate=1), t1=draft("1.1", survivor=2))
    movement = compare(desk, after, before).movement
    assert [one.theme for one in movement] == [f"t{n}" for n in range(1, 9)]
    health, housing, support = movement[:3]
    assert (housing.before, housing.now, housing.own_before, housing.own_now) == (3, 1, 4, None)
    assert (health.before, health.now, health.own_before, health.own_now) == (None, 2, None, 2)
    assert (support.before, support.now) == (None, None)


def test_what_was_asked_on_one_side_only_is_told_apart(desk: Desk, case_id: CaseId) -> None:
    before = talk(desk, case_id, t2=draft("2.1", advocate=3), t5=draft("5.1", advocate=1))
    made = ready(desk, case_id)
    assessments.save_section(desk, made, "t5", [draft("5.1", advocate=2)], skipped=True)
    assessments.save_section(desk, made, "t2", [draft("2.2", advocate=1)])
    said = items(compare(desk, made, before))
    assert (said["2.1"].change, said["2.1"].words) == (Change.NOT_ASKED_NOW, "Not answered this time")
    assert (said["5.1"].change, said["5.1"].words) == (Change.NOT_ASKED_NOW, "Not asked this time")
    assert (said["2.2"].change, said["2.2"].words) == (Change.NEW, "Answered for the first time")


def test_two_versions_of_a_form_are_compared_each_in_its_own_words(
    desk: Desk, case_id: CaseId, clock: Clock
) -> None:
    add_first(desk)
    before = assessments.start_assessment(desk, case_id, AGREED, FORM_ID)
    living = [draft("room", advocate=3), draft("sleep", step=3), draft("rent", pence=40_000, per="month")]
    first = [*living, draft("helps", choices=["tea", "walk"]), draft("words", text="Cold.")]
    assessments.save_section(desk, before, "living", first)
    family = [draft("children", rows=[1]), AnswerDraft("child_name", {"text": "Hana"}, 1)]
    assessments.save_section(desk, before, "family", [*family, draft("old_only", text="Then.")])
    assessments.sign_off(desk, before)
    clock.move(weeks=4)
    add_second(desk)
    now = assessments.start_assessment(desk, case_id, AGREED, FORM_ID, begin_from=before)
    again = [draft("home", advocate=4), draft("sleep", step=1), draft("rent", pence=55_000, per="month")]
    assessments.save_section(
        desk, now, "living", [*again, draft("helps", choices=["walk", "music"]), draft("words", text="Warm.")]
    )
    rows = [draft("children", rows=[1, 2]), AnswerDraft("child_name", {"text": "Sara"}, 2)]
    assessments.save_section(desk, now, "family", [*rows, draft("new_only", text="Now.")])
    said = items(compare(desk, now, before))
    assert (said["home"].change, said["home"].words) == (Change.WORSE, "Pressing → Urgent")
    assert (said["home"].question, said["home"].question_before) == ("Where I live", "The room")
    assert (said["rent"].question, said["rent"].question_before) == ("Rent a month", "Rent")
    assert (said["sleep"].change, said["sleep"].words) == (Change.EASED, "Badly → Well")
    assert said["rent"].change is Change.CHANGED
    assert "→" in said["rent"].words
    assert said["helps"].words == "Now also: Music; No longer: Tea"
    assert said["words"].words == "The words changed"
    assert said["children"].words == "1 row → 2 rows"
    assert said["child_name#1"].words == "Carried over; not asked again"
    assert said["child_name#2"].change is Change.NOT_ASKED_BEFORE
    assert said["old_only"].change is Change.NOT_ASKED_NOW
    assert said["new_only"].change is Change.NOT_ASKED_BEFORE


def test_an_answer_in_the_older_version_meets_the_one_of_the_newer_before_it(
    desk: Desk, case_id: CaseId, clock: Clock
) -> None:
    add_first(desk)
    later = assessments.start_assessment(desk, case_id, AGREED, FORM_ID)
    assessments.save_section(desk, later, "living", [draft("room", advocate=1)])
    add_second(desk)
    earlier = assessments.start_assessment(desk, case_id, AGREED, FORM_ID)
    assessments.save_section(desk, earlier, "living", [draft("home", advocate=4)])
    found = compare(desk, later, earlier)
    assert (found.before.version, found.now.version) == (2, 1)
    said = items(found)
    assert list(said) == ["room"]
    assert (said["room"].change, said["room"].words) == (Change.EASED, "Urgent → Holding")
    assert (said["room"].question, said["room"].question_before) == ("The room", "Where I live")


def test_an_assessment_whose_form_is_gone_is_still_compared(
    desk: Desk, case_id: CaseId, clock: Clock
) -> None:
    add_first(desk)
    made = []
    for step in (3, 1):
        one = assessments.start_assessment(desk, case_id, AGREED, FORM_ID)
        answers = [draft("sleep", step=step), draft("words", text="Same.")]
        assessments.save_section(desk, one, "living", answers)
        assessments.sign_off(desk, one)
        made.append(one)
        clock.move(days=1)
    with desk.store.begin("lose") as session:
        session.query(FormRow).one().digest = "0" * 64
    said = items(compare(desk, made[1], made[0]))
    assert (said["sleep"].question, said["sleep"].change) == ("sleep", Change.CHANGED)
    assert said["words"].change is Change.SAME


def test_only_two_reviews_of_the_same_person_are_compared(desk: Desk, case_id: CaseId) -> None:
    one = ready(desk, case_id)
    other = ready(desk, open_case(desk, "Minh"))
    for pair in ((one, one), (one, other)):
        with pytest.raises(Refused, match="two reviews of the same person"):
            compare(desk, *pair)
