"""What makes a form unusable, found before anybody answers it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields

from imsa_desk.domain.assessments import AssessmentHeader
from imsa_desk.domain.forms.model import Condition, Form, Question, QuestionKind, Scale, Section
from imsa_desk.domain.forms.parts import (
    NEEDS_MEANINGS,
    NUMBERED_SCALES,
    PARTS,
    YES_NO_UNKNOWN,
    scales_of,
)
from imsa_desk.domain.forms.rules import referred
from imsa_desk.vocab import Band, NotDiscussed, Theme

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_COMPARISONS = ("is_", "is_not", "at_least", "at_most", "includes", "answered")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a form file, and its cure."""

    question: str
    line: int
    text: str

    def words(self, name: str) -> str:
        """Say it with its place."""
        about = f", {self.question}" if self.question else ""
        return f"{name}, line {self.line}{about}: {self.text}"


def faults_of(form: Form) -> list[Fault]:
    """Find every fault of a form, in the order of the file where that is known."""
    found = [*_ids(form), *_scales(form)]
    for question in (*form.header, *form.questions()):
        found += _question(question)
    found += _rules(form)
    if not found:
        found += _circles(form)
    return sorted(found, key=lambda fault: fault.line)


def _ids(form: Form) -> Iterator[Fault]:
    if not form.sections:
        yield Fault("", 1, "The form has no sections. Add a [[section]].")
    yield from _unsound_id(form.id, 1)
    if form.version < 1:
        yield Fault("", 1, "The version must be 1 or more.")
    yield from _twice(form)
    allowed = {one.name for one in fields(AssessmentHeader)}
    for question in form.header:
        if question.id not in allowed:
            names = ", ".join(sorted(allowed))
            yield Fault(question.id, question.line, f"The header has no such field. Use one of: {names}.")
    for section in form.sections:
        yield from _unsound_id(section.id, _line(section))
        if section.theme and section.theme not in tuple(Theme):
            yield Fault(section.id, _line(section), f'There is no theme "{section.theme}". Use t1 to t8.')


def _twice(form: Form) -> Iterator[Fault]:
    for name, ids in (
        ("section", [(one.id, _line(one)) for one in form.sections]),
        ("question", [(one.id, one.line) for one in form.questions()]),
        ("header field", [(one.id, one.line) for one in form.header]),
    ):
        counts = Counter(one for one, _ in ids)
        first = dict(reversed(ids))
        for one, line in ids:
            if counts[one] > 1 and line != first[one]:
                words = f"This {name}'s id is already used on line {first[one]}. Give each its own id."
                yield Fault(one, line, words)


def _unsound_id(one: str, line: int) -> Iterator[Fault]:
    if not _ID.fullmatch(one):
        yield Fault(one, line, "An id holds 1 to 40 letters, digits, points, dashes or underlines.")


def _line(section: Section) -> int:
    return section.questions[0].line if section.questions else 1


def _scales(form: Form) -> Iterator[Fault]:
    users: dict[str, Question] = {}
    for question in form.questions():
        for scale_id in sorted(scales_of(question.kind)):
            users.setdefault(scale_id, question)
    for scale_id, user in users.items():
        scale = form.scales.get(scale_id)
        if scale is None:
            yield Fault(user.id, user.line, f"It needs the scale {scale_id}. Add [scales.{scale_id}].")
        else:
            yield from _scale(scale_id, scale)
    reasons = form.scales.get("not_discussed")
    if reasons is None or {point.value for point in reasons.point} != set(NotDiscussed):
        words = ", ".join(NotDiscussed)
        yield Fault("", 1, f"The scale not_discussed must give words for: {words}.")


def _scale(scale_id: str, scale: Scale) -> Iterator[Fault]:
    values = tuple(point.value for point in scale.point)
    wanted = NUMBERED_SCALES.get(scale_id)
    if wanted is not None and values != wanted:
        words = ", ".join(str(one) for one in wanted)
        yield Fault("", 1, f"The scale {scale_id} must have exactly the steps {words}, in this order.")
    if len(set(values)) != len(values) or not values:
        yield Fault("", 1, f"The scale {scale_id} needs steps, each with its own value.")
    for point in scale.point:
        if scale_id in NEEDS_MEANINGS and not point.meaning.strip():
            words = f"The step {point.value} of the scale {scale_id} has no meaning. Write what it means."
            yield Fault("", 1, words)
        if not point.label.strip():
            yield Fault("", 1, f"The step {point.value} of the scale {scale_id} has no label. Add one.")


