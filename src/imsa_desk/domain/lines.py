"""Journal lines as values: a link that chains and a body that may be absent.

Format v1 (frozen). Hashes are SHA-256 over canonical JSON, in lower-case hexadecimal.

    link  {writer, seq, prev, body_hash}; line_hash = SHA-256 of these four; the first prev is 64 zeros
    body  {act: {id, verb}, at, base, case, fields, hlc, kind, op, reason, record, salt, sensitivity}

A create line names every field that is not empty (None, "" and false are empty), an update line the
fields that changed; `base` gives for each changed field the lines it replaces, and under `*`, where a
record is or was removed, lines that it had seen (`store/removals.py`).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from imsa_desk.domain.canonical import canonical, parse_canonical
from imsa_desk.errors import Broken

FIRST = "0" * 64
WHOLE = "*"
"""The head of every field that has no head of its own: the line that made the record."""
REMOVED = "deleted_at"
REMOVED_WHY = "deleted_reason"
"""Fields of every kind of record: when it was removed, and why."""


@dataclass(frozen=True, slots=True)
class Link:
    """One link of a writer's chain."""

    writer: str
    seq: int
    prev: str
    body_hash: str
    line_hash: str


@dataclass(frozen=True, slots=True)
class Line:
    """A link with its body's canonical text; None means withheld or erased."""

    link: Link
    body: str | None

    def parsed(self) -> dict[str, Any]:
        """Give the body as a dictionary. Raises Broken where it is absent."""
        if self.body is None:
            raise Broken("This line's content is not here.", code="E_ABSENT")
        value = parse_canonical(self.body.encode())
        if not isinstance(value, dict):
            raise Broken("A journal line has no fields.", code="E_RECORD")
        return value


def digest(data: bytes) -> str:
    """Give SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def line_hash(writer: str, seq: int, prev: str, body_hash: str) -> str:
    """Give the hash that the next link of the same writer names."""
    plain = writer + prev + body_hash
    if plain.isascii() and plain.isalnum() and type(seq) is int:
        # The canonical spelling of what needs no escaping, written out: every line passes here.
        text = f'{{"body_hash":"{body_hash}","prev":"{prev}","seq":{seq},"writer":"{writer}"}}'
        return digest(text.encode())
    return digest(canonical({"writer": writer, "seq": seq, "prev": prev, "body_hash": body_hash}))


def make_line(writer: str, seq: int, prev: str, body: dict[str, Any]) -> Line:
    """Make the next line of a writer."""
    text = canonical(body)
    body_hash = digest(text)
    link = Link(writer, seq, prev, body_hash, line_hash(writer, seq, prev, body_hash))
    return Line(link, text.decode())


def verify(line: Line, prev: str) -> None:
    """Check that a line follows `prev` and that its body, if present, is the one it names.

    Raises Broken (E_CHAIN).
    """
    link = line.link
    if link.prev != prev or line_hash(link.writer, link.seq, link.prev, link.body_hash) != link.line_hash:
        raise Broken("The record's chain does not fit together.", code="E_CHAIN")
    if line.body is not None and digest(line.body.encode()) != link.body_hash:
        raise Broken("A line's content is not the one its link names.", code="E_CHAIN")
