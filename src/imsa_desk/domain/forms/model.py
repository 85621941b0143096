"""What a form is made of: sections, questions, scales with written meanings, and rules as data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Protocol, TypeVar, cast

import msgspec

from imsa_desk.domain.assessments import AnswerValue
from imsa_desk.domain.forms.expressions import Expr

T = TypeVar("T")


class QuestionKind(StrEnum):
    """How a question is answered; one parser, one editor and one printer stand for each."""

    SHORT_TEXT = "short_text"
    LONG_TEXT = "long_text"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    PARTIAL_DATE = "partial_date"
    YES_NO_UNKNOWN = "yes_no_unknown"
    CHOICE = "choice"
    CHOICES = "choices"
    LIST_CHOICE = "list_choice"
    SCALE = "scale"
    NEED_ITEM = "need_item"
    RISK_ITEM = "risk_item"
    PERSON = "person"
    AGREEMENT = "agreement"
    GROUP = "group"
    CALCULATED = "calculated"
    INSTRUCTION = "instruction"


class ScalePoint(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One step of a scale, with the meaning people read beside it."""

    value: int | str
    label: str
    meaning: str = ""
    colour: str = ""
    label_in: dict[str, str] = {}
    meaning_in: dict[str, str] = {}


class Scale(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The words a part of an answer may take."""

    title: str
    point: tuple[ScalePoint, ...]
    help: str = ""
    title_in: dict[str, str] = {}
    help_in: dict[str, str] = {}

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
    label_in: dict[str, str] = {}


class Carry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an earlier version called a question: its answers are carried to `new`.

    `from_form` names another form; "" means this one.
    """

    from_version: int
    old: str
    new: str
    from_form: str = ""


Texts = Mapping[str, Mapping[str, str]]
"""Translations: for each name of a text ("text", "help", "title" ...) its words by language."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question; its id is permanent.

    `show_if`, `required_if`, `limit` and `calculation` are rules over other answers. `members` are the
    questions of a repeating group; `scale` and `list` name what a `scale` and a `list_choice` question take
    their values from; `unit` stands after a number.
    """

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
    show_if: Expr | None = None
    line: int = 0
    scale: str = ""
    list: str = ""
    unit: str = ""
    decimals: int = 0
    members: tuple[Question, ...] = ()
    item_title: str = ""
    least_rows: int = 0
    most_rows: int = 0
    required_if: Expr | None = None
    limit: Expr | None = None
    limit_words: str = ""
    calculation: Expr | None = None
    translations: Texts = field(default_factory=dict)

    @property
    def takes_answer(self) -> bool:
        """Say whether somebody can answer it; an instruction only tells, a calculated value is reckoned."""
        return self.kind not in (QuestionKind.INSTRUCTION, QuestionKind.CALCULATED)

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
    show_if: Expr | None = None
    line: int = 0
    translations: Texts = field(default_factory=dict)


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
    serves: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    own: bool = False
    carry: tuple[Carry, ...] = ()
    translations: Texts = field(default_factory=dict)
    _all: tuple[Question, ...] = field(init=False, repr=False, compare=False)
    _homes: Mapping[str, tuple[Section, Question]] = field(init=False, repr=False, compare=False)
    _kept: dict[str, object] = field(init=False, repr=False, compare=False, default_factory=dict)
    """What was worked out once about this form, by name; a form never changes."""

    def __post_init__(self) -> None:
        found = tuple(
            (section, one)
            for section in self.sections
            for question in section.questions
            for one in (question, *question.members)
        )
        object.__setattr__(self, "_all", tuple(question for _, question in found))
        object.__setattr__(self, "_homes", {pair[1].id: pair for pair in reversed(found)})

    def questions(self) -> tuple[Question, ...]:
        """Give every question of every section in order, each repeating group before its members."""
        return self._all

    def question(self, question_id: str) -> Question | None:
        """Find a question by its id."""
        home = self._homes.get(question_id)
        return home[1] if home is not None else None

    def section(self, section_id: str) -> Section | None:
        """Find a section by its id."""
        return next((one for one in self.sections if one.id == section_id), None)

    def section_of(self, question_id: str) -> Section | None:
        """Find the section a question stands in."""
        home = self._homes.get(question_id)
        return home[0] if home is not None else None

    def group_of(self, question_id: str) -> Question | None:
        """Find the repeating group a question is a member of."""
        return self.once("groups", _groups).get(question_id)

    def once(self, name: str, make: Callable[[Form], T]) -> T:
        """Work something out about the form the first time it is asked for, and keep it."""
        if name not in self._kept:
            self._kept[name] = make(self)
        return cast("T", self._kept[name])

    def in_language(self, code: str) -> Form:
        """Give the form with its words in another language; what is not translated stays as it is."""
        return (
            self.once(f"in {code}", lambda form: translated(form, code)) if code in self.languages else self
        )

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

    @property
    def carried_from(self) -> str:
        """Give the assessment it was carried over from and not asked again, if it was."""


def _groups(form: Form) -> dict[str, Question]:
    return {member.id: question for question in form.questions() for member in question.members}


def translated(form: Form, code: str) -> Form:
    """Put the words of a language in the place of the form's own, where there are any."""
    return replace(
        form,
        language=code,
        sections=tuple(
            replace(
                section,
                questions=tuple(_question_in(one, code) for one in section.questions),
                **_words(section.translations, code),
            )
            for section in form.sections
        ),
        scales={name: _scale_in(scale, code) for name, scale in form.scales.items()},
        header=tuple(_question_in(one, code) for one in form.header),
        **_words(form.translations, code),
    )


def _words(texts: Texts, code: str) -> dict[str, Any]:
    return {name: words[code] for name, words in texts.items() if words.get(code)}


def _question_in(question: Question, code: str) -> Question:
    return replace(
        question,
        options=tuple(
            msgspec.structs.replace(one, label=one.label_in.get(code) or one.label)
            for one in question.options
        ),
        members=tuple(_question_in(one, code) for one in question.members),
        **_words(question.translations, code),
    )


def _scale_in(scale: Scale, code: str) -> Scale:
    return msgspec.structs.replace(
        scale,
        title=scale.title_in.get(code) or scale.title,
        help=scale.help_in.get(code) or scale.help,
        point=tuple(
            msgspec.structs.replace(
                one,
                label=one.label_in.get(code) or one.label,
                meaning=one.meaning_in.get(code) or one.meaning,
            )
            for one in scale.point
        ),
    )
