"""Doing: one piece of long work of the exchange at a time, with its progress and a way to stop it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import Signal

from imsa_desk.errors import Cancelled, ImsaError
from imsa_desk.gui.jobs import Job
from imsa_desk.gui.pages import PageContext
from imsa_desk.gui.widgets.working import Working
from imsa_desk.progress import Progress

T = TypeVar("T")
NOTHING_LEFT = "Stopped. Nothing has left the vault"


class Doing(Working):
    """Works on a lane of its own, so that what is typed meanwhile is kept at once.

    `began` is sent before each piece of work, so that what was said of the last one goes.
    """

    began = Signal()

    def __init__(self, context: PageContext, refused: Callable[[ImsaError], None]) -> None:
        super().__init__()
        self._context, self._said_no = context, refused
        self._after_stop = NOTHING_LEFT
        self.job: Job | None = None
        self.stopped.connect(self.cancel)

    @property
    def busy(self) -> bool:
        """Say whether something is under way."""
        return self.job is not None

    def start(
        self,
        words: str,
        work: Callable[[Progress], T],
        then: Callable[[T], None],
        after_stop: str = NOTHING_LEFT,
    ) -> None:
        """Begin a piece of work; `then` takes what came of it, `after_stop` is said if it is stopped."""

        def done(outcome: T) -> None:
            self._over()
            then(outcome)

        self.began.emit()
        self._after_stop = after_stop
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
        if isinstance(error, Cancelled):
            self._context.toast(self._after_stop)
        else:
            self._said_no(error)

    def _over(self) -> None:
        self.job = None
        self.end()
