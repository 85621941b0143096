"""RemovalForm: take a way to open away, shares or what is held in trust."""

from __future__ import annotations

from typing import NamedTuple

from imsa_desk.gui.forms.key_form import KeyForm
from imsa_desk.gui.widgets.heading import label
from imsa_desk.services import keys
from imsa_desk.vocab import SlotKind


class _Words(NamedTuple):
    title: str
    why: str
    verb: str
    done: str


_WORDS = {
    SlotKind.SHARES: _Words(
        "Remove the recovery shares",
        "The shares that were handed out stop opening this vault. Backups made before still open with two of "
        "them, so ask for the papers back and destroy them.",
        "Remove the shares",
        "The shares are removed: they open this vault no longer",
    ),
    SlotKind.ESCROW: _Words(
        "Switch escrow off",
        "The two holders can no longer open this vault. Backups made before still open with both their keys.",
        "Switch escrow off",
        "Escrow is off: the holders open this vault no longer",
    ),
}


class RemovalForm(KeyForm):
    """Args: kind, "shares" or "escrow"; slot_id for shares."""

    unchanged = "Nothing was changed"

    def build(self) -> None:
        self.why = label("", wrap=True, measure=76)
        self.content.addWidget(self.why)
        self.content.addWidget(self.present_field)

    def show_for(self, **args: str) -> None:
        """Say what is to be removed."""
        super().show_for(**args)
        words = _WORDS[SlotKind(args["kind"])]
        self.heading.show_words(words.title)
        self.why.setText(words.why)
        self.go.set_words(words.verb)

    def submit(self) -> None:
        """Remove it, if the passphrase is right."""
        if self.lacks_present():
            return
        desk, present, kind = self.context.desk, self.present.text(), SlotKind(self.args["kind"])
        slot_id = self.args.get("slot_id", "")

        def work(_: object) -> None:
            if kind is SlotKind.ESCROW:
                keys.remove_escrow(desk, present)
            else:
                keys.remove_slot(desk, present, slot_id)

        self.run("Removing…", work, lambda _: self.finish(_WORDS[kind].done))
