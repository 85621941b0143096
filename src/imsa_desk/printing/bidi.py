"""Find the direction of each character of a paragraph (Unicode UAX #9).

Rule names in comments (X1, W4, N0 ...) are those of UAX #9, revision 46.
"""

from __future__ import annotations

from dataclasses import dataclass

from imsa_desk.printing.bidi_classes import SAME_BRACKET, bidi_class, closing_brackets

MAX_DEPTH = 125
MAX_OPEN_BRACKETS = 63
ISOLATES = frozenset({"LRI", "RLI", "FSI"})
EMBEDDINGS = frozenset({"LRE", "RLE", "LRO", "RLO"})
REMOVED = EMBEDDINGS | {"PDF", "BN"}
NEUTRAL = frozenset({"B", "S", "WS", "ON", "PDI"}) | ISOLATES


def _isolate_pairs(classes: list[str]) -> dict[int, int]:
    """Match each isolate initiator with its PDI (BD9)."""
    waiting: list[int] = []
    pairs: dict[int, int] = {}
    for i, name in enumerate(classes):
        if name in ISOLATES:
            waiting.append(i)
        elif name == "PDI" and waiting:
            pairs[waiting.pop()] = i
    return pairs


def _first_strong(classes: list[str], pairs: dict[int, int], start: int, end: int) -> int | None:
    """Level that the first strong character asks for (P2, P3); isolates are skipped."""
    i = start
    while i < end:
        if classes[i] in {"L", "R", "AL"}:
            return 0 if classes[i] == "L" else 1
        i = pairs.get(i, end) if classes[i] in ISOLATES else i + 1
    return None


def levels(text: str, base: int | None = None) -> tuple[int, list[int]]:
    """Give the paragraph's level and the level of each of its characters.

    `text` is one paragraph without a line end inside; `base` is 0, 1 or None (first strong character).
    """
    classes = [bidi_class(char) for char in text]
    pairs = _isolate_pairs(classes)
    if base is None:
        base = _first_strong(classes, pairs, 0, len(classes)) or 0
    explicit = _Explicit(classes, pairs, base)
    explicit.run()
    resolved = list(explicit.levels)
    for sequence in _sequences(explicit):
        _Sequence(text, explicit, sequence).resolve(resolved)
    for i, name in enumerate(explicit.types):
        if name == "BN":
            resolved[i] = resolved[i - 1] if i else base
    return base, resolved


@dataclass(frozen=True, slots=True)
class _Status:
    """One entry of the directional status stack."""

    level: int
    override: str
    isolate: bool


