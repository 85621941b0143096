"""Closing the window of an open vault: drafts are stored, a backup is made if one is due, then it closes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from imsa_desk.errors import Cancelled, ImsaError
from imsa_desk.gui.pages.closing import ClosingPage
from imsa_desk.progress import Progress
from imsa_desk.services import backups, vaults
from imsa_desk.services.backups import BackupInfo, BackupState
from imsa_desk.vocab import BackupWhy

if TYPE_CHECKING:
    from imsa_desk.gui.jobs import Job, Lane
    from imsa_desk.gui.main_window import MainWindow
    from imsa_desk.gui.pages import PageContext

_PATIENCE = 1_500
"""Milliseconds for a backup to stop; after that it is left, and cleared away by the next one."""

# Everything is done on the vault's own lane, after the drafts: what waits on the other one keeps nobody here.
# A daily backup that is under way there was stopped, and the verb itself waits for its end.


class Quitting(QObject):
    """Closes once; whatever goes wrong with the backup is told and keeps nobody here."""

    def __init__(self, window: MainWindow, context: PageContext, end: Callable[[], None]) -> None:
        super().__init__(window)
        self._window, self._context, self._end = window, context, end
        self._job: Job | None = None
        self._closing = self._shut = False
        self.ended = False
        """Whether the vault is closed: the window may go now, and Qt asks it to before the program ends."""
        self.page = ClosingPage()
        self.page.left.connect(self.close_without)
        self.page.again.connect(self._back_up)

    def begin(self) -> None:
        """Store what was typed, and see whether anything changed since the last backup."""
        self._window.leaving.stop_work()
        opened, desk = self._window.opened, self._context.desk
        if opened is not None:
            opened.editors.hide_all()  # not closed: one may still have something to store
            opened.frame.hide()
        self._window.stand_alone(self.page)
        if desk.read_only:
            self._close()
            return
        self._context.jobs.run(
            lambda _: backups.state(desk), owner=self, then=self._looked, otherwise=lambda _: self._back_up()
        )

    def _looked(self, now: BackupState) -> None:
        if self._closing:
            return
        if now.changed_since:
            self._back_up()
        else:
            self._close()

    def _back_up(self) -> None:
        desk = self._context.desk
        self.page.show_working()

        def work(progress: Progress) -> BackupInfo:
            return backups.make_backup(desk, BackupWhy.CLOSE, progress)

        self._job = self._context.jobs.run(
            work,
            owner=self,
            then=lambda _: self._close(),
            otherwise=self._not_made,
            progress=self.page.reached,
        )

    def _not_made(self, error: ImsaError) -> None:
        self._job = None
        if isinstance(error, Cancelled) or self._closing:
            self._close()
        else:
            self.page.show_failure(error.message)

    def close_without(self) -> None:
        """Stop the backup, or wait for it no longer, and close."""
        if self._closing:
            return
        if self._job is None:
            self._close()
            return
        self._closing = True
        self.page.show_stopping()
        self._job.cancel()  # and `_not_made` closes, or `_close` when it was finished all the same
        # A check of many pages does not stop in between: then its lane is not waited for.
        QTimer.singleShot(_PATIENCE, self, lambda: self._close("free"))

    def _close(self, lane: Lane = "store") -> None:
        if self._shut:
            return
        desk = self._context.desk
        self._closing = self._shut = True
        self.page.show_closing()
        self._context.jobs.run(
            lambda _: vaults.lock(desk),
            owner=self,
            then=lambda _: self._leave(),
            otherwise=lambda error: self._leave(),  # the database is closed in any case, and all is stored
            lane=lane,
        )

    def _leave(self) -> None:
        self.ended = True
        self._end()
