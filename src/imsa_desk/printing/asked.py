"""One question with its answer, and where the words for both are looked up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from imsa_desk.domain.assessments import Answer, AnswerValue
from imsa_desk.domain.dates import MONTHS, say_full
from imsa_desk.domain.forms import Form, Question, Section
from imsa_desk.domain.lists import readable
from imsa_desk.printing.sheet import Fact

ListLabel = Callable[[str, str], str]
"""Gives the words of a list's value, from the list's id and the value."""


def plain_label(list_id: str, value: str) -> str:
    """Make a list's value readable where no lists are at hand."""
    return readable(value)


@dataclass(frozen=True, slots=True)
class Book:
    """Everything the printers look things up in: one form, its answers, and what was asked.

    `on` is the day of the review; dates of answers print only where they differ from it.
    """

    form: Form
    answers: Mapping[str, Answer]
    asked: frozenset[str]
    label: ListLabel = plain_label
    on: date | None = None
    calculated: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """One question with its answer and the book it stands in."""

    book: Book
    section: Section
    question: Question
    answer: Answer

    @property
    def form(self) -> Form:
        """Give the form that words the question."""
        return self.book.form

    @property
    def value(self) -> AnswerValue:
        """Give the parts of the answer."""
        return self.answer.value

    def text(self, part: str) -> str:
        """Give a part that is text, "" if it is not there."""
        return str(self.value.get(part) or "")

    def word(self, part: str, scale: str = "") -> str:
        """Give the form's words for a part measured on a scale; several are joined."""
        said = self.value.get(part)
        if said is None or said == "":
            return ""
        words = said if isinstance(said, (list, tuple)) else [said]
        return ", ".join(self.form.scale(scale or part).label(one) for one in words)

    def fact(self, part: str, scale: str = "") -> Fact | None:
        """Give a part with its scale's title as label; None if it is not there."""
        word = self.word(part, scale)
        return Fact(self.form.scale(scale or part).title, word) if word else None

    def facts(self, parts: tuple[str, ...]) -> list[Fact]:
        """Give those of the parts that are there."""
        return [fact for fact in map(self.fact, parts) if fact is not None]

    @property
    def not_discussed(self) -> str:
        """Give the reason it was not discussed, in the form's words or those of the list."""
        reason = self.answer.not_discussed
        if not reason:
            return ""
        point = self.form.scale("not_discussed").find(reason)
        return point.label if point is not None else self.book.label("not_discussed", reason)

    @property
    def carried(self) -> str:
        """Say that the answer was carried over from an earlier review and not asked again."""
        if not self.answer.carried_from:
            return ""
        asked_on = self.answer.asked_on
        return f"As answered on {plain_day(asked_on)}; not asked again." if asked_on else "Not asked again."

    def origin(self) -> list[Fact]:
        """Say where the answer comes from, and of which days it speaks where these are not the review's."""
        found = []
        answer, on = self.answer, self.book.on
        if answer.source is not None:
            scale = self.form.scale("source")
            point = scale.find(answer.source)
            words = point.label if point is not None else self.book.label("answer_source", answer.source)
            found.append(Fact(scale.title or "How we know", words))
        if answer.asked_on is not None and on is not None and answer.asked_on != on and not self.carried:
            found.append(Fact("Asked on", say_full(answer.asked_on)))
        if answer.valid_on is not None and answer.valid_on != on:
            found.append(Fact("As it was on", say_full(answer.valid_on)))
        return found


def plain_day(day: date) -> str:
    """Say a day as papers do, without its weekday."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
