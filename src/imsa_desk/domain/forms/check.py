"""What makes a form unusable, found before anybody answers it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields

from imsa_desk.domain.assessments import AssessmentHeader
from imsa_desk.domain.forms.check_questions import kind_faults
from imsa_desk.domain.forms.check_rules import circle_faults, rule_faults
from imsa_desk.domain.forms.fault import Fault
from imsa_desk.domain.forms.model import Form, Question, QuestionKind, Scale
from imsa_desk.domain.forms.parts import NEEDS_MEANINGS, NUMBERED_SCALES, SCALE_COLOURS, scales_of
from imsa_desk.domain.forms.tables import Lines
from imsa_desk.vocab import AssessmentType, NotDiscussed, Theme

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")


def faults_of(
    form: Form, lines: Lines, in_rules: Sequence[Fault] = (), known_lists: frozenset[str] | None = None
) -> list[Fault]:
    """Find every fault of a form, in the order of the file where that is known.

    `in_rules` are those found while its rules were read.
    """
    twice = list(_twice(form))
    found = [*in_rules, *twice, *_ids(form), *_scales(form, lines), *_about(form, lines)]
    found += _carries(form, lines)
    unread = {fault.question for fault in in_rules}
    for question in (*form.header, *form.questions()):
        found += _unsound_id(question.id, question.line)
        found += kind_faults(question, known_lists, rules_read=question.id not in unread)
    found += _header(form)
    found += rule_faults(form)
    if not twice:
        found += circle_faults(form)
    return sorted(found, key=lambda fault: fault.line)


def _ids(form: Form) -> Iterator[Fault]:
    if not form.sections:
        yield Fault("", 1, "The form has no sections. Add a [[section]].")
    yield from _unsound_id(form.id, 1)
    if form.version < 1:
        yield Fault("", 1, "The version must be 1 or more.")
    for section in form.sections:
        yield from _unsound_id(section.id, section.line)
        if section.theme and section.theme not in tuple(Theme):
            yield Fault(section.id, section.line, f'There is no theme "{section.theme}". Use t1 to t8.')


def _header(form: Form) -> Iterator[Fault]:
    allowed = {one.name for one in fields(AssessmentHeader)}
    names = ", ".join(sorted(allowed))
    for question in form.header:
        if question.id not in allowed:
            yield Fault(question.id, question.line, f"The header has no such field. Use one of: {names}.")
        if question.members or any((question.show_if, question.required_if, question.limit)):
            words = "The header takes no groups and no rules. Move the question to a section."
            yield Fault(question.id, question.line, words)


def _twice(form: Form) -> Iterator[Fault]:
    for name, ids in (
        ("section", [(one.id, one.line) for one in form.sections]),
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


def _scales(form: Form, lines: Lines) -> Iterator[Fault]:
    users: dict[str, Question] = {}
    for question in form.questions():
        for scale_id in sorted(scales_of(question.kind)):
            users.setdefault(scale_id, question)
    chosen = {one.scale: one for one in reversed(form.questions()) if one.kind is QuestionKind.SCALE}
    for scale_id, user in (users | chosen).items():
        scale = form.scales.get(scale_id)
        if scale is not None:
            yield from _scale(scale_id, scale, lines, own=scale_id in chosen)
        elif scale_id:
            yield Fault(user.id, user.line, f"It needs the scale {scale_id}. Add [scales.{scale_id}].")
    reasons = form.scales.get("not_discussed")
    if reasons is None or {point.value for point in reasons.point} != set(NotDiscussed):
        words = ", ".join(NotDiscussed)
        line = lines.of_scale("not_discussed")
        cure = "Add [scales.not_discussed]" if reasons is None else "Give it exactly these"
        words = f"The scale not_discussed must give words for: {words}. {cure}, each with value and label."
        yield Fault("", line, words)


def _scale(scale_id: str, scale: Scale, lines: Lines, *, own: bool) -> Iterator[Fault]:
    values = tuple(point.value for point in scale.point)
    wanted = NUMBERED_SCALES.get(scale_id)
    line = lines.of_scale(scale_id)
    if wanted is not None and values != wanted:
        words = ", ".join(str(one) for one in wanted)
        yield Fault("", line, f"The scale {scale_id} must have exactly the steps {words}, in this order.")
    if len(set(values)) != len(values) or not values:
        yield Fault("", line, f"The scale {scale_id} needs steps, each with its own value.")
    if len({type(value) for value in values}) > 1:
        yield Fault("", line, f"The scale {scale_id} mixes numbers and words. Use one kind of value.")
    for number, point in enumerate(scale.point):
        about = f"The step {point.value} of the scale {scale_id}"
        line = lines.of_scale(scale_id, number)
        if (own or scale_id in NEEDS_MEANINGS) and not point.meaning.strip():
            yield Fault("", line, f"{about} has no meaning. Write what it means.")
        if not point.label.strip():
            yield Fault("", line, f"{about} has no label. Add one.")
        if point.colour not in SCALE_COLOURS and (own or point.colour):
            colours = ", ".join(SCALE_COLOURS)
            yield Fault("", line, f'{about} has no colour of ours ("{point.colour}"). Use one of: {colours}.')


def _about(form: Form, lines: Lines) -> Iterator[Fault]:
    """Check what the form says of itself, and that its translations are in languages it names."""
    for one in form.serves:
        if one not in tuple(AssessmentType):
            kinds = ", ".join(AssessmentType)
            yield Fault("", 1, f'serves names "{one}", which is no assessment type. Use: {kinds}.')
    for code in form.languages:
        if not _LANGUAGE.fullmatch(code):
            yield Fault("", 1, f'"{code}" is no code of a language, such as "ar" or "ti". Correct it.')
    for owner, line, codes in _translated(form, lines):
        for code in sorted(set(codes) - set(form.languages)):
            words = f'It has words in "{code}", which languages does not name. Add it there.'
            yield Fault(owner, line, words)


def _translated(form: Form, lines: Lines) -> Iterator[tuple[str, int, Iterable[str]]]:
    yield "", 1, _codes(form.translations.values())
    for scale_id, scale in form.scales.items():
        points = [texts for point in scale.point for texts in (point.label_in, point.meaning_in)]
        yield "", lines.of_scale(scale_id), _codes([scale.title_in, scale.help_in, *points])
    for section in form.sections:
        yield section.id, section.line, _codes(section.translations.values())
    for question in (*form.header, *form.questions()):
        options = [option.label_in for option in question.options]
        yield question.id, question.line, _codes([*question.translations.values(), *options])


def _codes(texts: Iterable[Iterable[str]]) -> list[str]:
    return [code for words in texts for code in words]


def _carries(form: Form, lines: Lines) -> Iterator[Fault]:
    seen: set[tuple[str, int, str]] = set()
    for number, one in enumerate(form.carry):
        line = lines.of_carry(number)
        old = (one.from_form, one.from_version, one.old)
        if form.question(one.new) is None:
            words = f"carry maps {one.old} to a question this form does not have. Correct it."
            yield Fault(one.new, line, words)
        if not one.from_form and one.from_version >= form.version:
            yield Fault(one.new, line, "carry maps from an earlier version only. Correct from_version.")
        if old in seen:
            yield Fault(one.old, line, "carry maps this question twice. Keep one of them.")
        seen.add(old)
