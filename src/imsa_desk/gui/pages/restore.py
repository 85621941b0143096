"""RestorePage: which backup, what would be lost, and only then back to it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from imsa_desk.errors import Cancelled, ImsaError, Refused
from imsa_desk.gui import opening
from imsa_desk.gui.opening import Given
from imsa_desk.gui.pages import PageContext
from imsa_desk.gui.pages.alone import Alone, say_moment, shorten
from imsa_desk.gui.pages.restore_list import BackupList
from imsa_desk.gui.widgets.base import announce
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.fields import Field, TextLine
from imsa_desk.gui.widgets.layout import Part, column, row
from imsa_desk.gui.widgets.secret import SecretEntry
from imsa_desk.gui.widgets.words import label
from imsa_desk.gui.widgets.working import Working
from imsa_desk.progress import Progress
from imsa_desk.services import restoring
from imsa_desk.services.restoring import Restored, RestorePreview

_WORD = "restore"
_SECRET_HELP = "What opens the vault today; if that does not do it, what opened it when the backup was made."
_INTO_NEW = "The vault is made anew from the backup, in {folder}."
_GO_BACK = "The vault goes back to how it was when the backup was made. You see what would be lost first."


class RestorePage(Alone):
    """First which backup and what opens it, then what would be lost, then the work itself."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self._args: dict[str, str] = {}
        self._preview: RestorePreview | None = None
        self._steps = [self._which(), self._lost(), self._under_way()]
        for step in self._steps:
            self.content.addWidget(step)
        self._show(0)

    def show_for(self, **args: str) -> None:
        """Look for backups beside the vault; `origin` is the page to go back to."""
        self._args = args
        new = args.get("origin") == "first_run"
        into = _INTO_NEW.format(folder=shorten(self._folder))
        self._sentence.setText(into if new else _GO_BACK)
        self.backups.say("Looking for backups beside the vault…")
        self._show_entry(self._given is None)
        folder = self._folder
        self._context.jobs.run(
            lambda _: restoring.backups_beside(folder),
            owner=self,
            then=self.backups.show_backups,
            otherwise=lambda error: self.backups.say(error.message),
        )

    def _show(self, number: int) -> None:
        for at, step in enumerate(self._steps):
            step.setVisible(at == number)

    # --- which backup ------------------------------------------------------------

    def _which(self) -> QWidget:
        self._sentence = label("", wrap=True, measure=72)
        self.backups = BackupList(self._context.ask)
        self.entry = SecretEntry(self._context.ask)
        self._entry_title = label("What opens it", "strong")
        self._entry_words = label(_SECRET_HELP, "meta", wrap=True)
        self.problem = label("", "alert", wrap=True)
        self.problem.hide()
        self.look = Button("See what would be lost", "primary")
        back = Button("Back", "quiet")
        self.entry.entered.connect(self.see)
        self.look.clicked.connect(self.see)
        back.clicked.connect(self._back)
        return _step(
            label("Restore from a backup", "title"),
            self._sentence,
            8,
            label("Which backup", "strong"),
            self.backups,
            8,
            self._entry_title,
            self._entry_words,
            self.entry,
            self.problem,
            8,
            row(self.look, back, None),
        )

    def _wrong(self, words: str) -> None:
        self.problem.setText(words)
        self.problem.setVisible(bool(words))
        if words:
            announce(self.problem, words)

    def see(self) -> None:
        """Look what would be lost; nothing is changed by it."""
        self._wrong("")
        wanted = self.backups.file
        if wanted is None:
            self._wrong("Choose a backup")
            self.backups.choose.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        given = self._given
        if given is None:
            try:
                given = Given(self.entry.secret(), self.entry.way)
            except Refused as error:
                self.entry.set_error(error.message)
                return
        self._wait(True)
        self.entry.set_error("")
        file, folder, typed = wanted, self._folder, given

        def seen(preview: RestorePreview) -> None:
            self._wait(False)
            self._given = typed
            self._say_lost(preview)

        self._context.jobs.run(
            lambda _: restoring.preview(file, folder, typed.secret, typed.way),
            owner=self,
            then=seen,
            otherwise=self._not_seen,
        )

    def _show_entry(self, shown: bool) -> None:
        for part in (self._entry_title, self._entry_words, self.entry):
            part.setVisible(shown)

    def _wait(self, busy: bool) -> None:
        self.look.set_words("Looking…" if busy else "See what would be lost")
        self.look.setEnabled(not busy)
        self.entry.set_busy(busy)

    def _not_seen(self, error: ImsaError) -> None:
        self._wait(False)
        if error.code in opening.WRONG_SECRET:
            self._given = None
            self._show_entry(True)
            self.entry.set_error(error.message)
        else:
            self._wrong(error.message)

    # --- what would be lost ------------------------------------------------------------

    def _lost(self) -> QWidget:
        self._lost_title = label("", "title", wrap=True)
        self._lost_words = label("", wrap=True, measure=72)
        self._lines = label("", wrap=True, selectable=True)
        self._other_key = label(
            "The backup is from before the passphrase was last changed or the vault got a new key. "
            "Once it is restored, the vault opens with the secrets of that day.",
            "caution",
            wrap=True,
        )
        self.word = TextLine(width=16)
        self.word_field = Field(
            f"Type “{_WORD}” to go on",
            self.word,
            help="Desk cannot put it back afterwards. The files as they are now are kept beside the vault.",
            stretch=False,
        )
        self.go = Button("", "primary")
        other = Button("Choose another backup", "quiet")
        self.word.textChanged.connect(lambda _: self._look_whether_sure())
        self.word.returnPressed.connect(self.go.click)
        self.go.clicked.connect(self.restore)
        other.clicked.connect(lambda: self._show(0))
        return _step(
            self._lost_title,
            self._lost_words,
            self._lines,
            self._other_key,
            8,
            self.word_field,
            8,
            row(self.go, other, None),
        )

    def _say_lost(self, preview: RestorePreview) -> None:
        self._preview = preview
        nothing = preview.lost_lines == 0 or (preview.newest is None and self._is_new)
        self._lost_title.setText(f"The backup from {say_moment(preview.made)}")
        self._lost_words.setText(self._say_what(preview, nothing))
        self._lines.setText("\n".join(f"•  {line}" for line in preview.lost))
        self._lines.setVisible(bool(preview.lost))
        self._other_key.setVisible(preview.other_key)
        self.word.clear()
        self.word_field.setVisible(not nothing)
        self.go.set_words(_consequence(preview, nothing))
        self._look_whether_sure()
        self._show(1)
        first = self.go if nothing else self.word
        first.setFocus(Qt.FocusReason.OtherFocusReason)
        announce(self, f"{self._lost_words.text()} {' '.join(preview.lost)}")

    @property
    def _is_new(self) -> bool:
        return self._args.get("origin") == "first_run"

    def _say_what(self, preview: RestorePreview, nothing: bool) -> str:
        if self._is_new:
            return _INTO_NEW.format(folder=shorten(self._folder))
        if nothing:
            return "Nothing would be lost: everything in the vault is in this backup too."
        if preview.lost_lines is None:
            return (
                "The vault cannot be read, so Desk cannot say what was written after this backup. "
                "All of that would be lost."
            )
        return "This was written after the backup, and is lost if you restore it:"

    def _look_whether_sure(self) -> None:
        sure = self.word_field.isHidden() or self.word.text().strip().lower() == _WORD
        self.go.setEnabled(sure)

    # --- the work ------------------------------------------------------------

    def _under_way(self) -> QWidget:
        self._working_title = label("Restoring…", "title")
        self.working = Working()
        self.working.stopped.connect(self._stop)
        return _step(self._working_title, self.working)

    def restore(self) -> None:
        """Go back to the backup; one rename at the very end makes it count."""
        given, file, folder = self._given, self.backups.file, self._folder
        if given is None or file is None or not self.go.isEnabled():
            return
        self._show(2)
        self.working.begin("Copying and checking the backup. The vault stays as it is until the end.")

        def work(progress: Progress) -> Restored:
            return restoring.restore(file, folder, given.secret, progress, given.way)

        self._job = self._context.jobs.run(
            work,
            owner=self,
            then=self._restored,
            otherwise=self._not_restored,
            progress=self.working.count,
        )

    def _stop(self) -> None:
        self._job.cancel()

    def _restored(self, done: Restored) -> None:
        self._given = None
        made = say_moment(self._preview.made) if self._preview is not None else ""
        kept = f" The files from before are kept in {shorten(done.kept)}." if done.kept is not None else ""
        refused = self._context.window.use_folder(self._folder)
        self._context.window.show_unlock(refused or f"Restored from the backup of {made}.{kept}")

    def _not_restored(self, error: ImsaError) -> None:
        self.working.end()
        self._show(0)
        stopped = isinstance(error, Cancelled)
        self._wrong("Stopped. The vault is as it was." if stopped else error.message)
        self.look.setFocus(Qt.FocusReason.OtherFocusReason)

    def _back(self) -> None:
        rest = {key: value for key, value in self._args.items() if key != "origin"}
        match self._args.get("origin"):
            case "trouble":
                self._context.window.show_front("trouble", self._given, **rest)
            case "first_run":
                self._context.window.show_front("first_run")
            case _:
                self._context.window.show_unlock()


def _consequence(preview: RestorePreview, nothing: bool) -> str:
    if nothing:
        return "Restore this backup"
    if preview.lost_lines is None:
        return "Restore and lose what came after"
    if len(preview.lost) == 1:
        return "Restore and lose this"
    return "Restore and lose all of this"


def _step(*parts: Part) -> QWidget:
    made = QWidget()
    made.setLayout(column(*parts, space=8))
    return made
