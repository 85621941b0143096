"""CaseloadPage: every case in one table, narrowed by typing and by pills, sorted by its headings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy

from imsa_desk.domain.cases import CaseRow
from imsa_desk.domain.dates import say_day
from imsa_desk.gui import theme
from imsa_desk.gui.forms.flow import Flow
from imsa_desk.gui.models import say
from imsa_desk.gui.models.cells import Cell, CellModel, Column
from imsa_desk.gui.models.celltable import CellTable
from imsa_desk.gui.pages import PageContext
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.choice import Choice, Option
from imsa_desk.gui.widgets.fields import TextLine
from imsa_desk.gui.widgets.heading import EmptyState, label
from imsa_desk.gui.widgets.layout import overhang, row
from imsa_desk.gui.widgets.page import BasePage
from imsa_desk.gui.widgets.pill import Pill
from imsa_desk.services.assignments import may_write
from imsa_desk.services.caseload import caseload
from imsa_desk.services.cases import closed_count
from imsa_desk.vocab import Band, Kind, Tier

NEAR_DAYS = 14
COLUMNS = (
    Column("Known as", 150, grows=True),
    Column("Code", 92, 2),
    Column("Nation", 116, 2),
    Column("Tier", 50, 1),
    Column("NRM", 148, 2),
    Column("Risk", 104),
    Column("Next due", 162),
    Column("Last contact", 106),
    Column("To do", 58, 1),
    Column("Held", 92, 1),
)
_RISK_ICONS = {Band.LOW: ("check", "good"), Band.MEDIUM: ("info", "caution")}
_SORTS = (
    Option("risk", "risk, then what is due"),
    *(Option(str(n), c.title.lower()) for n, c in enumerate(COLUMNS) if c.title != "Risk"),
)


def _sort_keys(today: date) -> dict[int, Callable[[CaseRow], tuple[object, ...]]]:
    """Give what each column sorts by."""
    bands = list(Band)
    return {
        0: lambda r: (r.known_as.casefold(),),
        1: lambda r: (r.code,),
        2: lambda r: (r.nation, r.known_as.casefold()),
        3: lambda r: (r.tier, r.known_as.casefold()),
        4: lambda r: (r.nrm_status, r.nrm_status_on or today),
        5: lambda r: (-bands.index(r.risk) if r.risk else 1, r.next_due or date.max),
        6: lambda r: (r.next_due or date.max, r.known_as.casefold()),
        7: lambda r: (say.local_day(r.last_contact) if r.last_contact else date.min,),
        8: lambda r: (-r.open_actions, r.known_as.casefold()),
        9: lambda r: (-r.not_held, r.known_as.casefold()),
    }


class CaseloadPage(BasePage):
    """Enter opens a case, Ctrl+M logs a meeting for the chosen row, Ctrl+F or typing narrows the list."""

    kinds = frozenset({Kind.CASE, Kind.PERSON, Kind.MEETING, Kind.CONTACT, Kind.ACTION, Kind.ASSESSMENT})

    def __init__(self, context: PageContext) -> None:
        super().__init__((28, 16, 28, 14))
        self._context = context
        self._rows: tuple[CaseRow, ...] = ()
        self._closed, self._with_closed = 0, False
        self._sort, self._reverse = 5, False
        self._build_head()
        self._build_filters()
        self._model = CellModel[CaseRow](COLUMNS, self._cell, lambda r: r.id, self)
        self.table = CellTable("Cases", self._model)
        self.table.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.table.setMinimumHeight(theme.px(190))
        self.table.opened.connect(lambda case_id: context.open("case", case_id=case_id))
        self.table.sorted_by.connect(self._header_pressed)
        self.empty = EmptyState(
            "No cases yet",
            "Each person you work with has a case here. Only the name they want to be called and the nation "
            "are needed to begin.",
            verb="Open a new case",
            shortcut="Ctrl+N",
        )
        self.empty.pressed.connect(lambda: context.open_editor("case"))
        self.empty.hide()
        self.nothing = Button("", "link")
        self.nothing.clicked.connect(self._show_all)
        self.nothing.hide()
        self.content.addWidget(self.nothing, 0, Qt.AlignmentFlag.AlignLeft)
        self.content.addWidget(self.empty)
        self.content.addLayout(overhang(self.table), 1)
        self._build_foot()
        context.window.bind("meeting.log", self, self._log_meeting)
        context.window.bind(
            "find", self, lambda: self.filter_line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        )

    def _build_head(self) -> None:
        self._title = label("Caseload", "title")
        self._shown = label("", "muted")
        self._order = Choice("Sorted by", _SORTS, "risk")
        self._order.chosen.connect(self._order_chosen)
        self._new = Button("New case", "primary", icon="plus", shortcut="Ctrl+N")
        self._new.clicked.connect(lambda: self._context.open_editor("case"))
        self.content.addLayout(row(self._title, 4, self._shown, None, self._new))

    def _build_filters(self) -> None:
        self.filter_line = TextLine(
            name="Narrow the list", icon="search", width=26, hint="Type to narrow the list"
        )
        self.filter_line.setClearButtonEnabled(True)
        self.filter_line.textChanged.connect(lambda _: self._narrow())
        self.filter_line.returnPressed.connect(self._enter)
        self._pills = {
            "open": Pill("All open", on=True),
            "risk": Pill("High risk"),
            "due": Pill(f"Due in {NEAR_DAYS} days"),
            "silent": Pill(f"No contact {NEAR_DAYS} days"),
            "held": Pill("Not yet held"),
        }
        for key, pill in self._pills.items():
            pill.clicked.connect(lambda _=False, chosen=key: self._pill_pressed(chosen))
        self._filters = Flow(self.filter_line, *self._pills.values(), self._order, name="Filters")
        self.content.addWidget(self._filters)

    def _build_foot(self) -> None:
        self._hidden = label("", "meta")
        self._show = Button("Show", "link", small=True, name="Show closed cases")
        self._show.clicked.connect(self._toggle_closed)
        self._keys = label("Enter opens · Ctrl+M logs a meeting for the chosen row", "meta")
        self.content.addLayout(row(self._hidden, self._show, None, self._keys))

    # --- values ---

    def show_for(self, **args: str) -> None:
        self.refresh()
        if self._rows:
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self) -> None:
        """Ask for every row in one call."""
        desk, closed = self._context.desk, self._with_closed
        self._context.jobs.run(
            lambda _: (caseload(desk, include_closed=closed), closed_count(desk)), owner=self, then=self._came
        )

    def _came(self, outcome: tuple[tuple[CaseRow, ...], int]) -> None:
        first = not self._rows
        self._rows, self._closed = outcome
        for key, pill in self._pills.items():
            pill.set_count(str(sum(self._fits(r, key) for r in self._rows)))
        self._narrow()
        if first and self.isVisible() and self._rows:
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _fits(self, line: CaseRow, pill: str) -> bool:
        today = self._context.desk.today()
        near = timedelta(days=NEAR_DAYS)
        if pill == "risk":
            return line.is_open and line.risk in (Band.HIGH, Band.VERY_HIGH)
        if pill == "due":
            return line.is_open and line.next_due is not None and line.next_due <= today + near
        if pill == "silent":
            last = say.local_day(line.last_contact) if line.last_contact else None
            return line.is_open and (last is None or last <= today - near)
        if pill == "held":
            return line.not_held > 0
        return line.is_open or self._with_closed

    def _narrow(self) -> None:
        """Show the rows that fit what is typed and pressed."""
        wanted = self.filter_line.text().casefold().split()
        pressed = [key for key, pill in self._pills.items() if pill.isChecked() and key != "open"]
        kept = [
            r
            for r in self._rows
            if all(self._fits(r, key) for key in pressed) and all(w in self._text(r) for w in wanted)
        ]
        key = _sort_keys(self._context.desk.today())[self._sort]
        kept.sort(key=lambda r: (not r.is_open, *key(r)), reverse=False)
        if self._reverse:
            kept.reverse()
        self.table.show_values(kept)
        self._say(len(kept))

    def _text(self, line: CaseRow) -> str:
        lists = self._context.desk.lists
        said = say.nrm(lists, line.nrm_status, line.nrm_status_on, self._context.desk.today())
        words = (line.known_as, line.known_as_script, line.code, line.code.replace("-", ""))
        return " ".join((*words, say.nation(lists, line.nation), said)).casefold()

    def _say(self, shown: int) -> None:
        total = len(self._rows)
        self._shown.setText(say.counted(shown, "case") + (f" of {total}" if shown != total else " shown"))
        none = not total and not self._closed
        self.empty.setVisible(none)
        for part in (self.table, self._filters, self._new, self._shown, self._keys):
            part.setVisible(not none)
        self.nothing.setVisible(bool(total) and not shown)
        self.nothing.set_words(f"Nothing fits. Show all {total}")
        closed = f"{say.counted(self._closed, 'closed case')} {'shown' if self._with_closed else 'hidden'}"
        self._hidden.setText(closed if self._closed else "")
        self._show.setVisible(bool(self._closed))
        self._show.set_words("Hide" if self._with_closed else "Show")

    def _cell(self, line: CaseRow, column: int) -> Cell:
        """Say one cell; a closed case, and one that somebody else has, is quiet throughout."""
        desk = self._context.desk
        today, lists = desk.today(), desk.lists
        ours = may_write(desk, line.id)
        quiet = "text" if line.is_open and ours else "muted"
        if column == 0:
            state = "" if line.is_open else lists.label("case_status", line.status)
            state = state if ours else "To read"
            below = " · ".join(
                p for p in (line.code, say.nation(lists, line.nation), self._nrm(line), state) if p
            )
            note = (
                " · ".join(p for p in (line.known_as_script, "" if ours else "to read") if p) or state.lower()
            )
            return Cell(line.known_as, note, narrow=below, strong=True, body=True, role=quiet)
        if column == 5:
            return self._risk(line)
        if column == 6:
            if line.next_due is None:
                return Cell("none", role="muted")
            role = say.due_role(line.next_due, today)
            left = "overdue" if line.next_due < today else say.until(line.next_due, today)
            return Cell(say_day(line.next_due, today), left, note_role=role, role=quiet)
        if column == 7:
            day = say.local_day(line.last_contact) if line.last_contact else None
            late = line.is_open and (day is None or (today - day).days >= NEAR_DAYS)
            return Cell(say.ago(day, today), role="caution" if late else quiet, strong=late)
        plain = {
            1: Cell(line.code, role="muted", mono=True),
            2: Cell(say.nation(lists, line.nation), role=quiet),
            3: Cell("none", role="muted")
            if line.tier is Tier.UNTRIAGED
            else Cell(say.tier(lists, line.tier).removeprefix("Tier "), role=quiet),
            4: Cell(self._nrm(line), role=quiet),
            8: Cell(str(line.open_actions), role=quiet if line.open_actions else "muted"),
            9: Cell(
                f"{line.not_held} not yet" if line.not_held else "all",
                role=quiet if line.not_held else "muted",
            ),
        }
        return plain[column]

    def _nrm(self, line: CaseRow) -> str:
        desk = self._context.desk
        return say.nrm(desk.lists, line.nrm_status, line.nrm_status_on, desk.today())

    @staticmethod
    def _risk(line: CaseRow) -> Cell:
        if line.risk is None:
            return Cell("not assessed", role="muted")
        icon, role = _RISK_ICONS.get(line.risk, ("alert", "alert"))
        high = role == "alert"
        return Cell(
            say.RISK_WORDS[line.risk], icon=icon, icon_role=role, strong=high, role=role if high else "text"
        )

    # --- what is pressed ---

    def _header_pressed(self, column: int) -> None:
        self._reverse = not self._reverse if column == self._sort else False
        self._sort = column
        self._order.set_value("risk" if column == 5 else str(column))
        self._narrow()

    def _order_chosen(self, chosen: str) -> None:
        self._sort, self._reverse = (5 if chosen == "risk" else int(chosen)), False
        self._narrow()

    def _pill_pressed(self, chosen: str) -> None:
        """Let "All open" take the others away, and stand while none of them is on."""
        others = [pill for key, pill in self._pills.items() if key != "open"]
        if chosen == "open":
            for pill in others:
                pill.setChecked(False)
        self._pills["open"].setChecked(not any(pill.isChecked() for pill in others))
        self._narrow()

    def _toggle_closed(self) -> None:
        self._with_closed = not self._with_closed
        self.refresh()

    def _show_all(self) -> None:
        self.filter_line.clear()
        self._pill_pressed("open")

    def _enter(self) -> None:
        """Go from the filter to the first row that is left."""
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        if self._model.rowCount() == 1:
            self._context.open("case", case_id=self._model.id_at(0))

    def _log_meeting(self) -> None:
        case_id = self.table.current_id
        if case_id:
            self._context.open_editor("meeting", case_id=case_id)
        else:
            self._context.toast("Choose a case first")
