"""What a form is made of: sections, questions, scales with written meanings, and rules as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

import msgspec

from imsa_desk.domain.assessments import AnswerValue


class QuestionKind(StrEnum):
    """How a question is answered; one parser, one editor and one printer stand for each."""

    SHORT_TEXT = "short_text"
    LONG_TEXT = "long_text"
    NUMBER = "number"
    DATE = "date"
    YES_NO_UNKNOWN = "yes_no_unknown"
    CHOICE = "choice"
    CHOICES = "choices"
    NEED_ITEM = "need_item"
    RISK_ITEM = "risk_item"
    INSTRUCTION = "instruction"


class ScalePoint(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One step of a scale, with the meaning people read beside it."""

    value: int | str
    label: str
    meaning: str = ""


class Scale(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The words a part of an answer may take."""

    title: str
    point: tuple[ScalePoint, ...]
    help: str = ""

    def label(self, value: object) -> str:
        """Give the words of a value; a value the scale does not know is shown as it is."""
        found = self.find(value)
        return found.label if found is not None else str(value)

    def find(self, value: object) -> ScalePoint | None:
        """Find the step of a value."""
        return next((point for point in self.point if point.value == value), None)


class Condition(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"is_": "is", "not_": "not"}):
    """Skip logic as data: one comparison with another question's answer, or several joined.

    Either `question` with one comparison (`part` names which part of the answer), or one of `all`, `any`
    and `not`.
    """

    question: str = ""
    part: str = ""
    is_: int | str | None = None
    is_not: int | str | None = None
    at_least: int | None = None
    at_most: int | None = None
    includes: str | None = None
    answered: bool | None = None
    all: tuple[Condition, ...] = ()
    any: tuple[Condition, ...] = ()
    not_: Condition | None = None


class Option(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing that may be chosen."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question; its id is permanent."""

    id: str
    kind: QuestionKind
    text: str
    number: str = ""
    help: str = ""
    options: tuple[Option, ...] = ()
    other: bool = False
    minimum: int | None = None
    maximum: int | None = None
    required: bool = False
    urgent: str = ""
    urgent_if_present: bool = False
    show_if: Condition | None = None
    line: int = 0

    @property
    def takes_answer(self) -> bool:
        """Say whether somebody can answer it; an instruction only tells."""
        return self.kind is not QuestionKind.INSTRUCTION

    def option_label(self, value: object) -> str:
        """Give the words of an option's value."""
        return next((option.label for option in self.options if option.value == value), str(value))


@dataclass(frozen=True, slots=True)
class Section:
    """A page of questions; any may be skipped by choice where `skippable`."""

    id: str
    title: str
    questions: tuple[Question, ...]
    short_title: str = ""
    theme: str = ""
    intro: str = ""
    skippable: bool = True
    show_if: Condition | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """One released version of a form; `digest` is SHA-256 over the bytes of its file.

    `header` words the fields of `AssessmentHeader`: each question's id is a field's name.
    """

    id: str
    version: int
    title: str
    language: str
    digest: str
    sections: tuple[Section, ...]
    scales: Mapping[str, Scale] = field(default_factory=dict)
    header: tuple[Question, ...] = ()
    intro: str = ""

    def questions(self) -> tuple[Question, ...]:
        """Give every question of every section, in order."""
        return tuple(question for section in self.sections for question in section.questions)

    def question(self, question_id: str) -> Question | None:
        """Find a question by its id."""
        return next((one for one in self.questions() if one.id == question_id), None)

    def section(self, section_id: str) -> Section | None:
        """Find a section by its id."""
        return next((one for one in self.sections if one.id == section_id), None)

    def section_of(self, question_id: str) -> Section | None:
        """Find the section a question stands in."""
        return next((one for one in self.sections if any(q.id == question_id for q in one.questions)), None)

    def scale(self, scale_id: str) -> Scale:
        """Give a scale; one that the form does not define has no steps."""
        return self.scales.get(scale_id) or Scale(title="", point=())


class Given(Protocol):
    """What the rules need of an answer, stored or still in the editor."""

    @property
    def value(self) -> AnswerValue:
        """Give the parts of the answer."""

    @property
    def not_discussed(self) -> str | None:
        """Give the reason it was not discussed, if it was not."""
