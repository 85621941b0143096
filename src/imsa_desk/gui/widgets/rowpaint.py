"""How a row is drawn: when | icon | who | what | why | verb, on lines shared by the whole list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from imsa_desk.gui import paint, theme
from imsa_desk.gui.widgets.layout import OVERHANG
from imsa_desk.gui.widgets.tag import TagValue

if TYPE_CHECKING:
    from imsa_desk.gui.widgets.rows import RowList

_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Row:
    """One row; only `id` and `what` are needed.

    `unit` under a `when` makes it a numeral ("5" over "days"); `script` is the name in the person's own
    script; `note` is small beside `what`; `why` is the second line.
    """

    id: str
    what: str
    who: str = ""
    script: str = ""
    when: str = ""
    unit: str = ""
    icon: str = ""
    note: str = ""
    why: str = ""
    verb: str = ""
    tags: tuple[TagValue, ...] = ()
    tone: Literal["", "caution", "alert", "muted"] = ""

    @property
    def sentence(self) -> str:
        """Say the whole row."""
        when = f"{self.when} {self.unit}".strip()
        parts = [when, f"{self.who} {self.script}".strip(), self.what, self.note, self.why]
        return ", ".join(p for p in (*parts, *(t.words for t in self.tags)) if p)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading inside a list."""

    words: str
    note: str = ""

    @property
    def sentence(self) -> str:
        """Say the heading."""
        return f"{self.words}, {self.note}" if self.note else self.words


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the parts of all rows of one list begin."""

    when: int = 0
    icon: int = 0

    @classmethod
    def of(cls, entries: Sequence[Row | Section]) -> Columns:
        """Measure the rows that are to be shown."""
        rows = [entry for entry in entries if isinstance(entry, Row)]
        widest = max((_when_width(row) for row in rows if row.when), default=0.0)
        when = max(theme.px(64), round(widest) + theme.px(16)) if widest else 0
        return cls(when, theme.px(28) if any(row.icon for row in rows) else 0)

    def height(self, entry: Row | Section) -> int:
        """Give the height of one entry."""
        if isinstance(entry, Section):
            return theme.px(44)
        return theme.height("row_two" if entry.why or entry.unit else "row")


def _when_width(row: Row) -> float:
    if not row.unit:
        return paint.width_of(row.when, strong=True)
    return max(paint.width_of(row.when, "title", True), paint.width_of(row.unit, "small"))


def verb_area(row: QRect, verb: str) -> QRectF:
    """Give where a row's verb is pressed."""
    wide, high = paint.width_of(verb, "small", True) + theme.px(20), theme.height("control_small")
    right = row.right() + 1 - OVERHANG
    return QRectF(right - wide, row.top() + (row.height() - high) / 2, wide, high)


