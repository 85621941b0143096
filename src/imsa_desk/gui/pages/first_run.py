"""First run: who you are, a passphrase of five words, and a recovery sheet to print and put away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from imsa_desk.errors import ImsaError, Problem, Refused
from imsa_desk.gui import loader, theme
from imsa_desk.gui.choosing import open_another
from imsa_desk.gui.pages import PageContext
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.errors import ErrorSummary
from imsa_desk.gui.widgets.fields import Field, TextLine
from imsa_desk.gui.widgets.heading import label
from imsa_desk.gui.widgets.layout import column, row
from imsa_desk.gui.widgets.newpassphrase import NewPassphrase
from imsa_desk.gui.widgets.sheet import Sheet
from imsa_desk.gui.widgets.steps import Steps

if TYPE_CHECKING:
    from imsa_desk.gui.forms.sheet_part import SheetPart
    from imsa_desk.services.desk import Desk
    from imsa_desk.services.sheets import SecretPaper

_CREATE = "imsa_desk.services.vaults:create"
_PAPER = "imsa_desk.services.sheets:recovery_paper"
_BEGIN_SHEET = "imsa_desk.services.unfinished:begin_sheet"
_FINISH_SHEET = "imsa_desk.services.unfinished:finish_sheet"
_SHEET_PART = "imsa_desk.gui.forms.sheet_part:SheetPart"
_PRACTISE = "imsa_desk.gui.practice:start"
_NAMES = ("Who you are", "Passphrase", "Recovery sheet")
_ROOM_FOR_PREVIEW = 860


class FirstRunPage(Sheet):
    """Three short steps; the vault is made at the end of the second."""

    kinds: frozenset[str] = frozenset()

    def __init__(self, context: PageContext) -> None:
        super().__init__(1000, foot="Nothing leaves this computer until you prepare a bundle.")
        self._context = context
        self._desk: Desk | None = None
        self.busy = False
        self.sheet: SheetPart | None = None
        self.steps = Steps(_NAMES)
        self._stack = QStackedWidget()
        self._stack.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.content.addWidget(self.steps)
        self.content.addSpacing(20)
        self.content.addWidget(self._stack, 1)
        self._stack.addWidget(self._who())
        self._stack.addWidget(self._passphrase())
        self._stack.addWidget(self._recovery())

    def show_for(self, **args: str) -> None:
        """Begin with the first step."""
        self._go(0)

    def refresh(self) -> None:
        """Nothing here is read from records."""

    def flush(self) -> None:
        """Nothing here is a draft."""

    def _go(self, step: int) -> None:
        self.steps.show_step(step)
        self._stack.setCurrentIndex(step)
        if step == 0:
            self.name.setFocus(Qt.FocusReason.OtherFocusReason)
        elif step == 1:
            self.new.known = (self.name.text(), self.organisation.text())
            self.new.begin()
            self.new.focus()

    # --- who you are ------------------------------------------------------------

    def _who(self) -> QWidget:
        self.name = TextLine(width=36)
        self.organisation = TextLine(width=36)
        self.who_errors = ErrorSummary()
        self.who_fields = {
            "advocate_name": Field(
                "Your name", self.name, help="It stands beside what you write.", stretch=False
            ),
            "organisation": Field(
                "Your organisation", self.organisation, help="You can leave this empty.", stretch=False
            ),
        }
        self.next = Button("Next", "primary")
        self.next.clicked.connect(self._who_done)
        self.name.returnPressed.connect(self._who_done)
        self.organisation.returnPressed.connect(self._who_done)
        unlock = Button("Open a vault that is there already", "link", small=True)
        unlock.clicked.connect(lambda: open_another(self._context, self, self._say_wrong))
        self.restore = Button("Restore a vault from a backup", "link", small=True)
        self.restore.clicked.connect(lambda: self._context.window.show_front("restore", origin="first_run"))
        self.practise = Button("Open the practice caseload instead", "link", small=True)
        self.practise.clicked.connect(self._practise)
        return _step(
            "Who you are",
            "Desk keeps the record of your casework in one encrypted vault on this computer.",
            self.who_errors,
            *self.who_fields.values(),
            buttons=column(
                row(self.next, None, self.practise, space=20), row(None, unlock, self.restore, space=20)
            ),
        )

    def _practise(self) -> None:
        """Open a vault of invented people, to try everything with."""
        loader.load(_PRACTISE)(self._context, self.practise, self._not_practised)

    def _not_practised(self, error: ImsaError) -> None:
        self._say_wrong(error.message)

    def _say_wrong(self, words: str) -> None:
        self.who_errors.show_problems((Problem("", words),))

    def _who_done(self) -> None:
        if not self.name.text().strip():
            self.who_errors.show_problems([Problem("advocate_name", "Enter your name")], self.who_fields)
            return
        self.who_errors.clear(self.who_fields)
        self._go(1)

    # --- passphrase ------------------------------------------------------------

    def _passphrase(self) -> QWidget:
        self.new = NewPassphrase(self._context.jobs)
        self.passphrase_errors = ErrorSummary()
        self.make = Button("Make the vault", "primary")
        back = Button("Back", "quiet")
        self.new.entered.connect(self._make)
        self.new.suggested.toggled.connect(lambda _: self.passphrase_errors.clear())
        self.make.clicked.connect(self._make)
        back.clicked.connect(lambda: self._go(0))
        return _step(
            "Choose a passphrase",
            "Five words are easy to remember and cannot be guessed. Nobody can look it up for you.",
            self.passphrase_errors,
            self.new,
            buttons=row(self.make, back, None),
        )

    def _make(self) -> None:
        if self.busy or self._desk is not None:
            return
        found = self.new.problems()
        if found:
            self.passphrase_errors.show_problems(found, self.new.fields)
            return
        self._wait(True)
        self.passphrase_errors.clear(self.new.fields)
        name, organisation = self.name.text(), self.organisation.text()
        folder, passphrase = self._context.folder, self.new.passphrase

        def work(_: object) -> Any:
            desk, code = loader.load(_CREATE)(
                folder, passphrase, advocate_name=name, organisation=organisation
            )
            loader.load(_BEGIN_SHEET)(desk)
            return desk, loader.load(_PAPER)(desk, code)

        self._context.jobs.run(work, owner=self, then=self._made, otherwise=self._not_made)

    def _wait(self, busy: bool) -> None:
        self.busy = busy
        self.make.set_words("Making the vault…" if busy else "Make the vault")
        self.make.setEnabled(not busy)

    def _not_made(self, error: ImsaError) -> None:
        self._wait(False)
        problems = error.problems if isinstance(error, Refused) else (Problem("", error.message),)
        if any(p.field == "advocate_name" for p in problems):
            self._go(0)
            self.who_errors.show_problems(problems, self.who_fields)
            return
        self.passphrase_errors.show_problems(problems, self.new.fields)

    def _made(self, made: tuple[Desk, SecretPaper]) -> None:
        self._wait(False)
        self.new.forget()
        self._desk, paper = made
        self._context.window.use_folder(self._context.folder)
        sheet: SheetPart = loader.load(_SHEET_PART)(self._context._replace(vault=self._desk))
        self.sheet = sheet
        self._sheet_place.addWidget(sheet)
        self.sheet_fields = sheet.show_paper(paper)
        sheet.typed.entered.connect(self._finish)
        self._fit_preview()
        self._go(2)
        sheet.paper.print_button.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- recovery sheet ------------------------------------------------------------

    def _recovery(self) -> QWidget:
        self.sheet_errors = ErrorSummary()
        self._sheet_place = QVBoxLayout()
        self.finish = Button("Finish", "primary")
        self.finish.clicked.connect(self._finish)
        return _step(
            "Print your recovery sheet",
            "If you forget your words, this sheet is the only other way in. Nobody else has a copy, "
            "not even the people who made Desk.",
            self.sheet_errors,
            self._sheet_place,
            buttons=row(self.finish, None),
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the preview out where there is no room beside the words."""
        super().resizeEvent(event)
        self._fit_preview()

    def _fit_preview(self) -> None:
        if self.sheet is not None:
            self.sheet.preview.setVisible(self.width() >= theme.px(_ROOM_FOR_PREVIEW))

    def _finish(self) -> None:
        desk, sheet = self._desk, self.sheet
        if desk is None or sheet is None or self.busy:
            return
        found = sheet.problems()
        if found:
            self.sheet_errors.show_problems(found, self.sheet_fields)
            return
        self.busy = True
        sheet.forget()
        self._context.jobs.run(
            lambda _: loader.load(_FINISH_SHEET)(desk),
            owner=self,
            then=lambda _: self._context.window.vault_opened(desk),
            otherwise=lambda _: self._context.window.vault_opened(desk),  # then the sheet is asked for again
        )


def _step(title: str, words: str, *parts: Any, buttons: QBoxLayout) -> QWidget:
    made = QWidget()
    said = label(words, wrap=True)
    layout = QVBoxLayout(made)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addLayout(column(label(title, "title"), said, 8, *parts, space=10))
    layout.addStretch(1)
    layout.addSpacing(20)
    layout.addLayout(buttons)
    return made
