"""One thing wrong with a form file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a form file, and its cure."""

    question: str
    line: int
    text: str

    def words(self, name: str) -> str:
        """Say it with its place."""
        about = f", {self.question}" if self.question else ""
        return f"{name}, line {self.line}{about}: {self.text}"
