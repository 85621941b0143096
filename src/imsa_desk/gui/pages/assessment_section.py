"""SectionView: the questions of one section, built a few at a time so that the window never waits."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from imsa_desk.domain.assessments import AnswerDraft, Assessment
from imsa_desk.domain.forms import Question, Section
from imsa_desk.gui import theme
from imsa_desk.gui.forms.answers_parts import Asked
from imsa_desk.gui.forms.answers_words import Speech
from imsa_desk.gui.pages.assessment_filling import Filling
from imsa_desk.gui.pages.assessment_question import QuestionBlock, earlier_of
from imsa_desk.gui.pages.assessment_stack import Stack
from imsa_desk.gui.pages.assessment_title import SectionTitle
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.layout import PageScroll, row

SLICE_SECONDS = 0.008
"""How long building may take before the window gets its turn."""
WIDE = 860
"""From this width on (at 100 % text) the earlier answer stands beside the question."""
MARGINS = (28, 16, 28, 32)


class SectionView(PageScroll):
    """Shows one section. `answered` carries (section id, AnswerDraft); the rest asks the page to go on."""

    answered = Signal(str, object)
    entered = Signal(str)
    """Carries the id of the question the focus came to."""
    skipped = Signal(str, bool)
    next_pressed = Signal()
    built = Signal()

    def __init__(self, today: Callable[[], date]) -> None:
        super().__init__(MARGINS)
        self._today = today
        self.section: Section | None = None
        self.blocks: dict[str, QuestionBlock] = {}
        self.current = ""
        self._waiting: list[Question] = []
        self._wanted = ""
        self._fold_later = False
        self._narrow = False
        self._next_button: Button | None = None
        self._skip_button: Button | None = None
        self._sheet = QWidget()
        self.content.addWidget(self._sheet)
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._build_some)
        self._old: list[QWidget] = []
        self._free_timer = QTimer(self)
        self._free_timer.setInterval(10)
        self._free_timer.timeout.connect(self._free_one)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._focus_moved)

    @property
    def is_building(self) -> bool:
        """Say whether questions of the section are still to be built."""
        return bool(self._waiting)

    # --- showing a section ---

    def show_section(
        self,
        section: Section,
        filling: Filling,
        previous: Assessment | None,
        speech: Speech,
        *,
        focus: str = "",
        next_words: str = "",
    ) -> None:
        """Show a section from the top, or with the cursor in one question."""
        self._clear()
        self.section, self._filling = section, filling
        self._previous, self._speech, self._wanted = previous, speech, focus
        self._next_words = next_words
        self._head(section)
        self._list = Stack()
        self._page.addWidget(self._list)
        self._page.addStretch(1)
        self._waiting = [] if filling.is_skipped(section.id) else list(section.questions)
        self.verticalScrollBar().setValue(0)
        if self._waiting:
            self._timer.start()
        else:
            self._free_timer.start()
            self._foot()
            self.built.emit()

    def _clear(self) -> None:
        """Take the old section away at once; its parts are freed when the window has nothing to do."""
        self._timer.stop()
        self.blocks, self.current, self._waiting = {}, "", []
        self._next_button = self._skip_button = None
        old = self._sheet
        if old.isAncestorOf(QApplication.focusWidget() or self):
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        old.hide()
        self.content.removeWidget(old)
        self._old += [*old.findChildren(QuestionBlock), old]
        self._sheet = QWidget()
        self._page = QVBoxLayout(self._sheet)
        self._page.setContentsMargins(0, 0, 0, 0)
        self._page.setSpacing(4)
        self.content.addWidget(self._sheet)

    def _free_one(self) -> None:
        """Free one question of a section that was left."""
        if self._old:
            self._old.pop(0).deleteLater()
        else:
            self._free_timer.stop()

    def _head(self, section: Section) -> None:
        skipped = self._filling.is_skipped(section.id)
        title = SectionTitle(section, self._speech, skipped=skipped)
        title.skip_pressed.connect(lambda: self.skipped.emit(section.id, not skipped))
        self._skip_button = title.skip
        self._page.addWidget(title)

    def _foot(self) -> None:
        if not self._next_words:
            return
        self._next_button = after = Button(self._next_words, "plain", shortcut="Ctrl+PgDn")
        after.clicked.connect(self.next_pressed)
        self._page.insertLayout(self._page.count() - 1, row(theme.px(40), after, None, margins=(0, 12, 0, 0)))

    def _build_some(self) -> None:
        """Build questions until the time of one slice is used up."""
        until = time.perf_counter() + SLICE_SECONDS
        while self._waiting:
            self._add(self._waiting.pop(0))
            if time.perf_counter() > until:
                break
        self._list.place()
        if self._wanted and self._wanted in self.blocks:
            self._focus_wanted()
        if not self._waiting:
            self._timer.stop()
            self._free_timer.start()
            self._foot()
            self.built.emit()

    def _add(self, question: Question) -> None:
        before = self._previous.answers.get(question.id) if self._previous is not None else None
        asked = Asked(self._filling.form, question, self._speech, self._today, before)
        on = self._previous.line.on if self._previous is not None else None
        draft = self._filling.draft(question.id)
        block = QuestionBlock(asked, draft, earlier_of(asked, on), narrow=self._narrow)
        block.answered.connect(self._answered)
        block.grown.connect(lambda: QTimer.singleShot(0, self, self._keep_in_view))
        self._list.add(block)
        self._list.add(block.line)
        self.blocks[question.id] = block
        self._show_block(question.id, question.id in self._filling.visible())
        if question.id in self._filling.unsaved.answers:
            block.set_error(self._filling.wrong(question, self._today()))

    def _focus_wanted(self) -> None:
        wanted, self._wanted = self._wanted, ""
        QTimer.singleShot(0, self, lambda: self.focus_question(wanted))

    # --- answers ---

    def _answered(self, draft: AnswerDraft) -> None:
        if self.section is not None:
            self.answered.emit(self.section.id, draft)
            self.show_visible()

    def show_visible(self) -> None:
        """Show the questions that are asked as the answers stand."""
        asked = self._filling.visible()
        for question_id in self.blocks:
            self._show_block(question_id, question_id in asked)

    def _show_block(self, question_id: str, shown: bool) -> None:
        block = self.blocks[question_id]
        if block.isHidden() == shown:
            block.setVisible(shown)
            block.line.setVisible(shown)

    def check_current(self) -> None:
        """Say beside the question being left what keeps its answer from being stored."""
        block = self.blocks.get(self.current)
        if block is not None and self.current in self._filling.unsaved.answers:
            block.set_error(self._filling.wrong(block.question, self._today()))

    # --- the focus ---

    def asked_blocks(self) -> list[QuestionBlock]:
        """Give the questions that can be answered now, in order."""
        return [b for b in self.blocks.values() if not b.isHidden() and b.question.takes_answer]

    def focus_question(self, question_id: str) -> bool:
        """Put the cursor into a question; False where it is not shown."""
        if question_id not in self.blocks and any(q.id == question_id for q in self._waiting):
            self._wanted = question_id
            return True
        block = self.blocks.get(question_id)
        if block is None or block.isHidden():
            return False
        block.take_focus()
        self._into_view(block)
        return True

    def step(self, by: int) -> bool:
        """Go to the next or the previous question; False at the end of the section."""
        blocks = self.asked_blocks()
        ids = [block.question.id for block in blocks]
        at = ids.index(self.current) + by if self.current in ids else (0 if by > 0 else len(ids) - 1)
        if not 0 <= at < len(ids):
            return bool(self._waiting) and by > 0
        return self.focus_question(ids[at])

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Have the Tab key go through each question in order, and from question to question."""
        focus, by = QApplication.focusWidget(), 1 if forward else -1
        block = self._block_of(focus) if focus is not None else None
        blocks = [one for one in self.blocks.values() if not one.isHidden() and one.stops()]
        if block is None or block not in blocks:
            return super().focusNextPrevChild(forward)
        if block.step_inside(by):
            return True
        at = blocks.index(block) + by
        if 0 <= at < len(blocks):
            return blocks[at].step_inside(by)
        beyond = self._next_button if forward else self._skip_button
        if beyond is None:
            return super().focusNextPrevChild(forward)
        beyond.setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def _focus_moved(self, _: QWidget | None, now: QWidget | None) -> None:
        if now is None or not self.isAncestorOf(now):
            return
        block = self._block_of(now)
        if block is None or block.question.id == self.current:
            return
        self.check_current()
        left, self.current = self.current, block.question.id
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

    def _block_of(self, part: QWidget) -> QuestionBlock | None:
        above: QWidget | None = part
        while above is not None and not isinstance(above, QuestionBlock):
            above = above.parentWidget()
        return above

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
        # Nothing is drawn until the parts have their new sizes and the current one is back in its place.
        self.viewport().setUpdatesEnabled(False)
        if left in self.blocks and left != self.current:
            self.blocks[left].unfold(False)
        block.unfold(True)
        QTimer.singleShot(0, self, lambda: self._settle(block, was))

    def _settle(self, block: QuestionBlock, was: int) -> None:
        self.viewport().setUpdatesEnabled(True)
        if block is self.blocks.get(self.current):
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + block.mapTo(self, block.rect().topLeft()).y() - was)
            self._into_view(block)

    def _keep_in_view(self) -> None:
        block = self.blocks.get(self.current)
        if block is not None:
            self._into_view(block)

    def _into_view(self, block: QuestionBlock) -> None:
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

    # --- the width ---

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.viewport().width() < theme.px(WIDE)
        if narrow != self._narrow:
            self._narrow = narrow
            for block in self.blocks.values():
                block.set_narrow(narrow)
