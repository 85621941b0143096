"""Comparing two assessments: pairs their questions across versions and says what became of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from imsa_desk.domain.assessments import Answer, Assessment, answer_key
from imsa_desk.domain.changes import Change, change_of, disagreement_of, is_carried, why_of
from imsa_desk.domain.comparison import Comparison, ItemChange, Movement, SectionChange, Side
from imsa_desk.domain.dates import say_full
from imsa_desk.domain.forms.model import Form, Question, QuestionKind, Section
from imsa_desk.domain.forms.rules import theme_levels, visible
from imsa_desk.domain.forms.words import Said, Speech, said
from imsa_desk.domain.lists import Lists
from imsa_desk.vocab import Theme


@dataclass(frozen=True, slots=True)
class Compared:
    """What one side brings: the assessment, the form it answers, and which of its answers were asked."""

    assessment: Assessment
    form: Form
    asked: frozenset[str]
    repeats: Mapping[str, tuple[int, ...]]
    """The rows in which each question has an answer; (0,) outside of groups."""

    @classmethod
    def of(cls, assessment: Assessment, form: Form) -> Compared:
        """Reckon which questions were asked; those of sections skipped by choice were not."""
        skipped = {
            one.id
            for section in form.sections
            if section.id in assessment.skipped_sections
            for question in section.questions
            for one in (question, *question.members)
        }
        asked = visible(form, assessment.answers, assessment.line.on)
        repeats: dict[str, tuple[int, ...]] = {}
        for one in assessment.answers.values():
            repeats[one.question_id] = (*repeats.get(one.question_id, ()), one.repeat)
        kept = frozenset(key for key in asked if key.partition("#")[0] not in skipped)
        return cls(assessment, form, kept, repeats)

    def answer(self, key: str) -> Answer | None:
        """Give the answer to a question that was asked."""
        return self.assessment.answers.get(key) if key in self.asked else None


@dataclass(frozen=True, slots=True)
class Telling:
    """What the words need: the person's name and pronouns, lists, and the names of who asked."""

    speech: Speech
    lists: Lists = field(default_factory=Lists)
    names: Mapping[str, str] = field(default_factory=dict)


def compare_sides(
    before: Compared, now: Compared, mapping: Mapping[str, str], telling: Telling
) -> Comparison:
    """Compare two assessments; `mapping` gives the id that a question of `before` has in `now`'s form."""
    pairs = _pairs(before.form, now.form, mapping)
    sections = [_section(section, pairs, before, now, telling) for section in now.form.sections]
    sections += _only_before(before, now, set(pairs.values()), telling)
    return Comparison(
        before=_side(before),
        now=_side(now),
        sections=tuple(section for section in sections if section.items),
        movement=movement_of(before, now),
    )


def movement_of(before: Compared, now: Compared) -> tuple[Movement, ...]:
    """Give all eight themes in order; a level is None where nothing was said."""
    sides = [(_levels(side), _own_levels(side)) for side in (before, now)]
    (was, own_was), (stands, own_stands) = sides
    return tuple(
        Movement(theme, was.get(theme), stands.get(theme), own_was.get(theme), own_stands.get(theme))
        for theme in Theme
    )


def _levels(side: Compared) -> dict[str, int]:
    return theme_levels(side.form, side.assessment.answers, side.assessment.line.on)


def _own_levels(side: Compared) -> dict[str, int]:
    """Give the person's own highest need level of each theme."""
    levels: dict[str, int] = {}
    for given in side.assessment.answers.values():
        section, question = side.form.section_of(given.question_id), side.form.question(given.question_id)
        level = given.value.get("survivor")
        if section is None or question is None or given.key not in side.asked or given.not_discussed:
            continue
        if section.theme and question.kind is QuestionKind.NEED_ITEM and isinstance(level, int):
            levels[section.theme] = max(level, levels.get(section.theme, 0))
    return levels


def _side(side: Compared) -> Side:
    line = side.assessment.line
    return Side(
        title=side.form.title,
        on=line.on,
        author=line.author,
        version=line.form_version,
        form_id=line.form_id,
        signed=line.signed_at is not None,
    )


def _pairs(before: Form, now: Form, mapping: Mapping[str, str]) -> dict[str, str]:
    """Give the old id of each question of `now` that has one.

    In another form the same id need not mean the same: there the words must agree as well.
    """
    same_form = before.id == now.id
    found: dict[str, str] = {new: old for old, new in mapping.items()}
    older = {question.id: question for question in before.questions()}
    for question in now.questions():
        other = older.get(question.id)
        if question.id in found or other is None or question.id in mapping:
            continue
        if same_form or (other.kind is question.kind and other.text == question.text):
            found[question.id] = question.id
    return found


