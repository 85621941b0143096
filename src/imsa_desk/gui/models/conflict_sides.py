"""Sides of a conflict side by side: who said what and when, differing words marked, and a third value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QBoxLayout, QFrame, QTextEdit, QWidget

from imsa_desk.domain.conflicts import Conflict, Shape, Side, Why
from imsa_desk.domain.dates import say_when
from imsa_desk.domain.differences import Marked, mark_differences
from imsa_desk.errors import Problem, Refused
from imsa_desk.gui import theme
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.choice import Choice, Option
from imsa_desk.gui.widgets.datefield import DateField
from imsa_desk.gui.widgets.fields import Field, TextArea, TextLine
from imsa_desk.gui.widgets.heading import label
from imsa_desk.gui.widgets.layout import column, row
from imsa_desk.gui.widgets.tag import Tag, TagValue
from imsa_desk.services.desk import Desk

_BESIDE_FROM = 560
_AROUND = 20
"""Pixels above and below a text."""
_COVERED = "Restricted. Press Show to read it; that it was looked at is noted in the record."
_WRITTEN = frozenset({Shape.TEXT, Shape.LINE, Shape.NUMBER})
"""Values that are typed; the others are chosen."""
YES, NO = "yes", "no"


class MarkedText(TextArea):
    """A text to read, with the pieces that the other side says otherwise underlined and on a ground."""

    def __init__(self, pieces: Marked, name: str) -> None:
        super().__init__("".join(piece for piece, _ in pieces), name=name, lines=1, most_lines=18)
        self._pieces = pieces
        self.setReadOnly(True)
        self.document().setDocumentMargin(0)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("look", "said")
        self.mark()

    def mark(self) -> None:
        """Mark the pieces in the colours of the scheme in force."""
        form = QTextCharFormat()
        form.setBackground(theme.colour("caution_soft"))
        form.setForeground(theme.colour("text"))
        form.setFontUnderline(True)
        marks, at = [], 0
        for piece, differs in self._pieces:
            if differs:
                mark = QTextEdit.ExtraSelection()
                cursor = QTextCursor(self.document())
                cursor.setPosition(at)
                cursor.setPosition(at + _units(piece), QTextCursor.MoveMode.KeepAnchor)
                mark.cursor, mark.format = cursor, form
                marks.append(mark)
            at += _units(piece)
        self.setExtraSelections(marks)

    def look_changed(self) -> None:
        """Take the colours of another scheme."""
        self.mark()

    def _needed(self) -> int:
        """Reckon with the lines as they stand: some scripts stand higher than a line of the font."""
        block, high = self.document().firstBlock(), 0.0
        while block.isValid():
            high += self.blockBoundingRect(block).height()
            block = block.next()
        most = self._most * self.fontMetrics().lineSpacing()
        return round(min(high, most)) + _AROUND

    def showEvent(self, event: QShowEvent) -> None:
        """Begin where the sides differ: in a long text that may lie below what is seen."""
        super().showEvent(event)
        marks = self.extraSelections()
        if marks:
            cursor = QTextCursor(marks[0].cursor)
            cursor.clearSelection()
            self.setTextCursor(cursor)
            self.ensureCursorVisible()


def _units(text: str) -> int:
    """Count as Qt does: a character beyond the first plane takes two places."""
    return len(text.encode("utf-16-le")) // 2


@dataclass(frozen=True, slots=True)
class SideWords:
    """How a side is headed."""

    who: str
    when: str
    tags: tuple[TagValue, ...]


def heading_of(side: Side, why: Why, desk: Desk) -> SideWords:
    """Say whose a side is, when it was written, and how it stands now."""
    tags = []
    if side.shown:
        in_force = why is Why.PROTECTS
        words = "In force" if in_force else "Counts now" if why is Why.REMOVED else "Shown now"
        tags.append(TagValue(words, "good" if in_force else "info", "eye"))
    if side.ahead:
        tags.append(TagValue("Clock set wrong", "caution", "clock"))
    when = say_when(side.at, desk.today())
    if side.proposal:
        return SideWords("The organisation proposes", f"{side.author}, {when}", tuple(tags))
    where = " (here)" if side.own else " (another laptop)" if side.author == desk.actor.name else ""
    return SideWords(f"{side.author}{where}", when, tuple(tags))


def keep_words(side: Side, why: Why, who: str) -> tuple[str, str]:
    """Say what keeping a side does, shortly and with whose it is."""
    if why is Why.REMOVED:
        keep = "Keep the change" if side.value is None else "Keep it removed"
        return keep, f"{keep}, as {who} has it"
    whose = f"what {who} wrote" if not side.proposal else "what the organisation proposes"
    return "Keep this", f"Keep {whose}"


class SideCard(QFrame):
    """One side; `kept` carries its line."""

    kept = Signal(str)

    def __init__(self, side: Side, why: Why, desk: Desk, pieces: Marked, *, covered: bool) -> None:
        super().__init__()
        self.setProperty("pane", "card")
        words = heading_of(side, why, desk)
        head = row(label(words.who, "strong", wrap=True), *map(Tag, words.tags), space=8)
        head.setStretch(0, 1)
        parts: list[QWidget] = [label(words.when, "meta", wrap=True)]
        if covered:
            parts.append(label("Covered", "muted"))
        else:
            parts.append(MarkedText(pieces, f"{words.who}, {words.when}"))
        if side.reason and not covered:
            parts.append(label(f"Why: {side.reason}", wrap=True, measure=72))
        if side.ahead:
            note = "Its computer’s clock was more than a day ahead, so this date is not right."
            parts.append(label(note, "caution", wrap=True))
        keep, whose = keep_words(side, why, words.who)
        self.keep = Button(keep, "plain", name=whose)
        self.keep.setEnabled(side.may_keep and not covered)
        self.keep.clicked.connect(lambda: self.kept.emit(side.line))
        inside = column(head, *parts, None, row(self.keep, None), space=6, margins=(16, 12, 16, 12))
        self.setLayout(inside)


class SidesRow(QWidget):
    """All sides, beside one another where there is room; `kept` carries the line of the one chosen."""

    kept = Signal(str)

    def __init__(self, conflict: Conflict, desk: Desk, *, covered: bool) -> None:
        super().__init__()
        self._layout = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(12)
        self.cards = []
        for side, pieces in zip(conflict.sides, _pieces(conflict), strict=True):
            card = SideCard(side, conflict.why, desk, pieces, covered=covered)
            card.kept.connect(self.kept)
            self.cards.append(card)
            self._layout.addWidget(card, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the sides under one another where there is no room beside."""
        super().resizeEvent(event)
        beside = event.size().width() >= theme.px(_BESIDE_FROM) and len(self.cards) < 4
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._layout.setDirection(across if beside else down)


