"""The fields of a form that is filled in on a screen: their names, and which part of which answer each is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from imsa_desk.domain.assessments import answer_key
from imsa_desk.domain.forms import YES_NO_UNKNOWN, Form, Question, QuestionKind
from imsa_desk.domain.forms.parts import MONEY_PERIODS, NEED_PARTS, RISK_PARTS
from imsa_desk.vocab import AgreementHow

EMPTY_ROWS = 3
"""How many times the questions of a repeating group stand on an empty form."""
FORM_FIELD = "imsa-form"
"""The hidden field that says which form this is."""
_PLAIN_STATE = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,59}")
_OFF = "off"


@dataclass(frozen=True, slots=True)
class Slot:
    """One field: an answer's key, its part, and the values its states stand for.

    Without states it is text. `option` is set where a part takes several values and each has its own tick.
    """

    name: str
    key: str
    part: str
    option: str = ""
    states: Mapping[str, int | str] = field(default_factory=dict)


def field_name(key: str, part: str, option: str = "") -> str:
    """Give a field's name; a PDF keeps the full stop for itself, so another sign stands for it."""
    return ":".join(one for one in (key, part, option) if one).replace(".", "~")


def state_of(value: int | str, place: int) -> str:
    """Give the name of a state of a tick or a choice: the value where a PDF can hold it, else its place."""
    said = str(value)
    plain = _PLAIN_STATE.fullmatch(said) and said.lower() != _OFF
    return said if plain else f"n{place}"


def states_of(values: Iterator[int | str] | tuple[int | str, ...]) -> dict[str, int | str]:
    """Give the states of a choice in order, each with the value it stands for."""
    return {state_of(value, place): value for place, value in enumerate(values)}


def rows_on_paper(question: Question) -> range:
    """Give the repeats of a group that stand on an empty form, from 1."""
    most = min(EMPTY_ROWS, question.most_rows) if question.most_rows else EMPTY_ROWS
    return range(1, max(question.least_rows, most) + 1)


def slots_of(form: Form, section_id: str = "") -> dict[str, Slot]:
    """Give every field that an empty form may have, by its name."""
    sections = [one for one in form.sections if section_id in ("", one.id)]
    found: dict[str, Slot] = {}
    for section in sections:
        for question in section.questions:
            for key, one in _asked(question):
                found.update((slot.name, slot) for slot in slots_for(form, one, key))
    return found


def _asked(question: Question) -> Iterator[tuple[str, Question]]:
    if question.kind is not QuestionKind.GROUP:
        yield question.id, question
        return
    for row in rows_on_paper(question):
        for member in question.members:
            yield answer_key(member.id, row), member


def slots_for(form: Form, question: Question, key: str) -> Iterator[Slot]:
    """Give the fields of one question."""
    match question.kind:
        case QuestionKind.NEED_ITEM | QuestionKind.RISK_ITEM:
            table = NEED_PARTS if question.kind is QuestionKind.NEED_ITEM else RISK_PARTS
            for part, about in table.items():
                values = tuple(point.value for point in form.scale(about.scale).point) if about.scale else ()
                yield from _slots(key, part, values, several=about.several)
        case QuestionKind.CHOICE:
            yield from _slots(key, "choice", tuple(option.value for option in question.options))
        case QuestionKind.CHOICES:
            values = tuple(option.value for option in question.options)
            yield from _slots(key, "choices", values, several=True)
        case QuestionKind.YES_NO_UNKNOWN:
            yield from _slots(key, "choice", tuple(YES_NO_UNKNOWN))
        case QuestionKind.SCALE:
            yield from _slots(key, "step", tuple(one.value for one in form.scale(question.scale).point))
        case QuestionKind.MONEY:
            yield from _slots(key, "per", tuple(MONEY_PERIODS))
        case QuestionKind.PARTIAL_DATE:
            yield from _slots(key, "about", ("yes",))
        case QuestionKind.AGREEMENT:
            yield from _slots(key, "how", tuple(AgreementHow))
        case _:
            pass
    for part in _TEXTS.get(question.kind, ()):
        if part != "other" or question.other:
            yield Slot(field_name(key, part), key, part)


_TEXTS: Mapping[QuestionKind, tuple[str, ...]] = {
    QuestionKind.SHORT_TEXT: ("text",),
    QuestionKind.LONG_TEXT: ("text",),
    QuestionKind.NUMBER: ("number",),
    QuestionKind.MONEY: ("pence",),
    QuestionKind.DATE: ("day",),
    QuestionKind.PARTIAL_DATE: ("when",),
    QuestionKind.YES_NO_UNKNOWN: ("note",),
    QuestionKind.CHOICE: ("other",),
    QuestionKind.CHOICES: ("other",),
    QuestionKind.LIST_CHOICE: ("choice", "other"),
    QuestionKind.SCALE: ("note",),
    QuestionKind.PERSON: ("name", "role"),
    QuestionKind.AGREEMENT: ("name", "on", "words"),
}
"""Parts that are typed; those of needs and risks come from their tables."""


def _slots(key: str, part: str, values: tuple[int | str, ...], *, several: bool = False) -> Iterator[Slot]:
    if not several:
        yield Slot(field_name(key, part), key, part, states=states_of(values))
        return
    for value in values:
        name = field_name(key, part, str(value))
        yield Slot(name, key, part, str(value), {"yes": value})
