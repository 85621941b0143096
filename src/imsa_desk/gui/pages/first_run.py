"""First run: who you are, a passphrase of five words, and a recovery sheet to print and put away."""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from imsa_desk.errors import ImsaError, Problem, Refused
from imsa_desk.gui import loader, theme
from imsa_desk.gui.choosing import open_another
from imsa_desk.gui.pages import PageContext
from imsa_desk.gui.recovery import RecoverySheet, SheetPreview, print_sheet, save_sheet
from imsa_desk.gui.widgets.base import announce
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.errors import ErrorSummary
from imsa_desk.gui.widgets.fields import Dot, Field, PassphraseLine, TextLine, Tick
from imsa_desk.gui.widgets.heading import label
from imsa_desk.gui.widgets.layout import column, row
from imsa_desk.gui.widgets.sheet import Sheet
from imsa_desk.gui.widgets.steps import Steps

if TYPE_CHECKING:
    from imsa_desk.services.desk import Desk

_CREATE = "imsa_desk.services.vaults:create"
_STRENGTH = "imsa_desk.services.vaults:strength"
_SUGGEST = "imsa_desk.services.vaults:suggest_passphrase"
_PRACTISE = "imsa_desk.gui.practice:start"
_NAMES = ("Who you are", "Passphrase", "Recovery sheet")
_TYPED_BACK = 2
_ROOM_FOR_PREVIEW = 860
_REPEAT_HELP = "So that it is in your memory, or written down."
_PROOF = "The groups are never shown on the screen, so this proves that the print can be read."
_NOT_WRITTEN = "The file could not be written. Choose another folder."


