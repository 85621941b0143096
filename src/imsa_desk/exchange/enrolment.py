"""The two small signed files by which an advocate and an organisation come to know each other's keys.

Both are canonical JSON `{"signature": hex, "<word>": {...}}`, signed over a domain text and the inner value.
A signature only shows that the file is whole and that its maker holds the key in it. Trust comes from
comparing the key's fingerprint, as words, in person or by telephone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from imsa_desk.crypto.keys import SigningKey, verify
from imsa_desk.domain.canonical import canonical, parse_canonical
from imsa_desk.errors import Broken
from imsa_desk.exchange.refusals import refusal
from imsa_desk.vocab import Sensitivity

MAX_FILE = 64 * 1024
_MAX_NAME = 200
_HEX32 = re.compile(r"[0-9a-f]{32}")
_HEX64 = re.compile(r"[0-9a-f]{64}")
_HEX128 = re.compile(r"[0-9a-f]{128}")
_RECIPIENT = re.compile(r"age1[0-9a-z]{10,200}")
_ENROLMENT = "enrolment"
_REQUEST = "request"
_ENROLMENT_FIELDS = frozenset(
    "format version organisation name writer root office recipients escrow policy practice serial"
    " created".split()
)
_REQUEST_FIELDS = frozenset(
    "format version organisation writer name public recipient practice created".split()
)


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
class Enrolment:
    """What an organisation says about itself; `serial` rises with each new edition of the file."""

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


@dataclass(frozen=True, slots=True)
class JoinRequest:
    """What an advocate's vault says about itself to one organisation."""

    organisation: str
    writer: str
    name: str
    public: bytes
    recipient: str
    practice: bool
    created: datetime


def write_enrolment(enrolment: Enrolment, root: SigningKey) -> bytes:
    """Spell and sign the organisation's enrolment file with its root key."""
    return _signed(
        _ENROLMENT,
        {
            "format": "imsa-enrolment",
            "version": 1,
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
            "created": _moment_out(enrolment.created),
        },
        root,
    )


def read_enrolment(data: bytes) -> Enrolment:
    """Read an enrolment file; raises E_ENROLMENT (malformed), E_VERSION and E_SIGNATURE."""
    value = _opened(_ENROLMENT, data, _ENROLMENT_FIELDS, "root")
    ids = (value["organisation"], value["writer"])
    _need(all(_matches(_HEX32, text) for text in ids) and _matches(_HEX64, value["office"]))
    _need(_is_name(value["name"]) and isinstance(value["practice"], bool))
    _need(isinstance(value["serial"], int) and value["serial"] > 0)
    _need(_is_recipients(value["recipients"]) and len(value["recipients"]) > 0)
    _need(_is_recipients(value["escrow"]))
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
        created=_moment_in(value["created"]),
    )


def write_request(request: JoinRequest, key: SigningKey) -> bytes:
    """Spell and sign an advocate's joining file with the vault's own key."""
    return _signed(
        _REQUEST,
        {
            "format": "imsa-join-request",
            "version": 1,
            "organisation": request.organisation,
            "writer": request.writer,
            "name": request.name,
            "public": request.public.hex(),
            "recipient": request.recipient,
            "practice": request.practice,
            "created": _moment_out(request.created),
        },
        key,
    )


def read_request(data: bytes) -> JoinRequest:
    """Read a joining file; raises E_ENROLMENT (malformed), E_VERSION and E_SIGNATURE."""
    value = _opened(_REQUEST, data, _REQUEST_FIELDS, "public")
    _need(all(_matches(_HEX32, value[name]) for name in ("organisation", "writer")))
    _need(_is_name(value["name"]) and isinstance(value["practice"], bool))
    _need(_matches(_RECIPIENT, value["recipient"]))
    return JoinRequest(
        organisation=value["organisation"],
        writer=value["writer"],
        name=value["name"],
        public=bytes.fromhex(value["public"]),
        recipient=value["recipient"],
        practice=value["practice"],
        created=_moment_in(value["created"]),
    )


def _signed(word: str, value: dict[str, Any], key: SigningKey) -> bytes:
    signature = key.sign(_domain(word) + canonical(value))
    return canonical({word: value, "signature": signature.hex()}) + b"\n"


def _opened(word: str, data: bytes, fields: frozenset[str], key_field: str) -> dict[str, Any]:
    if len(data) > MAX_FILE:
        raise refusal("E_ENROLMENT", "too large")
    try:
        outer = parse_canonical(data.rstrip(b"\r\n"))
    except Broken as error:
        raise refusal("E_ENROLMENT") from error
    _need(isinstance(outer, dict) and outer.keys() == {word, "signature"})
    value: dict[str, Any] = outer[word]
    signature = outer["signature"]
    _need(isinstance(value, dict) and _matches(_HEX128, signature) and isinstance(value.get("version"), int))
    if value["version"] != 1:
        raise refusal("E_VERSION")
    _need(value.keys() == fields and value["format"] == f"imsa-{'join-' if word == _REQUEST else ''}{word}")
    _need(_matches(_HEX64, value[key_field]))
    signed = _domain(word) + canonical(value)
    if not verify(bytes.fromhex(value[key_field]), bytes.fromhex(signature), signed):
        raise refusal("E_SIGNATURE")
    return value


def _domain(word: str) -> bytes:
    return f"imsa-{word}-v1\0".encode("ascii")


def _policy_in(value: Any) -> dict[Sensitivity, SharePolicy]:
    _need(isinstance(value, dict) and value.keys() == {level.value for level in Sensitivity})
    rules = {rule.value for rule in SharePolicy}
    _need(all(isinstance(rule, str) and rule in rules for rule in value.values()))
    return {level: SharePolicy(value[level.value]) for level in Sensitivity}


def _moment_out(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _moment_in(value: Any) -> datetime:
    try:
        _need(isinstance(value, str))
        moment = datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError as error:
        raise refusal("E_ENROLMENT") from error
    _need(_moment_out(moment) == value)
    return moment


def _is_recipients(value: Any) -> bool:
    return isinstance(value, list) and len(value) <= 16 and all(_matches(_RECIPIENT, item) for item in value)


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value.strip()) <= _MAX_NAME


def _matches(pattern: re.Pattern[str], value: Any) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _need(sound: bool) -> None:
    if not sound:
        raise refusal("E_ENROLMENT")
