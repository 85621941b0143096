"""Pen: whether a case may be written here, for every part of its pages that would write it."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from imsa_desk.gui.typing_guard import WORDS as READ_ONLY
from imsa_desk.gui.widgets.tips import switch_off
from imsa_desk.services.assignments import closed_words
from imsa_desk.services.desk import Desk
from imsa_desk.vocab import Kind


@runtime_checkable
class Switched(Protocol):
    """A part that knows by itself what of it writes: a list's verbs, the link of a heading."""

    def switch_off(self, why: str) -> None:
        """Offer nothing that writes, and say why; "" offers it."""


def why_not(desk: Desk, case_id: str, kind: Kind | None = None) -> str:
    """Say why nothing, or nothing of a kind, is written to a case; "" where it is. Costs nothing."""
    return READ_ONLY if desk.read_only else closed_words(desk, case_id, kind)


class Pen:
    """One for all tabs of a case: what it holds is off, with the reason, while the case is only read.

    Why stands once above the tabs (`CaseStandingLine`), and as the tip and description of each part.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk, self._case_id = desk, ""
        self._held: list[tuple[QWidget, Kind | None]] = []

    @property
    def why(self) -> str:
        """Say why the case that is shown is only read; "" where it is written."""
        return why_not(self._desk, self._case_id) if self._case_id else ""

    def holds(self, *parts: QWidget, kind: Kind | None = None) -> None:
        """Switch these parts with the case; `kind` is what they write, where a reader may write that."""
        self._held = [(part, one) for part, one in self._held if isValid(part)]
        self._held += [(part, kind) for part in parts]
        for part in parts:
            self._turn(part, kind)

    def turn_to(self, case_id: str) -> None:
        """Look how a case stands now, and switch all parts with it."""
        self._case_id = case_id
        self._held = [(part, kind) for part, kind in self._held if isValid(part)]
        for part, kind in self._held:
            self._turn(part, kind)

    def _turn(self, part: QWidget, kind: Kind | None) -> None:
        why = why_not(self._desk, self._case_id, kind) if self._case_id else ""
        if isinstance(part, Switched):
            part.switch_off(why)
        else:
            switch_off(part, why)
