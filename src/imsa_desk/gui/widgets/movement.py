"""MovementChart: how need moved in each theme between two reviews, as marks on a line and always in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Signal
from PySide6.QtGui import QPainter, QPainterPath, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from imsa_desk.gui import paint, theme
from imsa_desk.gui.widgets.base import Painted, PaintedButton
from imsa_desk.gui.widgets.tag import LEVEL_WORDS, TagValue

_NAME, _WORDS, _TRACK_FROM = 172, 310, 150
_EACH_WORD_FROM = 66
_STEPS = len(LEVEL_WORDS) - 1


@dataclass(frozen=True, slots=True)
class Moved:
    """One theme: need 0 to 4 before and now, as the advocate and as the person rated it; None: not said."""

    id: str
    icon: str
    title: str
    full_title: str
    before: int | None = None
    now: int | None = None
    own_before: int | None = None
    own_now: int | None = None

    @property
    def has_own(self) -> bool:
        """Say whether the person rated it at all."""
        return self.own_before is not None or self.own_now is not None

    def sentence(self, whose: str) -> str:
        """Say the row for a screen reader: both ratings, and which way they went."""
        said = [f"{self.full_title}: {in_words(self.before, self.now)}, {change_tag(self).words.lower()}"]
        if self.has_own:
            said.append(f"{whose}: {in_words(self.own_before, self.own_now)}")
        return "; ".join(said)


def in_words(before: int | None, now: int | None) -> str:
    """Say a movement: "Pressing → Holding", "Holding", "Not rated → Urgent"."""
    if before is None and now is None:
        return "Not rated"
    first = LEVEL_WORDS[before] if before is not None else "Not rated"
    last = LEVEL_WORDS[now] if now is not None else "not rated now"
    return first if before == now else f"{first} → {last}"


def change_tag(moved: Moved) -> TagValue:
    """Give the tag that says which way the advocate's rating went."""
    before, now = moved.before, moved.now
    if now is None:
        return TagValue("Not rated now", "neutral", "")
    if before is None:
        return TagValue("New", "info", "plus")
    if before == now:
        return TagValue("Same", "neutral", "steady")
    if now < before:
        return TagValue("Eased", "good", "down")
    return TagValue("Harder", "alert" if now == _STEPS else "caution", "up")


def _track(area: QRectF) -> QRectF:
    """Give where the line of a row stands: between the theme's name and the words; empty without room."""
    left, right = area.left() + theme.px(_NAME + 24), area.right() - theme.px(_WORDS + 24)
    room = right - left
    return QRectF(left, area.top(), room, area.height()) if room >= theme.px(_TRACK_FROM) else QRectF()


def _stop(track: QRectF, level: int) -> float:
    return track.left() + track.width() * level / _STEPS


class _Scale(Painted):
    """The five words over the lines, and what the marks mean."""

    def __init__(self) -> None:
        super().__init__("")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.whose = ""

    def sizeHint(self) -> QSize:
        return QSize(theme.px(320), theme.px(26))

    def draw(self, p: QPainter, area: QRectF) -> None:
        track = _track(area)
        step = track.width() / _STEPS
        each = step >= theme.px(_EACH_WORD_FROM)
        for level, words in enumerate(LEVEL_WORDS):
            if not each and level not in (0, _STEPS):
                continue
            room = step if each else theme.px(_EACH_WORD_FROM)
            left = _stop(track, level) - room / 2
            paint.text(
                p, left, 0, words, role="muted", size="small", width=room, align="centre", high=area.height()
            )


class _Key(Painted):
    """What the marks mean, in words beside each mark."""

    def __init__(self) -> None:
        super().__init__("")
        self.whose = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(240), theme.px(24))

    def draw(self, p: QPainter, area: QRectF) -> None:
        x, middle = float(theme.px(8)), area.height() / 2
        entries = [("You, before", False, True), ("you, now", True, True)]
        if self.whose:
            entries += [(f"{self.whose}, before", False, False), ("now", True, False)]
        for words, filled, round_ in entries:
            _mark(p, QPointF(x, middle), "text", filled=filled, round_=round_)
            x += theme.px(12)
            x += paint.text(p, x, 0, words, role="muted", size="small", high=area.height()) + theme.px(22)


def _mark(p: QPainter, at: QPointF, role: str, *, filled: bool, round_: bool) -> None:
    """Draw one mark: a circle for the advocate, a square for the person; hollow before, filled now."""
    half = theme.px(6) if round_ else theme.px(5)
    area = QRectF(at.x() - half, at.y() - half, 2 * half, 2 * half)
    paint.box(p, area, role if filled else "surface", role, half if round_ else 1.5, 2)


