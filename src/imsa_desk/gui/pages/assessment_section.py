"""SectionView: a section as it is answered: what follows from each answer, and what was carried over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent

from imsa_desk.domain.assessments import AnswerDraft
from imsa_desk.domain.forms import QuestionKind, Section
from imsa_desk.gui import theme
from imsa_desk.gui.pages.assessment_building import Beside, Building, needed
from imsa_desk.gui.pages.assessment_question import QuestionBlock

SAY_AFTER_MS = 150
"""How long after a letter the page looks what follows from the text; a choice is followed at once."""
WIDE = 860
"""From this width on (at 100 % text) the earlier answer stands beside the question."""
_TYPED = frozenset({QuestionKind.SHORT_TEXT, QuestionKind.LONG_TEXT})


class SectionView(Building):
    """Shows one section. `answered` carries (section id, AnswerDraft); the rest asks the page to go on."""

    answered = Signal(str, object)
    confirmed_all = Signal(object)
    """Carries the AnswerDrafts as they were carried over."""

    def __init__(self, today: Callable[[], date]) -> None:
        super().__init__(today)
        self._say_timer = QTimer(self)
        self._say_timer.setSingleShot(True)
        self._say_timer.timeout.connect(self.show_visible)

    def show_section(
        self, section: Section, beside: Beside, *, focus: str = "", next_words: str = ""
    ) -> None:
        """Show a section from the top, or with the cursor in one question."""
        self._say_timer.stop()
        super().show_section(section, beside, focus=focus, next_words=next_words)

    # --- answers ---

    def take_answer(self, draft: AnswerDraft) -> None:
        """Hand an answer on, and look what follows from it."""
        if self.section is None:
            return
        self.answered.emit(self.section.id, draft)
        block = self.blocks.get(draft.key)
        typed = block is not None and block.question.kind in _TYPED
        self._say_timer.start(SAY_AFTER_MS if typed else 0)
        if not typed:
            self.show_visible()

    def show_visible(self) -> None:
        """Show the questions that are asked as the answers stand, and what is reckoned from them."""
        self._say_timer.stop()
        now = self._filling.evaluation
        lacks = {problem.field: problem.text for problem in now.problems}
        for key, block in self.blocks.items():
            self._show_block(key, key in now.visible)
            block.set_needed(needed(self._filling.lacks(key)) if key in lacks else "")
            if block.question.kind is QuestionKind.CALCULATED:
                block.body.show_result(now.calculated.get(key))
        self._show_rows(now.visible)
        current = self.blocks.get(self.current)
        if current is not None and current.asked.repeat:
            self._name_group_row(current)
        self._count_carried()

    def _name_group_row(self, block: QuestionBlock) -> None:
        for question in self.section.questions if self.section is not None else ():
            if block.question in question.members:
                self._name_row(question, block.asked.repeat)

    def check_current(self) -> None:
        """Say beside the question being left what keeps its answer from being stored."""
        block = self.blocks.get(self.current)
        if block is not None and self.current in self._filling.unsaved.answers:
            block.set_error(self._filling.wrong(block.question, self._today(), block.asked.repeat))

    # --- answers carried over ---

    def confirm_current(self) -> bool:
        """Say that the answer of the question with the focus holds; False where none was carried."""
        block = self.blocks.get(self.current)
        return block is not None and block.confirm()

    def confirm_all(self) -> None:
        """Say that every answer carried over in this section still holds."""
        if self.section is None:
            return
        was = [self._filling.answers[key] for key in self._filling.carried(self.section)]
        for draft in was:
            now = replace(draft, carried_from="")
            self.answered.emit(self.section.id, now)
            if draft.key in self.blocks:
                self.blocks[draft.key].show_draft(now)
        self.show_visible()
        if was:
            self.confirmed_all.emit(tuple(was))

    def go_past(self, key: str) -> None:
        """Go on from a question that was confirmed to the next that waits for it, else to the next at all."""
        keys = list(self.blocks)
        later = keys[keys.index(key) + 1 :] if key in keys else []
        waiting = [one for one in later if self.blocks[one].is_carried and not self.blocks[one].isHidden()]
        if not (waiting and self.focus_question(waiting[0])):
            self.step(1)

    # --- the width ---

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.viewport().width() < theme.px(WIDE)
        if narrow != self._narrow:
            self._narrow = narrow
            for block in self.blocks.values():
                block.set_narrow(narrow)
