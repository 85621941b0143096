"""What several prints read out of one assessment: own words, what stands out, next steps, the next review."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from imsa_desk.domain.actions import Action
from imsa_desk.domain.assessments import Answer, Assessment, answer_band
from imsa_desk.domain.cases import CaseHead
from imsa_desk.domain.dates import say_full
from imsa_desk.domain.forms import Form, Question, QuestionKind, Section, is_empty, visible
from imsa_desk.domain.ids import AssessmentId
from imsa_desk.domain.prints import PrintWish
from imsa_desk.printing.sheet import Fact
from imsa_desk.services.actions import actions_of
from imsa_desk.services.assessments import assessment, form_of
from imsa_desk.services.cases import case_head
from imsa_desk.services.desk import Desk
from imsa_desk.services.prints.common import ACCOUNT, CATEGORIES, categories_of, in_language
from imsa_desk.services.review_cycle import next_due
from imsa_desk.vocab import Band, OwnerKind

_RATED = (QuestionKind.NEED_ITEM, QuestionKind.RISK_ITEM)
PRESSING = 3


@dataclass(frozen=True, slots=True)
class Read:
    """One assessment with its form, its case, and which of its questions were asked."""

    value: Assessment
    form: Form
    head: CaseHead
    asked: frozenset[str]

    def given(self, key: str) -> Answer | None:
        """Give an answer that was asked and has something in it."""
        answer = self.value.answers.get(key) if key in self.asked else None
        return None if answer is None or is_empty(answer) or answer.not_discussed else answer

    def answered(self, *kinds: QuestionKind) -> Iterator[tuple[Section, Question, Answer]]:
        """Give answered questions of some kinds outside groups, in the form's order."""
        for section in self.form.sections:
            if section.id in self.value.skipped_sections:
                continue
            for question in section.questions:
                answer = self.given(question.id)
                if question.kind in kinds and answer is not None:
                    yield section, question, answer


def read(desk: Desk, wish: PrintWish) -> Read:
    """Read the assessment a print is about, in the language that is wished for."""
    value = assessment(desk, AssessmentId(wish.assessment_id))
    form = in_language(form_of(desk, value), wish.language)
    return Read(value, form, case_head(desk, value.line.case_id), visible(form, value.answers, value.line.on))


def is_own_page(section: Section) -> bool:
    """Say whether a section is the person's own page: no theme, and nothing that is rated."""
    return not section.theme and not any(question.kind in _RATED for question in section.questions)


def own_words(found: Read) -> list[Fact]:
    """Give what the person said in their own words, that of the day first."""
    wanted = next((one for one in found.form.header if one.id == "wants_today"), None)
    said = [Fact(wanted.text, found.value.header.wants_today)] if wanted is not None else []
    for section, question, answer in found.answered(QuestionKind.LONG_TEXT):
        if is_own_page(section):
            said.append(Fact(question.text, str(answer.value.get("text") or "")))
    return [fact for fact in said if fact.value]


def risks(found: Read) -> list[tuple[Question, Answer, Band]]:
    """Give the risks that are there, the highest first."""
    rated = [
        (question, answer, band)
        for _, question, answer in found.answered(QuestionKind.RISK_ITEM)
        if (band := answer_band(answer.value)) is not None
    ]
    order = tuple(Band)
    return sorted(rated, key=lambda one: -order.index(one[2]))


def pressing(found: Read) -> list[tuple[Question, Answer, int]]:
    """Give the needs that somebody calls pressing or urgent, the most urgent first."""
    rated = [
        (question, answer, level)
        for _, question, answer in found.answered(QuestionKind.NEED_ITEM)
        if (level := _highest(answer)) >= PRESSING
    ]
    return sorted(rated, key=lambda one: -one[2])


def _highest(answer: Answer) -> int:
    levels = (answer.value.get("advocate"), answer.value.get("survivor"))
    return max((level for level in levels if isinstance(level, int)), default=0)


def open_actions(desk: Desk, found: Read, wish: PrintWish) -> list[Action]:
    """Give the case's open next steps, for somebody else only those of matters this review speaks of.

    The consent a print relies on covers what the review gives away, and a step may come from elsewhere.
    """
    actions = actions_of(desk, found.head.id, only_open=True)
    if wish.recipient is None:
        return list(actions)
    shown = set(categories_of(found.form, found.value))
    return [one for one in actions if shown.issuperset(CATEGORIES.get(one.theme or "", ACCOUNT))]


def owner_words(action: Action, *, survivor: str, advocate: str) -> str:
    """Say who does something, in words that fit the paper."""
    if action.owner is OwnerKind.SURVIVOR:
        return survivor
    return advocate if action.owner is OwnerKind.IMSA else action.owner_name


def review_day(desk: Desk, value: Assessment) -> str:
    """Say on which day we look at it again, without the reason: that may be a risk."""
    due = next_due(desk, value.line.case_id)
    day = due.on if due is not None else value.line.review_on
    return say_full(day) if day is not None else ""


def review_words(desk: Desk, value: Assessment) -> str:
    """Say when the next review is due and why."""
    due = next_due(desk, value.line.case_id)
    return f"{say_full(due.on)}: {due.why}" if due is not None and due.why else review_day(desk, value)
