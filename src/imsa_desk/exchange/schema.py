"""The shape of a journal line's body in a bundle (schema 1), tested before a line reaches any database.

What each kind of record may hold is for the reader's journal to say; this is what holds for all of them.
"""

from __future__ import annotations

import re
from typing import Any

from imsa_desk.exchange.refusals import refusal
from imsa_desk.exchange.words import HEX32, HEX64
from imsa_desk.vocab import Kind, Operation, Sensitivity

_ACT = frozenset({"id", "verb"})
_KEYS = frozenset("act at base case fields hlc kind op reason record salt sensitivity".split())
_STAMP = re.compile(r"[0-9a-f]{12}-[0-9a-f]{4}")
_WORD = re.compile(r"[a-z][a-z0-9_]{0,63}")
_REPLACED = re.compile(rf"\*|{_WORD.pattern}")
"""A field, or `*` for what a removal had seen of the record."""
_LATEST = "0699e991a800-0000"
"""The first moment of the year 2200: a stamp beyond it would carry every reader's clock away."""
_KINDS = frozenset(kind.value for kind in Kind)
_OPERATIONS = frozenset(operation.value for operation in Operation)
_LEVELS = frozenset(level.value for level in Sensitivity)


def check_body(body: dict[str, Any]) -> None:
    """Raise E_RECORD unless a body has exactly the agreed names, each with a value of the agreed form."""
    if body.keys() != _KEYS:
        raise refusal("E_RECORD", "names in a body")
    act, fields, base = body["act"], body["fields"], body["base"]
    if not (
        isinstance(act, dict)
        and act.keys() == _ACT
        and isinstance(fields, dict)
        and isinstance(base, dict)
        and all(map(_WORD.fullmatch, fields))
        and all(map(_REPLACED.fullmatch, base))
        and all(
            isinstance(heads, list) and all(_is(HEX64, head) for head in heads) for heads in base.values()
        )
    ):
        raise refusal("E_RECORD", "shape of a body")
    # Every line passes here, so there is neither a loop nor a call that can be spared.
    if not (
        _is(HEX32, act["id"])
        and _is(HEX32, body["record"])
        and _is(HEX32, body["salt"])
        and (body["case"] is None or _is(HEX32, body["case"]))
        and _is(_WORD, act["verb"])
        and isinstance(body["at"], str)
        and isinstance(body["reason"], str)
        and _is(_STAMP, body["hlc"])
        and body["hlc"] < _LATEST
        and _among(_KINDS, body["kind"])
        and _among(_OPERATIONS, body["op"])
        and _among(_LEVELS, body["sensitivity"])
    ):
        raise refusal("E_RECORD", "values in a body")


def _is(pattern: re.Pattern[str], value: Any) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _among(words: frozenset[str], value: Any) -> bool:
    return isinstance(value, str) and value in words
