"""CaseOverview: the eight themes, what is agreed and due, what matters to the person, and the latest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QVBoxLayout, QWidget

from imsa_desk.domain.actions import Action
from imsa_desk.domain.cases import Case
from imsa_desk.domain.dates import say_day
from imsa_desk.domain.ids import CaseId
from imsa_desk.domain.review_cycle import ReviewDue
from imsa_desk.domain.safety_plans import SafetyPlan
from imsa_desk.domain.themes import ThemeTile
from imsa_desk.domain.timeline import Moment
from imsa_desk.gui import theme
from imsa_desk.gui.models import say
from imsa_desk.gui.models.agreed import AgreedList
from imsa_desk.gui.models.marks import Mark, Numeral
from imsa_desk.gui.models.pen import Pen
from imsa_desk.gui.pages import PageContext
from imsa_desk.gui.pages.case_assessments_side import PlanLine, ReviewLine
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.heading import Heading, label
from imsa_desk.gui.widgets.layout import column, overhang, row
from imsa_desk.gui.widgets.page import BasePage
from imsa_desk.gui.widgets.rows import Row, RowList
from imsa_desk.gui.widgets.tile import Tile
from imsa_desk.services.actions import actions_of
from imsa_desk.services.cases import case
from imsa_desk.services.desk import Desk
from imsa_desk.services.review_cycle import next_due
from imsa_desk.services.safety_plans import plan_of
from imsa_desk.services.themes import tiles
from imsa_desk.services.timeline import timeline
from imsa_desk.vocab import Kind, OwnerKind

_WIDE, _SIDE, _LATEST = 860, 304, 5


@dataclass(frozen=True, slots=True)
class _Overview:
    tiles: tuple[ThemeTile, ...]
    actions: tuple[Action, ...]
    latest: tuple[Moment, ...]
    case: Case
    plan: SafetyPlan | None
    review: ReviewDue | None


def _read(desk: Desk, case_id: CaseId) -> _Overview:
    return _Overview(
        tiles(desk, case_id),
        actions_of(desk, case_id, only_open=True),
        timeline(desk, case_id, limit=_LATEST),
        case(desk, case_id),
        plan_of(desk, case_id),
        next_due(desk, case_id),
    )


class CaseOverview(BasePage):
    """Args: case_id."""

    kinds = frozenset(
        {
            Kind.CASE, Kind.ACTION, Kind.MEETING, Kind.CONTACT, Kind.THEME_ENTRY, Kind.SAFETY_PLAN,
            Kind.REVIEW_TRIGGER, Kind.ASSESSMENT,
        }
    )  # fmt: skip

    def __init__(self, context: PageContext, pen: Pen) -> None:
        super().__init__((21, 12, 24, 20))
        self._context, self._pen = context, pen
        self._case_id = ""
        self._tiles: list[Tile] = []
        self._grid = QGridLayout()
        self._grid.setSpacing(6)
        self._columns = 0
        self._build_latest()
        left = QWidget()
        left.setLayout(column(self._grid, 8, self._latest_part, None, space=4))
        right = QWidget()
        right.setLayout(self._build_side())
        self._right = right
        self._sides = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._sides.setSpacing(32)
        self._sides.addWidget(left, 1)
        self._sides.addWidget(right)
        self.content.addLayout(self._sides)
        self.content.addStretch(1)

    def _build_latest(self) -> None:
        self._latest_part = QWidget()
        self._latest = RowList("Latest")
        self._latest.opened.connect(self._open_moment)
        head = Heading("Latest", link="Timeline")
        head.pressed.connect(lambda: self._context.open("case", case_id=self._case_id, tab="timeline"))
        layout = QVBoxLayout(self._latest_part)
        layout.setContentsMargins(3, 0, 3, 0)
        layout.setSpacing(0)
        layout.addWidget(head)
        layout.addLayout(overhang(self._latest))

    def _build_side(self) -> QVBoxLayout:
        self._due_days, self._due_day = Numeral(), label("")
        self._due_what = label("", "strong", wrap=True)
        self._due_note = label("", "meta", wrap=True)
        self.agreed = AgreedList(self._context, self._pen)
        self._matters = label("", wrap=True, selectable=True)
        self._matters.setAccessibleName("What matters")
        self._matters_note = label("", "meta", wrap=True)
        self.add = add = Button("Add", "link", icon="plus", small=True, name="Add what was agreed")
        add.clicked.connect(lambda: self._context.open_editor("action", case_id=self._case_id))
        self.change = change = Button("Change", "link", small=True, name="Change what matters")
        change.clicked.connect(lambda: self._context.open_editor("case", case_id=self._case_id))
        self.plan = PlanLine(self._context.desk.lists)
        self.plan.pressed.connect(lambda: self._context.open_editor("safety_plan", case_id=self._case_id))
        self.review = ReviewLine(self._context.desk.lists)
        self.review.pressed.connect(
            lambda: self._context.open("case", case_id=self._case_id, tab="assessments")
        )
        self._pen.holds(add, change, self.plan)
        return column(
            label("Next due", "caps"),
            row(self._due_days, self._due_day, None, space=10),
            self._due_what,
            self._due_note,
            18,
            row(label("Agreed next", "caps"), None, add),
            self.agreed,
            18,
            row(label("What matters", "caps"), None, change),
            row(column(Mark("quote"), None), column(self._matters, self._matters_note), space=8),
            18,
            self.review,
            18,
            self.plan,
            None,
            space=4,
        )

    def show_for(self, **args: str) -> None:
        self._case_id = args["case_id"]
        self.verticalScrollBar().setValue(0)
        self.refresh()

    def refresh(self) -> None:
        """Ask for the whole page in one call."""
        desk, case_id = self._context.desk, CaseId(self._case_id)
        self._context.jobs.run(lambda _: _read(desk, case_id), owner=self, then=self._came)

    def _came(self, found: _Overview) -> None:
        if found.case.id != self._case_id:
            return
        desk = self._context.desk
        self._show_tiles(found.tiles)
        self._show_due(found.actions, desk.today())
        self.agreed.show_actions(found.actions)
        self._latest.show_rows([_latest_row(m, desk.today()) for m in found.latest])
        self._latest_part.setVisible(bool(found.latest))
        self._show_matters(found.case)
        self.review.show_due(found.review, desk.today())
        self.plan.show_plan(found.plan, desk.today())

    def _show_tiles(self, values: Sequence[ThemeTile]) -> None:
        desk = self._context.desk
        if not self._tiles:
            for value in values:
                tile = Tile(say.tile(value, desk.lists, desk.today()))
                tile.clicked.connect(lambda _=False, chosen=value.theme: self._open_theme(chosen))
                self._tiles.append(tile)
            self._columns = 0
            self._place_tiles()
        for tile, value in zip(self._tiles, values, strict=True):
            tile.show_value(say.tile(value, desk.lists, desk.today()))

    def _open_theme(self, chosen: str) -> None:
        self._context.open("case", case_id=self._case_id, tab="themes", theme=chosen)

    def _place_tiles(self) -> None:
        """Put the tiles in two rows of four, or in pairs where there is no room for four."""
        wide = self.width() >= theme.px(_WIDE)
        room = self.width() - theme.px(_SIDE + 80) if wide else self.width() - 48
        columns = 4 if room >= theme.px(640) else 2
        if columns == self._columns or not self._tiles:
            return
        self._columns = columns
        for n, tile in enumerate(self._tiles):
            self._grid.addWidget(tile, n // columns, n % columns)
        for n in range(4):
            self._grid.setColumnStretch(n, 1 if n < columns else 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width() >= theme.px(_WIDE)
        sideways, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._sides.setDirection(sideways if wide else down)
        self._right.setMinimumWidth(theme.px(_SIDE) if wide else 0)
        self._right.setMaximumWidth(theme.px(_SIDE) if wide else 16777215)
        self._place_tiles()

    def _show_due(self, actions: Sequence[Action], today: date) -> None:
        """Show the nearest day among what the advocate and the person are to do."""
        due = [a for a in actions if a.due_on is not None and a.owner is not OwnerKind.PROFESSIONAL]
        first = min(due, key=lambda a: a.due_on or date.max, default=None)
        if first is None or first.due_on is None:
            theme.restyle(self._due_what, "kind", "muted")
            self._due_what.setText("No day is set for you or the person.")
            for part in (self._due_days, self._due_day, self._due_note):
                part.hide()
            return
        role = say.due_role(first.due_on, today)
        big = say.until(first.due_on, today)
        self._due_days.show_words(big[0].upper() + big[1:], "text" if role == "muted" else role)
        self._due_day.setText(say_day(first.due_on, today))
        theme.restyle(self._due_what, "kind", "strong")
        self._due_what.setText(first.text)
        agreed = f", agreed {say_day(first.agreed_on, today)}" if first.agreed_on else ""
        self._due_note.setText(f"For {first.owner_name[0].lower() + first.owner_name[1:]}{agreed}")
        if first.owner is OwnerKind.SURVIVOR:
            self._due_note.setText(f"For {first.owner_name}{agreed}")
        for part in (self._due_days, self._due_day, self._due_note):
            part.show()

    def _show_matters(self, found: Case) -> None:
        today = self._context.desk.today()
        self._matters.setText(
            found.what_matters or "Not written down yet. Ask, and write it in their own words."
        )
        theme.restyle(self._matters, "kind", "body" if found.what_matters else "muted")
        on = f", {say_day(found.what_matters_on, today)}" if found.what_matters_on else ""
        self._matters_note.setText(f"In their own words{on}" if found.what_matters else "")

    def _open_moment(self, moment_id: str) -> None:
        self._context.open("case", case_id=self._case_id, tab="timeline", record=moment_id)


def _latest_row(moment: Moment, today: date) -> Row:
    """Say a moment on one line; a covered one says only what it is."""
    tag = say.sensitivity_tag(moment.sensitivity)
    note = "" if moment.covered else " ".join(moment.summary.split())
    when = f"{say_day(say.local_day(moment.at), today)}"
    return Row(
        moment.id,
        moment.title,
        when=when,
        icon=moment.icon,
        note=note,
        tags=(tag,) if tag else (),
        tone="muted",
    )
