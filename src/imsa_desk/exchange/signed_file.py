"""Small signed text files: canonical JSON `{"signature": hex, "<word>": {...}}`, checked before believed.

The signature covers a domain text for the word and version 1 of the spelling, then the inner value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from imsa_desk.crypto.keys import SigningKey, verify
from imsa_desk.domain.canonical import canonical, parse_canonical
from imsa_desk.errors import Broken
from imsa_desk.exchange.refusals import refusal

MAX_FILE = 64 * 1024
MAX_NAME = 200
HEX32 = re.compile(r"[0-9a-f]{32}")
HEX64 = re.compile(r"[0-9a-f]{64}")
HEX128 = re.compile(r"[0-9a-f]{128}")


def write_signed(word: str, value: Mapping[str, Any], key: SigningKey) -> bytes:
    """Spell a value and sign it."""
    signature = key.sign(_domain(word) + canonical(value))
    return canonical({word: value, "signature": signature.hex()}) + b"\n"


def read_signed(
    word: str, data: bytes, fields: Mapping[int, frozenset[str]], key_field: str, limit: int = MAX_FILE
) -> dict[str, Any]:
    """Give the value of a signed file whose fields are exactly those of its version.

    Raises E_ENROLMENT (malformed), E_VERSION (a version without known fields) and E_SIGNATURE.
    """
    if len(data) > limit:
        raise refusal("E_ENROLMENT", "too large")
    try:
        outer = parse_canonical(data.rstrip(b"\r\n"))
    except Broken as error:
        raise refusal("E_ENROLMENT") from error
    need(isinstance(outer, dict) and outer.keys() == {word, "signature"})
    value: dict[str, Any] = outer[word]
    signature = outer["signature"]
    need(isinstance(value, dict) and matches(HEX128, signature) and is_count(value.get("version")))
    if value["version"] not in fields:
        raise refusal("E_VERSION")
    need(value.keys() == fields[value["version"]] and matches(HEX64, value[key_field]))
    signed = _domain(word) + canonical(value)
    if not verify(bytes.fromhex(value[key_field]), bytes.fromhex(signature), signed):
        raise refusal("E_SIGNATURE")
    return value


def sign_claim(claim: str, value: Mapping[str, Any], key: SigningKey) -> bytes:
    """Sign a value that is not a file by itself."""
    return key.sign(_domain(claim) + canonical(value))


def claim_holds(claim: str, value: Mapping[str, Any], public: bytes, signature: bytes) -> bool:
    """Tell whether a key signed a claim."""
    return verify(public, signature, _domain(claim) + canonical(value))


def moment_out(moment: datetime) -> str:
    """Spell a moment to the second, in UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment_in(value: Any) -> datetime:
    """Read what `moment_out` spelt; raises E_ENROLMENT."""
    try:
        need(isinstance(value, str))
        moment = datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError as error:
        raise refusal("E_ENROLMENT") from error
    need(moment_out(moment) == value)
    return moment


def day_in(value: Any) -> date:
    """Read a day in its ISO form; raises E_ENROLMENT."""
    try:
        need(isinstance(value, str))
        day = date.fromisoformat(value)
    except ValueError as error:
        raise refusal("E_ENROLMENT") from error
    need(day.isoformat() == value)
    return day


def is_name(value: Any) -> bool:
    """Tell whether a value is a name somebody could bear."""
    return isinstance(value, str) and 0 < len(value.strip()) <= MAX_NAME


def is_count(value: Any) -> bool:
    """Tell whether a value is a whole number from 0."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def matches(pattern: re.Pattern[str], value: Any) -> bool:
    """Tell whether a value is a text of this form."""
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def need(sound: bool) -> None:
    """Raise E_ENROLMENT unless a file is sound."""
    if not sound:
        raise refusal("E_ENROLMENT")


def _domain(word: str) -> bytes:
    return f"imsa-{word}-v1\0".encode("ascii")
