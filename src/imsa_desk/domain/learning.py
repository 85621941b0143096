"""Reflection and supervision: the advocate's own notes, outside every survivor's file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from imsa_desk.domain.ids import ReflectionId


@dataclass(frozen=True, slots=True)
class Reflection:
    """A private note of the advocate; never in a bundle while private."""

    id: ReflectionId
    on: date
    kind: str
    title: str
    text: str
    private: bool


@dataclass(frozen=True, slots=True)
class ReflectionDraft:
    """What was typed; `kind` is reflection or supervision."""

    on: str = ""
    kind: str = "reflection"
    title: str = ""
    text: str = ""
    private: bool = True
