"""CaseThemes: the eight themes, and one theme's page: now and before, notes over time, what is to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QVBoxLayout, QWidget

from imsa_desk.domain.dates import say_day
from imsa_desk.domain.ids import CaseId
from imsa_desk.domain.themes import (
    FULL_NAMES,
    ICONS,
    LEVEL_MEANINGS,
    LEVEL_WORDS,
    ThemeEntry,
    ThemePage,
    ThemeTile,
)
from imsa_desk.domain.timeline import Moment
from imsa_desk.gui import theme as look
from imsa_desk.gui.models import say
from imsa_desk.gui.models.agreed import AgreedList
from imsa_desk.gui.models.marks import Mark
from imsa_desk.gui.models.pen import Pen
from imsa_desk.gui.pages import PageContext
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.heading import Heading, Title, label
from imsa_desk.gui.widgets.layout import column, empty, overhang, row
from imsa_desk.gui.widgets.page import BasePage
from imsa_desk.gui.widgets.rows import Row, RowList
from imsa_desk.gui.widgets.tag import NeedLevel, Tag
from imsa_desk.gui.widgets.tile import Tile
from imsa_desk.services.desk import Desk
from imsa_desk.services.themes import theme_page, tiles
from imsa_desk.services.timeline import timeline
from imsa_desk.vocab import Kind, Theme

_WIDE, _SIDE = 860, 304


@dataclass(frozen=True, slots=True)
class _Found:
    tiles: tuple[ThemeTile, ...]
    page: ThemePage | None
    moments: tuple[Moment, ...]


def _read(desk: Desk, case_id: CaseId, chosen: Theme | None) -> _Found:
    """Read the tiles and, when one is open, its page with what touched it."""
    if chosen is None:
        return _Found(tiles(desk, case_id), None, ())
    return _Found((), theme_page(desk, case_id, chosen), timeline(desk, case_id, theme=chosen, limit=12))


class CaseThemes(BasePage):
    """Args: case_id; theme to open one at once."""

    kinds = frozenset({Kind.THEME_ENTRY, Kind.ACTION, Kind.MEETING, Kind.CONTACT, Kind.ASSESSMENT})

    def __init__(self, context: PageContext, pen: Pen) -> None:
        super().__init__((21, 12, 24, 20))
        self._context, self._pen = context, pen
        self._case_id = ""
        self._chosen: Theme | None = None
        self._tiles: list[Tile] = []
        self._columns = 0
        self._all, self._one = QWidget(), QWidget()
        self._grid = QGridLayout(self._all)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(6)
        self._build_one()
        self.content.addWidget(self._all)
        self.content.addWidget(self._one)
        self.content.addStretch(1)
        self._one.hide()

    def _build_one(self) -> None:
        back = Button("All themes", "link", icon="board", small=True)
        back.clicked.connect(lambda: self._choose(None))
        self._icon = Mark("theme-1", size=22)
        self._title = Title("", " ")
        note = Button("Add a note or a level", "plain", icon="plus")
        note.clicked.connect(self._note)
        add = Button("Add", "link", icon="plus", small=True, name="Add what was agreed in this theme")
        add.clicked.connect(self._add_action)
        self._pen.holds(note, add)
        self._now = QVBoxLayout()
        self._now.setSpacing(4)
        self._notes = QVBoxLayout()
        self._notes.setSpacing(4)
        self.touched = RowList("Meetings and contacts about this")
        self.touched.opened.connect(self._open_moment)
        self._touched_head = Heading("Meetings and contacts about this")
        self.agreed = AgreedList(self._context, self._pen)
        left, self._right = QWidget(), QWidget()
        left.setLayout(
            column(
                Heading("Notes over time"), self._notes, 14, self._touched_head, overhang(self.touched), None
            )
        )
        self._right.setLayout(
            column(
                label("Now", "caps"),
                self._now,
                16,
                row(label("Agreed next", "caps"), None, add),
                self.agreed,
                None,
            )
        )
        self._sides = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._sides.setSpacing(32)
        self._sides.addWidget(left, 1)
        self._sides.addWidget(self._right)
        head = row(column(self._icon, None), self._title, note, space=10)
        self._one.setLayout(column(row(back, None), head, 4, self._sides, margins=(3, 0, 0, 0)))

    def show_for(self, **args: str) -> None:
        if args["case_id"] != self._case_id or "theme" in args:
            self._case_id = args["case_id"]
            self._chosen = Theme(args["theme"]) if args.get("theme") else None
            self.verticalScrollBar().setValue(0)
        self.refresh()

    def refresh(self) -> None:
        """Ask for what is shown: all themes or one."""
        desk, case_id, chosen = self._context.desk, CaseId(self._case_id), self._chosen
        self._context.jobs.run(
            lambda _: _read(desk, case_id, chosen), owner=self, then=lambda found: self._came(found, chosen)
        )

    def _came(self, found: _Found, chosen: Theme | None) -> None:
        if chosen != self._chosen:
            return
        self._all.setVisible(found.page is None)
        self._one.setVisible(found.page is not None)
        if found.page is None:
            self._show_tiles(found.tiles)
        else:
            self._show_page(found.page, found.moments)

    def _choose(self, chosen: Theme | None) -> None:
        before = self._chosen
        self._chosen = chosen
        self.verticalScrollBar().setValue(0)
        self.refresh()
        if chosen is None and before is not None and self._tiles:
            self._tiles[list(Theme).index(before)].setFocus()

    # --- all themes ---

    def _show_tiles(self, values: Sequence[ThemeTile]) -> None:
        desk = self._context.desk
        if not self._tiles:
            for value in values:
                tile = Tile(say.tile(value, desk.lists, desk.today()))
                tile.clicked.connect(lambda _=False, chosen=value.theme: self._choose(chosen))
                self._tiles.append(tile)
            self._place_tiles()
        for tile, value in zip(self._tiles, values, strict=True):
            tile.show_value(say.tile(value, desk.lists, desk.today()))

    def _place_tiles(self) -> None:
        columns = 4 if self.width() >= look.px(700) else 2
        if columns == self._columns or not self._tiles:
            return
        self._columns = columns
        for n, tile in enumerate(self._tiles):
            self._grid.addWidget(tile, n // columns, n % columns)
        for n in range(4):
            self._grid.setColumnStretch(n, 1 if n < columns else 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width() >= look.px(_WIDE)
        sideways, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._sides.setDirection(sideways if wide else down)
        self._right.setMinimumWidth(look.px(_SIDE) if wide else 0)
        self._right.setMaximumWidth(look.px(_SIDE) if wide else 16777215)
        self._place_tiles()

    # --- one theme ---

    def _show_page(self, page: ThemePage, moments: Sequence[Moment]) -> None:
        chosen, today = page.tile.theme, self._context.desk.today()
        self._icon.show_icon(ICONS[chosen])
        touched = page.tile.last_touched
        self._title.show_words(
            FULL_NAMES[chosen], f"Last worked on {say.ago(touched, today)}" if touched else " "
        )
        self._show_now(page.tile)
        self._show_notes(page.entries)
        self.agreed.show_actions(sorted(page.actions, key=lambda a: not a.is_open))
        self.touched.show_rows([_moment_row(m, say_day(say.local_day(m.at), today)) for m in moments])
        self._touched_head.setVisible(bool(moments))

    def _show_now(self, tile: ThemeTile) -> None:
        empty(self._now)
        desk = self._context.desk
        now, before = tile.now, tile.before
        if now is None:
            self._now.addWidget(
                label("Nothing is recorded yet. Ask when the person is ready.", "muted", wrap=True)
            )
            return
        self._now.addWidget(self._standing(now))
        if now.need_level is not None:
            self._now.addWidget(label(LEVEL_MEANINGS[now.need_level], "meta", wrap=True))
        self._now.addWidget(label(f"since {say_day(now.on, desk.today())}", "meta"))
        if before is not None:
            self._now.addSpacing(8)
            self._now.addWidget(label("Before", "caps"))
            self._now.addWidget(self._standing(before))
            self._now.addWidget(label(say_day(before.on, desk.today()), "meta"))
        if tile.next_step:
            self._now.addSpacing(8)
            self._now.addWidget(label("Next step", "caps"))
            self._now.addWidget(label(tile.next_step, wrap=True))

    def _standing(self, entry: ThemeEntry) -> QWidget:
        if entry.need_level is not None:
            return NeedLevel(entry.need_level)
        why = self._context.desk.lists.label("not_discussed", entry.not_discussed or "")
        return label(f"Not discussed: {why[:1].lower()}{why[1:]}")

    def _show_notes(self, entries: Sequence[ThemeEntry]) -> None:
        empty(self._notes)
        today = self._context.desk.today()
        told = [
            e
            for e in entries
            if e.notes.strip() or e.next_step or e.need_level is not None or e.not_discussed
        ]
        for entry in told:
            level = LEVEL_WORDS[entry.need_level] if entry.need_level is not None else ""
            if entry.not_discussed:
                why = self._context.desk.lists.label("not_discussed", entry.not_discussed)
                level = f"not discussed, {why.lower()}"
            tag = say.sensitivity_tag(entry.sensitivity)
            head = row(label(say_day(entry.on, today), "strong"), label(level, "meta"), space=10)
            if tag is not None:
                head.addWidget(Tag(tag))
            head.addStretch(1)
            self._notes.addLayout(head)
            covered = tag is not None
            words = (
                "Covered. It is shown in the timeline, when asked for." if covered else entry.notes.strip()
            )
            if words:
                said = label(words, "muted" if covered else "body", wrap=True, selectable=not covered)
                said.setMaximumWidth(look.px(640))
                self._notes.addWidget(said)
            if entry.next_step and not covered:
                self._notes.addWidget(label(f"Next: {entry.next_step}", "meta", wrap=True))
            self._notes.addSpacing(10)
        if not told:
            self._notes.addWidget(label("No notes yet.", "muted"))

    def _note(self) -> None:
        self._context.open_editor("theme_note", case_id=self._case_id, theme=self._chosen or Theme.HEALTH)

    def _add_action(self) -> None:
        self._context.open_editor("action", case_id=self._case_id, theme=self._chosen or Theme.HEALTH)

    def _open_moment(self, moment_id: str) -> None:
        self._context.open("case", case_id=self._case_id, tab="timeline", record=moment_id)


def _moment_row(moment: Moment, day: str) -> Row:
    note = "" if moment.covered else " ".join(moment.summary.split())
    tag = say.sensitivity_tag(moment.sensitivity)
    return Row(moment.id, moment.title, when=day, icon=moment.icon, note=note, tags=(tag,) if tag else ())
