"""An `Ask` that answers from a list and remembers what it was asked."""

from __future__ import annotations

from collections import deque
from pathlib import Path

from PySide6.QtWidgets import QWidget

from imsa_desk.gui.ask import Ask


class Recorder(Ask):
    """Put answers into `answers` in order; `asked` holds the questions."""

    def __init__(self, *answers: object) -> None:
        super().__init__()
        self.answers: deque[object] = deque(answers)
        self.asked: list[str] = []

    def _next(self, question: str) -> object:
        self.asked.append(question)
        return self.answers.popleft() if self.answers else None

    def confirm(self, owner: QWidget, question: str, words: str, verb: str, *, leave: str = "Cancel") -> bool:
        return bool(self._next(question))

    def error(self, owner: QWidget, title: str, words: str) -> None:
        self.asked.append(f"{title} {words}")

    def line(
        self, owner: QWidget, question: str, words: str, verb: str, *, help: str = "", value: str = ""
    ) -> str | None:
        given = self._next(question)
        return None if given is None else str(given)

    def passphrase(
        self, owner: QWidget, question: str, words: str, verb: str, *, wrong: str = ""
    ) -> str | None:
        given = self._next(question)
        return None if given is None else str(given)

    def open_file(self, owner: QWidget, title: str, patterns: str = "All files (*)") -> Path | None:
        return self._path(title)

    def save_file(
        self, owner: QWidget, title: str, suggested: str, patterns: str = "All files (*)"
    ) -> Path | None:
        return self._path(title)

    def folder(self, owner: QWidget, title: str) -> Path | None:
        return self._path(title)

    def _path(self, title: str) -> Path | None:
        given = self._next(title)
        return given if isinstance(given, Path) else None
