"""RecoverySheetForm: a new recovery sheet, put in force only once the print was proven readable."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent

from imsa_desk.gui import theme
from imsa_desk.gui.forms.key_form import KeyForm
from imsa_desk.gui.forms.sheet_part import SheetPart
from imsa_desk.gui.widgets.heading import label
from imsa_desk.progress import Progress
from imsa_desk.services import keys, sheets

_WHY = (
    "The sheet is the way in for somebody who has forgotten the passphrase. The sheet you have keeps working "
    "until the new one is in force; then it stops, and you can destroy it."
)


class RecoverySheetForm(KeyForm):
    """First the passphrase, then the paper, typed back."""

    title = "New recovery sheet"
    verb = "Next"
    unchanged = "Nothing was changed: the recovery sheet you have still works"

    def build(self) -> None:
        self.code = ""
        self.why = label(_WHY, wrap=True, measure=76)
        self.part = SheetPart(self.context)
        self.part.typed.entered.connect(self._submit)
        self.part.hide()
        for piece in (self.why, self.present_field, self.part):
            self.content.addWidget(piece)

    def submit(self) -> None:
        """Make the sheet, or put it in force."""
        if self.code:
            self._keep()
        elif not self.lacks_present():
            self._make()

    def _make(self) -> None:
        desk, present = self.context.desk, self.present.text()

        def work(_: Progress) -> tuple[str, sheets.SecretPaper]:
            keys.confirm(desk, present)
            code = keys.new_recovery_code()
            return code, sheets.recovery_paper(desk, code)

        self.run("Making the sheet…", work, self._made, lane="free")

    def _made(self, made: tuple[str, sheets.SecretPaper]) -> None:
        self.code, paper = made
        self.fields |= self.part.show_paper(paper)
        self.why.hide()
        self.present_field.hide()
        self.part.show()
        self.go.set_words("Put it in force")
        self.part.paper.print_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _keep(self) -> None:
        found = self.part.problems()
        if found:
            self.show_problems(*found)
            return
        desk, present, code = self.context.desk, self.present.text(), self.code
        self.run(
            "Putting the sheet in force…",
            lambda _: keys.keep_recovery_code(desk, present, code),
            lambda _: self.finish("The new recovery sheet is in force. Destroy the old one"),
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the preview out where there is no room beside the words."""
        super().resizeEvent(event)
        self.part.preview.setVisible(self.width() >= theme.px(SheetPart.WIDE))

    def forget(self) -> None:
        super().forget()
        self.code = ""
        self.part.forget()
