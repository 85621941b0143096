"""The signed list of keys that an organisation has withdrawn; a newer list has a higher serial.

It stays a small file of its own, so that it can travel inside a bundle, beside one, or on paper's way: a
reader needs only the root key to check it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from imsa_desk.crypto.keys import SigningKey
from imsa_desk.domain.trust import Revocation, RevocationReason
from imsa_desk.errors import ImsaError
from imsa_desk.exchange.refusals import refusal
from imsa_desk.exchange.signed_file import (
    HEX32,
    day_in,
    is_count,
    is_name,
    matches,
    moment_in,
    moment_out,
    need,
    read_signed,
    write_signed,
)

MAX_LIST = 1024 * 1024
MAX_KEYS = 4_000
_WORD = "revocations"
_ASK = "Nothing was changed. Ask the office for the list again."
_TEXTS = {
    "E_ENROLMENT": f"The list of withdrawn keys is damaged, or it is no such list. {_ASK}",
    "E_SIGNATURE": "The list of withdrawn keys was changed after it was signed, or it is another "
    f"organisation’s. {_ASK}",
    "E_VERSION": "The list of withdrawn keys needs a newer version of this program.",
}
_FIELDS = {1: frozenset("format version organisation root serial practice created entries".split())}
_ENTRY = frozenset("key writer name reason from last".split())


@dataclass(frozen=True, slots=True)
class RevocationList:
    """The keys an organisation has withdrawn, in the order in which it did."""

    organisation: str
    serial: int
    practice: bool
    created: datetime
    entries: tuple[Revocation, ...] = ()

    def of_key(self, key: str) -> Revocation | None:
        """Give the entry of a key id; None where the key has not been withdrawn."""
        return next((entry for entry in self.entries if entry.key == key), None)


def write_revocations(revocations: RevocationList, root: SigningKey) -> bytes:
    """Spell and sign the list with the root key; raises E_LIMIT for more keys than a list may hold."""
    if len(revocations.entries) > MAX_KEYS:
        raise refusal("E_LIMIT", "too many withdrawn keys")
    return write_signed(
        _WORD,
        {
            "format": "imsa-revocations",
            "version": 1,
            "organisation": revocations.organisation,
            "root": root.public.hex(),
            "serial": revocations.serial,
            "practice": revocations.practice,
            "created": moment_out(revocations.created),
            "entries": [
                {
                    "key": entry.key,
                    "writer": entry.writer,
                    "name": entry.name,
                    "reason": entry.reason.value,
                    "from": entry.from_day.isoformat(),
                    "last": entry.last,
                }
                for entry in revocations.entries
            ],
        },
        root,
    )


def read_revocations(data: bytes, root: bytes) -> RevocationList:
    """Read a list that the root key signed.

    Raises E_ENROLMENT (malformed), E_VERSION, and E_SIGNATURE, also for a list of another root key.
    """
    with _own_text():
        return _read(data, root)


@contextmanager
def _own_text() -> Iterator[None]:
    """Say of a list of withdrawn keys what is said of any signed file, in its own words."""
    try:
        yield
    except ImsaError as error:
        raise type(error)(_TEXTS.get(error.code, error.message), code=error.code) from error


def _read(data: bytes, root: bytes) -> RevocationList:
    value = read_signed(_WORD, data, _FIELDS, "root", MAX_LIST)
    if value["root"] != root.hex():
        raise refusal("E_SIGNATURE", "the list of withdrawn keys is not this organisation's")
    need(value["format"] == "imsa-revocations" and matches(HEX32, value["organisation"]))
    need(is_count(value["serial"]) and value["serial"] > 0 and isinstance(value["practice"], bool))
    need(isinstance(value["entries"], list) and len(value["entries"]) <= MAX_KEYS)
    entries = tuple(_entry_in(entry) for entry in value["entries"])
    need(len({entry.key for entry in entries}) == len(entries))
    return RevocationList(
        organisation=value["organisation"],
        serial=value["serial"],
        practice=value["practice"],
        created=moment_in(value["created"]),
        entries=entries,
    )


def is_signed_by(data: bytes, root: bytes) -> bool:
    """Tell whether a list says that it is a root key's; raises what `read_signed` does for a broken file."""
    with _own_text():
        return bool(read_signed(_WORD, data, _FIELDS, "root", MAX_LIST)["root"] == root.hex())


def _entry_in(value: Any) -> Revocation:
    need(isinstance(value, dict) and value.keys() == _ENTRY)
    need(matches(HEX32, value["key"]) and matches(HEX32, value["writer"]) and is_name(value["name"]))
    need(value["reason"] in [reason.value for reason in RevocationReason] and is_count(value["last"]))
    return Revocation(
        key=value["key"],
        writer=value["writer"],
        name=value["name"],
        reason=RevocationReason(value["reason"]),
        from_day=day_in(value["from"]),
        last=value["last"],
    )
