"""Answers that are more than words: people, agreements with a signature, and the rows of a group."""

from __future__ import annotations

import re

from imsa_desk.domain.assessments import AnswerValue
from imsa_desk.domain.forms.check_questions import MOST_ROWS
from imsa_desk.domain.forms.given import rows_of
from imsa_desk.domain.forms.parts import SHORT_LIMIT, TEXT_LIMIT
from imsa_desk.domain.forms.typed import Reading, clean, day, drop_empty, word
from imsa_desk.vocab import AgreementHow

_WHO = re.compile(r"(?:involvement|person):[0-9A-Za-z_-]{1,64}")
_STROKES = re.compile(r"[0-9]{1,4},[0-9]{1,4}(?:[ ;][0-9]{1,4},[0-9]{1,4})*")
_STROKES_LIMIT = 100_000
_STROKE_END = 1_000
_MOST_REPEAT = 9_999


def person(reading: Reading) -> AnswerValue:
    """Read who was meant; the words stay as they were when somebody is later renamed."""
    who = clean(reading, reading.value.get("who"), SHORT_LIMIT)
    if who and not _WHO.fullmatch(who):
        raise reading.refuse("Choose somebody of this case, or write a name.")
    name, role = (clean(reading, reading.value.get(part), SHORT_LIMIT) for part in ("name", "role"))
    return drop_empty({"who": who, "name": name, "role": role})


def agreement(reading: Reading) -> AnswerValue:
    """Read how somebody agreed, who, when, in which words, and a drawn signature."""
    value = reading.value
    on = clean(reading, value.get("on"), SHORT_LIMIT)
    return drop_empty(
        {
            "how": word(reading, value.get("how"), tuple(AgreementHow), "how it was agreed"),
            "name": clean(reading, value.get("name"), SHORT_LIMIT),
            "on": day(on, reading).isoformat() if on else "",
            "words": clean(reading, value.get("words"), TEXT_LIMIT),
            "strokes": _strokes(reading),
        }
    )


def _strokes(reading: Reading) -> str:
    """Read a drawn signature: lines of points, each from 0 to 1,000 across and down."""
    drawn = clean(reading, reading.value.get("strokes"), _STROKES_LIMIT)
    numbers = re.split("[,; ]", drawn) if _STROKES.fullmatch(drawn) else []
    if drawn and (not numbers or max(map(int, numbers)) > _STROKE_END):
        raise reading.refuse("The signature cannot be read. Draw it again.")
    return drawn


def group(reading: Reading) -> AnswerValue:
    """Read the rows of a group, in the order they stand in; their answers are read on their own."""
    given = reading.value.get("rows")
    if given is None or given == "":
        return {}
    rows = rows_of({"rows": given})
    if not isinstance(given, (list, tuple)) or len(rows) != len(given) or any(map(_no_row, rows)):
        raise reading.refuse("The rows cannot be read. Add them again.")
    most = reading.question.most_rows or MOST_ROWS
    if len(rows) > most:
        raise reading.refuse(f"At most {most} can be added here; there are {len(rows)}.")
    return drop_empty({"rows": list(rows)})


def _no_row(row: int) -> bool:
    return isinstance(row, bool) or row > _MOST_REPEAT


def calculated(reading: Reading) -> AnswerValue:
    """Refuse anything typed where a value is reckoned."""
    if drop_empty(dict(reading.value)):
        raise reading.refuse("This is reckoned from other answers; it is not typed.")
    return {}
