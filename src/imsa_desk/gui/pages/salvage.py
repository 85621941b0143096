"""SalvagePage: what can still be read of a damaged vault goes into a new one; then its loss is told."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from imsa_desk.errors import Cancelled, ImsaError, Problem, Refused
from imsa_desk.gui import opening, theme
from imsa_desk.gui.forms.print_pages import save_privately
from imsa_desk.gui.forms.sheet_part import SheetPart
from imsa_desk.gui.opening import Given
from imsa_desk.gui.pages import PageContext
from imsa_desk.gui.pages.alone import Alone, shorten
from imsa_desk.gui.widgets.base import announce
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.errors import ErrorSummary
from imsa_desk.gui.widgets.fields import Field
from imsa_desk.gui.widgets.layout import Part, column, row
from imsa_desk.gui.widgets.newpassphrase import NewPassphrase
from imsa_desk.gui.widgets.secret import SecretEntry
from imsa_desk.gui.widgets.words import label
from imsa_desk.gui.widgets.working import Working
from imsa_desk.progress import Progress
from imsa_desk.services import sheets, unfinished, vaults
from imsa_desk.services.desk import Desk
from imsa_desk.services.salvage import SalvageReport, salvage
from imsa_desk.services.sheets import SecretPaper
from imsa_desk.vocab import Kind

_LINES_SHOWN = 12
_COUNTED: dict[str, tuple[str, str]] = {
    Kind.CASE: ("case", "cases"),
    Kind.PERSON: ("person", "people"),
    Kind.MEETING: ("meeting", "meetings"),
    Kind.ACTION: ("action", "actions"),
    Kind.THEME_ENTRY: ("theme note", "theme notes"),
    Kind.ASSESSMENT: ("review", "reviews"),
    Kind.PROFESSIONAL: ("professional", "professionals"),
    Kind.CONTACT: ("contact with professionals", "contacts with professionals"),
    Kind.CONSENT: ("consent", "consents"),
    Kind.DOCUMENT: ("document", "documents"),
    Kind.SAFETY_RESPONSE: ("safety response", "safety responses"),
    Kind.REFLECTION: ("reflection", "reflections"),
}


class _Done(NamedTuple):
    """The new vault, open; what was saved and lost; and its recovery sheet."""

    desk: Desk
    report: SalvageReport
    paper: SecretPaper


class SalvagePage(Alone):
    """Where to and with which passphrase, the work, the loss report, and the new recovery sheet."""

    def __init__(self, context: PageContext) -> None:
        super().__init__(context, 820)
        self._args: dict[str, str] = {}
        self._to = _free_folder(context.folder)
        self._desk: Desk | None = None
        self._text = ""
        self.sheet: SheetPart | None = None
        self._steps = [self._where(), self._under_way(), self._report(), self._recovery()]
        for step in self._steps:
            self.content.addWidget(step)
        self._show(0)

    def show_for(self, **args: str) -> None:
        """Begin; a secret that was typed before is not asked for again."""
        self._args = args
        known = self._given is not None
        self.entry.setVisible(not known)
        self._entry_words.setVisible(not known)
        self.new.begin()
        first: QWidget = self.choose if known else self.entry
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show(self, number: int) -> None:
        for at, step in enumerate(self._steps):
            step.setVisible(at == number)

    # --- where to, and with which passphrase ------------------------------------------------------------

    def _where(self) -> QWidget:
        self.errors = ErrorSummary()
        self._to_words = label(shorten(self._to), wrap=True, selectable=True)
        self.choose = Button("Choose another folder…", "link", small=True)
        self._entry_words = label("What opens the damaged vault", "strong")
        self.entry = SecretEntry(self._context.ask)
        self.new = NewPassphrase(self._context.jobs)
        self.go = Button("Salvage into the new vault", "primary")
        back = Button("Back", "quiet")
        self.choose.clicked.connect(self._choose_folder)
        self.entry.entered.connect(self.start)
        self.new.entered.connect(self.start)
        self.go.clicked.connect(self.start)
        back.clicked.connect(self._back)
        return _step(
            label("Salvage what is whole", "title"),
            label(
                "Every record that can still be read and proves itself goes into a new vault with a new key. "
                "The damaged vault stays as it is. You get a list of what was lost.",
                wrap=True,
                measure=78,
            ),
            self.errors,
            8,
            label("The new vault’s folder", "strong"),
            self._to_words,
            row(self.choose, None),
            8,
            self._entry_words,
            self.entry,
            8,
            label("The new vault’s passphrase", "strong"),
            self.new,
            8,
            row(self.go, back, None),
        )

    def _choose_folder(self) -> None:
        chosen = self._context.ask.folder(self, "Choose an empty folder for the new vault")
        if chosen is not None:
            self._to = chosen
            self._to_words.setText(shorten(chosen))
            self._to_words.setAccessibleName(shorten(chosen))

    def start(self) -> None:
        """Salvage, if a passphrase was chosen and typed twice."""
        found = self.new.problems()
        if found:
            self.errors.show_problems(found, self.new.fields)
            return
        try:
            given = self._given or Given(self.entry.secret(), self.entry.way)
        except Refused as error:
            self.entry.set_error(error.message)
            return
        self.errors.clear(self.new.fields)
        self.entry.set_error("")
        self._show(1)
        self.working.begin("Reading every page of the damaged vault. It is not changed.")
        folder, to, new = self._folder, self._to, self.new.passphrase

        def work(progress: Progress) -> _Done:
            report = salvage(folder, given.secret, to, new, progress, way=given.way)
            desk = vaults.unlock(to, new)
            unfinished.begin_sheet(desk)
            return _Done(desk, report, sheets.recovery_paper(desk, report.recovery_code))

        self._job = self._context.jobs.run(
            work, owner=self, then=self._salvaged, otherwise=self._not_salvaged, progress=self.working.count
        )

    def _back(self) -> None:
        rest = {key: value for key, value in self._args.items() if key != "origin"}
        if self._args.get("origin") == "trouble":
            self._context.window.show_front("trouble", self._given, **rest)
        else:
            self._context.window.show_unlock()

    # --- the work ------------------------------------------------------------

    def _under_way(self) -> QWidget:
        self.working = Working()
        self.working.stopped.connect(self._stop)
        return _step(label("Salvaging…", "title"), self.working)

    def _stop(self) -> None:
        self._job.cancel()

    def _not_salvaged(self, error: ImsaError) -> None:
        self.working.end()
        self._show(0)
        if error.code in opening.WRONG_SECRET:
            self._given = None
            self._entry_words.show()
            self.entry.show()
            self.entry.set_error(error.message)
            return
        if isinstance(error, Cancelled):
            problems: tuple[Problem, ...] = (Problem("", "Stopped. No new vault was made."),)
        else:
            problems = error.problems if isinstance(error, Refused) else (Problem("", error.message),)
        self.errors.show_problems(problems, self.new.fields)

    # --- what was saved and what was lost ------------------------------------------------------------

    def _report(self) -> QWidget:
        self._report_title = label("", "title", wrap=True)
        self._kept = label("", wrap=True, selectable=True, measure=78)
        self._lost = label("", wrap=True, selectable=True, measure=78)
        self.save = Button("Save this list…")
        self.said = label("", "meta", wrap=True)
        self.on = Button("Next: the recovery sheet", "primary")
        self.save.clicked.connect(self._save)
        self.on.clicked.connect(self._go_to_sheet)
        return _step(
            self._report_title,
            label("Saved", "strong"),
            self._kept,
            8,
            label("Lost", "strong"),
            self._lost,
            self.said,
            8,
            row(self.on, self.save, None),
        )

    def _salvaged(self, done: _Done) -> None:
        self._given = None
        self.entry.clear()
        self.new.forget()
        self._desk, report = done.desk, done.report
        self._text = say_report(report)
        self._report_title.setText("Salvaged" if report.lost else "Salvaged, and nothing is known to be lost")
        self._kept.setText(say_kept(report.kept))
        shown = [f"•  {line}" for line in report.lost[:_LINES_SHOWN]]
        more = len(report.lost) - _LINES_SHOWN
        if more > 0:
            shown.append(f"and {more} more, which stand in the list that you can save")
        self._lost.setText("\n".join(shown) or "Nothing is known to be lost.")
        sheet = SheetPart(self._context._replace(vault=done.desk))
        self.sheet = sheet
        self._sheet_place.addWidget(sheet)
        self._sheet_fields: dict[str, Field] = sheet.show_paper(done.paper)
        sheet.typed.entered.connect(self._finish)
        self._fit_preview()
        self._show(2)
        self.on.setFocus(Qt.FocusReason.OtherFocusReason)
        announce(self, f"{self._report_title.text()} {self._kept.text()} {self._lost.text()}")

    def _save(self) -> None:
        to = self._context.ask.save_file(self, "Save this list", "salvage-report.txt", "Text (*.txt)")
        if to is None:
            return
        data = self._text.encode()
        self._context.jobs.run(
            lambda _: save_privately(to, data),
            owner=self,
            then=lambda _: self.said.setText(f"Saved as {shorten(to)}."),
            otherwise=lambda error: self.said.setText(error.message),
            lane="free",
        )

    def _go_to_sheet(self) -> None:
        self._show(3)
        if self.sheet is not None:
            self.sheet.paper.print_button.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- the new recovery sheet ------------------------------------------------------------

    def _recovery(self) -> QWidget:
        self.sheet_errors = ErrorSummary()
        self._sheet_place = QVBoxLayout()
        self.finish = Button("Open the new vault", "primary")
        self.finish.clicked.connect(self._finish)
        return _step(
            label("Print the new recovery sheet", "title"),
            label("The sheet of the damaged vault does not open the new one. Destroy it later.", wrap=True),
            self.sheet_errors,
            self._sheet_place,
            8,
            row(self.finish, None),
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the preview out where there is no room beside the words."""
        super().resizeEvent(event)
        self._fit_preview()

    def _fit_preview(self) -> None:
        if self.sheet is not None:
            self.sheet.preview.setVisible(self.width() >= theme.px(SheetPart.WIDE))

    def _finish(self) -> None:
        desk, sheet = self._desk, self.sheet
        if desk is None or sheet is None:
            return
        found = sheet.problems()
        if found:
            self.sheet_errors.show_problems(found, self._sheet_fields)
            return
        self._desk = None
        sheet.forget()
        self._context.jobs.run(
            lambda _: unfinished.finish_sheet(desk), owner=self, then=lambda _: self._open(desk)
        )

    def _open(self, desk: Desk) -> None:
        self._context.window.use_folder(desk.folder)
        self._context.window.vault_opened(desk)


