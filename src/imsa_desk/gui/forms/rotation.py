"""RotationForm: everything moves to a new key, because somebody may know the passphrase or have the sheet."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from imsa_desk.errors import ImsaError
from imsa_desk.gui import theme
from imsa_desk.gui.forms.key_form import KeyForm
from imsa_desk.gui.forms.sheet_part import SheetPart
from imsa_desk.gui.widgets.heading import Heading, label
from imsa_desk.gui.widgets.layout import column
from imsa_desk.gui.widgets.newpassphrase import NewPassphrase
from imsa_desk.gui.widgets.steps import Steps
from imsa_desk.progress import Progress
from imsa_desk.services import keys, sheets

WHAT_IT_DOES = (
    "Everything in this vault moves to a new key, and the passphrase, recovery sheet and shares that open it "
    "now stop opening it. Copies and backups made before still open with the old ones, so destroy those you "
    "can reach."
)
_AFTERWARDS = (
    "It takes a while, with a backup first; then the vault locks by itself, and only the new passphrase "
    "opens it. Escrow stays with the same two holders; recovery shares are made anew afterwards."
)
_STEPS = ("New passphrase", "New recovery sheet", "New key")


class RotationForm(KeyForm):
    """The new secrets first, both proven; the change itself comes last and is whole or not at all."""

    title = "Someone may know it"
    verb = "Next"
    unchanged = "Nothing was changed: the vault still opens as before"

    def build(self) -> None:
        self.code = self.chosen = ""
        self.moving = False
        self.steps = Steps(_STEPS)
        self.new = NewPassphrase(self.context.jobs)
        self.new.known = keys.known_words(self.context.desk)
        self.new.entered.connect(self._submit)
        self.first_part, self.last_part = QWidget(), QWidget()
        self.first_part.setLayout(
            column(
                label(WHAT_IT_DOES, wrap=True, measure=76),
                label(_AFTERWARDS, "muted", wrap=True, measure=76),
                4,
                self.present_field,
                8,
                Heading("The new passphrase"),
                self.new,
            )
        )
        self.part = SheetPart(self.context)
        self.part.typed.entered.connect(self._submit)
        self.last_part.setLayout(
            column(label("Moving to the new key", "strong"), label(_AFTERWARDS, wrap=True))
        )
        for piece in (self.steps, self.first_part, self.part, self.last_part):
            self.content.addWidget(piece)
        self.part.hide()
        self.last_part.hide()
        self.fields |= self.new.fields
        self.new.begin()

    def submit(self) -> None:
        """Go on to the sheet, or to the change itself."""
        if self.code:
            self._move()
        elif not self.lacks_present():
            self._make()

    def _make(self) -> None:
        found = self.new.problems()
        if found:
            self.show_problems(*found)
            return
        desk, present, new = self.context.desk, self.present.text(), self.new.passphrase

        def work(_: Progress) -> tuple[str, str, sheets.SecretPaper]:
            keys.confirm(desk, present)
            code = keys.new_recovery_code()
            return new, code, sheets.recovery_paper(desk, code)

        self.run("Making the new recovery sheet…", work, self._made, lane="free")

    def _made(self, made: tuple[str, str, sheets.SecretPaper]) -> None:
        self.chosen, self.code, paper = made
        self.fields |= self.part.show_paper(paper)
        self._show(1, self.part, "Move to the new key")
        self.part.paper.print_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show(self, step: int, shown: QWidget, verb: str) -> None:
        self.steps.show_step(step)
        for part in (self.first_part, self.part, self.last_part):
            part.setVisible(part is shown)
        self.go.set_words(verb)

    def _move(self) -> None:
        found = self.part.problems()
        if found:
            self.show_problems(*found)
            return
        desk, present, new, code = self.context.desk, self.present.text(), self.chosen, self.code
        self.moving = True
        self._show(2, self.last_part, "Moving…")
        self.summary.clear(self.fields)
        self.go.setEnabled(False)
        self.leave.hide()
        self.working.begin("Making a backup, then moving everything to the new key…", can_stop=True)
        self.job = self.context.window.close_by(
            lambda progress: keys.rotate(desk, present, new, code, progress),
            progress=self._count,
            otherwise=self._not_moved,
        )
        self.window().setEnabled(True)  # the others stand still meanwhile

    def _count(self, done: int, total: int) -> None:
        if shiboken6.isValid(self.working):  # the window can be closed while it goes on
            self.working.count(done, total)

    def _not_moved(self, error: ImsaError) -> None:
        if not shiboken6.isValid(self):
            self.context.bridge.tell(f"{error.message} {self.unchanged}.", "error")
            return
        self.moving = False
        self.leave.show()
        self._show(1, self.part, "Move to the new key")
        if error.code == "E_PASSPHRASE":
            self._show(0, self.first_part, "Next")
            self.code = ""
        self.refused(error)

    def flush(self) -> None:
        """Forget; while everything moves there is nothing to say yet."""
        if not self.moving:
            super().flush()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the preview out where there is no room beside the words."""
        super().resizeEvent(event)
        self.part.preview.setVisible(self.width() >= theme.px(SheetPart.WIDE))

    def forget(self) -> None:
        super().forget()
        self.code = self.chosen = ""
        self.new.forget()
        self.part.forget()