def _section(
    section: Section, pairs: Mapping[str, str], before: Compared, now: Compared, telling: Telling
) -> SectionChange:
    items = [
        item
        for question in section.questions
        for one in (question, *question.members)
        for item in _items(one, pairs.get(one.id, ""), before, now, telling)
    ]
    return SectionChange(section.id, section.title, tuple(items))


def _items(
    question: Question, old_id: str, before: Compared, now: Compared, telling: Telling
) -> list[ItemChange]:
    """Give the items of a question: one, or one for each row of its group on either side."""
    if question.kind is QuestionKind.INSTRUCTION:
        return []
    repeats = sorted({*now.repeats.get(question.id, ()), *before.repeats.get(old_id, ())})
    found = [_item(question, old_id, repeat, before, now, telling) for repeat in repeats]
    return [item for item in found if item is not None]


def _item(
    question: Question, old_id: str, repeat: int, before: Compared, now: Compared, telling: Telling
) -> ItemChange | None:
    key = answer_key(question.id, repeat)
    older = before.form.question(old_id) if old_id else None
    was = before.answer(answer_key(old_id, repeat)) if older is not None else None
    stands = now.answer(key)
    if was is None and stands is None:
        return None
    told_before = _said(before.form, older, was, telling)
    told_now = _said(now.form, question, stands, telling)
    change, words = _change(question, older, was, stands, before, now, repeat, (told_before, told_now))
    latest = stands or was
    side = now if stands is not None else before
    return ItemChange(
        key=key,
        number=question.number,
        question=question.text,
        question_before=older.text if older is not None and older.text != question.text else "",
        before=told_before,
        now=told_now,
        change=change,
        words=words,
        who_said=_who(latest, side, telling) if latest is not None else "",
        why=why_of(latest) if latest is not None else "",
        disagreement=disagreement_of(side.form, question, latest, telling.speech) if latest else "",
    )


def _change(
    question: Question,
    older: Question | None,
    was: Answer | None,
    stands: Answer | None,
    before: Compared,
    now: Compared,
    repeat: int,
    told: tuple[tuple[Said, ...], tuple[Said, ...]],
) -> tuple[Change, str]:
    """Say what changed; a side without an answer is told apart by whether the question was asked."""
    if stands is None:
        asked = answer_key(question.id, repeat) in now.asked
        return Change.NOT_ASKED_NOW, "Not answered this time" if asked else "Not asked this time"
    if was is None or older is None:
        asked = older is not None and answer_key(older.id, repeat) in before.asked
        if asked:
            return Change.NEW, "Answered for the first time"
        return Change.NOT_ASKED_BEFORE, "Not asked before"
    if is_carried(stands):
        return Change.SAME, "Carried over; not asked again"
    return change_of((before.form, older, was), (now.form, question, stands), told)


def _said(form: Form, question: Question | None, answer: Answer | None, telling: Telling) -> tuple[Said, ...]:
    if question is None or answer is None:
        return ()
    return said(form, question, answer, telling.speech, telling.lists)


def _who(answer: Answer, side: Compared, telling: Telling) -> str:
    """Say where an answer comes from: "Selam told me; asked by A. Clerk, Tuesday 3 November 2026".

    Who asked and when is left out where the review itself says so.
    """
    parts = []
    if answer.source:
        words = telling.speech.label(side.form, "source", answer.source.value)
        known = words if words != answer.source.value else ""
        parts.append(known or telling.lists.label("answer_source", answer.source.value))
    line = side.assessment.line
    name = telling.names.get(answer.author, "")
    name = "" if name == line.author else name
    day = say_full(answer.asked_on) if answer.asked_on not in (None, line.on) else ""
    asked = ", ".join(one for one in (f"asked by {name}" if name else "", day) if one)
    asked = f"asked on {day}" if asked == day and day else asked
    parts += [asked] if asked else []
    text = "; ".join(parts)
    return text[:1].upper() + text[1:]


def _only_before(
    before: Compared, now: Compared, paired: set[str], telling: Telling
) -> Sequence[SectionChange]:
    """Give what only the earlier form asks, in its own sections."""
    found = []
    for section in before.form.sections:
        items = [
            _gone(one, answer, before, telling)
            for question in section.questions
            for one in (question, *question.members)
            if one.id not in paired and one.kind is not QuestionKind.INSTRUCTION
            for repeat in sorted(before.repeats.get(one.id, ()))
            if (answer := before.answer(answer_key(one.id, repeat))) is not None
        ]
        found.append(SectionChange(section.id, section.title, tuple(items)))
    return found


def _gone(question: Question, answer: Answer, before: Compared, telling: Telling) -> ItemChange:
    return ItemChange(
        key=answer.key,
        number=question.number,
        question=question.text,
        question_before="",
        before=_said(before.form, question, answer, telling),
        now=(),
        change=Change.NOT_ASKED_NOW,
        words="Not asked this time",
        who_said=_who(answer, before, telling),
        why=why_of(answer),
        disagreement=disagreement_of(before.form, question, answer, telling.speech),
    )
