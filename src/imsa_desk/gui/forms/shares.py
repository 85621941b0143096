"""SharesForm: five recovery shares on paper, any two of which open the vault together."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from imsa_desk.errors import Problem
from imsa_desk.gui.forms.key_form import KeyForm
from imsa_desk.gui.forms.paper_part import PaperPart
from imsa_desk.gui.widgets.fields import Field, Tick
from imsa_desk.gui.widgets.heading import label
from imsa_desk.gui.widgets.layout import column
from imsa_desk.gui.widgets.typedback import Asked, TypedBack, choose
from imsa_desk.progress import Progress
from imsa_desk.services import keys, sheets

_WHY = (
    "Five sheets go to five people or places. Any two of them open the vault together; one alone opens "
    "nothing. Shares made before stop working once these are in force."
)
_PROOF = "The words are never shown on the screen, so this proves that each print can be read."
_SAME_IN_ALL = 4
"""The first words of all five shares are much alike, so they prove nothing."""


class SharesForm(KeyForm):
    """First the passphrase, then five sheets, two words of each typed back."""

    title = "Recovery shares"
    verb = "Next"
    unchanged = "Nothing was changed: sheets printed just now open nothing"

    def build(self) -> None:
        self.shares: keys.Shares | None = None
        self.why = label(_WHY, wrap=True, measure=76)
        self.paper = PaperPart(self.context)
        self.paper.print_button.set_words("Print the five sheets…")
        self.paper.save_button.set_words("Save as five PDFs…")
        self.typed = TypedBack(columns=1)
        self.typed.entered.connect(self._submit)
        self.handed = Tick("They are handed out, or put away in five places")
        self.handed_field = Field("Where the papers are", self.handed, stretch=False)
        self.part = QWidget()
        proof = label(_PROOF, "meta", wrap=True)
        each = label("Each sheet goes to another person or another place.", wrap=True)
        self.part.setLayout(column(each, self.paper, 4, proof, self.typed, 4, self.handed_field, space=10))
        self.part.hide()
        for piece in (self.why, self.present_field, self.part):
            self.content.addWidget(piece)

    def submit(self) -> None:
        """Make the shares, or put them in force."""
        if self.shares is not None:
            self._keep(self.shares)
        elif not self.lacks_present():
            self._make()

    def _make(self) -> None:
        desk, present = self.context.desk, self.present.text()

        def work(_: Progress) -> tuple[keys.Shares, tuple[sheets.SecretPaper, ...]]:
            keys.confirm(desk, present)
            made = keys.new_shares()
            return made, sheets.share_papers(desk, made.words)

        self.run("Making the shares…", work, self._made, lane="free")

    def _made(self, made: tuple[keys.Shares, tuple[sheets.SecretPaper, ...]]) -> None:
        self.shares, papers = made
        self.paper.show_papers(papers)
        self.typed.ask([_asked(number, paper.groups) for number, paper in enumerate(papers, start=1)])
        self.fields |= {**self.typed.fields, "handed": self.handed_field}
        self.why.hide()
        self.present_field.hide()
        self.part.show()
        self.go.set_words("Put them in force")
        self.paper.print_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _keep(self, shares: keys.Shares) -> None:
        found = self.typed.problems()
        if not self.handed.isChecked():
            found.append(Problem("handed", "Hand the sheets out or put them away, and say so"))
        if found:
            self.show_problems(*found)
            return
        desk, present = self.context.desk, self.present.text()
        self.run(
            "Putting the shares in force…",
            lambda _: keys.keep_shares(desk, present, shares),
            lambda _: self.finish("The five shares are in force: any two open this vault"),
        )

    def forget(self) -> None:
        super().forget()
        self.shares = None
        self.paper.forget()
        self.typed.forget()


def _asked(number: int, words: tuple[str, ...]) -> Asked:
    first, second = choose(len(words), after=_SAME_IN_ALL)
    question = f"Share {number}: type words {first + 1} and {second + 1}"
    return Asked(question, f"{words[first]} {words[second]}", width=26)
