"""One parser for each kind of question: what was typed becomes the value that is stored, or is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from imsa_desk.domain.assessments import Answer, AnswerDraft, AnswerValue, answer_band, risk_band
from imsa_desk.domain.forms.model import Form, Question, QuestionKind
from imsa_desk.domain.forms.parse_counts import day_answer, money, number, partial_date
from imsa_desk.domain.forms.parse_people import agreement, calculated, group, person
from imsa_desk.domain.forms.parts import (
    NEED_PARTS,
    PARTS,
    RATED_RISK_PARTS,
    RISK_PARTS,
    SHORT_LIMIT,
    TEXT_LIMIT,
    YES_NO_UNKNOWN,
)
from imsa_desk.domain.forms.typed import Reading, by_table, clean, day, drop_empty, step, word, words
from imsa_desk.vocab import AnswerSource, NotDiscussed

_LIST_VALUE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/-]{0,59}")

Parser = Callable[[Reading], AnswerValue]


def parse_answer(form: Form, question: Question, draft: AnswerDraft, today: date) -> Answer:
    """Turn what stands in the editor into what is stored; empty parts are left out.

    With a reason why it was not discussed only words remain. Author and day asked are the caller's to add.
    Raises `Refused` (E_ANSWER, for a day E_DATE) about the answer's key.
    """
    reading = Reading(form, question, draft.value, today, draft.key)
    known = PARTS[question.kind]
    for part in draft.value:
        if part not in known:
            raise reading.refuse(f'An answer to this question has no part "{part}".')
    reason = word(reading, draft.not_discussed, tuple(NotDiscussed), "why it was not discussed")
    source = word(reading, draft.source, tuple(AnswerSource), "where the answer comes from")
    value = PARSERS[question.kind](reading)
    if reason:
        value = {part: words for part, words in value.items() if part in ("words", "note", "text")}
    return Answer(
        question_id=question.id,
        value=value,
        repeat=draft.repeat,
        source=AnswerSource(source) if source else None,
        valid_on=day(draft.valid_on, reading) if draft.valid_on.strip() else None,
        not_discussed=NotDiscussed(reason) if reason else None,
        carried_from=draft.carried_from,
    )


def is_empty(answer: Answer) -> bool:
    """Say whether nothing was answered, so that no row is kept."""
    return not answer.value and answer.not_discussed is None


def incomplete(form: Form, question: Question, answer: Answer | None) -> str:
    """Say what a started answer still lacks before it may be signed; "" when nothing."""
    if answer is None or answer.not_discussed is not None:
        return ""
    value = answer.value
    if question.kind is QuestionKind.MONEY and "per" in value and "pence" not in value:
        return "Enter the amount."
    if question.kind is QuestionKind.AGREEMENT and value and "how" not in value:
        return "Say how it was agreed, or that it was not."
    if question.kind is not QuestionKind.RISK_ITEM:
        return ""
    if value.get("present") != "yes":
        return ""
    likelihood, severity = value.get("likelihood"), value.get("severity")
    if not isinstance(likelihood, int) or not isinstance(severity, int):
        return "Choose how likely it is and how serious it would be, or say why it was not discussed."
    if answer_band(value) is not risk_band(likelihood, severity) and not value.get("judgement_reason"):
        words = form.scale("band").label(str(risk_band(likelihood, severity))).lower()
        return f'Give the reason why your judgement is not "{words}".'
    return ""


def _text(reading: Reading) -> AnswerValue:
    limit = SHORT_LIMIT if reading.question.kind is QuestionKind.SHORT_TEXT else TEXT_LIMIT
    return drop_empty({"text": clean(reading, reading.value.get("text"), limit)})


def _yes_no_unknown(reading: Reading) -> AnswerValue:
    choice = word(reading, reading.value.get("choice"), tuple(YES_NO_UNKNOWN), "yes, no or not known")
    return drop_empty({"choice": choice, "note": clean(reading, reading.value.get("note"), TEXT_LIMIT)})


def _choice(reading: Reading) -> AnswerValue:
    options = tuple(option.value for option in reading.question.options)
    return drop_empty(
        {
            "choice": word(reading, reading.value.get("choice"), options, "one of the choices"),
            "other": _other(reading),
        }
    )


def _list_choice(reading: Reading) -> AnswerValue:
    """Read a value of a list; values a list had before, or will have, are kept."""
    choice = clean(reading, reading.value.get("choice"), SHORT_LIMIT)
    if choice and not _LIST_VALUE.fullmatch(choice):
        raise reading.refuse("Choose one of the list.")
    return drop_empty({"choice": choice, "other": _other(reading)})


def _scale(reading: Reading) -> AnswerValue:
    scale = reading.form.scale(reading.question.scale)
    steps = tuple(point.value for point in scale.point)
    chosen = step(reading, reading.value.get("step"), steps, f'a step of "{scale.title}"')
    return drop_empty({"step": chosen, "note": clean(reading, reading.value.get("note"), TEXT_LIMIT)})


def _choices(reading: Reading) -> AnswerValue:
    options = tuple(option.value for option in reading.question.options)
    return drop_empty(
        {"choices": words(reading, reading.value.get("choices"), options), "other": _other(reading)}
    )


def _other(reading: Reading) -> str:
    other = clean(reading, reading.value.get("other"), SHORT_LIMIT)
    if other and not reading.question.other:
        raise reading.refuse("Choose one of the choices; nothing else can be added here.")
    return other


def _need_item(reading: Reading) -> AnswerValue:
    return by_table(reading, NEED_PARTS)


def _risk_item(reading: Reading) -> AnswerValue:
    """Read a risk; a rating implies that it is there, and a "no" carries no rating."""
    value = by_table(reading, RISK_PARTS)
    if "present" not in value and ("likelihood" in value or "severity" in value):
        value["present"] = "yes"
    if value.get("present") == "no":
        value = {part: said for part, said in value.items() if part not in RATED_RISK_PARTS}
    return value


def _instruction(reading: Reading) -> AnswerValue:
    return {}


PARSERS: dict[QuestionKind, Parser] = {
    QuestionKind.SHORT_TEXT: _text,
    QuestionKind.LONG_TEXT: _text,
    QuestionKind.NUMBER: number,
    QuestionKind.MONEY: money,
    QuestionKind.DATE: day_answer,
    QuestionKind.PARTIAL_DATE: partial_date,
    QuestionKind.YES_NO_UNKNOWN: _yes_no_unknown,
    QuestionKind.CHOICE: _choice,
    QuestionKind.CHOICES: _choices,
    QuestionKind.LIST_CHOICE: _list_choice,
    QuestionKind.SCALE: _scale,
    QuestionKind.NEED_ITEM: _need_item,
    QuestionKind.RISK_ITEM: _risk_item,
    QuestionKind.PERSON: person,
    QuestionKind.AGREEMENT: agreement,
    QuestionKind.GROUP: group,
    QuestionKind.CALCULATED: calculated,
    QuestionKind.INSTRUCTION: _instruction,
}
