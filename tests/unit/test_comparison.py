"""What changed between two answers, in words: better and worse only where the steps have an order."""

from __future__ import annotations

from datetime import date

import pytest
from arrival_kit import VERSION_1

from imsa_desk.domain.assessments import Answer, AnswerValue, Assessment, AssessmentHeader, AssessmentLine
from imsa_desk.domain.changes import change_of
from imsa_desk.domain.comparing import Compared, Telling, compare_sides
from imsa_desk.domain.comparison import Change
from imsa_desk.domain.forms import Form, Shelf, read_form
from imsa_desk.domain.forms.words import Speech, said
from imsa_desk.domain.ids import AssessmentId, CaseId
from imsa_desk.domain.kept_answers import kept_form
from imsa_desk.paths import resources
from imsa_desk.vocab import AssessmentState, AssessmentType, NotDiscussed, Sensitivity

SPEECH = Speech("Selam", "she")
OWN = read_form(VERSION_1.encode(), "arrival-talk-1.toml")
FOUND = Shelf(resources() / "forms").find("needs-strengths-safety", 1)
assert FOUND is not None
REVIEW: Form = FOUND
NO_ORDER = read_form(VERSION_1.replace('colour = "caution"', 'colour = "info"').encode(), "x.toml")


def changed(form: Form, key: str, before: AnswerValue, now: AnswerValue) -> tuple[Change, str]:
    """Compare two answers to one question."""
    question = form.question(key)
    assert question is not None
    parts = [(form, question, Answer(key, value)) for value in (before, now)]
    told = tuple(said(form, question, part[2], SPEECH) for part in parts)
    return change_of(parts[0], parts[1], (told[0], told[1]))


@pytest.mark.parametrize(
    ("key", "before", "now", "expected"),
    [
        ("2.1", {"advocate": 3}, {"advocate": 1}, (Change.EASED, "Pressing → Holding")),
        ("2.1", {"survivor": 0}, {"advocate": 4, "survivor": 0}, (Change.WORSE, "No need → Urgent")),
        ("2.1", {"advocate": 2}, {"advocate": 2}, (Change.SAME, "Want help")),
        (
            "2.1",
            {"advocate": 2, "next_step": "Ring."},
            {"advocate": 2, "owner": "imsa"},
            (Change.CHANGED, "Want help; also changed: next step, who does it"),
        ),
        ("S2", {"present": "no"}, {"present": "yes"}, (Change.CHANGED, "Not so now → So now, not rated")),
        (
            "S2",
            {"present": "yes", "likelihood": 5, "severity": 5},
            {
                "present": "yes",
                "likelihood": 5,
                "severity": 5,
                "judged_band": "low",
                "judgement_reason": "Left.",
            },
            (Change.EASED, "Very high → Low; also changed: judgement, reason for the judgement"),
        ),
        (
            "S2",
            {"present": "yes", "likelihood": 1, "severity": 1, "trend": "rising"},
            {"present": "yes", "likelihood": 2, "severity": 2, "trend": "steady"},
            (Change.CHANGED, "Low; trend: Rising → Steady"),
        ),
    ],
)
def test_needs_and_risks_have_an_order(
    key: str, before: AnswerValue, now: AnswerValue, expected: tuple[Change, str]
) -> None:
    assert changed(REVIEW, key, before, now) == expected


def test_a_scale_has_an_order_only_where_its_colours_have_one() -> None:
    assert changed(OWN, "sleep", {"step": 3}, {"step": 2}) == (Change.EASED, "Badly → So so")
    assert changed(NO_ORDER, "sleep", {"step": 3}, {"step": 2}) == (Change.CHANGED, "Badly → So so")
    assert changed(OWN, "sleep", {"step": 3}, {"step": 3, "note": "Cold."})[0] is Change.CHANGED


def test_other_answers_change_without_being_better_or_worse() -> None:
    assert changed(OWN, "helps", {"choices": ["tea"]}, {"choices": ["tea", "walk"]}) == (
        Change.CHANGED,
        "Now also: Walking",
    )
    assert changed(OWN, "words", {"text": "One."}, {"text": "Two."}) == (Change.CHANGED, "The words changed")
    money = changed(OWN, "rent", {"pence": 40_000, "per": "month"}, {"pence": 1_050, "per": "week"})
    assert money == (Change.CHANGED, "£400.00 a month → £10.50 a week")
    long = changed(OWN, "old_only", {"text": "x" * 200}, {"text": "y"})
    assert long == (Change.CHANGED, "The words changed")


def test_leaving_a_question_out_is_a_change_of_its_own() -> None:
    question = OWN.question("sleep")
    assert question is not None
    was, now = Answer("sleep", {"step": 1}), Answer("sleep", not_discussed=NotDiscussed.DECLINED)
    told = [said(OWN, question, one, SPEECH) for one in (was, now)]
    found = change_of((OWN, question, was), (OWN, question, now), (told[0], told[1]))
    assert found == (Change.CHANGED, "Well → Declined")
    assert change_of((OWN, question, now), (OWN, question, now), (told[1], told[1]))[0] is Change.SAME


def side(form: Form, *answers: Answer) -> Compared:
    """Make one side of a comparison."""
    line = AssessmentLine(
        id=AssessmentId("a" * 32),
        case_id=CaseId("c" * 32),
        form_id=form.id,
        form_version=form.version,
        form_title=form.title,
        assessment_type=AssessmentType.REVIEW,
        on=date(2026, 11, 4),
        state=AssessmentState.DRAFT,
        signed_at=None,
        author="Robin Practice",
        answered=0,
        total=0,
        highest=None,
        review_on=None,
    )
    given = {one.key: one for one in answers}
    header = AssessmentHeader()
    return Compared.of(
        Assessment(line, form.digest, header, given, frozenset(), "", "", Sensitivity.L2), form
    )


def test_other_forms_meet_only_where_they_ask_the_same() -> None:
    words = VERSION_1.replace("arrival-talk", "leaving-talk").replace('"Rent"', '"Debts"')
    other = read_form(words.encode(), "leaving-talk-1.toml")
    answers = [Answer("sleep", {"step": 1}), Answer("rent", {"pence": 100})]
    found = compare_sides(side(OWN, *answers), side(other, *answers), {}, Telling(SPEECH))
    said_now = [(item.key, item.change) for section in found.sections for item in section.items]
    assert said_now == [
        ("sleep", Change.SAME),
        ("rent", Change.NOT_ASKED_BEFORE),
        ("rent", Change.NOT_ASKED_NOW),
    ]


def test_answers_without_their_form_are_read_by_what_they_hold() -> None:
    answers = [
        Answer("a", {"advocate": 3, "words": "Cold."}),
        Answer("b", {"rows": [2]}),
        Answer("c", {"text": "Hana"}, repeat=2),
        Answer("d", {"pence": 1_050, "per": "week"}),
        Answer("e", not_discussed=NotDiscussed.NOT_NOW),
        Answer("f", {"choices": ["x", "y"]}),
    ]
    form = kept_form("visit", 3, "d" * 64, {one.key: one for one in answers})
    assert form.title == "visit, version 3 (its form is missing here or was changed)"
    group = form.question("b")
    assert group is not None
    assert [member.id for member in group.members] == ["c"]
    words = {}
    for one in answers:
        question = form.question(one.question_id)
        assert question is not None
        words[one.question_id] = " ".join(line.words for line in said(form, question, one, SPEECH))
    assert words["a"] == "3 “Cold.”"
    assert (words["c"], words["d"], words["f"]) == ("“Hana”", "£10.50 a week", "x, y")
    assert words["e"]
