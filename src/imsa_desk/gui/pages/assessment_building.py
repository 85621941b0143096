"""Building: the questions of one section, built a few at a time so that the window never waits."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from imsa_desk.domain.assessments import AnswerDraft, Assessment, answer_key
from imsa_desk.domain.forms import Question, QuestionKind, Section
from imsa_desk.domain.forms.words import Speech
from imsa_desk.domain.lists import Lists
from imsa_desk.gui import theme
from imsa_desk.gui.forms.answers_group import GroupBody
from imsa_desk.gui.forms.answers_parts import Asked, Known
from imsa_desk.gui.pages.assessment_earlier import earlier_of, say_on
from imsa_desk.gui.pages.assessment_filling import Filling
from imsa_desk.gui.pages.assessment_left import Behind
from imsa_desk.gui.pages.assessment_question import QuestionBlock
from imsa_desk.gui.pages.assessment_rows import GroupFoot, RowHead
from imsa_desk.gui.pages.assessment_spent import Spent
from imsa_desk.gui.pages.assessment_stack import Stack
from imsa_desk.gui.pages.assessment_title import SectionTitle
from imsa_desk.gui.pages.assessment_tour import TourScroll
from imsa_desk.gui.widgets.button import Button
from imsa_desk.gui.widgets.layout import Line, row

SLICE_SECONDS = 0.006
"""How long building may take before the window gets its turn."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What the questions of any section are put with."""

    filling: Filling
    previous: Assessment | None
    speech: Speech
    lists: Lists
    people: tuple[Known, ...] = ()
    behind: Behind = field(default_factory=Behind)


@dataclass(frozen=True, slots=True)
class _Place:
    """What is to be built: a question, the title of a row of a group, or the foot of a group."""

    question: Question
    repeat: int = 0
    what: str = "question"

    @property
    def key(self) -> str:
        return answer_key(self.question.id, self.repeat)