class RowDelegate(QStyledItemDelegate):
    """Paints rows and section headings of a `RowList`."""

    def __init__(self, view: RowList) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        entry = index.data(Qt.ItemDataRole.UserRole)
        return QSize(100, self._view.columns.height(entry))

    def paint(self, p: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        entry = index.data(Qt.ItemDataRole.UserRole)
        p.save()
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(option.rect)
        if isinstance(entry, Section):
            _draw_section(p, area, entry)
        elif isinstance(entry, Row):
            hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
            self._draw_row(p, area, entry, index, hovered)
        p.restore()

    def _draw_row(self, p: QPainter, area: QRectF, row: Row, index: _Index, hovered: bool) -> None:
        view = self._view
        current = index.row() == view.currentIndex().row()
        focused = current and view.ringed
        if current and view.chooses:
            paint.box(p, area, "selected", None, theme.radius("control"))
            bar = theme.px(16)
            left_bar = QRectF(area.left() + 1, area.top() + (area.height() - bar) / 2, 3, bar)
            paint.box(p, left_bar, "accent", None, 1.5)
        elif hovered:
            paint.box(p, area, "hover", None, theme.radius("control"))
        line_from = area.left() + OVERHANG + (view.columns.when or view.columns.icon)
        following = view.entries[index.row() + 1] if index.row() + 1 < len(view.entries) else None
        if isinstance(following, Row) and not (hovered or focused):
            paint.hairline(p, line_from, area.right() - OVERHANG, area.bottom() - 1)
        if focused:
            paint.ring(p, area, theme.radius("control"))
        right = self._draw_verb(p, area, row, hovered or focused)
        self._draw_words(p, area.adjusted(OVERHANG, 0, 0, 0), row, right)

    def _draw_verb(self, p: QPainter, area: QRectF, row: Row, ready: bool) -> float:
        """Paint the verb as a word, or as a button when the row is approached; give back its left edge."""
        if not row.verb:
            return area.right() - OVERHANG
        button = verb_area(area.toRect(), row.verb)
        if ready:
            paint.box(p, button, "raised", "edge_soft", theme.radius("control"))
        paint.text(
            p,
            button.left() + (theme.px(10) if ready else 0),
            button.top(),
            row.verb,
            role="text" if ready else "accent_text",
            size="small",
            strong=True,
            width=button.width() - (theme.px(20) if ready else 0),
            align="centre" if ready else "right",
            high=button.height(),
        )
        return button.left() - theme.px(8)

    def _draw_words(self, p: QPainter, area: QRectF, row: Row, right: float) -> None:
        columns, x = self._view.columns, area.left()
        two = bool(row.why or row.unit)
        first, second = theme.px(22), theme.px(20)
        top = area.top() + (area.height() - first - (second if two else 0)) / 2
        low = top + first - theme.px(2)
        self._draw_when(p, x, top, low, row)
        x += columns.when
        if row.icon:
            side = theme.px(18)
            paint.icon(p, x, top + (first - side) / 2, row.icon, "muted", side)
        x += columns.icon
        if row.why:
            paint.text(p, x, low, row.why, role="muted", size="small", width=right - x, high=second)
        _draw_first_line(p, x, top, first, row, right)

    def _draw_when(self, p: QPainter, x: float, top: float, low: float, row: Row) -> None:
        if not row.when:
            return
        role = row.tone or "text"
        if row.unit:
            paint.text(p, x, top - 1, row.when, role=role, size="title", strong=True, high=theme.px(22))
            unit = row.tone or "muted"
            paint.text(p, x, low, row.unit, role=unit, size="small", high=theme.px(20))
            return
        paint.text(p, x, top, row.when, role=role, strong=bool(row.why), high=theme.px(22))


def _draw_first_line(p: QPainter, x: float, y: float, high: float, row: Row, right: float) -> None:
    """Paint who, own script, what, note and tags; tags keep their room and the words are shortened."""
    gap = theme.px(10)
    kept = 0.0
    for tag in row.tags:
        kept += paint.tag_width(tag.words, _tag_icon(tag)) + theme.px(8)
    room = right - kept
    if row.who:
        x += paint.text(p, x, y, row.who, strong=True, width=max(0, room - x), high=high) + gap
    if row.script:
        x += paint.text(p, x - 2, y, row.script, role="muted", width=max(0, room - x), high=high) + gap
    role = "muted" if row.tone == "muted" else "text"
    strong = not row.who and bool(row.tags)
    x += paint.text(p, x, y, row.what, role=role, strong=strong, width=max(0, room - x), high=high) + gap
    if row.note and room - x > theme.px(30):
        x += paint.text(p, x, y, row.note, role="muted", size="small", width=room - x, high=high) + gap
    for tag in row.tags:
        top = y + (high - theme.height("tag")) / 2
        x += paint.tag(p, x, top, tag.words, tag.tone, _tag_icon(tag)) + theme.px(8)


def _tag_icon(tag: TagValue) -> str:
    return paint.TAG_ICONS[tag.tone] if tag.icon is None else tag.icon


def _draw_section(p: QPainter, area: QRectF, section: Section) -> None:
    left, right, high = area.left() + OVERHANG, area.right() - OVERHANG, theme.px(30)
    top = area.bottom() - high - 4
    x = left + paint.text(p, left, top, section.words, strong=True, width=right - left, high=high)
    x += theme.px(8)
    if section.note and right > x:
        paint.text(p, x, top, section.note, role="muted", size="small", width=right - x, high=high)
    paint.hairline(p, left, right, area.bottom() - 3)
