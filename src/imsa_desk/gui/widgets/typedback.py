"""TypedBack: parts of a printed secret, typed in again to prove that the paper can be read."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from imsa_desk.errors import Problem
from imsa_desk.gui.widgets.fields import Field, TextLine

GROUPS_ASKED = 2


class Asked(NamedTuple):
    """A question, and what the paper says; capitals, spaces and hyphens do not matter."""

    question: str
    wanted: str
    width: int = 14


def choose(count: int, *, after: int = 0) -> tuple[int, ...]:
    """Choose which groups are asked for, in order, counted from 0."""
    return tuple(sorted(secrets.SystemRandom().sample(range(after, count), GROUPS_ASKED)))


class TypedBack(QWidget):
    """One field for each thing asked; `entered` when Enter is pressed in the last one."""

    entered = Signal()

    def __init__(self, columns: int = 2, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._columns = columns
        self._wanted: dict[str, str] = {}
        self.fields: dict[str, Field] = {}
        self.lines: list[TextLine] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(24)
        self._grid.setVerticalSpacing(12)
        self._grid.setColumnStretch(columns, 1)

    def ask(self, asked: Sequence[Asked]) -> None:
        """Ask for these, once."""
        for at, one in enumerate(asked):
            line = TextLine(width=one.width)
            field = Field(one.question, line, stretch=False)
            key = f"typed{at}"
            self._wanted[key] = _plain(one.wanted)
            self.fields[key] = field
            self.lines.append(line)
            line.returnPressed.connect(self.entered)
            line.textChanged.connect(lambda _, key=key: self._look(key))
            self._grid.addWidget(field, at // self._columns, at % self._columns)

    def problems(self) -> list[Problem]:
        """Name what is not typed yet or differs from the paper."""
        return [
            Problem(key, f"{self.fields[key].control.accessibleName()}, as it stands on the paper")
            for key, line in zip(self._wanted, self.lines, strict=True)
            if _plain(line.text()) != self._wanted[key]
        ]

    def forget(self) -> None:
        """Keep nothing of the secret."""
        self._wanted = dict.fromkeys(self._wanted, "")
        for line in self.lines:
            line.clear()

    def _look(self, key: str) -> None:
        """Say at once when a group is complete and differs; while it is short nothing is said."""
        typed, wanted = _plain(self.lines[list(self._wanted).index(key)].text()), self._wanted[key]
        wrong = bool(wanted) and len(typed) >= len(wanted) and typed != wanted
        self.fields[key].set_error("Compare it with the paper" if wrong else "")


def _plain(typed: str) -> str:
    return re.sub(r"[\s\-‐‑–—]", "", typed).upper()
