"""MomentList: the timeline as a list: days as headings, a line down the middle, a node for each entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from imsa_desk.domain.dates import say_day
from imsa_desk.domain.timeline import Moment
from imsa_desk.gui import paint, theme
from imsa_desk.gui.models import say
from imsa_desk.gui.widgets.rowpaint import Row, Section
from imsa_desk.gui.widgets.rows import RowList
from imsa_desk.gui.widgets.tag import TagValue
from imsa_desk.vocab import Kind

Index = QModelIndex | QPersistentModelIndex
COVERED = "Covered. Enter shows it; that you looked is noted in the record."
LATE_DAYS = 2
FILTERS: dict[str, tuple[str, frozenset[Kind]]] = {
    "meetings": ("Meetings", frozenset({Kind.MEETING})),
    "contacts": ("Contacts", frozenset({Kind.CONTACT})),
    "assessments": (
        "Needs",
        frozenset({Kind.ASSESSMENT, Kind.THEME_ENTRY, Kind.ADDENDUM, Kind.REVIEW_TRIGGER}),
    ),
    "documents": ("Documents", frozenset({Kind.DOCUMENT})),
    "safety": ("Safety", frozenset({Kind.SAFETY_RESPONSE, Kind.SAFETY_PLAN})),
}
"""What the timeline is narrowed by: the words of each filter, and the kinds that it keeps."""


@dataclass(frozen=True, slots=True)
class MomentRow(Row):
    """One entry of the timeline; `beside` stands at the right: the themes it touched."""

    beside: str = ""


def rows_of(moments: Sequence[Moment], today: date) -> list[Row | Section]:
    """Group moments by day, as the timeline shows them."""
    found: list[Row | Section] = []
    day: date | None = None
    for moment in moments:
        on = say.local_day(moment.at)
        if on != day:
            day = on
            found.append(Section(say_day(on, today)))
        found.append(_row(moment))
    return found


def _row(moment: Moment) -> MomentRow:
    return MomentRow(
        id=moment.id,
        what=moment.title,
        when=say.clock(moment.at),
        icon=moment.icon,
        why=COVERED if moment.covered else " ".join(moment.summary.split())[:400] or " ",
        tags=tuple(_tags(moment)),
        beside=say.themes(moment.themes),
    )


def _tags(moment: Moment) -> list[TagValue]:
    found = []
    tag = say.sensitivity_tag(moment.sensitivity)
    if tag is not None:
        found.append(tag)
    if moment.state == "draft":
        found.append(TagValue("Draft", "info", "draft"))
    elif moment.state == "signed":
        found.append(TagValue("Signed", "good", "check"))
    elif moment.state == "open":
        found.append(TagValue("Open", "caution", "clock"))
    late = (moment.recorded_at - moment.at).days if moment.recorded_at else 0
    if late >= LATE_DAYS:
        found.append(TagValue(f"Written {say.days(late)} later", "neutral", "clock"))
    return found


class MomentList(RowList):
    """`opened` carries the id of an entry that was clicked or entered, `stepped` of the current one."""

    def __init__(self) -> None:
        super().__init__("Timeline", fits=False, chooses=True)
        self.setItemDelegate(MomentDelegate(self))


class MomentDelegate(QStyledItemDelegate):
    """Paints days and entries."""

    def __init__(self, view: MomentList) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        entry = index.data(Qt.ItemDataRole.UserRole)
        return QSize(100, theme.px(32) if isinstance(entry, Section) else theme.px(56))

    def paint(self, p: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        entry, area = index.data(Qt.ItemDataRole.UserRole), QRectF(option.rect)
        p.save()
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        if isinstance(entry, Section):
            _draw_day(p, area, entry)
        elif isinstance(entry, MomentRow):
            current = index.row() == self._view.currentIndex().row()
            hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
            ground = "selected" if current else "hover" if hovered else ""
            if ground:
                paint.box(p, area.adjusted(0, 1, 0, -1), ground, None, theme.radius("control"))
            if current and self._view.ringed:
                paint.ring(p, area.adjusted(0, 1, 0, -1), theme.radius("control"))
            _draw_entry(p, area, entry, current, not ground)
        p.restore()


def _draw_day(p: QPainter, area: QRectF, day: Section) -> None:
    used = paint.text(
        p, area.left() + theme.px(14), area.top(), day.words, size="small", strong=True, high=area.height()
    )
    left = area.left() + max(theme.px(104), theme.px(26) + used)
    paint.hairline(p, left, area.right(), area.center().y())


def _draw_entry(p: QPainter, area: QRectF, row: MomentRow, current: bool, line: bool) -> None:
    """Paint clock, node, title with tags, and under them the words and the themes."""
    left, top, high = area.left(), area.top() + theme.px(8), theme.px(20)
    paint.text(p, left + theme.px(14), top, row.when, role="muted", size="small", high=high)
    middle, side = left + theme.px(76), theme.px(26)
    if line:
        p.fillRect(QRectF(middle, area.top(), 1, area.height()), theme.colour("line"))
    node = QRectF(middle - side / 2, area.center().y() - side / 2, side, side)
    paint.box(p, node, "surface", "accent" if current else "edge_soft", side / 2)
    small = theme.px(15)
    role = "accent_text" if current else "muted"
    paint.icon(p, node.center().x() - small / 2, node.center().y() - small / 2, row.icon, role, small)
    x, right = left + theme.px(104), area.right() - theme.px(12)
    kept = sum(paint.tag_width(t.words, _icon(t)) + theme.px(8) for t in row.tags)
    x += paint.text(
        p, x, top, row.what, strong=True, width=max(theme.px(40), right - x - kept), high=high
    ) + theme.px(10)
    for tag in row.tags:
        x += paint.tag(p, x, top, tag.words, tag.tone, _icon(tag)) + theme.px(8)
    x, low = left + theme.px(104), top + theme.px(21)
    wide = min(paint.width_of(row.beside, "small"), (right - x) * 0.4) if row.beside else 0
    room = right - x - (wide + theme.px(16) if wide else 0)
    paint.text(p, x, low, row.why, role="muted", size="small", width=room, high=high)
    if wide:
        beside = right - wide
        paint.text(
            p, beside, low, row.beside, role="muted", size="small", width=wide + 1, align="right", high=high
        )


def _icon(tag: TagValue) -> str:
    return paint.TAG_ICONS[tag.tone] if tag.icon is None else tag.icon
