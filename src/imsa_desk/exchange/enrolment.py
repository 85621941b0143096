"""The two small signed files by which an advocate and an organisation come to know each other's keys.

A signature only shows that the file is whole and that its maker holds the key in it. Trust comes from
comparing the key's fingerprint, as words, in person or by telephone. A file that follows a change of key
also bears the former key's signature over the new one, so that its reader knows who claims to have changed.
Files of version 1 are still read: they say nothing of a scope, a role, a second laptop or a former key.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

from imsa_desk.crypto.keys import SigningKey
from imsa_desk.exchange.refusals import refusal
from imsa_desk.exchange.signed_file import (
    HEX32,
    HEX64,
    HEX128,
    claim_holds,
    is_count,
    is_name,
    matches,
    moment_in,
    moment_out,
    need,
    read_signed,
    sign_claim,
    write_signed,
)
from imsa_desk.vocab import Sensitivity, ShareScope, SignerRole

VERSION = 2
_RECIPIENT = re.compile(r"age1[0-9a-z]{10,200}")
_MOST_KEYS = 64
_ENROLMENT = "enrolment"
_REQUEST = "request"
_ROOT_CHANGE = "root-change"
_KEY_CHANGE = "key-change"
_ENROLMENT_1 = frozenset(
    "format version organisation name writer root office recipients escrow policy practice serial"
    " created".split()
)
_REQUEST_1 = frozenset("format version organisation writer name public recipient practice created".split())
_ENROLMENT_FIELDS = {1: _ENROLMENT_1, 2: _ENROLMENT_1 | {"scope", "former", "distrusted"}}
_REQUEST_FIELDS = {1: _REQUEST_1, 2: _REQUEST_1 | {"role", "former", "second_of", "edition"}}
ROLES = frozenset({SignerRole.ADVOCATE, SignerRole.SUPERVISOR})
"""The roles that somebody may ask to be enrolled in."""


class SharePolicy(StrEnum):
    """What the organisation receives of a sensitivity level."""

    ALWAYS = "always"
    ASK = "ask"
    NEVER = "never"


DEFAULT_POLICY: Mapping[Sensitivity, SharePolicy] = {
    Sensitivity.L1: SharePolicy.ALWAYS,
    Sensitivity.L2: SharePolicy.ALWAYS,
    Sensitivity.L3: SharePolicy.ASK,
    Sensitivity.L4: SharePolicy.NEVER,
}


@dataclass(frozen=True, slots=True)
class FormerRoot:
    """The root key before this one, and what it signed about its successor."""

    root: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class FormerKey:
    """A vault's key before this one, what it signed, and the number of the last bundle it has signed."""

    public: bytes
    last: int
    signature: bytes


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an organisation says about itself; `serial` rises with each new edition of the file.

    `scope` is how much of a case the organisation receives where the advocate chose nothing else,
    `distrusted` the ids of office keys that somebody else may have.
    """

    organisation: str
    name: str
    writer: str
    root: bytes
    office: bytes
    recipients: tuple[str, ...]
    escrow: tuple[str, ...]
    policy: Mapping[Sensitivity, SharePolicy]
    practice: bool
    serial: int
    created: datetime
    scope: ShareScope = ShareScope.FULL
    former: FormerRoot | None = field(default=None)
    distrusted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class JoinRequest:
    """What an advocate's vault says about itself to one organisation; the office decides the role.

    `second_of` is the vault id of the same advocate's first laptop, `edition` the serial of the enrolment
    file that the vault has.
    """

    organisation: str
    writer: str
    name: str
    public: bytes
    recipient: str
    practice: bool
    created: datetime
    role: SignerRole = SignerRole.ADVOCATE
    former: FormerKey | None = None
    second_of: str = ""
    edition: int = 1


def follow_root(organisation: str, root: bytes, former: SigningKey) -> FormerRoot:
    """Let the former root key name its successor."""
    claim = _root_claim(organisation, root)
    return FormerRoot(former.public, sign_claim(_ROOT_CHANGE, claim, former))


def follow_key(request: JoinRequest, former: SigningKey, last: int) -> FormerKey:
    """Let a vault's former key name the key of a request; `last` is the last bundle number it signed."""
    return FormerKey(former.public, last, sign_claim(_KEY_CHANGE, _key_claim(request, last), former))


def write_enrolment(enrolment: Enrolment, root: SigningKey) -> bytes:
    """Spell and sign the organisation's enrolment file with its root key."""
    former = enrolment.former
    return write_signed(
        _ENROLMENT,
        {
            "format": "imsa-enrolment",
            "version": VERSION,
            "organisation": enrolment.organisation,
            "name": enrolment.name,
            "writer": enrolment.writer,
            "root": enrolment.root.hex(),
            "office": enrolment.office.hex(),
            "recipients": list(enrolment.recipients),
            "escrow": list(enrolment.escrow),
            "policy": {level.value: rule.value for level, rule in enrolment.policy.items()},
            "practice": enrolment.practice,
            "serial": enrolment.serial,
            "created": moment_out(enrolment.created),
            "scope": enrolment.scope.value,
            "former": former and {"root": former.root.hex(), "signature": former.signature.hex()},
            "distrusted": list(enrolment.distrusted),
        },
        root,
    )


