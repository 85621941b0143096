"""PrintPreview: an assessment as it will be on paper, and what is asked before it leaves the program."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtPrintSupport import QPrintDialog, QPrinter, QPrinterInfo
from PySide6.QtWidgets import QButtonGroup, QProgressBar, QVBoxLayout, QWidget

from imsa_desk.domain.cases import CaseHead
from imsa_desk.domain.consents import Recipient
from imsa_desk.domain.coordination import Involvement
from imsa_desk.domain.ids import AssessmentId, CaseId
from imsa_desk.errors import Cancelled, ImsaError, Problem
from imsa_desk.gui.again import Again
from imsa_desk.gui.forms.print_pages import PAPER_DPI, PageSheet, print_pages, save_privately, set_paper
from imsa_desk.gui.jobs import Job
from imsa_desk.gui.models import say
from imsa_desk.gui.pages import PageContext
from imsa_desk.gui.widgets.banner import Banner, SafeContactBanner, SafeContactValue
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.choice import Choice, Option
from imsa_desk.gui.widgets.errors import ErrorSummary
from imsa_desk.gui.widgets.fields import Dot, Field, Tick
from imsa_desk.gui.widgets.heading import Title, label
from imsa_desk.gui.widgets.layout import Line, PageScroll, column, empty, row
from imsa_desk.progress import Progress
from imsa_desk.services.assessments import assessment
from imsa_desk.services.cases import case_head
from imsa_desk.services.desk import Desk
from imsa_desk.services.previews import SCREEN_DPI, PageImage, page_images
from imsa_desk.services.printing import assessment_pdf, missing_letters, record_print
from imsa_desk.services.professionals import involvements_of
from imsa_desk.vocab import Kind, RecipientKind, Sensitivity

SAFE_QUESTION = "Is it safe for this to be taken home?"
RESTRICTED = frozenset({Sensitivity.L3, Sensitivity.L4})
"""What leaves on paper or as a file only after the passphrase was typed once more."""
_LEAVES = "A copy is about to leave the vault."
NO_PRINTER = "No printer is set up on this computer. Save it as a PDF, or set one up and come back."
_SHOWN_LETTERS = 12


@dataclass(frozen=True, slots=True)
class Ready:
    """What the window needs before it can show pages."""

    head: CaseHead
    title: str
    people: tuple[Involvement, ...]
    restricted: bool


@dataclass(frozen=True, slots=True)
class Paper:
    """A print: the PDF's bytes, and the letters that no font here can draw."""

    data: bytes
    missing: tuple[str, ...]


