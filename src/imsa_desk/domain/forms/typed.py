"""What every parser of answers is made of: words, steps of a scale, days and numbers as they are typed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from imsa_desk.domain.assessments import AnswerValue
from imsa_desk.domain.dates import parse_day
from imsa_desk.domain.forms.model import Form, Question
from imsa_desk.domain.forms.parts import Part
from imsa_desk.errors import Problem, Refused

_WHOLE_NUMBER_DIGITS = 9
_KEPT_CONTROLS = "\n\t"
_AMOUNT = re.compile(r"(-?)([0-9]{1,9}|[0-9]{1,3}(?:,[0-9]{3}){1,2})(?:\.([0-9]{1,6}))?")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a parser is given: the form, the question, the parts as drafted, the day and the key."""

    form: Form
    question: Question
    value: AnswerValue
    today: date
    key: str

    def refuse(self, text: str) -> Refused:
        """Make the refusal of this question."""
        return Refused([Problem(self.key, f"{self.question.number} {text}".strip())], code="E_ANSWER")


def by_table(reading: Reading, table: dict[str, Part]) -> AnswerValue:
    """Read an answer of several parts, each text or on its scale."""
    value: AnswerValue = {}
    for name, part in table.items():
        given = reading.value.get(name)
        if not part.scale:
            value[name] = clean(reading, given, part.limit)
            continue
        scale = reading.form.scale(part.scale)
        steps = tuple(point.value for point in scale.point)
        said = f'a step of "{scale.title}"'
        value[name] = words(reading, given, steps) if part.several else step(reading, given, steps, said)
    return drop_empty(value)


def step(reading: Reading, given: object, steps: tuple[int | str, ...], what: str) -> int | str | None:
    """Read a step of a scale; None when nothing was chosen."""
    if any(isinstance(step, str) for step in steps):
        return word(reading, given, tuple(str(step) for step in steps), what)
    if given is None or given == "":
        return None
    number = whole(given)
    if number is None or number not in steps:
        raise reading.refuse(f"Choose {what}.")
    return number


def words(reading: Reading, given: object, steps: tuple[int | str, ...]) -> list[str]:
    """Read several words, in the order the form offers them, each once."""
    if given is None or given == "":
        return []
    if not isinstance(given, (list, tuple)) or any(one not in steps for one in given):
        raise reading.refuse("Choose from what is offered.")
    return [str(step) for step in steps if step in given]


def word(reading: Reading, given: object, steps: tuple[str, ...], what: str) -> str:
    """Read one word of those offered; "" when nothing was chosen."""
    if given is None or given == "":
        return ""
    if not isinstance(given, str) or given not in steps:
        raise reading.refuse(f"Choose {what}.")
    return str(given)


def day(typed: str, reading: Reading) -> date:
    """Read a day as it is typed. Raises `Refused` (E_DATE)."""
    return parse_day(typed, reading.today, field=reading.key)


def whole(given: object) -> int | None:
    """Read a whole number, also from digits typed; None when it is none."""
    if isinstance(given, bool):
        return None
    if isinstance(given, int):
        return given
    if isinstance(given, str):
        typed = given.strip()
        digits = typed.removeprefix("-")
        if digits.isascii() and digits.isdigit() and len(digits) <= _WHOLE_NUMBER_DIGITS:
            return int(typed)
    return None


def amount(given: object, places: int) -> Decimal | None:
    """Read a number with at most so many decimals, as typed; thousands may have commas."""
    typed = str(given).strip() if isinstance(given, (int, str)) and not isinstance(given, bool) else ""
    match = _AMOUNT.fullmatch(typed)
    if match is None or len(match[3] or "") > places:
        return None
    return Decimal(f"{match[1]}{match[2].replace(',', '')}.{match[3] or 0}")


def clean(reading: Reading, given: object, limit: int) -> str:
    """Keep a text as typed, without invisible control characters and space around it."""
    if given is None:
        return ""
    if not isinstance(given, str):
        raise reading.refuse("Enter words here.")
    text = given.replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(c for c in text if c in _KEPT_CONTROLS or not (ord(c) < 32 or ord(c) == 127)).strip()
    if len(text) > limit:
        raise reading.refuse(f"Shorten the text to {limit:,} characters; it has {len(text):,}.")
    return text


def drop_empty(value: AnswerValue) -> AnswerValue:
    """Leave out the parts in which nothing was given."""
    return {part: said for part, said in value.items() if said not in (None, "", [])}
