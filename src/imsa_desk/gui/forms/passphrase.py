"""PassphraseForm: another passphrase for the same vault."""

from __future__ import annotations

from imsa_desk.gui.forms.key_form import KeyForm
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.heading import Heading
from imsa_desk.gui.widgets.layout import row
from imsa_desk.gui.widgets.newpassphrase import NewPassphrase
from imsa_desk.services import keys
from imsa_desk.vocab import SlotKind

_WITH_SHEET = "I have forgotten it: use my recovery sheet"
_WITH_PASSPHRASE = "Use my present passphrase"


class PassphraseForm(KeyForm):
    """The present passphrase, or the recovery sheet of somebody who forgot it, and the new one."""

    title = "Change passphrase"
    sentence = (
        "From then on only the new one opens this vault. Backups made before still open with the old one."
    )
    verb = "Change passphrase"
    unchanged = "Nothing was changed: the passphrase you have still opens the vault"

    def build(self) -> None:
        self.way = SlotKind.PASSPHRASE
        self.other_way = Button(_WITH_SHEET, "link", small=True)
        self.other_way.clicked.connect(self._change_way)
        self.new = NewPassphrase(self.context.jobs)
        self.new.known = keys.known_words(self.context.desk)
        self.new.entered.connect(self._submit)
        self.fields |= self.new.fields
        self.content.addWidget(self.present_field)
        self.content.addLayout(row(self.other_way, None))
        self.content.addWidget(Heading("The new passphrase"))
        self.content.addWidget(self.new)
        self.new.begin()

    def _change_way(self) -> None:
        with_sheet = self.way is SlotKind.PASSPHRASE
        self.way = SlotKind.RECOVERY if with_sheet else SlotKind.PASSPHRASE
        words = "The nine groups on your recovery sheet" if with_sheet else "Your present passphrase"
        self.present.clear()
        self.present_field.set_error("")
        self.present_field.set_words(words)
        self.other_way.set_words(_WITH_PASSPHRASE if with_sheet else _WITH_SHEET)
        self.present.setFocus()

    def submit(self) -> None:
        """Change it, if the present one is right and the new one was typed twice."""
        if self.lacks_present():
            return
        found = self.new.problems()
        if found:
            self.show_problems(*found)
            return
        desk, present, new, way = self.context.desk, self.present.text(), self.new.passphrase, self.way
        self.run(
            "Changing the passphrase…",
            lambda _: keys.change_passphrase(desk, present, new, way=way),
            lambda _: self.finish("The passphrase is changed. Use the new one from now on"),
        )

    def lacks_present(self) -> bool:
        """Ask for the sheet's groups when those are to open it."""
        if not self.present.text() and self.way is SlotKind.RECOVERY:
            self.wrong_passphrase("Type the groups of your recovery sheet")
            return True
        return super().lacks_present()

    def forget(self) -> None:
        super().forget()
        self.new.forget()
