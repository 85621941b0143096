"""HerePart: which folder this vault is, what it holds, and a check of all of it."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from imsa_desk.errors import Cancelled, ImsaError
from imsa_desk.gui.jobs import Job
from imsa_desk.gui.models import say
from imsa_desk.gui.pages import PageContext
from imsa_desk.gui.pages.vault_words import VaultState
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.heading import label
from imsa_desk.gui.widgets.layout import column, row
from imsa_desk.gui.widgets.state_line import StateLine
from imsa_desk.gui.widgets.working import Working
from imsa_desk.services import checking
from imsa_desk.services.checking import CheckReport

_PRACTICE = "A practice vault: everybody in it is invented."
_REAL = "Encrypted. Nothing in it leaves this computer until you send it."
_LOOKED_AT = "Every page, link, document and seal was checked"
_SHOWN = 3


class HerePart(QWidget):
    """Facts of the vault, and whether it is whole."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._job: Job | None = None
        self._lines = label("", "meta", wrap=True)
        self.check = Button("Check this vault now", "plain", small=True)
        self.check.clicked.connect(self.check_now)
        self.working = Working()
        self.working.stopped.connect(self.stop)
        self.result = StateLine()
        self.result.hide()
        where = label(_breakable(str(context.desk.folder)), "small", wrap=True, selectable=True)
        where.setAccessibleName(f"Folder: {context.desk.folder}")
        parts = (
            label("This vault", "strong"),
            label(_PRACTICE if context.practice else _REAL, "meta", wrap=True),
            where,
            self._lines,
            4,
            row(self.check, None),
            self.working,
            self.result,
        )
        self.setLayout(column(*parts, space=6))

    def show_state(self, state: VaultState) -> None:
        """Show how much it holds."""
        self._lines.setText(f"{say.counted(state.lines, 'journal line')}.")

    def check_now(self) -> None:
        """Check all of it; others have their turn between the parts."""
        if self._job is not None:
            return
        desk = self._context.desk
        self.result.hide()
        self.working.begin("Checking the vault… You can go on working.")
        self._job = self._context.jobs.run(
            lambda progress: checking.check_open(desk, progress),
            owner=self,
            then=self._checked,
            otherwise=self._failed,
            lane="free",
            progress=self.working.count,
        )

    def _checked(self, report: CheckReport) -> None:
        self._end()
        if report.ok:
            self.result.show_words(
                f"{_LOOKED_AT} at {say.clock(self._context.desk.now())}: nothing is wrong.", "good"
            )
            return
        found = say.counted(len(report.problems), "thing is wrong", "things are wrong")
        told = " ".join(report.problems[:_SHOWN])
        words = f"{found}. Make no changes; lock, and restore from a backup on the unlock page. {told}"
        self.result.show_words(words, "alert")

    def _failed(self, error: ImsaError) -> None:
        self._end()
        stopped = isinstance(error, Cancelled)
        self.result.show_words("Stopped." if stopped else error.message, "info" if stopped else "alert")

    def _end(self) -> None:
        self._job = None
        self.working.end()

    def stop(self) -> None:
        """Stop a check that is under way."""
        if self._job is not None:
            self._job.cancel()


def _breakable(path: str) -> str:
    """Let a long path go over several lines after each of its separators."""
    return path.replace("/", "/\u200b").replace("\\", "\\\u200b")
