"""What may be wrong with one question, by its kind."""

from __future__ import annotations

from collections.abc import Iterator

from imsa_desk.domain.forms.fault import Fault
from imsa_desk.domain.forms.model import Question, QuestionKind
from imsa_desk.vocab import Band

MOST_DECIMALS = 6
MOST_ROWS = 200

_CHOOSES = (QuestionKind.CHOICE, QuestionKind.CHOICES)
_COUNTS = (QuestionKind.NUMBER, QuestionKind.MONEY)


def kind_faults(
    question: Question, known_lists: frozenset[str] | None, *, rules_read: bool = True
) -> list[Fault]:
    """Find what is wrong with a question by itself; a rule that could not be read is not missed too."""
    found = [*_text(question), *_choosing(question, known_lists), *_urgent(question)]
    found += [*_counting(question), *_group(question)]
    if rules_read:
        found += _reckoning(question)
    return [Fault(question.id, question.line, words) for words in found]


def _text(question: Question) -> Iterator[str]:
    if not question.text.strip():
        yield "The question has no text. Write it."
    if not question.takes_answer and (question.required or question.required_if):
        what = "An instruction" if question.kind is QuestionKind.INSTRUCTION else "A calculated value"
        yield f"{what} cannot be required. Remove required."
    if question.required and question.required_if:
        yield "Only one of required and required_if can stand. Remove the other."
    if question.limit is not None and not question.takes_answer:
        yield "A limit needs an answer to look at. Remove it."
    if question.limit_words and question.limit is None:
        yield "limit_words says why an answer lies outside a limit. Add the limit, or remove the words."


def _choosing(question: Question, known_lists: frozenset[str] | None) -> Iterator[str]:
    kind = question.kind
    if kind in _CHOOSES and not question.options:
        yield "There is nothing to choose from. Add [[...option]] tables."
    if kind not in _CHOOSES and question.options:
        yield "Only choice and choices take options. Remove them."
    if question.other and kind not in (*_CHOOSES, QuestionKind.LIST_CHOICE):
        yield "Only a choice can have something other. Remove it."
    values = [option.value for option in question.options]
    if len(set(values)) != len(values):
        yield "Two options have the same value. Give each its own."
    if any(not one.value.strip() or not one.label.strip() for one in question.options):
        yield "An option has no value or no label. Write both."
    if kind is QuestionKind.SCALE and not question.scale:
        yield 'It names no scale. Add scale = "...", and the scale as [scales....].'
    if question.scale and kind is not QuestionKind.SCALE:
        yield "Only the kind scale names its scale. Remove it."
    if kind is QuestionKind.LIST_CHOICE and not question.list:
        yield 'It names no list to choose from. Add list = "...".'
    if question.list and kind is not QuestionKind.LIST_CHOICE:
        yield "Only a list_choice names a list. Remove it."
    if question.list and known_lists is not None and question.list not in known_lists:
        yield f'There is no list "{question.list}". Use one of: {", ".join(sorted(known_lists))}.'


def _urgent(question: Question) -> Iterator[str]:
    if (question.urgent or question.urgent_if_present) and question.kind is not QuestionKind.RISK_ITEM:
        yield "Only a risk_item can be urgent. Remove the rule."
    if question.urgent and question.urgent not in tuple(Band):
        yield f"urgent must be one of: {', '.join(Band)}."


def _counting(question: Question) -> Iterator[str]:
    least, most = question.minimum, question.maximum
    if (least is not None or most is not None) and question.kind not in _COUNTS:
        yield "Only a number or money has a minimum and a maximum. Write a limit instead."
    if least is not None and most is not None and most < least:
        yield "The minimum lies above the maximum. Swap them."
    takes = (QuestionKind.NUMBER, QuestionKind.CALCULATED)
    if (question.decimals or question.unit) and question.kind not in takes:
        yield "Only a number and a calculated value have decimals and a unit. Remove them."
    if not 0 <= question.decimals <= MOST_DECIMALS:
        yield f"decimals lies between 0 and {MOST_DECIMALS}."


def _group(question: Question) -> Iterator[str]:
    if question.kind is not QuestionKind.GROUP:
        if question.members:
            yield 'Only a group holds questions. Make its kind "group", or move them out.'
        if question.item_title or question.least_rows or question.most_rows:
            yield "Only a group has item_title, least_rows and most_rows. Remove them."
        return
    if not question.members:
        yield "The group is empty. Add [[section.question.question]] tables."
    for member in question.members:
        if member.kind is QuestionKind.GROUP or member.members:
            yield f"It holds the group {member.id}, but a group cannot stand in a group. Move it out."
    if not 0 <= question.least_rows <= (question.most_rows or MOST_ROWS) <= MOST_ROWS:
        yield f"least_rows and most_rows lie between 0 and {MOST_ROWS}, and the least is not above the most."


def _reckoning(question: Question) -> Iterator[str]:
    if (question.kind is QuestionKind.CALCULATED) is (question.calculation is None):
        if question.calculation is None:
            yield 'It has nothing to reckon. Add calculation = "...".'
        else:
            yield 'Only a question of the kind "calculated" has a calculation. Remove it.'
