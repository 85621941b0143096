"""Rules as data: the small expression language of forms, read to a tree and written back, never run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from imsa_desk.errors import Refused

LONGEST = 8_000
"""Characters an expression may have."""
DEEPEST = 60
"""Levels an expression may have, so that neither reading nor reckoning can run out of stack."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A number or a text as it stands in the rule."""

    value: Decimal | str


@dataclass(frozen=True, slots=True)
class Ref:
    """The answer to another question, or one part of it; without a part the telling one is meant."""

    question: str
    part: str = ""


@dataclass(frozen=True, slots=True)
class Self:
    """The answer itself, in a limit."""


@dataclass(frozen=True, slots=True)
class Call:
    """An operation on other expressions: an operator or a function, by the word it is written with."""

    op: str
    args: tuple[Expr, ...]


Expr: TypeAlias = Literal | Ref | Self | Call

FUNCTIONS = {"not": 1, "selected": 2, "count-selected": 1, "if": 3, "today": 0, "answered": 1}
"""The functions there are, and how many values each takes."""
NEGATIVE = "negative"
"""The operation of a minus before a value."""
_LEVELS = (("or",), ("and",), ("=", "!="), ("<", ">", "<=", ">="), ("+", "-"), ("*", "div", "mod"))
_JOINED = ("or", "and")
_LEVEL = {op: place for place, level in enumerate(_LEVELS) for op in level}
_UNARY = len(_LEVELS)
_TOKEN = re.compile(
    r"""\s*(?:
      (?P<number>\d{1,18}(?:\.\d{1,9})?(?![\d.]))
    | (?P<text>'[^']*'|"[^"]*")
    | \$\{\s*(?P<ref>[A-Za-z0-9][A-Za-z0-9._-]{0,39})(?:\#(?P<part>[a-z_]{1,40}))?\s*\}
    | (?P<name>[A-Za-z][A-Za-z0-9_:-]*)
    | (?P<sign><=|>=|!=|[=<>+\-*(),.])
    )""",
    re.VERBOSE | re.ASCII,
)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    words: str
    place: int
    expr: Expr | None = None


def parse_expression(text: str) -> Expr:
    """Read an expression.

    The subset of the XLSForm language that forms use (`= != < > <= >= and or not() selected()
    count-selected() if() today() + - * div mod . ${id}`), with `${id#part}` and `answered(${id})` beside it.
    Raises `Refused` (E_EXPRESSION) with the character where it stops making sense and what to write there.
    """
    if len(text) > LONGEST:
        raise _refused(
            LONGEST, f"It is longer than {LONGEST:,} characters. Reckon part of it in its own question"
        )
    reader = _Reader(_tokens(text))
    found = reader.level(0, 0)
    left = reader.peek()
    if left.kind != "end":
        raise _refused(
            left.place, f'"{left.words}" is not expected here. Write an operator such as "and" before it'
        )
    if _depth(found) > DEEPEST:
        raise _refused(0, f"It has more than {DEEPEST} levels. Reckon part of it in its own question")
    return found


def write_expression(expr: Expr) -> str:
    """Write an expression so that reading it gives the same one."""
    return _write(expr, 0)


def refs_of(expr: Expr | None) -> Iterator[Ref]:
    """Walk to every question an expression refers to, in the order it is written."""
    if isinstance(expr, Ref):
        yield expr
    elif isinstance(expr, Call):
        for one in expr.args:
            yield from refs_of(one)


def calls_of(expr: Expr | None) -> Iterator[Call]:
    """Walk to every operation in an expression."""
    if isinstance(expr, Call):
        yield expr
        for one in expr.args:
            yield from calls_of(one)


def uses_self(expr: Expr | None) -> bool:
    """Say whether an expression speaks of the answer itself."""
    return isinstance(expr, Self) or (isinstance(expr, Call) and any(uses_self(one) for one in expr.args))


def joined(op: str, *parts: Expr | None) -> Expr | None:
    """Join the expressions there are with "and" or "or"; one stands alone, none gives none."""
    there = tuple(part for part in parts if part is not None)
    return Call(op, there) if len(there) > 1 else (there[0] if there else None)


def _tokens(text: str) -> list[_Token]:
    found, place, end = [], 0, len(text.rstrip())
    while place < end:
        match = _TOKEN.match(text, place)
        if match is None:
            start = place + len(text[place:]) - len(text[place:].lstrip())
            raise _refused(start, f"{_unreadable(text[start:])}")
        kind = str(match.lastgroup) if match["ref"] is None else "ref"
        words = match[0].strip()
        found.append(_Token(kind, words, match.end() - len(words), _leaf(kind, words, match)))
        place = match.end()
    return [*found, _Token("end", "the end", end)]


def _leaf(kind: str, words: str, match: re.Match[str]) -> Expr | None:
    if kind == "number":
        return Literal(Decimal(words))
    if kind == "text":
        return Literal(words[1:-1])
    return Ref(match["ref"], match["part"] or "") if kind == "ref" else None


