"""Answers of an earlier assessment carried over to begin the next, also on another version of the form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from imsa_desk.domain.assessments import Answer, AnswerDraft
from imsa_desk.domain.forms.answers import parse_answer
from imsa_desk.domain.forms.model import Form, Question, QuestionKind
from imsa_desk.errors import Refused

GONE = "This version does not ask it."
UNFIT = "The answer does not fit the question as it is asked now."
TAKEN = "Another answer was already carried to the question that stands in its place."
OTHER = "The other form asks something else under this number."
ROWS = "It stood in another group of questions."

_ANY_DAY = date(2000, 1, 1)
"""Stored answers hold whole days, so that reading them needs no day to reckon from."""


@dataclass(frozen=True, slots=True)
class Left:
    """An answer that could not be carried over: the question as it was asked, and why.

    `target` is the question that stands in its place now, "" where there is none.
    """

    question_id: str
    text: str
    why: str
    repeat: int = 0
    target: str = ""


@dataclass(frozen=True, slots=True)
class Carried:
    """The answers to begin with, by their new keys, and those that stay behind."""

    answers: dict[str, Answer]
    left: tuple[Left, ...]


def carry_forward(old: Form, new: Form, answers: Mapping[str, Answer]) -> Carried:
    """Carry answers to a form's next version, or to another form; what was given is not touched.

    An answer goes to the same id, or to the one the new form's `carry` names, and only where the new
    question can hold all of it; every other is named in `left`. What is calculated is reckoned anew. Who
    asked, when and from whom stays; `carried_from` is the caller's to set.
    """
    kept: dict[str, Answer] = {}
    left: list[Left] = []
    for answer in answers.values():
        asked = old.question(answer.question_id)
        if asked is not None and asked.kind is QuestionKind.CALCULATED:
            continue
        target, why = _target(old, new, asked, answer)
        found: Answer | None = None
        if target is not None:
            found, why = _fitting(new, target, answer, asked)
            if found is not None and found.key in kept:
                why = TAKEN
        if found is None or why:
            text = asked.text if asked is not None else answer.question_id
            place = target.id if target is not None else ""
            left.append(Left(answer.question_id, text, why, answer.repeat, place))
        else:
            kept[found.key] = found
    return Carried(kept, tuple(left))


def _target(old: Form, new: Form, asked: Question | None, answer: Answer) -> tuple[Question | None, str]:
    """Find the question that takes an answer's place, or say why there is none."""
    same_form = old.id == new.id
    mapped = next(
        (
            one.new
            for one in new.carry
            if _maps(one.from_form, old, new)
            and (one.from_version, one.old) == (old.version, answer.question_id)
        ),
        "",
    )
    target = new.question(mapped or answer.question_id)
    if target is None:
        return None, GONE
    if not mapped and not same_form and (asked is None or asked.text.strip() != target.text.strip()):
        return None, OTHER
    return (target, "") if _same_group(old, new, answer, target) else (None, ROWS)


def _maps(from_form: str, old: Form, new: Form) -> bool:
    return (from_form or new.id) == old.id


def _same_group(old: Form, new: Form, answer: Answer, target: Question) -> bool:
    """Say whether an answer of a row comes to the group its row comes to, and one of no row to none."""
    before, now = old.group_of(answer.question_id), new.group_of(target.id)
    if not answer.repeat or before is None or now is None:
        return not answer.repeat and now is None
    if before.id == now.id:
        return True
    return any(
        _maps(one.from_form, old, new)
        and (one.from_version, one.old, one.new) == (old.version, before.id, now.id)
        for one in new.carry
    )


def _fitting(
    new: Form, target: Question, answer: Answer, asked: Question | None
) -> tuple[Answer | None, str]:
    """Read the stored answer as the new question would; None, and why, unless all of it is kept."""
    draft = AnswerDraft(
        target.id, dict(answer.value), answer.repeat, not_discussed=answer.not_discussed or ""
    )
    try:
        found = parse_answer(new, target, draft, _ANY_DAY)
    except Refused as error:
        alike = asked is not None and asked.kind is target.kind
        return None, f"{UNFIT} {error.message.removeprefix(target.number).strip()}" if alike else UNFIT
    same = found.value == answer.value and found.not_discussed == answer.not_discussed
    return (replace(answer, question_id=target.id), "") if same else (None, UNFIT)
