"""NewPassphraseForm: a passphrase for somebody who got in by another way, offered as soon as they are in."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from imsa_desk.errors import ImsaError, Problem, Refused
from imsa_desk.gui import opening
from imsa_desk.gui.forms.key_form import KeyForm
from imsa_desk.gui.opening import Given
from imsa_desk.gui.widgets.newpassphrase import NewPassphrase
from imsa_desk.gui.widgets.secret import SecretEntry
from imsa_desk.services import keys
from imsa_desk.vocab import SlotKind

NOTICE = "new-passphrase"


class NewPassphraseForm(KeyForm):
    """What opened the vault sets the new passphrase too; it is forgotten when the window closes."""

    title = "Set a new passphrase"
    sentence = (
        "From then on the new one opens this vault, and the forgotten one no longer does. The other ways in "
        "stay as they are."
    )
    verb = "Set passphrase"
    unchanged = "The passphrase is as it was. You can set a new one as long as the notice is shown"

    def build(self) -> None:
        self._given: Given | None = None
        self.entry = SecretEntry(self.context.ask, SlotKind.RECOVERY)
        self.entry.offer(kind for kind in SlotKind if kind is not SlotKind.PASSPHRASE)
        self.entry.hide()
        self.new = NewPassphrase(self.context.jobs)
        self.new.known = keys.known_words(self.context.desk)
        self.new.entered.connect(self._submit)
        self.fields = dict(self.new.fields)
        self.leave.set_words("Later")
        self.content.addWidget(self.entry)
        self.content.addWidget(self.new)
        self.new.begin()

    def take(self, given: Given) -> None:
        """Take what the vault was opened with, so that it need not be typed again."""
        self._given = given
        self.entry.hide()

    def show_for(self, **args: str) -> None:
        """Begin; without a secret at hand it is asked for."""
        self.entry.setVisible(self._given is None)
        if args.get("way") in [str(kind) for kind in SlotKind]:
            self.entry.choose(SlotKind(args["way"]))
        super().show_for(**args)

    def first(self) -> QWidget:
        return self.new.repeat

    def submit(self) -> None:
        """Set it, if it was typed twice."""
        found = self.new.problems()
        if found:
            self.show_problems(*found)
            return
        try:
            given = self._given or Given(self.entry.secret(), self.entry.way)
        except Refused as error:
            self.entry.set_error(error.message)
            return
        desk, new = self.context.desk, self.new.passphrase
        self.run(
            "Setting the passphrase…",
            lambda _: keys.change_passphrase(desk, given.secret, new, way=given.way),
            lambda _: self._set(),
        )

    def _set(self) -> None:
        self.context.window.drop_notice(NOTICE)
        self.finish("The new passphrase is set. Use it from now on")

    def refused(self, error: ImsaError) -> None:
        """Say why not; a secret that is not right any more is asked for."""
        if error.code not in opening.WRONG_SECRET:
            super().refused(error)
            return
        super().refused(Refused([Problem("", error.message)], code="E_REFUSED"))
        self._given = None
        self.entry.show()

    def forget(self) -> None:
        super().forget()
        self._given = None
        self.entry.clear()
        self.new.forget()
