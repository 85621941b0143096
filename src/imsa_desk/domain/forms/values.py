"""What an expression reckons with: empty, yes/no, numbers, texts, days and several words."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Context, Decimal, DecimalException, Overflow
from typing import TypeAlias

Value: TypeAlias = bool | Decimal | str | date | tuple[str, ...] | None

LARGEST = Decimal(10) ** 18
"""From here on a number counts as empty: no answer is meant to be so large."""
_NUMBER = re.compile(r"\s*-?[0-9]{1,18}(?:\.[0-9]{1,9})?\s*")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_EXACT = Context(prec=28)
_PLACES = Decimal("0.000001")


def is_blank(value: Value) -> bool:
    """Say whether a value counts as empty: none, no text, nothing chosen."""
    return value is None or value == "" or value == ()


def number_of(value: Value) -> Decimal | None:
    """Give the number a value is or spells; None when it is none."""
    if isinstance(value, Decimal):
        return value
    if isinstance(value, bool):
        return Decimal(int(value))
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return Decimal(value.strip())
    return None


def day_of(value: Value) -> date | None:
    """Give the day a value is or spells (ISO); None when it is none."""
    if isinstance(value, date):
        return value
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return None
    return None


def truth(value: Value) -> bool:
    """Say whether a value counts as yes: not empty, and not the number nought."""
    return not is_blank(value) and value is not False and value != 0


def text_of(value: Value) -> str:
    """Spell a value: numbers without needless noughts, days as ISO, several words with spaces."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, tuple):
        return " ".join(value)
    return value.isoformat() if isinstance(value, date) else value


def plain(number: Decimal, places: int | None = None) -> str:
    """Spell a number with at most six decimals, or rounded to as many as asked."""
    step = _PLACES if places is None else Decimal(1).scaleb(-places)
    text = format(number.quantize(step, context=_EXACT), "f")
    if places is None and "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def equal(left: Value, right: Value) -> bool:
    """Say whether two values are the same; an empty one is like an empty one only.

    A number is compared with what spells a number and a day with what spells one; else the texts are.
    """
    if is_blank(left) or is_blank(right):
        return is_blank(left) and is_blank(right)
    if isinstance(left, Decimal) or isinstance(right, Decimal):
        return number_of(left) == number_of(right)
    if isinstance(left, date) or isinstance(right, date):
        return day_of(left) == day_of(right)
    return text_of(left) == text_of(right)


def ordered(op: str, left: Value, right: Value) -> bool:
    """Compare two numbers or two days; anything else is never before nor after."""
    for read in (number_of, day_of):
        one, other = read(left), read(right)
        if one is not None and other is not None:
            before, same = one < other, one == other  # type: ignore[operator]
            return {"<": before, "<=": before or same, ">": not (before or same), ">=": not before}[op]
    return False


def reckon(op: str, left: Value, right: Value) -> Value:
    """Add, subtract, multiply or divide; days move by whole days; anything else is empty."""
    one, other = number_of(left), number_of(right)
    if one is not None and other is not None:
        return _numbers(op, one, other)
    day, second = day_of(left), day_of(right)
    if op == "-" and day is not None and second is not None:
        return Decimal((day - second).days)
    if op == "+" and day is None:
        day, other = second, one
    return _moved(day, other if op == "+" else -other if other is not None else None) if op in "+-" else None


def _moved(day: date | None, days: Decimal | None) -> date | None:
    if day is None or days is None or days != days.to_integral_value():
        return None
    try:
        return day + timedelta(days=int(days))
    except OverflowError:
        return None


def _numbers(op: str, one: Decimal, other: Decimal) -> Decimal | None:
    if op in ("div", "mod") and not other:
        return None
    found: Decimal
    try:
        match op:
            case "+":
                found = _EXACT.add(one, other)
            case "-":
                found = _EXACT.subtract(one, other)
            case "*":
                found = _EXACT.multiply(one, other)
            case "div":
                found = _EXACT.divide(one, other)
            case _:
                found = _EXACT.remainder(one, other)
    except (DecimalException, Overflow):
        return None
    return found if abs(found) < LARGEST else None
