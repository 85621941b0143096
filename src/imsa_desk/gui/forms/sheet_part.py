"""SheetPart: one recovery sheet to print, its covered preview, and two of its groups typed back."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from imsa_desk.errors import Problem
from imsa_desk.gui.forms.paper_part import PaperPart
from imsa_desk.gui.pages import PageContext
from imsa_desk.gui.recovery import LEAD, SheetPreview
from imsa_desk.gui.widgets.fields import Field, Tick
from imsa_desk.gui.widgets.heading import label
from imsa_desk.gui.widgets.layout import column, row
from imsa_desk.gui.widgets.typedback import Asked, TypedBack, choose
from imsa_desk.services.sheets import SecretPaper

PROOF = "The groups are never shown on the screen, so this proves that the print can be read."
_PUT_AWAY = "It is put away, apart from this laptop"


class SheetPart(QWidget):
    """Shows nothing secret; `problems` says what is still to be done with the paper."""

    WIDE = 720
    """From this width, in pixels at 100 % text, there is room for the preview."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.paper = PaperPart(context)
        self.typed = TypedBack(columns=2)
        self.away = Tick(_PUT_AWAY)
        self.away_field = Field("Where the paper is", self.away, stretch=False)
        self.preview = SheetPreview()
        words = column(
            label("Print the sheet, or save it and print it elsewhere.", wrap=True),
            self.paper,
            8,
            label(PROOF, "meta", wrap=True),
            self.typed,
            4,
            self.away_field,
            None,
            space=10,
        )
        side = row(words, self.preview, space=24)
        side.setStretch(0, 3)
        side.setStretch(1, 2)
        self.setLayout(side)

    def show_paper(self, paper: SecretPaper) -> dict[str, Field]:
        """Take a sheet, choose what to ask of it, and give the fields that can be wrong."""
        groups = paper.groups
        self.paper.show_papers([paper])
        self.preview.show_paper(paper.title, LEAD, len(groups), self._context.desk.today())
        self.typed.ask(
            [Asked(f"Type group {at + 1} from the sheet", groups[at]) for at in choose(len(groups))]
        )
        return {**self.typed.fields, "away": self.away_field}

    def problems(self) -> list[Problem]:
        """Say what is still to be done."""
        found = self.typed.problems()
        if not self.away.isChecked():
            found.append(Problem("away", "Put the sheet away, apart from this laptop, and say so"))
        if self.paper.busy:
            found.append(Problem("", "Wait until the sheet is printed or saved"))
        return found

    def forget(self) -> None:
        """Keep nothing of the sheet."""
        self.paper.forget()
        self.typed.forget()