def _move(p: QPainter, track: QRectF, y: float, before: int | None, now: int | None, *, round_: bool) -> None:
    """Draw where it stood, where it stands, and an arrow from one to the other."""
    paint.hairline(p, track.left(), track.right(), y, "line")
    for level in range(_STEPS + 1):
        paint.fill(p, QRectF(_stop(track, level), y - 2, 1, 5), "line")
    if before is not None and before != now:
        if now is not None:
            _arrow(p, _stop(track, before), _stop(track, now), y + 0.5)
        _mark(p, QPointF(_stop(track, before), y + 0.5), "muted", filled=False, round_=round_)
    if now is not None:
        role = f"level_{now}"
        _mark(p, QPointF(_stop(track, now), y + 0.5), role, filled=True, round_=round_)


def _arrow(p: QPainter, start: float, end: float, y: float) -> None:
    way = 1 if end > start else -1
    first, last = start + way * theme.px(8), end - way * theme.px(9)
    path = QPainterPath(QPointF(first, y))
    path.lineTo(last - way * theme.px(4), y)
    p.strokePath(path, QPen(theme.brush("muted"), 1.5))
    head = [QPointF(last, y)]
    head += [QPointF(last - way * theme.px(6), y + side * theme.px(4)) for side in (-1, 1)]
    shape = QPainterPath()
    shape.addPolygon(QPolygonF(head))
    shape.closeSubpath()
    p.fillPath(shape, theme.brush("muted"))


class _ThemeRow(PaintedButton):
    """One theme: its name, the marks on their lines, and the same in words."""

    def __init__(self, moved: Moved, whose: str) -> None:
        super().__init__(moved.title)
        self._moved, self._whose = moved, whose
        self.setAccessibleName(moved.sentence(whose))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(320), theme.px(54 if self._moved.has_own else 40))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(200), self.sizeHint().height())

    def draw(self, p: QPainter, area: QRectF) -> None:
        """Paint the row; without room for the lines the words stand alone."""
        moved, track = self._moved, _track(area)
        if self.underMouse():
            paint.box(p, area, "hover", None, theme.radius("control"))
        else:
            paint.hairline(p, theme.px(28), area.right(), area.bottom() - 1)
        side = theme.px(18)
        first = area.top() + theme.px(9)
        paint.icon(p, area.left(), first + theme.px(2), moved.icon, "accent_text", side)
        paint.text(
            p, theme.px(28), first, moved.title, strong=True, width=theme.px(_NAME - 28), high=theme.px(22)
        )
        if not track.isEmpty():
            _move(p, track, first + theme.px(11), moved.before, moved.now, round_=True)
            if moved.has_own:
                low = first + theme.px(31)
                _move(p, track, low, moved.own_before, moved.own_now, round_=False)
        left = track.right() + theme.px(24) if not track.isEmpty() else theme.px(_NAME + 8)
        self._draw_words(p, QRectF(left, first, area.right() - left, theme.px(22)))
        if self.ringed:
            paint.ring(p, area, theme.radius("control"))

    def _draw_words(self, p: QPainter, area: QRectF) -> None:
        moved, tag = self._moved, change_tag(self._moved)
        wide = paint.tag_width(tag.words, tag.icon or "")
        paint.text(
            p,
            area.left(),
            area.top(),
            in_words(moved.before, moved.now),
            strong=moved.before != moved.now,
            width=area.width() - wide - theme.px(10),
            high=area.height(),
        )
        top = area.top() + (area.height() - theme.height("tag")) / 2
        paint.tag(p, area.right() - wide, top, tag.words, tag.tone, tag.icon)
        if moved.has_own:
            words = f"{self._whose}: {in_words(moved.own_before, moved.own_now)}"
            low = area.top() + theme.px(20)
            paint.text(
                p, area.left(), low, words, role="muted", size="small", width=area.width(), high=theme.px(22)
            )


class MovementChart(QWidget):
    """The themes under one another; each row can be reached and pressed, and says itself in words."""

    chosen = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.rows: tuple[QWidget, ...] = ()
        self._shown: tuple[Moved, ...] = ()
        self._scale, self._key = _Scale(), _Key()
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(0)
        self._box.addWidget(self._scale)
        self._box.addWidget(self._key)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show what the marks mean only where there is room for marks."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        drawn = not _track(QRectF(self.rect())).isEmpty()
        self._scale.setVisible(drawn)
        self._key.setVisible(drawn)

    @property
    def shown(self) -> tuple[Moved, ...]:
        """Give what is shown."""
        return self._shown

    def show_values(self, values: Sequence[Moved], whose: str) -> None:
        """Show these themes; `whose` says whose own rating the squares are, as "Selam’s own"."""
        self._shown = tuple(values)
        for old in self.rows:
            old.hide()
            old.setParent(None)
            old.deleteLater()
        made = []
        for at, moved in enumerate(values, 1):
            row = _ThemeRow(moved, whose)
            row.clicked.connect(lambda _=False, chosen=moved.id: self.chosen.emit(chosen))
            self._box.insertWidget(at, row)
            made.append(row)
        self.rows = tuple(made)
        self._key.whose = whose if any(one.has_own for one in values) else ""
        self._key.update()
        self.setAccessibleDescription(". ".join(one.sentence(whose) for one in values))
