"""Put the parts of one line in the order in which they are drawn (Unicode UAX #9, rules L1 and L2)."""

from __future__ import annotations

from imsa_desk.printing.bidi import ISOLATES, REMOVED
from imsa_desk.printing.bidi_classes import bidi_class

RESET_AT_LINE_END = frozenset({"WS", "PDI"}) | ISOLATES | REMOVED


def line_levels(text: str, resolved: list[int], base: int) -> list[int]:
    """Put separators and the white space before them or the line's end back to the base level (L1)."""
    out = list(resolved)
    at_end = True
    for i in range(len(text) - 1, -1, -1):
        name = bidi_class(text[i])
        if name in {"B", "S"}:
            out[i], at_end = base, True
        elif name in RESET_AT_LINE_END:
            if at_end:
                out[i] = base
        else:
            at_end = False
    return out


def visual_order(line: list[int]) -> list[int]:
    """Give the logical places of a line's parts from left to right, by their levels (L2)."""
    order = list(range(len(line)))
    odd = [level for level in line if level & 1]
    if not odd:
        return order
    for level in range(max(line), min(odd) - 1, -1):
        i = 0
        while i < len(order):
            end = i
            while end < len(order) and line[order[end]] >= level:
                end += 1
            order[i:end] = order[i:end][::-1]
            i = end + 1
    return order
