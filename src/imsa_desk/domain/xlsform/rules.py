"""Expressions of a workbook in our own rules: names become ids, and what is outside the subset is refused."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from imsa_desk.domain.forms.expressions import Expr, parse_expression
from imsa_desk.errors import Refused

_NAMED = re.compile(r"\$\{([^{}]*)\}")
_COUNT = re.compile(r"\bcount\s*\(\s*(\$\{[^{}]*\})\s*\)")
_STRAIGHT = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "\u00a0": " ", "\n": " ", "\t": " "})
LONGEST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Named:
    """What a name in the survey stands for: an id and the repeat it is in, the day, or why it is neither."""

    id: str = ""
    repeat: str = ""
    why_not: str = ""
    day: bool = False
    row: int = 0


class Unfit(Exception):
    """An expression cannot become a rule; the text says why."""


def named_in(text: str) -> Iterable[str]:
    """Name every question an expression, or a text, refers to."""
    return (found.strip() for found in _NAMED.findall(text))


def speak(text: str, words: Mapping[str, str]) -> str:
    """Put the questions' own words, in brackets, where a text would show their answers."""
    return _NAMED.sub(lambda found: f"[{words.get(found[1].strip(), found[1].strip())}]", text)


def to_rule(text: str, names: Mapping[str, Named], repeat: str) -> Expr:
    """Turn an expression into a rule for a question that stands in this repeat ("" for none).

    Raises `Unfit` with the reason.
    """
    straight = " ".join(text.translate(_STRAIGHT).split())
    counted = _COUNT.sub(r"count-selected(\1)", straight)

    def own(found: re.Match[str]) -> str:
        name = found[1].strip()
        meant = names.get(name)
        if meant is None:
            raise Unfit(f'there is no question "{name}"')
        if meant.day:
            return "today()"
        if meant.why_not:
            raise Unfit(f'"{name}" (row {meant.row}) is not carried over')
        if meant.repeat and meant.repeat != repeat:
            raise Unfit(f'"{name}" stands in a repeat, whose answers can only be used inside it')
        return f"${{{meant.id}}}"

    try:
        return parse_expression(_NAMED.sub(own, counted))
    except Refused as error:
        raise Unfit(error.message.rstrip(".")) from error


def shown(text: str) -> str:
    """Quote an expression in a note, shortened."""
    flat = " ".join(text.split())
    return flat if len(flat) <= LONGEST_SHOWN else f"{flat[:LONGEST_SHOWN]}…"
