"""BackupPart: how far the backups reach, and what can be done about them."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from imsa_desk.errors import Cancelled, ImsaError
from imsa_desk.gui.jobs import Job
from imsa_desk.gui.pages import PageContext
from imsa_desk.gui.pages.vault_words import (
    VaultState,
    backup_rows,
    backup_words,
    drill_words,
    place_name,
)
from imsa_desk.gui.paint import Tone
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.heading import Heading, label
from imsa_desk.gui.widgets.layout import OVERHANG, column, overhang, row
from imsa_desk.gui.widgets.rows import RowList
from imsa_desk.gui.widgets.state_line import StateLine
from imsa_desk.gui.widgets.working import Working
from imsa_desk.services import backups
from imsa_desk.services.backups import BackupInfo, DrillReport
from imsa_desk.vocab import BackupWhy

_SHOWN = 4
_CHOOSE = "Choose a second place…"
_RESTORING = "To go back to a backup the vault has to be closed, so that is done before unlocking."


class BackupPart(QWidget):
    """Begins with one line of state; `changed` when the page should ask again."""

    changed = Signal()

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._job: Job | None = None
        self._all = False
        self._state: VaultState | None = None
        self.heading = Heading("Backups")
        self.line = StateLine()
        self.make = Button("Make a backup now", "primary", icon="backup")
        self.place = Button(_CHOOSE, "plain")
        self.forget = Button("Forget it", "quiet")
        self.drill = Button("Try a restore", "plain")
        self.working = Working()
        self.result = StateLine()
        self.drilled = label("", "meta", wrap=True)
        self.list_title = Heading("Backups there are")
        self.files = RowList("Backups there are")
        self.more = Button("", "link", small=True)
        self.restore = Button("Lock, and go there", "link", small=True)
        self._build()
        self._connect()

    def _build(self) -> None:
        self.result.hide()
        self.restoring = label(_RESTORING, "meta", wrap=True)
        parts = (
            self.heading,
            self.line,
            row(self.make, self.place, None),
            row(self.drill, self.forget, None),
            self.working,
            self.result,
            self.drilled,
            8,
            self.list_title,
            overhang(self.files),
            row(self.more, None),
            row(self.restoring),
            row(self.restore, None),
        )
        self.setLayout(column(*parts, space=8, margins=(OVERHANG, 0, OVERHANG, 0)))

    def _connect(self) -> None:
        self.make.clicked.connect(self.make_backup)
        self.drill.clicked.connect(self.try_restore)
        self.place.clicked.connect(self.choose_place)
        self.forget.clicked.connect(self.forget_place)
        self.working.stopped.connect(self._stop)
        self.more.clicked.connect(self._show_all)
        self.restore.clicked.connect(lambda: self._context.window.leave_for("restore"))

    def show_state(self, state: VaultState) -> None:
        """Show how the backups stand."""
        self._state = state
        today = self._context.desk.today()
        tone, words = backup_words(state.backups, today)
        if state.backups.changed_since and state.backups.last_verified is not None:
            words += " Something was changed since."
        self.line.show_words(words, tone)
        place = place_name(state.backups)
        self.place.set_words("Choose another second place…" if place else _CHOOSE)
        self.forget.set_words(f"Forget {place}")
        self.forget.setVisible(bool(place))
        self.drill.setVisible(bool(state.files))
        self.drilled.setVisible(bool(state.files))
        self.drilled.setText(drill_words(state.backups, today))
        writes = not self._context.desk.read_only
        for verb in (self.make, self.place, self.forget, self.drill):
            verb.setEnabled(writes)
        self._show_files(state)

    def _show_files(self, state: VaultState) -> None:
        rows = backup_rows(state.files, place_name(state.backups), self._context.desk.today())
        shown = rows if self._all else rows[:_SHOWN]
        self.files.show_rows(shown)
        parts: tuple[QWidget, ...] = (self.list_title, self.files, self.restoring, self.restore)
        for part in parts:
            part.setVisible(bool(rows))
        self.more.setVisible(len(shown) < len(rows))
        self.more.set_words(f"Show all {len(rows)}")

    def _show_all(self) -> None:
        self._all = True
        if self._state is not None:
            self._show_files(self._state)
        self.files.setFocus()

    # --- verbs ---

    @property
    def busy(self) -> bool:
        """Say whether a backup or a trial is under way."""
        return self._job is not None

    def make_backup(self) -> None:
        """Make one now, on the second lane: drafts are stored meanwhile."""
        if self.busy:
            return
        desk = self._context.desk
        self._begin("Making a backup… You can go on working.")
        self._job = self._context.jobs.run(
            lambda progress: backups.make_backup(desk, BackupWhy.ASKED, progress),
            owner=self,
            then=self._made,
            otherwise=self._failed,
            lane="free",
            progress=self.working.count,
        )

    def _made(self, made: BackupInfo) -> None:
        self._end()
        self.result.show_words("The backup was made and read back: it is whole.", "good")
        self.changed.emit()

    def try_restore(self) -> None:
        """Restore the newest backup into a place that is thrown away, and compare."""
        if self.busy:
            return
        desk = self._context.desk
        self._begin("Trying a restore in a place that is thrown away again… You can go on working.")
        self._job = self._context.jobs.run(
            lambda progress: backups.drill(desk, None, progress),
            owner=self,
            then=self._drilled,
            otherwise=self._failed,
            lane="free",
            progress=self.working.count,
        )

    def _drilled(self, report: DrillReport) -> None:
        self._end()
        self.result.show_words(*drill_result(report))
        self.changed.emit()

    def choose_place(self) -> None:
        """Choose where a second copy of each backup goes."""
        folder = self._context.ask.folder(self, "Choose a folder on a USB stick or another disk")
        if folder is not None:
            self._set_place(folder, f"Each backup goes to {folder.name or folder} too, whenever it is there")

    def forget_place(self) -> None:
        """Keep backups on this laptop only; copies that are there stay."""
        place = "" if self._state is None else place_name(self._state.backups)
        words = "Backups stay on this laptop only. What lies there already is left as it is."
        if self._context.ask.confirm(self, f"Forget {place}?", words, "Forget it"):
            self._set_place(None, f"{place} is forgotten. What lies there stays")

    def _set_place(self, folder: Path | None, words: str) -> None:
        desk = self._context.desk

        def done(_: object) -> None:
            self.result.hide()
            self._context.toast(words)
            self.changed.emit()

        self._context.jobs.run(
            lambda _: backups.set_second_place(desk, folder), owner=self, then=done, otherwise=self._failed
        )

    def _begin(self, words: str) -> None:
        self.result.hide()
        self.working.begin(words)

    def _end(self) -> None:
        self._job = None
        self.working.end()

    def _stop(self) -> None:
        if self._job is not None:
            self._job.cancel()

    def _failed(self, error: ImsaError) -> None:
        self._end()
        stopped = isinstance(error, Cancelled)
        self.result.show_words(
            "Stopped. Nothing was kept of it." if stopped else error.message, "info" if stopped else "alert"
        )

    def stop(self) -> None:
        """Stop what is under way: the vault is about to lock."""
        self._stop()


def drill_result(report: DrillReport) -> tuple[str, Tone]:
    """Say what came of a trial, and how it is to be taken."""
    if report.ok:
        words = (
            f"The backup {report.file.name} opens: {report.records:,} records and {report.lines:,} journal "
            "lines, all as they were when it was made."
        )
        return words, "good"
    return (
        f"The backup {report.file.name} is not whole. Make a new one now. {' '.join(report.problems[:3])}",
        "alert",
    )
