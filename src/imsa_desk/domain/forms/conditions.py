"""Conditions written as tables, as the first forms have them, turned into the one kind of expression."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from imsa_desk.domain.forms.expressions import DEEPEST, Call, Expr, Literal, Ref
from imsa_desk.domain.forms.model import Condition

_COMPARISONS = ("is_", "is_not", "at_least", "at_most", "includes", "answered")


def shape_faults(condition: Condition) -> Iterator[str]:
    """Check that a condition is not too deep, and that each level of it says exactly one thing."""
    level: list[Condition] = [condition]
    for _ in range(DEEPEST):
        level = [inner for one in level for inner in _inner(one)]
    if level:
        yield f"show_if has more than {DEEPEST} levels. Reckon part of it in its own question."
    else:
        yield from _shape_faults(condition)


def _inner(condition: Condition) -> tuple[Condition, ...]:
    return (*condition.all, *condition.any, *((condition.not_,) if condition.not_ is not None else ()))


def _shape_faults(condition: Condition) -> Iterator[str]:
    said = [bool(condition.question), bool(condition.all), bool(condition.any), condition.not_ is not None]
    compared = sum(getattr(condition, name) is not None for name in _COMPARISONS)
    between = condition.at_least is not None and condition.at_most is not None
    if sum(said) != 1:
        yield "show_if must hold exactly one of question, all, any, not."
    elif condition.question and compared != 1 and not (between and compared == 2):
        yield "show_if needs one comparison: is, is_not, at_least, at_most, includes or answered."
    elif not condition.question and (compared or condition.part):
        yield "show_if compares a part of a question: name the question."
    for inner in _inner(condition):
        yield from _shape_faults(inner)


def expression_of(condition: Condition) -> Expr:
    """Give the expression that says the same as a condition without faults in its shape."""
    if condition.all:
        return _joined("and", condition.all)
    if condition.any:
        return _joined("or", condition.any)
    if condition.not_ is not None:
        return Call("not", (expression_of(condition.not_),))
    ref = Ref(condition.question, condition.part)
    if condition.answered is not None:
        found = Call("answered", (ref,))
        return found if condition.answered else Call("not", (found,))
    if condition.includes is not None:
        return Call("selected", (ref, Literal(condition.includes)))
    for op, value in (("=", condition.is_), ("!=", condition.is_not)):
        if value is not None:
            return Call(op, (ref, _literal(value)))
    ends = ((">=", condition.at_least), ("<=", condition.at_most))
    found_ends = [Call(op, (ref, _literal(value))) for op, value in ends if value is not None]
    return found_ends[0] if len(found_ends) == 1 else Call("and", tuple(found_ends))


def _joined(op: str, conditions: tuple[Condition, ...]) -> Expr:
    parts = tuple(expression_of(one) for one in conditions)
    return parts[0] if len(parts) == 1 else Call(op, parts)


def _literal(value: int | str) -> Literal:
    return Literal(Decimal(value) if isinstance(value, int) else value)