def _unreadable(rest: str) -> str:
    if rest[0] in "'\"":
        return "This text has no end. Close it with the same quotation mark"
    if rest[0] == "$":
        return "A question is named as ${id} or ${id#part}. Correct it"
    if rest[0].isdigit():
        return "A number has at most 18 digits and 9 decimals. Shorten it"
    return f'"{rest[0]}" means nothing here. Take it out'


class _Reader:
    """A reader that knows each operator's strength, bounded in depth."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._at = 0

    def peek(self) -> _Token:
        return self._tokens[self._at]

    def take(self) -> _Token:
        token = self._tokens[self._at]
        self._at = min(self._at + 1, len(self._tokens) - 1)
        return token

    def level(self, strength: int, depth: int) -> Expr:
        """Read operators of at least this strength; "and" and "or" in a row are one."""
        left = self._unary(depth)
        steps = 0
        while (found := self._operator(strength)) is not None:
            steps += 1
            if steps > DEEPEST:
                raise _refused(
                    self.peek().place, "There are too many steps in a row. Reckon part of it apart"
                )
            own = _LEVEL[found]
            parts = [left, self.level(own + 1, depth)]
            while found in _JOINED and self._operator(own) is not None:
                parts.append(self.level(own + 1, depth))
            left = Call(found, tuple(parts))
        return left

    def _operator(self, strength: int) -> str | None:
        """Take the operator that stands next, if it binds at least so strongly."""
        token = self.peek()
        if token.kind in ("name", "sign") and _LEVEL.get(token.words, -1) >= strength:
            return self.take().words
        return None

    def _unary(self, depth: int) -> Expr:
        token = self.take()
        if depth > DEEPEST:
            raise _refused(
                token.place, f"It has more than {DEEPEST} levels. Reckon part of it in its own question"
            )
        if token.expr is not None:
            return token.expr
        match token.kind, token.words:
            case "sign", "-":
                return Call(NEGATIVE, (self._unary(depth + 1),))
            case "sign", ".":
                return Self()
            case "sign", "(":
                inner = self.level(0, depth + 1)
                self._expect(")", token)
                return inner
            case "name", name:
                return self._function(name, token, depth)
        raise _refused(
            token.place, f"A value is missing before {_quoted(token)}. Write a question, number or text"
        )

    def _function(self, name: str, token: _Token, depth: int) -> Expr:
        if name not in FUNCTIONS:
            known = ", ".join(f"{one}()" for one in FUNCTIONS)
            words = f'There is no "{name}" here. Put a text in quotation marks; the functions are: {known}'
            raise _refused(token.place, words)
        self._expect("(", token)
        args: list[Expr] = []
        if self.peek().words != ")" or self.peek().kind != "sign":
            args.append(self.level(0, depth + 1))
            while self.peek().kind == "sign" and self.peek().words == ",":
                self.take()
                args.append(self.level(0, depth + 1))
        self._expect(")", token)
        if len(args) != FUNCTIONS[name]:
            raise _refused(
                token.place, f"{name}() takes {FUNCTIONS[name]} values and has {len(args)}. Correct it"
            )
        if name == "answered" and not isinstance(args[0], Ref):
            raise _refused(token.place, "answered() takes a question. Write answered(${id})")
        return Call(name, tuple(args))

    def _expect(self, sign: str, opened: _Token) -> None:
        token = self.take()
        if token.kind != "sign" or token.words != sign:
            raise _refused(
                token.place, f'"{sign}" is missing after "{opened.words}", before {_quoted(token)}. Add it'
            )


def _quoted(token: _Token) -> str:
    return "the end" if token.kind == "end" else f'"{token.words}"'


def _depth(expr: Expr) -> int:
    return 1 + max((_depth(one) for one in expr.args), default=0) if isinstance(expr, Call) else 1


def _write(expr: Expr, least: int) -> str:
    """Write with brackets wherever an operator binds less than its place asks for."""
    if isinstance(expr, Literal):
        return _literal(expr.value)
    if isinstance(expr, Ref):
        return f"${{{expr.question}{'#' if expr.part else ''}{expr.part}}}"
    if isinstance(expr, Self):
        return "."
    if expr.op == NEGATIVE:
        return f"-{_write(expr.args[0], _UNARY)}"
    if expr.op in FUNCTIONS:
        return f"{expr.op}({', '.join(_write(one, 0) for one in expr.args)})"
    strength = _LEVEL[expr.op]
    first = strength + 1 if expr.op in _JOINED else strength
    parts = [_write(one, strength + 1 if place else first) for place, one in enumerate(expr.args)]
    words = f" {expr.op} ".join(parts)
    return f"({words})" if strength < least else words


def _literal(value: Decimal | str) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    return f'"{value}"' if "'" in value else f"'{value}'"


def _refused(place: int, words: str) -> Refused:
    return Refused(f"Character {place + 1}: {words}.", code="E_EXPRESSION")