class _Explicit:
    """Rules X1 to X8: levels asked for by embedding, override and isolate characters."""

    def __init__(self, classes: list[str], pairs: dict[int, int], base: int) -> None:
        self.classes, self.pairs, self.base = classes, pairs, base
        self.types = list(classes)
        self.levels = [base] * len(classes)
        self._stack = [_Status(base, "", False)]
        self._lost_isolates = self._lost_embeddings = self._open_isolates = 0

    def run(self) -> None:
        """Fill `levels` and `types`; removed characters get the type BN."""
        for i, name in enumerate(self.classes):
            if name in EMBEDDINGS:
                self._embed(i, name)
            elif name in ISOLATES:
                self._isolate(i, name)
            elif name == "PDI":
                self._end_isolate()
                self._take(i)
            elif name == "PDF":
                self._end_embedding(i)
            elif name == "BN":
                self.levels[i] = self._stack[-1].level
            elif name != "B":
                self._take(i)

    def _take(self, i: int) -> None:
        top = self._stack[-1]
        self.levels[i] = top.level
        if top.override:
            self.types[i] = top.override

    def _next_level(self, to_right: bool) -> int | None:
        level = self._stack[-1].level
        level = (level + 2) & ~1 if to_right else (level + 1) | 1
        full = level > MAX_DEPTH or self._lost_isolates or self._lost_embeddings
        return None if full else level

    def _embed(self, i: int, name: str) -> None:
        self.levels[i] = self._stack[-1].level
        self.types[i] = "BN"
        level = self._next_level(name[0] == "L")
        if level is not None:
            self._stack.append(_Status(level, name[0] if name[2] == "O" else "", False))
        elif not self._lost_isolates:
            self._lost_embeddings += 1

    def _isolate(self, i: int, name: str) -> None:
        self._take(i)
        to_right = name == "LRI"
        if name == "FSI":
            end = self.pairs.get(i, len(self.classes))
            to_right = not _first_strong(self.classes, self.pairs, i + 1, end)
        level = self._next_level(to_right)
        if level is None:
            self._lost_isolates += 1
            return
        self._open_isolates += 1
        self._stack.append(_Status(level, "", True))

    def _end_isolate(self) -> None:
        if self._lost_isolates:
            self._lost_isolates -= 1
        elif self._open_isolates:
            self._lost_embeddings = 0
            while not self._stack[-1].isolate:
                self._stack.pop()
            self._stack.pop()
            self._open_isolates -= 1

    def _end_embedding(self, i: int) -> None:
        self.levels[i] = self._stack[-1].level
        self.types[i] = "BN"
        if self._lost_isolates:
            return
        if self._lost_embeddings:
            self._lost_embeddings -= 1
        elif not self._stack[-1].isolate and len(self._stack) > 1:
            self._stack.pop()


def _sequences(explicit: _Explicit) -> list[list[int]]:
    """Join level runs into isolating run sequences (X9, X10, BD13)."""
    runs: list[list[int]] = []
    for i, name in enumerate(explicit.types):
        if name == "BN":
            continue
        if runs and explicit.levels[runs[-1][-1]] == explicit.levels[i]:
            runs[-1].append(i)
        else:
            runs.append([i])
    starting = {run[0]: run for run in runs}
    closers = set(explicit.pairs.values())
    sequences = []
    for run in runs:
        if run[0] in closers:
            continue
        sequence = list(run)
        while (follower := starting.get(explicit.pairs.get(sequence[-1], -1))) is not None:
            sequence += follower
        sequences.append(sequence)
    return sequences


def _direction(name: str) -> str:
    """Strong direction that a type has for N0 to N2, or an empty string."""
    if name in {"R", "EN", "AN"}:
        return "R"
    return name if name == "L" else ""