class FirstRunPage(Sheet):
    """Three short steps; the vault is made at the end of the second."""

    kinds: frozenset[str] = frozenset()

    def __init__(self, context: PageContext) -> None:
        super().__init__(1000, foot="Nothing leaves this computer until you prepare a bundle.")
        self._context = context
        self._desk: Desk | None = None
        self._sheet: RecoverySheet | None = None
        self._asked: list[int] = []
        self._busy = False
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
        first = (self.name, self.words if self.suggested.isChecked() else self.own, self.print)[step]
        first.setFocus(Qt.FocusReason.OtherFocusReason)
        if step == 1 and not self.words.text():
            self._suggest()

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
        self.practise = Button("Open the practice caseload instead", "link", small=True)
        self.practise.clicked.connect(self._practise)
        return _step(
            "Who you are",
            "Desk keeps the record of your casework in one encrypted vault on this computer.",
            self.who_errors,
            *self.who_fields.values(),
            buttons=row(self.next, None, self.practise, unlock, space=20),
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
        self.suggested = Dot("Use these five words", on=True)
        self.chosen = Dot("Use words of my own")
        self.words = TextLine(name="Five suggested words", width=44)
        self.words.setReadOnly(True)
        self.again = Button("Other words", "quiet", icon="undo", small=True)
        self.own = PassphraseLine("Your own passphrase")
        self._advice = label("", "meta", wrap=True)
        self.own_field = Field("Your own passphrase", self.own, help="At least 15 characters.", stretch=False)
        self.repeat = PassphraseLine("The passphrase once more")
        self.repeat_field = Field(
            "Type it once more",
            self.repeat,
            help=_REPEAT_HELP,
            stretch=False,
        )
        self.passphrase_errors = ErrorSummary()
        self.passphrase_fields = {"passphrase": self.own_field, "repeat": self.repeat_field}
        self.make = Button("Make the vault", "primary")
        back = Button("Back", "quiet")
        self.suggested.toggled.connect(self._choose_way)
        self.again.clicked.connect(self._suggest)
        self.own.textChanged.connect(self._judge)
        self.repeat.returnPressed.connect(self._make)
        self.make.clicked.connect(self._make)
        back.clicked.connect(lambda: self._go(0))
        page = _step(
            "Choose a passphrase",
            "Five words are easy to remember and cannot be guessed. Nobody can look it up for you.",
            self.passphrase_errors,
            self.suggested,
            row(self.words, self.again, None),
            self.chosen,
            self.own_field,
            self._advice,
            self.repeat_field,
            buttons=row(self.make, back, None),
        )
        self._choose_way(True)
        return page

    def _choose_way(self, suggested: bool) -> None:
        self.words.setEnabled(suggested)
        self.again.setEnabled(suggested)
        self.own_field.setVisible(not suggested)
        self._advice.setVisible(not suggested)

    def _suggest(self) -> None:
        self._context.jobs.run(
            lambda _: str(loader.load(_SUGGEST)()), owner=self, then=self.words.setText, lane="free"
        )

    def _judge(self, typed: str) -> None:
        """Judge a passphrase of the person's own while it is typed."""
        if not typed:
            self._advice.setText("")
            return
        self._context.jobs.run(
            lambda _: loader.load(_STRENGTH)(typed), owner=self, then=self._say_strength, lane="free"
        )

    def _say_strength(self, strength: Any) -> None:
        theme.restyle(self._advice, "kind", "good" if strength.ok else "caution")
        self._advice.setText(strength.advice)

    def _make(self) -> None:
        if self._busy or self._desk is not None:
            return
        passphrase = self.words.text() if self.suggested.isChecked() else self.own.text()
        if self.repeat.text() != passphrase:
            words = "Type the same passphrase once more" if passphrase else "Choose a passphrase"
            self.passphrase_errors.show_problems([Problem("repeat", words)], self.passphrase_fields)
            return
        self._wait(True)
        name, organisation = self.name.text(), self.organisation.text()
        folder = self._context.folder

        def work(_: object) -> Any:
            return loader.load(_CREATE)(folder, passphrase, advocate_name=name, organisation=organisation)

        self._context.jobs.run(work, owner=self, then=self._made, otherwise=self._not_made)

    def _wait(self, busy: bool) -> None:
        self._busy = busy
        self.make.set_words("Making the vault…" if busy else "Make the vault")
        self.make.setEnabled(not busy)

    def _not_made(self, error: ImsaError) -> None:
        self._wait(False)
        problems = error.problems if isinstance(error, Refused) else (Problem("", error.message),)
        if any(p.field == "advocate_name" for p in problems):
            self._go(0)
            self.who_errors.show_problems(problems, self.who_fields)
            return
        self.passphrase_errors.show_problems(problems, self.passphrase_fields)

    def _made(self, made: tuple[Desk, str]) -> None:
        self._wait(False)
        for typed in (self.words, self.own, self.repeat):
            typed.clear()
        self._desk, code = made
        self._context.window.use_folder(self._context.folder)
        self._sheet = RecoverySheet.of(code, self._desk.today())
        self._asked = sorted(secrets.SystemRandom().sample(range(len(self._sheet.groups)), _TYPED_BACK))
        for line, at in zip(self.typed_back, self._asked, strict=True):
            self.back_fields[line.objectName()].set_words(f"Type group {at + 1} from the sheet")
        self.preview.show_sheet(self._sheet)
        self._go(2)

    # --- recovery sheet ------------------------------------------------------------

    def _recovery(self) -> QWidget:
        self.preview = SheetPreview()
        self.print = Button("Print sheet", "primary", icon="print")
        self.save = Button("Save as a file", "quiet")
        self.typed_back = [TextLine(width=14), TextLine(width=14)]
        self.back_fields: dict[str, Field] = {}
        for number, line in enumerate(self.typed_back):
            line.setObjectName(f"group{number}")
            self.back_fields[line.objectName()] = Field("Type a group from the sheet", line, stretch=False)
            line.textChanged.connect(self._look_whether_finished)
        self.away = Tick("It is put away, apart from this laptop")
        self.finish = Button("Finish", "primary")
        self.finish_help = label("Finish opens when all three are done", "meta")
        self.finish.setEnabled(False)
        self.print.clicked.connect(self._print)
        self.save.clicked.connect(self._save)
        self.away.toggled.connect(self._look_whether_finished)
        self.finish.clicked.connect(self._finish)
        words = _step(
            "Print your recovery sheet",
            "If you forget your words, this sheet is the only other way in. Nobody else has a copy, "
            "not even the people who made Desk.",
            row(self.print, self.save, None),
            8,
            label(
                "The groups are never shown on the screen, so this proves that the print can be read.",
                "meta",
                wrap=True,
            ),
            row(*self.back_fields.values(), None, space=16),
            self.away,
            buttons=row(self.finish, self.finish_help, None),
        )
        side_by_side = QHBoxLayout()
        side_by_side.setSpacing(32)
        side_by_side.setContentsMargins(0, 0, 0, 0)
        side_by_side.addWidget(words, 3)
        side_by_side.addWidget(self.preview, 2)
        made = QWidget()
        made.setLayout(side_by_side)
        return made

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the preview out where there is no room beside the words."""
        super().resizeEvent(event)
        self.preview.setVisible(self.width() >= theme.px(_ROOM_FOR_PREVIEW))

    def _print(self) -> None:
        if self._sheet is not None and print_sheet(self, self._sheet):
            announce(self, "Sent to the printer")

    def _save(self) -> None:
        if self._sheet is None:
            return
        to = self._context.ask.save_file(self, "Save the recovery sheet", "recovery-sheet.pdf", "PDF (*.pdf)")
        if to is not None and not save_sheet(to, self._sheet):
            self._context.ask.error(
                self, "Not saved", "The file could not be written. Choose another folder."
            )

    def _look_whether_finished(self) -> None:
        """Open Finish when both groups are right and the sheet is put away."""
        right = self._sheet is not None
        for line, at in zip(self.typed_back, self._asked, strict=False):
            typed = re.sub(r"[\s-]", "", line.text()).upper()
            wanted = self._sheet.groups[at] if self._sheet is not None else ""
            wrong = len(typed) >= len(wanted) and typed != wanted
            self.back_fields[line.objectName()].set_error("Compare it with the sheet" if wrong else "")
            right = right and typed == wanted
        done = right and self.away.isChecked()
        self.finish.setEnabled(done)
        self.finish_help.setVisible(not done)

    def _finish(self) -> None:
        if self._desk is not None:
            self._sheet = None
            self._context.window.vault_opened(self._desk)


def _step(title: str, words: str, *parts: Any, buttons: QHBoxLayout) -> QWidget:
    made = QWidget()
    said = label(words, wrap=True)
    layout = QVBoxLayout(made)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addLayout(column(label(title, "title"), said, 8, *parts, space=10))
    layout.addStretch(1)
    layout.addSpacing(20)
    layout.addLayout(buttons)
    return made
