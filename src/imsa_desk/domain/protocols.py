"""The organisation's protocol for danger, shown at once when an answer is urgent: text, kept as data."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import msgspec

from imsa_desk.errors import Broken


class ProtocolStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One step, in the order it is to be taken."""

    text: str
    help: str = ""


class ProtocolPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to do in one kind of danger; `questions` names the questions it is for, none means any."""

    id: str
    title: str
    step: tuple[ProtocolStep, ...]
    questions: tuple[str, ...] = ()


class ProtocolFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A protocol file."""

    title: str
    source: str
    checked: date
    part: tuple[ProtocolPart, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Protocol:
    """An organisation's protocol; `note` says where its own details are still missing."""

    title: str
    source: str
    checked: date
    parts: tuple[ProtocolPart, ...]
    note: str = ""

    def parts_for(self, question_id: str) -> tuple[ProtocolPart, ...]:
        """Give what applies to a question: the parts written for it, else the general ones."""
        own = tuple(part for part in self.parts if question_id in part.questions)
        return own or tuple(part for part in self.parts if not part.questions)

    def text(self, question_id: str = "") -> str:
        """Write it as plain text, for one question or whole."""
        parts = self.parts_for(question_id) if question_id else self.parts
        blocks = [self.title, *(_part_text(part) for part in parts), self.note]
        return "\n\n".join(block.strip() for block in blocks if block.strip())


def _part_text(part: ProtocolPart) -> str:
    lines = [part.title]
    for place, step in enumerate(part.step, 1):
        lines.append(f"{place}. {step.text}" + (f" {step.help}" if step.help else ""))
    return "\n".join(lines)


def load_protocol(path: Path) -> Protocol:
    """Read a protocol file. Raises `Broken` (E_PROTOCOL) naming what is wrong."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise _unread(path.name, error) from error
    return read_protocol(text, path.name)


def read_protocol(text: str, name: str) -> Protocol:
    """Read the text of a protocol. Raises `Broken` (E_PROTOCOL) naming what is wrong."""
    try:
        file = msgspec.convert(tomllib.loads(text), ProtocolFile)
    except (ValueError, RecursionError) as error:
        raise _unread(name, error) from error
    return Protocol(file.title, file.source, file.checked, file.part, file.note)


def _unread(name: str, error: Exception) -> Broken:
    return Broken(
        f"The protocol {name} cannot be read: {error}. Install the program again.", code="E_PROTOCOL"
    )