def say_kept(kept: Mapping[str, int]) -> str:
    """Say how many records were saved, by the kinds that a person counts."""
    parts = [
        f"{kept[kind]} {one if kept[kind] == 1 else more}"
        for kind, (one, more) in _COUNTED.items()
        if kept.get(kind)
    ]
    rest = sum(count for kind, count in kept.items() if kind not in _COUNTED)
    if rest:
        parts.append(f"{rest} {'detail' if rest == 1 else 'details'} of these")
    return ", ".join(parts) or "Nothing could be saved."


def say_report(report: SalvageReport) -> str:
    """Write the report as a text to keep."""
    lost = [f"- {line}" for line in report.lost] or ["- nothing is known to be lost"]
    return "\n".join(["Saved:", f"- {say_kept(report.kept)}", "", "Lost:", *lost, ""])


def _free_folder(folder: Path) -> Path:
    """Name a folder beside the damaged vault that is not there yet."""
    first = folder.with_name(f"{folder.name}-salvaged")
    others = (folder.with_name(f"{folder.name}-salvaged-{number}") for number in range(2, 100))
    return next((each for each in (first, *others) if not each.exists()), first)


def _step(*parts: Part) -> QWidget:
    made = QWidget()
    made.setLayout(column(*parts, space=8))
    return made
