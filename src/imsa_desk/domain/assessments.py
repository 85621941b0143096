"""Assessments: answers to one version of one form, their bands, and what must be done at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from imsa_desk.domain.ids import AssessmentId, CaseId
from imsa_desk.vocab import AnswerSource, AssessmentState, AssessmentType, Band, NotDiscussed, Sensitivity

AnswerValue = dict[str, object]
"""An answer's value: the parts of its question kind by name, as JSON words and numbers.

need_item   advocate 0-4, survivor 0-4, words, importance 1-3, confidence, owner, next_step, consent_to_refer
risk_item   present yes/no, likelihood 1-5, severity 1-5, judged_band, judgement_reason, imminence, trend,
            who_at_risk [..], risk_from [..], protective_effect, protective_factors [..], residual_band,
            survivor_agrees, words, note
text        text          choice   choice, other   choices  choices [..], other
number      number (an int, or text such as "2.5" where the question takes decimals)
date        day (ISO)     partial_date  when ("2019", "2019-05" or "2019-05-04"), about "yes"
money       pence (int), per once/day/week/month/year     yes_no_unknown  choice yes/no/unknown, note
list_choice choice (an id of the list), other             scale  step, note
person      who ("involvement:<id>", "person:<id>" or ""), name, role: the words stay as they were
agreement   how (AgreementHow), name, on (ISO), words, strokes (a drawn signature: "x,y x,y;x,y ...", 0-1000)
group       rows [1, 2, 5]: the repeats in order; a removed row leaves the list, its answers are kept
calculated  result: text or int, kept when signed so that it never changes afterwards
"""

BAND_WORDS: dict[Band, str] = {
    Band.LOW: "Low",
    Band.MEDIUM: "Medium",
    Band.HIGH: "High",
    Band.VERY_HIGH: "Very high",
}
_LIFE_OR_RETRAFFICKING = 5


def risk_band(likelihood: int, severity: int) -> Band:
    """Give the band of a likelihood (1-5) and a severity (1-5).

    Product 1-4 low, 5-9 medium, 10-14 high, 15-25 very high; severity 5 is very high from
    likelihood 2 and high at likelihood 1 (domain reference 4.3). A sorting aid: judgement may
    raise or lower it, with a reason.
    """
    if severity == _LIFE_OR_RETRAFFICKING:
        return Band.VERY_HIGH if likelihood > 1 else Band.HIGH
    product = likelihood * severity
    for limit, band in ((4, Band.LOW), (9, Band.MEDIUM), (14, Band.HIGH)):
        if product <= limit:
            return band
    return Band.VERY_HIGH


def answer_band(value: AnswerValue) -> Band | None:
    """Give the band a risk answer ends with: the judged one where there is one, else the reckoned one.

    None unless the risk is there and both numbers are given; a judged band alone does not count.
    """
    likelihood, severity = value.get("likelihood"), value.get("severity")
    if value.get("present") != "yes" or not isinstance(likelihood, int) or not isinstance(severity, int):
        return None
    judged = value.get("judged_band")
    return Band(str(judged)) if judged else risk_band(likelihood, severity)


def answer_key(question_id: str, repeat: int = 0) -> str:
    """Give the key an answer is found by: the question's id, with `#n` for the n-th repeat of a group.

    Ids of questions hold no `#`, so that no two keys are alike.
    """
    return f"{question_id}#{repeat}" if repeat else question_id


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer as it was stored; one row for each question and repeat.

    `carried_from` is the assessment it was carried over from and not yet asked again; "" otherwise.
    """

    question_id: str
    value: AnswerValue = field(default_factory=dict)
    repeat: int = 0
    source: AnswerSource | None = None
    asked_on: date | None = None
    valid_on: date | None = None
    not_discussed: NotDiscussed | None = None
    author: str = ""
    carried_from: str = ""

    @property
    def key(self) -> str:
        """Give the key it is found by."""
        return answer_key(self.question_id, self.repeat)


@dataclass(frozen=True, slots=True)
class AnswerDraft:
    """One answer as it stands in the editor; an empty value and no reason means not answered."""

    question_id: str
    value: AnswerValue = field(default_factory=dict)
    repeat: int = 0
    source: str = ""
    valid_on: str = ""
    not_discussed: str = ""
    carried_from: str = ""

    @property
    def key(self) -> str:
        """Give the key it is found by."""
        return answer_key(self.question_id, self.repeat)


@dataclass(frozen=True, slots=True)
class AssessmentHeader:
    """What stands above the questions."""

    assessment_type: str = AssessmentType.INITIAL
    on: str = ""
    place: str = ""
    interpreter: str = ""
    present: str = ""
    purpose_explained: bool = False
    consent_to_assess: str = ""
    person_paused: bool = False
    wants_today: str = ""
    review_trigger: str = ""


@dataclass(frozen=True, slots=True)
class AssessmentLine:
    """An assessment as lists show it."""

    id: AssessmentId
    case_id: CaseId
    form_id: str
    form_version: int
    form_title: str
    assessment_type: AssessmentType
    on: date
    state: AssessmentState
    signed_at: datetime | None
    author: str
    answered: int
    total: int
    highest: Band | None
    review_on: date | None


@dataclass(frozen=True, slots=True)
class Assessment:
    """A whole assessment: header, answers by their keys (`answer_key`), skipped sections, seal."""

    line: AssessmentLine
    form_digest: str
    header: AssessmentHeader
    answers: Mapping[str, Answer]
    skipped_sections: frozenset[str]
    seal_digest: str
    journal_head: str
    sensitivity: Sensitivity
    begun_from: str = ""


@dataclass(frozen=True, slots=True)
class Urgent:
    """An answer that asks at once what was done: a very high risk, or thoughts of ending life."""

    question_id: str
    question: str
    why: str
