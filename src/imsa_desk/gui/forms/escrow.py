"""EscrowForm: two named holders who can open the vault together, if the advocate chooses so."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from imsa_desk.errors import ImsaError, Problem
from imsa_desk.gui.forms.key_form import KeyForm
from imsa_desk.gui.forms.print_pages import save_privately
from imsa_desk.gui.pages import PageContext
from imsa_desk.gui.widgets.base import announce
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.fields import Field, TextLine, Tick
from imsa_desk.gui.widgets.heading import Heading, label
from imsa_desk.gui.widgets.layout import column, row
from imsa_desk.progress import Progress
from imsa_desk.services import keys

_WHY = (
    "Escrow lets two people you name open this vault together when you cannot, for instance after an "
    "accident. Neither can do it alone. While it is on, everybody at this vault sees that it is."
)
_KEY_HELP = "Begins with age1. The holder makes it, or you make it here and hand it over."
_HANDED = (
    "Saved as {}. Give that file to the holder in person, then delete it here: whoever has it is the holder."
)
_IDENTITY = (
    "# Key of a holder in trust for IMSA Desk. Keep it secret and apart from the other holder's.\n"
    "# public key: {}\n{}\n"
)


class HolderPart(QWidget):
    """Who holds one of the two keys. `failed` carries why a key could not be made."""

    failed = Signal(object)

    def __init__(self, context: PageContext, number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._number = context, number
        self.name = TextLine(width=30)
        self.role = TextLine(width=30)
        self.key = TextLine(width=58)
        self.outside = Tick("Outside my line management")
        self.make = Button("Make a key for this holder…", "link", small=True)
        self.make.setAccessibleName(f"Make a key for holder {number + 1}")
        self.make.clicked.connect(self.make_key)
        self.said = label("", "meta", wrap=True)
        self.said.hide()
        who = f"holder {number + 1}"
        self.fields = {
            "name": Field(f"Name of {who}", self.name, stretch=False),
            "role": Field(f"Role of {who}", self.role, stretch=False),
            "recipient": Field(f"Key of {who}", self.key, help=_KEY_HELP),
            "outside_line": Field("Independence", self.outside, stretch=False),
        }
        names = row(self.fields["name"], self.fields["role"], None, space=24)
        key = (self.fields["recipient"], row(self.make, None), self.said, self.fields["outside_line"])
        self.outside.setAccessibleName(f"{who}: outside my line management")
        self.setLayout(column(Heading(f"Holder {number + 1}"), names, *key, space=8))

    @property
    def holder(self) -> keys.Holder:
        """Give what was typed."""
        typed = (" ".join(line.text().split()) for line in (self.name, self.role, self.key))
        name, role, recipient = typed
        return keys.Holder(name, role, recipient, self.outside.isChecked())

    def make_key(self) -> None:
        """Make a key, save its secret half where the person says and show the public half."""
        to = self._context.ask.save_file(
            self, "Save the holder's key", f"holder-{self._number + 1}-key.txt", "Text (*.txt)"
        )
        if to is None:
            return

        def work(_: Progress) -> tuple[str, Path]:
            identity, recipient = keys.holder_identity()
            save_privately(to, _IDENTITY.format(recipient, identity).encode())
            return recipient, to

        self._context.jobs.run(work, owner=self, then=self._made, otherwise=self.failed.emit, lane="free")

    def _made(self, made: tuple[str, Path]) -> None:
        recipient, to = made
        self.key.setText(recipient)
        self.key.setCursorPosition(0)
        words = _HANDED.format(to.name)
        self.said.setText(words)
        self.said.show()
        announce(self.said, words)

    def forget(self) -> None:
        """Empty the key; names may be typed again."""
        self.key.clear()


class EscrowForm(KeyForm):
    """Two holders, one of them at least outside the advocate's line management."""

    title = "Set up escrow"
    verb = "Switch escrow on"
    unchanged = "Nothing was changed: nobody holds a key in trust through this"

    def build(self) -> None:
        self.holders = (HolderPart(self.context, 0), HolderPart(self.context, 1))
        self.content.addWidget(label(_WHY, wrap=True, measure=76))
        for part in self.holders:
            part.failed.connect(self._no_key)
            self.content.addWidget(part)
        self.content.addWidget(Heading("Confirm"))
        self.content.addWidget(self.present_field)
        for at, part in enumerate(self.holders):
            self.fields |= {f"{key}_{at + 1}": field for key, field in part.fields.items()}
        self.fields["outside_line"] = self.fields["outside_line_2"]

    def first(self) -> QWidget:
        return self.holders[0].name

    def _no_key(self, error: ImsaError) -> None:
        self.show_problems(Problem("", error.message))

    def submit(self) -> None:
        """Switch it on, if both holders stand and the passphrase is right."""
        if self.lacks_present():
            return
        desk, present = self.context.desk, self.present.text()
        first, second = (part.holder for part in self.holders)
        self.run(
            "Switching escrow on…",
            lambda _: keys.set_escrow(desk, present, (first, second)),
            lambda _: self.finish("Escrow is on: both holders together can open this vault"),
        )

    def show_problems(self, *problems: Problem) -> None:
        """Say of which holder each is: the same may be wrong with both."""
        named = (
            Problem(one.field, f"Holder {one.field[-1]}: {one.text}")
            if one.field[-2:] in ("_1", "_2")
            else one
            for one in problems
        )
        super().show_problems(*named)

    def forget(self) -> None:
        super().forget()
        for part in self.holders:
            part.forget()
