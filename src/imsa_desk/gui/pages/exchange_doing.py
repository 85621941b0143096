"""Doing: one piece of long work of the exchange at a time, with its progress and a way to stop it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from imsa_desk.errors import ImsaError
from imsa_desk.gui.jobs import Job
from imsa_desk.gui.pages import PageContext
from imsa_desk.gui.widgets.working import Working
from imsa_desk.progress import Progress

T = TypeVar("T")


class Doing(Working):
    """Works on a lane of its own, so that what is typed meanwhile is kept at once."""

    def __init__(self, context: PageContext, refused: Callable[[ImsaError], None]) -> None:
        super().__init__()
        self._context, self._said_no = context, refused
        self.job: Job | None = None
        self.stopped.connect(self.cancel)

    @property
    def busy(self) -> bool:
        """Say whether something is under way."""
        return self.job is not None

    def start(self, words: str, work: Callable[[Progress], T], then: Callable[[T], None]) -> None:
        """Begin a piece of work; `then` is called with what came of it."""

        def done(outcome: T) -> None:
            self._over()
            then(outcome)

        self.begin(words)
        self.job = self._context.jobs.run(
            work, owner=self, then=done, otherwise=self._refused, lane="free", progress=self.count
        )

    def cancel(self) -> None:
        """Stop what is under way; nothing has left or come in then."""
        if self.job is not None:
            self.job.cancel()

    def _refused(self, error: ImsaError) -> None:
        self._over()
        self._said_no(error)

    def _over(self) -> None:
        self.job = None
        self.end()
