"""SafeFields: the rule for one channel, asked in one place for new cases and for asking again."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from imsa_desk.domain.lists import Lists
from imsa_desk.domain.people import SafeContact, SafeContactDraft
from imsa_desk.gui.forms.picks import choice
from imsa_desk.gui.widgets.fields import Field, TextArea, TextLine, Tick
from imsa_desk.gui.widgets.layout import row
from imsa_desk.vocab import Safe


class SafeFields(QWidget):
    """`fields` names each field as problems do."""

    def __init__(self, lists: Lists) -> None:
        super().__init__()
        self.channel = choice(lists, "channel", "Way to make contact", empty=True)
        self.safe = choice(lists, "safe", "Is it safe")
        self.address, self.when, self.say_we_are = TextLine(), TextLine(), TextLine()
        self.who_else, self.code_word = TextLine(), TextLine()
        self.voicemail = Tick("Voicemail is safe")
        self.withheld = Tick("Withhold our number")
        self.note = TextArea(lines=1)
        self.confirmed = Tick("The person confirmed this today", on=True)
        self.fields = {
            "channel": Field("Way to make contact", self.channel, small_label=True, stretch=False),
            "safe": Field("Is it safe?", self.safe, small_label=True, stretch=False),
            "address": Field("Number or address", self.address, small_label=True),
            "when": Field("When it is safe", self.when, help="such as: after 18:00", small_label=True),
            "say_we_are": Field("Say we are", self.say_we_are, help="such as: the library", small_label=True),
            "who_else_can_see": Field("Who else can see it", self.who_else, small_label=True),
            "code_word": Field("Code word", self.code_word, small_label=True),
            "note": Field("Anything else", self.note, small_label=True),
        }
        self._lay_out()

    def _lay_out(self) -> None:
        at = self.fields
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(14)
        layout.addLayout(row(at["channel"], at["safe"], at["address"], space=16))
        layout.addLayout(row(at["when"], at["say_we_are"], space=16))
        layout.addLayout(row(at["who_else_can_see"], at["code_word"], space=16))
        layout.addLayout(row(self.voicemail, self.withheld, None, space=24))
        layout.addWidget(at["note"])
        layout.addWidget(self.confirmed)

    def show_draft(self, draft: SafeContactDraft) -> None:
        """Show a rule."""
        self.channel.set_value(draft.channel)
        self.safe.set_value(draft.safe or Safe.UNKNOWN)
        self.address.setText(draft.address)
        self.when.setText(draft.when)
        self.say_we_are.setText(draft.say_we_are)
        self.who_else.setText(draft.who_else_can_see)
        self.code_word.setText(draft.code_word)
        for line in (self.address, self.when, self.say_we_are, self.who_else, self.code_word):
            line.setCursorPosition(0)  # long words show their beginning
        self.voicemail.setChecked(draft.ok_voicemail)
        self.withheld.setChecked(draft.number_withheld)
        self.note.setPlainText(draft.note)
        self.confirmed.setChecked(draft.confirmed_today)

    def read_draft(self) -> SafeContactDraft:
        """Give the rule as it stands."""
        return SafeContactDraft(
            channel=self.channel.value,
            safe=self.safe.value,
            address=self.address.text(),
            when=self.when.text(),
            who_else_can_see=self.who_else.text(),
            ok_voicemail=self.voicemail.isChecked(),
            say_we_are=self.say_we_are.text(),
            code_word=self.code_word.text(),
            number_withheld=self.withheld.isChecked(),
            note=self.note.text,
            confirmed_today=self.confirmed.isChecked(),
        )


def draft_of(contact: SafeContact) -> SafeContactDraft:
    """Turn a stored rule into what is asked again."""
    return SafeContactDraft(
        channel=contact.channel,
        safe=contact.safe,
        address=contact.address,
        when=contact.when,
        who_else_can_see=contact.who_else_can_see,
        ok_voicemail=contact.ok_voicemail,
        say_we_are=contact.say_we_are,
        code_word=contact.code_word,
        number_withheld=contact.number_withheld,
        note=contact.note,
    )
