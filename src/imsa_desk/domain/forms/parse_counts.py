"""Answers that are counted or dated: numbers, money, days, and dates as far as they are known."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from imsa_desk.domain.assessments import AnswerValue
from imsa_desk.domain.dates import FIRST_YEAR, LAST_YEAR, parse_birth
from imsa_desk.domain.forms.parts import MONEY_PERIODS, SHORT_LIMIT
from imsa_desk.domain.forms.typed import Reading, amount, clean, day, drop_empty, whole, word
from imsa_desk.domain.forms.values import plain
from imsa_desk.errors import Refused

_PENNY_PLACES = 2
_LARGEST_PENCE = 10**11
_YEAR = re.compile(r"(?<![0-9])[0-9]{4}(?![0-9])")


def number(reading: Reading) -> AnswerValue:
    """Read a number; with decimals it is kept as text, such as "2.5", unless it is whole."""
    given, places = reading.value.get("number"), reading.question.decimals
    if given is None or given == "":
        return {}
    number = whole(given) if not places else amount(given, places)
    if number is None:
        example = "whole number, for example 2" if not places else f"number with at most {places} decimals"
        raise reading.refuse(f"Enter a {example}.")
    _within(reading, Decimal(number))
    return {"number": int(number) if number == int(number) else plain(Decimal(number))}


def _within(reading: Reading, number: Decimal) -> None:
    least, most = reading.question.minimum, reading.question.maximum
    if (least is not None and number < least) or (most is not None and number > most):
        raise reading.refuse(f"Enter a number {_range(least, most)}.")


def _range(least: int | None, most: int | None) -> str:
    if most is None:
        return f"of {least} or more"
    return f"of {most} or less" if least is None else f"between {least} and {most}"


def money(reading: Reading) -> AnswerValue:
    """Read an amount: a text is pounds as typed, a number the pence that are stored."""
    given = reading.value.get("pence")
    per = word(reading, reading.value.get("per"), tuple(MONEY_PERIODS), "how often")
    if given is None or given == "":
        return drop_empty({"per": per})
    if isinstance(given, str):
        pounds = amount(given.replace("£", "", 1), _PENNY_PLACES)
        pence = int(pounds * 100) if pounds is not None else None
    else:
        pence = whole(given)
    if pence is None or abs(pence) >= _LARGEST_PENCE:
        raise reading.refuse("Enter an amount in pounds, for example 49.18.")
    if pence < 0 and (reading.question.minimum is None or reading.question.minimum >= 0):
        raise reading.refuse("Enter an amount of nothing or more.")
    _within(reading, Decimal(pence) / 100)
    return drop_empty({"pence": pence, "per": per})


def day_answer(reading: Reading) -> AnswerValue:
    """Read a whole day."""
    typed = clean(reading, reading.value.get("day"), SHORT_LIMIT)
    return {"day": day(typed, reading).isoformat()} if typed else {}


def partial_date(reading: Reading) -> AnswerValue:
    """Read a day, a month or a year, as far as it is known; "about" may be typed or ticked."""
    typed = clean(reading, reading.value.get("when"), SHORT_LIMIT)
    about = word(reading, reading.value.get("about"), ("yes",), "whether that is about right")
    if not typed:
        return {}
    what = "when that was"
    try:
        found = parse_birth(typed, reading.today, field=reading.key, what=what)
    except Refused:
        if not _YEAR.search(typed):
            raise
        far = date(LAST_YEAR, 12, 31)
        found = parse_birth(typed, far, field=reading.key, what=what)
    if not FIRST_YEAR <= int(found.text[:4]) <= LAST_YEAR:
        raise reading.refuse(f"The year must lie between {FIRST_YEAR} and {LAST_YEAR}.")
    return drop_empty({"when": found.text, "about": "yes" if found.approximate else about})
