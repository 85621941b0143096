"""Risk bands: the table of the domain reference, judgement, and the highest of an assessment."""

from __future__ import annotations

import pytest

from imsa_desk import paths
from imsa_desk.domain.assessments import AnswerDraft, AnswerValue, answer_band, risk_band
from imsa_desk.domain.forms import highest_band, load_forms, theme_levels, urgents
from imsa_desk.vocab import Band

FORM = next(one for one in load_forms(paths.resources() / "forms") if one.id == "needs-strengths-safety")
TABLE = {
    1: "low low low low high",
    2: "low low medium medium very_high",
    3: "low medium medium high very_high",
    4: "low medium high very_high very_high",
    5: "medium high very_high very_high very_high",
}


def draft(question_id: str, **value: object) -> AnswerDraft:
    return AnswerDraft(question_id, dict(value))


def risk(question_id: str, likelihood: int, severity: int, **more: object) -> AnswerDraft:
    return draft(question_id, present="yes", likelihood=likelihood, severity=severity, **more)


@pytest.mark.parametrize("likelihood", TABLE)
def test_every_pair_has_the_band_of_the_table(likelihood: int) -> None:
    found = [str(risk_band(likelihood, severity)) for severity in range(1, 6)]
    assert found == TABLE[likelihood].split()


@pytest.mark.parametrize(
    ("value", "band"),
    [
        ({}, None),
        ({"present": "yes"}, None),
        ({"present": "yes", "likelihood": 3}, None),
        ({"present": "yes", "judged_band": "high"}, None),
        ({"present": "no", "likelihood": 5, "severity": 5}, None),
        ({"present": "yes", "likelihood": 3, "severity": 4}, Band.HIGH),
        ({"present": "yes", "likelihood": 3, "severity": 4, "judged_band": "medium"}, Band.MEDIUM),
    ],
)
def test_judgement_stands_before_the_table_and_half_an_answer_has_no_band(
    value: AnswerValue, band: Band | None
) -> None:
    assert answer_band(value) is band


def test_the_highest_band_of_an_assessment_counts() -> None:
    assert highest_band(FORM, {}) is None
    assert highest_band(FORM, {"S1": draft("S1", present="no")}) is Band.LOW
    answers = {"S1": risk("S1", 2, 3), "S2": risk("S2", 3, 4), "S3": draft("S3", present="no")}
    assert highest_band(FORM, answers) is Band.HIGH


def test_a_very_high_risk_is_urgent_and_one_judged_lower_is_not() -> None:
    answers = {"S1": risk("S1", 2, 5), "S2": risk("S2", 3, 4), "S6": risk("S6", 5, 5, judged_band="high")}
    assert [(one.question_id, one.why) for one in urgents(FORM, answers)] == [("S1", "Risk: very high.")]


def test_thoughts_of_ending_life_are_urgent_whatever_the_rating() -> None:
    assert [one.question_id for one in urgents(FORM, {"S8": draft("S8", present="yes")})] == ["S8"]
    assert [one.question_id for one in urgents(FORM, {"S8": risk("S8", 1, 1)})] == ["S8"]
    assert urgents(FORM, {"S8": draft("S8", present="no")}) == ()
    assert urgents(FORM, {"S8": AnswerDraft("S8", {"present": "yes"}, not_discussed="declined")}) == ()


def test_a_theme_stands_at_its_highest_need() -> None:
    answers = {
        "1.1": draft("1.1", advocate=1, survivor=4),
        "1.2": draft("1.2", advocate=3),
        "2.1": draft("2.1", survivor=2),
        "3.1": AnswerDraft("3.1", {}, not_discussed="no_time"),
    }
    assert theme_levels(FORM, answers) == {"t1": 3, "t2": 2}
