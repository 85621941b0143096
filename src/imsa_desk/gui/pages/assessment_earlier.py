"""Earlier: the answer that was given before, beside its question or as one line under it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath
from PySide6.QtWidgets import QSizePolicy

from imsa_desk.domain.dates import MONTHS
from imsa_desk.domain.forms.words import Said, one_line, said
from imsa_desk.gui import paint, theme
from imsa_desk.gui.forms.answers_parts import Asked
from imsa_desk.gui.widgets.base import Painted

EARLIER_WIDE = 212


@dataclass(frozen=True, slots=True)
class EarlierValue:
    """The answer given before, and when."""

    when: str
    lines: tuple[Said, ...]

    @property
    def sentence(self) -> str:
        """Say it in one line."""
        return one_line(self.lines)


class Earlier(Painted):
    """An earlier answer in a sunken panel beside the question, or as one line under it."""

    def __init__(self, value: EarlierValue, *, narrow: bool) -> None:
        super().__init__(f"Before, {value.when}: {value.sentence}")
        self._value = value
        self._narrow = narrow
        self.set_narrow(narrow)

    def set_narrow(self, narrow: bool) -> None:
        """Become a line, or a panel."""
        self._narrow = narrow
        across = QSizePolicy.Policy.Expanding if narrow else QSizePolicy.Policy.Fixed
        self.setSizePolicy(across, QSizePolicy.Policy.Fixed)
        self.setToolTip(self._value.sentence if narrow else "")
        self.updateGeometry()
        self.update()

    def _text(self, one: Said) -> str:
        return f"{one.label}: {one.words}" if one.label else one.words

    def _rows(self) -> list[tuple[Said, float]]:
        """Measure each line as it wraps in the panel."""
        room = theme.px(EARLIER_WIDE) - theme.px(28)
        measure = theme.metrics("small")
        flags = Qt.TextFlag.TextWordWrap.value
        return [
            (one, measure.boundingRect(QRectF(0, 0, room, 4000), flags, self._text(one)).height() + 2)
            for one in self._value.lines
        ]

    def sizeHint(self) -> QSize:
        if self._narrow:
            return QSize(theme.px(200), theme.px(22))
        tall = sum(high for _, high in self._rows()) + theme.px(40)
        return QSize(theme.px(EARLIER_WIDE), round(tall))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(60), theme.px(22)) if self._narrow else self.sizeHint()

    def draw(self, p: QPainter, area: QRectF) -> None:
        """Paint the mark, the day and the answer."""
        if self._narrow:
            self._draw_line(p, area)
            return
        paint.box(p, area, "sunken", None, 8)
        x, y = theme.px(14), float(theme.px(8))
        _mark(p, x, y + theme.px(10))
        room = area.width() - x - theme.px(14)
        paint.text(
            p, x + theme.px(16), y, self._value.when, role="muted", size="small", strong=True, width=room - 16
        )
        y += theme.px(23)
        for one, high in self._rows():
            p.setFont(theme.font("small"))
            p.setPen(theme.colour("muted" if one.quoted else "text"))
            p.drawText(QRectF(x, y, room, high), Qt.TextFlag.TextWordWrap.value, self._text(one))
            y += high

    def _draw_line(self, p: QPainter, area: QRectF) -> None:
        high = area.height()
        _mark(p, 0, high / 2)
        x = float(theme.px(16))
        x += paint.text(p, x, 0, self._value.when, role="muted", size="small", strong=True, high=high)
        x += theme.px(10)
        room = area.width() - x
        paint.text(p, x, 0, self._value.sentence, role="muted", size="small", width=room, high=high)


def _mark(p: QPainter, x: float, middle: float) -> None:
    wide, high = theme.px(9), theme.px(5)
    path = QPainterPath(QPointF(x, middle + high / 2))
    path.lineTo(x + wide / 2, middle - high / 2)
    path.lineTo(x + wide, middle + high / 2)
    path.closeSubpath()
    p.fillPath(path, theme.colour("muted"))


def earlier_of(asked: Asked, on: date | None) -> EarlierValue | None:
    """Give the earlier answer of a question as it is shown; None where there was none."""
    lines = said(asked.form, asked.question, asked.before, asked.speech, asked.lists)
    if not lines or on is None:
        return None
    return EarlierValue(say_on(on, asked.today()), lines)


def say_on(on: date, today: date) -> str:
    """Say a day without its year where that is this year's."""
    year = f" {on.year}" if on.year != today.year else ""
    return f"{on.day} {MONTHS[on.month - 1]}{year}"


def say_days(days: tuple[date, ...], today: date) -> str:
    """Say several days in a line: "3, 10 and 17 November"."""
    said_: list[str] = []
    for at, day in enumerate(days):
        after = days[at + 1] if at + 1 < len(days) else None
        same = after is not None and (after.year, after.month) == (day.year, day.month)
        said_.append(str(day.day) if same else say_on(day, today))
    return " and ".join([", ".join(said_[:-1]), said_[-1]] if len(said_) > 1 else said_)
