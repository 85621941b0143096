"""BehindPart: the organisation holds more of this vault than the vault; what that means and what to do."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from imsa_desk.errors import ImsaError
from imsa_desk.gui.pages import PageContext
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.heading import Heading, label
from imsa_desk.gui.widgets.layout import column, row
from imsa_desk.gui.widgets.tag import Tag, TagValue
from imsa_desk.services.second_writer import Renewed, renew_writer

_QUESTION = "Go on under a new number?"
_WORDS = (
    "A backup is made first. What you wrote since stays, under the new number. Afterwards give your "
    "organisation a new joining request, which enrols this vault as a second laptop of its former number; "
    "then take in what it sends."
)
_DONE = "This vault goes on under a new number. Save the joining request and give it to the office"


class BehindPart(QWidget):
    """Hidden while both sides agree; `changed` when the vault goes on under a new number."""

    changed = Signal()

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self._context = context
        self.words = label("", wrap=True, measure=88)
        self.renew = Button("Go on under a new number…", "plain")
        self.renew.clicked.connect(self.ask)
        title = Heading("This vault is older than what your organisation holds")
        first = row(Tag(TagValue("Put right first", "alert")), None)
        verb = row(self.renew, None)
        self.setLayout(column(title, first, self.words, verb, space=8, margins=(0, 8, 0, 8)))
        self.hide()

    def show_behind(self, words: str) -> None:
        """Show what was noticed; nothing where there is nothing."""
        self.words.setText(words)
        self.setVisible(bool(words))

    def ask(self) -> None:
        """Go on under a new number, if the person wants to."""
        if not self._context.ask.confirm(self, _QUESTION, _WORDS, "Go on under a new number"):
            return
        desk = self._context.desk
        self.renew.setEnabled(False)
        self._context.jobs.run(
            lambda _: renew_writer(desk),
            owner=self,
            then=self._renewed,
            otherwise=self._refused,
            lane="free",
        )

    def _renewed(self, _: Renewed) -> None:
        self.renew.setEnabled(True)
        self._context.toast(f"{_DONE}.")
        self.changed.emit()

    def _refused(self, error: ImsaError) -> None:
        self.renew.setEnabled(True)
        self._context.bridge.tell(error.message, "error")
