"""What the window sees to while a vault is open: backups when they are due, and whether all is whole."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from imsa_desk.domain.dates import say_when
from imsa_desk.errors import Cancelled, ImsaError
from imsa_desk.gui.welcome import Welcome
from imsa_desk.progress import Progress
from imsa_desk.services import backups
from imsa_desk.services.backups import BackupInfo, BackupState
from imsa_desk.services.forgetting import Turned, look_after
from imsa_desk.services.looking_over import look_over
from imsa_desk.services.vaults import rest as desk_rests
from imsa_desk.vocab import BackupWhy, Kind

if TYPE_CHECKING:
    from imsa_desk.gui.jobs import Job
    from imsa_desk.gui.main_window import MainWindow
    from imsa_desk.gui.opening import Given
    from imsa_desk.gui.pages import PageContext

BACKUP, BACKUP_STATE, HANDED = "backup", "backup-state", "handed"
_TICKS_AN_HOUR = 60
_RESTS_AFTER_S = 60
_OLD = timedelta(days=7)
_CHECK_AFTER, _LOOK_AFTER = 1_500, 10_000
"""Milliseconds after opening: whoever opens a vault wants to look something up first."""


class Upkeep(QObject):
    """Belongs to a window for as long as its vault is open; `tick` is called once a minute."""

    def __init__(self, window: MainWindow, context: PageContext) -> None:
        super().__init__(window)
        self._window, self._context = window, context
        self._welcome = Welcome(window, context)
        self._backup: Job | None = None
        self._check: Job | None = None
        self._ticks = 0
        self._said = ""
        self._ended = False
        self._day: date | None = None

    def begin(self, given: Given | None) -> None:
        """Say what somebody should know who opens this vault, then look after it."""
        self._welcome.begin(given)
        if not self._context.desk.read_only:
            QTimer.singleShot(_CHECK_AFTER, self, self.check)
            QTimer.singleShot(_LOOK_AFTER, self, self.look)
            QTimer.singleShot(_CHECK_AFTER, self, self.turn)

    def end(self) -> None:
        """Stop what is under way: the vault is about to close."""
        self._ended = True
        for job in (self._backup, self._check):
            if job is not None:
                job.cancel()
        self._welcome.end()

    def go_on(self) -> None:
        """Look after it again, because the vault could not be closed."""
        self._ended = False

    def tick(self) -> None:
        """Look after the backups once an hour, and fold the log in while nobody is typing."""
        self._ticks += 1
        if self._context.desk.read_only or self._ended:
            return
        if self._window.watch.idle_seconds >= _RESTS_AFTER_S:
            self._rest()
        if self._ticks % _TICKS_AN_HOUR == 0:
            self.look()
            self.turn()

    def _rest(self) -> None:
        """Leave as little as possible in the log: a laptop that is left alone may lose its power."""
        desk = self._context.desk
        self._context.jobs.run(
            lambda _: desk_rests(desk), owner=self, then=lambda _: None, otherwise=lambda _: None
        )

    # --- cases given for a time ------------------------------------------------------------

    def turn(self) -> None:
        """Close what was given for a time that has ended, once a day, and say what became of it."""
        desk = self._context.desk
        if self._ended or self._day == desk.today():
            return
        self._day = desk.today()
        self._context.jobs.run(lambda _: look_after(desk), owner=self, then=self._turned)

    def _turned(self, found: Turned) -> None:
        if self._ended:
            return
        self._context.bridge.announce_change(tuple(Kind) if found.forgotten else (Kind.ASSIGNMENT,))
        if found.words:
            self._window.notice(HANDED, " ".join(found.words), "info")

    # --- backups ------------------------------------------------------------

    def look(self) -> None:
        """Make a backup if one is due, and say so where backups need somebody."""
        desk = self._context.desk
        if self._ended:
            return

        def work(_: object) -> tuple[bool, BackupState]:
            return backups.due(desk, desk.now()), backups.state(desk)

        self._context.jobs.run(work, owner=self, then=self._looked)

    def _looked(self, found: tuple[bool, BackupState]) -> None:
        due, now = found
        if self._ended:
            return
        if due and self._backup is None:
            self._back_up()
        else:
            self._say(now)

    def _back_up(self) -> None:
        desk = self._context.desk

        def work(progress: Progress) -> BackupInfo:
            return backups.make_backup(desk, BackupWhy.DAILY, progress)

        self._backup = self._context.jobs.run(
            work, owner=self, then=self._made, otherwise=self._failed, progress=_quietly, lane="free"
        )

    def _made(self, _: BackupInfo) -> None:
        self._backup = None
        self._window.drop_notice(BACKUP)
        desk = self._context.desk
        if not self._ended:
            self._context.jobs.run(lambda _: backups.state(desk), owner=self, then=self._say)

    def _failed(self, error: ImsaError) -> None:
        self._backup = None
        if not isinstance(error, Cancelled) and not self._ended:
            words = f"Today’s backup was not made. {error.message} Desk tries again in an hour."
            self._window.notice(BACKUP, words, "caution", verb="Backups", run=self._open_vault_page)

    def _say(self, now: BackupState) -> None:
        """Say what about the backups needs somebody; nothing while all is well."""
        words = attention(now, self._context.desk.now())
        if self._context.practice or words == self._said:
            return  # also where the person has closed it since
        self._said = words
        self._window.drop_notice(BACKUP_STATE)
        if words:
            self._window.notice(BACKUP_STATE, words, "info", verb="Backups", run=self._open_vault_page)

    def _open_vault_page(self) -> None:
        self._window.open("vault")

    # --- whether all is whole ------------------------------------------------------------

    def check(self) -> None:
        """Look over the open vault a little at a time, so that nobody waits for it."""
        desk = self._context.desk
        if self._ended:
            return
        self._check = self._context.jobs.run(
            lambda progress: look_over(desk, progress),
            owner=self,
            then=self._checked,
            otherwise=self._not_checked,
            progress=_quietly,
            lane="free",  # its turns with the store are short, and the daily backup waits for it
        )

    def _not_checked(self, error: ImsaError) -> None:
        self._check = None
        if not isinstance(error, Cancelled) and not self._ended:
            self._damaged(error.message, error.code)

    def _checked(self, damaged: tuple[str, ...]) -> None:
        self._check = None
        if damaged and not self._ended:
            self._damaged(f"Damaged: {', '.join(damaged[:4])}.", "E_DATABASE")

    def _damaged(self, found: str, code: str) -> None:
        words = f"A check after opening found damage in the vault’s files. {found}"
        self._window.leave_for("trouble", close=False, code=code, words=words)


def _quietly(_done: int, _total: int) -> None:
    """Have a job look whether it was stopped; how far it is interests nobody."""


def attention(now: BackupState, moment: datetime) -> str:
    """Say in words what about the backups needs somebody, "" while all is well."""
    if now.last_verified is None:
        if now.changed_since:
            return "No backup of this vault was made yet. One is made when Desk is closed."
        return ""
    if moment - now.last_verified > _OLD and now.changed_since:
        return f"The last backup is from {_day(now.last_verified, moment)}."
    if now.remind_second and now.second_place is None:
        return "All backups are on this computer. Choose a second place for them, such as a memory stick."
    if now.remind_second and now.second_verified is None:
        return "No backup has reached the second place yet. Connect it, and one is copied there."
    if now.remind_second and now.second_verified is not None:
        when = _day(now.second_verified, moment)
        return f"The second place last got a backup on {when}. Connect it, and one is copied there."
    return ""


def _day(then: datetime, moment: datetime) -> str:
    return say_when(then, moment.astimezone().date())
