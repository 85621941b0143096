"""TroublePage: what is wrong with a vault that does not open, and what can be done about it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from imsa_desk.errors import ImsaError, Refused
from imsa_desk.gui import opening
from imsa_desk.gui.opening import Given
from imsa_desk.gui.pages import PageContext
from imsa_desk.gui.pages.alone import Alone, say_moment, shorten
from imsa_desk.gui.widgets.base import announce
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.layout import Line, column, row
from imsa_desk.gui.widgets.secret import SecretEntry
from imsa_desk.gui.widgets.words import label
from imsa_desk.services import reading, restoring
from imsa_desk.services.backups import BackupInfo
from imsa_desk.services.desk import Desk

_READ = "Look things up as they are. Nothing can be changed, and the vault stays as it is."
_RESTORE = "Go back to how the vault was when a backup was made. What would be lost is shown before."
_NO_BACKUP = "No backup was found beside the vault. You can choose a backup file from somewhere else."
_SALVAGE = "Bring every record that can still be read into a new vault, in a folder of its own."
_NOT_DAMAGED = (
    "Nothing is damaged. As soon as the folder can be written to again, the vault opens as before: look at "
    "its permissions, at the switch of a memory stick, and at the room on the disk, then go back to unlock."
)
_OPENING = "Opening…"
_UNCHANGED = "Nothing was changed"


class TroublePage(Alone):
    """What was found, that nothing was changed, where a copy is kept, and three choices."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context, 720)
        self._args: dict[str, str] = {}
        self._title = label("This vault did not open", "title", wrap=True)
        self._found = label("", wrap=True, measure=78)
        self.kept = label("", "muted", wrap=True, measure=78)
        self.read = Button("Open to read only", "primary")
        self.restore = Button("Restore from a backup…")
        self.salvage = Button("Salvage what is whole…")
        self._restore_words = label(_RESTORE, wrap=True)
        self.entry = SecretEntry(context.ask)
        self.entry.hide()
        self.problem = label("", "alert", wrap=True)
        self.problem.hide()
        self.again = Button("Back to unlock", "link", small=True)
        self.read.clicked.connect(self.open_to_read)
        self.entry.entered.connect(self.open_to_read)
        self.restore.clicked.connect(lambda: self._go("restore"))
        self.salvage.clicked.connect(lambda: self._go("salvage"))
        self.again.clicked.connect(self._leave)
        self._build()

    def _build(self) -> None:
        more = column(
            Line(),
            _choice("Go back to a backup", self._restore_words, self.restore),
            Line(),
            _choice("Save what is left", label(_SALVAGE, wrap=True), self.salvage),
            space=12,
        )
        self._damaged = QWidget()
        self._damaged.setLayout(more)
        choices = column(
            _choice("Look things up", label(_READ, wrap=True), self.read),
            self.entry,
            self.problem,
            self._damaged,
            space=12,
        )
        self.content.addLayout(column(self._title, self._found, self.kept, space=10))
        self.content.addSpacing(14)
        self.content.addWidget(label("What you can do", "strong"))
        self.content.addSpacing(8)
        self.content.addLayout(choices)
        self.content.addSpacing(14)
        self.content.addLayout(row(self.again, None))

    def show_for(self, **args: str) -> None:
        """Show what was found, keep a copy of the files as they are, and look for backups."""
        self._args = args
        known = args.get("code") in (opening.READ_ONLY, opening.CANNOT_WRITE)  # told, and kept, before
        if known:
            self._title.setText("What you can do about this vault")
        if args.get("code") == opening.CANNOT_WRITE:
            self.kept.setText(_NOT_DAMAGED)
            self._damaged.hide()
        self._found.setText(args.get("words", ""))
        self.read.setFocus(Qt.FocusReason.OtherFocusReason)
        folder = self._folder
        if args.get("code") == opening.READ_ONLY:
            self.kept.hide()
        if not known:
            self._say_kept("A copy of the files is being kept…")
            self._context.jobs.run(
                lambda _: reading.keep_copy(folder), owner=self, then=self._copied, otherwise=self._not_copied
            )
        self._context.jobs.run(
            lambda _: restoring.backups_beside(folder),
            owner=self,
            then=self._backups_found,
            otherwise=lambda _: None,  # said on the page that lists them
        )

    def _copied(self, to: Path) -> None:
        self._say_kept(
            f"A copy of the files as they are was kept in {shorten(to)}. It is as encrypted as the vault."
        )
        announce(self, f"{self._found.text()} {self.kept.text()}")

    def _not_copied(self, error: ImsaError) -> None:
        self._say_kept(f"A copy of the files could not be kept: {error.message}")

    def _say_kept(self, words: str) -> None:
        said = _UNCHANGED in self._found.text()
        self.kept.setText(words if said else f"{_UNCHANGED}. {words}")

    def _backups_found(self, found: tuple[BackupInfo, ...]) -> None:
        if found:
            self._restore_words.setText(f"The newest backup is from {say_moment(found[0].made)}. {_RESTORE}")
        else:
            self._restore_words.setText(_NO_BACKUP)

    def _leave(self) -> None:
        self._context.window.use_folder(self._folder)  # it may be writable by now
        self._context.window.show_unlock()

    def _go(self, page_id: str) -> None:
        self._context.window.show_front(page_id, self._given, origin="trouble", **self._args)

    def open_to_read(self) -> None:
        """Open the vault as it is, with what was typed on the unlock page or is typed here."""
        given = self._given
        if given is None:
            if self.entry.isHidden():
                self._ask()
                return
            try:
                given = Given(self.entry.secret(), self.entry.way)
            except Refused as error:
                self.entry.set_error(error.message)
                return
        self._wait(True)
        folder, why, typed = self._folder, self._args.get("words", ""), given
        self._context.jobs.run(
            lambda _: reading.open_to_read(folder, typed.secret, way=typed.way, why=why),
            owner=self,
            then=self._opened,
            otherwise=self._refused,
        )

    def _ask(self) -> None:
        self.entry.show()
        self.entry.focus()

    def _wait(self, busy: bool) -> None:
        self.read.set_words(_OPENING if busy else "Open to read only")
        for part in (self.read, self.restore, self.salvage, self.again):
            part.setEnabled(not busy)
        self.entry.set_busy(busy)

    def _opened(self, desk: Desk) -> None:
        self.entry.clear()
        self._given = None
        self._context.window.vault_opened(desk)

    def _refused(self, error: ImsaError) -> None:
        self._wait(False)
        if error.code in opening.WRONG_SECRET:
            self._given = None
            self._ask()
            self.entry.set_error(error.message)
            return
        self.problem.setText(f"It cannot be opened to read only either. {error.message}")
        self.problem.show()
        announce(self.problem, self.problem.text())
        self.restore.setFocus(Qt.FocusReason.OtherFocusReason)


def _choice(title: str, words: QWidget, button: Button) -> QWidget:
    """Set a choice: what for and one sentence, with its button beside."""
    made = QWidget()
    said = column(label(title, "strong"), words, space=2)
    layout = row(said, button, space=24)
    layout.setStretch(0, 1)
    made.setLayout(layout)
    return made
