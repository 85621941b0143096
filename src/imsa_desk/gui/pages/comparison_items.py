"""Items of a comparison: one question before and now, and a section of them built in slices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QVBoxLayout, QWidget

from imsa_desk.domain.changes import Change
from imsa_desk.domain.comparison import ItemChange, SectionChange
from imsa_desk.domain.forms.words import Said
from imsa_desk.gui import paint, theme
from imsa_desk.gui.models import say
from imsa_desk.gui.widgets.heading import Heading, label
from imsa_desk.gui.widgets.layout import OVERHANG, column, overhang, row
from imsa_desk.gui.widgets.tag import Tag, TagValue

CHANGE_TAGS: dict[Change, TagValue] = {
    Change.EASED: TagValue("Eased", "good", "down"),
    Change.WORSE: TagValue("Harder", "caution", "up"),
    Change.NEW: TagValue("New", "info", "plus"),
    Change.CHANGED: TagValue("Changed", "info", "arrow-right"),
    Change.SAME: TagValue("Same", "neutral", "steady"),
    Change.NOT_ASKED_NOW: TagValue("Not now", "neutral", "skip"),
    Change.NOT_ASKED_BEFORE: TagValue("New question", "info", "plus"),
}
_BESIDE_FROM, _NUMBER = 560, 40
_NOTHING = "Nothing was written."


@dataclass(frozen=True, slots=True)
class Days:
    """How the two sides are headed: their days."""

    before: str
    now: str


def said_words(said: Sequence[Said]) -> str:
    """Say an answer, each part on a line of its own."""
    return "\n".join(f"{one.label}: {one.words}" if one.label else one.words for one in said)


def sentence(item: ItemChange, days: Days) -> str:
    """Say a whole item for a screen reader."""
    parts = [
        f"{item.number} {item.question}".strip(),
        CHANGE_TAGS[item.change].words,
        f"{days.before}: {said_words(item.before) or _NOTHING}",
        f"{days.now}: {said_words(item.now) or _NOTHING}",
        item.disagreement,
        item.who_said,
        item.reason,
    ]
    return ". ".join(" ".join(part.split()) for part in parts if part)


class ItemBlock(QFrame):
    """One question: what became of it, both answers, who said so and why. `stepped` by the arrow keys."""

    stepped = Signal(int)

    def __init__(self, item: ItemChange, days: Days) -> None:
        super().__init__()
        self.item = item
        self._ringed = False
        self.setAccessibleName(sentence(item, days))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        number = label(item.number, "caps")
        number.setFixedWidth(theme.px(_NUMBER))
        head = row(label(item.question, "strong", wrap=True), Tag(CHANGE_TAGS[item.change]), space=12)
        head.setStretch(0, 1)
        inside = column(head, space=4)
        if item.question_before:
            asked = f"Before, it was asked like this: {item.question_before}"
            inside.addWidget(label(asked, "meta", wrap=True))
        inside.addLayout(self._build_sides(days))
        self._build_foot(inside)
        whole = row(column(number, None), inside, space=0, margins=(12, 10, 12, 12))
        whole.setStretch(1, 1)
        self.setLayout(whole)

    def _build_sides(self, days: Days) -> QBoxLayout:
        self._sides = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._sides.setSpacing(24)
        for day, told in ((days.before, self.item.before), (days.now, self.item.now)):
            words = said_words(told)
            said = label(words or _NOTHING, "body" if words else "muted", wrap=True, measure=66)
            self._sides.addLayout(column(label(day, "caps"), said, None, space=1), 1)
        return self._sides

    def _build_foot(self, inside: QVBoxLayout) -> None:
        item = self.item
        if item.disagreement:
            inside.addWidget(
                label(f"Seen differently, both are kept. {item.disagreement}", "info", wrap=True)
            )
        why = item.reason
        if why:
            inside.addWidget(label(f"Why: {why}", wrap=True, measure=80))
        if item.who_said:
            inside.addWidget(label(item.who_said, "meta", wrap=True))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put before over now where there is no room side by side."""
        super().resizeEvent(event)
        beside = event.size().width() >= theme.px(_BESIDE_FROM)
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._sides.setDirection(across if beside else down)
        self._sides.setSpacing(24 if beside else 6)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._ringed = event.reason() != Qt.FocusReason.MouseFocusReason
        self.update()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.update()
        super().focusOutEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Step to the next or the previous item."""
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
        if event.key() in steps and not event.modifiers():
            self.stepped.emit(steps[Qt.Key(event.key())])
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the line under the item, and the ring."""
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        left = float(theme.px(_NUMBER)) + 12
        paint.hairline(p, left, self.width() - 12, self.height() - 1)
        if self.hasFocus() and self._ringed:
            paint.ring(p, QRectF(self.rect()), theme.radius("control"))
        p.end()


class SectionBlock(QWidget):
    """A section's heading and its items, which are made one after another while the page is shown."""

    def __init__(self, section: SectionChange, items: Sequence[ItemChange], days: Days) -> None:
        super().__init__()
        self._waiting, self._days = list(items), days
        self.blocks: list[ItemBlock] = []
        note = f"{len(items)} of {say.counted(len(section.items), 'answer')}"
        self._box = column(Heading(section.title, note=note), space=0, margins=(OVERHANG, 0, OVERHANG, 16))
        self.setLayout(self._box)
        self.setAccessibleName(section.title)

    def build_next(self, connect: Callable[[ItemBlock], None]) -> bool:
        """Make the next item; False when all are there."""
        if not self._waiting:
            return False
        block = ItemBlock(self._waiting.pop(0), self._days)
        connect(block)
        self._box.addLayout(overhang(block))
        self.blocks.append(block)
        return True
