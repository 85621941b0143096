"""Hide small counts, and as many others as it takes that nobody can work the small ones out.

The parts of a whole are looked at together, because who knows the whole and all parts but one knows that one.
A reader is assumed to know the whole, this module, and so that a part marked `SMALL` lies between 1 and one
below the limit, and one marked `SECOND` at the limit or above but not above any that is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Hidden(StrEnum):
    """Why a number is not shown: it is small; it would give a small one away; all of the whole would."""

    SMALL = "small"
    SECOND = "second"
    WHOLE = "whole"


@dataclass(frozen=True, slots=True)
class Amount:
    """A number, and how many people it comes from; for a count of people both are the same."""

    value: int
    people: int

    @classmethod
    def of(cls, people: int) -> Amount:
        """Give a count of people."""
        return cls(people, people)


def is_small(amount: Amount, fewer_than: int) -> bool:
    """Say whether so few people stand behind a number that it may not be shown."""
    return 0 < amount.people < fewer_than


def hide(
    parts: Sequence[Amount], whole: Amount, fewer_than: int, *, sums: bool = False
) -> tuple[Hidden | None, ...]:
    """Say which parts of a whole are not shown, and why; None for a part that is.

    Afterwards each small count could be any number from 1 to one below `fewer_than`. With `sums` the values
    are no counts of people but minutes or meetings: a small one could be anything from 1 to twice what it is.
    Where nothing less helps, no part is shown.
    """
    if is_small(whole, fewer_than):
        return tuple(Hidden.WHOLE for _ in parts)
    first = [at for at, part in enumerate(parts) if is_small(part, fewer_than)]
    if not first:
        return tuple(None for _ in parts)
    others = [at for at, part in enumerate(parts) if part.people >= fewer_than]
    others.sort(key=lambda at: (parts[at].people, parts[at].value, at))
    for many in range(len(others) + 1):
        second = set(others[:many])
        small = [parts[at].value for at in first]
        hidden = sum(small) + sum(parts[at].value for at in second)
        # Who knows that the smallest others are hidden knows that none of them is above the next.
        ceiling = parts[others[many]].value if many < len(others) else None
        if _is_safe(small, many, hidden, fewer_than, None if sums else ceiling, sums=sums):
            marks = dict.fromkeys(first, Hidden.SMALL) | dict.fromkeys(second, Hidden.SECOND)
            return tuple(marks.get(at) for at in range(len(parts)))
    return tuple(Hidden.WHOLE for _ in parts)


def _is_safe(
    small: Sequence[int], second: int, hidden: int, fewer_than: int, ceiling: int | None, *, sums: bool
) -> bool:
    """Say whether what is hidden together leaves every small part open; `hidden` is their sum."""
    others, largest = len(small) - 1, fewer_than - 1
    # The most one small part can be: the others are at least 1, those hidden with them at the limit.
    most = hidden - others - second * fewer_than
    if sums:
        # Not below twice the limit either, or that it was enough would tell a very small one.
        return bool(others or second) and most >= 2 * max(fewer_than, *small)
    # The least: the others are as large as can be.
    bound = second * ceiling if ceiling is not None else hidden if second else 0
    least = hidden - others * largest - bound
    return most >= largest and least <= 1
