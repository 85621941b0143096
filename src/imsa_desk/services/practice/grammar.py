"""The small language of the practice texts: alternatives in brackets, slots in braces, and fresh choices.

[one|or another]      one of them; `?i ` before an alternative keeps it for people with an interpreter,
                      `?e ` for people without
{name}                a word that the story knows
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence

_ALTERNATIVES = re.compile(r"\[([^\[\]]*)\]")
_SLOT = re.compile(r"\{([^{}]+)\}")
_DEPTH = 6
_TRIES = 16


def say(text: str, rng: random.Random, slot: Callable[[str], str], *, interpreter: bool = False) -> str:
    """Choose among the alternatives of a text, then fill its slots; a slot's words may hold slots again."""

    def chosen(match: re.Match[str]) -> str:
        marked = (
            part.partition(" ") if part.startswith(("?i ", "?e ")) else ("", "", part)
            for part in parts(match)
        )
        fits = [words for mark, _, words in marked if mark != ("?e" if interpreter else "?i")]
        return rng.choice(fits)

    def parts(match: re.Match[str]) -> list[str]:
        return match[1].split("|")

    for _ in range(_DEPTH):
        while _ALTERNATIVES.search(text):
            text = _ALTERNATIVES.sub(chosen, text)
        if "{" not in text:
            break
        text = _SLOT.sub(lambda match: slot(match[1]), text)
    return tidy(text)


def tidy(text: str) -> str:
    """Join the spaces that left-out words leave, and begin sentences with a capital."""
    text = (
        " ".join(text.split()).replace(" .", ".").replace(" ,", ",").replace("..", ".").replace(".”.", ".”")
    )
    return re.sub(r"(^|[.?!]”? )([a-z])", lambda m: m[1] + m[2].upper(), text)


class Decks:
    """Choices that come round: nothing is chosen again before everything else has been."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._left: dict[str, list[str]] = {}

    def draw(self, name: str, lines: Sequence[str]) -> str:
        """Take the next line of a named deck; an exhausted deck is shuffled anew."""
        left = self._left.get(name)
        if not left:
            left = list(lines)
            self._rng.shuffle(left)
            self._left[name] = left
        return left.pop()


class Notes:
    """Sees to it that no note in the whole caseload repeats another."""

    def __init__(self) -> None:
        self._seen: set[str] = set()

    def new(self, make: Callable[[], str], again: Callable[[int], str]) -> str:
        """Make a note that was not made before; `again` adds a fact where chance alone does not suffice."""
        for _ in range(_TRIES):
            note = make()
            if note not in self._seen:
                break
        n = 0
        first = note
        while note in self._seen:
            n += 1
            note = f"{first} {again(n)}"
        self._seen.add(note)
        return note
