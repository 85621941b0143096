"""PrintPreview: what to print, as it will be on paper, and what is asked before it leaves the program."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from imsa_desk.domain.cases import CaseHead
from imsa_desk.domain.prints import PrintKind, PrintWish
from imsa_desk.errors import Cancelled, ImsaError, Problem, Refused
from imsa_desk.gui.forms.print_choice import EMPTY_FORMS, FILE_NAMES, WhatToPrint
from imsa_desk.gui.forms.print_leaving import NO_PRINTER, Leaving, Paper
from imsa_desk.gui.forms.print_offers import RESTRICTED, Ready, find, is_restricted
from imsa_desk.gui.forms.print_options import SAFE_QUESTION, PrintOptions
from imsa_desk.gui.forms.print_pages import PageSheet
from imsa_desk.gui.jobs import Job
from imsa_desk.gui.models import say
from imsa_desk.gui.pages import PageContext
from imsa_desk.gui.widgets.banner import Banner, SafeContactBanner, SafeContactValue
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.errors import ErrorSummary
from imsa_desk.gui.widgets.heading import Title, label
from imsa_desk.gui.widgets.layout import Line, PageScroll, column, empty, row
from imsa_desk.progress import Progress
from imsa_desk.services.cases import case_head
from imsa_desk.services.previews import SCREEN_DPI, PageImage, page_images
from imsa_desk.services.printing import missing_letters, print_pdf
from imsa_desk.vocab import Kind

__all__ = ["NO_PRINTER", "RESTRICTED", "SAFE_QUESTION", "PrintPreview"]

_SHOWN_LETTERS = 12
_WAITS = "The copy is made once it is said that it is safe to take home."


class PrintPreview(QWidget):
    """Args: what (PrintKind), case_id, assessment_id, before_id, plan_id, form_id, form_version.

    None of them is needed. Everything stays in memory until somebody saves or prints it.
    """

    kinds: frozenset[str] = frozenset({Kind.SAFE_CONTACT})

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self._context = context
        self._args: dict[str, str] = {}
        self._ready: Ready | None = None
        self.paper: Paper | None = None
        self.pages: list[PageImage] = []
        self._job: Job | None = None
        self.leaving = Leaving(context, self)
        self.leaving.busy.connect(self._tell_busy)
        self.leaving.refused.connect(self._failed)
        self._drawing = 0
        self._build()
        self.leaving.ended.connect(self._busy_part.hide)

    # --- building ---

    def _build(self) -> None:
        self.heading = Title("Print")
        self.banner = SafeContactBanner(SafeContactValue((" ",)), with_ask=False)
        self.what = WhatToPrint()
        self.what.chosen.connect(lambda _: self._what_chosen())
        self.options = PrintOptions()
        self.options.changed.connect(self.draw)
        self.options.answered.connect(self._answered)
        self.safe, self.unsafe, self.asked = self.options.safe, self.options.unsafe, self.options.asked
        self.show_name = self.options.show_name
        self.summary = ErrorSummary()
        self.letters = Banner("", "caution")
        self.letters.hide()
        self.print_button = Button("Print…", "primary", icon="print")
        self.print_button.clicked.connect(self.print)
        self.save_button = Button("Save as PDF…", "plain")
        self.save_button.clicked.connect(self.save)
        self._busy_part = self._build_busy()
        self.sheets = PageScroll((24, 16, 24, 24))
        top = column(self.summary, self.options, self.letters, self._busy_part)
        top.setContentsMargins(16, 12, 24, 10)
        right = column(top, Line(), self.sheets, space=0)
        right.setStretch(2, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(column(self.heading, self.banner, margins=(24, 14, 24, 10)))
        layout.addWidget(Line())
        across = row(self.what, right, space=0)
        across.setStretch(1, 1)
        layout.addLayout(across, 1)
        layout.addWidget(Line())
        layout.addLayout(row(self.print_button, self.save_button, None, margins=(24, 10, 24, 12)))

    def _build_busy(self) -> QWidget:
        self._words = label("", "muted")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._stop = Button("Stop", "quiet", small=True)
        self._stop.clicked.connect(self._cancel)
        made = QWidget()
        made.setLayout(row(self._words, self._bar, self._stop, space=12))
        made.hide()
        return made

    # --- the editor protocol ---

    def show_for(self, **args: str) -> None:
        """Offer what can be printed here, and make what was asked for."""
        self._args = args
        desk = self._context.desk
        self._context.jobs.run(
            lambda _: find(desk, args), owner=self, then=self._came, otherwise=self._failed
        )

    def refresh(self) -> None:
        """Show again how the person may be reached."""
        desk = self._context.desk
        if self._ready is not None and self._ready.head is not None:
            case_id = self._ready.head.id
            self._context.jobs.run(lambda _: case_head(desk, case_id), owner=self, then=self._show_head)

    def flush(self) -> None:
        """Stop what is being drawn; there is nothing to store."""
        for job in (self._job, self.leaving.job):
            if job is not None:
                job.cancel()

    def _show_head(self, head: CaseHead) -> None:
        self.banner.show_value(say.safe_contact(head.safe_contacts, self._context.desk.today()))

    def _came(self, ready: Ready) -> None:
        self._ready = ready
        if ready.head is not None:
            self._show_head(ready.head)
        self.options.offer(ready.offers, before=ready.before_id, form=ready.form_id)
        self.what.offer(ready.kinds, ready.wanted)
        self.what.take_focus()
        self._what_chosen()

    # --- what is to be drawn ---

    @property
    def kind(self) -> PrintKind:
        """Give the document in hand."""
        return self.what.value or PrintKind.ASSESSMENT

    def wish(self) -> PrintWish:
        """Give what is to be printed, as the choices have it."""
        ready, kind = self._ready, self.kind
        wish = PrintWish(kind, case_id=self._args.get("case_id", ""))
        if ready is None:
            return wish
        if kind in EMPTY_FORMS:
            version = ready.form_version if self.options.form.value == ready.form_id else 0
            return replace(
                wish,
                form_id=self.options.form.value,
                form_version=version,
                language=self.options.language_for(self.options.form.value),
            )
        return replace(
            wish,
            assessment_id=ready.assessment_id,
            before_id=self.options.before.value if kind is PrintKind.COMPARISON else "",
            plan_id=ready.plan_id if kind is PrintKind.SAFETY_PLAN else "",
            show_name=self.options.show_name.isChecked(),
            recipient=self.options.recipient_for(kind),
            language=self.options.language_for(ready.form_id),
            safe_home=self.options.safe_home,
        )

    def _what_chosen(self) -> None:
        if self._ready is None or self.what.value is None:
            return
        self.options.fit(self.kind, self._ready.form_id)
        self._name_it(self._ready)
        self.banner.setVisible(self._ready.head is not None and self.kind not in EMPTY_FORMS)
        only_file = self.kind is PrintKind.FILLABLE
        self.print_button.setVisible(not only_file)
        self.draw()

    def _name_it(self, ready: Ready) -> None:
        """Say what is printed and whose it is; an empty form is nobody's."""
        if self.kind in EMPTY_FORMS or ready.head is None:
            self.heading.show_words("Print a blank form")
            return
        of = f": {ready.title}" if ready.title and self.kind is not PrintKind.SAFETY_PLAN else ""
        self.heading.show_words(f"Print{of}", f"{ready.head.known_as}, {ready.head.code}")

    def _answered(self) -> None:
        """Make a copy for the person once it is said to be safe, and take it away when it is not."""
        self.summary.clear({"safe": self.asked})
        if self.options.drawn_when_safe(self.kind):
            self.draw()

    # --- drawing ---

    def draw(self) -> None:
        """Make the PDF on the vault's lane, then its pages in the limited child process."""
        if self._ready is None:
            return
        self._cancel()
        self._drawing += 1
        desk, wish, number = self._context.desk, self.wish(), self._drawing
        self.paper, self.pages = None, []
        empty(self.sheets.content)
        self.letters.hide()
        self.summary.clear({"safe": self.asked})
        if self.options.waits(self.kind) and not wish.safe_home:
            self._busy_part.hide()
            self.sheets.content.addWidget(label(_WAITS, "muted", wrap=True))
            self.sheets.content.addStretch(1)
            return
        self._tell_busy("Setting the pages…")

        def work(progress: Progress) -> Paper:
            data = print_pdf(desk, wish, progress)
            return Paper(data, missing_letters(desk, wish), is_restricted(desk, wish))

        self._job = self._context.jobs.run(
            work,
            owner=self,
            then=lambda paper: self._draw_pages(paper, number),
            otherwise=lambda error: self._stopped(error, number),
            progress=self._count,
        )

    def _stopped(self, error: ImsaError, number: int) -> None:
        """Say why there are no pages, unless others are being made already."""
        if number == self._drawing:
            self._failed(error)

    def _draw_pages(self, paper: Paper, number: int) -> None:
        if number != self._drawing:
            return
        self.paper = paper
        shown = " ".join(paper.missing[:_SHOWN_LETTERS])
        self.letters.setVisible(bool(paper.missing))
        if paper.missing:
            self.letters.show_words(f"No font here can print these letters: {shown}", "caution")
        self._tell_busy("Drawing the pages…")
        self._job = self._context.jobs.run(
            lambda progress: page_images(paper.data, "pdf", SCREEN_DPI, progress),
            owner=self,
            then=lambda pages: self._show_pages(pages, number),
            otherwise=lambda error: self._stopped(error, number),
            progress=self._count,
            lane="free",
        )

    def _show_pages(self, pages: list[PageImage], number: int) -> None:
        if number != self._drawing:
            return
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
        problems = error.problems if isinstance(error, Refused) else ()
        self.summary.show_problems(
            [Problem("", one.text) for one in problems] or [Problem("", error.message)]
        )

    # --- leaving the program ---

    def _may_leave(self) -> bool:
        """Ask first whether a copy is safe; without pages there is nothing to give out."""
        if self.kind not in EMPTY_FORMS and not self.options.safe_home:
            words = "Say first whether it is safe for this to be taken home."
            self.summary.show_problems([Problem("safe", words)], {"safe": self.asked})
            return False
        self.summary.clear({"safe": self.asked})
        return self.paper is not None

    def save(self) -> None:
        """Save the PDF where the person says."""
        if self._may_leave() and self.paper is not None:
            self.leaving.save(self.paper, self.wish(), f"{self._file_name()}.pdf")

    def _file_name(self) -> str:
        head = self._ready.head if self._ready is not None else None
        name = FILE_NAMES[self.kind]
        return name if head is None or self.kind in EMPTY_FORMS else f"{name}-{head.code}"

    def print(self) -> None:
        """Print on a printer of this computer."""
        if self._may_leave() and self.paper is not None:
            self.leaving.print(self.paper, self.wish())

    def print_on(self, printer: QPrinter) -> None:
        """Draw the pages finely and send them to a printer."""
        if self.paper is not None:
            self.leaving.print_on(printer, self.paper, self.wish())
