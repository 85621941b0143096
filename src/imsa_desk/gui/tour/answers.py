"""What answers the questions of the windows: the one thing the tour puts in another's place."""

from __future__ import annotations

from collections import deque
from pathlib import Path

from PySide6.QtWidgets import QWidget

from imsa_desk.errors import Broken
from imsa_desk.gui.ask import Ask


class Answers(Ask):
    """Answers in order; a question nobody prepared for fails the tour. `asked` holds what was asked."""

    def __init__(self) -> None:
        super().__init__()
        self._ready: deque[object] = deque()
        self.asked: list[str] = []

    def prepare(self, *answers: object) -> None:
        """Put the next answers ready: a path, a text, or yes and no."""
        self._ready.extend(answers)

    @property
    def left(self) -> int:
        """Say how many answers nobody asked for."""
        return len(self._ready)

    def _next(self, question: str) -> object:
        self.asked.append(question)
        if not self._ready:
            raise Broken(f"An unexpected question: {question}", code="E_TOUR")
        return self._ready.popleft()

    def _path(self, question: str) -> Path | None:
        given = self._next(question)
        return given if isinstance(given, Path) else None

    def confirm(self, owner: QWidget, question: str, words: str, verb: str, *, leave: str = "Cancel") -> bool:
        return self._next(question) is True

    def error(self, owner: QWidget, title: str, words: str) -> None:
        raise Broken(f"{title}: {words}", code="E_TOUR")

    def line(
        self, owner: QWidget, question: str, words: str, verb: str, *, help: str = "", value: str = ""
    ) -> str | None:
        given = self._next(question)
        return given if isinstance(given, str) else None

    def passphrase(
        self, owner: QWidget, question: str, words: str, verb: str, *, wrong: str = ""
    ) -> str | None:
        given = self._next(question)
        return given if isinstance(given, str) else None

    def open_file(self, owner: QWidget, title: str, patterns: str = "All files (*)") -> Path | None:
        return self._path(title)

    def save_file(
        self, owner: QWidget, title: str, suggested: str, patterns: str = "All files (*)"
    ) -> Path | None:
        return self._path(title)

    def folder(self, owner: QWidget, title: str) -> Path | None:
        return self._path(title)