def _pieces(conflict: Conflict) -> list[Marked]:
    if conflict.why is Why.REMOVED:  # a removal and a change are not two versions of one text
        return [((side.words, False),) for side in conflict.sides]
    return marked(conflict.sides)


def marked(sides: Sequence[Side]) -> list[Marked]:
    """Mark in each side what the first says otherwise; the first is marked against the second."""
    first = sides[0].words
    found = [mark_differences(first, side.words) for side in sides[1:]]
    return [found[0][0], *(other for _, other in found)]


class ThirdValue(QWidget):
    """Another value, by the type of the field; `settled` carries nothing, ask `read` for it."""

    settled = Signal()

    def __init__(self, conflict: Conflict, desk: Desk) -> None:
        super().__init__()
        self._shape, self._desk = conflict.shape, desk
        shown = next((side for side in conflict.sides if side.shown), conflict.sides[0])
        self._control = self._make(conflict, shown, desk)
        narrow = self._shape not in (Shape.TEXT, Shape.LINE)
        words = "Or write it another way" if self._shape in _WRITTEN else "Or choose another"
        self._field = Field(words, self._control, stretch=not narrow)
        settle = Button("Settle with this", "plain")
        settle.clicked.connect(self.settled)
        self.setLayout(column(self._field, row(settle, None), space=8, margins=(0, 8, 0, 0)))

    def _make(self, conflict: Conflict, shown: Side, desk: Desk) -> QWidget:
        value, name = shown.value, f"{conflict.label}, another way"
        if self._shape is Shape.LIST:
            entries = desk.lists.entries(conflict.list_id, desk.today())
            options = [Option(entry.id, entry.label) for entry in entries]
            return Choice("", options, str(value or ""), tall=True, name=name)
        if self._shape is Shape.YES_NO:
            chosen = YES if value else NO
            return Choice("", [Option(YES, "Yes"), Option(NO, "No")], chosen, tall=True, name=name)
        if self._shape is Shape.DAY:
            day = date.fromisoformat(str(value)) if value else None
            return DateField(day, today=desk.today, ahead=True, what="the day", name=name)
        if self._shape is Shape.TEXT:
            return TextArea(str(value or ""), name=name, lines=4)
        return TextLine("" if value is None else str(value), name=name, width=34)

    def read(self) -> object:
        """Give the value as it is stored. Raises Refused for what is none."""
        control = self._control
        if isinstance(control, Choice):
            return control.value == YES if self._shape is Shape.YES_NO else control.value
        if isinstance(control, DateField):
            day = control.read()
            return day.isoformat() if day is not None else None
        if isinstance(control, TextArea):
            return control.text
        typed = control.text() if isinstance(control, TextLine) else ""
        if self._shape is Shape.NUMBER:
            if typed.strip() and not typed.strip().isdecimal():
                raise Refused([Problem("value", "Enter a whole number.")])
            return int(typed) if typed.strip() else None
        return typed

    def show_problem(self, words: str) -> None:
        """Say what is to be put right."""
        self._field.set_error(words)
        self._control.setFocus(Qt.FocusReason.OtherFocusReason)


def covered_words() -> str:
    """Say why the values are covered."""
    return _COVERED
