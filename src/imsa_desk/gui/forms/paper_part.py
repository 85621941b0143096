"""PaperPart: secrets that stand on paper only; printed, or saved as PDF where the person says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtPrintSupport import QPrintDialog, QPrinter, QPrinterInfo
from PySide6.QtWidgets import QWidget

from imsa_desk.errors import ImsaError, Refused
from imsa_desk.gui.forms.print_pages import PAPER_DPI, print_pages, save_privately, set_paper
from imsa_desk.gui.pages import PageContext
from imsa_desk.gui.widgets.base import announce
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.heading import label
from imsa_desk.gui.widgets.layout import column, row
from imsa_desk.progress import Progress
from imsa_desk.services.previews import page_images
from imsa_desk.services.sheets import SecretPaper, record_paper

NO_PRINTER = "No printer is set up on this computer. Set one up and come back, or save it as a PDF."
_SAVED = "Saved as {}. Print it, put the paper away, and delete the file."
_SAVED_ALL = "Saved as {} files in {}. Print them, hand the papers out, and delete the files."


class PaperPart(QWidget):
    """Two verbs for one sheet or several; nothing of them is shown on the screen."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._papers: tuple[SecretPaper, ...] = ()
        self.busy = False
        """Whether a sheet is still on its way to the printer or the disk."""
        self.print_button = Button("Print…", "primary", icon="print")
        self.save_button = Button("Save as PDF…", "plain")
        self.said = label("", "meta", wrap=True)
        self.print_button.clicked.connect(self.print)
        self.save_button.clicked.connect(self.save)
        self.setLayout(column(row(self.print_button, self.save_button, None), self.said, space=6))
        self.said.hide()

    def show_papers(self, papers: Sequence[SecretPaper]) -> None:
        """Take the sheets that can be printed."""
        self._papers = tuple(papers)

    def forget(self) -> None:
        """Keep nothing of them."""
        self._papers = ()

    def save(self) -> None:
        """Save one sheet as a file, or each of several as a file of its own in a folder."""
        papers = self._papers
        if len(papers) == 1:
            to = self._context.ask.save_file(self, "Save as PDF", papers[0].file_name, "PDF (*.pdf)")
            if to is None:
                return
            to = to if to.suffix.lower() == ".pdf" else to.with_name(f"{to.name}.pdf")
            self._save({to: papers[0].pdf}, _SAVED.format(to.name))
        elif papers:
            folder = self._context.ask.folder(self, "Choose the folder for the sheets")
            if folder is not None:
                words = _SAVED_ALL.format(len(papers), folder.name)
                self._save({folder / paper.file_name: paper.pdf for paper in papers}, words, new=True)

    def _save(self, files: dict[Path, bytes], words: str, *, new: bool = False) -> None:
        def work(_: Progress) -> None:
            if new and any(file.exists() for file in files):
                raise Refused("Sheets are in this folder already. Choose another folder.", code="E_EXISTS")
            for file, data in files.items():
                save_privately(file, data)

        self._run(work, words, saved=True)

    def print(self) -> None:
        """Print on a printer of this computer, after the system's own dialog."""
        if not self._papers:
            return
        if not QPrinterInfo.availablePrinterNames():
            self._context.ask.error(self, "No printer", NO_PRINTER)
            return
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        set_paper(printer)
        dialog = QPrintDialog(printer, self.window())
        chosen = dialog.exec() == QPrintDialog.DialogCode.Accepted
        dialog.deleteLater()
        if chosen:
            self.print_on(printer)

    def print_on(self, printer: QPrinter) -> None:
        """Draw the sheets finely and send them to a printer; pixels stay in memory."""
        papers = self._papers

        def work(progress: Progress) -> None:
            pages = [page for paper in papers for page in page_images(paper.pdf, "pdf", PAPER_DPI, progress)]
            print_pages(printer, pages, progress)

        self._run(work, "Sent to the printer. Take the paper out at once.")

    def _run(self, work: Callable[[Progress], None], words: str, *, saved: bool = False) -> None:
        papers, desk = self._papers, self._context.desk

        def note(_: object) -> None:
            """Say it, and note in the journal that a secret left the program."""
            self._say(words)
            self._context.jobs.run(
                lambda _: record_paper(desk, papers, saved=saved),
                owner=self,
                then=lambda _: self._done(),
                otherwise=self._failed,
            )

        self.busy = True
        self._context.jobs.run(work, owner=self, then=note, otherwise=self._failed, lane="free")

    def _done(self) -> None:
        self.busy = False

    def _say(self, words: str) -> None:
        self.said.setText(words)
        self.said.show()
        announce(self.said, words)

    def _failed(self, error: ImsaError) -> None:
        self.busy = False
        self._context.ask.error(self, "That did not work", error.message)