class PrintPreview(QWidget):
    """Args: case_id, assessment_id. Everything stays in memory until somebody saves or prints it."""

    kinds: frozenset[str] = frozenset({Kind.SAFE_CONTACT})

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self._context = context
        self._case_id, self._assessment_id = CaseId(""), AssessmentId("")
        self._people: dict[str, Recipient] = {}
        self._code = ""
        self._restricted = True
        self._again = Again(context, self)
        self.paper: Paper | None = None
        self.pages: list[PageImage] = []
        self._job: Job | None = None
        self._build()

    # --- building ---

    def _build(self) -> None:
        self.heading = Title("Print")
        self.banner = SafeContactBanner(SafeContactValue((" ",)), with_ask=False)
        self.show_name = Tick("Show the name instead of only the case code")
        self.show_name.toggled.connect(lambda _: self.draw())
        self.recipient = Choice(
            "For", (), empty="the person and their advocate", may_be_empty=True, name="For whom"
        )
        self.recipient.chosen.connect(lambda _: self.draw())
        self.safe, self.unsafe = Dot("Yes, it is safe"), Dot("No, it stays with me")
        self._safety = QWidget()
        self._safety.setLayout(row(self.safe, self.unsafe, None, space=16))
        self._answers = QButtonGroup(self)
        for dot in (self.safe, self.unsafe):
            self._answers.addButton(dot)
        self._safety.setFocusProxy(self.safe)
        self.asked = Field(SAFE_QUESTION, self._safety)
        self.summary = ErrorSummary()
        self.letters = Banner("", "caution")
        self.letters.hide()
        self.print_button = Button("Print…", "primary", icon="print")
        self.print_button.clicked.connect(self.print)
        self.save_button = Button("Save as PDF…", "plain")
        self.save_button.clicked.connect(self.save)
        self._busy_part = self._build_busy()
        self.sheets = PageScroll((24, 16, 24, 24))
        choices = row(self.recipient, self.show_name, None, space=16)
        buttons = row(self.print_button, self.save_button, None, margins=(24, 10, 24, 12))
        top = column(
            self.heading, self.banner, self.summary, choices, self.asked, self.letters, self._busy_part
        )
        top.setContentsMargins(24, 14, 24, 10)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(Line())
        layout.addWidget(self.sheets, 1)
        layout.addWidget(Line())
        layout.addLayout(buttons)

    def _build_busy(self) -> QWidget:
        self._words = label("", "muted")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._stop = Button("Stop", "quiet", small=True)
        self._stop.clicked.connect(self._cancel)
        made = QWidget()
        made.setLayout(row(self._words, self._bar, self._stop, space=12))
        return made

    # --- the editor protocol ---

    def show_for(self, **args: str) -> None:
        """Make the print of an assessment."""
        self._case_id = CaseId(args["case_id"])
        self._assessment_id = AssessmentId(args["assessment_id"])
        desk, case_id, assessment_id = self._context.desk, self._case_id, self._assessment_id

        def work(_: object) -> Ready:
            value = assessment(desk, assessment_id)
            return Ready(
                case_head(desk, case_id),
                _title(desk, value.line.assessment_type),
                involvements_of(desk, case_id),
                value.sensitivity in RESTRICTED,
            )

        self._context.jobs.run(work, owner=self, then=self._ready, otherwise=self._failed)

    def refresh(self) -> None:
        """Show again how the person may be reached."""
        desk, case_id = self._context.desk, self._case_id
        self._context.jobs.run(lambda _: case_head(desk, case_id), owner=self, then=self._show_head)

    def flush(self) -> None:
        """Stop what is being drawn; there is nothing to store."""
        if self._job is not None:
            self._job.cancel()

    def _show_head(self, head: CaseHead) -> None:
        self.banner.show_value(say.safe_contact(head.safe_contacts, self._context.desk.today()))

    def _ready(self, ready: Ready) -> None:
        self._show_head(ready.head)
        self._code, self._restricted = ready.head.code, ready.restricted
        self.heading.show_words(f"Print: {ready.title}", f"{ready.head.known_as}, {ready.head.code}")
        current = [one for one in ready.people if one.ended_on is None]
        self._people = {
            one.professional.id: Recipient(
                RecipientKind.PROFESSIONAL, one.professional.id, one.professional.name
            )
            for one in current
        }
        self.recipient.set_options([Option(key, who.name) for key, who in self._people.items()])
        self.draw()

    # --- drawing ---

    def draw(self) -> None:
        """Make the PDF on the vault's lane, then its pages in the limited child process."""
        if not self._assessment_id:
            return
        if self._job is not None:
            self._job.cancel()
        desk, assessment_id = self._context.desk, self._assessment_id
        named, who = self.show_name.isChecked(), self._people.get(self.recipient.value)
        self.paper, self.pages = None, []
        empty(self.sheets.content)
        self.summary.clear({"recipient": self.asked})
        self._tell_busy("Setting the pages…")

        def work(progress: Progress) -> Paper:
            data = assessment_pdf(desk, assessment_id, show_name=named, recipient=who, progress=progress)
            return Paper(data, missing_letters(desk, assessment_id, show_name=named))

        self._job = self._context.jobs.run(
            work, owner=self, then=self._draw_pages, otherwise=self._failed, progress=self._count
        )

    def _draw_pages(self, paper: Paper) -> None:
        self.paper = paper
        shown = " ".join(paper.missing[:_SHOWN_LETTERS])
        self.letters.setVisible(bool(paper.missing))
        if paper.missing:
            self.letters.show_words(f"No font here can print these letters: {shown}", "caution")
        self._tell_busy("Drawing the pages…")
        self._job = self._context.jobs.run(
            lambda progress: page_images(paper.data, "pdf", SCREEN_DPI, progress),
            owner=self,
            then=self._show_pages,
            otherwise=self._failed,
            progress=self._count,
            lane="free",
        )

    def _show_pages(self, pages: list[PageImage]) -> None:
        self.pages = pages
        self._job = None
        self._busy_part.hide()
        empty(self.sheets.content)
        self.sheets.content.setSpacing(16)
        for page in pages:
            self.sheets.content.addWidget(PageSheet(page))
        self.sheets.content.addStretch(1)

    def _tell_busy(self, words: str) -> None:
        self._words.setText(words)
        self._bar.setRange(0, 0)
        self._busy_part.show()

    def _count(self, done: int, total: int) -> None:
        self._bar.setRange(0, total)
        self._bar.setValue(done)
        self._words.setText(f"Page {done} of {total}")

    def _cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()

    def _failed(self, error: ImsaError) -> None:
        self._job = None
        self._busy_part.hide()
        if isinstance(error, Cancelled):
            again = Button("Show the pages", "plain", small=True)
            again.clicked.connect(self.draw)
            self.sheets.content.addLayout(row(label("Stopped.", "muted"), again, None))
            self.sheets.content.addStretch(1)
            return
        self.summary.show_problems([Problem("", error.message)])

    # --- leaving the program ---

    def _may_leave(self) -> bool:
        """Ask first whether a copy is safe; without pages there is nothing to give out."""
        answered = self._answers.checkedButton() is not None
        if not answered:
            words = "Say first whether it is safe for this to be taken home."
            self.summary.show_problems([Problem("safe", words)], {"safe": self.asked})
            return False
        self.summary.clear({"safe": self.asked})
        return self.paper is not None

    def _after_asking(self, then: Callable[[], None]) -> None:
        """Ask for the passphrase once more where what is printed is restricted or names the person."""
        if self._restricted:
            self._again.before(f"This record is restricted. {_LEAVES}", "Go on", then)
        elif self.show_name.isChecked():
            self._again.before(f"This print carries the person’s name. {_LEAVES}", "Go on", then)
        else:
            then()

    def save(self) -> None:
        """Save the PDF where the person says."""
        if not self._may_leave() or self.paper is None:
            return
        to = self._context.ask.save_file(self, "Save as PDF", f"review-{self._code}.pdf", "PDF (*.pdf)")
        if to is None:
            return
        if to.suffix.lower() != ".pdf":
            to = to.with_name(f"{to.name}.pdf")
        data, place = self.paper.data, to
        self._after_asking(lambda: self._save(place, data))

    def _save(self, to: Path, data: bytes) -> None:
        self._context.jobs.run(
            lambda _: save_privately(to, data),
            owner=self,
            then=lambda _: self._note(saved=True, to=to),
            otherwise=self._failed,
            lane="free",
        )

    def print(self) -> None:
        """Print on a printer of this computer."""
        if not self._may_leave() or self.paper is None:
            return
        if not QPrinterInfo.availablePrinterNames():
            self._context.ask.error(self, "No printer", NO_PRINTER)
            return
        self._after_asking(self._choose_printer)

    def _choose_printer(self) -> None:
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        set_paper(printer)
        dialog = QPrintDialog(printer, self)
        chosen = dialog.exec() == QPrintDialog.DialogCode.Accepted
        dialog.deleteLater()
        if chosen:
            self.print_on(printer)

    def print_on(self, printer: QPrinter) -> None:
        """Draw the pages finely and send them to a printer."""
        if self.paper is None:
            return
        data = self.paper.data

        def work(progress: Progress) -> None:
            print_pages(printer, page_images(data, "pdf", PAPER_DPI, progress), progress)

        self._tell_busy("Printing…")
        self._job = self._context.jobs.run(
            work,
            owner=self,
            then=lambda _: self._note(saved=False),
            otherwise=self._failed,
            progress=self._count,
            lane="free",
        )

    def _note(self, *, saved: bool, to: Path | None = None) -> None:
        """Note in the journal that it left the program, then say so."""
        self._job = None
        self._busy_part.hide()
        desk, assessment_id = self._context.desk, self._assessment_id
        words = f"Saved as {to.name}" if to is not None else "Sent to the printer"

        def noted(_: object) -> None:
            self._context.toast(words)
            self._context.bridge.announce_change((Kind.ACCESS,))

        self._context.jobs.run(
            lambda _: record_print(desk, assessment_id, saved=saved), owner=self, then=noted
        )


def _title(desk: Desk, assessment_type: str) -> str:
    return desk.lists.label("assessment_type", assessment_type)
