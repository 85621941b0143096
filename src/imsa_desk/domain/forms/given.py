"""What an answer is worth to the rules: whether it is one, and the value of each of its parts."""

from __future__ import annotations

from decimal import Decimal

from imsa_desk.domain.assessments import AnswerValue
from imsa_desk.domain.forms.model import Given, Question, QuestionKind
from imsa_desk.domain.forms.parts import PARTS
from imsa_desk.domain.forms.values import LARGEST, Value, day_of

OTHER = "other"
"""The word that stands in an expression for an answer in words of its own, as XLSForm has it."""
_FIRST = {4: "-01-01", 7: "-01"}
"""What makes a year, or a year and a month, the first day of it."""
_PENNIES = 100


def is_answered(question: Question, given: Given | None) -> bool:
    """Say whether a question has its answer; "not discussed" with its reason is one.

    What was carried over from an earlier assessment and not asked again is none.
    """
    return given is not None and not given.carried_from and is_given(question, given)


def is_given(question: Question, given: Given | None) -> bool:
    """Say whether there is an answer, also one that was only carried over."""
    if given is None:
        return False
    if given.not_discussed:
        return True
    value = given.value
    match question.kind:
        case QuestionKind.NEED_ITEM:
            return value.get("advocate") is not None or value.get("survivor") is not None
        case QuestionKind.RISK_ITEM:
            rated = value.get("likelihood") is not None and value.get("severity") is not None
            return value.get("present") == "no" or (value.get("present") == "yes" and rated)
        case QuestionKind.CHOICES | QuestionKind.CHOICE | QuestionKind.LIST_CHOICE:
            return any(value.get(part) for part in PARTS[question.kind])
        case QuestionKind.PERSON:
            return bool(value.get("who") or value.get("name"))
        case QuestionKind.GROUP:
            return bool(rows_of(value))
        case QuestionKind.INSTRUCTION | QuestionKind.CALCULATED:
            return False
        case _:
            return value.get(PARTS[question.kind][0]) not in (None, "")


def rows_of(value: AnswerValue) -> tuple[int, ...]:
    """Give the rows of a group's answer, in order, each once."""
    rows = value.get("rows")
    if not isinstance(rows, (list, tuple)):
        return ()
    return tuple(dict.fromkeys(row for row in rows if isinstance(row, int) and row > 0))


def part_value(question: Question, given: Given | None, part: str = "") -> Value:
    """Give what a part of an answer is worth in an expression.

    A named part is worth what is stored. Without a name the answer itself is meant: money in pounds, a date
    known only by its month or year as the first day of it, a group as its rows, and something other than
    the choices as the word "other".
    """
    if given is None or not PARTS[question.kind]:
        return None
    if part:
        return _worth(given.value.get(part))
    found = _worth(given.value.get(PARTS[question.kind][0]))
    match question.kind:
        case QuestionKind.GROUP:
            return tuple(str(row) for row in rows_of(given.value))
        case QuestionKind.MONEY if isinstance(found, Decimal):
            return found / _PENNIES
        case QuestionKind.DATE | QuestionKind.PARTIAL_DATE if isinstance(found, str):
            return day_of(found + _FIRST.get(len(found), "")) or found
        case QuestionKind.CHOICE | QuestionKind.LIST_CHOICE if given.value.get("other"):
            return found or OTHER
        case QuestionKind.CHOICES if given.value.get("other"):
            return (*(found if isinstance(found, tuple) else ()), OTHER)
    return found


def _worth(stored: object) -> Value:
    """Give what is stored as a value to reckon with; numbers beyond any use are none."""
    if isinstance(stored, (list, tuple)):
        return tuple(str(one) for one in stored)
    if isinstance(stored, (bool, str)):
        return stored
    if isinstance(stored, int) and abs(stored) < LARGEST:
        return Decimal(stored)
    return None