class _Sequence:
    """Rules W1 to I2 for one isolating run sequence."""

    def __init__(self, text: str, explicit: _Explicit, places: list[int]) -> None:
        self.text, self.places = text, places
        self.original = [explicit.types[i] for i in places]
        self.types = list(self.original)
        self.level = explicit.levels[places[0]]
        self.own = "R" if self.level & 1 else "L"
        self.before, self.after = self._edges(explicit)

    def _edges(self, explicit: _Explicit) -> tuple[str, str]:
        """Directions of sos and eos (X10), taken from the explicit levels."""
        classes, count = explicit.classes, len(explicit.classes)
        left, right = self.places[0] - 1, self.places[-1] + 1
        while left >= 0 and classes[left] in REMOVED:
            left -= 1
        while right < count and classes[right] in REMOVED:
            right += 1
        left_level = explicit.levels[left] if left >= 0 else explicit.base
        open_end = right >= count or classes[self.places[-1]] in ISOLATES
        right_level = explicit.base if open_end else explicit.levels[right]
        names = ("L", "R")
        return names[max(left_level, self.level) & 1], names[max(right_level, self.level) & 1]

    def resolve(self, resolved: list[int]) -> None:
        """Write the final level of each character of this sequence."""
        self._weak_marks_and_digits()
        self._weak_separators()
        self._weak_terminators()
        self._latin_digits()
        self._brackets()
        self._neutrals()
        for i, name in zip(self.places, self.types, strict=True):
            if self.level & 1:
                resolved[i] = self.level + (1 if name in {"L", "EN", "AN"} else 0)
            else:
                resolved[i] = self.level + {"R": 1, "AN": 2, "EN": 2}.get(name, 0)

    def _weak_marks_and_digits(self) -> None:
        types, previous = self.types, self.before
        for i, name in enumerate(types):  # W1
            if name == "NSM":
                types[i] = "ON" if previous in ISOLATES or previous == "PDI" else previous
            previous = types[i]
        strong = self.before
        for i, name in enumerate(types):  # W2, W3
            if name in {"L", "R", "AL"}:
                strong = name
            elif name == "EN" and strong == "AL":
                types[i] = "AN"
        self.types = ["R" if name == "AL" else name for name in types]

    def _weak_separators(self) -> None:
        types = self.types
        for i in range(1, len(types) - 1):  # W4
            left, right = types[i - 1], types[i + 1]
            if left != right:
                continue
            if (types[i] == "ES" and left == "EN") or (types[i] == "CS" and left in {"EN", "AN"}):
                types[i] = left

    def _weak_terminators(self) -> None:
        types = self.types
        for start, end in _stretches(types, frozenset({"ET"})):  # W5
            beside = (start > 0 and types[start - 1] == "EN") or (end < len(types) and types[end] == "EN")
            if beside:
                types[start:end] = ["EN"] * (end - start)
        self.types = ["ON" if name in {"ES", "ET", "CS"} else name for name in types]  # W6

    def _latin_digits(self) -> None:
        strong = self.before
        for i, name in enumerate(self.types):  # W7
            if name in {"L", "R"}:
                strong = name
            elif name == "EN" and strong == "L":
                self.types[i] = "L"

    def _bracket_pairs(self) -> list[tuple[int, int]]:
        """Pairs in the order of their opening brackets (BD16)."""
        closing = closing_brackets()
        closers = set(closing.values())
        waiting: list[tuple[str, int]] = []
        pairs: list[tuple[int, int]] = []
        for i, place in enumerate(self.places):
            char = self.text[place]
            if self.types[i] != "ON":
                continue
            if char in closing:
                if len(waiting) == MAX_OPEN_BRACKETS:
                    break
                waiting.append((SAME_BRACKET.get(closing[char], closing[char]), i))
            elif char in closers:
                wanted = SAME_BRACKET.get(char, char)
                for depth in range(len(waiting) - 1, -1, -1):
                    if waiting[depth][0] == wanted:
                        pairs.append((waiting[depth][1], i))
                        del waiting[depth:]
                        break
        return sorted(pairs)

    def _brackets(self) -> None:
        for opening, closing in self._bracket_pairs():  # N0
            inside = {_direction(name) for name in self.types[opening + 1 : closing]} - {""}
            if not inside:
                continue
            chosen = self.own
            if self.own not in inside:
                earlier = (_direction(name) for name in reversed(self.types[:opening]))
                chosen = next((name for name in earlier if name), self.before)
            for place in (opening, closing):
                self._set_bracket(place, chosen)

    def _set_bracket(self, place: int, direction: str) -> None:
        self.types[place] = direction
        following = place + 1
        while following < len(self.types) and self.original[following] == "NSM":
            self.types[following] = direction
            following += 1

    def _neutrals(self) -> None:
        types = self.types
        for start, end in _stretches(types, NEUTRAL):  # N1, N2
            left = _direction(types[start - 1]) if start else self.before
            right = _direction(types[end]) if end < len(types) else self.after
            types[start:end] = [left if left == right else self.own] * (end - start)


def _stretches(types: list[str], wanted: frozenset[str]) -> list[tuple[int, int]]:
    """Give start and end of each longest stretch of the wanted types."""
    found: list[tuple[int, int]] = []
    for i, name in enumerate(types):
        if name not in wanted:
            continue
        if found and found[-1][1] == i:
            found[-1] = (found[-1][0], i + 1)
        else:
            found.append((i, i + 1))
    return found