def _question(question: Question) -> Iterator[Fault]:
    yield from _unsound_id(question.id, question.line)
    if not question.text.strip():
        yield Fault(question.id, question.line, "The question has no text. Write it.")
    chooses = question.kind in (QuestionKind.CHOICE, QuestionKind.CHOICES)
    if chooses and not question.options:
        yield Fault(question.id, question.line, "There is nothing to choose from. Add [[...option]] tables.")
    if not chooses and (question.options or question.other):
        yield Fault(question.id, question.line, "Only choice and choices take options. Remove them.")
    values = [option.value for option in question.options]
    if len(set(values)) != len(values):
        yield Fault(question.id, question.line, "Two options have the same value. Give each its own.")
    urgent = question.urgent or question.urgent_if_present
    if urgent and question.kind is not QuestionKind.RISK_ITEM:
        yield Fault(question.id, question.line, "Only a risk_item can be urgent. Remove the rule.")
    if question.urgent and question.urgent not in tuple(Band):
        yield Fault(question.id, question.line, f"urgent must be one of: {', '.join(Band)}.")
    if question.required and not question.takes_answer:
        yield Fault(question.id, question.line, "An instruction cannot be required. Remove required.")
    if None not in (question.minimum, question.maximum) and _most(question) < _least(question):
        yield Fault(question.id, question.line, "The minimum lies above the maximum. Swap them.")


def _least(question: Question) -> int:
    return question.minimum or 0


def _most(question: Question) -> int:
    return question.maximum or 0


def _rules(form: Form) -> Iterator[Fault]:
    known = {question.id: question for question in form.questions()}
    for owner, line, condition in _conditions(form):
        for text in _shape(condition):
            yield Fault(owner, line, text)
        for one in referred(condition):
            for text in _comparison(one, known, form.scales):
                yield Fault(owner, line, text)


def _conditions(form: Form) -> Iterator[tuple[str, int, Condition]]:
    for section in form.sections:
        if section.show_if is not None:
            yield section.id, _line(section), section.show_if
        for question in section.questions:
            if question.show_if is not None:
                yield question.id, question.line, question.show_if


def _shape(condition: Condition) -> Iterator[str]:
    """Check that each level of a condition says exactly one thing."""
    said = [bool(condition.question), bool(condition.all), bool(condition.any), condition.not_ is not None]
    compared = sum(getattr(condition, name) is not None for name in _COMPARISONS)
    between = condition.at_least is not None and condition.at_most is not None
    if sum(said) != 1:
        yield "show_if must hold exactly one of question, all, any, not."
    elif condition.question and compared != 1 and not (between and compared == 2):
        yield "show_if needs one comparison: is, is_not, at_least, at_most, includes or answered."
    elif not condition.question and (compared or condition.part):
        yield "show_if compares a part of a question: name the question."
    for inner in (*condition.all, *condition.any, *([condition.not_] if condition.not_ else [])):
        yield from _shape(inner)


def _comparison(one: Condition, known: Mapping[str, Question], scales: Mapping[str, Scale]) -> Iterator[str]:
    question = known.get(one.question)
    if question is None:
        yield f'show_if names the question "{one.question}", which this form does not have. Correct the id.'
        return
    parts = PARTS[question.kind]
    if not parts or (one.part and one.part not in parts):
        names = ", ".join(parts) or "no parts"
        yield f'show_if names the part "{one.part}" of {question.id}, which has: {names}.'
        return
    allowed = _values(question, one.part or parts[0], scales)
    for value in (one.is_, one.is_not, one.includes):
        if value is not None and allowed and value not in allowed:
            words = ", ".join(str(step) for step in allowed)
            yield f'show_if compares {question.id} with "{value}"; it can be: {words}.'


def _values(question: Question, part: str, scales: Mapping[str, Scale]) -> tuple[int | str, ...]:
    """Give the values a part can take; none when it is text or a number of any size."""
    if part in ("choice", "choices"):
        if question.kind is QuestionKind.YES_NO_UNKNOWN:
            return tuple(YES_NO_UNKNOWN)
        return tuple(option.value for option in question.options)
    if part == "advocate" or part == "survivor":
        part = "need"
    scale = scales.get("band" if part in ("judged_band", "residual_band") else part)
    return tuple(point.value for point in scale.point) if scale is not None else ()


def _circles(form: Form) -> Iterator[Fault]:
    """Find questions whose showing depends, by whatever way round, on themselves."""
    needs: dict[str, set[str]] = {}
    for section in form.sections:
        above = {one.question for one in referred(section.show_if)}
        for question in section.questions:
            needs[question.id] = above | {one.question for one in referred(question.show_if)}
    for question in form.questions():
        if _reaches(question.id, needs):
            words = "Its show_if depends on itself, directly or by other questions. Break the circle."
            yield Fault(question.id, question.line, words)


def _reaches(start: str, needs: Mapping[str, set[str]]) -> bool:
    waiting, seen = list(needs[start]), set[str]()
    while waiting:
        one = waiting.pop()
        if one == start:
            return True
        if one not in seen:
            seen.add(one)
            waiting += needs[one]
    return False
