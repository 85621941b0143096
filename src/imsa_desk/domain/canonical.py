"""Canonical JSON: one value has exactly one spelling, so its bytes can be hashed and signed.

The form: keys sorted by code point, no spaces, UTF-8 with characters written as themselves (only quotes,
backslashes and control characters are escaped), whole numbers within 2^53, no fractions, no NaN. Texts are
not normalised: what was typed is kept. Rules from the bundle format (limits) and the journal (hashes).

Reading goes through msgspec, whose sorted spelling is the same (`tests/unit/test_canonical.py`): bytes that
it reads and spells again are canonical. Whatever it does not give back is looked at by the plain reader.
"""

from __future__ import annotations

import json
import re
from typing import Any, Never

import msgspec

from imsa_desk.errors import Broken, Refused

MAX_DEPTH = 32
MAX_INT = 2**53
_INT_DIGITS = 16
# Always matches a string to its end, closed or not: otherwise many open quotes would take quadratic time.
_LONG = b"0" * _INT_DIGITS
_DIGITS = bytes.maketrans(b"0123456789", b"0" * 10)
_LONG_NUMBER = re.compile(rb"(?:^|[\[:,])-?[0-9]{16}")
_STRUCTURE = re.compile(r'"(?:[^"\\]|\\.?)*(?:"|\Z)|[\[\]{}]', re.DOTALL)


def canonical(value: object, max_depth: int = MAX_DEPTH) -> bytes:
    """Return the one canonical spelling of `value`.

    Raises `Broken` (E_CANONICAL) for a type, size or depth that JSON text should not carry, and `Refused` for
    text that no file can hold (half of a surrogate pair).
    """
    _check(value, max_depth)
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise Refused(
            "The text holds a broken character. Delete it and type it again.", code="E_CANONICAL"
        ) from error


def parse_canonical(data: bytes, max_depth: int = MAX_DEPTH) -> Any:
    """Return the value that `data` spells; raises `Broken` (E_CANONICAL) when this is not its one spelling.

    Not taken: other than strict UTF-8, duplicate keys, fractions, NaN, numbers beyond 2^53, depth beyond
    `max_depth`, and every spelling that `canonical` would not have written.
    """
    try:
        text = data.decode("utf-8")
        _check_depth(text, max_depth)
        try:
            # A run of so many digits is nearly always part of a hash, which costs the slower search only.
            if _LONG not in data.translate(_DIGITS) or not _LONG_NUMBER.search(data):
                quick = _DECODER.decode(data)
                if _ENCODER.encode(quick) == data:
                    return quick
        except (msgspec.MsgspecError, ValueError):
            pass  # the plain reader below says what is wrong, if anything is
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_int,
            parse_float=_no_number,
            parse_constant=_no_number,
        )
        same = canonical(value, max_depth) == data
    except (ValueError, RecursionError, Refused) as error:
        raise Broken("The data is not written in the agreed form.", code="E_CANONICAL") from error
    if not same:
        raise Broken("The data is not written in the agreed form.", code="E_CANONICAL")
    return value


def _check(value: object, depth: int) -> None:
    if value is None or isinstance(value, (str, bool)):
        return
    if isinstance(value, int):
        if not -MAX_INT <= value <= MAX_INT:
            raise Broken("A number is too large to be kept.", code="E_CANONICAL")
        return
    if depth <= 0:
        raise Broken("The data is nested too deeply.", code="E_CANONICAL")
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise Broken("A name in the data is not text.", code="E_CANONICAL")
            _check(item, depth - 1)
    elif isinstance(value, (list, tuple)):
        for item in value:
            _check(item, depth - 1)
    else:
        raise Broken(f"A value of type {type(value).__name__} cannot be kept.", code="E_CANONICAL")


def _check_depth(text: str, max_depth: int) -> None:
    """Refuse deep nesting before the parser recurses into it."""
    if text.count("[") + text.count("{") <= max_depth:
        return
    depth = 0
    for match in _STRUCTURE.finditer(text):
        token = match.group()
        if token in ("[", "{"):
            depth += 1
            if depth > max_depth:
                raise ValueError("too deep")
        elif token in ("]", "}"):
            depth -= 1


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("duplicate key")
    return found


def _int(text: str) -> int:
    # Bounded before conversion: a number of a million digits would take quadratic time.
    if len(text.lstrip("-")) > _INT_DIGITS:
        raise ValueError("number too long")
    return int(text)


def _no_number(text: str) -> Never:
    raise ValueError(f"not a whole number: {text[:20]}")


_ENCODER = msgspec.json.Encoder(order="sorted")
_DECODER = msgspec.json.Decoder(float_hook=_no_number)
