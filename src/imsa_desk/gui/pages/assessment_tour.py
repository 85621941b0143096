"""TourScroll: how the focus goes from question to question of a section, and what stays in sight."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, cast

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QWidget

from imsa_desk.domain.assessments import answer_key
from imsa_desk.domain.forms import Question
from imsa_desk.gui.pages.assessment_question import QuestionBlock
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.layout import PageScroll

MARGINS = (28, 16, 28, 32)
_PASSES = 3
"""A part inside a part inside a part tells the one around it in the next pass."""
Name = tuple[str, str]
"""What a part is, "question", "row" or "foot", and the key it is found by."""


class _Station(Protocol):
    """A part of the section that Tab visits."""

    def stops(self) -> list[QWidget]:
        """Give what the Tab key visits, in order."""

    def step_inside(self, by: int) -> bool:
        """Move the focus to the next or the previous stop; False at the end."""


class TourScroll(PageScroll):
    """Holds the parts of a section in their order; the question with the focus is unfolded."""

    entered = Signal(str)
    """Carries the key of the question the focus came to."""

    def __init__(self) -> None:
        super().__init__(MARGINS)
        self.blocks: dict[str, QuestionBlock] = {}
        self.current = ""
        self.next_button: Button | None = None
        self.first_stops: Callable[[], list[QWidget]] = list
        self._stations: dict[Name, QWidget] = {}
        self._fold_later = False
        self._left = ""
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._focus_moved)

    @property
    def is_building(self) -> bool:
        """Say whether parts are still to be built."""
        return False

    # --- the parts in order ---

    def put_block(self, key: str, block: QuestionBlock, before: QWidget | None = None) -> None:
        """Take a question, at the end or before another part."""
        self.put_station(("question", key), block, before)
        self.blocks[key] = block
        if before is not None:
            known = [name[1] for name in self._stations if name[0] == "question"]
            self.blocks = {one: self.blocks[one] for one in known}

    def put_station(self, name: Name, part: QWidget, before: QWidget | None = None) -> None:
        """Take a part, at the end or before another."""
        if before is None:
            self._stations[name] = part
            return
        found: dict[Name, QWidget] = {}
        for key, one in self._stations.items():
            if one is before:
                found[name] = part
            found[key] = one
        self._stations = found

    def station(self, name: Name) -> QWidget | None:
        """Find a part."""
        return self._stations.get(name)

    def drop_row(self, question: Question, number: int) -> list[QWidget]:
        """Forget the parts of one row of a group; gives what is to be removed."""
        names: list[Name] = [("row", answer_key(question.id, number))]
        names += [("question", answer_key(member.id, number)) for member in question.members]
        found: list[QWidget] = []
        for name in names:
            part = self._stations.pop(name, None)
            if part is not None:
                found.append(part)
            block = self.blocks.pop(name[1], None) if name[0] == "question" else None
            if block is not None:
                found.append(block.line)
        if self.current not in self.blocks:
            self.current = ""
        return found

    def _forget_all(self, sheet: QWidget) -> None:
        """Forget every part before another section is shown."""
        self.blocks, self.current, self._stations = {}, "", {}
        self.next_button, self.first_stops = None, list
        if sheet.isAncestorOf(QApplication.focusWidget() or self):
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- the focus ---

    def check_current(self) -> None:
        """Look at the question being left."""

    def asked_blocks(self) -> list[QuestionBlock]:
        """Give the questions that can be answered now, in order."""
        return [b for b in self.blocks.values() if not b.isHidden() and b.question.takes_answer]

    def focus_question(self, key: str) -> bool:
        """Put the cursor into a question; False where it is not shown."""
        block = self.blocks.get(key)
        if block is None or block.isHidden():
            return False
        proposals = QApplication.activePopupWidget()
        if proposals is not None:
            proposals.close()  # what a line proposes would keep the focus
        block.take_focus()
        self.into_view(block)
        return True

    def step(self, by: int) -> bool:
        """Go to the next or the previous question; False at the end of the section."""
        keys = [block.key for block in self.asked_blocks()]
        at = keys.index(self.current) + by if self.current in keys else (0 if by > 0 else len(keys) - 1)
        if not 0 <= at < len(keys):
            return self.is_building and by > 0
        return self.focus_question(keys[at])

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Have the Tab key go through each question in order, and from question to question."""
        focus, by = QApplication.focusWidget(), 1 if forward else -1
        here = self._station_of(focus) if focus is not None else None
        first = next((one for one in self._stations.values() if not one.isHidden()), None)
        if forward and first is not None and focus in self.first_stops()[-1:]:
            return cast(_Station, first).step_inside(1) or super().focusNextPrevChild(forward)
        if here is None:
            return super().focusNextPrevChild(forward)
        if cast(_Station, here).step_inside(by):
            return True
        stations = list(self._stations.values())
        at = stations.index(here)
        for part in stations[at + 1 :] if forward else reversed(stations[:at]):
            if not part.isHidden() and cast(_Station, part).stops():
                return cast(_Station, part).step_inside(by)
        beyond: list[QWidget] = self.first_stops()[-1:]
        if forward:
            beyond = [self.next_button] if self.next_button is not None else []
        if not beyond:
            return super().focusNextPrevChild(forward)
        beyond[0].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def _station_of(self, part: QWidget) -> QWidget | None:
        above: QWidget | None = part
        known = set(self._stations.values())
        while above is not None and above not in known:
            above = above.parentWidget()
        return above

    def _focus_moved(self, _: QWidget | None, now: QWidget | None) -> None:
        if now is None or not self.isAncestorOf(now):
            return
        block = self._station_of(now)
        if not isinstance(block, QuestionBlock) or block.key == self.current:
            return
        self.check_current()
        left, self.current = self.current, block.key
        self.entered.emit(self.current)
        if QApplication.mouseButtons() != Qt.MouseButton.NoButton:
            # Folding now would move the pointer's target away from under it.
            self._left = left
            app = QApplication.instance()
            if app is not None and not self._fold_later:
                self._fold_later = True
                app.installEventFilter(self)
            return
        self._turn_to(left)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.MouseButtonRelease and self._fold_later:
            self._fold_later = False
            app = QApplication.instance()
            if app is not None:
                app.removeEventFilter(self)
            QTimer.singleShot(0, self, lambda: self._turn_to(self._left))
        return super().eventFilter(watched, event)

    def _turn_to(self, left: str) -> None:
        """Unfold the current question and fold the one left, without moving the current one."""
        block = self.blocks.get(self.current)
        if block is None:
            return
        was = block.mapTo(self, block.rect().topLeft()).y()
        if left in self.blocks and left != self.current:
            self.blocks[left].unfold(False)
        block.unfold(True)
        QTimer.singleShot(0, self, lambda: self._settle(block))
        place_now()
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + block.mapTo(self, block.rect().topLeft()).y() - was)
        self.into_view(block)

    def _settle(self, block: QuestionBlock) -> None:
        """Look again once the parts that came later have their places."""
        if block is self.blocks.get(self.current):
            self.into_view(block)

    # --- what is in sight ---

    def keep_in_view(self) -> None:
        """Keep the question with the focus in sight after it grew."""
        block = self.blocks.get(self.current)
        if block is not None:
            self.into_view(block)

    def into_view(self, block: QuestionBlock) -> None:
        """Scroll as little as is needed to show a question whole, its beginning first."""
        body = self.widget()
        if body is None:
            return
        top = block.mapTo(body, block.rect().topLeft()).y()
        bar, high = self.verticalScrollBar(), self.viewport().height()
        if block is next(iter(self.blocks.values())) and top < high / 2:
            bar.setValue(0)  # the section's title stays in sight over its first question
            return
        if top + block.height() > bar.value() + high:
            bar.setValue(top + block.height() - high)
        if top < bar.value():
            bar.setValue(max(0, top - 8))


def place_now() -> None:
    """Give every part its place before anything is drawn, so that nothing jumps."""
    for _ in range(_PASSES):
        QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
