"""Work off the GUI thread: one lane for the vault, in order, and one for everything else."""

from __future__ import annotations

import itertools
import queue
import sys
import threading
from collections.abc import Callable
from typing import Any, Literal, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal, Slot

from imsa_desk.errors import Cancelled, ImsaError
from imsa_desk.gui.bridge import Bridge
from imsa_desk.progress import Progress

T = TypeVar("T")
Lane = Literal["store", "free"]

_URGENT, _USUAL, _LAST = 0, 1, 2


class Job:
    """One piece of work under way; `cancel` stops it at its next report of progress."""

    def __init__(
        self,
        work: Callable[[Progress], Any],
        owner: QObject,
        then: Callable[[Any], None],
        otherwise: Callable[[ImsaError], None] | None,
        progress: Callable[[int, int], None] | None,
    ) -> None:
        self.work = work
        self.owner: QObject | None = owner
        self.then = then
        self.otherwise = otherwise
        self.progress = progress
        self.outcome: Any = None
        self.error: BaseException | None = None
        self._stop = threading.Event()

    def cancel(self) -> None:
        """Ask the work to stop; it ends as Cancelled, which calls nothing but `otherwise`."""
        self._stop.set()

    @property
    def stopped(self) -> bool:
        """Say whether the person stopped it."""
        return self._stop.is_set()

    @property
    def wanted(self) -> bool:
        """Say whether the owner is still there to be told."""
        return self.owner is not None and shiboken6.isValid(self.owner)


class _Post(QObject):
    """Carries word from the lanes' threads to the GUI thread; never destroyed.

    A thread may still be at work when the window goes, and a signal of an object that is being destroyed
    just then would end the process.
    """

    finished = Signal(object)
    reported = Signal(object, int, int)


_posts: list[_Post] = []
"""One for each window there was; see `_Post`."""


class Jobs(QObject):
    """Runs work and delivers what came of it on the GUI thread; nothing to an owner that has gone."""

    idle = Signal()
    """Sent when nothing is under way any more."""

    def __init__(self, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._order = itertools.count()
        self._lanes: dict[Lane, queue.PriorityQueue[tuple[int, int, Job | None]]] = {}
        self._under_way: set[Job] = set()
        self._post = _Post()
        _posts.append(self._post)
        self._post.finished.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._post.reported.connect(self._report, Qt.ConnectionType.QueuedConnection)

    @property
    def busy(self) -> bool:
        """Say whether anything is under way."""
        return bool(self._under_way)

    def run(
        self,
        work: Callable[[Progress], T],
        *,
        owner: QObject,
        then: Callable[[T], None],
        otherwise: Callable[[ImsaError], None] | None = None,
        lane: Lane = "store",
        progress: Callable[[int, int], None] | None = None,
        urgent: bool = False,
    ) -> Job:
        """Run `work(progress)` on a lane, then call `then(result)` on the GUI thread.

        Refused, Broken and Cancelled go to `otherwise`, or without one are told to the person (Cancelled is
        not). Anything else is a bug and goes to the exception hook. `urgent` goes before what waits: drafts.
        """
        job = Job(work, owner, then, otherwise, progress)
        self._under_way.add(job)
        self._lane(lane).put((_URGENT if urgent else _USUAL, next(self._order), job))
        return job

    def _lane(self, name: Lane) -> queue.PriorityQueue[tuple[int, int, Job | None]]:
        if name not in self._lanes:
            self._lanes[name] = queue.PriorityQueue()
            args = (self._lanes[name], self._post)
            threading.Thread(target=_work, args=args, name=name, daemon=True).start()
        return self._lanes[name]

    @Slot(object, int, int)
    def _report(self, job: Job, done: int, total: int) -> None:
        if job.wanted and job.progress is not None and not job.stopped:
            job.progress(done, total)

    @Slot(object)
    def _deliver(self, job: Job) -> None:
        self._under_way.discard(job)
        error, outcome = job.error, job.outcome
        job.error = job.outcome = None
        try:
            if error is None:
                if job.wanted:
                    job.then(outcome)
            elif isinstance(error, ImsaError):
                self._refuse(job, error)
            else:
                self._bridge.tell("Something went wrong in the program. What you saved is safe.", "error")
                sys.excepthook(type(error), error, error.__traceback__)
        finally:
            job.owner = None
            if not self._under_way:
                self.idle.emit()

    def _refuse(self, job: Job, error: ImsaError) -> None:
        if not job.wanted:
            return
        if job.otherwise is not None:
            job.otherwise(error)
        elif not isinstance(error, Cancelled):
            self._bridge.tell(error.message, "error")

    def close(self) -> None:
        """Let each lane finish what waits and end."""
        for lane in self._lanes.values():
            lane.put((_LAST, next(self._order), None))
        self._lanes.clear()


def _work(lane: queue.PriorityQueue[tuple[int, int, Job | None]], post: _Post) -> None:
    """Take one job after another; runs on the lane's own thread."""
    while (job := lane.get()[2]) is not None:
        try:
            job.outcome = job.work(_progress_of(job, post))
        except BaseException as error:
            job.error = error
        post.finished.emit(job)
        del job


def _progress_of(job: Job, post: _Post) -> Progress:
    def report(done: int, total: int) -> None:
        if job.stopped:
            raise Cancelled
        if job.progress is not None:
            post.reported.emit(job, done, total)

    return report
