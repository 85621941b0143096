"""Where two texts differ, word by word."""

from __future__ import annotations

import difflib
import re

Marked = tuple[tuple[str, bool], ...]
"""A text in pieces, each with whether the other text says something else there."""


def mark_differences(one: str, other: str) -> tuple[Marked, Marked]:
    """Part two texts into pieces by words, and say which pieces differ; joined they are the texts again.

    Texts that have no word in common are not marked: all of both would be.
    """
    left, right = _words(one), _words(other)
    marks: tuple[list[tuple[str, bool]], list[tuple[str, bool]]] = ([], [])
    matcher = difflib.SequenceMatcher(None, left, right, autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        for made, piece in ((marks[0], "".join(left[a:b])), (marks[1], "".join(right[c:d]))):
            if piece:
                made.append((piece, tag != "equal"))
    if not any(re.search(r"\w", piece) for piece, differs in marks[0] if not differs):
        return ((one, False),), ((other, False),)
    return _joined(marks[0]), _joined(marks[1])


def _joined(pieces: list[tuple[str, bool]]) -> Marked:
    """Join what differs across the mere space between."""
    found: list[tuple[str, bool]] = []
    for n, (piece, differs) in enumerate(pieces):
        between = piece.isspace() and 0 < n < len(pieces) - 1 and pieces[n - 1][1] and pieces[n + 1][1]
        if found and found[-1][1] is (differs or between):
            found[-1] = (found[-1][0] + piece, found[-1][1])
        else:
            found.append((piece, differs or between))
    return tuple(found)


def _words(text: str) -> list[str]:
    """Part a text into words and what stands between them; very long texts into lines."""
    pieces = re.findall(r"\s+|\w+|[^\w\s]", text)
    return pieces if len(pieces) <= _MOST_PIECES else text.splitlines(keepends=True)


_MOST_PIECES = 2_000
"""Comparing takes quadratic time in the worst case: about 0.2 s for this many pieces on both sides."""
