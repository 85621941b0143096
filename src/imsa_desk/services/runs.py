"""Sets of line numbers written as [first, last] pairs: what is held are few long runs."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence


class Runs:
    """A set of numbers that is asked whether it holds one, and kept as its pairs."""

    def __init__(self, ranges: Iterable[Sequence[int]]) -> None:
        self.ranges = sorted([first, last] for first, last in ranges)
        self._firsts = [first for first, _ in self.ranges]

    def __contains__(self, number: object) -> bool:
        if not isinstance(number, int):
            return False
        at = bisect_right(self._firsts, number) - 1
        return at >= 0 and number <= self.ranges[at][1]


def to_ranges(numbers: Iterable[int]) -> list[list[int]]:
    """Write a set of numbers as [first, last] pairs."""
    ranges: list[list[int]] = []
    for number in sorted(numbers):
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return ranges


def from_ranges(ranges: Iterable[Sequence[int]]) -> set[int]:
    """Read what `to_ranges` wrote."""
    return {number for first, last in ranges for number in range(first, last + 1)}
