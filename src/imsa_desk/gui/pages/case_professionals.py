"""CaseProfessionals: the board: one row a professional, what we asked and they promised."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QSizePolicy

from imsa_desk.domain.coordination import BoardRow
from imsa_desk.domain.dates import say_day
from imsa_desk.domain.ids import CaseId
from imsa_desk.domain.themes import ICONS
from imsa_desk.gui import theme
from imsa_desk.gui.forms.flow import Flow
from imsa_desk.gui.models import doing, say
from imsa_desk.gui.models.cells import Cell, CellModel, Column
from imsa_desk.gui.models.celltable import CellTable
from imsa_desk.gui.models.pen import Pen
from imsa_desk.gui.pages import PageContext
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.heading import EmptyState
from imsa_desk.gui.widgets.layout import overhang, row
from imsa_desk.gui.widgets.page import BasePage
from imsa_desk.gui.widgets.pill import Pill
from imsa_desk.gui.widgets.tag import TagValue
from imsa_desk.services.professionals import board, end_involvement
from imsa_desk.vocab import InfoCategory, Kind

COLUMNS = (
    Column("Who", 232, grows=True),
    Column("Last contact", 112, 1),
    Column("We asked", 186, 2, grows=True),
    Column("They promised", 186, 3, grows=True),
    Column("Silent", 96),
    Column("Consent", 188, 4),
    Column("", 110),
)


class CaseProfessionals(BasePage):
    """Args: case_id."""

    kinds = frozenset(
        {Kind.PROFESSIONAL, Kind.INVOLVEMENT, Kind.CONTACT, Kind.ACTION, Kind.CONSENT, Kind.ORGANISATION}
    )

    def __init__(self, context: PageContext, pen: Pen) -> None:
        super().__init__((24, 12, 24, 12))
        self._context, self._pen = context, pen
        self._case_id = ""
        self._lines: tuple[BoardRow, ...] = ()
        self._pills = {
            "all": Pill("Everyone", on=True),
            "silent": Pill("Silent"),
            "consent": Pill("Consent missing"),
            "ended": Pill("Ended"),
        }
        for key, pill in self._pills.items():
            pill.clicked.connect(lambda _=False, chosen=key: self._press(chosen))
        self._more = Button("More", "plain", icon="more", small=True, name="More for the chosen professional")
        self._more.clicked.connect(self._open_menu)
        self._add = Button("Add a professional", "plain", icon="plus", small=True)
        self._add.clicked.connect(lambda: context.open_editor("professional", case_id=self._case_id))
        head = row(Flow(*self._pills.values(), name="Filters"), self._more, self._add)
        head.setStretch(0, 1)
        self._model = CellModel[BoardRow](COLUMNS, self._cell, lambda r: r.involvement.id, self)
        self.table = CellTable("Professionals", self._model, two_lines=True)
        self.table.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.table.setMinimumHeight(theme.px(150))
        self.table.horizontalHeader().setSectionsClickable(False)
        self.table.acted.connect(self._contact)
        self.empty = EmptyState(
            "Nobody is on the board yet",
            "Solicitors, support workers, doctors, officers: whoever has a part in this case. You see "
            "here what was asked, what was promised and who has gone silent.",
            verb="Add a professional",
        )
        self.empty.pressed.connect(lambda: context.open_editor("professional", case_id=self._case_id))
        self.empty.hide()
        pen.holds(self._more, self._add, self.empty)
        self.content.addLayout(head)
        self.content.addWidget(self.empty)
        self.content.addLayout(overhang(self.table), 1)

    def show_for(self, **args: str) -> None:
        if args["case_id"] != self._case_id:
            self._case_id = args["case_id"]
            self._press("all")
        self.refresh()

    def refresh(self) -> None:
        """Ask for the whole board."""
        desk, case_id = self._context.desk, CaseId(self._case_id)
        self._context.jobs.run(lambda _: board(desk, case_id), owner=self, then=self._came)

    def _came(self, lines: tuple[BoardRow, ...]) -> None:
        self._lines = lines
        for key, pill in self._pills.items():
            count = sum(self._fits(r, key) for r in lines)
            pill.set_count(str(count))
            pill.setVisible(bool(count) or key == "all")
        for part in (self.table, self._more, self._add, *(() if lines else self._pills.values())):
            part.setVisible(bool(lines))
        self.empty.setVisible(not lines)
        self._narrow()

    def _fits(self, line: BoardRow, pill: str) -> bool:
        ended = line.involvement.ended_on is not None
        if pill == "ended":
            return ended
        if pill == "silent":
            return not ended and self._silent(line) is not None
        if pill == "consent":
            return not ended and not line.consent_scope
        return not ended

    def _narrow(self) -> None:
        pressed = next(key for key, pill in self._pills.items() if pill.isChecked())
        self.table.show_values([r for r in self._lines if self._fits(r, pressed)])

    def _press(self, chosen: str) -> None:
        for key, pill in self._pills.items():
            pill.setChecked(key == chosen)
        self._narrow()

    # --- cells ---

    def _silent(self, line: BoardRow) -> int | None:
        """Count the days past a promise, or without any contact where that is long."""
        today = self._context.desk.today()
        if line.promised is not None and line.promised.due_on is not None:
            late = (today - line.promised.due_on).days
            return late if late > 0 else None
        gone = line.days_silent
        return gone if gone is not None and gone >= say.SILENT_DAYS * 2 else None

    def _cell(self, line: BoardRow, column: int) -> Cell:
        who, today = line.involvement.professional, self._context.desk.today()
        if column == 0:
            lists = self._context.desk.lists
            themes = line.involvement.themes
            icon = ICONS[themes[0]] if themes else "user"
            below = say.professional(lists, who, line.involvement.role)
            return Cell(who.name, below=below, strong=True, body=True, icon=icon, icon_role="accent_text")
        if column == 1:
            if line.last_contact is None:
                return Cell("never", role="muted")
            day = say.local_day(line.last_contact)
            near = (today - day).days <= 1
            words = say.ago(day, today) if near else say_day(day, today).split(" ", 1)[1]
            return Cell(words, below="" if near else say.days((today - day).days))
        if column == 2:
            return Cell(line.asked or "nothing yet", role="text" if line.asked else "muted", wraps=True)
        if column == 3:
            return self._promised(line)
        if column == 4:
            gone = self._silent(line)
            if gone is None:
                return Cell()
            return Cell(say.days(gone), icon="hourglass", icon_role="caution", role="caution", strong=True)
        if column == 5:
            return self._consent(line)
        if self._pen.why:
            return Cell()
        return Cell(verb="Chase" if self._silent(line) is not None else "Log contact")

    def _promised(self, line: BoardRow) -> Cell:
        promised, today = line.promised, self._context.desk.today()
        if promised is None:
            return Cell("none", role="muted")
        if promised.due_on is None:
            return Cell(promised.text, wraps=True)
        role = "caution" if promised.due_on < today else "muted"
        return Cell(promised.text, below=f"by {say_day(promised.due_on, today)}", note_role=role)

    def _consent(self, line: BoardRow) -> Cell:
        """Say plainly what is normal, and mark what is not."""
        if line.consent_withdrawn:
            return Cell(tag=TagValue("Withdrawn", "alert", "withdrawn"))
        scope = line.consent_scope
        if not scope:
            return Cell(tag=TagValue("Not agreed", "caution", "withdrawn"))
        if len(scope) == 1:
            words = self._context.desk.lists.label("info_category", scope[0])
            return Cell(tag=TagValue(f"{words} only", "neutral", "consent"))
        words = "Agreed" if len(scope) == len(InfoCategory) else f"Agreed, {len(scope)} kinds"
        return Cell(words, icon="consent", role="muted")

    # --- what is pressed ---

    def _line(self, involvement_id: str) -> BoardRow | None:
        return next((r for r in self._lines if r.involvement.id == involvement_id), None)

    def _contact(self, involvement_id: str) -> None:
        line = self._line(involvement_id)
        if line is None:
            return
        args = {"case_id": self._case_id, "professional_id": str(line.involvement.professional.id)}
        if line.promised is not None and self._silent(line) is not None:
            args["action_id"] = line.promised.id
        self._context.open_editor("contact", **args)

    def _open_menu(self) -> None:
        line = self._line(self.table.current_id)
        if line is None:
            self._context.toast("Choose a professional first")
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        who = str(line.involvement.professional.id)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        choices = [
            ("Log a contact", lambda: self._contact(line.involvement.id)),
            ("Change the directory entry", lambda: self._edit("professional", who)),
            ("Record consent to tell them", lambda: self._edit("consent", who)),
        ]
        if line.involvement.ended_on is None:
            choices.append(("Their part in this case has ended", lambda: self._end(line)))
        for words, run in choices:
            action = QAction(words, menu)
            action.triggered.connect(run)
            menu.addAction(action)
        menu.popup(self._more.mapToGlobal(QPoint(0, self._more.height() + 2)))

    def _edit(self, editor: str, professional_id: str) -> None:
        self._context.open_editor(editor, case_id=self._case_id, professional_id=professional_id)

    def _end(self, line: BoardRow) -> None:
        who = line.involvement.professional.name
        day = self._context.ask.line(
            self,
            f"Has {who}’s part in this case ended?",
            "The day it ended",
            "It has ended",
            help="Such as: today, last tue, 4 nov. Nothing of the record goes.",
            value="today",
        )
        if day is not None:
            desk = self._context.desk
            doing.do(
                self._context,
                self,
                lambda: end_involvement(desk, line.involvement.id, day),
                f"{who}’s part has ended",
                (Kind.INVOLVEMENT,),
            )