class Building(TourScroll):
    """Builds one section; what is made of its answers is the view's business."""

    skipped = Signal(str, bool)
    row_removed = Signal(object, str)
    """Carries the group's AnswerDraft as it was, and what was removed in words."""
    action_pressed = Signal(str)
    next_pressed = Signal()
    built = Signal()

    def __init__(self, today: Callable[[], date]) -> None:
        super().__init__()
        self._today = today
        self.section: Section | None = None
        self._waiting: list[_Place] = []
        """What is to be built, the next last."""
        self._wanted = ""
        self._narrow = False
        self._sheet = QWidget()
        self.content.addWidget(self._sheet)
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._build_some)
        self._spent = Spent(self)

    @property
    def is_building(self) -> bool:
        """Say whether questions of the section are still to be built."""
        return bool(self._waiting)

    # --- what the view makes of it ---

    def take_answer(self, draft: AnswerDraft) -> None:
        """Take an answer as it was typed."""

    def go_past(self, key: str) -> None:
        """Go on from a question that was confirmed."""

    def confirm_all(self) -> None:
        """Take that every answer carried over in this section still holds."""

    # --- showing a section ---

    def show_section(
        self, section: Section, beside: Beside, *, focus: str = "", next_words: str = ""
    ) -> None:
        """Show a section from the top, or with the cursor in one question."""
        self._clear()
        self.section, self._beside, self._filling = section, beside, beside.filling
        self._wanted, self._next_words = focus, next_words
        self._head(section)
        self._list = Stack()
        self._page.addWidget(self._list)
        self._page.addStretch(1)
        self._waiting = [] if self._filling.is_skipped(section.id) else self._plan(section)[::-1]
        self.verticalScrollBar().setValue(0)
        if self._waiting:
            self._timer.start()
        else:
            self._spent.free()
            self._foot()
            self.built.emit()

    def _plan(self, section: Section) -> list[_Place]:
        """Say what is to be built, in order."""
        found: list[_Place] = []
        for question in section.questions:
            found.append(_Place(question))
            if question.kind is QuestionKind.GROUP:
                rows = self._filling.draft(question.id).value.get("rows")
                for number in rows if isinstance(rows, (list, tuple)) else ():
                    found += _row(question, number)
                found.append(_Place(question, what="foot"))
        return found

    def _clear(self) -> None:
        """Take the old section away at once; its parts are freed when the window has nothing to do."""
        self._timer.stop()
        self._waiting = []
        self._forget_all(self._sheet)
        old = self._sheet
        old.hide()
        self.content.removeWidget(old)
        self._spent.take([*old.findChildren(QuestionBlock), old])
        self._sheet = QWidget()
        self._page = QVBoxLayout(self._sheet)
        self._page.setContentsMargins(0, 0, 0, 0)
        self._page.setSpacing(4)
        self.content.addWidget(self._sheet)

    def _head(self, section: Section) -> None:
        skipped = self._filling.is_skipped(section.id)
        self._section_title = title = SectionTitle(section, self._beside.speech, skipped=skipped)
        title.skip_pressed.connect(lambda: self.skipped.emit(section.id, not skipped))
        title.still_pressed.connect(self.confirm_all)
        self.first_stops = title.stops
        self._count_carried()
        self._page.addWidget(title)

    def _foot(self) -> None:
        if not self._next_words:
            return
        self.next_button = after = Button(self._next_words, "plain", shortcut="Ctrl+PgDn")
        after.clicked.connect(self.next_pressed)
        self._page.insertLayout(self._page.count() - 1, row(theme.px(40), after, None, margins=(0, 12, 0, 0)))

    def _build_some(self) -> None:
        """Build questions until the time of one slice is used up; the focus takes a slice of its own."""
        if self._wanted in self.blocks:
            wanted, self._wanted = self._wanted, ""
            self.focus_question(wanted)
            return
        self._spent.grows(len(self.blocks) + len(self._waiting))
        until = time.perf_counter() + SLICE_SECONDS
        while self._waiting:
            self._add(self._waiting.pop())
            if time.perf_counter() > until:
                break
        self._list.place()
        if not self._waiting:
            self._spent.grown(len(self.blocks))
            if self._wanted in self.blocks:
                self._focus_wanted()
            self._timer.stop()
            self._spent.free()
            self._foot()
            self.built.emit()

    # --- the parts ---

    def _add(self, place: _Place, before: QWidget | None = None) -> None:
        if place.what == "foot":
            self._add_foot(place, before)
        elif place.what == "row":
            self._add_row_head(place, before)
        else:
            self._add_question(place, before)

    def _add_question(self, place: _Place, before: QWidget | None) -> None:
        beside, filling, key = self._beside, self._filling, place.key
        was = beside.previous.answers.get(key) if beside.previous is not None else None
        asked = Asked(
            filling.form,
            place.question,
            beside.speech,
            self._today,
            was,
            place.repeat,
            beside.lists,
            beside.people,
        )
        on = beside.previous.line.on if beside.previous is not None else None
        draft, carried_on = filling.draft(place.question.id, place.repeat), filling.carried_on(key)
        when = say_on(carried_on, self._today()) if carried_on is not None else ""
        earlier = beside.behind.beside(key, earlier_of(asked, on), self._today())
        block = QuestionBlock(asked, draft, earlier, narrow=self._narrow, carried_on=when)
        block.answered.connect(self.take_answer)
        block.confirmed.connect(lambda: self.go_past(key))
        block.grown.connect(lambda: QTimer.singleShot(0, self, self.keep_in_view))
        block.action_pressed.connect(lambda: self.action_pressed.emit(key))
        self._list.add(block, before)
        self._list.add(block.line, before)
        self.put_block(key, block, before)
        self._show_block(key, key in filling.visible())
        block.set_needed(needed(filling.lacks(key)))
        if key in filling.unsaved.answers:
            block.set_error(filling.wrong(place.question, self._today(), place.repeat))
        if place.question.kind is QuestionKind.CALCULATED:
            block.body.show_result(filling.evaluation.calculated.get(key))
        if isinstance(block.body if place.question.kind is QuestionKind.GROUP else None, GroupBody):
            self._follow_group(block)

    def _follow_group(self, block: QuestionBlock) -> None:
        group = block.body
        assert isinstance(group, GroupBody), "a group has its own editor"
        group.know(self._filling.numbers_given(block.question))
        group.added.connect(lambda number: self._row_added(block, number))

    def _group(self, question: Question) -> GroupBody:
        group = self.blocks[question.id].body
        assert isinstance(group, GroupBody), "a group has its own editor"
        return group

    def _add_row_head(self, place: _Place, before: QWidget | None) -> None:
        head = RowHead(self._group(place.question), place.repeat)
        head.remove_pressed.connect(lambda: self._remove_row(place.question, place.repeat))
        self._list.add(head, before)
        head.setVisible(place.question.id in self._filling.visible())
        self.put_station(("row", place.key), head, before)
        self._name_row(place.question, place.repeat)

    def _add_foot(self, place: _Place, before: QWidget | None) -> None:
        foot = GroupFoot(self._group(place.question))
        self._list.add(foot, before)
        line = Line()
        self._list.add(line, before)
        foot.line = line
        asked = place.question.id in self._filling.visible()
        foot.setVisible(asked)
        line.setVisible(asked)
        self.put_station(("foot", place.question.id), foot, before)

    # --- rows of a group ---

    def _row_added(self, block: QuestionBlock, number: int) -> None:
        """Build a new row before the foot of its group, and go there."""
        foot = self.station(("foot", block.question.id))
        if not isinstance(foot, GroupFoot):
            return  # the whole group is still to be built
        places = _row(block.question, number)
        for place in places:
            self._add(place, foot)
        foot.show_count()
        self._list.place()
        self.focus_question(next((p.key for p in places[1:] if not self.blocks[p.key].isHidden()), block.key))

    def _remove_row(self, question: Question, number: int) -> None:
        group, was = self._group(question), self._filling.draft(question.id)
        title = group.title_of(number)
        foot = self.station(("foot", question.id))
        if isinstance(foot, GroupFoot):
            foot.add.setFocus()
        group.remove_row(number)
        for part in self.drop_row(question, number):
            self._list.remove(part)
        if isinstance(foot, GroupFoot):
            foot.show_count()
        for other in group.rows:
            self._name_row(question, other)
        self._list.place()
        self.row_removed.emit(was, title)

    def _show_rows(self, visible: frozenset[str]) -> None:
        """Show the titles and the foot of a group only while the group is asked."""
        for (what, key), part in self._stations.items():
            shown = key.partition("#")[0] in visible
            if what != "question" and part.isHidden() == shown:
                part.setVisible(shown)
                if isinstance(part, GroupFoot) and part.line is not None:
                    part.line.setVisible(shown)

    def _name_row(self, question: Question, number: int) -> None:
        """Say in a row's title whose it is: its first short text, as far as there is one."""
        head = self.station(("row", answer_key(question.id, number)))
        if isinstance(head, RowHead):
            drafts = [self._filling.draft(member.id, number) for member in question.members]
            texts = (str(d.value.get("text") or d.value.get("name") or "") for d in drafts)
            head.show_title(next((words for words in texts if words and "\n" not in words), ""))

    def _focus_wanted(self) -> None:
        wanted, self._wanted = self._wanted, ""
        QTimer.singleShot(0, self, lambda: self.focus_question(wanted))

    def focus_question(self, key: str) -> bool:
        """Put the cursor into a question; False where it is not shown."""
        if key not in self.blocks and any(p.key == key and p.what == "question" for p in self._waiting):
            self._wanted = key
            return True
        return super().focus_question(key)

    def _show_block(self, key: str, shown: bool) -> None:
        block = self.blocks[key]
        if block.isHidden() == shown:
            block.setVisible(shown)
            block.line.setVisible(shown)

    def _count_carried(self) -> None:
        if self.section is not None:
            self._section_title.show_carried(len(self._filling.carried(self.section)))


def _row(question: Question, number: int) -> list[_Place]:
    return [_Place(question, number, "row"), *(_Place(member, number) for member in question.members)]


def needed(lack: str) -> str:
    """Say beside a question that its answer is needed, where it is lacking."""
    return "Needed before it is signed" if lack else ""
