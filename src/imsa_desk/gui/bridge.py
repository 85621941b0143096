"""The three signals that reach every window: what changed, that it locks, and what to tell the person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QObject, Signal


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to tell the person: "error" stays until closed, "info" goes by itself."""

    words: str
    kind: Literal["info", "error"] = "info"


class Bridge(QObject):
    """Connects verbs and windows without either knowing the other."""

    changed = Signal(object)
    """Carries a frozenset of record kinds after each commit."""
    locked = Signal()
    """Sent once, before the vault closes; whoever holds names or notes lets go of them."""
    told = Signal(object)
    """Carries a Notice."""

    def announce_change(self, kinds: Iterable[str]) -> None:
        """Tell every page that records of these kinds changed."""
        self.changed.emit(frozenset(str(kind) for kind in kinds))

    def tell(self, words: str, kind: Literal["info", "error"] = "info") -> None:
        """Tell the person something."""
        self.told.emit(Notice(words, kind))
