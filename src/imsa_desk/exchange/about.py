"""What a bundle says beside its records (`about.json`): every part of it may be absent.

Canonical JSON with the names of `About`; a part that says nothing is left out. It is read only after its
bytes have been found to be those that the signed manifest names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from imsa_desk.domain.canonical import canonical, parse_canonical
from imsa_desk.domain.digests import CaseDigest
from imsa_desk.errors import Broken
from imsa_desk.exchange.limits import MAX_ABOUT, bounded
from imsa_desk.exchange.refusals import refusal
from imsa_desk.exchange.words import (
    MAIN,
    RECEIPTS,
    is_count,
    is_hex32,
    is_hex64,
    is_text,
    moment_in,
    moment_out,
)
from imsa_desk.vocab import HandoverWhy, ShareScope

NEWEST = 500
"""How many of the bundles taken in are named, of each stream; older ones follow from the chain of `prev`."""
_MAX_FILE = 1024 * 1024
_MAX_NAME = 200
_MAX_REASON = 10_000
_MAX_LIST = 20_000
_CODE = re.compile(r"E_[A-Z_]{2,40}")
_SCOPES = frozenset(scope.value for scope in ShareScope)
_WHYS = frozenset(why.value for why in HandoverWhy)
_STREAMS = frozenset({MAIN, RECEIPTS})


@dataclass(frozen=True, slots=True)
class HandedOver:
    """A case that its advocate asks to hand over, why, and to whom in words."""

    case: str
    why: HandoverWhy
    to_name: str


@dataclass(frozen=True, slots=True)
class Deposit:
    """The sealed backup that travels in the members `backup/...`: whole length and hash, when and of what."""

    size: int
    sha256: str
    made_at: datetime
    vault: str


@dataclass(frozen=True, slots=True)
class About:
    """What goes along with the records.

    `taken`: what the sender took in from the reader, {stream: {number: manifest hash}}, the newest 500;
    `part`: (2, 3) for the second of three; `enrolment`, `revocations`: texts of those signed files;
    `you_are`: the advocate's id of a first laptop, told to the second; `rejected`: (number, code)
    of bundles turned away.
    """

    taken: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    part: tuple[int, int] | None = None
    reason: str = ""
    scopes: Mapping[str, ShareScope] = field(default_factory=dict)
    enrolment: str = ""
    revocations: str = ""
    handover: tuple[HandedOver, ...] = ()
    digests: Mapping[str, CaseDigest] = field(default_factory=dict)
    waiting: Mapping[str, int] = field(default_factory=dict)
    backup: Deposit | None = None
    you_are: str = ""
    signed_for: tuple[str, ...] = ()
    rejected: tuple[tuple[str, str], ...] = ()


NOTHING = About()
_NAMES = frozenset(part.name for part in fields(About))


def build_about(about: About) -> bytes:
    """Spell it; nothing at all where it says nothing.

    Raises E_LIMIT beyond 4 MiB, and E_CONTAINER for what no reader would take in.
    """
    value = {name: out(getattr(about, name)) for name, out in _OUT.items() if getattr(about, name)}
    if not value:
        return b""
    data = canonical(value)
    if len(data) > MAX_ABOUT:
        raise refusal("E_LIMIT", "too much is said about it")
    parse_about(data)
    return data


def parse_about(data: bytes, *, newer: bool = False) -> About:
    """Read what a signed manifest names; `newer` passes over names that only a later writer knows.

    Raises E_CONTAINER (malformed) and E_LIMIT.
    """
    bounded(data, parts=8 * _MAX_LIST, depth=4 * _MAX_LIST)
    try:
        value = parse_canonical(data)
    except Broken as error:
        raise refusal("E_CONTAINER", "about") from error
    _need(isinstance(value, dict) and (newer or value.keys() <= _NAMES))
    return About(**{name: _IN[name](part) for name, part in value.items() if name in _NAMES})


def _taken_out(taken: Mapping[str, Mapping[int, str]]) -> dict[str, dict[str, str]]:
    return {
        stream: {str(seq): found[seq] for seq in sorted(found)[-NEWEST:]}
        for stream, found in taken.items()
        if found
    }


def _taken_in(value: Any) -> dict[str, dict[int, str]]:
    _need(isinstance(value, dict) and value.keys() <= _STREAMS)
    return {stream: _numbered_in(found) for stream, found in value.items() if found != {}}


def _numbered_in(value: Any) -> dict[int, str]:
    _need(isinstance(value, dict) and len(value) <= NEWEST)
    _need(all(re.fullmatch(r"[1-9][0-9]{0,14}", seq) and is_hex64(found) for seq, found in value.items()))
    return {int(seq): found for seq, found in value.items()}


def _part_in(value: Any) -> tuple[int, int]:
    _need(isinstance(value, list) and len(value) == 2 and all(is_count(number) for number in value))
    _need(0 < value[0] <= value[1])
    return value[0], value[1]


def _by_case(value: Any, fits: Callable[[Any], bool]) -> dict[str, Any]:
    _need(isinstance(value, dict) and len(value) <= _MAX_LIST)
    _need(all(is_hex32(case) and fits(part) for case, part in value.items()))
    return dict(value)


def _scopes_in(value: Any) -> dict[str, ShareScope]:
    found = _by_case(value, lambda scope: isinstance(scope, str) and scope in _SCOPES)
    return {case: ShareScope(scope) for case, scope in found.items()}


def _digests_in(value: Any) -> dict[str, CaseDigest]:
    found = _by_case(value, lambda pair: _is_list(pair, is_hex64, 2) and len(pair) == 2)
    return {case: CaseDigest(*pair) for case, pair in found.items()}


def _handover_in(value: Any) -> tuple[HandedOver, ...]:
    _need(isinstance(value, list) and len(value) <= _MAX_LIST)
    made = []
    for item in value:
        _need(isinstance(item, dict) and item.keys() == {"case", "why", "to_name"})
        _need(is_hex32(item["case"]) and isinstance(item["why"], str) and item["why"] in _WHYS)
        _need(is_text(item["to_name"], _MAX_NAME))
        made.append(HandedOver(item["case"], HandoverWhy(item["why"]), item["to_name"]))
    return tuple(made)


def _backup_out(deposit: Deposit) -> dict[str, Any]:
    made = moment_out(deposit.made_at)
    return {"size": deposit.size, "sha256": deposit.sha256, "made_at": made, "vault": deposit.vault}


def _backup_in(value: Any) -> Deposit:
    _need(isinstance(value, dict) and value.keys() == {"size", "sha256", "made_at", "vault"})
    _need(is_count(value["size"]) and is_hex64(value["sha256"]) and is_hex32(value["vault"]))
    made = moment_in(value["made_at"])
    if made is None:
        raise refusal("E_CONTAINER", "about")
    return Deposit(value["size"], value["sha256"], made, value["vault"])


def _rejected_in(value: Any) -> tuple[tuple[str, str], ...]:
    _need(isinstance(value, list) and len(value) <= _MAX_LIST)
    for item in value:
        _need(_is_list(item, lambda text: is_text(text, _MAX_NAME), 2) and len(item) == 2)
        _need(_CODE.fullmatch(item[1]) is not None)
    return tuple((file, code) for file, code in value)


def _signed_for_in(value: Any) -> tuple[str, ...]:
    _need(_is_list(value, lambda text: is_text(text, _MAX_NAME), _MAX_LIST))
    return tuple(value)


def _text_in(most: int) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        _need(is_text(value, most))
        return str(value)

    return read


def _advocate_in(value: Any) -> str:
    _need(is_hex32(value))
    return str(value)


def _is_list(value: Any, fits: Callable[[Any], bool], most: int) -> bool:
    return isinstance(value, list) and len(value) <= most and all(fits(item) for item in value)


def _need(sound: bool) -> None:
    if not sound:
        raise refusal("E_CONTAINER", "about")


_OUT: Mapping[str, Callable[[Any], Any]] = {
    "taken": _taken_out,
    "part": list,
    "reason": str,
    "scopes": lambda scopes: {case: scope.value for case, scope in scopes.items()},
    "enrolment": str,
    "revocations": str,
    "handover": lambda asked: [{"case": h.case, "why": h.why.value, "to_name": h.to_name} for h in asked],
    "digests": lambda found: {case: [digest.lines, digest.rows] for case, digest in found.items()},
    "waiting": dict,
    "backup": _backup_out,
    "you_are": str,
    "signed_for": list,
    "rejected": lambda files: [list(pair) for pair in files],
}
_IN: Mapping[str, Callable[[Any], Any]] = {
    "taken": _taken_in,
    "part": _part_in,
    "reason": _text_in(_MAX_REASON),
    "scopes": _scopes_in,
    "enrolment": _text_in(_MAX_FILE),
    "revocations": _text_in(_MAX_FILE),
    "handover": _handover_in,
    "digests": _digests_in,
    "waiting": lambda value: _by_case(value, is_count),
    "backup": _backup_in,
    "you_are": _advocate_in,
    "signed_for": _signed_for_in,
    "rejected": _rejected_in,
}
