"""Leaving: what is asked, and noted, when a print goes to a printer or into a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtPrintSupport import QPrintDialog, QPrinter, QPrinterInfo
from PySide6.QtWidgets import QWidget

from imsa_desk.domain.prints import PrintWish
from imsa_desk.gui.again import Again
from imsa_desk.gui.forms.print_pages import PAPER_DPI, print_pages, save_privately, set_paper
from imsa_desk.gui.jobs import Job
from imsa_desk.gui.pages import PageContext
from imsa_desk.progress import Progress
from imsa_desk.services.previews import page_images
from imsa_desk.services.printing import record_print
from imsa_desk.vocab import Kind

_LEAVES = "A copy is about to leave the vault."
NO_PRINTER = "No printer is set up on this computer. Save it as a PDF, or set one up and come back."


@dataclass(frozen=True, slots=True)
class Paper:
    """A print that was made: its bytes, letters no font here can draw, and whether it is restricted."""

    data: bytes
    missing: tuple[str, ...]
    restricted: bool


class Leaving(QObject):
    """Takes a print out of the program: the passphrase where it is needed, then the printer or the file."""

    busy = Signal(str)
    ended = Signal()
    refused = Signal(object)

    def __init__(self, context: PageContext, owner: QWidget) -> None:
        super().__init__(owner)
        self._context, self._owner = context, owner
        self._again = Again(context, owner)
        self.job: Job | None = None

    def _after_asking(self, paper: Paper, wish: PrintWish, then: Callable[[], None]) -> None:
        """Ask for the passphrase once more where what is printed is restricted or names the person."""
        if paper.restricted:
            self._again.before(f"This record is restricted. {_LEAVES}", "Go on", then)
        elif wish.show_name:
            self._again.before(f"This print carries the person’s name. {_LEAVES}", "Go on", then)
        else:
            then()

    def save(self, paper: Paper, wish: PrintWish, suggested: str) -> None:
        """Save the PDF where the person says."""
        to = self._context.ask.save_file(self._owner, "Save as PDF", suggested, "PDF (*.pdf)")
        if to is None:
            return
        place = to if to.suffix.lower() == ".pdf" else to.with_name(f"{to.name}.pdf")
        self._after_asking(paper, wish, lambda: self._save(place, paper.data, wish))

    def _save(self, to: Path, data: bytes, wish: PrintWish) -> None:
        self._context.jobs.run(
            lambda _: save_privately(to, data),
            owner=self._owner,
            then=lambda _: self._note(wish, to),
            otherwise=self.refused.emit,
            lane="free",
        )

    def print(self, paper: Paper, wish: PrintWish) -> None:
        """Print on a printer of this computer, after the system's own dialog."""
        if not QPrinterInfo.availablePrinterNames():
            self._context.ask.error(self._owner, "No printer", NO_PRINTER)
            return
        self._after_asking(paper, wish, lambda: self._choose_printer(paper, wish))

    def _choose_printer(self, paper: Paper, wish: PrintWish) -> None:
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        set_paper(printer)
        dialog = QPrintDialog(printer, self._owner)
        chosen = dialog.exec() == QPrintDialog.DialogCode.Accepted
        dialog.deleteLater()
        if chosen:
            self.print_on(printer, paper, wish)

    def print_on(self, printer: QPrinter, paper: Paper, wish: PrintWish) -> None:
        """Draw the pages finely and send them to a printer."""

        def work(progress: Progress) -> None:
            print_pages(printer, page_images(paper.data, "pdf", PAPER_DPI, progress), progress)

        self.busy.emit("Printing…")
        self.job = self._context.jobs.run(
            work,
            owner=self._owner,
            then=lambda _: self._note(wish, None),
            otherwise=self.refused.emit,
            lane="free",
        )

    def _note(self, wish: PrintWish, to: Path | None) -> None:
        """Note in the journal that it left the program, then say so."""
        self.job = None
        self.ended.emit()
        desk = self._context.desk
        words = f"Saved as {to.name}" if to is not None else "Sent to the printer"

        def noted(_: object) -> None:
            self._context.toast(words)
            self._context.bridge.announce_change((Kind.ACCESS,))

        self._context.jobs.run(
            lambda _: record_print(desk, wish, saved=to is not None), owner=self._owner, then=noted
        )