def read_enrolment(data: bytes) -> Enrolment:
    """Read an enrolment file; raises E_ENROLMENT (malformed), E_VERSION and E_SIGNATURE."""
    value = read_signed(_ENROLMENT, data, _ENROLMENT_FIELDS, "root")
    need(value["format"] == "imsa-enrolment")
    ids = (value["organisation"], value["writer"])
    need(all(matches(HEX32, text) for text in ids) and matches(HEX64, value["office"]))
    need(is_name(value["name"]) and isinstance(value["practice"], bool))
    need(is_count(value["serial"]) and value["serial"] > 0)
    need(_is_recipients(value["recipients"]) and len(value["recipients"]) > 0)
    need(_is_recipients(value["escrow"]))
    distrusted = value.get("distrusted", [])
    need(isinstance(distrusted, list) and len(distrusted) <= _MOST_KEYS)
    need(all(matches(HEX32, key) for key in distrusted))
    return Enrolment(
        organisation=value["organisation"],
        name=value["name"],
        writer=value["writer"],
        root=bytes.fromhex(value["root"]),
        office=bytes.fromhex(value["office"]),
        recipients=tuple(value["recipients"]),
        escrow=tuple(value["escrow"]),
        policy=_policy_in(value["policy"]),
        practice=value["practice"],
        serial=value["serial"],
        created=moment_in(value["created"]),
        scope=ShareScope(_one_of([scope.value for scope in ShareScope], value.get("scope", "full"))),
        former=_former_root_in(value),
        distrusted=tuple(distrusted),
    )


def write_request(request: JoinRequest, key: SigningKey) -> bytes:
    """Spell and sign an advocate's joining file with the vault's own key."""
    former = request.former
    return write_signed(
        _REQUEST,
        {
            "format": "imsa-join-request",
            "version": VERSION,
            "organisation": request.organisation,
            "writer": request.writer,
            "name": request.name,
            "public": request.public.hex(),
            "recipient": request.recipient,
            "practice": request.practice,
            "created": moment_out(request.created),
            "role": request.role.value,
            "second_of": request.second_of,
            "edition": request.edition,
            "former": former
            and {
                "public": former.public.hex(),
                "last": former.last,
                "signature": former.signature.hex(),
            },
        },
        key,
    )


@lru_cache(maxsize=2_000)
def read_request(data: bytes) -> JoinRequest:
    """Read a joining file; raises E_ENROLMENT (malformed), E_VERSION and E_SIGNATURE.

    What was found sound is kept: an office looks at the file of every vault for each bundle.
    """
    value = read_signed(_REQUEST, data, _REQUEST_FIELDS, "public")
    need(value["format"] == "imsa-join-request")
    need(all(matches(HEX32, value[name]) for name in ("organisation", "writer")))
    need(is_name(value["name"]) and isinstance(value["practice"], bool))
    need(matches(_RECIPIENT, value["recipient"]))
    second = value.get("second_of", "")
    need(second == "" or matches(HEX32, second))
    need(second != value["writer"] and is_count(value.get("edition", 1)))
    request = JoinRequest(
        organisation=value["organisation"],
        writer=value["writer"],
        name=value["name"],
        public=bytes.fromhex(value["public"]),
        recipient=value["recipient"],
        practice=value["practice"],
        created=moment_in(value["created"]),
        role=SignerRole(_one_of(sorted(ROLES), value.get("role", SignerRole.ADVOCATE.value))),
        former=_former_key_in(value.get("former")),
        second_of=second,
        edition=value.get("edition", 1),
    )
    former = request.former
    if former is not None:
        claim = _key_claim(request, former.last)
        if not claim_holds(_KEY_CHANGE, claim, former.public, former.signature):
            raise refusal("E_SIGNATURE", "the former key did not sign this one")
    return request


def _former_root_in(value: dict[str, Any]) -> FormerRoot | None:
    former = value.get("former")
    if former is None:
        return None
    need(isinstance(former, dict) and former.keys() == {"root", "signature"})
    need(matches(HEX64, former["root"]) and matches(HEX128, former["signature"]))
    need(former["root"] != value["root"])
    found = FormerRoot(bytes.fromhex(former["root"]), bytes.fromhex(former["signature"]))
    claim = _root_claim(value["organisation"], bytes.fromhex(value["root"]))
    if not claim_holds(_ROOT_CHANGE, claim, found.root, found.signature):
        raise refusal("E_SIGNATURE", "the former root key did not sign this one")
    return found


def _former_key_in(former: Any) -> FormerKey | None:
    if former is None:
        return None
    need(isinstance(former, dict) and former.keys() == {"public", "last", "signature"})
    need(matches(HEX64, former["public"]) and is_count(former["last"]))
    need(matches(HEX128, former["signature"]))
    return FormerKey(bytes.fromhex(former["public"]), former["last"], bytes.fromhex(former["signature"]))


def _root_claim(organisation: str, root: bytes) -> dict[str, Any]:
    return {"organisation": organisation, "root": root.hex()}


def _key_claim(request: JoinRequest, last: int) -> dict[str, Any]:
    return {
        "organisation": request.organisation,
        "writer": request.writer,
        "public": request.public.hex(),
        "recipient": request.recipient,
        "last": last,
        "practice": request.practice,
    }


def _policy_in(value: Any) -> dict[Sensitivity, SharePolicy]:
    need(isinstance(value, dict) and value.keys() == {level.value for level in Sensitivity})
    rules = [rule.value for rule in SharePolicy]
    return {level: SharePolicy(_one_of(rules, value[level.value])) for level in Sensitivity}


def _one_of(words: list[Any], value: Any) -> str:
    need(isinstance(value, str) and value in [str(word) for word in words])
    return str(value)


def _is_recipients(value: Any) -> bool:
    return isinstance(value, list) and len(value) <= 16 and all(matches(_RECIPIENT, item) for item in value)
